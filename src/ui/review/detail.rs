//! What is known of one branch, of two, of a turn in the order: with the evidence, and who said so.

use super::super::answer::gates;
use super::super::gating;
use super::super::text::Text;
use super::facts::{facts, moved, review};
use super::nothing_yet;
use crate::domain::diff::span;
use crate::domain::id::AgentName;
use crate::domain::review::{
    Along, Concern, Conflict, Engines, GateStatus, Review, Severity, Verdict, gate_reasons, git_reasons,
};
use crate::domain::signal::printable;
use crate::engine::state::{Agent, State};

/// Places in one file that are listed, at most.
const PLACES: usize = 50;

/// Something that can be read about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::ui) enum Subject {
    /// A branch.
    Agent(AgentName),
    /// A branch merged into the target as it is.
    Onto(AgentName),
    /// Two branches merged with each other.
    Pair(AgentName, AgentName),
    /// A branch merged in its turn.
    Turn(AgentName),
    /// The files a branch changes.
    Files(AgentName),
    /// The latest merge train.
    Train,
}

impl Subject {
    pub fn title(&self, state: &State) -> String {
        let target = printable(&state.config.merge.target);
        match self {
            Self::Agent(agent) => {
                let branch = state.agent(agent).and_then(|a| a.spec.as_ref()).map(|s| s.branch.clone());
                let word = state.agent(agent).map_or("", |a| a.state().word());
                printable(&format!("{agent} · {} · {word}", branch.unwrap_or_default()))
            }
            Self::Onto(agent) => format!("{agent} → {target}"),
            Self::Pair(one, other) => format!("{one} × {other}"),
            Self::Turn(agent) => format!("{agent} in its turn"),
            Self::Files(agent) => format!("files of {agent}"),
            Self::Train => "merge".into(),
        }
    }

    /// What there is to say now.
    pub fn lines(&self, state: &State) -> Vec<Text> {
        let target = state.config.merge.target.as_str();
        let matrix = state.matrix.as_deref();
        let along = |all: Option<&Vec<Along>>, agent: &AgentName, ours: &str| {
            let found = all.and_then(|all| all.iter().find(|a| a.agent == *agent));
            found.map(|a| verdict(&a.verdict, ours, agent.as_str())).unwrap_or_else(|| unknown(state, agent))
        };
        match self {
            Self::Agent(agent) => state.agent(agent).map_or(Vec::new(), |a| branch(state, a)),
            Self::Onto(agent) => along(matrix.map(|m| &m.onto), agent, target),
            Self::Turn(agent) => turn(state, agent),
            Self::Pair(one, other) => match matrix.and_then(|m| m.pair(one, other)) {
                Some(p) => verdict(&p.verdict, p.a.as_str(), p.b.as_str()),
                None => unknown(state, one),
            },
            Self::Files(agent) => files(state, agent),
            Self::Train => {
                let train = state.train.as_ref().map(|t| state.view_train(t));
                train.map_or(Vec::new(), |t| super::super::train::lines(state, &t))
            }
        }
    }
}

/// Why there is no verdict.
fn unknown(state: &State, agent: &AgentName) -> Vec<Text> {
    let left_out = state.agent(agent).is_some_and(|a| a.left_out);
    let tip = state.matrix.as_deref().and_then(|m| m.tips.iter().find(|t| t.agent == *agent));
    let text = match tip {
        Some(tip) if !tip.why.is_empty() => format!("? cannot tell: {}", printable(&tip.why)),
        _ if left_out => format!("{agent} is left out of the merge; ‹skip› takes it back"),
        _ if state.matrix.is_none() => "not compared yet: ‹review› looks again".into(),
        _ => "not compared: there is nothing to merge yet".into(),
    };
    vec![Text::Quiet(text)]
}

fn turn(state: &State, agent: &AgentName) -> Vec<Text> {
    let Some(matrix) = state.matrix.as_deref() else { return unknown(state, agent) };
    let Some(step) = matrix.along.iter().find(|a| a.agent == *agent) else { return unknown(state, agent) };
    let before: Vec<&str> = matrix.order.iter().take_while(|a| *a != agent).map(AgentName::as_str).collect();
    let ours = if before.is_empty() { state.config.merge.target.clone() } else { "what is before".into() };
    let after = if before.is_empty() { "first".into() } else { format!("after {}", before.join(", ")) };
    let mut lines = vec![Text::Plain(after)];
    if !step.with.is_empty() {
        let names: Vec<&str> = step.with.iter().map(AgentName::as_str).collect();
        lines.push(Text::Plain(format!("the same paths are touched by {}", names.join(", "))));
    }
    lines.extend(verdict(&step.verdict, &ours, agent.as_str()));
    lines
}

