//! What a project's own guide leaves empty, says twice, or says so that it never counts.

use super::guide::{ENTRIES_MOST, Guide};
use crate::domain::near::did_you_mean;
use crate::domain::workflow::catalogue::{CLOUD, Catalogue, Domain, TEXT_MOST};

/// Where something is wrong: the key of the file, which of its entries from 0, and what was expected.
type Wrong = (&'static str, Option<usize>, String);

impl Guide {
    /// Whether each entry says something that can come true, where this guide is part of `all`.
    pub(super) fn whole(&self, all: &Self, catalogue: &Catalogue) -> Result<(), Wrong> {
        for (key, is) in [
            ("domain", self.areas.len()),
            ("fit", self.fits.len()),
            ("question", self.questions.len()),
            ("contradiction", self.contradictions.len()),
        ] {
            if is > ENTRIES_MOST {
                return Err((key, None, format!("it has {is} entries, and may have {ENTRIES_MOST}")));
            }
        }
        for (i, area) in self.areas.iter().enumerate() {
            some("domain", i, "say", &area.say)?;
            if self.areas.iter().take(i).any(|a| a.name == area.name) {
                let what = format!("two are for `{}`; put their words into one", area.name.word());
                return Err(("domain", Some(i), what));
            }
        }
        for (i, fit) in self.fits.iter().enumerate() {
            let names = || all.patterns.iter().map(|p| p.name.as_str());
            if !names().any(|n| n == fit.pattern) {
                let near = did_you_mean(&fit.pattern, names());
                let given = super::clipped(&fit.pattern);
                let there = names().collect::<Vec<_>>().join(", ");
                let what = format!("expected a pattern of {there}, found `{given}`{near}");
                return Err(("fit", Some(i), what));
            }
            said("fit", i, "why", &fit.why)?;
            fit.all.iter().try_for_each(|list| some("fit", i, "all", list))?;
            let clouds = catalogue.under(CLOUD).len();
            for (name, wanted, most) in
                [("providers", fit.providers, clouds), ("domains", fit.domains, Domain::ALL.len())]
            {
                if wanted > most {
                    let what =
                        format!("expected {name} of at most {most}, as many as there are, found {wanted}");
                    return Err(("fit", Some(i), what));
                }
            }
        }
        for (i, ask) in self.questions.iter().enumerate() {
            said("question", i, "key", &ask.key)?;
            said("question", i, "ask", &ask.ask)?;
            said("question", i, "why", &ask.why)?;
            if self.questions.iter().take(i).any(|q| q.key == ask.key) {
                let what = format!("two questions have the key `{}`", super::clipped(&ask.key));
                return Err(("question", Some(i), what));
            }
        }
        for (i, one) in self.contradictions.iter().enumerate() {
            said("contradiction", i, "ask", &one.ask)?;
            some("contradiction", i, "say", &one.say)?;
        }
        Ok(())
    }
}

fn some(key: &'static str, i: usize, name: &str, list: &[String]) -> Result<(), Wrong> {
    if list.is_empty() {
        return Err((key, Some(i), format!("expected at least one phrase in `{name}`, found an empty list")));
    }
    Ok(())
}

fn said(key: &'static str, i: usize, name: &str, text: &str) -> Result<(), Wrong> {
    let what = if text.trim().is_empty() {
        format!("expected a text for `{name}`, found an empty one")
    } else if text.chars().count() > TEXT_MOST {
        format!("`{name}` is longer than {TEXT_MOST} characters")
    } else if text.chars().any(char::is_control) {
        format!("expected plain text for `{name}`, found control characters in it; take them out")
    } else {
        return Ok(());
    };
    Err((key, Some(i), what))
}
