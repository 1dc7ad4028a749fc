//! What came of a session: the fold of its record, watched from the first event to the last.
//!
//! The states are those that dashboards show: the same fold makes them.

mod gaps;
mod incidents;
mod people;
mod runs;
mod trains;
mod waits;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::event::Event;
use super::state::{Info, State};
use crate::domain::chapter::Chapter;
use crate::domain::id::{AgentName, DispatchId, RunId};
use crate::domain::record::Record;
use crate::domain::report::{Agent, Gone, Mark, Report, Session, Standing, Summary, When, clean};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::team::Config;
use crate::domain::time::Time;

/// Characters of one text of the record.
pub(super) const WIDTH: usize = 400;
/// Entries of one list of an agent, a train or the session; what comes later is left out.
pub(super) const MOST: usize = 2_000;

/// What is known of a session beside its events.
#[derive(Clone, Debug)]
pub struct Known {
    /// The configuration as it was.
    pub config: Arc<Config>,
    /// The repository's top.
    pub repository: String,
    /// The version that made the session.
    pub version: String,
    /// Now, where a server runs it.
    pub now: Option<Time>,
    /// Events of unknown kinds that were passed over.
    pub unknown: u64,
    /// Damaged lines that were passed over.
    pub damaged: u64,
}

/// What the events of a session, in order and each with its number, say of it.
pub fn report<'a>(known: &Known, events: impl IntoIterator<Item = (u64, Time, &'a Record)>) -> Report {
    let mut teller = Teller::new(known);
    for (seq, time, record) in events {
        teller.tell(seq, time, record);
    }
    teller.end(known)
}

/// A report that is being made.
struct Teller {
    report: Report,
    state: State,
    /// The first event's moment, and the latest one's: clocks of a stranger's record may run backwards.
    begin: u64,
    now: Time,
    /// Whether the session is open.
    open: bool,
    /// Whether a server ever was there.
    opened: bool,
    events: u64,
    last_seq: u64,
    /// Where each dispatch stands: agent and place among its prompts.
    dispatches: BTreeMap<DispatchId, (usize, usize)>,
    /// When tasks were queued, sent and ended.
    tasks: BTreeMap<(RunId, String), runs::Times>,
    /// The wait of each agent that is not over.
    waiting: Vec<Option<waits::Open>>,
}

impl Teller {
    fn new(known: &Known) -> Self {
        let state = State::new(known.config.clone(), Info::default());
        let agents: Vec<Agent> = state.team().map(people::blank).collect();
        let text = |t: &str| clean(t, WIDTH);
        let session = Session {
            name: text(&known.config.session),
            repository: text(&known.repository),
            target: text(&known.config.merge.target),
            plain: !known.config.worktrees,
            version: text(&known.version),
            ..Session::default()
        };
        let waiting = agents.iter().map(|_| None).collect();
        Self {
            report: Report { session, agents, ..Report::default() },
            state,
            begin: 0,
            now: Time::default(),
            open: false,
            opened: false,
            events: 0,
            last_seq: 0,
            dispatches: BTreeMap::new(),
            tasks: BTreeMap::new(),
            waiting,
        }
    }

    fn tell(&mut self, seq: u64, time: Time, record: &Record) {
        let first = self.events == 0;
        if first {
            (self.begin, self.now) = (time.mono, time);
            self.report.session.begin = self.when();
            self.sit(0);
        }
        let before = self.ms();
        self.now = Time { mono: time.mono.max(self.now.mono), wall: time.wall };
        self.events += 1;
        self.last_seq = self.last_seq.max(seq);
        match record {
            // Without a word before it, the machine was restarted: what passed since the last event is not known.
            Record::Opened { .. } if self.opened => {
                self.rise(before);
                self.sit(self.ms());
            }
            _ => self.pass(before),
        }
        let shown = self.shown();
        super::step(&mut self.state, Event::Recorded(record.clone()), self.now);
        self.session(record);
        self.people(record);
        self.run(record);
        self.incident(record);
        self.train(record);
        self.gap(record);
        self.changed(&shown, record);
        if let Some(chapter) = Chapter::of(record)
            && self.report.chapters.len() < MOST * 5
        {
            let text = clean(&chapter.text, WIDTH);
            let mark = Mark { seq, at: self.when(), chapter: Chapter { text, ..chapter } };
            self.report.chapters.push(mark);
        }
    }

    fn session(&mut self, record: &Record) {
        let session = &mut self.report.session;
        match record {
            Record::Opened { version, .. } | Record::Recovered { version, .. } => {
                self.opened = true;
                session.version = clean(version, WIDTH);
                session.standing = Standing::Halfway;
                session.why.clear();
                session.recovered += u32::from(matches!(record, Record::Recovered { .. }));
            }
            Record::Closed { why } => {
                session.standing = Standing::Closed;
                session.why = clean(why, WIDTH);
                let now = self.ms();
                self.rise(now);
            }
            _ => {}
        }
    }

