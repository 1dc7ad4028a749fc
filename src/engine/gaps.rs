//! What the session knows against an agent's work, for suggestions, and the prompts made of them.

use super::Step;
use super::dispatch::Prompting;
use super::draft::{Briefs, MAX_SHOWN, Obstacle};
use super::letter::Letter;
use super::state::{Agent, State};
use crate::domain::choice::SUGGESTED;
use crate::domain::review::{GateResult, Severity, Verdict};
use crate::domain::signal::printable;
use crate::domain::suggest::{Known, quoted, suggest};
use crate::domain::view::Suggestions;

/// Digits of a commit in a sentence.
const DIGITS: usize = 7;
/// The most points of one kind that are worked out; fewer are said.
const MOST: usize = 8;

/// What the session knows of an agent's work beside what its branch shows. Only what was found at the branch's very tip
/// counts: what was mended since is no gap.
pub(super) fn known(state: &State, agent: &Agent) -> Known {
    let tip = agent.facts.as_ref().map(|f| &f.head);
    let mut latest: Vec<&GateResult> = Vec::new();
    for result in agent.gates.iter().filter(|g| Some(&g.oid) == tip) {
        latest.retain(|g| g.gate != result.gate);
        latest.push(result);
    }
    let review = state.reviews.iter().find(|r| r.agent == agent.name && Some(&r.facts.head) == tip);
    let weighty = |severity| matches!(severity, Severity::Error | Severity::Warning);
    let concerns = review.iter().flat_map(|r| &r.concerns).filter(|c| weighty(c.severity));
    let found = concerns.map(|c| {
        let line = c.line.map(|n| format!(":{n}")).unwrap_or_default();
        let place = if c.path.is_empty() { String::new() } else { format!("`{}{line}`: ", quoted(&c.path)) };
        format!("look at what a review found ({}): {place}{}", c.check, c.text.trim())
    });
    let behind = agent.facts.as_ref().map_or(0, |f| f.behind);
    let target = &state.config.merge.target;
    Known {
        refused: agent.reasons.iter().take(MOST).map(|r| printable(r)).collect(),
        gates: latest.into_iter().filter(|g| !g.passed()).take(MOST).map(red).collect(),
        found: found.take(MOST).map(|t| printable(&t)).collect(),
        conflicts: conflicts(state, agent).into_iter().take(MOST).map(|t| printable(&t)).collect(),
        behind: (behind > 0).then(|| {
            format!("see what `{target}` has new ({behind} commits that your branch does not have) and whether it touches your work")
        }),
    }
}

fn red(gate: &GateResult) -> String {
    let tip: String = gate.oid.0.chars().take(DIGITS).collect();
    let last = gate.tail.lines().map(printable).rfind(|l| !l.trim().is_empty()).unwrap_or_default();
    let last = quoted(&last);
    let ends = if last.is_empty() { String::new() } else { format!("; its output ends with `{last}`") };
    format!("make the gate `{}` pass: it is {} at {tip}{ends}", gate.gate, gate.word())
}

/// Where the branch does not merge, with the target first.
fn conflicts(state: &State, agent: &Agent) -> Vec<String> {
    let Some(matrix) = &state.matrix else { return Vec::new() };
    let told = |with: &str, verdict: &Verdict| {
        let first = verdict.conflicts.first()?;
        let more = verdict.count().saturating_sub(1);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let kind = first.kind.word();
        Some(format!(
            "see how `{}`{more} can go together with {with}: they do not merge ({kind})",
            quoted(&first.path)
        ))
    };
    let target = format!("`{}`", state.config.merge.target);
    let onto = matrix.onto.iter().filter(|a| a.agent == agent.name).filter_map(|a| told(&target, &a.verdict));
    let pairs = matrix.pairs.iter().filter_map(|p| {
        let other = if p.a == agent.name { &p.b } else { Some(&p.a).filter(|_| p.b == agent.name)? };
        told(&format!("the work of {other}"), &p.verdict)
    });
    onto.chain(pairs).collect()
}

impl Step<'_> {
    /// What could be done next on these branches, and the prompts that say so.
    pub(super) fn suggestions(&self, letters: &[Letter], briefs: &Briefs) -> Vec<Suggestions> {
        let mut room = MAX_SHOWN;
        let mut made = Vec::new();
        for letter in letters {
            let agent = letter.agent.clone();
            let known = self.state.agent(&agent).map(|a| known(self.state, a)).unwrap_or_default();
            let (points, why) = match briefs.get(&agent) {
                Some(Ok(brief)) => (suggest(brief, &known), String::new()),
                Some(Err(why)) => (Vec::new(), why.clone()),
                None => (Vec::new(), "git said nothing of its branch".to_owned()),
            };
            let written = match self.suggested(letter, briefs) {
                Ok(text) if text.len() > room => {
                    let bytes = text.len();
                    Err(format!(
                        "it has {bytes} bytes, and {room} are left in this answer; ask for this agent alone"
                    ))
                }
                other => other,
            };
            let (prompt, unwritten) =
                written.map_or_else(|why| (String::new(), why), |text| (text, String::new()));
            room -= prompt.len();
            made.push(Suggestions { agent, points, why, prompt, unwritten });
        }
        made
    }

    fn suggested(&self, letter: &Letter, briefs: &Briefs) -> Result<String, String> {
        let letter = Letter::chosen(self.state, letter.agent.clone(), SUGGESTED, "")?;
        match self.prompting(&letter, briefs) {
            Ok(Prompting::Template(template)) => self.render(&template, "<code>"),
            Ok(_) => Err("its prompt is no template".into()),
            Err(Obstacle::Branch(why) | Obstacle::Template(why)) => Err(why),
        }
    }
}
