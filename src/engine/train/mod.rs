//! The merge train: planned, built in the object database, proved by gates, then the target moves.
//!
//! One file per operation. Where a train stands is the fold of its records ([`fold`]); what comes next
//! follows from that alone ([`prove`]), so a lost server costs nothing but time.

mod apply;
mod build;
mod fold;
mod plan;
mod prove;
mod solve;
mod undo;

pub(super) use fold::fold;

use super::Step;
use super::event::ReplyTo;
use super::state::State;
use crate::domain::command::Command;
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::GateResult;
pub use crate::domain::train::Phase as TrainPhase;
use crate::domain::train::{Built, Choice, Halt, Merged, Resolution, TrainPlan};
use crate::domain::view::{Answer, Fault, TrainView};

/// Commands kept while the target is on the move; more are refused.
const MAX_HELD_BACK: usize = 64;

/// The latest merge train.
#[derive(Clone, PartialEq, Debug)]
pub struct Train {
    /// The plan; a new one under the same number when it goes on.
    pub plan: TrainPlan,
    /// What building it gave.
    pub built: Option<Built>,
    /// Gates on what was built.
    pub gates: Vec<GateResult>,
    /// How far it is.
    pub phase: TrainPhase,
    /// Why it stands still, where it does or last did.
    pub halt: Option<Halt>,
    /// Agents it goes without; they stay ready.
    pub skipped: Vec<AgentName>,
    /// Where the target stood before any step landed.
    pub began: Oid,
    /// Where the target stands since the last step that landed.
    pub landed: Option<Oid>,
    /// The merges that landed, in order.
    pub merges: Vec<Merged>,
    /// Where the target is about to stand, while it moves.
    pub moving: Option<Oid>,
    /// The ref that keeps what it made, once it is undone.
    pub backup: String,
    /// Who waits for its end.
    pub(in crate::engine) reply: Option<ReplyTo>,
}

impl Train {
    /// The last merge, once all are built.
    #[must_use]
    pub fn result(&self) -> Option<&Oid> {
        match &self.built {
            Some(Built::Clean { result, .. }) => Some(result),
            _ => None,
        }
    }

    /// Why it stands still, in one line; empty where it does not.
    #[must_use]
    pub fn why(&self) -> String {
        let halted = self.phase == TrainPhase::Halted;
        self.halt.as_ref().filter(|_| halted).map(ToString::to_string).unwrap_or_default()
    }

    /// What can be done with it now, the likeliest first.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        let undo = self.landed.is_some().then_some(Choice::Undo);
        match (self.phase, &self.halt) {
            (TrainPhase::Halted, Some(halt)) => halt.choices().into_iter().chain(undo).collect(),
            (TrainPhase::Applied | TrainPhase::Dropped, _) => undo.into_iter().collect(),
            (TrainPhase::Building | TrainPhase::Gating, _) => vec![Choice::Abort],
            _ => Vec::new(),
        }
    }
}

/// What a train is planned for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Planning {
    pub reply: Option<ReplyTo>,
    pub then: Then,
    /// What it must be, where somebody was shown what it would be.
    pub shown: Option<Shown>,
    /// Where the target was known to be when it was asked for.
    pub then_at: Option<Oid>,
    pub from: From,
}

/// A plan that somebody was shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Shown {
    /// Its digest.
    pub digest: String,
    /// Its date, in seconds, where it is known: with the same one its merges get the ids that were shown.
    pub date: Option<i64>,
}

/// What follows the plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::engine) enum Then {
    /// It is shown.
    Show,
    /// It is carried out.
    Go,
}

/// Where a plan begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) enum From {
    /// Afresh; a halted train is given up for it.
    Afresh,
    /// At the halted train.
    Halted {
        /// Whom to go without beside those skipped before.
        skip: Vec<AgentName>,
        /// How its conflict was solved.
        solved: Option<Resolution>,
    },
}

impl State {
    /// A train as it is now.
    #[must_use]
    pub fn view_train(&self, train: &Train) -> TrainView {
        TrainView {
            built: train.built.clone(),
            gates: train.gates.clone(),
            applied: train.phase == TrainPhase::Applied,
            phase: train.phase,
            halt: train.halt.clone().filter(|_| train.phase == TrainPhase::Halted),
            choices: train.choices(),
            began: train.began.clone(),
            landed: train.landed.clone(),
            backup: train.backup.clone(),
            ..self.view_plan(train.plan.clone(), train.skipped.clone())
        }
    }

