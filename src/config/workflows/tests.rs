use std::fs;

use super::*;
use crate::domain::workflow::fit::fit;
use crate::domain::workflow::plan::Options;

/// A pattern in order: its lines are counted by what is wrong with it.
const GOOD: &str = "name = \"own\"
title = \"Own\"
[condition.fast]
about = \"Fast\"
default = true
[[phase]]
id = \"one\"
title = \"One\"
owner = \"docker\"
checklists = [\"security\"]
[[task]]
id = \"a\"
title = \"A\"
phase = \"one\"
duration = \"2d\"
covers = [\"recovery\"]
milestone = \"monitoring-active\"
[[task]]
id = \"b\"
title = \"B\"
phase = \"one\"
specialist = \"cloud\"
when = \"!fast\"
duration = \"1w\"
needs = [\"a\"]
[[task]]
id = \"c\"
title = \"C\"
phase = \"one\"
duration = \"1w\"
needs = [\"a\"]
[[parallel]]
tasks = [\"b\", \"c\"]
sync = \"s\"
[[iterate]]
work = \"a\"
review = \"b\"
until = \"u\"
limit = 3
";

fn with(folder: &str, name: &str, text: &str) -> Result<Workflows, Error> {
    let top = tempfile::tempdir().unwrap();
    let dir = top.path().join(folder);
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(name), text).unwrap();
    workflows(top.path())
}

#[test]
fn a_projects_patterns_go_beside_or_over_the_built_in_ones() {
    let count = Pattern::built_in().len();
    let all = with("workflows", "own.toml", GOOD).unwrap();
    assert_eq!((all.patterns.len(), all.pattern("own").unwrap().tasks.len()), (count + 1, 3));
    let text = GOOD.replace("name = \"own\"", "name = \"migration\"");
    let all = with("workflows", "migration.toml", &text).unwrap();
    assert_eq!((all.patterns.len(), &*all.pattern("migration").unwrap().title), (count, "Own"));
    let why = all.pattern("migraton").unwrap_err();
    assert!(why.contains("`migraton`") && why.contains("did you mean `migration`"), "{why}");
}

#[test]
fn what_is_wrong_with_a_pattern_is_told_with_file_line_and_what_was_expected() {
    for (good, bad, line, says) in [
        ("name = \"own\"", "name = \"other\"", 1, "expected `own`, like the file, found `other`"),
        ("title = \"Own\"", "titel = \"Own\"", 2, "did you mean `title`"),
        ("title = \"Own\"", "", 1, "the key `title` is missing"),
        ("title = \"Own\"", "title = \" \"", 2, "expected a text"),
        ("title = \"Own\"", "title = \"Own", 2, "own.toml:2"),
        ("default = true", "default = 1", 5, "expected a boolean"),
        ("owner = \"docker\"", "owner = \"dokker\"", 9, "did you mean `docker`"),
        ("owner = \"docker\"\n", "", 7, "nobody owns the phase `one`: its task `a` names no specialist"),
        ("[\"security\"]", "[\"securty\"]", 10, "did you mean `security`"),
        ("[[phase]]", "[[phase]]\nid = \"two\"\ntitle = \"Two\"\n[[phase]]", 7, "it has no task"),
        ("id = \"one\"", "id = \"One\"", 7, "lower-case"),
        ("id = \"b\"", "id = \"a\"", 19, "two tasks are called `a`"),
        ("phase = \"one\"", "phase = \"won\"", 14, "expected a phase of one, found `won`"),
        ("duration = \"2d\"", "duration = \"2 months\"", 15, "expected weeks, days and hours"),
        ("duration = \"2d\"", "duration = 2", 15, "expected a string"),
        ("duration = \"2d\"\n", "", 11, "the key `duration` is missing"),
        ("[\"recovery\"]", "[\"recvery\"]", 16, "did you mean `recovery`"),
        ("\"monitoring-active\"", "\"monitoring-activ\"", 17, "did you mean `monitoring-active`"),
        ("\"cloud\"", "\"clod\"", 22, "did you mean `cloud`"),
        ("when = \"!fast\"", "when = \"!fsat\"", 23, "expected a condition of fast, found `fsat`"),
        ("needs = [\"a\"]", "needs = [\"x\"]", 25, "expected a task of a, b, c, found `x`"),
        ("covers = [", "needs = [\"c\"]\ncovers = [", 16, "it waits for itself: `a` needs `c` needs `a`"),
        ("covers = [", "needs = [\"a\"]\ncovers = [", 16, "it waits for itself: `a` needs `a`"),
        ("tasks = [\"b\", \"c\"]", "tasks = [\"b\", \"d\"]", 33, "expected a task of a, b, c, found `d`"),
        ("tasks = [\"b\", \"c\"]", "tasks = [\"a\", \"c\"]", 33, "do not wait for each other"),
        ("tasks = [\"b\", \"c\"]", "tasks = [\"b\"]", 33, "own.toml:33"),
        ("work = \"a\"", "work = \"z\"", 36, "expected a task"),
        ("review = \"b\"", "review = \"z\"", 37, "expected a task"),
        ("work = \"a\"", "work = \"c\"", 37, "`b` does not need `c`"),
        ("limit = 3", "limit = 10", 39, "expected 1 to 9 rounds"),
        ("limit = 3", "limit = 300", 39, "expected a whole number from 0 to 255, found integer `300`"),
        (
            "sync = \"s\"\n",
            "sync = \"s\"\n[[parallel]]\ntasks = [\"c\", \"b\"]\nsync = \"s\"\n",
            36,
            "already",
        ),
        (
            "limit = 3\n",
            "limit = 3\n[[iterate]]\nwork = \"a\"\nreview = \"c\"\nuntil = \"u\"\nlimit = 1\n",
            41,
            "`a` is the work of another loop already",
        ),
        (
            "limit = 3\n",
            "limit = 3\n[[reading]]\nabout = \"\"\nsource = \"s\"\ntaken = \"t\"\nwhy = \"w\"\n",
            41,
            "expected a text",
        ),
        ("[[phase]]", "[[phase]]\nid = \"one\"\ntitle = \"T\"\n[[phase]]", 10, "two phases are called `one`"),
        ("owner = ", "weeks = \"2-1\"\nowner = ", 9, "expected a week or the first and the last"),
        ("owner = ", "weeks = \"week 1\"\nowner = ", 9, "such as `2` or `1-2`"),
        ("owner = ", "weeks = \"0\"\nowner = ", 9, "from 1 to 104, found `0`"),
        ("owner = ", "weeks = \"99999999999\"\nowner = ", 9, "from 1 to 104"),
        (
            "owner = \"docker\"\nchecklists = [\"security\"]\n[[task]]\nid = \"a\"\n",
            "owner = \"docker\"\nweeks = \"1\"\n[[task]]\nid = \"long\"\ntitle = \"L\"\nphase = \"one\"\n\
             duration = \"2w\"\n[[task]]\nid = \"a\"\n",
            10,
            "its task `long` takes 2w, and `1` holds 1w",
        ),
        ("\"2d\"", "\"1.5 w\"", 15, "a blank stands before its unit"),
        ("needs = [\"a\"]", "needs = [\"a\", \"a\"]", 25, "`a` stands here twice"),
        ("[\"recovery\"]", "[\"recovery\", \"recovery\"]", 16, "`recovery` stands here twice"),
        ("[\"security\"]", "[\"security\", \"security\"]", 10, "`security` stands here twice"),
        ("when = \"!fast\"\n", "", 3, "nothing goes by it"),
        ("about = \"Fast\"", "about = \"\"", 4, "expected a text"),
        ("title = \"Own\"", "title = \"O\\u001b[31m\"", 2, "control characters"),
        ("title = \"Own\"", "title = \"Own\"\ntitle = \"Own\"", 3, "this key stands here twice"),
        ("\"cloud\"", "\"docker-specialist\"", 22, "did you mean `docker`"),
        ("tasks = [\"b\", \"c\"]", "tasks = 3", 33, "own.toml:33"),
    ] {
        assert!(GOOD.contains(good), "{good}");
        let why = with("workflows", "own.toml", &GOOD.replacen(good, bad, 1)).unwrap_err().to_string();
        assert!(why.contains(&format!("workflows/own.toml:{line}:")) && why.contains(says), "{bad}: {why}");
    }
    let tasks = |n: usize| {
        (0..n)
            .map(|i| format!("[[task]]\nid = \"t{i}\"\ntitle = \"T\"\nphase = \"one\"\nduration = \"1d\"\n"))
    };
    let many: String = std::iter::once(GOOD.to_owned()).chain(tasks(201)).collect();
    let why = with("workflows", "own.toml", &many).unwrap_err().to_string();
    assert!(why.contains("it has 204 entries, and may have 200"), "{why}");
}

#[test]
fn musts_wins_and_checklists_of_a_project_go_over_those_that_come_along() {
    let task = "title = \"T\"\nspecialist = \"docker\"\nduration = \"1d\"\n";
    let all = with("workflow", "musts.toml", &format!("[must.recovery]\n{task}")).unwrap();
    let musts = all.knowledge.musts;
    assert_eq!(
        (musts.tasks.len(), &*musts.tasks[&crate::domain::workflow::pattern::Must::Recovery].title),
        (6, "T")
    );
    let all = with("workflow", "wins.toml", &format!("[quick.mine]\n{task}")).unwrap();
    assert_eq!(all.knowledge.wins.all().count(), 14);
    let list = "[[checklist]]\nname = \"cost\"\ntitle = \"C\"\npoints = [{ id = \"p\", text = \"P\" }]\n";
    let all = with("workflow", "checklists.toml", list).unwrap();
    assert_eq!(
        (all.knowledge.checklists.all.len(), all.knowledge.checklists.find("cost").unwrap().points.len()),
        (5, 1)
    );
    for (name, text, says) in [
        ("musts.toml", format!("[must.recvery]\n{task}"), "did you mean `recovery`"),
        (
            "musts.toml",
            format!("[production]\n{}", task.replace("docker", "dokker")),
            "musts.toml:3:14: `production.specialist`",
        ),
        ("wins.toml", format!("[quick.Mine]\n{task}"), "lower-case"),
        ("wins.toml", format!("[quick.mine]\n{task}after = [\"deploy\"]\n"), "wins.toml:5:"),
        ("wins.toml", format!("[fast.mine]\n{task}"), "expected `quick` or `long-term`"),
        ("checklists.toml", list.replace("\"p\"", "\"P p\""), "checklists.toml:4:"),
        ("checklists.toml", format!("{list}{list}"), "two checklists are called `cost`"),
        ("checklists.toml", list.replace("points", "point"), "the key `points` is missing"),
    ] {
        let why = with("workflow", name, &text).unwrap_err().to_string();
        assert!(why.contains(says), "{text}: {why}");
    }
}

#[test]
fn metrics_milestones_areas_and_words_of_a_project_go_into_its_plans() {
    let metric =
        "[[metric]]\nname = \"pages\"\ntitle = \"P\"\nsection = \"cost\"\nunit = \"u\"\nbetter = \"lower\"\n";
    let all = with("workflow", "metrics.toml", metric).unwrap();
    let options = Options { providers: vec!["aws".into()], ..Options::default() };
    let plan = all.planned("migration", &options).unwrap();
    let there =
        |plan: &crate::domain::workflow::plan::Planned| plan.vocabulary().metrics.get("pages").is_some();
    assert!(there(&plan) && !there(&Workflows::built_in().planned("migration", &options).unwrap()));
    // A task may complete a milestone of its own.
    let top = tempfile::tempdir().unwrap();
    for (folder, name, text) in [
        ("workflow", "milestones.toml", "[[milestone]]\nname = \"trained\"\ntitle = \"T\"\n".to_owned()),
        ("workflows", "own.toml", GOOD.replace("monitoring-active", "trained")),
    ] {
        fs::create_dir_all(top.path().join(folder)).unwrap();
        fs::write(top.path().join(folder).join(name), text).unwrap();
    }
    let own = workflows(top.path()).unwrap().planned("own", &options).unwrap();
    assert_eq!(own.own.milestones[0].name, "trained");
    let flag = "[[flag]]\nname = \"technical-debt\"\nlimit = 5\n";
    assert_eq!(with("workflow", "flags.toml", flag).unwrap().knowledge.own.flags[0].limit, Some(5));
    let area = "[[area]]\ntitle = \"A\"\nspecialists = [\"docker\"]\n";
    for (name, text, says) in [
        ("flags.toml", flag.replace("debt", "dept"), "flags.toml:2:8: `flag.name`: expected a red flag of"),
        ("flags.toml", flag.replace("debt", "dept"), "did you mean `technical-debt`"),
        ("flags.toml", flag.replace('5', "0"), "flags.toml:3:9: `flag.limit`: expected 1 or more"),
        ("flags.toml", flag.replace("technical-debt", "budget-overrun"), "its rule goes by no number"),
        ("flags.toml", flag.replace("limit = 5", "words = [\"x\"]"), "its rule goes by no words"),
        (
            "flags.toml",
            flag.replace("technical-debt", "no-objectives").replace("limit = 5", "question = \"Q\""),
            "the record tells",
        ),
        ("flags.toml", format!("{flag}{flag}"), "two red flags are called `technical-debt`"),
        ("flags.toml", flag.replace("limit", "limits"), "did you mean `limit`"),
        ("escalations.toml", "[[cause]]\nname = \"outtage\"\n".into(), "did you mean `outage`"),
        ("escalations.toml", "[[cause]]\nname = \"blocker\"\npercent = 3\n".into(), "goes by no percentage"),
        (
            "escalations.toml",
            "[[cause]]\nname = \"blocker\"\ntitle = \" \"\n".into(),
            "escalations.toml:3:9: `cause.title`",
        ),
        ("reasons.toml", "[[reason]]\nname = \"buget\"\ntitle = \"B\"\n".into(), "did you mean `budget`"),
        (
            "metrics.toml",
            metric.replace("cost", "costs"),
            "metrics.toml:4:11: `metric.section`: expected a section of",
        ),
        ("metrics.toml", metric.replace("lower", "less"), "metrics.toml:6:"),
        ("metrics.toml", metric.replace("pages", "Pages"), "lower-case"),
        ("milestones.toml", "[[milestone]]\nname = \"m\"\n".into(), "the key `title` is missing"),
        ("areas.toml", area.replace("docker", "dokker"), "did you mean `docker`"),
        ("areas.toml", format!("{area}{}", area.replace("\"A\"", "\"B\"")), "`docker` is in two areas"),
        ("areas.toml", format!("{area}{}", area.replace("docker", "aws")), "two areas are called `A`"),
        ("milestone.toml", String::new(), "did you mean `milestones`"),
    ] {
        let why = with("workflow", name, &text).unwrap_err().to_string();
        assert!(why.contains(says), "{text}: {why}");
    }
}

#[test]
fn a_file_that_nothing_would_read_is_told() {
    for (folder, name, says) in [
        ("workflow", "must.toml", "did you mean `musts`"),
        ("workflow", "own.toml", "patterns in `workflows/`"),
        ("workflow", "Musts.toml", "did you mean `musts`"),
        ("workflows", "own.TOML", "ends in `.toml`"),
        ("catalogue", "own.Toml", "ends in `.toml`"),
    ] {
        let why = with(folder, name, GOOD).unwrap_err().to_string();
        assert!(why.contains(&format!("{folder}/{name}")) && why.contains(says), "{name}: {why}");
    }
    for name in ["Migration", "none"] {
        let text = GOOD.replace("name = \"own\"", &format!("name = \"{name}\""));
        let why = with("workflows", &format!("{name}.toml"), &text).unwrap_err().to_string();
        assert!(why.contains(":1:8:") && why.contains("lower case"), "{why}");
    }
    for link in ["workflows", "workflows/own.toml", "workflow/wins.toml", "catalogue/own.toml"] {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink("/nowhere/at/all", &path).unwrap();
        let why = workflows(top.path()).unwrap_err().to_string();
        assert!(why.contains(link) && why.contains("a link to something that is not there"), "{why}");
    }
}

#[test]
fn a_mark_before_the_text_and_other_line_ends_are_no_mistake() {
    assert!(with("workflows", "own.toml", &format!("\u{feff}{GOOD}")).is_ok());
    assert!(with("workflows", "own.toml", &GOOD.replace('\n', "\r\n")).is_ok());
    let bad = GOOD.replace("title = \"Own\"", "titel = \"Own\"").replace('\n', "\r\n");
    let why = with("workflows", "own.toml", &format!("\u{feff}{bad}")).unwrap_err().to_string();
    assert!(why.contains("own.toml:2:1:"), "{why}");
}

#[test]
fn the_pattern_of_the_page_has_twenty_lines_and_gives_a_plan() {
    let page = include_str!("../../../docs/workflows.md");
    let (_, rest) = page.split_once("### A pattern of one's own in twenty lines").unwrap();
    let (_, rest) = rest.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    assert_eq!(text.lines().count(), 20, "{text}");
    let all = with("workflows", "cache.toml", text).unwrap();
    let options = Options { providers: vec!["aws".into()], ..Options::default() };
    let plan = fit(all.pattern("cache").unwrap(), &all.catalogue, &all.knowledge, &options).unwrap();
    assert_eq!(plan.tasks[0].agent.as_str(), "aws-specialist");
    assert_eq!(plan.tasks[1].needs, ["cache"]);
}
