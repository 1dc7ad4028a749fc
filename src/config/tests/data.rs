use std::fs;
use std::path::Path;

use crate::config::{default_text, load, load_all};
use crate::domain::plan::DoneRule;
use crate::domain::profile::Dialogs;

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "orchestra.toml", default_text());
    for (path, text) in files {
        put(dir.path(), path, text);
    }
    dir
}

fn put(top: &Path, path: &str, text: &str) {
    fs::create_dir_all(top.join(path).parent().unwrap()).unwrap();
    fs::write(top.join(path), text).unwrap();
}

const TASK: &str = "[[task]]\nid = \"one\"\nagent = \"SEC\"\nprompt = \"enhance\"\ndone = \"idle\"\n";

#[test]
fn a_project_adds_and_overrides_plans_profiles_and_prompts() {
    let dir = project(&[
        (
            "plans/audit.toml",
            &format!("name = \"audit\"\ntitle = \"Audit\"\n{}", TASK.replace("enhance", "audit")),
        ),
        ("plans/wrap-up.toml", &format!("name = \"wrap-up\"\ntitle = \"Ours\"\n{TASK}")),
        ("plans/notes.txt", "not a plan"),
        ("plans/.hidden.toml", "not a plan either"),
        ("profiles/mine.toml", "name = \"mine\"\ntitle = \"Mine\"\nargv = [\"mine\"]\n"),
        ("prompts/audit.md", "Audit {{ agent }}."),
        ("prompts/enhance.md", "Ours."),
    ]);
    let config = load(dir.path()).unwrap();
    assert_eq!(config.plans["audit"].tasks[0].done, DoneRule::Idle);
    assert_eq!(config.plans["wrap-up"].title, "Ours");
    assert!(config.plans.contains_key("enhancement"));
    assert_eq!(config.profiles["mine"].argv, ["mine"]);
    assert_eq!(config.prompts["audit"], "Audit {{ agent }}.");
    assert_eq!(config.prompts["enhance"], "Ours.");
    assert!(config.prompts["built-in/enhance"].contains("extends"), "what was replaced can be built on");
}