    fn view_plan(&self, plan: TrainPlan, skipped: Vec<AgentName>) -> TrainView {
        let left_out = self.team().filter(|a| a.left_out).map(|a| a.name.clone()).collect();
        TrainView { left_out, skipped, ..TrainView::planned(plan) }
    }
}

impl Step<'_> {
    /// Carries out what is asked of trains; gives anything else back.
    pub(super) fn train_command(&mut self, reply: Option<ReplyTo>, command: Command) -> Option<Command> {
        match self.held_back(reply, command)? {
            Command::MergePlan => self.plan_afresh(reply, Then::Show, None),
            Command::Merge => self.plan_afresh(reply, Then::Go, None),
            Command::MergePlanned { digest } => {
                self.plan_afresh(reply, Then::Go, Some(Shown { digest, date: None }));
            }
            Command::ContinuePlan { skip } => self.plan_on(reply, Then::Show, skip, None),
            Command::MergeContinue { skip } => self.plan_on(reply, Then::Go, skip, None),
            Command::ShowTrain => self.show_train(reply),
            Command::MergeHand => self.hand_over(reply),
            Command::MergeResolve => self.solve_by_hand(reply),
            Command::MergeAbort => self.abort_train(reply),
            Command::MergeUndo => self.undo_train(reply),
            other => return Some(other),
        }
        None
    }

    /// Keeps what is asked while the target is on the move, be it by a new server that puts right what a lost one
    /// began: that takes a moment, and what can be done is known only then. Anything else is given back.
    fn held_back(&mut self, reply: Option<ReplyTo>, command: Command) -> Option<Command> {
        let waits = matches!(
            command,
            Command::MergePlan
                | Command::Merge
                | Command::MergePlanned { .. }
                | Command::ContinuePlan { .. }
                | Command::MergeContinue { .. }
                | Command::MergeHand
                | Command::MergeResolve
                | Command::MergeAbort
                | Command::MergeUndo
        );
        if !waits || !self.target_moves() || self.state.after_move.len() >= MAX_HELD_BACK {
            return Some(command);
        }
        self.state.after_move.push((reply, command));
        None
    }

    fn target_moves(&self) -> bool {
        let train = self.state.train.as_ref();
        train.is_some_and(|t| matches!(t.phase, TrainPhase::Applying | TrainPhase::Undoing))
    }

    /// The target stands: what was asked meanwhile is done.
    pub(super) fn after_move(&mut self) {
        while !self.state.after_move.is_empty() && !self.target_moves() {
            let (reply, command) = self.state.after_move.remove(0);
            // Only what is about trains was kept.
            let _ = self.train_command(reply, command);
        }
    }

    fn show_train(&mut self, reply: Option<ReplyTo>) {
        let answer = match &self.state.train {
            Some(train) => Answer::Train(Box::new(self.train_view(train))),
            None => Answer::Done { text: "no train was started".into() },
        };
        self.reply(reply, answer);
    }

    /// A train as it is now.
    fn train_view(&self, train: &Train) -> TrainView {
        self.state.view_train(train)
    }

    fn plan_view(&self, plan: TrainPlan, skipped: Vec<AgentName>) -> TrainView {
        self.state.view_plan(plan, skipped)
    }

    /// Tells whoever waits how the train stands now.
    fn tell_train(&mut self) {
        let Some(train) = &mut self.state.train else { return };
        let reply = train.reply.take();
        let Some(train) = &self.state.train else { return };
        let answer = Answer::Train(Box::new(self.train_view(train)));
        self.reply(reply, answer);
    }

    fn refuse_train(&mut self, reply: Option<ReplyTo>, fault: Fault, why: impl Into<String>) {
        self.reply(reply, Answer::Fault { fault, why: format!("merge: {}", why.into()) });
    }

    /// Why nothing can be asked of the train because something happens with it right now.
    pub(super) fn train_busy(&self) -> Option<String> {
        let under_way = self.state.train.as_ref().filter(|t| t.phase.moves());
        if let Some(train) = under_way {
            return Some(format!("train {} is under way ({})", train.plan.id, train.phase));
        }
        let starting = self.state.jobs.iter().any(|j| match &j.kind {
            super::parts::JobKind::PlanTrain(p) | super::parts::JobKind::TakeSolved(p) => p.then == Then::Go,
            super::parts::JobKind::Solve(..) => true,
            _ => false,
        });
        starting.then(|| "another merge is just starting".to_owned())
    }
}
