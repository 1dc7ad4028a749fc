//! Patterns of workflows, and what plans draw on: those that come along, and a project's own over them.

#[cfg(test)]
mod tests;

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
