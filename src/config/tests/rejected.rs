use super::*;
use crate::config::default_text;

/// Each addition to a right configuration (six lines) and the whole text it is rejected with.
const AFTER_TEAM: &[(&str, &str)] = &[
    (
        "[sesion]\n",
        "use orchestra.toml:7:2: `sesion`: unknown key; expected `session`, `team`, `tab`, `focus`, `run`, `signals`, `notify`, `hook`, `gate`, \
         `verify`, `policy`, `merge`, `review`, `record`, `incident`, `ui`, `keys`, `theme` or `profile`; did you mean `session`?",
    ),
    (
        "brnach = \"x\"\n",
        "use orchestra.toml:7:1: `team.agent.brnach`: unknown key; expected `name`, `role`, `domain`, `branch`, \
         `focus`, `after`, `profile` or `record`; did you mean `branch`?",
    ),
    ("role = 3\n", "use orchestra.toml:7:8: `team.agent.role`: expected a string, found integer `3`"),
    ("role = \"a\\nb\"\n", "use orchestra.toml:7:8: `team.agent.role`: expected one line of plain text"),
    (
        "branch = \"agent-1-arch\"\n",
        "use orchestra.toml:7:10: `team.agent.branch`: `ARCH` has the branch `agent-1-arch` already; give each \
         its own",
    ),
    (
        "branch = \"agent-1-arch/sec\"\n",
        "use orchestra.toml:7:10: `team.agent.branch`: git cannot keep it beside `agent-1-arch` of `ARCH`: one \
         is a folder of the other",
    ),
    (
        "branch = \"main\"\n",
        "use orchestra.toml:7:10: `team.agent.branch`: `main` is the merge target; an agent needs a branch of \
         its own",
    ),
    (
        "after = [\"ARHC\"]\n",
        "use orchestra.toml:7:10: `team.agent.after`: expected an agent of the team (`ARCH` or `SEC`), found \
         `ARHC`; did you mean `ARCH`?",
    ),
    (
        "after = [\"ARCH\", \"ARCH\"]\n",
        "use orchestra.toml:7:18: `team.agent.after`: `ARCH` is named twice; once is enough",
    ),
    (
        "[policy]\nconfirm = \"allow\"\n",
        "use orchestra.toml:8:11: `policy.confirm`: no policy lets anybody but a person do that; take it out",
    ),
    (
        "[policy]\nstart_merge = \"perhaps\"\n",
        "use orchestra.toml:8:15: `policy.start_merge`: expected \"allow\", \"confirm\" or \"deny\", found \
         \"perhaps\"",
    ),
    (
        "after = [\"SEC\"]\n",
        "use orchestra.toml:7:9: `team.agent.after`: these agents wait for each other: SEC → SEC; take one out",
    ),
    (
        "profile = \"cluade\"\n",
        "use orchestra.toml:7:11: `team.agent.profile`: expected a profile (`aider`, `analyst`, `claude`, `codex`, \
         `gemini`, `generic`, `opencode`, `pi`, `rehearsal` or `shell`), found `cluade`; did you mean `claude`?",
    ),
    (
        "focus = [\"lib\", \"../other\"]\n",
        "use orchestra.toml:7:17: `team.agent.focus`: expected a path inside the repository, without `..`, \
         found `../other`",
    ),
    (
        "[[team.agent]]\nname = \"Arch\"\n",
        "use orchestra.toml:8:8: `team.agent.name`: the agent `ARCH` is there already; give each its own",
    ),
    (
        "[[team.agent]]\nname = \"orchestrator\"\n",
        "use orchestra.toml:8:8: `team.agent.name`: `orchestrator` is reserved; give the agent another name",
    ),
    (
        "[[team.agent]]\nname = \"9\\u001b[2J\"\n",
        "use orchestra.toml:8:8: `team.agent.name`: expected a letter, then at most 31 letters, digits, `_` or \
         `-`, found `9\\u{1b}[2J`",
    ),
    (
        "[[team.agent]]\nrole = \"x\"\n",
        "use orchestra.toml:7:1: `team.agent`: the key `name` is missing here; add it",
    ),
    (
        "[session]\nname = \"a/b\"\n",
        "use orchestra.toml:8:8: `session.name`: expected a letter or digit, then at most 63 letters, digits, \
         `_`, `-` or `.`, found `a/b`",
    ),
    (
        "[session]\nsetup = \"\\u0000\"\n",
        "use orchestra.toml:8:9: `session.setup`: expected text without NUL, which no program can be given",
    ),
    (
        "[session]\npass_env = [\"A\", \"B=C\"]\n",
        "use orchestra.toml:8:18: `session.pass_env`: expected the name of an environment variable, found `B=C`",
    ),
    (
        "[session]\norchestrator = [\"\"]\n",
        "use orchestra.toml:8:17: `session.orchestrator`: expected a program, found nothing",
    ),
    (
        "[session]\norchestrator = 3\n",
        "use orchestra.toml:8:16: `session.orchestrator`: expected a program, or a list of a program and its arguments",
    ),
    (
        "[session]\norchestrator_prompt = \"orchestrat\"\n",
        "use orchestra.toml:8:23: `session.orchestrator_prompt`: expected the name of a prompt (`orchestra prompt \
         list`), found `orchestrat`; did you mean `orchestrate`?",
    ),
    (
        "[session]\norchestrator_prompt = \"_team\"\n",
        "use orchestra.toml:8:23: `session.orchestrator_prompt`: expected the name of a prompt (`orchestra prompt \
         list`), found `_team`",
    ),
    (
        "[[tab]]\nname = \"T\"\nlayout = \"gird\"\n",
        "use orchestra.toml:9:10: `tab.layout`: expected `grid`, `focus`, `stack`, `one`, `monitor`, `incident` or \
         `workflow`, found `gird`; did you mean `grid`?",
    ),
    (
        "[[tab]]\nname = \"T\"\npanes = [\"SECC\"]\n",
        "use orchestra.toml:9:10: `tab.panes`: expected an agent of the team (`ARCH`, `SEC` or `ORCHESTRATOR`), \
         found `SECC`; did you mean `SEC`?",
    ),
    (
        "[[tab]]\nname = \"T\"\n",
        "use orchestra.toml:7:1: `tab.panes`: expected at least one pane: an agent or `ORCHESTRATOR`",
    ),
    (
        "[[tab]]\nname = \"T\"\nlayout = \"monitor\"\npanes = [\"SEC\"]\n",
        "use orchestra.toml:10:9: `tab.panes`: a monitor shows every agent; leave `panes` out",
    ),
    (
        "[[tab]]\nname = \"T\"\nlayout = \"incident\"\n",
        "use orchestra.toml:9:10: `tab.layout`: only an incident fleet has an incident to show; add [incident], or \
         take `monitor`",
    ),
    (
        "[incident]\ncoordinator = \"ARCH\"\n[[tab]]\nname = \"T\"\nlayout = \"incident\"\npanes = [\"SEC\"]\n",
        "use orchestra.toml:12:9: `tab.panes`: the incident has no panes; leave `panes` out",
    ),
    (
        "[[tab]]\nname = \"T\"\nlayout = \"workflow\"\npanes = [\"SEC\"]\n",
        "use orchestra.toml:10:9: `tab.panes`: a workflow has no panes; leave `panes` out",
    ),
    (
        "[[tab]]\nname = \"T\"\npanes = [\"SEC\"]\ncolumns = 17\n",
        "use orchestra.toml:10:11: `tab.columns`: expected 0 to 16 columns, found 17",
    ),
    (
        "[[tab]]\nname = \"T\"\nlayout = \"stack\"\npanes = [\"SEC\"]\ncolumns = 2\n",
        "use orchestra.toml:11:11: `tab.columns`: a stack has no columns to count; leave it out, or take `grid`",
    ),
    (
        "[[tab]]\nname = \"T\"\npanes = [\"SEC\"]\ncolumns = 2\nwidths = [2, 1, 1]\n",
        "use orchestra.toml:11:10: `tab.widths`: expected 2 numbers, one for each of `columns`; found 3",
    ),
    (
        "[[tab]]\nname = \"T\"\nlayout = \"focus\"\npanes = [\"SEC\"]\nwidths = [2]\n",
        "use orchestra.toml:11:10: `tab.widths`: expected 2 numbers, the chosen pane and the others beside it; \
         found 1",
    ),
    (
        "[[tab]]\nname = \"T\"\nlayout = \"one\"\npanes = [\"SEC\"]\nheights = [1]\n",
        "use orchestra.toml:11:11: `tab.heights`: nothing is divided that way in this layout; leave it out, or take \
         `grid`",
    ),
    (
        "[[tab]]\nname = \"T\"\npanes = [\"SEC\"]\nwidths = [2, 0]\n",
        "use orchestra.toml:10:14: `tab.widths`: expected 1 to 100: `[2, 1]` is two to one; found 0",
    ),
    (
        "[[tab]]\nname = \"T\"\npanes = [\"SEC\"]\nwidht = [2]\n",
        "use orchestra.toml:10:1: `tab.widht`: unknown key; expected `name`, `layout`, `panes`, `columns`, `widths` \
         or `heights`; did you mean `widths`?",
    ),
    (
        "[focus]\nweb = { agents = [\"SEC\"], area = \"a\\nb\" }\n",
        "use orchestra.toml:8:34: `focus.web.area`: expected one line of plain text",
    ),
    (
        "[signals]\nphrase = \"-- done --\"\n",
        "use orchestra.toml:8:10: `signals.phrase`: expected a phrase of 1 to 80 characters, letters and digits in \
         words, found `-- done --`",
    ),
    (
        "[[hook]]\non = []\nrun = \"true\"\n",
        "use orchestra.toml:8:6: `hook.on`: expected at least one occasion, such as \"asking\"",
    ),
    (
        "[[hook]]\non = [\"asking\"]\nrun = \"true\"\ntimeout = 0\n",
        "use orchestra.toml:10:11: `hook.timeout`: expected 1 to 600 seconds, found 0",
    ),
    (
        "[focus]\nweb = []\n",
        "use orchestra.toml:8:7: `focus.web`: expected at least one agent, found an empty list",
    ),
    (
        "[focus]\n\"a b\" = [\"SEC\"]\n",
        "use orchestra.toml:8:1: `focus.a b`: expected a letter or digit, then at most 63 letters, digits, `_`, \
         `-` or `.`, found `a b`",
    ),
    (
        "[[gate]]\nname = \"a\"\nrun = \"b\"\nenv = [\"OK\", \"A B\"]\n",
        "use orchestra.toml:10:14: `gate.env`: expected the name of an environment variable, found `A B`",
    ),
    (
        "[[gate]]\nname = \"a\"\nrun = \"b\"\nenv = [\"ORCHESTRA_TOKEN\"]\n",
        "use orchestra.toml:10:8: `gate.env`: `ORCHESTRA_TOKEN` is not handed on: what names a session or pane is \
         no gate's",
    ),
    (
        "[[gate]]\nname = \"a\"\nrun = \"b\"\noutput = 0\n",
        "use orchestra.toml:10:10: `gate.output`: expected 1 to 1024 MiB, found 0",
    ),
    (
        "[[gate]]\nname = \"a\"\nrun = \"b\"\nretries = 6\n",
        "use orchestra.toml:10:11: `gate.retries`: expected 0 to 5 retries, found 6",
    ),
    (
        "[verify]\nparallel = 17\n",
        "use orchestra.toml:8:12: `verify.parallel`: expected 1 to 16 commits at one time, found 17",
    ),
    (
        "[verify]\nbaseline = \"excused\"\n",
        "use orchestra.toml:8:12: `verify.baseline`: expected `excuse`, `tell` or `off`, found `excused`; did you \
         mean `excuse`?",
    ),
    (
        "[[gate]]\nname = \"build\"\n",
        "use orchestra.toml:7:1: `gate`: the gate `build` has no command; add `run = \"…\"`",
    ),
    (
        "[[gate]]\nname = \"build\"\nrun = \" \"\n",
        "use orchestra.toml:9:7: `gate.run`: expected a command line for `sh -c`, found nothing",
    ),
    (
        "[[gate]]\nname = \"b\"\nrun = \"x\"\ntimeout = 0\n",
        "use orchestra.toml:10:11: `gate.timeout`: expected 1 to 86400 seconds, found 0",
    ),
    (
        "[[gate]]\nname = \"b\"\nrun = \"x\"\ntimeout = 86401\n",
        "use orchestra.toml:10:11: `gate.timeout`: expected 1 to 86400 seconds, found 86401",
    ),
    (
        "[[gate]]\nname = \"b\"\nrun = \"x\"\ndir = \"/etc\"\n",
        "use orchestra.toml:10:7: `gate.dir`: expected a path inside the repository, without `..`, found `/etc`",
    ),
    (
        "[[gate]]\nname = \"b\"\nrun = \"x\"\n[[gate]]\nname = \"b\"\nrun = \"y\"\n",
        "use orchestra.toml:11:8: `gate.name`: the gate `b` is there already; give each its own",
    ),
    (
        "[merge]\norder = [[\"ARCH\"], [\"SEX\"]]\n",
        "use orchestra.toml:8:21: `merge.order`: expected an agent of the team (`ARCH` or `SEC`), found `SEX`; \
         did you mean `SEC`?",
    ),
    (
        "[merge]\norder = [[\"ARCH\"], [\"SEC\", \"ARCH\"]]\n",
        "use orchestra.toml:8:28: `merge.order`: `ARCH` is named twice; each is merged once",
    ),
    (
        "[merge]\ntarget = \"a..b\"\n",
        "use orchestra.toml:8:10: `merge.target`: expected a name git takes for a branch, found `a..b`: it holds \
         `..`",
    ),
    (
        "[merge.messages]\nZED = \"x\"\n",
        "use orchestra.toml:8:1: `merge.messages.ZED`: expected an agent of the team (`ARCH` or `SEC`), found \
         `ZED`",
    ),
    (
        "[merge.messages]\nSEC = \"\"\n",
        "use orchestra.toml:8:7: `merge.messages.SEC`: expected a commit message whose first line is not empty, \
         of plain text",
    ),
    (
        "[profile.shel]\nargv = [\"sh\"]\n",
        "use orchestra.toml:7:10: `profile.shel`: expected a profile (`aider`, `analyst`, `claude`, `codex`, \
         `gemini`, `generic`, `opencode`, `pi`, `rehearsal` or `shell`), found `shel`; did you mean `shell`?",
    ),
    (
        "[profile.shell]\nargv = []\n",
        "use orchestra.toml:8:8: `profile.shell.argv`: expected a program and its arguments, found an empty list",
    ),
    (
        "[profile.shell.env]\nORCHESTRA_TOKEN = \"x\"\n",
        "use orchestra.toml:8:1: `profile.shell.env.ORCHESTRA_TOKEN`: `ORCHESTRA_TOKEN` is set by orchestra for \
         each pane by itself; leave it out",
    ),
];

