//! Texts, names and lists: what each may be.

use std::collections::BTreeSet;

use super::{Flaw, ID_MOST, LIST_MOST, Place, TEXT_MOST, flaw};
use crate::domain::near::did_you_mean;
use crate::domain::workflow::catalogue::Catalogue;
use crate::domain::workflow::knowledge::Knowledge;

pub(super) fn specialist(path: Vec<Place>, name: &str, catalogue: &Catalogue) -> Result<(), Flaw> {
    let all = catalogue.all();
    let aliases: BTreeSet<&str> = all.iter().filter_map(|s| s.alias.as_deref()).collect();
    if let Some(one) = all.iter().find(|s| s.name != name && s.shown() == name) {
        let what =
            format!("expected a specialist by its short name, found `{name}`; did you mean `{}`?", one.name);
        return Err(flaw(path, what));
    }
    known(path, "a specialist", name, all.iter().map(|s| s.name.as_str()).chain(aliases))
}

/// A list of names that has none twice.
pub(super) fn once<T: PartialEq>(
    path: Vec<Place>,
    list: &[T],
    word: impl Fn(&T) -> &str,
) -> Result<(), Flaw> {
    for (n, one) in list.iter().enumerate() {
        if list.iter().take(n).any(|earlier| earlier == one) {
            let at = path.into_iter().chain([Place::At(n)]).collect();
            return Err(flaw(at, format!("`{}` stands here twice; take one out", shown(word(one)))));
        }
    }
    Ok(())
}

pub(super) fn milestone(path: Vec<Place>, name: &str, knowledge: &Knowledge) -> Result<(), Flaw> {
    if name.is_empty() { Ok(()) } else { known(path, "a milestone", name, knowledge.milestones()) }
}

pub(super) fn known<'n>(
    path: Vec<Place>,
    what: &str,
    name: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<(), Flaw> {
    let names: Vec<&str> = names.into_iter().collect();
    if names.contains(&name) {
        return Ok(());
    }
    let near = did_you_mean(name, names.iter().copied());
    let there = match names.len() {
        0 => "; there is none".to_owned(),
        1..=16 => format!(" of {}", names.join(", ")),
        _ => String::new(),
    };
    Err(flaw(path, format!("expected {what}{there}, found `{}`{near}", shown(name))))
}

pub(super) fn id(path: Vec<Place>, id: &str) -> Result<(), Flaw> {
    let first = id.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if first && rest && id.len() <= ID_MOST {
        return Ok(());
    }
    let what = format!(
        "expected a lower-case letter, then at most {} lower-case letters, digits or `-`, found `{}`",
        ID_MOST - 1,
        shown(id)
    );
    Err(flaw(path, what))
}

pub(super) fn length(path: Vec<Place>, is: usize, most: usize) -> Result<(), Flaw> {
    if is <= most { Ok(()) } else { Err(flaw(path, format!("it has {is} entries, and may have {most}"))) }
}

pub(super) fn texts(path: Vec<Place>, list: &[String]) -> Result<(), Flaw> {
    length(path.clone(), list.len(), LIST_MOST)?;
    let below = |n| path.iter().cloned().chain([Place::At(n)]).collect();
    list.iter().enumerate().try_for_each(|(n, t)| text(below(n), t))
}

pub(super) fn text(path: Vec<Place>, text: &str) -> Result<(), Flaw> {
    if text.trim().is_empty() {
        return Err(flaw(path, "expected a text, found an empty one"));
    }
    if text.chars().count() > TEXT_MOST {
        return Err(flaw(path, format!("it is longer than {TEXT_MOST} characters")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(flaw(path, "expected plain text, found control characters in it; take them out"));
    }
    Ok(())
}

/// The beginning of what was given, safe to show.
pub(super) fn shown(given: &str) -> String {
    let safe = crate::domain::signal::printable(given);
    let mut text: String = safe.chars().take(ID_MOST).collect();
    if safe.chars().count() > ID_MOST {
        text.push('…');
    }
    text
}
