//! What agents ask each other, seen, read and answered in the dashboard.

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::command::{Command, Talk};
use crate::domain::id::AgentName;
use crate::domain::query::{Asker, Priority, Query, QueryId};
use crate::domain::record::{Record, Talked};
use crate::engine::event::Event;
use crate::engine::state::State;
use crate::engine::step;
use crate::ui::Action;

fn talked(state: &mut State, talked: Talked) {
    let now = state.now;
    assert!(step(state, Event::Recorded(Record::Talk(Box::new(talked))), now).is_empty());
}

fn asks(state: &mut State, id: QueryId, from: Asker, to: &str, priority: Priority, message: &str) {
    let (to, message) = (AgentName::new(to).unwrap(), message.to_owned());
    talked(state, Talked::Asked(Query { id, thread: 1, depth: 0, from, to, priority, message, key: None }));
}

/// Three queries: one answered, one without an answer, one that a person should answer.
pub(super) fn asked() -> State {
    let mut state = busy();
    let pane = |who: &str| Asker::Pane(name(who));
    asks(&mut state, 1, pane("SEC"), "OBS", Priority::Normal, "Which labels must every pod have?");
    talked(&mut state, Talked::Answered { query: 1, by: pane("OBS"), message: "owner and team".into() });
    asks(&mut state, 2, Asker::Lead, "NET", Priority::Low, "How far are you?");
    asks(
        &mut state,
        3,
        pane("OPS"),
        "ORCHESTRATOR",
        Priority::Urgent,
        "May I drop the old network policy?\nIt blocks \u{1b}[31mthe build.",
    );
    let task = "labels on all pods".to_owned();
    talked(&mut state, Talked::State { agent: name("SEC"), state: None, task });
    state
}

#[test]
fn queries_are_listed_read_and_answered() {
    let mut d = desk(asked(), 80, 24);
    assert!(
        d.shot().contains("OPS asks you: May I drop the old network policy? · Q answers"),
        "{}",
        d.shot()
    );
    d.press("Q");
    assert_snapshot!(d.shot());
    d.press("<Enter>");
    assert_snapshot!(d.shot());
    assert_snapshot!(desk_at(&d, 200, 50));
    d.press("y e s <Enter>");
    let answer = Talk::Answer { query: 3, message: "yes".into() };
    assert_eq!(d.took(), [Action::Do(Command::Talk(answer))]);
    // What was answered is only read.
    d.press("Q S E C <Enter>");
    let shot = d.shot();
    assert!(shot.contains("OBS answers") && shot.contains("owner and team"), "{shot}");
    d.press("<Esc>");
    // An empty line answers nothing.
    d.press("Q <Enter> <Enter>");
    assert_eq!(d.took(), []);
}

#[test]
fn where_nobody_asked_it_says_how() {
    let mut d = desk(busy(), 80, 24);
    d.press("Q");
    assert_eq!(d.took(), [Action::Beep]);
    assert!(d.shot().contains("orchestra ask AGENT TEXT"), "{}", d.shot());
}

#[test]
fn what_an_agent_works_on_stands_in_its_title_and_in_the_monitor() {
    let mut d = desk(asked(), 200, 50);
    d.press("3");
    assert!(d.shot().contains("· labels on all pods"), "{}", d.shot());
    d.press("5");
    let shot = d.shot();
    assert!(shot.contains("works on") && shot.contains("labels on all pods"), "{shot}");
}
