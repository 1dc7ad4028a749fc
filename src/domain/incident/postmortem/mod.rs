//! The postmortem of an incident: written from its findings, or checked against them where somebody wrote it.
//!
//! Each statement ends with what it rests on, in square brackets: ids of findings (`[node.added@node/ip-10-0-1-7]`,
//! several with commas between), or one of [`MARKS`].

pub mod actions;
mod blocks;
mod causes;
mod check;
mod facts;
mod figures;
mod follow;
mod judge;
mod known;
mod layout;
mod offline;
mod scan;
mod tell;
#[cfg(test)]
mod tests;
mod text;

pub use self::layout::{BUILT_IN, Refused};
use self::layout::{Shape, render, sound};
pub use self::offline::offline;
use super::case::Case;

/// The sections that a postmortem has after its header, in their order, unless an organisation's template has others.
pub const SECTIONS: [&str; 5] =
    ["Timeline", "Root Cause", "Contributing Factors", "Recommendations", "Action Items"];
/// What a statement may rest on beside findings: the incident's report, the answers of triage, and what is known of the
/// specialists themselves: who reported and who did not.
pub const MARKS: [&str; 3] = ["report", "triage", "fleet"];

/// What an organisation says of its postmortems; empty texts: what comes along.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct House<'a> {
    /// Its template.
    pub template: &'a str,
    /// What is to be done about which kinds of findings, over what comes along.
    pub actions: &'a str,
}

impl<'a> House<'a> {
    /// The template to take, what it asks for, and why it is not the organisation's own though there is one.
    fn layout(self) -> (&'a str, Shape, Option<Refused>) {
        if self.template.trim().is_empty() {
            return (BUILT_IN, Shape::of(BUILT_IN), None);
        }
        match refuse(self.template) {
            Ok(()) => (self.template, Shape::of(self.template), None),
            Err(why) => (BUILT_IN, Shape::of(BUILT_IN), Some(why)),
        }
    }
}

/// Whether a template can be used: it renders, its sections are named once, and what it makes passes [`check`].
///
/// # Errors
/// What is wrong with it, and in which line.
pub fn refuse(template: &str) -> Result<(), Refused> {
    for case in offline::cases() {
        let house = House::default();
        let vars = tell::vars(&case, house);
        let shape = sound(template, &vars)?;
        let text = render(template, &vars)?;
        if let Some(first) = check::check(&text, &case, &shape, template, house).into_iter().next() {
            return Err(Refused {
                line: 1,
                what: format!("what it makes of an example does not pass the check: {first}"),
            });
        }
    }
    Ok(())
}

/// The sections a postmortem has to have, in their order: those of the template.
#[must_use]
pub fn sections(house: House<'_>) -> Vec<String> {
    house.layout().1.sections.into_iter().map(|s| s.name).collect()
}

/// The postmortem of an incident, from its findings alone. It passes [`check`]. A template that cannot be used is not,
/// which the text says.
#[must_use]
pub fn write(case: &Case, house: House<'_>) -> String {
    let vars = tell::vars(case, house);
    let (template, _, refused) = house.layout();
    let note = match refused {
        Some(_) => "> The team's template cannot be used; this is the one that comes along.\n\n",
        None => "",
    };
    let text = render(template, &vars).or_else(|_| render(BUILT_IN, &vars));
    // The built-in template renders any case: a test has many.
    format!("{note}{}", text.unwrap_or_default())
}

/// What is wrong with a postmortem, sentence by sentence, for whoever wrote it; empty: it stands. It has the sections of
/// the template, and says nothing that is in no finding, answer of triage, report or figure of the correlation.
#[must_use]
pub fn check(text: &str, case: &Case, house: House<'_>) -> Vec<String> {
    let (template, shape, _) = house.layout();
    check::check(text, case, &shape, template, house)
}
