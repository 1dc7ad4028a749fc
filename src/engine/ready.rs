//! Readiness: a claim, what git and the gates say of it, and what withdraws it.

use super::Step;
use super::dispatch::PHRASE;
use super::event::Effect;
use super::parts::JobKind;
use crate::domain::command::Via;
use crate::domain::ending::OnRed;
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::review::{GateResult, GateStatus, Review, gate_reasons, git_reasons};
use crate::domain::signal::claims;
use crate::domain::state::AgentState;
use crate::domain::team::Gate;
use crate::domain::view::{Answer, Fault};

/// Rows of history in which a claim by text is looked for.
const SCAN_ROWS: usize = 300;

impl Step<'_> {
    /// An agent claims readiness; git is asked.
    pub(super) fn claim(&mut self, name: &AgentName, via: Via, note: &str) {
        let note = crate::domain::signal::printable(note).chars().take(500).collect();
        self.record(Record::Claimed { agent: name.clone(), via, note });
        self.examine(name);
    }

    /// Has the claim of an agent examined, anew if need be.
    pub(super) fn examine(&mut self, name: &AgentName) {
        self.drop_jobs_of(name);
        let job = self.job(JobKind::Claim(name.clone()));
        self.out.push(Effect::Review { job, agents: vec![name.clone()] });
    }

    /// Looks for a claim by text, unless the agent works or none was asked for.
    pub(super) fn scan_for_claim(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent_mut(name) else { return };
        let Some(code) = agent.expects.clone() else { return };
        let changes = agent.pane.screen.changes();
        let busy = matches!(agent.activity, AgentState::Working | AgentState::Starting);
        if busy || agent.scanned == changes {
            return;
        }
        agent.scanned = changes;
        let lines = agent.pane.screen.logical_lines(SCAN_ROWS);
        if lines.iter().any(|l| l.finished && claims(&l.text, name.as_str(), PHRASE, &code)) {
            self.claim(name, Via::Text, "");
        }
    }

    /// What git said.
    pub(super) fn reviewed(&mut self, job: u64, reviews: Result<Vec<Review>, String>) {
        let Some(kind) = self.take_job(job) else { return };
        match kind {
            JobKind::Show(reply) => {
                let answer = match reviews {
                    Ok(reviews) => {
                        self.state.reviews.clone_from(&reviews);
                        let reviews = reviews.into_iter().map(|r| self.review_view(r)).collect();
                        Answer::Review { reviews }
                    }
                    Err(why) => Answer::Fault { fault: Fault::Failed, why },
                };
                self.reply(reply, answer);
            }
            JobKind::Claim(name) => match reviews {
                Ok(reviews) => match reviews.into_iter().find(|r| r.agent == name) {
                    Some(review) => self.judge(&name, review),
                    None => self.refuse(&name, vec!["git said nothing of its branch; claim again".into()]),
                },
                Err(why) => self.refuse(&name, vec![format!("its branch cannot be read: {why}")]),
            },
            JobKind::AfterRun(run) => self.reviewed_after(run, reviews),
            _ => {}
        }
    }

    fn judge(&mut self, name: &AgentName, review: Review) {
        let reasons = git_reasons(&review);
        let oid = review.facts.head.clone();
        self.record(Record::Facts { agent: name.clone(), facts: review.facts });
        if !reasons.is_empty() {
            return self.refuse(name, reasons);
        }
        if let Some(claim) = self.state.agent_mut(name).and_then(|a| a.claim.as_mut()) {
            claim.oid = Some(oid.clone());
        }
        let Some(agent) = self.state.agent(name) else { return };
        let green = |g: &Gate| {
            agent.gates.iter().any(|r| r.gate == g.name && r.oid == oid && r.status == GateStatus::Green)
        };
        let gates: Vec<Gate> =
            self.state.config.gates.iter().filter(|g| g.ready && !green(g)).cloned().collect();
        if gates.is_empty() {
            return self.prove(name);
        }
        let job = self.job(JobKind::Claim(name.clone()));
        self.out.push(Effect::Gates { job, oid, gates, on_red: OnRed::Stop });
    }

    /// A gate ended.
    pub(super) fn gated(&mut self, job: u64, result: GateResult, last: bool) {
        let Some(kind) = self.state.jobs.iter().find(|j| j.id == job).map(|j| j.kind.clone()) else { return };
        if last {
            self.take_job(job);
        }
        match kind {
            JobKind::Claim(name) => {
                let red = gate_reasons(std::slice::from_ref(&result), &result.oid);
                self.record(Record::Gate { agent: Some(name.clone()), result });
                if !red.is_empty() {
                    self.take_job(job);
                    self.refuse(&name, red);
                } else if last {
                    self.prove(&name);
                }
            }
            JobKind::Branch(run, name) => {
                self.record(Record::Gate { agent: Some(name.clone()), result });
                if last {
                    self.record(Record::BranchGated { run, agent: name });
                }
            }
            JobKind::Train(train) => {
                self.record(Record::Gate { agent: None, result });
                if last {
                    self.train_gated(train);
                }
            }
            _ => {}
        }
    }

    fn refuse(&mut self, name: &AgentName, reasons: Vec<String>) {
        self.record(Record::Refused { agent: name.clone(), reasons });
    }

    fn prove(&mut self, name: &AgentName) {
        let oid = self.state.agent(name).and_then(|a| a.claim.as_ref()).and_then(|c| c.oid.clone());
        let Some(oid) = oid else { return };
        self.record(Record::Ready { agent: name.clone(), oid });
        // The branch may have moved while the gates ran: what is ready is that very commit.
        self.inspect_anew(name);
    }

    /// Takes readiness back when the branch is no longer what was proved. While a claim is
    /// examined, the examination decides.
    pub(super) fn withdraw_if_moved(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent(name) else { return };
        let Some(facts) = agent.facts.as_ref().filter(|_| agent.claim.is_none()) else { return };
        let why = match (&agent.ready, &agent.merged) {
            (_, Some(merged)) if facts.head != *merged => "there is new work since the merge".to_owned(),
            (Some(oid), None) if facts.head != *oid => {
                format!(
                    "the branch moved from {} to {} after it was proved ready",
                    oid.short(),
                    facts.head.short()
                )
            }
            (Some(_), None) if !facts.clean() => {
                "there are uncommitted files since it was proved ready".to_owned()
            }
            _ => return,
        };
        self.record(Record::Withdrawn { agent: name.clone(), why });
    }
}