#[test]
fn each_mistake_gets_its_place_its_key_and_what_was_expected() {
    for (more, expected) in AFTER_TEAM {
        assert_eq!(rejection(&format!("{TEAM}{more}")), *expected, "for\n{more}");
    }
}

#[test]
fn whole_files_that_are_wrong() {
    let cases = [
        ("", "use orchestra.toml:1:1: `team.agent`: expected at least one agent: add a `[[team.agent]]`"),
        (
            "[[team.agent]]\nname = \"A\"\n",
            "use orchestra.toml:1:1: `team.agent`: `A` has no profile; give it one, or all of them in `[team]`",
        ),
        ("[team\n", "use orchestra.toml:1:6: unclosed table, expected `]`"),
        (
            "a = 1\na = 2\n",
            "use orchestra.toml:2:1: this key stands here twice; take one out (of several tables each is written `[[…]]`)",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(rejection(text), expected, "for\n{text}");
    }
    let many: String =
        (0..65).map(|i| format!("[[team.agent]]\nname = \"A{i}\"\nprofile = \"shell\"\n")).collect();
    assert_eq!(
        rejection(&many),
        "use orchestra.toml:193:1: `team.agent`: expected at most 64 agents, found 65"
    );
}

#[test]
fn a_cycle_is_named_agent_by_agent() {
    let text = default_text().replacen("focus = [\"lib/\"", "after = [\"DOCS\"]\nfocus = [\"lib/\"", 1);
    let got = rejection(&text);
    assert!(
        got.ends_with("`team.agent.after`: these agents wait for each other: ARCH → DOCS → QA → PLAT → ARCH; take one out"),
        "{got}"
    );
}

#[test]
fn branch_names_follow_git() {
    let bad = [
        "", "-x", "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "a@{1", "a.lock", "a.lock/b",
        "a/", "/a", "a//b", "a.", ".a", "a/.b", "@", "HEAD", "a\u{7f}",
    ];
    for name in bad {
        let text = format!("{TEAM}branch = {}\n", toml::Value::String(name.to_owned()));
        let start =
            "use orchestra.toml:7:10: `team.agent.branch`: expected a name git takes for a branch, found ";
        assert!(rejection(&text).starts_with(start), "{name:?}: {}", rejection(&text));
        // git takes these two as references, but not as what a user would mean by them.
        let special = ["HEAD", "@"].contains(&name);
        assert!(special || !git2::Branch::name_is_valid(name).unwrap_or(false), "{name:?} is fine for git");
    }
    for name in ["a", "agent-9-sec", "feature/é", "a.b", "a@b", "release-1.x"] {
        assert_eq!(rejection(&format!("{TEAM}branch = \"{name}\"\n")), "", "{name}");
        assert!(git2::Branch::name_is_valid(name).unwrap());
    }
}

#[test]
fn no_text_makes_it_panic() {
    // Every prefix of the default and every single character dropped: wrong or right, but told.
    let whole = default_text();
    for (at, c) in whole.char_indices().filter(|(at, _)| at % 37 == 0) {
        let _ = rejection(&whole[..at]);
        let _ = rejection(&format!("{}{}", &whole[..at], &whole[at + c.len_utf8()..]));
    }
}

#[test]
fn a_team_without_worktrees_cannot_have_what_branches_are_for() {
    let end = "this team has `worktrees = false`; leave it out";
    let cases = [
        ("branch = \"x\"\n", "orchestra.toml:8:10: `team.agent.branch`: agents have no branches"),
        (
            "[[gate]]\nname = \"a\"\nrun = \"b\"\n",
            "orchestra.toml:8:1: `gate`: gates run at commits, and there are none",
        ),
        ("[merge]\norder = [[\"SEC\"]]\n", "orchestra.toml:9:9: `merge.order`: there is nothing to merge"),
        (
            "[merge.messages]\nSEC = \"fix: it\"\n",
            "orchestra.toml:8:1: `merge.messages`: there is nothing to merge",
        ),
    ];
    let team = TEAM.replacen("[team]\n", "[team]\nworktrees = false\n", 1);
    for (more, expected) in cases {
        assert_eq!(rejection(&format!("{team}{more}")), format!("use {expected}: {end}"), "for\n{more}");
    }
    let wrong = rejection(&TEAM.replacen("[team]\n", "[team]\nworktrees = \"no\"\n", 1));
    assert!(wrong.starts_with("use orchestra.toml:2:13: `team.worktrees`: expected a boolean"), "{wrong}");
}
