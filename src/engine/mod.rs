//! All behaviour: one function from state, event and time to effects.
//!
//! Architecture invariant: no clock, file, process or socket here. The live server, recovery,
//! replay and the tests feed the same [`step`]. Durable state changes only by folding a
//! [`Record`], and every record made is also an effect to journal.

mod answer;
mod bare;
mod calls;
mod command;
mod conductor;
mod confirm;
mod diff;
mod dispatch;
mod draft;
pub mod event;
mod evidence;
mod explain;
mod fold;
mod foresee;
mod fusion;
mod gaps;
mod gating;
mod guard;
mod history;
mod incident;
mod ledger;
mod letter;
mod limit;
mod notify;
mod obstacle;
mod outside;
mod panes;
pub mod parts;
mod pr;
mod programs;
mod reading;
pub mod ready;
pub mod report;
mod review;
mod rules;
mod run;
mod send;
pub mod state;
mod story;
mod talk;
mod targets;
#[cfg(test)]
mod tests;
mod train;
mod verify;
mod wait;
mod workflow;

use event::{Effect, Event};
use state::State;

use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::time::Time;
use crate::domain::train::TRIAL;
use crate::domain::view::Answer;

/// Lets `event` happen at `now` and says what is to be done, in order.
pub fn step(state: &mut State, event: Event, now: Time) -> Vec<Effect> {
    state.now = state.now.max(now);
    let mut step = Step { now: state.now, state, out: Vec::new() };
    match event {
        Event::Recorded(record) => {
            fold::fold(step.state, &record, now);
            return Vec::new();
        }
        Event::Start => step.start(),
        Event::Tick => {}
        Event::Output { agent, bytes, mode } => {
            step.output(&agent, &bytes, mode);
            if mode == event::Feeding::Recovering {
                // What these bytes once led to is in the journal.
                return Vec::new();
            }
        }
        Event::Skipped { agent, count, styles } => {
            step.left_out(&agent, count, &styles);
            return Vec::new();
        }
        Event::Screen { agent, snapshot } => {
            step.screen_kept(&agent, &snapshot);
            return Vec::new();
        }
        Event::Look { agent } => step.look_now(&agent),
        Event::Sized { agent, rows, cols } => {
            step.sized(&agent, rows, cols);
            return Vec::new();
        }
        Event::CaughtUp { agent } => step.caught_up(&agent),
        Event::PaneUp { agent, pid, holder, log } => {
            step.record(Record::AgentUp { agent: agent.clone(), pid, holder, log });
            if step.state.closing {
                // It was being started when the end was asked for.
                step.stop(&agent);
            }
            step.argument_given(&agent);
        }
        Event::PaneEnded { agent, how } => step.pane_ended(&agent, how),
        Event::Tty { agent, info } => step.tty(&agent, info),
        Event::Typed { agent, bytes, submits } => step.typed(&agent, bytes, submits),
        Event::Input { agent, how } => step.intake(&agent, how),
        Event::Resize { agent, rows, cols } => step.resize(agent, rows, cols),
        Event::Command { caller, reply, command } => step.command(&caller, reply, command),
        Event::Inspected { agent, facts } => step.inspected(&agent, facts),
        Event::Briefed { job, briefs } => step.briefed(job, briefs),
        Event::Reviewed { job, reviews } => step.reviewed(job, reviews),
        Event::Gated { job, result, last } => step.gated(job, result, last),
        Event::Gating { job, news } => step.gating(job, news),
        Event::Snapshotted { job, commit } => step.snapshotted(job, commit),
        Event::BaseGated { result } => step.base_gated(result),
        Event::Target { job, facts } if step.verify_target(job, &facts) => {}
        Event::Target { job, facts } => step.target(job, facts),
        Event::RippleBuilt { job, plan, built } => step.ripple_built(job, &plan, built),
        Event::BranchMoved { agent, moved } => step.branch_moved(&agent, moved),
        Event::Diffed { job, diff } => step.compared(job, diff.map(Answer::Diff)),
        Event::Unmerged { job, unmerged } => step.compared(job, unmerged.map(Answer::Unmerged)),
        Event::Described { job, pr } => step.described(job, pr),
        Event::ReportKept { job, kept } => step.report_kept(job, kept),
        Event::Guarded { job, seen } => step.guarded(job, seen),
        Event::BuiltTrain { train, built, .. } if train & TRIAL != 0 => step.trial_built(train, built),
        Event::BuiltTrain { train, built, remembered } => step.built(train, built, remembered),
        Event::Solved { job, solved } => step.solved(job, solved),
        Event::UndoneTrain { train, undone } => step.undone(train, undone),
        Event::AppliedTrain { train, applied } => step.applied(train, applied),
        Event::Stirred(what) => step.stirred(what),
        Event::Predicted { job, found } => step.predicted(job, found),
        Event::Profiles(read) => step.profiles(read),
        Event::HookEnded { hook, failed } => step.hook_ended(hook, failed),
        Event::Left { replies } => step.left(&replies),
    }
    step.settle();
    step.out
}

