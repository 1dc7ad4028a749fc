//! What agents were asked, did and said.

use super::super::state::Agent as Seen;
use super::{MOST, Teller, WIDTH};
use crate::domain::id::{AgentName, Oid};
use crate::domain::record::{Changed, Record};
use crate::domain::report::{Agent, Came, Claim, Commit, Dispatch, Gate, Verdict, clean};
use crate::domain::review::{BranchFacts, FileChange, GateResult, GateStatus};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::usage::Usage;

/// Lines of a prompt that are shown.
const LINES: usize = 6;
/// Lines of a gate's output that are shown.
const TAIL: usize = 12;
/// Things that came of one prompt.
const CAME: usize = 60;

/// An agent of whom nothing is known yet.
pub(super) fn blank(seen: &Seen) -> Agent {
    let spec = seen.spec.as_ref();
    let text = |take: fn(&crate::domain::team::AgentSpec) -> &String| {
        spec.map(|s| clean(take(s), WIDTH)).unwrap_or_default()
    };
    Agent {
        name: seen.name.clone(),
        role: text(|s| &s.role),
        branch: text(|s| &s.branch),
        profile: text(|s| &s.profile),
        state: AgentState::Pending,
        why: String::new(),
        left_out: false,
        times: std::collections::BTreeMap::new(),
        line: Vec::new(),
        prompts: Vec::new(),
        commits: Vec::new(),
        facts: None,
        base: None,
        files: None,
        more_files: 0,
        claims: Vec::new(),
        gates: Vec::new(),
        conflicts: Vec::new(),
        merges: Vec::new(),
        starts: 0,
        failures: Vec::new(),
        typed: 0,
        usage: None,
    }
}

pub(super) fn push<T>(list: &mut Vec<T>, entry: T) {
    if list.len() < MOST {
        list.push(entry);
    }
}

/// An id of a record: one of a stranger's may be anything.
pub(super) fn id(oid: &Oid) -> Oid {
    Oid(clean(&oid.0, 64))
}

impl Teller {
    /// Takes in a record about an agent of the team.
    pub(super) fn people(&mut self, record: &Record) {
        if let Record::GateAt(at) = record {
            let gate = self.gate(&at.result, at.place.to_string());
            return push(&mut self.report.elsewhere, gate);
        }
        let Some(place) = super::super::fold::subject(record).and_then(|name| self.place(name)) else {
            return;
        };
        let at = self.when();
        let text = |t: &str| clean(t, WIDTH);
        match record {
            Record::Queued { dispatch, prompt, task, text: asked, .. } => {
                let agent = &mut self.report.agents[place];
                self.dispatches.insert(*dispatch, (place, agent.prompts.len()));
                let said = asked.lines().map(text).filter(|l| !l.is_empty());
                let entry = Dispatch {
                    id: *dispatch,
                    at,
                    prompt: prompt.as_deref().map(text),
                    task: task.as_ref().map(|(run, id)| (*run, text(id))),
                    lines: said.take(LINES).collect(),
                    bytes: (!asked.is_empty()).then_some(asked.len()),
                    outcome: None,
                    why: String::new(),
                    ms: None,
                    came: Vec::new(),
                };
                self.report.gaps.texts += u64::from(asked.is_empty());
                push(&mut agent.prompts, entry);
            }
            Record::Receipt { dispatch, outcome, why, ms, .. } => {
                let found = self.dispatches.get(dispatch).filter(|(agent, _)| *agent == place);
                let prompts = &mut self.report.agents[place].prompts;
                if let Some(prompt) = found.and_then(|(_, i)| prompts.get_mut(*i)) {
                    (prompt.outcome, prompt.why, prompt.ms) = (Some(*outcome), text(why), Some(*ms));
                }
                if *outcome == Outcome::Submitted
                    && let Some(open) = &mut self.waiting[place]
                {
                    open.prompt = Some(*dispatch);
                }
            }
            Record::Typed(_) => {
                self.report.agents[place].typed += 1;
                if let Some(open) = &mut self.waiting[place] {
                    open.typed = true;
                }
            }
            Record::AgentUp { .. } => self.report.agents[place].starts += 1,
            Record::AgentDown { orderly: false, why, .. } => {
                push(&mut self.report.agents[place].failures, Came { at, text: text(why) });
                self.came(place, format!("its program failed: {}", text(why)));
            }
            Record::Activity { state, evidence, .. }
                if state.needs_human() || *state == AgentState::Blocked =>
            {
                self.came(place, format!("{state}: {}", text(evidence)));
            }
            Record::Facts { facts, .. } => self.seen(place, facts),
            Record::Changed(changed) => {
                let file = |f: &FileChange| FileChange { path: text(&f.path), ..*f };
                let files = changed.files.iter().take(Changed::MOST).map(file).collect();
                let agent = &mut self.report.agents[place];
                (agent.files, agent.more_files) = (Some(files), changed.more);
            }
            Record::Claimed { via, note, .. } => {
                self.judge(place, Verdict::Withdrawn { why: "another claim".into() });
                let claim = Claim {
                    at,
                    via: Some(*via),
                    note: text(note),
                    verdict: Verdict::Open,
                    judged: None,
                    lost: None,
                };
                push(&mut self.report.agents[place].claims, claim);
                self.came(place, "claims READY".into());
            }
            Record::Ready { oid, .. } => {
                self.judge(place, Verdict::Ready { oid: id(oid) });
                self.came(place, format!("ready at {}", text(oid.short())));
            }
            Record::Refused { reasons, .. } => {
                let reasons: Vec<String> = reasons.iter().take(20).map(|r| text(r)).collect();
                self.came(place, format!("refused: {}", clean(&reasons.join("; "), WIDTH)));
                self.judge(place, Verdict::Refused { reasons });
            }
            Record::Withdrawn { why, .. } => {
                let why = text(why);
                self.judge(place, Verdict::Withdrawn { why: why.clone() });
                let last = self.report.agents[place].claims.last_mut();
                if let Some(claim) =
                    last.filter(|c| matches!(c.verdict, Verdict::Ready { .. }) && c.lost.is_none())
                {
                    claim.lost = Some(Came { at, text: why.clone() });
                }
                self.came(place, format!("no longer ready: {why}"));
            }
            Record::Gate { result, .. } => {
                let gate = self.gate(result, "tip".into());
                if !gate.passed {
                    self.came(place, format!("gate {} is {}", gate.gate, result.word()));
                }
                push(&mut self.report.agents[place].gates, gate);
            }
            _ => {}
        }
    }

