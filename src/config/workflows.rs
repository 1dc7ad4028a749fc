//! Patterns of workflows, and what plans draw on: those that come along, and a project's own over them.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::data::{Dirs, File};
use super::doc::{Doc, Step};
use super::error::{Error, did_you_mean};
use super::names::shown;
use crate::domain::workflow::catalogue::Catalogue;
use crate::domain::workflow::check::{Flaw, Place};
use crate::domain::workflow::checklists::Checklists;
use crate::domain::workflow::knowledge::Knowledge;
use crate::domain::workflow::musts::Musts;
use crate::domain::workflow::pattern::Pattern;
use crate::domain::workflow::shelf::Workflows;
use crate::domain::workflow::vocabulary::{
    Own, OwnAreas, OwnCauses, OwnFlags, OwnMetrics, OwnMilestones, OwnReasons,
};
use crate::domain::workflow::wins::Wins;

/// Where a project keeps its patterns.
const PATTERNS: &str = "workflows";
/// Where a project keeps what plans draw on and what its projects are told in.
const KNOWLEDGE: &str = "workflow";
/// The files there are in it; `advise` is read where a request is.
const FILES: [&str; 10] = [
    "advise",
    "musts",
    "wins",
    "checklists",
    "flags",
    "escalations",
    "reasons",
    "metrics",
    "milestones",
    "areas",
];

/// The workflows of the project at `top`: its `workflows/NAME.toml` replaces the built-in pattern of that name or is
/// added; its `workflow/*.toml` go over what comes along.
///
/// # Errors
/// When a file of it cannot be read, or says something wrong, with its line and what was expected.
pub fn workflows(top: &Path) -> Result<Workflows, Error> {
    let dirs = Dirs::beside(top);
    let catalogue = super::catalogue(top)?;
    let knowledge = knowledge(&dirs, &catalogue)?;
    let mut patterns = Pattern::built_in();
    for file in dirs.files(PATTERNS, "toml")? {
        let own = pattern(&file, &catalogue, &knowledge)?;
        match patterns.iter_mut().find(|p| p.name == own.name) {
            Some(there) => *there = own,
            None => patterns.push(own),
        }
    }
    Ok(Workflows { catalogue, knowledge, patterns })
}

fn pattern(file: &File, catalogue: &Catalogue, knowledge: &Knowledge) -> Result<Pattern, Error> {
    let doc = Doc::parse(&file.shown, &file.text)?;
    let one: Pattern = doc.read()?;
    if one.name != file.name {
        let what = format!("expected `{}`, like the file, found {}", file.name, shown(&one.name));
        return Err(doc.wrong(&[Step::Key("name")], what));
    }
    super::names::word(&one.name).map_err(|what| doc.wrong(&[Step::Key("name")], what))?;
    one.check(catalogue, knowledge).map_err(|flaw| placed(&doc, &flaw))?;
    Ok(one)
}

fn knowledge(dirs: &Dirs, catalogue: &Catalogue) -> Result<Knowledge, Error> {
    let built_in = Knowledge::built_in();
    let files = dirs.files(KNOWLEDGE, "toml")?;
    if let Some(file) = files.iter().find(|f| !FILES.contains(&f.name.as_str())) {
        let near = did_you_mean(&file.name, FILES);
        let what = format!("expected a file of {}, found {}{near}", FILES.join(", "), shown(&file.name));
        return Err(Doc::parse(&file.shown, "")?.wrong(&[], what));
    }
    let said = [
        words::<OwnMilestones>(&files, "milestones", catalogue)?,
        words::<OwnMetrics>(&files, "metrics", catalogue)?,
        words::<OwnFlags>(&files, "flags", catalogue)?,
        words::<OwnCauses>(&files, "escalations", catalogue)?,
        words::<OwnReasons>(&files, "reasons", catalogue)?,
        words::<OwnAreas>(&files, "areas", catalogue)?,
    ];
    let said = said.into_iter().fold(Own::default(), Own::and);
    // Tasks may complete its own milestones.
    let base = Knowledge {
        own: Own { milestones: said.milestones.clone(), ..Own::default() },
        ..Knowledge::default()
    };
    let musts: Musts = own(&files, "musts", catalogue, |musts| Knowledge { musts, ..base.clone() })?;
    let wins: Wins = own(&files, "wins", catalogue, |wins| Knowledge { wins, ..base.clone() })?;
    let lists: Checklists =
        own(&files, "checklists", catalogue, |checklists| Knowledge { checklists, ..Knowledge::default() })?;
    Ok(Knowledge {
        own: said,
        musts: built_in.musts.with(musts),
        wins: built_in.wins.with(wins),
        checklists: built_in.checklists.with(lists),
    })
}

/// What a file says over the words that come along, checked; nothing where there is none.
fn words<T: DeserializeOwned + Default + Clone + Into<Own>>(
    files: &[File],
    name: &str,
    catalogue: &Catalogue,
) -> Result<Own, Error> {
    own(files, name, catalogue, |file: T| Knowledge { own: file.into(), ..Knowledge::default() })
        .map(Into::into)
}

/// A file of what plans draw on, checked; empty where there is none.
fn own<T: DeserializeOwned + Default + Clone>(
    files: &[File],
    name: &str,
    catalogue: &Catalogue,
    alone: impl Fn(T) -> Knowledge,
) -> Result<T, Error> {
    let Some(file) = files.iter().find(|f| f.name == name) else { return Ok(T::default()) };
    let doc = Doc::parse(&file.shown, &file.text)?;
    let read: T = doc.read()?;
    alone(read.clone()).check(catalogue).map_err(|flaw| placed(&doc, &flaw))?;
    Ok(read)
}

fn placed(doc: &Doc<'_>, flaw: &Flaw) -> Error {
    let step = |place| match place {
        &Place::At(index) => Step::At(index),
        Place::Key(key) => Step::Key(key),
    };
    let path: Vec<Step<'_>> = flaw.path.iter().map(step).collect();
    doc.wrong(&path, flaw.what.clone())
}

#[cfg(test)]
mod tests {
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
            ("limit = 3", "limit = 300", 39, "own.toml:39"),
        ] {
            assert!(GOOD.contains(good), "{good}");
            let why = with("workflows", "own.toml", &GOOD.replacen(good, bad, 1)).unwrap_err().to_string();
            assert!(
                why.contains(&format!("workflows/own.toml:{line}:")) && why.contains(says),
                "{bad}: {why}"
            );
        }
        let tasks = |n: usize| {
            (0..n).map(|i| {
                format!("[[task]]\nid = \"t{i}\"\ntitle = \"T\"\nphase = \"one\"\nduration = \"1d\"\n")
            })
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
        let metric = "[[metric]]\nname = \"pages\"\ntitle = \"P\"\nsection = \"cost\"\nunit = \"u\"\nbetter = \"lower\"\n";
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
            (
                "flags.toml",
                flag.replace("debt", "dept"),
                "flags.toml:2:8: `flag.name`: expected a red flag of",
            ),
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
            (
                "escalations.toml",
                "[[cause]]\nname = \"blocker\"\npercent = 3\n".into(),
                "goes by no percentage",
            ),
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
    fn the_pattern_of_the_page_has_twenty_lines_and_gives_a_plan() {
        let page = include_str!("../../docs/workflows.md");
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
}
