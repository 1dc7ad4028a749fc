//! What the workers do with git and gates.

use std::panic::AssertUnwindSafe;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::Ground;
use crate::domain::brief::Brief;
use crate::domain::ending::OnRed;
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::{BranchFacts, Concern, GateResult, GateStatus, Review, Severity};
use crate::domain::team::Gate;
use crate::domain::tech::recognise;
use crate::engine::event::{Depth, Event, TargetFacts};
use crate::server::file::PaneFile;
use crate::session::dir::replace;
use crate::{gate, git};

impl Ground {
    pub(in crate::server) fn branch(&self, agent: &AgentName) -> Option<(&PaneFile, &str)> {
        let pane = self.panes.iter().find(|p| p.name == *agent)?;
        let (_, branch) = self.branches.iter().find(|(name, _)| name == agent)?;
        Some((pane, branch))
    }

    /// The commit an agent's work is counted from.
    pub(in crate::server) fn base(&self, pane: &PaneFile) -> Oid {
        let bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        bases.get(&pane.name).unwrap_or(&pane.base).clone()
    }

    pub(in crate::server) fn inspect(&self, agent: AgentName) -> Event {
        let facts = match self.branch(&agent) {
            Some((pane, branch)) => {
                git::facts(&self.repository, &pane.worktree, branch, &self.base(pane), &self.target)
                    .map_err(|e| e.to_string())
            }
            None => Err(format!("{agent} has no branch")),
        };
        Event::Inspected { agent, facts }
    }

    pub(in crate::server) fn inputs(&self) -> Vec<git::ReviewInput> {
        let known = self.panes.iter().filter_map(|p| self.branch(&p.name));
        let input = |(pane, branch): (&PaneFile, &str)| git::ReviewInput {
            agent: pane.name.clone(),
            worktree: pane.worktree.clone(),
            branch: branch.to_owned(),
            base: self.base(pane),
        };
        known.map(input).collect()
    }

    pub(in crate::server) fn brief(&self, job: u64, agents: &[AgentName]) -> Event {
        let team = git::Team { branches: self.inputs(), after: self.after.clone() };
        let read = || {
            git::briefs(&self.repository, &team, agents, &self.target, &|paths, read| {
                recognise(&self.tech, paths, read)
            })
        };
        // A prompt waits for this: whatever happens, there is an answer.
        let briefs: Vec<Result<Brief, String>> = match std::panic::catch_unwind(AssertUnwindSafe(read)) {
            Ok(briefs) => briefs.into_iter().map(|b| b.map_err(|e| e.to_string())).collect(),
            Err(_) => {
                agents.iter().map(|_| Err("reading it panicked; see the server's log".into())).collect()
            }
        };
        Event::Briefed { job, briefs: agents.iter().cloned().zip(briefs).collect() }
    }

    pub(in crate::server) fn review(
        &self,
        agents: &[AgentName],
        depth: &Depth,
    ) -> Result<Vec<Review>, String> {
        // All branches are looked at, whoever was asked for: overlaps concern everybody.
        let inputs = self.inputs();
        let all = git::review(&self.repository, &inputs, &self.target).map_err(|e| e.to_string())?;
        let wanted = inputs.iter().zip(all).filter(|(i, _)| agents.contains(&i.agent));
        let one = |(input, found): (&git::ReviewInput, Result<Review, git::Error>)| match (found, depth) {
            (Ok(review), _) => Ok(review),
            (Err(e), Depth::Facts) => Err(format!("{}: {e}", input.agent)),
            // One that cannot be read does not hide the others.
            (Err(e), Depth::Whole(_)) => Ok(unread(input, &e)),
        };
        wanted.map(one).collect()
    }

    /// Writes a report of the session in one step.
    pub(in crate::server) fn write_report(&self, name: &str, text: &str) {
        if let Err(e) = replace(&self.dir.report(name), text.as_bytes()) {
            tracing::warn!("failed to write the report {name}: {e}");
        }
    }

    pub(in crate::server) fn look_at_target(&self) -> Result<TargetFacts, String> {
        let info = git::probe(&self.repository, &self.target).map_err(|e| e.to_string())?;
        let mut notes = info.capabilities.sentences();
        let signed = git::signing(&self.repository, self.sign);
        let refuse = match signed {
            Ok(said) => {
                notes.extend(said);
                String::new()
            }
            Err(e) => format!("merge: {e}"),
        };
        let checked_out = info.head.as_deref() == Some(self.target.as_str());
        let changed =
            if checked_out { git::changed(&info.workdir).map_err(|e| e.to_string())? } else { Vec::new() };
        Ok(TargetFacts { oid: info.target, in_the_way: changed, refuse, notes })
    }

    pub(in crate::server) fn gates(
        &self,
        job: u64,
        oid: &Oid,
        gates: &[Gate],
        on_red: OnRed,
        out: &dyn Fn(Event),
    ) {
        let slot = self.slots.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or(0);
        let checkout = git::scratch_checkout(&self.repository, &self.scratch.join(slot.to_string()), oid);
        for (i, gate) in gates.iter().enumerate() {
            let n = self.next_gate.fetch_add(1, Ordering::Relaxed);
            let record = n.to_string();
            let result = match &checkout {
                Ok(checkout) => {
                    gate::run(gate, oid, checkout, &git::quiet_env(), &self.dir.gate(n), &self.cancel)
                }
                Err(e) => GateResult {
                    gate: gate.name.clone(),
                    oid: oid.clone(),
                    status: GateStatus::Error,
                    code: None,
                    ms: 0,
                    tail: e.to_string(),
                    record: String::new(),
                },
            };
            let green = result.status == GateStatus::Green;
            let last = (!green && on_red == OnRed::Stop) || i + 1 == gates.len();
            let result = GateResult { record, ..result };
            out(Event::Gated { job, result, last });
            if last {
                break;
            }
        }
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).push(slot);
    }
}

/// What is left of a review when the branch cannot be read.
fn unread(input: &git::ReviewInput, why: &git::Error) -> Review {
    let facts = BranchFacts { base: input.base.clone(), ..BranchFacts::default() };
    let mut review = Review::new(input.agent.clone(), input.branch.clone(), facts);
    review.concerns.push(Concern {
        check: "branch".into(),
        severity: Severity::Error,
        path: String::new(),
        line: None,
        text: "its branch or worktree cannot be read".into(),
        evidence: why.to_string(),
    });
    review
}
