//! What is wrong with a specialist of a catalogue.

use std::collections::BTreeSet;

use super::{ANYBODY, Catalogue, Specialist, Words};
use crate::domain::id::AgentName;
use crate::domain::near::did_you_mean;

/// The most entries of a list of a specialist but for its phrases.
pub const LIST_MOST: usize = 64;
/// The most phrases of one list.
pub const WORDS_MOST: usize = 500;
/// The most characters of one text.
pub const TEXT_MOST: usize = 400;

/// What is wrong, and where: the key of the file, and which of its entries from 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flaw {
    /// The key.
    pub key: &'static str,
    /// Which of its entries.
    pub at: Option<usize>,
    /// What is wrong, what was expected.
    pub what: String,
}

fn flaw(key: &'static str, at: impl Into<Option<usize>>, what: impl Into<String>) -> Flaw {
    Flaw { key, at: at.into(), what: what.into() }
}

impl Catalogue {
    /// Whether `one`, which is in it, is in order, and names nobody who is not there.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, one: &Specialist) -> Result<(), Flaw> {
        check_name(one)?;
        text("title", None, &one.title)?;
        if let Some(other) = self.all().iter().find(|s| s.name != one.name && s.is(&one.name)) {
            let what = format!(
                "`{}` stands for {} already, and would do so no more; give it another name",
                one.name,
                other.shown()
            );
            return Err(flaw("name", None, what));
        }
        let taken = |a: &str| self.get(a).is_some() || !lower(a) || a.ends_with(super::ENDING);
        if one.alias.as_deref().is_some_and(|a| taken(a) || AgentName::new(a).is_err()) {
            let what = "expected a name of lower-case letters, digits and `-`, without the ending -specialist, that no \
                        specialist has for itself";
            return Err(flaw("alias", None, what));
        }
        for (key, list) in
            [("capabilities", &one.capabilities), ("choose", &one.choose), ("needs", &one.needs)]
        {
            length(key, list.len(), LIST_MOST)?;
            list.iter().enumerate().try_for_each(|(i, t)| text(key, i, t))?;
            once(key, list.iter().map(String::as_str))?;
        }
        if one.capabilities.is_empty() {
            return Err(flaw("capabilities", None, "expected at least one thing that it can do"));
        }
        self.relations(one)?;
        length("not", one.not.len(), WORDS_MOST)?;
        one.not.iter().enumerate().try_for_each(|(i, p)| phrase("not", i, p))?;
        length("words", one.words.len(), LIST_MOST)?;
        one.words.iter().enumerate().try_for_each(|(i, w)| self.words(i, w, one))
    }

    fn relations(&self, one: &Specialist) -> Result<(), Flaw> {
        length("hands_over", one.hands_over.len(), LIST_MOST)?;
        for (i, over) in one.hands_over.iter().enumerate() {
            self.other("hands_over", i, &over.to, one)?;
            if over.items.is_empty() {
                let what = "expected at least one item: { key = \"…\", what = \"…\" }";
                return Err(flaw("hands_over", i, what));
            }
            length("hands_over", over.items.len(), LIST_MOST)?;
            for (n, item) in over.items.iter().enumerate() {
                if AgentName::new(&item.key).is_err() {
                    let what =
                        format!("expected a key such as `images`, found `{}`", super::clipped(&item.key));
                    return Err(flaw("hands_over", i, what));
                }
                if over.items.iter().skip(n + 1).any(|other| other.key == item.key) {
                    return Err(flaw("hands_over", i, format!("it has the key `{}` twice", item.key)));
                }
                text("hands_over", i, &item.what)?;
            }
        }
        length("beside", one.beside.len(), LIST_MOST)?;
        for (i, b) in one.beside.iter().enumerate() {
            self.other("beside", i, &b.with, one)?;
            text("beside", i, &b.how)?;
            text("beside", i, &b.sync)?;
        }
        length("loops", one.loops.len(), LIST_MOST)?;
        for (i, l) in one.loops.iter().enumerate() {
            self.other("loops", i, &l.with, one)?;
            text("loops", i, &l.how)?;
            text("loops", i, &l.until)?;
        }
        // The first of one name counts, a second would say nothing.
        once("hands_over", one.hands_over.iter().map(|h| h.to.as_str()))?;
        once("beside", one.beside.iter().map(|b| b.with.as_str()))?;
        once("loops", one.loops.iter().map(|l| l.with.as_str()))
    }

    fn words(&self, i: usize, words: &Words, one: &Specialist) -> Result<(), Flaw> {
        if words.say.is_empty() {
            return Err(flaw("words", i, "expected phrases under `say`, found none"));
        }
        length("words", words.near.len(), LIST_MOST)?;
        if words.near.iter().any(Vec::is_empty) {
            return Err(flaw("words", i, "expected phrases in each list of `near`, found an empty one"));
        }
        for list in [&words.say, &words.with, &words.unless].into_iter().chain(&words.near) {
            length("words", list.len(), WORDS_MOST)?;
            list.iter().try_for_each(|p| phrase("words", i, p))?;
        }
        length("words", words.beside.len(), LIST_MOST)?;
        if !words.why.is_empty() {
            text("words", i, &words.why)?;
        }
        words.beside.iter().try_for_each(|name| self.other("words", i, name, one))
    }

    /// As [`Self::known`], and not itself.
    fn other(&self, key: &'static str, at: usize, name: &str, one: &Specialist) -> Result<(), Flaw> {
        if name == one.name {
            return Err(flaw(key, at, format!("expected somebody else, found `{name}` itself")));
        }
        self.known(key, at, name)
    }

    fn known(&self, key: &'static str, at: usize, name: &str) -> Result<(), Flaw> {
        if self.all().iter().any(|s| s.is(name)) {
            return Ok(());
        }
        let aliases = self.all().iter().filter_map(|s| s.alias.as_deref());
        let names = self.all().iter().map(|s| s.name.as_str()).chain(aliases).chain([ANYBODY]);
        let near = did_you_mean(name, names);
        let what = format!("expected a specialist, an alias or `*`, found `{}`{near}", super::clipped(name));
        Err(flaw(key, at, what))
    }
}