    /// What git said of a branch.
    fn seen(&mut self, place: usize, facts: &BranchFacts) {
        let at = self.when();
        let agent = &mut self.report.agents[place];
        let news = agent.facts.as_ref().is_none_or(|f| f.head != facts.head);
        let own = facts.ahead > 0 && facts.head != facts.base;
        let known = agent.commits.last().is_some_and(|c| c.oid == id(&facts.head));
        agent.facts = Some(tidy(facts));
        if news && own && !known {
            let subject = clean(&facts.subject, WIDTH);
            let oid = id(&facts.head);
            let said = format!("commit {}: {subject}", oid.short());
            push(&mut agent.commits, Commit { at, oid, subject, ahead: facts.ahead });
            self.came(place, said);
        }
    }

    /// Judges the claim that is open; a verdict without one is kept by itself where it says something.
    fn judge(&mut self, place: usize, verdict: Verdict) {
        let at = self.when();
        let claims = &mut self.report.agents[place].claims;
        match claims.last_mut().filter(|c| c.verdict == Verdict::Open) {
            Some(claim) => (claim.verdict, claim.judged) = (verdict, Some(at)),
            None if matches!(verdict, Verdict::Withdrawn { .. }) => {}
            None => {
                let (note, judged) = (String::new(), Some(at.clone()));
                push(claims, Claim { at, via: None, note, verdict, judged, lost: None });
            }
        }
    }

    pub(super) fn gate(&self, result: &GateResult, on: String) -> Gate {
        let lines = result.tail.lines().map(|l| clean(l, WIDTH)).filter(|l| !l.is_empty());
        let lines: Vec<String> =
            if result.status == GateStatus::Green { Vec::new() } else { lines.collect() };
        Gate {
            at: self.when(),
            gate: clean(&result.gate, WIDTH),
            on,
            oid: id(&result.oid),
            status: result.status,
            passed: result.passed(),
            ms: result.ms,
            remark: clean(&result.remark(), WIDTH),
            tail: lines.iter().skip(lines.len().saturating_sub(TAIL)).cloned().collect(),
        }
    }

    /// Something came of an agent's last prompt; before its first nothing does.
    pub(super) fn came(&mut self, place: usize, text: String) {
        let at = self.when();
        if let Some(prompt) = self.report.agents[place].prompts.last_mut()
            && prompt.came.len() < CAME
        {
            prompt.came.push(Came { at, text });
        }
    }

    pub(super) fn came_of(&mut self, name: &AgentName, text: String) {
        if let Some(place) = self.place(name) {
            self.came(place, text);
        }
    }

    /// What the fold says of agents at the end.
    pub(super) fn write_people(&mut self) {
        for (agent, seen) in self.report.agents.iter_mut().zip(self.state.team()) {
            agent.state = seen.state();
            agent.why = clean(&seen.need(), WIDTH);
            agent.left_out = seen.left_out;
            agent.base = seen.base.as_ref().map(id);
            agent.usage = seen.usage.clone().map(|u| Usage { source: clean(&u.source, WIDTH), ..u });
        }
    }
}

/// Facts with all their texts safe to show.
fn tidy(facts: &BranchFacts) -> BranchFacts {
    let files = |all: &[String]| all.iter().take(100).map(|f| clean(f, WIDTH)).collect();
    BranchFacts {
        head: id(&facts.head),
        base: id(&facts.base),
        changed: files(&facts.changed),
        untracked: files(&facts.untracked),
        subject: clean(&facts.subject, WIDTH),
        ..*facts
    }
}
