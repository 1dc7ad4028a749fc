//! Readiness: a claim, what git and the gates say of it, and what withdraws it.

use super::Step;
use super::event::{Depth, Effect};
use super::parts::{Ear, JobKind};
use super::state::{Agent, State};
use crate::domain::claim::{Line, Words, count, count_outside_echo};
use crate::domain::command::Via;
use crate::domain::conduct::Bare;
use crate::domain::ending::OnRed;
use crate::domain::gates::Reuse;
use crate::domain::id::AgentName;
use crate::domain::record::{Changed, Record};
use crate::domain::review::{GateResult, Review, gate_reasons};
use crate::domain::state::AgentState;
use crate::domain::team::Gate;

/// Rows of history in which a claim by text is looked for.
const SCAN_ROWS: usize = 300;

/// Lines that may follow a claim and leave it where it is looked for, however they are wrapped.
const HEARD_LINES: usize = 64;

/// Where in the bytes that a pane printed something stands that may be a claim or a hint of this agent's, if it does:
/// the place up to which they should be on its screen when it is looked at ([`Event::Look`]).
///
/// [`Event::Look`]: super::event::Event::Look
#[must_use]
pub fn may_claim(state: &State, agent: &Agent, bytes: &[u8]) -> Option<usize> {
    let expected = agent.expects.as_ref()?;
    let word = state.config.conduct.phrase.split(' ').next_back().unwrap_or_default();
    let words = [expected.code.as_str(), word];
    let at = words
        .iter()
        .filter(|w| !w.is_empty())
        .filter_map(|w| memchr::memmem::find(bytes, w.as_bytes()))
        .min()?;
    let mut ends = memchr::memchr_iter(b'\n', bytes.get(at..).unwrap_or_default());
    Some(ends.nth(HEARD_LINES).map_or(bytes.len(), |n| at + n + 1))
}

