//! A stage for scripts: eight agents, a clock, a git and agents that do as they are told.

mod git;
mod team;
mod watch;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

pub(super) use git::{Git, result};
pub(super) use team::config;
pub(super) use watch::{Watch, durable, replayed};

use crate::domain::command::{Caller, Command, Order, Target, What};
use crate::domain::id::{AgentName, Oid};
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::team::Config;
use crate::domain::time::Time;
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Effect, Event, Feeding, Intake, Writing};
use crate::engine::state::{Agent, Info, State};
use crate::engine::{deadline, step};

/// What a rehearsal pane shows when it waits.
pub(super) const BOX: &str = "\x1b[?2004h\x1b]0;✳ rehearsal SEC\x07╭────╮\r\n│ >  │\r\n╰────╯\r\n";
/// The title of a working agent.
pub(super) const SPIN: &str = "\x1b]0;⠋ rehearsal SEC\x07";
/// The title of an agent at rest.
pub(super) const REST: &str = "\x1b]0;✳ rehearsal SEC\x07";
/// The title of an agent that asks.
pub(super) const ASK: &str = "\x1b]0;? rehearsal SEC\x07";

pub(super) const TEAM: [&str; 8] = ["ARCH", "PLAT", "SEC", "OBS", "NET", "OPS", "QA", "DOCS"];

pub(super) fn name(text: &str) -> AgentName {
    AgentName::new(text).unwrap()
}

pub(super) fn oid(text: &str) -> Oid {
    Oid(text.to_owned())
}

pub(super) fn at(ms: u64) -> Time {
    Time { mono: ms * 1000, wall: 1_767_225_600_000 + i64::try_from(ms).unwrap() }
}

pub(super) struct Stage {
    pub(super) state: State,
    pub(super) ms: u64,
    /// Every effect with its moment.
    pub(super) effects: Vec<(u64, Effect)>,
    pub(super) journal: Vec<(Time, Record)>,
    pub(super) answers: BTreeMap<u64, Answer>,
    pub(super) git: Git,
    /// Enters an agent swallows before it takes one.
    pub(super) swallows: BTreeMap<String, u32>,
    /// Whether agents start to work on Enter.
    pub(super) obedient: bool,
    /// Agents that read what is written to them only when the script says so.
    pub(super) deaf: BTreeSet<&'static str>,
    /// Whether what panes printed before a start takes its time to come.
    pub(super) behind: bool,
    /// What is seen at every event, if that is wanted.
    pub(super) watch: Option<Watch>,
    config: Arc<Config>,
    replies: u64,
}

impl Stage {
    /// Nothing runs yet.
    pub(super) fn dark(config: Config) -> Self {
        let config = Arc::new(config);
        Self {
            state: State::new(config.clone(), info()),
            ms: 0,
            effects: Vec::new(),
            journal: Vec::new(),
            answers: BTreeMap::new(),
            git: Git::default(),
            swallows: BTreeMap::new(),
            obedient: true,
            deaf: BTreeSet::new(),
            behind: false,
            watch: None,
            config,
            replies: 0,
        }
    }

    /// Everybody is up and waits.
    pub(super) fn new() -> Self {
        Self::of(config())
    }

    pub(super) fn of(config: Config) -> Self {
        let mut stage = Self::dark(config);
        stage.begin();
        stage
    }

    /// As [`Self::of`], and what is seen at every event is kept.
    pub(super) fn watched(config: Config) -> Self {
        let mut stage = Self::dark(config);
        stage.watch = Some(Watch::default());
        stage.begin();
        stage
    }

    fn begin(&mut self) {
        self.happen(Event::Start);
        let names: Vec<String> = self.state.agents.iter().map(|a| a.name.to_string()).collect();
        for agent in &names {
            self.up(agent);
            self.print(agent, BOX);
        }
        self.pass(2000);
    }

