//! The lines that keep two branches from merging: git is asked as the page opens, and they stay as they were read.

use std::sync::Arc;

use ratatui::style::Style;

use super::super::actions::Action;
use super::super::popup::{Body, Page};
use super::super::text::Text;
use super::super::theme::{DIM, role};
use super::super::view::{Mode, View};
use super::detail::{Subject, engines};
use crate::domain::command::Command;
use crate::domain::diff::{Part, Place, Unmerged, UnmergedFile};
use crate::domain::id::AgentName;
use crate::domain::review::Verdict;
use crate::domain::signal::printable;
use crate::domain::theme::Role;
use crate::engine::state::State;

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// Who is merged into whom; none: into the target.
pub(in crate::ui) type Sides = (Option<AgentName>, AgentName);

/// What is known of the lines.
#[derive(Clone, Debug)]
pub(in crate::ui) struct Lookup {
    asked: Sides,
    found: Option<Result<Arc<Unmerged>, String>>,
}

/// What git can be asked of a subject: two sides that are known not to merge.
pub(super) fn asked(state: &State, subject: &Subject) -> Option<Sides> {
    let matrix = state.matrix.as_deref()?;
    let (verdict, sides) = match subject {
        Subject::Pair(one, other) => {
            let pair = matrix.pair(one, other)?;
            (&pair.verdict, (Some(pair.a.clone()), pair.b.clone()))
        }
        Subject::Onto(agent) => (verdict(state, subject)?, (None, agent.clone())),
        _ => return None,
    };
    (!verdict.conflicts.is_empty()).then_some(sides)
}

fn verdict<'s>(state: &'s State, subject: &Subject) -> Option<&'s Verdict> {
    let matrix = state.matrix.as_deref()?;
    match subject {
        Subject::Pair(one, other) => matrix.pair(one, other).map(|p| &p.verdict),
        Subject::Onto(agent) => matrix.onto.iter().find(|a| a.agent == *agent).map(|a| &a.verdict),
        _ => None,
    }
}

/// Opens the page and asks git.
pub(super) fn open(state: &State, view: &mut View, subject: Subject, asked: Sides) -> Vec<Action> {
    let (ours, theirs) = asked.clone();
    let title = subject.title(state);
    let body = Body::Unmerged(subject, Lookup { asked, found: None });
    view.mode = Mode::Page(Box::new(Page { title, body, scroll: 0 }));
    vec![Action::Do(Command::Unmerged { ours, theirs })]
}

fn open_one(view: &mut View) -> Option<&mut Lookup> {
    let Mode::Page(page) = &mut view.mode else { return None };
    match &mut page.body {
        Body::Unmerged(_, lookup) => Some(lookup),
        _ => None,
    }
}

/// Git has answered.
pub(in crate::ui) fn answered(view: &mut View, found: &Unmerged) {
    let Some(lookup) = open_one(view) else { return };
    if (&lookup.asked.0, &lookup.asked.1) == (&found.ours, &found.theirs) {
        lookup.found = Some(Ok(Arc::new(found.clone())));
    }
}

/// Something could not be done; perhaps what is waited for here.
pub(in crate::ui) fn failed(view: &mut View, why: &str) {
    if let Some(lookup) = open_one(view).filter(|l| l.found.is_none()) {
        lookup.found = Some(Err(why.to_owned()));
    }
}

impl Lookup {
    /// What there is to say: the lines, or before they are known where they are.
    pub fn lines(&self, state: &State, subject: &Subject) -> Vec<Text> {
        let target = state.config.merge.target.as_str();
        let names = [self.asked.0.as_ref().map_or(target, AgentName::as_str), self.asked.1.as_str()];
        match &self.found {
            None => {
                let mut lines = vec![Text::Quiet("reading the lines…".into())];
                lines.extend(subject.lines(state));
                lines
            }
            Some(Err(why)) => {
                let mut lines = vec![Text::Bad(printable(&format!("✘ failed to {why}")))];
                lines.extend(subject.lines(state));
                lines
            }
            Some(Ok(found)) => told(state, subject, found, names),
        }
    }
}

