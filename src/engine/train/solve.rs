//! Having a conflict solved: by the agent whose step it is, or by hand.

use super::super::Step;
use super::super::draft::Purpose;
use super::super::event::{Effect, ReplyTo};
use super::super::letter::Letter;
use super::super::parts::JobKind;
use super::{From, Planning, TrainPhase};
use crate::domain::id::TrainId;
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::domain::train::{Built, ConflictVar, Halt, Knot, Resolution, Solve, Solved, Solving};
use crate::domain::view::{Answer, Fault};

/// The template that an owner is asked with.
const PROMPT: &str = "conflict";
/// How a resolution by hand is called.
const BY_HAND: &str = "by hand";

impl Step<'_> {
    /// The conflict at which the train stands still.
    fn knot(&self) -> Option<Knot> {
        let train = self.state.train.as_ref().filter(|t| t.phase == TrainPhase::Halted)?;
        let (Some(Halt::Conflict { .. }), Some(Built::Conflict(stuck))) = (&train.halt, &train.built) else {
            return None;
        };
        Knot::of(&train.plan, stuck)
    }

    fn solvable(&self) -> Result<Knot, (Fault, String)> {
        if let Some(why) = self.train_busy() {
            return Err((Fault::Protected, why));
        }
        self.knot().ok_or_else(|| (Fault::Usage, "no train is halted at a conflict".to_owned()))
    }

    /// Gives the conflict to the agent whose step it is.
    pub(super) fn hand_over(&mut self, reply: Option<ReplyTo>) {
        let knot = match self.solvable() {
            Ok(knot) => knot,
            Err((fault, why)) => return self.refuse_train(reply, fault, why),
        };
        let Some(agent) = self.state.agent(&knot.agent) else { return };
        if !agent.runs_or_starts() {
            let why = format!(
                "{0} is not running; start it with `orchestra restart {0}`, or solve it with --resolve",
                knot.agent
            );
            return self.refuse_train(reply, Fault::Usage, why);
        }
        let rests = matches!(agent.activity, AgentState::Idle) && agent.queue.is_empty();
        let busy = if rests { String::new() } else { format!("{} is {}", agent.name, agent.activity) };
        let job = self.job(JobKind::Solve(knot.train, reply));
        self.out.push(Effect::Solve { job, how: Box::new(Solve::Owner { knot, busy }) });
    }

    /// Makes a worktree in which the conflict can be solved by hand.
    pub(super) fn solve_by_hand(&mut self, reply: Option<ReplyTo>) {
        let knot = match self.solvable() {
            Ok(knot) => knot,
            Err((fault, why)) => return self.refuse_train(reply, fault, why),
        };
        let job = self.job(JobKind::Solve(knot.train, reply));
        self.out.push(Effect::Solve { job, how: Box::new(Solve::Hand(knot)) });
    }

    /// Looks at what was solved by hand before the train goes on with it.
    pub(super) fn take_solved(&mut self, planning: Planning) {
        let Some(knot) = self.knot() else {
            return self.refuse_train(planning.reply, Fault::Usage, "no train is halted at a conflict");
        };
        let job = self.job(JobKind::TakeSolved(planning));
        self.out.push(Effect::Solve { job, how: Box::new(Solve::Take(knot)) });
    }

    /// What came of it.
    pub(in crate::engine) fn solved(&mut self, job: u64, solved: Result<Solved, String>) {
        match (self.take_job(job), solved) {
            (Some(JobKind::Solve(_, reply) | JobKind::TakeSolved(Planning { reply, .. })), Err(why)) => {
                self.refuse_train(reply, Fault::Failed, why);
            }
            (Some(JobKind::TakeSolved(planning)), Ok(solved)) => self.solved_by_hand(planning, solved),
            (Some(JobKind::Solve(train, reply)), Ok(Solved::Given(conflict))) => {
                self.given(train, reply, *conflict);
            }
            (Some(JobKind::Solve(train, reply)), Ok(Solved::Open { path })) => {
                if self.solving(train, Solving::Hand { path }).is_some()
                    && let Some(state) = &mut self.state.train
                {
                    state.reply = reply;
                    return self.tell_train();
                }
                self.refuse_train(reply, Fault::Failed, "the train stands still at that conflict no more");
            }
            (Some(JobKind::Solve(_, reply)), Ok(_)) => {
                self.reply(reply, Answer::Done { text: String::new() })
            }
            _ => {}
        }
    }

    fn solved_by_hand(&mut self, mut planning: Planning, solved: Solved) {
        match (solved, self.knot()) {
            (Solved::Taken { tree }, Some(Knot { agent, onto, tip, .. })) => {
                let made = Resolution { agent, onto, tip, tree, how: BY_HAND.into() };
                if let From::Halted { solved, .. } = &mut planning.from {
                    *solved = Some(made);
                }
                self.look_at_target(planning);
            }
            (Solved::Unsolved(open), _) => {
                let why = format!("the conflict is not solved yet: {}", open.join("; "));
                self.refuse_train(planning.reply, Fault::Failed, why);
            }
            _ => self.refuse_train(
                planning.reply,
                Fault::Failed,
                "the train stands still at that conflict no more",
            ),
        }
    }

    /// How an owner solved its conflict is remembered, once its work is ready again.
    pub(super) fn remember_solved(&mut self) {
        let Some(knot) = self.knot() else { return };
        let ready = self.state.agent(&knot.agent).and_then(|a| a.ready.clone());
        if let Some(by) = ready.filter(|by| *by != knot.tip) {
            let job = self.state.next_job;
            self.state.next_job += 1;
            self.out.push(Effect::Solve { job, how: Box::new(Solve::Remember { knot, by }) });
        }
    }

    /// The owner can begin: its work is counted from what it is to be merged with, and it is told.
    fn given(&mut self, train: TrainId, reply: Option<ReplyTo>, conflict: ConflictVar) {
        let Some(Knot { agent, onto, .. }) =
            self.solving(train, Solving::Owner { told: conflict.told.clone() })
        else {
            return self.refuse_train(
                reply,
                Fault::Failed,
                "the train stands still at that conflict no more",
            );
        };
        self.record(Record::Base { agent: agent.clone(), base: onto });
        self.state.conflict = Some((agent.clone(), conflict));
        self.inspect_anew(&agent);
        let letter = Letter::of_template(agent, PROMPT, None, "");
        self.draft(Purpose::Send(reply), vec![letter]);
    }

    /// Records where the conflict of a train is being solved; gives it back.
    fn solving(&mut self, train: TrainId, solving: Solving) -> Option<Knot> {
        let knot = self.knot().filter(|k| k.train == train)?;
        let mut halt = self.state.train.as_ref()?.halt.clone()?;
        if let Halt::Conflict { solving: at, .. } = &mut halt {
            *at = solving;
        }
        self.record(Record::TrainHalted { train, halt });
        Some(knot)
    }
}