    /// The session is open from here on.
    fn sit(&mut self, ms: u64) {
        self.open = true;
        self.report.session.sittings.push((ms, ms));
        for (agent, state) in self.report.agents.iter_mut().zip(self.state.team()) {
            agent.line.push((ms, state.state()));
        }
    }

    /// It is not open any more.
    fn rise(&mut self, ms: u64) {
        if std::mem::take(&mut self.open)
            && let Some((_, to)) = self.report.session.sittings.last_mut()
        {
            *to = ms;
        }
    }

    /// Time has passed since `before`.
    fn pass(&mut self, before: u64) {
        if !self.open {
            return;
        }
        let by = self.ms() - before;
        for (agent, state) in self.report.agents.iter_mut().zip(self.state.team()) {
            if by > 0 {
                *agent.times.entry(state.state().word().to_owned()).or_default() += by;
            }
        }
        if let Some((_, to)) = self.report.session.sittings.last_mut() {
            *to += by;
        }
    }

    /// Milliseconds after the beginning.
    fn ms(&self) -> u64 {
        self.now.mono.saturating_sub(self.begin) / 1000
    }

    fn when(&self) -> When {
        When::of(self.now, self.begin)
    }

    fn shown(&self) -> Vec<AgentState> {
        self.state.team().map(super::state::Agent::state).collect()
    }

    fn place(&self, name: &AgentName) -> Option<usize> {
        self.report.agents.iter().position(|a| a.name == *name)
    }

    fn end(mut self, known: &Known) -> Report {
        if let Some(now) = known.now {
            let before = self.ms();
            self.now = Time { mono: now.mono.max(self.now.mono), wall: now.wall };
            self.pass(before);
            self.report.session.standing = Standing::Running;
        }
        let ms = self.ms();
        self.rise(ms);
        self.report.session.end = self.when();
        self.count_gaps(known);
        self.write_runs();
        self.write_people();
        let merged = |a: &Agent| a.merges.iter().any(|m| m.undone.is_none());
        let session = &mut self.report.session;
        session.open_ms = session.sittings.iter().map(|(from, to)| to - from).sum();
        let all = self.report.agents.iter().any(merged)
            && self.report.agents.iter().all(|a| a.left_out || a.state == AgentState::Merged);
        session.over = session.standing == Standing::Closed || all;
        self.report.summary = summary(&self.report);
        self.report.waits.sort_by_key(|w| w.from.ms);
        self.report
    }
}

fn summary(report: &Report) -> Summary {
    let agents = &report.agents;
    let gates = || {
        let trains = report.trains.iter().flat_map(|t| &t.gates);
        agents.iter().flat_map(|a| &a.gates).chain(trains).chain(&report.elsewhere)
    };
    let prompts = || agents.iter().flat_map(|a| &a.prompts);
    let claims = || agents.iter().flat_map(|a| &a.claims);
    let merges = || agents.iter().flat_map(|a| &a.merges);
    let usage = || agents.iter().filter_map(|a| a.usage.as_ref());
    let sum = |all: Vec<u64>| (!all.is_empty()).then(|| all.into_iter().fold(0, u64::saturating_add));
    let applied = report.trains.iter().filter(|t| t.state == Gone::Applied);
    let refused = |c: &&crate::domain::report::Claim| {
        matches!(c.verdict, crate::domain::report::Verdict::Refused { .. })
    };
    Summary {
        agents: agents.len(),
        merged: agents.iter().filter(|a| a.merges.iter().any(|m| m.undone.is_none())).count(),
        prompts: prompts().count(),
        undelivered: prompts().filter(|p| p.outcome.is_some_and(|o| o != Outcome::Submitted)).count(),
        commits: agents.iter().map(|a| a.commits.len()).sum(),
        files: sum(applied.filter_map(|t| t.files.map(u64::from)).collect()),
        merges: merges().filter(|m| m.undone.is_none()).count(),
        undone: merges().filter(|m| m.undone.is_some()).count(),
        claims: claims().filter(|c| c.via.is_some()).count(),
        refused: claims().filter(refused).count(),
        gates: gates().count(),
        red: gates().filter(|g| !g.passed).count(),
        conflicts: agents.iter().map(|a| a.conflicts.len()).sum(),
        asked_ms: agents.iter().filter_map(|a| a.times.get(AgentState::Asking.word())).sum(),
        tokens: sum(usage().map(crate::domain::usage::Usage::tokens).collect()),
        micro_usd: sum(usage().filter_map(|u| u.micro_usd).collect()),
        metered: usage().count(),
    }
}
