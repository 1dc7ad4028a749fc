//! Patterns of workflows, and what plans draw on: those that come along, and a project's own over them.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::data::{Dirs, File};
use super::doc::{Doc, Step};
use super::error::{Error, did_you_mean, one_of};
use super::names::shown;
use crate::domain::workflow::advise::NO_PATTERN;
use crate::domain::workflow::catalogue::Catalogue;
use crate::domain::workflow::check::{Flaw, Place};
use crate::domain::workflow::checklists::Checklists;
use crate::domain::workflow::knowledge::Knowledge;
use crate::domain::workflow::musts::Musts;
use crate::domain::workflow::pattern::Pattern;
use crate::domain::workflow::shelf::Workflows;
use crate::domain::workflow::wins::Wins;

/// Where a project keeps its patterns.
const PATTERNS: &str = "workflows";
/// Where a project keeps what plans draw on.
const KNOWLEDGE: &str = "workflow";
/// The files it may have there, without their ending; `advise` is read where a request is.
const FILES: [&str; 4] = ["musts", "wins", "checklists", "advise"];

/// The workflows of the project at `top`: its `workflows/NAME.toml` replaces the built-in pattern of that name or is
/// added; its `workflow/musts.toml`, `wins.toml` and `checklists.toml` go over what comes along.
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
    let lower = one.name.to_lowercase();
    if one.name != lower || lower == NO_PATTERN {
        let what = format!(
            "expected a name in lower case that is not `{NO_PATTERN}`, found {}; rename the file, too",
            shown(&one.name)
        );
        return Err(doc.wrong(&[Step::Key("name")], what));
    }
    one.check(catalogue, knowledge).map_err(|flaw| placed(&doc, &flaw))?;
    Ok(one)
}

fn knowledge(dirs: &Dirs, catalogue: &Catalogue) -> Result<Knowledge, Error> {
    let built_in = Knowledge::built_in();
    let files = dirs.files(KNOWLEDGE, "toml")?;
    if let Some(odd) = files.iter().find(|f| !FILES.contains(&f.name.as_str())) {
        let near = did_you_mean(&odd.name, FILES);
        let what = format!(
            "nothing reads it; expected {} there, and patterns in `{PATTERNS}/`{near}",
            one_of(FILES)
        );
        return Err(Error::Name { path: PathBuf::from(&odd.shown), what });
    }
    let musts: Musts = own(&files, "musts", catalogue, |musts| Knowledge { musts, ..Knowledge::default() })?;
    let wins: Wins = own(&files, "wins", catalogue, |wins| Knowledge { wins, ..Knowledge::default() })?;
    let lists: Checklists =
        own(&files, "checklists", catalogue, |checklists| Knowledge { checklists, ..Knowledge::default() })?;
    Ok(Knowledge {
        musts: built_in.musts.with(musts),
        wins: built_in.wins.with(wins),
        checklists: built_in.checklists.with(lists),
    })
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
            (
                "[[phase]]",
                "[[phase]]\nid = \"one\"\ntitle = \"T\"\n[[phase]]",
                10,
                "two phases are called `one`",
            ),
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