/// The merge order, what it meets, and a better one; at most four lines.
pub(super) fn order(state: &State) -> Vec<Text> {
    let Some(matrix) = state.matrix.as_deref() else {
        let none = "nothing is compared yet: branches are, as soon as they have work; ‹review› looks again";
        return vec![nothing_yet(state).unwrap_or_else(|| Text::Quiet(none.into()))];
    };
    let names: Vec<&str> = matrix.order.iter().map(AgentName::as_str).collect();
    let bad = matrix.along.iter().filter(|a| !a.verdict.conflicts.is_empty()).count();
    let unsure = matrix.along.iter().filter(|a| !a.verdict.why.is_empty()).count();
    let mut said = match bad {
        0 => "✔ no conflicts".to_owned(),
        1 => "✘ 1 conflict".to_owned(),
        n => format!("✘ {n} conflicts"),
    };
    if unsure > 0 {
        said.push_str(&format!(" · ? {unsure} cannot be told"));
    }
    if matrix.partial {
        said.push_str(" · … still comparing");
    }
    let which = if state.configured_order.is_some() { "in the order taken" } else { "as configured" };
    let text = printable(&format!("{said} · {which}: {}", names.join(" ")));
    let mut lines = vec![if bad > 0 { Text::Bad(text) } else { Text::Plain(text) }];
    if let Some(p) = &matrix.proposal {
        let text = format!(
            "▲ {}: {} instead of {} (‹take-order› takes this order)",
            p.moves, p.conflicts, p.instead_of
        );
        lines.push(Text::Warn(printable(&text)));
    }
    lines.extend(matrix.disorder.iter().take(2).map(|d| Text::Warn(printable(&format!("▲ {d}")))));
    lines.truncate(4);
    lines
}

fn verdict(verdict: &Verdict, ours: &str, theirs: &str) -> Vec<Text> {
    let mut lines: Vec<Text> = verdict.conflicts.iter().flat_map(|c| conflict(c, ours, theirs)).collect();
    if verdict.more > 0 {
        lines.push(Text::Bad(format!("✘ and {} more paths", verdict.more)));
    }
    if !verdict.why.is_empty() {
        lines.push(Text::Quiet(printable(&format!("? cannot tell: {}", verdict.why))));
    } else if lines.is_empty() {
        lines.push(Text::Plain("✔ merges without a conflict".into()));
    }
    lines.push(engines(&verdict.engines));
    lines
}

/// Who judged a merge.
pub(in crate::ui) fn engines(engines: &Engines) -> Text {
    match engines {
        Engines::Unchecked => Text::Quiet("not cross-checked by a second engine".into()),
        Engines::Agree => Text::Quiet("engines agree".into()),
        Engines::Disagree(said) => {
            let text = format!("≠ engines disagree: libgit2 says {said}; git is followed");
            Text::Warn(printable(&text))
        }
        Engines::Git(why) => Text::Quiet(printable(&format!("git only: {why}"))),
        Engines::Library(why) => Text::Quiet(printable(&format!("libgit2 only: {why}"))),
    }
}

/// A conflict with its places; `ours` and `theirs` name the sides.
pub(in crate::ui) fn conflict(conflict: &Conflict, ours: &str, theirs: &str) -> Vec<Text> {
    let mut lines = vec![Text::Bad(printable(&format!("✘ {} ({})", conflict.path, conflict.kind)))];
    lines.extend(conflict.also.iter().map(|p| Text::Plain(printable(&format!("    also {p}")))));
    lines.extend(conflict.hunks.iter().take(PLACES).map(|h| {
        let text = format!("    {} of {ours} against {} of {theirs}", span(h.ours), span(h.theirs));
        Text::Plain(printable(&text))
    }));
    let more = conflict.hunks.len().saturating_sub(PLACES);
    if more > 0 {
        lines.push(Text::Quiet(format!("    and {more} more places")));
    }
    lines
}