/// A file of a project, and what the configuration is rejected with because of it.
#[test]
fn a_wrong_data_file_gets_its_place() {
    let head = "name = \"p\"\ntitle = \"P\"\n";
    let cases: &[(&str, &str, &str)] = &[
        (
            "plans/p.toml",
            &format!("name = \"q\"\ntitle = \"Q\"\n{TASK}"),
            "use plans/p.toml:1:8: `name`: expected `p`, like the file, found `q`",
        ),
        (
            "plans/p.toml",
            &format!("{head}{TASK}needz = []\n"),
            "use plans/p.toml:8:1: `task.needz`: unknown key; expected `id`, `agent`, `role`, `group`, `each`, \
             `prompt`, `needs`, `settled`, `done` or `deadline`; did you mean `needs`?",
        ),
        (
            "plans/p.toml",
            &format!("{head}{}", TASK.replace("idle", "comitted")),
            "use plans/p.toml:7:8: `task.done`: expected `committed`, `ready`, `idle`, `reported` or `accepted`, found `comitted`; did \
             you mean `committed`?",
        ),
        (
            "plans/p.toml",
            &format!("{head}{}", TASK.replace("SEC", "NOBODY")),
            "use plans/p.toml:4:6: `task.id`: plan `p`: task `one` is for `NOBODY`, who is not in the team",
        ),
        (
            "plans/p.toml",
            &format!("{head}{TASK}needs = [\"one\"]\n"),
            "use plans/p.toml:4:6: `task.id`: plan `p`: these tasks wait for each other: one → one",
        ),
        (
            "plans/p.toml",
            &format!("{head}stages = [[\"two\"]]\n{TASK}"),
            "use plans/p.toml:3:10: `stages`: plan `p`: stage 1 names `two`, which is no task of it",
        ),
        (
            "plans/p.toml",
            &format!("{head}{TASK}{TASK}"),
            "use plans/p.toml:9:6: `task.id`: plan `p`: task `one` appears twice; give each task its own id",
        ),
        (
            "profiles/p.toml",
            &format!("{head}argv = []\n"),
            "use profiles/p.toml:3:8: `argv`: expected a program and its arguments, found an empty list",
        ),
        (
            "profiles/p.toml",
            &format!("{head}argv = [\"x\"]\n[submit]\nready = '('\n"),
            "use profiles/p.toml:5:9: `submit.ready`: expected a regular expression: unclosed group",
        ),
        (
            "profiles/p.toml",
            &format!("{head}argv = [\"x\"]\nfirst_prompt = [\"-i\"]\n"),
            "use profiles/p.toml:4:16: `first_prompt`: expected `{prompt}` in one of the arguments",
        ),
        (
            "profiles/p.toml",
            &format!("{head}argv = [\"x\"]\n[[hook.file]]\npath = \"../x\"\ntext = \"\"\n"),
            "use profiles/p.toml:5:8: `hook.file.path`: expected a path inside the repository, without `..`, found \
             `../x`",
        ),
        (
            "profiles/p.toml",
            &format!("{head}argv = [\"x\"]\n[stop]\ngrace_ms = 99999\n"),
            "use profiles/p.toml:5:12: `stop.grace_ms`: expected at most 60000 milliseconds, found 99999",
        ),
        (
            "profiles/p.toml",
            &format!(
                "{head}argv = [\"x\"]\n[[rule]]\nname = \"a\"\nsource = \"titel\"\npattern = ''\nstate = \"idle\"\n"
            ),
            "use profiles/p.toml:6:10: `rule.source`: expected `hook`, `report`, `notify`, `progress`, `mark`, `title` or `screen`, \
             found `titel`; did you mean `title`?",
        ),
        (
            "prompts/p.md",
            "fine\n{% if %}\n",
            "use prompts/p.md:2:1: expected a template: unexpected end of block",
        ),
    ];
    for (path, text, expected) in cases {
        let dir = project(&[(path, text)]);
        let got = load(dir.path()).err().map(|e| e.to_string()).unwrap_or_default();
        assert_eq!(got, *expected, "for {path}\n{text}");
    }
}

const RULES: &str = "\
[[rule]]
name = \"p/one\"
source = \"title\"
pattern = 'one'
state = \"idle\"
[[rule]]
name = \"p/two\"
source = \"title\"
pattern = '('
state = \"idle\"
[[rule]]
name = \"p/three\"
source = \"screen\"
pattern = 'three'
state = \"limited\"
reset = '['
[[dialog]]
name = \"p/trust\"
kind = \"trust\"
pattern = 'trust\\?'
[[dialog]]
name = \"p/update\"
kind = \"update\"
pattern = '*'
";

#[test]
fn a_pattern_that_does_not_compile_is_named_and_the_others_stay_in_force() {
    let text = format!("name = \"p\"\ntitle = \"P\"\nargv = [\"p\"]\n{RULES}");
    let dir = project(&[("profiles/p.toml", &text)]);
    let more = "\n[[profile.codex.rule]]\nname = \"codex/busy\"\nsource = \"screen\"\npattern = '('\nstate = \"idle\"\n\
                [[profile.codex.rule]]\nname = \"codex/mine\"\nsource = \"title\"\npattern = 'mine'\nstate = \"blocked\"\n\
                [profile.claude]\ndialogs = \"stop\"\nhook = false\nmcp = false\nsubmit = { settle_ms = 500 }\n";
    let all = format!("{}{more}", default_text());
    put(dir.path(), "orchestra.toml", &all);
    let loaded = load_all(dir.path()).unwrap();
    let said: Vec<String> = loaded.left_out.iter().map(ToString::to_string).collect();
    let tail = "; left out, the others stay in force";
    let line = all[..all.find("pattern = '('").unwrap()].lines().count() + 1;
    assert_eq!(
        said,
        [
            format!(
                "profiles/p.toml:12:11: `rule.pattern`: expected a regular expression: unclosed group{tail}"
            ),
            format!(
                "profiles/p.toml:19:9: `rule.reset`: expected a regular expression: unclosed character class{tail}"
            ),
            format!(
                "profiles/p.toml:27:11: `dialog.pattern`: expected a regular expression: repetition operator missing expression{tail}"
            ),
            format!(
                "orchestra.toml:{line}:11: `profile.codex.rule.pattern`: expected a regular expression: unclosed group{tail}"
            ),
        ]
    );
    let p = &loaded.config.profiles["p"];
    let names: Vec<&str> = p.rules.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["p/one", "p/three"]);
    assert!(p.rules[1].reset.is_empty() && p.dialog.len() == 1);
    let codex = &loaded.config.profiles["codex"];
    let busy = codex.rules.iter().find(|r| r.name == "codex/busy").unwrap();
    assert!(busy.pattern.contains("esc to interrupt"), "the built-in rule stays");
    assert_eq!(codex.rules.last().unwrap().name, "codex/mine");
    let claude = &loaded.config.profiles["claude"];
    assert_eq!((claude.dialogs, claude.hook.enabled, claude.mcp.enabled), (Dialogs::Stop, false, false));
    assert_eq!((claude.submit.settle_ms, claude.submit.verify_ms), (500, 2000));
}