impl Step<'_> {
    /// An agent claims readiness; git is asked.
    pub(super) fn claim(&mut self, name: &AgentName, via: Via, note: &str) {
        let note = crate::domain::signal::printable(note).chars().take(500).collect();
        self.record(Record::Claimed { agent: name.clone(), via, note });
        self.listen(name, Ear::Closed);
        self.examine(name);
    }

    /// Has the claim of an agent examined, anew if need be.
    pub(super) fn examine(&mut self, name: &AgentName) {
        self.drop_jobs_of(name);
        let job = self.job(JobKind::Claim(name.clone()));
        self.out.push(Effect::Review { job, agents: vec![name.clone()], depth: Depth::Facts });
    }

    /// Looks for a claim by text, unless none was asked for. While it works nothing counts, but
    /// what stands there must be known to be told from what comes later.
    pub(super) fn scan_for_claim(&mut self, name: &AgentName) {
        let Some(agent) = self.state.agent_mut(name) else { return };
        let Some(expected) = &agent.expects else { return };
        let changes = agent.pane.screen.changes();
        let busy = matches!(agent.activity, AgentState::Working | AgentState::Starting);
        let seen = !busy && std::mem::replace(&mut agent.scanned, changes) == changes;
        if seen || (busy && !expected.watches()) {
            return;
        }
        let ear = match agent.claim {
            _ if busy => Ear::Later,
            // What is merged needs no claim: new work takes it back first.
            None if agent.merged.is_none() => Ear::Open,
            _ => Ear::Closed,
        };
        match self.listen(name, ear) {
            (true, _) => self.claim(name, Via::Text, ""),
            (false, true) => self.hinted(name, Via::Text),
            (false, false) => {}
        }
    }

    /// Takes in what an agent's pane says now: whether a claim and whether a hint in it is news.
    pub(super) fn listen(&mut self, name: &AgentName, ear: Ear) -> (bool, bool) {
        let config = self.state.config.clone();
        let Some(agent) = self.state.agent_mut(name) else { return (false, false) };
        let Some(expected) = &mut agent.expects else { return (false, false) };
        let screen = &agent.pane.screen;
        let printed = screen.logical_lines(SCAN_ROWS);
        let lines: Vec<Line<'_>> =
            printed.iter().map(|l| Line { text: &l.text, finished: l.finished }).collect();
        let columns = usize::from(screen.size().cols);
        let words = Words { agent: name.as_str(), phrase: &config.conduct.phrase, code: &expected.code };
        let bare = Words { code: "", ..words };
        let claims = count(&lines, columns, &words);
        let hints = count_outside_echo(&lines, columns, &bare, &expected.prompt);
        (expected.claim.news(claims, agent.turns, ear), expected.hint.news(hints, agent.turns, ear))
    }

    /// Looks for a claim in the last message that an agent's program handed over by its hook: its
    /// own words, with nothing of a screen about them.
    pub(super) fn claim_in_message(&mut self, name: &AgentName, message: &str) {
        let Some(agent) = self.state.agent(name) else { return };
        let hears = agent.claim.is_none() && agent.merged.is_none();
        let Some(expected) = agent.expects.as_ref().filter(|_| hears) else { return };
        let lines: Vec<Line<'_>> = message.lines().map(|text| Line { text, finished: true }).collect();
        let phrase = &self.state.config.conduct.phrase;
        let words = Words { agent: name.as_str(), phrase, code: &expected.code };
        let bare = Words { code: "", ..words };
        // What it said in this turn by another way is not said again.
        let fresh = |turn: Option<u64>| turn.is_none_or(|before| agent.turns > before);
        if fresh(expected.claim.turn) && count(&lines, usize::MAX, &words) > 0 {
            self.claim(name, Via::Hook, "");
        } else if fresh(expected.hint.turn) && count(&lines, usize::MAX, &bare) > 0 {
            self.hinted(name, Via::Hook);
        }
    }

    /// An agent printed the phrase without its code.
    fn hinted(&mut self, name: &AgentName, via: Via) {
        let conduct = &self.state.config.conduct;
        match conduct.bare {
            Bare::Claim => self.claim(name, via, ""),
            Bare::Hint => {
                let line = Words { agent: name.as_str(), phrase: &conduct.phrase, code: "" }.line();
                self.record(Record::Hint { agent: name.clone(), line });
                self.listen(name, Ear::Closed);
            }
        }
    }

    /// What git said.
    pub(super) fn reviewed(&mut self, job: u64, reviews: Result<Vec<Review>, String>) {
        let asked = |kind: &JobKind| {
            matches!(
                kind,
                JobKind::Show(..) | JobKind::Claim(_) | JobKind::AfterRun(_) | JobKind::Handover(_)
            )
        };
        let Some(kind) = self.take_job_if(job, asked) else { return };
        match kind {
            JobKind::Show(reply, agents) => self.show_reviews(reply, &agents, reviews),
            JobKind::Claim(name) => match reviews {
                Ok(reviews) => match reviews.into_iter().find(|r| r.agent == name) {
                    Some(review) => self.judge(&name, review),
                    None => self.refuse(&name, vec!["git said nothing of its branch; claim again".into()]),
                },
                Err(why) => self.refuse(&name, vec![format!("its branch cannot be read: {why}")]),
            },
            JobKind::AfterRun(run) => self.reviewed_after(run, reviews),
            JobKind::Handover(examined) => self.handover_reviewed(examined, reviews),
            _ => {}
        }
    }

    fn judge(&mut self, name: &AgentName, review: Review) {
        let reasons = self.faults(&review);
        self.seen_anew(name, &review.facts);
        let (oid, base) = (review.facts.head.clone(), review.facts.base.clone());
        self.record(Record::Facts { agent: name.clone(), facts: review.facts });
        if !review.files.is_empty() {
            let more = review.files.len().saturating_sub(Changed::MOST);
            let mut files = review.files;
            files.truncate(Changed::MOST);
            let changed = Changed { agent: name.clone(), head: oid.clone(), files, more };
            self.record(Record::Changed(Box::new(changed)));
        }
        if !reasons.is_empty() {
            return self.refuse(name, reasons);
        }
        if let Some(claim) = self.state.agent_mut(name).and_then(|a| a.claim.as_mut()) {
            claim.oid = Some(oid.clone());
        }
        let Some(agent) = self.state.agent(name) else { return };
        let green = |g: &Gate| {
            agent
                .gates
                .iter()
                .rev()
                .find(|r| r.gate == g.name && r.oid == oid)
                .is_some_and(GateResult::passed)
        };
        let gates: Vec<Gate> =
            self.state.config.gates.iter().filter(|g| g.ready && !green(g)).cloned().collect();
        if gates.is_empty() {
            return self.prove(name);
        }
        let base = agent.base.clone().or(Some(base));
        self.run_gates(JobKind::Claim(name.clone()), oid, gates, OnRed::Stop, base, Reuse::Known);
    }

    /// A gate ended.
    pub(super) fn gated(&mut self, job: u64, result: GateResult, last: bool) {
        let asked = |kind: &JobKind| {
            matches!(
                kind,
                JobKind::Claim(_)
                    | JobKind::Branch(..)
                    | JobKind::Verify(..)
                    | JobKind::Train(_)
                    | JobKind::Handover(_)
            )
        };
        let Some(kind) = self.state.jobs.iter().find(|j| j.id == job).map(|j| j.kind.clone()).filter(asked)
        else {
            return;
        };
        self.gate_is_over(job, last);
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
            JobKind::Handover(examined) => self.handover_gated(&examined, result, last),
            JobKind::Verify(id, place) => self.verified(id, place, result, last),
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
        self.record(Record::Withdrawn { agent: name.clone(), why, asked: false });
    }
}

/// Whether a program that says it works in `cwd` works in `worktree`; one that does not say may.
pub(super) fn within(cwd: &str, worktree: &str) -> bool {
    let worktree = worktree.trim_end_matches('/');
    let below = cwd.strip_prefix(worktree).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    cwd.is_empty() || (below && !cwd.split('/').any(|part| part == ".."))
}
