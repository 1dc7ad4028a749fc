//! Why an agent is in its state: the rule, its evidence, and what else was known.

use super::Step;
use super::evidence::{BY_WORD, Seen, urgent};
use super::fusion::{BY_PIN, BY_SILENCE, wanted};
use super::panes::millis;
use super::parts::TrainPhase;
use super::run::waits_for;
use super::state::{Agent, State};
use crate::domain::id::AgentName;
use crate::domain::profile::Source;
use crate::domain::review::GateStatus;
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::domain::time::{Time, rfc3339};
use crate::domain::view::{Answer, Explained, Loser};

impl Step<'_> {
    /// Explains an agent's state.
    pub(super) fn explain(&self, name: &AgentName) -> Result<Answer, String> {
        let agent = self.one(name)?;
        let now = self.now;
        let state = agent.state();
        let proof = proof(self.state, agent);
        let mut losers = losers(self.state, agent, now);
        let pane = (agent.why.rule.clone(), agent.why.evidence.clone(), source_of(self.state, agent));
        let (rule, evidence, source, since) = match proof {
            Some((rule, evidence, source)) => {
                if agent.pane.pid.is_some() {
                    let (rule, evidence, source) = pane;
                    let why = format!("what its pane says; {state} goes first");
                    let (state, age_ms) = (agent.activity, millis(now - agent.since));
                    losers.insert(0, Loser { rule, source, state, evidence, age_ms, why });
                }
                (rule.to_owned(), evidence, source.to_owned(), agent.shown.1)
            }
            None => {
                let (rule, evidence, source) = pane;
                (rule, evidence, source, agent.since)
            }
        };
        let over = losers.iter().map(|l| format!("{} {} ({}): {}", l.source, l.rule, l.state, l.evidence));
        Ok(Answer::Explained(Explained {
            agent: name.clone(),
            state,
            since: rfc3339(since),
            source,
            rule,
            evidence: printable(&evidence),
            age_ms: millis(now - since),
            over: over.map(|t| t.to_lowercase()).collect(),
            losers,
            pinned: agent.pin.map(|p| rfc3339(p.at)),
            until: agent.limited_until().map(|wall| rfc3339(Time { mono: 0, wall })),
            next_look_ms: super::fusion::deadline(self.state, agent).map(|t| millis(t - now)),
        }))
    }
}

/// The word for a source.
pub(super) fn source_word(source: Source) -> &'static str {
    match source {
        Source::Hook => "hook",
        Source::Report => "report",
        Source::Notify => "notify",
        Source::Progress => "progress",
        Source::Mark => "mark",
        Source::Title => "title",
        Source::Screen => "screen",
    }
}

/// Where the evidence of the activity comes from.
fn source_of(state: &State, agent: &Agent) -> String {
    let rule = agent.why.rule.as_str();
    let named = state.profile(agent).and_then(|p| state.rules.source(&p.name, rule));
    match (named, rule) {
        (Some(source), _) => source_word(source),
        (None, BY_PIN) => "person",
        (None, BY_WORD) => source_word(Source::Report),
        (None, "foreground") => "terminal",
        (None, "bytes" | BY_SILENCE) => "bytes",
        (None, "process") => "process",
        (None, _) => "none",
    }
    .to_owned()
}

/// Rule, evidence and source of a state that does not come from the pane.
fn proof(state: &State, agent: &Agent) -> Option<(&'static str, String, &'static str)> {
    match agent.state() {
        AgentState::Claimed => {
            let claim = agent.claim.as_ref()?;
            let via = format!("{:?}", claim.via).to_lowercase();
            let at = match &claim.oid {
                Some(oid) => format!("git agrees at {}, the gates run", oid.short()),
                None => "git is being asked".to_owned(),
            };
            let note = if claim.note.is_empty() { String::new() } else { format!(" ({})", claim.note) };
            Some(("claim", format!("claimed by {via}{note}; {at}"), "agent"))
        }
        AgentState::Ready => {
            let oid = agent.ready.as_ref()?;
            let green =
                |g: &&crate::domain::review::GateResult| g.oid == *oid && g.status == GateStatus::Green;
            let gates: Vec<&str> = agent.gates.iter().filter(green).map(|g| g.gate.as_str()).collect();
            let gates = if gates.is_empty() {
                "none asked".to_owned()
            } else {
                format!("{} green", gates.join(", "))
            };
            Some(("proof", format!("git and the gates agree at {}: {gates}", oid.short()), "git"))
        }
        AgentState::Merged => {
            let oid = agent.merged.as_ref()?;
            let train = state.train.as_ref().filter(|t| t.phase == TrainPhase::Applied);
            let which = train.map_or("a train".to_owned(), |t| format!("train {}", t.plan.id));
            let target = &state.config.merge.target;
            Some(("train", format!("{which} merged {} into {target}", oid.short()), "git"))
        }
        AgentState::Pending if agent.pane.pid.is_none() => {
            Some(("start", "its program was not started yet".to_owned(), "plan"))
        }
        AgentState::Pending => {
            let stage = agent.waits_for_stage? + 1;
            let run = state.running();
            let waits = run.and_then(|r| {
                let own = r.tasks.iter().filter(|t| t.bound.agent == agent.name);
                own.map(|t| waits_for(r, t)).find(|w| !w.is_empty())
            });
            Some(("stage", format!("stage {stage}: {}", waits.unwrap_or("its turn comes".into())), "plan"))
        }
        _ => None,
    }
}

/// What else is known of a pane, and why it does not decide.
fn losers(state: &State, agent: &Agent, now: Time) -> Vec<Loser> {
    if agent.pane.pid.is_none() {
        return Vec::new();
    }
    let e = &agent.evidence;
    let winner = e.winner(agent, now);
    let (next, why) = wanted(state, agent, now);
    let mut losers = Vec::new();
    for seen in &e.seen {
        if seen.why == agent.why && seen.state == agent.activity {
            continue;
        }
        let reason = match (e.overruled(agent, seen, now), winner) {
            _ if agent.pin.is_some() => "a pin goes first".to_owned(),
            (Some(over), _) => format!("{}: {}", over.how, over.rule),
            (None, Some(w)) if w.source == seen.source => not_yet(agent, now),
            (None, Some(w)) => outranked(w, seen),
            (None, None) => "nothing".to_owned(),
        };
        losers.push(Loser {
            rule: seen.why.rule.clone(),
            source: source_word(seen.source).to_owned(),
            state: seen.state,
            evidence: printable(&seen.why.evidence),
            age_ms: millis(now - seen.at),
            why: reason,
        });
    }
    let told = losers.iter().any(|l| l.rule == why.rule);
    if next != agent.activity && winner.is_none() && !told {
        let source = "none".to_owned();
        let (rule, evidence, why) = (why.rule, why.evidence, not_yet(agent, now));
        losers.push(Loser { rule, source, state: next, evidence, age_ms: 0, why });
    }
    losers
}

fn outranked(winner: &Seen, seen: &Seen) -> String {
    let rule = &winner.why.rule;
    if winner.state == seen.state {
        format!("says the same as {rule}")
    } else if urgent(winner.state) && !urgent(seen.state) {
        format!("a question or a limit goes first: {rule}")
    } else {
        format!("less trusted than {rule}")
    }
}

/// Why what wins now is not shown yet.
fn not_yet(agent: &Agent, now: Time) -> String {
    match agent.evidence.change_due.filter(|t| *t > now) {
        Some(due) => format!("not yet stable for {} ms", millis(due - now)),
        None => "decides from now on".to_owned(),
    }
}