fn branch(state: &State, agent: &Agent) -> Vec<Text> {
    let mut lines: Vec<Text> = Vec::new();
    if let Some(job) = gating::of_agent(state, &agent.name) {
        lines.extend(gating::texts(job, state.now));
    }
    let known = lines.len();
    let Some(review) = review(state, agent) else {
        let text = match facts(state, agent) {
            Some(_) => "git was not asked for the details yet: ‹review› looks",
            None => "nothing is known of its branch yet: ‹review› looks",
        };
        lines.push(Text::Quiet(text.into()));
        return lines;
    };
    if moved(state, agent) {
        lines.push(Text::Warn("▲ the branch has moved since this review: ‹review› looks again".into()));
    }
    // What git says is told from the latest facts, also where the rest of the review is older.
    let now = agent.facts.clone().unwrap_or_else(|| review.facts.clone());
    let mut reasons = git_reasons(&Review::new(review.agent.clone(), review.branch.clone(), now));
    reasons.extend(gate_reasons(&state.gates_of(review), &review.facts.head));
    lines.extend(reasons.iter().map(|r| Text::Bad(printable(&format!("✘ {r}")))));
    let mut concerns: Vec<&Concern> = review.concerns.iter().collect();
    concerns.sort_by_key(|c| std::cmp::Reverse(c.severity));
    lines.extend(concerns.into_iter().flat_map(concern));
    if lines.len() == known && review.facts.ahead > 0 {
        lines.push(Text::Plain("✔ nothing stands out".into()));
    }
    for red in agent.gates.iter().filter(|g| g.oid == review.facts.head && g.status != GateStatus::Green) {
        lines.push(Text::Head(printable(&format!(
            "{} {}.{} s",
            gates(std::slice::from_ref(red)),
            red.ms / 1000,
            red.ms % 1000 / 100
        ))));
        lines.extend(red.tail.lines().map(|l| Text::Plain(printable(&format!("    {l}")))));
    }
    if !review.overlaps.is_empty() {
        lines.push(Text::Head("also touched by others".into()));
        lines.extend(review.overlaps.iter().map(|o| {
            let with: Vec<&str> = o.with.iter().map(AgentName::as_str).collect();
            Text::Plain(printable(&format!("    {}  {}", o.path, with.join(" "))))
        }));
    }
    if !review.commits.is_empty() {
        lines.push(Text::Head(format!("commits on {}", review.facts.base.short())));
        let of = review.commits.iter();
        lines.extend(of.map(|c| Text::Plain(printable(&format!("    {} {}", c.oid.short(), c.subject)))));
    }
    if !review.message.trim().is_empty() {
        lines.push(Text::Head("message".into()));
        lines.extend(review.message.lines().map(|l| Text::Plain(printable(&format!("    {l}")))));
    }
    lines
}

fn concern(concern: &Concern) -> Vec<Text> {
    let place = match (concern.path.as_str(), concern.line) {
        ("", _) => String::new(),
        (path, None) => format!("{path}: "),
        (path, Some(line)) => format!("{path}:{line}: "),
    };
    let said = |sign: &str| {
        printable(&format!("{sign} {} {}: {place}{}", concern.severity.word(), concern.check, concern.text))
    };
    let first = match concern.severity {
        Severity::Error => Text::Bad(said("✘")),
        Severity::Warning => Text::Warn(said("▲")),
        Severity::Note => Text::Plain(said("·")),
        Severity::Unknown => Text::Quiet(said("?")),
    };
    let evidence = concern.evidence.lines().map(|l| Text::Quiet(printable(&format!("    {l}"))));
    std::iter::once(first).chain(evidence).collect()
}

fn files(state: &State, agent: &AgentName) -> Vec<Text> {
    let Some(review) = state.reviews.iter().find(|r| r.agent == *agent) else {
        return vec![Text::Quiet("git was not asked yet: ‹close›, then ‹review› looks".into())];
    };
    let sum = |of: fn(&crate::domain::review::FileChange) -> u32| {
        review.files.iter().map(|f| u64::from(of(f))).sum::<u64>()
    };
    let (added, removed) = (sum(|f| f.added), sum(|f| f.removed));
    let base = review.facts.base.short();
    let head = format!("{} files since {base}: +{added} −{removed}", review.files.len());
    let mut lines = vec![Text::Head(head)];
    lines.extend(review.files.iter().map(|f| {
        let lead = format!("{:>7} {:>7}  ", format!("+{}", f.added), format!("−{}", f.removed));
        Text::Path(lead, printable(&f.path))
    }));
    let open = [("changed", &review.facts.changed), ("untracked", &review.facts.untracked)];
    for (what, paths) in open.into_iter().filter(|(_, p)| !p.is_empty()) {
        lines.push(Text::Head(format!("not committed, {what}")));
        lines.extend(paths.iter().map(|p| Text::Path("    ".into(), printable(p))));
    }
    lines
}