fn told(state: &State, subject: &Subject, found: &Unmerged, names: [&str; 2]) -> Vec<Text> {
    let mut lines = Vec::new();
    if moved(state, found) {
        lines.push(Text::Warn("▲ a branch has moved since these lines were read: open them again".into()));
    }
    for (n, file) in found.files.iter().enumerate() {
        if n > 0 {
            lines.push(Text::Plain(String::new()));
        }
        path(file, names, &mut lines);
    }
    if found.more > 0 {
        lines.push(Text::Bad(format!("✘ and {} more paths", found.more)));
    }
    if found.files.is_empty() {
        lines.push(Text::Plain("✔ merges without a conflict now".into()));
    }
    if !found.why.is_empty() {
        lines.push(Text::Quiet(printable(&format!("? {}", found.why))));
    }
    lines.extend(verdict(state, subject).map(|v| engines(&v.engines)));
    lines
}

/// Whether one side is not any more what it was.
fn moved(state: &State, found: &Unmerged) -> bool {
    let Some(matrix) = state.matrix.as_deref() else { return false };
    let tip = |agent: &AgentName| matrix.tips.iter().find(|t| t.agent == *agent).map(|t| &t.oid);
    let [ours, theirs] = &found.tips;
    let other = match &found.ours {
        Some(agent) => tip(agent),
        None => Some(&matrix.target),
    };
    other.is_some_and(|now| now != ours) || tip(&found.theirs).is_some_and(|now| now != theirs)
}

fn path(file: &UnmergedFile, [ours, theirs]: [&str; 2], lines: &mut Vec<Text>) {
    let conflict = &file.conflict;
    lines.push(Text::Bad(printable(&format!("✘ {} ({})", conflict.path, conflict.kind))));
    lines.extend(conflict.also.iter().map(|p| Text::Plain(printable(&format!("    also {p}")))));
    if file.places.is_empty() {
        let [one, other] = &file.sides;
        lines.push(Text::Plain(printable(&format!("    {ours} has {one}, {theirs} has {other}"))));
    }
    for place in &file.places {
        side(place, [ours, theirs], lines);
    }
    if file.more > 0 {
        lines.push(Text::Quiet(format!("  … {} more places", file.more)));
    }
}

/// A place as git marks it in a file. The sign before each line says whose it is, so that colours only help.
fn side(place: &Place, [ours, theirs]: [&str; 2], lines: &mut Vec<Text>) {
    let head = |mark: &str, name: &str, part: Option<&Part>| {
        let which = part.map_or("has no such file".into(), Part::span);
        Text::Head(printable(&format!("  {mark} {name} {which}")))
    };
    lines.push(head("<<<<<<<", ours, place.ours.as_ref()));
    code('<', role(Role::Removed), place.ours.as_ref(), lines);
    if let Some(before) = &place.before {
        lines.push(Text::Quiet(format!("  ||||||| before both {}", before.span())));
        code('|', DIM, Some(before), lines);
    }
    lines.push(Text::Head("  =======".into()));
    code('>', role(Role::Added), place.theirs.as_ref(), lines);
    lines.push(head(">>>>>>>", theirs, place.theirs.as_ref()));
}

fn code(sign: char, style: Style, part: Option<&Part>, lines: &mut Vec<Text>) {
    let Some(part) = part else { return };
    lines.extend(part.text.iter().map(|text| Text::Code(sign, style, spread(text))));
    if part.more > 0 {
        let what = if part.more == 1 { "line" } else { "lines" };
        lines.push(Text::Code(sign, DIM, format!("… {} more {what}", part.more)));
    }
}

/// A line with blanks for its tabs, and nothing that steers a terminal.
fn spread(text: &str) -> String {
    let mut spread = String::new();
    for (n, piece) in text.split('\t').enumerate() {
        if n > 0 {
            let wide = unicode_width::UnicodeWidthStr::width(spread.as_str());
            spread.push_str(&" ".repeat(TAB - wide % TAB));
        }
        spread.push_str(&printable(piece));
    }
    spread
}
