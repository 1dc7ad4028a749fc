//! Callers that wait for something to be so.

use std::time::Duration;

use super::Step;
use super::event::ReplyTo;
use super::parts::{Dispatch, Goal, Phase, Run, RunTask, Waiter};
use super::run::waits_for;
use super::state::Agent;
use super::talk::how_far;
use crate::domain::command::Until;
use crate::domain::id::AgentName;
use crate::domain::state::{AgentState, TaskState};
use crate::domain::view::{Answer, Fault, ReviewView};

/// How long a status waits for git before it shows what is known.
const FACTS: Duration = Duration::from_secs(5);
/// Callers that may wait at one time.
const MAX_WAITERS: usize = 256;

impl Step<'_> {
    /// Has a caller wait.
    pub(super) fn wait(
        &mut self,
        reply: Option<ReplyTo>,
        agents: Vec<AgentName>,
        until: Until,
        limit: Duration,
    ) {
        self.add_waiter(reply, agents, Goal::Until(until), limit);
    }

    /// Answers with the status once git was asked about every branch.
    pub(super) fn status_when_fresh(&mut self, reply: Option<ReplyTo>) {
        let agents: Vec<AgentName> = self.state.team().map(|a| a.name.clone()).collect();
        for name in &agents {
            self.inspect(name);
        }
        self.add_waiter(reply, agents, Goal::Facts, FACTS);
    }

    pub(super) fn add_waiter(
        &mut self,
        reply: Option<ReplyTo>,
        agents: Vec<AgentName>,
        goal: Goal,
        limit: Duration,
    ) {
        let Some(reply) = reply else { return };
        if self.state.waiters.len() >= MAX_WAITERS {
            let why = format!("{MAX_WAITERS} callers already wait; try again later");
            return self.reply(Some(reply), Answer::Fault { fault: Fault::Failed, why });
        }
        let deadline = self.now.plus(limit);
        self.state.waiters.push(Waiter { reply, agents, goal, deadline });
    }

    /// Fresh facts of an agent came (or will not come).
    pub(super) fn facts_arrived(&mut self, name: &AgentName) {
        for waiter in self.state.waiters.iter_mut().filter(|w| w.goal == Goal::Facts) {
            waiter.agents.retain(|a| a != name);
        }
    }

    /// Answers those whose wait is over.
    pub(super) fn answer_waiters(&mut self) {
        if self.state.waiters.is_empty() {
            return;
        }
        for waiter in std::mem::take(&mut self.state.waiters) {
            let answer = match self.reached(&waiter) {
                Some(answer) => answer,
                None if self.now < waiter.deadline => {
                    self.state.waiters.push(waiter);
                    continue;
                }
                None => self.too_late(&waiter),
            };
            let heard = matches!(answer, Answer::Query(_));
            self.reply(Some(waiter.reply), answer);
            if let (Goal::Answer { query, hears: true }, true) = (waiter.goal, heard) {
                self.heard(query);
            }
        }
    }

    /// The answer when time is up: what is known, where that is of use.
    fn too_late(&self, waiter: &Waiter) -> Answer {
        match &waiter.goal {
            Goal::Facts => self.status(),
            Goal::Matrix { reviews, .. } => self.review_answer(reviews),
            Goal::Until(_) | Goal::Answer { .. } => {
                Answer::Fault { fault: Fault::Timeout, why: self.still(waiter) }
            }
        }
    }

    fn review_answer(&self, reviews: &[ReviewView]) -> Answer {
        let tampering = self.state.tampering().map(Box::new);
        Answer::Review { reviews: reviews.to_vec(), matrix: self.state.matrix.clone(), tampering }
    }

    fn reached(&self, waiter: &Waiter) -> Option<Answer> {
        let done = |text: &str| Some(Answer::Done { text: text.to_owned() });
        match &waiter.goal {
            Goal::Facts => waiter.agents.is_empty().then(|| self.status()),
            Goal::Matrix { of, reviews } => self.foreseen(*of).then(|| self.review_answer(reviews)),
            Goal::Until(Until::State(state)) => self.in_state(waiter, std::slice::from_ref(state)),
            Goal::Until(Until::States(states)) => self.in_state(waiter, states),
            Goal::Until(Until::Receipts) => {
                let open = |n: &AgentName| self.state.drafts.iter().any(|d| d.is_for(n));
                let idle = |n: &AgentName| self.state.agent(n).is_none_or(|a| a.queue.is_empty());
                let all = waiter.agents.iter().all(|n| idle(n) && !open(n));
                all.then(|| Answer::Receipts { receipts: self.last_receipts(&waiter.agents) })
            }
            Goal::Until(Until::Dispatched(ids)) => {
                let open = |d: &Dispatch| ids.contains(&d.id);
                let none = self.state.agents.iter().all(|a| !a.queue.iter().any(open));
                none.then(|| Answer::Receipts { receipts: self.receipts_of(ids) })
            }
            Goal::Until(Until::Run(id)) => match self.state.runs.iter().find(|r| r.id == *id) {
                Some(run) if run.ended || blocked(run) => Some(Answer::Run(self.state.view_run(run))),
                Some(_) => None,
                None => Some(Answer::Fault { fault: Fault::Usage, why: format!("there is no run {id}") }),
            },
            // Who waits for an answer is asked after as a goal of its own.
            Goal::Until(Until::Answered(query)) | Goal::Answer { query, .. } => self.over(*query),
            Goal::Until(Until::Train) => match &self.state.train {
                Some(t) if t.phase.moves() => None,
                Some(t) => done(&format!("train {} is {}", t.plan.id, t.phase)),
                None => done("no train was started"),
            },
        }
    }

    /// All are in one of these states, or somebody never will be unless somebody does something about it.
    fn in_state(&self, waiter: &Waiter, wanted: &[AgentState]) -> Option<Answer> {
        let agents = waiter.agents.iter().filter_map(|n| self.state.agent(n));
        let words: Vec<&str> = wanted.iter().map(|s| s.word()).collect();
        let words = words.join(" or ");
        let open: Vec<&Agent> = agents.filter(|a| !wanted.contains(&a.state())).collect();
        if open.is_empty() {
            return Some(Answer::Done { text: format!("all are {words}") });
        }
        let never: Vec<String> = open.into_iter().filter_map(|a| never(a, wanted)).collect();
        let why = format!("wait until all are {words}: {}", never.join("; "));
        (!never.is_empty()).then_some(Answer::Fault { fault: Fault::Failed, why })
    }

    fn still(&self, waiter: &Waiter) -> String {
        let agents = waiter.agents.iter().filter_map(|n| self.state.agent(n));
        let states: Vec<String> = match &waiter.goal {
            Goal::Until(Until::State(s)) => other(agents, std::slice::from_ref(s)),
            Goal::Until(Until::States(s)) => other(agents, s),
            Goal::Until(Until::Dispatched(ids)) => {
                let open = |a: &Agent| {
                    let own = a.queue.iter().filter(|d| ids.contains(&d.id));
                    own.map(|d| format!("dispatch {} to {} {}", d.id, a.name, doing(d))).collect::<Vec<_>>()
                };
                self.state.agents.iter().flat_map(open).collect()
            }
            Goal::Answer { query, .. } => self.state.query(*query).map(how_far).into_iter().collect(),
            _ => agents.map(|a| format!("{} is {}", a.name, a.state())).collect(),
        };
        if states.is_empty() { "time is up".into() } else { format!("time is up: {}", states.join(", ")) }
    }
}

