//! What is wrong with what a project says over the words that come along.

use super::words::{id, known, length, specialist, text, texts};
use super::{Flaw, LIST_MOST, Place, at, flaw};
use crate::domain::workflow::catalogue::Catalogue;
use crate::domain::workflow::vocabulary::measures::Named;
use crate::domain::workflow::vocabulary::{Own, OwnCause, OwnFlag, Vocabulary};

impl Own {
    /// Whether it is in order: red flags, causes and reasons have rules in the program, so that only those that come
    /// along can be told in other words; metrics, milestones and areas may be added.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, catalogue: &Catalogue) -> Result<(), Flaw> {
        let sizes = [
            ("flag", self.flags.len()),
            ("cause", self.causes.len()),
            ("reason", self.reasons.len()),
            ("section", self.sections.len()),
            ("metric", self.metrics.len()),
            ("milestone", self.milestones.len()),
            ("area", self.areas.len()),
        ];
        sizes.into_iter().try_for_each(|(key, is)| length(at![key], is, LIST_MOST))?;
        self.flags.iter().enumerate().try_for_each(|(i, one)| flag(i, one))?;
        once("flag", "red flags", self.flags.iter().map(|f| f.name.as_str()))?;
        self.causes.iter().enumerate().try_for_each(|(i, one)| cause(i, one))?;
        once("cause", "causes", self.causes.iter().map(|c| c.name.word()))?;
        for (i, one) in self.reasons.iter().enumerate() {
            text(at!["reason", i, "title"], &one.title)?;
        }
        once("reason", "reasons", self.reasons.iter().map(|r| r.name.word()))?;
        named("section", "sections", &self.sections)?;
        named("milestone", "milestones", &self.milestones)?;
        self.measured()?;
        self.worked(catalogue)
    }

    fn measured(&self) -> Result<(), Flaw> {
        let sections = || Vocabulary::built_in().metrics.sections.iter().chain(&self.sections);
        for (i, one) in self.metrics.iter().enumerate() {
            id(at!["metric", i, "name"], &one.name)?;
            text(at!["metric", i, "title"], &one.title)?;
            text(at!["metric", i, "unit"], &one.unit)?;
            if !one.section.is_empty() {
                let names = sections().map(|s| s.name.as_str());
                known(at!["metric", i, "section"], "a section", &one.section, names)?;
            }
        }
        once("metric", "metrics", self.metrics.iter().map(|m| m.name.as_str()))
    }

    fn worked(&self, catalogue: &Catalogue) -> Result<(), Flaw> {
        let mut there: Vec<&str> = Vec::new();
        for (i, one) in self.areas.iter().enumerate() {
            text(at!["area", i, "title"], &one.title)?;
            length(at!["area", i, "specialists"], one.specialists.len(), LIST_MOST)?;
            for (n, name) in one.specialists.iter().enumerate() {
                let path = at!["area", i, "specialists", n];
                specialist(path.clone(), name, catalogue)?;
                if there.contains(&name.as_str()) {
                    return Err(flaw(path, format!("`{name}` is in two areas; expected one")));
                }
                there.push(name);
            }
            if one.specialists.is_empty() && self.areas.iter().take(i).any(|a| a.specialists.is_empty()) {
                let what = "expected specialists: another area takes whoever is in no other already";
                return Err(flaw(at!["area", i, "specialists"], what));
            }
        }
        once_at("area", "areas", "title", self.areas.iter().map(|a| a.title.as_str()))
    }
}

fn flag(i: usize, one: &OwnFlag) -> Result<(), Flaw> {
    let all = &Vocabulary::built_in().flags;
    known(at!["flag", i, "name"], "a red flag", &one.name, all.iter().map(|f| f.name.as_str()))?;
    for (key, given) in [("title", &one.title), ("question", &one.question), ("remedy", &one.remedy)] {
        given.iter().try_for_each(|t| text(at!["flag", i, key], t))?;
    }
    texts(at!["flag", i, "words"], &one.words)?;
    let Some(there) = all.iter().find(|f| f.name == one.name) else { return Ok(()) };
    if one.question.is_some() && there.question.is_empty() {
        return Err(flaw(at!["flag", i, "question"], "expected none: the record tells whether it is raised"));
    }
    if !one.words.is_empty() && there.words.is_empty() {
        return Err(in_vain(at!["flag", i, "words"], "words"));
    }
    if one.limit.is_some() && there.limit == 0 {
        return Err(in_vain(at!["flag", i, "limit"], "number"));
    }
    if one.limit == Some(0) {
        return Err(flaw(at!["flag", i, "limit"], "expected 1 or more, found 0"));
    }
    Ok(())
}

fn cause(i: usize, one: &OwnCause) -> Result<(), Flaw> {
    for (key, given) in [("title", &one.title), ("remedy", &one.remedy)] {
        given.iter().try_for_each(|t| text(at!["cause", i, key], t))?;
    }
    texts(at!["cause", i, "words"], &one.words)?;
    let Some(there) = Vocabulary::built_in().cause(one.name) else { return Ok(()) };
    if !one.words.is_empty() && there.words.is_empty() {
        return Err(in_vain(at!["cause", i, "words"], "words"));
    }
    if one.percent.is_some() && there.percent == 0 {
        return Err(in_vain(at!["cause", i, "percent"], "percentage"));
    }
    Ok(())
}

/// What a rule does not go by is refused, or somebody would wonder why nothing changes.
fn in_vain(path: Vec<Place>, what: &str) -> Flaw {
    flaw(path, format!("expected none: its rule goes by no {what}"))
}

fn named(key: &str, kind: &str, all: &[Named]) -> Result<(), Flaw> {
    for (i, one) in all.iter().enumerate() {
        id(at![key, i, "name"], &one.name)?;
        text(at![key, i, "title"], &one.title)?;
    }
    once(key, kind, all.iter().map(|n| n.name.as_str()))
}

fn once<'n>(key: &str, kind: &str, names: impl Iterator<Item = &'n str>) -> Result<(), Flaw> {
    once_at(key, kind, "name", names)
}

fn once_at<'n>(key: &str, kind: &str, field: &str, names: impl Iterator<Item = &'n str>) -> Result<(), Flaw> {
    let mut seen: Vec<&str> = Vec::new();
    for (i, name) in names.enumerate() {
        if seen.contains(&name) {
            return Err(flaw(at![key, i, field], format!("two {kind} are called `{name}`")));
        }
        seen.push(name);
    }
    Ok(())
}
