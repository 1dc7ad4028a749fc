//! What lists show of a recording: its chapters and notes.

use super::super::actions::Choice;
use super::super::keymap::{Binding, Op, When};
use super::super::lists::{ALL, entry, places, recent_first, themes};
use super::super::popup::{Chooser, Keys};
use super::super::view::View;
use super::Deck;
use crate::domain::moment::told;
use crate::domain::signal::printable;
use crate::engine::state::State;

/// All that can be done with a recording.
pub(super) fn palette(state: &State, view: &View) -> Chooser {
    let keys = &view.keys;
    let listed = |b: &&Binding| match b.when {
        When::Replaying => !b.op.moves(),
        When::Normal => !matches!(b.op, Op::Palette | Op::Tab) && !Keys::Recording.keys(keys, b).is_empty(),
        _ => false,
    };
    let entries = keys.all().filter(listed).map(entry).chain(places(state)).chain(themes(view)).collect();
    let entries = recent_first(view, entries);
    Chooser { title: ALL, query: Some(String::new()), entries, at: 0 }
}

/// The chapters and notes to pick from, at the one that is shown.
pub(super) fn chapters(deck: &Deck) -> Chooser {
    let marks = deck.story.marks.iter().enumerate();
    let entries = marks.map(|(i, m)| {
        let label = format!("{:>8}  {:<8} {}", told(deck.since(m.us)), m.what.word(), printable(&m.text));
        let beside = m.event.map_or(String::new(), |(_, seq)| format!("#{seq}"));
        (Choice::Mark(i), label, beside)
    });
    let at = deck.passed().saturating_sub(1);
    Chooser { title: "chapters", query: Some(String::new()), entries: entries.collect(), at }
}