#[test]
fn nothing_is_left_out_of_what_comes_along() {
    let dir = project(&[]);
    assert!(load_all(dir.path()).unwrap().left_out.is_empty());
}

#[test]
fn a_plan_names_prompts_that_can_be_sent() {
    let head = "name = \"p\"\ntitle = \"P\"\n";
    let said = |prompt: &str| {
        let dir = project(&[("plans/p.toml", &format!("{head}{}", TASK.replace("enhance", prompt)))]);
        load(dir.path()).err().map(|e| e.to_string()).unwrap_or_default()
    };
    let got = said("enhence");
    assert!(
        got.starts_with(
            "use plans/p.toml:6:10: `task.prompt`: expected a prompt (`answer`, `conflict`, `continue`, "
        ),
        "{got}"
    );
    assert!(got.ends_with("found `enhence`; did you mean `enhance`?"), "{got}");
    let part = said("_work");
    assert!(part.contains("found `_work`") && !part.contains("`_who`"), "{part}");
    assert_eq!(said("enhance-sec"), "");
}

#[test]
fn every_prompt_of_the_folder_is_compiled_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
    let stems = |folder: &Path| -> Vec<String> {
        let files = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_file());
        files.map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let mut files = stems(&folder);
    files.extend(stems(&folder.join("incident")).iter().map(|name| format!("incident/{name}")));
    files.sort();
    let mut names: Vec<&str> = crate::config::PROMPTS.iter().map(|(n, _)| *n).collect();
    names.sort_unstable();
    assert_eq!(files, names);
}

#[test]
fn a_plan_of_a_team_without_worktrees_asks_for_no_commits() {
    let of = |task: &str, more: &str| {
        let dir = project(&[("plans/p.toml", &format!("name = \"p\"\ntitle = \"P\"\n{more}{task}"))]);
        let team = "[team]\nprofile = \"shell\"\nworktrees = false\n[[team.agent]]\nname = \"SEC\"\n";
        put(dir.path(), "orchestra.toml", team);
        load(dir.path()).err().map(|e| e.to_string()).unwrap_or_default()
    };
    assert_eq!(of(TASK, ""), "");
    assert_eq!(of(TASK, "then = { offer = \"orchestrate\" }\n"), "");
    let end = "this team has `worktrees = false`";
    assert_eq!(
        of(&TASK.replace("idle", "ready"), ""),
        format!(
            "use plans/p.toml:7:8: `task.done`: expected `idle`, `reported` or `accepted`: there are no commits to prove it done, and {end}"
        )
    );
    assert_eq!(
        of(TASK, "gates = \"all\"\n"),
        format!(
            "use plans/p.toml:3:9: `gates`: gates run at commits, and there are none: {end}; leave it out"
        )
    );
    assert_eq!(
        of(TASK, "then = { review = true }\n"),
        format!(
            "use plans/p.toml:3:19: `then.review`: a review is of branches, and there are none: {end}; leave it out"
        )
    );
}