    /// Lets an event happen now, and answers what git and agents answer at once.
    pub(super) fn happen(&mut self, event: Event) -> Vec<Effect> {
        let mut inbox = VecDeque::from([event]);
        let mut all = Vec::new();
        let mut rounds = 0;
        while let Some(event) = inbox.pop_front() {
            rounds += 1;
            assert!(rounds < 10_000, "events breed without end: {event:?}");
            let starts = event == Event::Start;
            if let Some(watch) = &mut self.watch {
                watch.before(&event, &self.state, at(self.ms));
            }
            let effects = step(&mut self.state, event, at(self.ms));
            let told = effects.iter().filter(|e| matches!(e, Effect::Journal(_))).count();
            if let (Some(watch), 1..) = (&mut self.watch, told) {
                watch.after(self.journal.len() + told, &self.state);
            }
            if starts && !self.behind {
                let up = self.state.agents.iter().filter(|a| a.pane.pid.is_some());
                inbox.extend(up.map(|a| Event::CaughtUp { agent: a.name.clone() }));
            }
            for effect in effects {
                match &effect {
                    Effect::Journal(record) => self.journal.push((at(self.ms), record.clone())),
                    Effect::Answer { to, answer } => {
                        assert!(self.answers.insert(*to, (**answer).clone()).is_none(), "answered twice");
                    }
                    Effect::Write { agent, bytes, why: Writing::Prompt } => {
                        if bytes != b"\r" && !self.deaf.contains(agent.as_str()) {
                            inbox.push_back(Event::Input { agent: agent.clone(), how: Intake::Taken });
                        }
                        if self.obedient {
                            inbox.extend(self.obey(agent, bytes));
                        }
                    }
                    Effect::SetSize { agent, rows, cols } => {
                        inbox.push_back(Event::Sized { agent: agent.clone(), rows: *rows, cols: *cols });
                    }
                    other => inbox.extend(self.git.answer(other)),
                }
                self.effects.push((self.ms, effect.clone()));
                all.push(effect);
            }
        }
        all
    }

    fn obey(&mut self, agent: &AgentName, bytes: &[u8]) -> Option<Event> {
        let text = if bytes == b"\r" {
            let left = self.swallows.entry(agent.to_string()).or_default();
            if *left > 0 {
                *left -= 1;
                return None;
            }
            SPIN
        } else {
            "│ > [pasted]\r\n"
        };
        Some(output(agent, text.as_bytes()))
    }

    /// Lets time pass; ticks come when they are due and must get something done.
    pub(super) fn pass(&mut self, ms: u64) {
        let end = self.ms + ms;
        let mut ticks = 0;
        while let Some(due) = deadline(&self.state).filter(|t| *t <= at(end)) {
            let due = due.mono.div_ceil(1000).max(self.ms);
            self.ms = due;
            self.happen(Event::Tick);
            let next = deadline(&self.state);
            assert!(next.is_none_or(|t| t > at(self.ms)), "spins at {} ms: {next:?}", self.ms);
            ticks += 1;
            assert!(ticks < 10_000, "ticks without end");
        }
        self.ms = end;
    }

    /// Git and gates answer what they were asked while they were silent.
    pub(super) fn catch_up(&mut self) {
        self.git.silent.clear();
        while let Some(held) = self.git.held.pop_front() {
            for event in self.git.now(&held) {
                self.happen(event);
            }
        }
    }

    /// The oldest question that was held back is answered.
    pub(super) fn catch_up_one(&mut self) {
        if let Some(held) = self.git.held.pop_front() {
            for event in self.git.now(&held) {
                self.happen(event);
            }
        }
    }

    pub(super) fn up(&mut self, agent: &str) {
        let pid = 100 + u32::try_from(self.journal.len()).unwrap();
        self.happen(Event::PaneUp { agent: name(agent), pid, holder: pid + 1, log: 0 });
    }

    pub(super) fn print(&mut self, agent: &str, text: &str) -> Vec<Effect> {
        self.happen(output(&name(agent), text.as_bytes()))
    }

    /// The agent works, commits, and rests.
    pub(super) fn commits(&mut self, agent: &str) {
        self.git.commit(agent);
        self.rests(agent);
    }

    /// The agent rests, and that has been seen.
    pub(super) fn rests(&mut self, agent: &str) {
        self.print(agent, REST);
        self.pass(1600);
    }

    /// Gives a command from outside; its answer is in [`Self::answers`] under the number returned.
    pub(super) fn asks(&mut self, command: Command) -> u64 {
        self.says(Caller::Outside, command)
    }

    pub(super) fn says(&mut self, caller: Caller, command: Command) -> u64 {
        self.replies += 1;
        let reply = Some(self.replies);
        self.happen(Event::Command { caller, reply, command });
        self.replies
    }

    /// Gives a command that is answered at once.
    pub(super) fn ask(&mut self, command: Command) -> Answer {
        let n = self.asks(command);
        self.answers.get(&n).cloned().unwrap_or_else(|| panic!("no answer yet"))
    }

    pub(super) fn fault(&mut self, command: Command) -> (Fault, String) {
        match self.ask(command) {
            Answer::Fault { fault, why } => (fault, why),
            other => panic!("no fault: {other:?}"),
        }
    }

    pub(super) fn text(&mut self, agent: &str, text: &str) -> Answer {
        self.ask(Command::Send {
            targets: vec![Target(agent.into())],
            what: What::Text(text.into()),
            terms: Default::default(),
        })
    }

    /// A person types at a dashboard.
    pub(super) fn types(&mut self, agent: &str, bytes: &[u8]) {
        let submits = matches!(bytes.last(), Some(b'\r' | 3));
        self.happen(Event::Typed { agent: name(agent), bytes: bytes.to_vec(), submits });
    }