/// When [`Event::Tick`] is due at the latest; `None` while nothing waits for time to pass.
#[must_use]
pub fn deadline(state: &State) -> Option<Time> {
    let panes = state.agents.iter().filter_map(|a| {
        [
            fusion::deadline(state, a),
            limit::deadline(state, a),
            dispatch::deadline(state, a),
            a.pane.screen.deadline(),
            a.life.quit_due,
        ]
        .into_iter()
        .flatten()
        .min()
    });
    let others = [
        notify::deadline(state),
        confirm::deadline(state),
        talk::deadline(state),
        run::deadline(state),
        workflow::deadline(state),
    ]
    .into_iter()
    .flatten();
    panes.chain(state.waiters.iter().map(|w| w.deadline)).chain(others).min()
}

/// Whom a record concerns, and what it says to people, safe to show: empty where they are told nothing of it. A claim is
/// told with the session's `phrase`.
#[must_use]
pub fn told(record: &Record, phrase: &str) -> (Option<AgentName>, String) {
    let text = story::told(record, phrase).map(|(_, _, text)| text);
    (fold::subject(record).cloned(), text.unwrap_or_default())
}

/// One step under way.
struct Step<'a> {
    state: &'a mut State,
    out: Vec<Effect>,
    now: Time,
}

impl Step<'_> {
    /// Makes a durable change: folds it and has it journaled.
    fn record(&mut self, record: Record) {
        fold::fold(self.state, &record, self.now);
        self.notice(&record);
        self.stirs_project(&record);
        self.outdates_matrix(&record);
        self.follow_target(&record);
        self.out.push(Effect::Journal(record));
    }

    fn names(&self) -> Vec<AgentName> {
        self.state.agents.iter().map(|a| a.name.clone()).collect()
    }

    /// Lets everything that can go on do so.
    fn settle(&mut self) {
        self.after_move();
        self.expire_confirmations();
        let names = self.names();
        for name in &names {
            self.show_held(name);
            self.press_on(name);
            self.fuse(name);
            self.limited(name);
            self.go_on(name);
        }
        self.advance_runs();
        self.begin_conducting();
        self.bring_all(&names);
        for name in &names {
            self.deliver(name);
        }
        self.advance_runs();
        self.watch_project();
        self.predict_if_due();
        self.answer_waiters();
        self.finish_down();
        self.tell();
    }

    fn job(&mut self, kind: parts::JobKind) -> u64 {
        let id = self.state.next_job;
        self.state.next_job += 1;
        self.state.jobs.push(parts::Job { id, kind });
        id
    }

    fn take_job(&mut self, id: u64) -> Option<parts::JobKind> {
        self.take_job_if(id, |_| true)
    }

    /// As [`Self::take_job`] where `asked` holds of it. An answer to anything else leaves it to who waits for it.
    fn take_job_if(&mut self, id: u64, asked: impl Fn(&parts::JobKind) -> bool) -> Option<parts::JobKind> {
        let at = self.state.jobs.iter().position(|j| j.id == id && asked(&j.kind))?;
        Some(self.state.jobs.swap_remove(at).kind)
    }
}
