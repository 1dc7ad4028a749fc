//! The conflict matrix, kept fresh: predicted anew when branches, worktrees, the target or the team change, one
//! prediction at a time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Step;
use super::event::{Effect, ReplyTo, Stirred};
use super::parts::Goal;
use crate::domain::command::WhichOrder;
use crate::domain::id::{AgentName, Oid};
use crate::domain::record::Record;
use crate::domain::review::{BranchFacts, Look, Matrix};
use crate::domain::view::ReviewView;

/// How long a review waits for a fresh matrix before it shows what is known.
const FRESH: Duration = Duration::from_secs(60);

/// What keeps the matrix fresh. Not durable: a server that takes over predicts anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Foresight {
    /// Something has changed that the last prediction does not know.
    due: bool,
    /// The prediction under way.
    under_way: Option<u64>,
    /// Where the target was known to be when that began.
    then: Option<Oid>,
    /// Predictions begun so far; the number of the last.
    begun: u64,
    /// The last that ended.
    ended: u64,
    /// Whose worktrees may have changed since they were looked at.
    look: BTreeSet<AgentName>,
    /// Whose worktrees are to be looked at even where git called them clean.
    doubt: BTreeSet<AgentName>,
    /// What was last said of predictions that failed.
    failed: String,
}

impl Step<'_> {
    /// The kernel told of changes: branches are read again, which leads to the rest.
    pub(super) fn stirred(&mut self, what: Stirred) {
        let agents = if what.target { self.team_names() } else { what.agents };
        for name in agents {
            self.state.foresight.look.insert(name.clone());
            self.inspect_anew(&name);
        }
        self.state.foresight.due |= what.target;
    }

    /// What git said of a branch makes the matrix stale.
    pub(super) fn seen_anew(&mut self, name: &AgentName, facts: &BranchFacts) {
        let changed = self.state.agent(name).and_then(|a| a.facts.as_ref()) != Some(facts);
        let foresight = &mut self.state.foresight;
        if changed || !facts.clean() {
            foresight.look.insert(name.clone());
        }
        foresight.due |= changed || foresight.look.contains(name);
    }

    /// What is recorded may make the matrix stale: other branches merge, or in another order, or they did.
    pub(super) fn outdates_matrix(&mut self, record: &Record) {
        self.state.foresight.due |= matches!(
            record,
            Record::LeftOut { .. }
                | Record::TakenBack { .. }
                | Record::OrderTaken { .. }
                | Record::TrainApplied { .. }
        );
    }

    /// Has a review wait for a matrix that was begun after it was asked for.
    pub(super) fn review_when_fresh(&mut self, reply: Option<ReplyTo>, reviews: Vec<ReviewView>) {
        let foresight = &mut self.state.foresight;
        foresight.due = true;
        let goal = Goal::Matrix { of: foresight.begun + 1, reviews };
        self.state.foresight.doubt = self.team_names().into_iter().collect();
        self.add_waiter(reply, Vec::new(), goal, FRESH);
    }

    /// Whether that prediction has ended, or a later one.
    pub(super) fn foreseen(&self, number: u64) -> bool {
        self.state.foresight.ended >= number
    }

    /// Begins a prediction where one is due and none is under way. What git is just asked of is waited for.
    pub(super) fn predict_if_due(&mut self) {
        let foresight = &self.state.foresight;
        let busy = !self.has_branches() || self.state.closing || foresight.under_way.is_some();
        if busy || !foresight.due || self.state.team().any(|a| a.inspecting) {
            return;
        }
        let agents: Vec<(AgentName, Look)> =
            self.state.team().filter(|a| !a.left_out).map(|a| (a.name.clone(), self.look(a))).collect();
        let order = self.state.config.merge_sequence();
        let job = self.state.next_job;
        self.state.next_job += 1;
        let then = self.state.sight.at().cloned();
        let foresight = &mut self.state.foresight;
        foresight.due = false;
        foresight.then = then;
        foresight.under_way = Some(job);
        foresight.begun += 1;
        foresight.look.clear();
        foresight.doubt.clear();
        self.out.push(Effect::Predict { job, agents, order });
    }

    fn look(&self, agent: &super::state::Agent) -> Look {
        let foresight = &self.state.foresight;
        match &agent.facts {
            _ if foresight.doubt.contains(&agent.name) => Look::Anew,
            Some(facts) if facts.clean() => Look::Clean,
            Some(_) if !foresight.look.contains(&agent.name) => Look::AsBefore,
            _ => Look::Anew,
        }
    }

    /// What was predicted, in part or whole.
    pub(super) fn predicted(&mut self, job: u64, found: Result<Box<Matrix>, String>) {
        let foresight = &mut self.state.foresight;
        if foresight.under_way != Some(job) {
            return;
        }
        let then = foresight.then.clone();
        if let Ok(matrix) = &found {
            self.target_seen(then.as_ref(), &matrix.target);
            // What follows in parts saw the same.
            self.state.foresight.then = self.state.sight.at().cloned();
        }
        self.foresight_stirs_project();
        let foresight = &mut self.state.foresight;
        if found.as_ref().is_ok_and(|m| m.partial) {
            self.state.matrix = found.ok();
            return;
        }
        foresight.under_way = None;
        foresight.ended = foresight.begun;
        match found {
            Ok(matrix) => {
                foresight.failed.clear();
                self.state.matrix = Some(matrix);
                if self.state.waiters.iter().any(|w| matches!(w.goal, Goal::Matrix { .. })) {
                    self.report_reviews();
                }
            }
            Err(why) => {
                // What was known does not hold any more, nor what was seen of worktrees.
                self.state.matrix = None;
                foresight.doubt = self.state.agents.iter().map(|a| a.name.clone()).collect();
                if std::mem::replace(&mut foresight.failed, why.clone()) != why {
                    self.record(Record::Note { text: format!("failed to predict conflicts: {why}") });
                }
            }
        }
    }

    /// Takes the proposed merge order, or goes back to that of the configuration.
    pub(super) fn take_order(&mut self, which: WhichOrder) -> Result<String, String> {
        let proposal = self.state.matrix.as_ref().and_then(|m| m.proposal.clone());
        let (order, text) = match (which, proposal) {
            (WhichOrder::Configured, _) if self.state.configured_order.is_none() => {
                return Err("go back to the configured order: it is in force".into());
            }
            (WhichOrder::Configured, _) => {
                (Vec::new(), "the merge order is that of the configuration".into())
            }
            (WhichOrder::Proposed, None) => {
                let why = "no better one is known; `orchestra review` looks for one";
                return Err(format!("take the proposed order: {why}"));
            }
            (WhichOrder::Proposed, Some(proposal)) => {
                let order = whole(&self.state.config.merge_sequence(), &proposal.order);
                let names: Vec<&str> = order.iter().map(AgentName::as_str).collect();
                let text = format!("the merge order is {} now ({})", names.join(", "), proposal.moves);
                (order, text)
            }
        };
        self.record(Record::OrderTaken { order });
        Ok(text)
    }

    fn team_names(&self) -> Vec<AgentName> {
        self.state.team().map(|a| a.name.clone()).collect()
    }
}

/// `part` in its order, and of `all` the others, each behind the one it follows there.
fn whole(all: &[AgentName], part: &[AgentName]) -> Vec<AgentName> {
    let mut order = part.to_vec();
    let mut before: Option<&AgentName> = None;
    for name in all {
        if !order.contains(name) {
            let at = before.and_then(|b| order.iter().position(|n| n == b)).map_or(0, |i| i + 1);
            order.insert(at, name.clone());
        }
        before = Some(name);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_in_a_proposal_stays_behind_the_one_before() {
        let names = |t: &str| t.split(' ').map(|n| AgentName::new(n).unwrap()).collect::<Vec<_>>();
        for (all, part, expected) in
            [("A B C D", "D B", "A D B C"), ("A B", "B A", "B A"), ("X A B Y", "B A", "X B Y A")]
        {
            assert_eq!(whole(&names(all), &names(part)), names(expected), "{all} {part}");
        }
    }
}