/// Those in other states, for people.
fn other<'a>(agents: impl Iterator<Item = &'a Agent>, wanted: &[AgentState]) -> Vec<String> {
    let open = agents.filter(|a| !wanted.contains(&a.state()));
    open.map(|a| format!("{} is {}", a.name, a.state())).collect()
}

/// Why an agent comes into none of these states by itself, where that is so.
fn never(agent: &Agent, wanted: &[AgentState]) -> Option<String> {
    let name = &agent.name;
    if matches!(agent.activity, AgentState::Failed | AgentState::Stopped) {
        let (state, why) = (agent.state(), &agent.pane.ended);
        return Some(format!("{name} is {state} ({why}); `orchestra restart {name}` starts it again"));
    }
    if agent.left_out && wanted == [AgentState::Merged] {
        return Some(format!("{name} is left out of the merge; `orchestra skip {name} --off` takes it back"));
    }
    None
}

/// What a dispatch is about, for people.
fn doing(dispatch: &Dispatch) -> String {
    match &dispatch.phase {
        Phase::Waiting(why) => format!("waits: {why}"),
        Phase::Pasted { .. } | Phase::Entered { .. } => "is going in".to_owned(),
    }
}

/// Whether a run can only go on when somebody skips or repeats a task: nothing is under way, and
/// what is left waits for one that failed.
fn blocked(run: &Run) -> bool {
    let under_way = |t: &RunTask| match t.state {
        TaskState::Sent | TaskState::Running => true,
        TaskState::Queued => waits_for(run, t).is_empty(),
        TaskState::Done | TaskState::Failed | TaskState::Skipped => false,
    };
    run.gating.is_none() && !run.tasks.iter().any(under_way)
}