fn lower(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Names of which none stands there twice.
fn once<'n>(key: &'static str, names: impl Iterator<Item = &'n str>) -> Result<(), Flaw> {
    let mut seen = BTreeSet::new();
    for (i, name) in names.enumerate() {
        if !seen.insert(name) {
            let what = format!("`{}` stands there twice; put both into one", super::clipped(name));
            return Err(flaw(key, i, what));
        }
    }
    Ok(())
}

fn check_name(one: &Specialist) -> Result<(), Flaw> {
    if lower(&one.name) && one.agent_name().is_some() && !one.name.ends_with("-specialist") {
        return Ok(());
    }
    let what = format!(
        "`{}` is no name of a specialist: expected a letter and then at most 20 lower-case letters, digits or `-`, \
         without the ending -specialist",
        super::clipped(&one.name)
    );
    let near = one.name.to_lowercase();
    let near = near.strip_suffix(super::ENDING).unwrap_or(&near);
    let meant = if lower(near) && AgentName::new(near).is_ok() {
        format!("; did you mean {near}.toml?")
    } else {
        String::new()
    };
    let what = format!("{what}{meant}");
    Err(flaw("name", None, what))
}

fn length(key: &'static str, is: usize, most: usize) -> Result<(), Flaw> {
    if is <= most {
        Ok(())
    } else {
        Err(flaw(key, None, format!("it has {is} entries, and may have {most}")))
    }
}

fn text(key: &'static str, at: impl Into<Option<usize>>, text: &str) -> Result<(), Flaw> {
    if text.trim().is_empty() {
        return Err(flaw(key, at, "expected a text, found an empty one"));
    }
    if text.chars().count() > TEXT_MOST {
        return Err(flaw(key, at, format!("it is longer than {TEXT_MOST} characters")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(flaw(key, at, "expected plain text, found control characters in it; take them out"));
    }
    Ok(())
}

/// Whether a text can be looked for: one that begins or ends open would be found everywhere, and of `a|b_c` each has to
/// be words.
#[must_use]
pub fn is_phrase(text: &str) -> bool {
    let word = |w: &str| {
        let w = w.strip_suffix('*').unwrap_or(w);
        !w.is_empty() && w.chars().all(|c| c.is_alphanumeric() || matches!(c, '\'' | '’'))
    };
    let words = |w: &str| w.split('_').all(word);
    let either = text.split_whitespace().filter(|t| t.contains('|'));
    text.chars().any(char::is_alphanumeric)
        && !text.starts_with(['*', '.', '|'])
        && !text.ends_with("..")
        && either.flat_map(|t| t.split('|')).all(words)
}

fn phrase(key: &'static str, at: usize, given: &str) -> Result<(), Flaw> {
    text(key, at, given)?;
    let shown = super::clipped(given);
    if given != given.to_lowercase() {
        return Err(flaw(key, at, format!("expected a phrase in lower case, found `{shown}`")));
    }
    if !is_phrase(given) {
        return Err(flaw(
            key,
            at,
            format!("expected a phrase that begins and ends with a word, found `{shown}`"),
        ));
    }
    Ok(())
}
