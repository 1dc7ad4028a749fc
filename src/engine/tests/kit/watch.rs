//! What a session was at each of its events, and what its panes' logs had by then: what a replay has to make again.

use std::collections::BTreeMap;

use super::Stage;
use crate::domain::id::AgentName;
use crate::domain::time::Time;
use crate::engine::event::Event;
use crate::engine::parts::{Confirmation, Train};
use crate::engine::state::State;
use crate::screen::{Screen, Size};

/// One entry of a pane's log.
enum Entry {
    Begin(Size),
    Bytes(Time, Vec<u8>),
    Size(Size),
}

/// A pane, how far its log was, and what it showed.
type Shown = (AgentName, usize, String);

/// What was seen of a session.
#[derive(Default)]
pub(in crate::engine::tests) struct Watch {
    logs: BTreeMap<AgentName, Vec<Entry>>,
    /// After so many events: the state, and per pane how far its log was and what it showed.
    moments: Vec<(usize, String, Vec<Shown>)>,
}

impl Watch {
    /// Before the engine hears of an event.
    pub(super) fn before(&mut self, event: &Event, state: &State, now: Time) {
        let (agent, entry) = match event {
            Event::Output { agent, bytes, .. } => (agent, Entry::Bytes(now, bytes.clone())),
            Event::Sized { agent, rows, cols } => (agent, Entry::Size(Size { rows: *rows, cols: *cols })),
            Event::PaneUp { agent, .. } => {
                let size = state.agent(agent).map(|a| a.pane.size);
                (agent, Entry::Begin(size.expect("an agent")))
            }
            _ => return,
        };
        self.logs.entry(agent.clone()).or_default().push(entry);
    }

    /// After the step in which the event with that number was the last.
    pub(super) fn after(&mut self, events: usize, state: &State) {
        let pane = |a: &crate::engine::state::Agent| {
            (a.name.clone(), self.logs.get(&a.name).map_or(0, Vec::len), seen(&a.pane.screen))
        };
        let panes = state.agents.iter().map(pane).collect();
        self.moments.push((events, durable(state), panes));
    }
}

fn seen(screen: &Screen) -> String {
    format!("{:?} {:?} {:?} {:?}", screen.size(), screen.cursor(), screen.title(), screen.text_rows())
}

/// Makes every moment again from the journal and the logs alone.
pub(in crate::engine::tests) fn replayed(stage: &Stage) -> usize {
    let watch = stage.watch.as_ref().expect("it was watched");
    let mut state = State::new(stage.config.clone(), super::info());
    let mut folded = 0;
    for (events, expected, panes) in &watch.moments {
        for (time, record) in &stage.journal[folded..*events] {
            crate::engine::step(&mut state, Event::Recorded(record.clone()), *time);
        }
        folded = *events;
        assert_eq!(durable(&state), *expected, "after {events} events");
        for (name, upto, shown) in panes {
            let agent = state.agent(name).expect("an agent");
            let log = watch.logs.get(name).map_or(&[][..], |l| &l[..*upto]);
            let begin = log.iter().rposition(|e| matches!(e, Entry::Begin(_))).unwrap_or(log.len());
            let mut screen = Screen::new(agent.pane.size, 100);
            for entry in &log[begin..] {
                match entry {
                    Entry::Bytes(at, bytes) => drop(screen.feed(bytes, *at)),
                    Entry::Size(size) => screen.resize(*size),
                    Entry::Begin(size) => screen = Screen::new(*size, 100),
                }
            }
            screen.expire(state.now);
            assert_eq!(seen(&screen), *shown, "{name} after {events} events");
        }
    }
    watch.moments.len()
}

/// Every durable fact of a state, one a line.
pub(in crate::engine::tests) fn durable(state: &State) -> String {
    let mut lines = Vec::new();
    for a in &state.agents {
        lines.push(format!("{} {:?} {:?} {:?} {:?}", a.name, a.state(), a.activity, a.since, a.why));
        lines.push(format!("  {:?} {:?} {:?}", a.pin, a.shown, a.limit));
        lines.push(format!(
            "  pane {:?} {:?} {:?} {:?}",
            a.pane.pid, a.pane.status, a.pane.ended, a.pane.size
        ));
        let queue: Vec<_> = a.queue.iter().map(|d| (d.id, &d.task, &d.text, &d.code, d.at)).collect();
        let expects = a.expects.as_ref().map(|e| (&e.code, &e.prompt, e.claim.turn, e.hint.turn));
        lines.push(format!("  queue {queue:?} {:?} {} {expects:?} {}", a.receipts, a.sent, a.turns));
        let claim = a.claim.as_ref().map(|c| (c.via, &c.note, c.at));
        lines.push(format!(
            "  claim {claim:?} {:?} {:?} {:?} {} {:?}",
            a.reasons, a.ready, a.merged, a.left_out, a.hint
        ));
        lines.push(format!("  says {:?} {:?}", a.task, a.told));
        lines.push(format!("  git {:?} {:?} {:?}", a.base, a.facts, a.gates));
        // That a prompt waits for a person is seen, not recorded.
        let need = Some(a.need()).filter(|n| !n.ends_with(crate::engine::obstacle::LET_GO));
        lines.push(format!("  {:?} {:?} {:?}", a.stuck, a.waits_for_stage, need.unwrap_or_default()));
    }
    lines.extend(state.runs.iter().map(|r| format!("{r:?}")));
    let train = state.train.clone().map(|t| Train { reply: None, ..t });
    lines.push(format!("{train:?} {} {:?}", state.next_dispatch, state.offer));
    lines.extend(state.project.iter().map(|p| format!("{p:?}")));
    lines.extend(state.incident.iter().map(|c| format!("{c:?}")));
    lines.extend(state.queries.iter().map(|q| format!("{q:?}")));
    let waits = |c: &Confirmation| (c.id, c.caller.clone(), c.title.clone(), c.lines.clone(), c.at, c.until);
    lines.extend(state.confirmations.iter().map(|c| format!("{:?}", waits(c))));
    lines.extend(state.elsewhere.iter().map(|e| format!("{e:?}")));
    lines.extend(state.log.iter().map(|l| format!("{l:?}")));
    lines.join("\n")
}