    pub(super) fn template(&mut self, agent: &str, prompt: &str) -> Answer {
        self.ask(Command::Send {
            targets: vec![Target(agent.into())],
            what: What::Prompt(prompt.into()),
            terms: Default::default(),
        })
    }

    pub(super) fn run(&mut self, plan: &str, order: Order, targets: &[&str]) -> Answer {
        let targets = targets.iter().map(|t| Target((*t).into())).collect();
        self.ask(Command::Run { plan: plan.into(), order, targets, prompt: None, red: Default::default() })
    }

    pub(super) fn ready(&mut self, agent: &str) {
        self.says(Caller::Pane(name(agent)), Command::Ready { note: "done".into() });
    }

    /// The lead takes an agent at its word.
    pub(super) fn accept(&mut self, agent: &str) {
        self.ask(Command::Accept { agent: name(agent), note: String::new() });
    }

    pub(super) fn agent(&self, agent: &str) -> &Agent {
        self.state.agent(&name(agent)).unwrap()
    }

    pub(super) fn is(&self, agent: &str) -> AgentState {
        self.agent(agent).state()
    }

    pub(super) fn receipt(&self, agent: &str) -> (Outcome, String, u64) {
        let r = self.agent(agent).receipts.last().expect("no receipt");
        (r.outcome, r.why.clone(), r.ms)
    }

    /// The state of a task of the latest run.
    pub(super) fn task(&self, id: &str) -> TaskState {
        self.state.runs.last().unwrap().tasks.iter().find(|t| t.bound.id == id).unwrap().state
    }

    /// What the latest run's task says of itself.
    pub(super) fn task_why(&self, id: &str) -> &str {
        &self.state.runs.last().unwrap().tasks.iter().find(|t| t.bound.id == id).unwrap().why
    }

    /// Ids of tasks of the latest run in that state.
    pub(super) fn tasks(&self, state: TaskState) -> Vec<&str> {
        let run = self.state.runs.last().unwrap();
        run.tasks.iter().filter(|t| t.state == state).map(|t| t.bound.agent.as_str()).collect()
    }

    /// What was written into a pane as prompts: moment and bytes.
    pub(super) fn written(&self, agent: &str) -> Vec<(u64, String)> {
        let own = self.effects.iter().filter_map(|(ms, e)| match e {
            Effect::Write { agent: a, bytes, why: Writing::Prompt } if *a == *agent => {
                Some((*ms, String::from_utf8_lossy(bytes).into_owned()))
            }
            _ => None,
        });
        own.collect()
    }

    /// The code of the latest dispatch that asked for one.
    pub(super) fn code(&self, agent: &str) -> String {
        let codes = self.journal.iter().rev().find_map(|(_, r)| match r {
            Record::Queued { agent: a, code: Some(code), .. } if *a == *agent => Some(code.clone()),
            _ => None,
        });
        codes.expect("no dispatch with a code")
    }

    pub(super) fn count(&self, wanted: impl Fn(&Record) -> bool) -> usize {
        self.journal.iter().filter(|(_, r)| wanted(r)).count()
    }

    /// A state made from the journal alone, as a new server makes it.
    pub(super) fn folded(&self) -> State {
        let mut state = State::new(self.config.clone(), info());
        for (time, record) in &self.journal {
            assert!(step(&mut state, Event::Recorded(record.clone()), *time).is_empty());
        }
        state
    }

    /// Loses the server: what is not in the journal is gone. The screens are read again.
    pub(super) fn crash(&mut self) {
        self.state = self.folded();
        self.ms += 100;
    }
}

impl Drop for Stage {
    /// Whatever a script did, the journal alone gives the same durable facts.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let (live, folded) = (durable(&self.state), durable(&self.folded()));
            for (a, b) in live.lines().zip(folded.lines()) {
                assert_eq!(a, b, "the journal gives another state");
            }
            assert_eq!(live.lines().count(), folded.lines().count());
        }
    }
}

pub(super) fn output(agent: &AgentName, bytes: &[u8]) -> Event {
    Event::Output { agent: agent.clone(), bytes: bytes.to_vec(), mode: Feeding::Live }
}

fn info() -> Info {
    let worktrees = TEAM.iter().map(|a| format!("/w/{a}")).chain(["/repo".to_owned()]).collect();
    Info {
        dir: "/s".into(),
        repository: "/repo".into(),
        server_pid: 1,
        worktrees,
        secret: 42,
        utc_offset: 60,
    }
}

/// Seconds, for waits that a test names.
pub(super) fn seconds(n: u64) -> u64 {
    u64::try_from(Duration::from_secs(n).as_millis()).unwrap()
}
