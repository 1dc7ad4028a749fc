//! What there is to say of a train: where it stands, what is in its way, what its gates said.

use ratatui::style::Style;

use super::super::answer::gates;
use super::super::gating;
use super::super::keymap::Op;
use super::super::review::{conflict, engines};
use super::super::text::Text;
use super::super::theme::{BOLD, DIM, TROUBLE, of_sign};
use crate::domain::id::AgentName;
use crate::domain::review::{Engines, GateStatus};
use crate::domain::signal::printable;
use crate::domain::train::{Built, Choice, Halt, Merged, Phase, Solving, Step};
use crate::domain::view::TrainView;
use crate::engine::state::State;

/// The first line: what it is, the longest first, and how far it is.
pub(super) fn head(train: &TrainView) -> ([String; 3], String, Style) {
    let plan = &train.plan;
    let number = if train.phase == Phase::Planned { "plan".to_owned() } else { format!("train {}", plan.id) };
    let name = format!("{number} → {}", plan.target);
    let began = train.began.short();
    let lefts = match &train.built {
        Some(Built::Clean { result, files, .. }) => {
            let result = result.short();
            let full = format!("{name}   base {began}   result {result}   {files} files");
            [full, format!("{name}   {began} → {result}"), name]
        }
        _ => [format!("{name}   base {began}"), name.clone(), name],
    };
    let lefts = lefts.map(|l| printable(&l));
    let target = printable(&plan.target);
    let (right, style) = match train.phase {
        Phase::Planned => ("nothing was started".to_owned(), DIM),
        Phase::Building => ("● merges are being made".into(), of_sign("●")),
        Phase::Gating => ("● gates run on the result".into(), of_sign("●")),
        Phase::Applying => (format!("● {target} is being moved"), of_sign("●")),
        Phase::Applied => (format!("✔ {target} has it all"), of_sign("✔")),
        Phase::Halted if train.landed.is_some() => (format!("✘ halted, {target} has what landed"), TROUBLE),
        Phase::Halted => (format!("✘ halted, {target} untouched"), TROUBLE),
        Phase::Dropped => ("given up".into(), BOLD),
        Phase::Undoing => (format!("● {target} is being taken back"), of_sign("●")),
        Phase::Undone => (format!("{target} was taken back"), BOLD),
    };
    (lefts, right, style)
}

/// The conflict of a step, where it has one, in a line.
pub(super) fn said(train: &TrainView, step: &Step) -> Option<String> {
    let Some(Built::Conflict(stuck)) = &train.built else { return None };
    let first = stuck.conflicts.first().filter(|_| stuck.agent == step.agent)?;
    let with = names(&stuck.with);
    let with = if with.is_empty() { String::new() } else { format!(" with {with}") };
    let more = stuck.conflicts.len() - 1;
    let more = if more > 0 { format!(" +{more}") } else { String::new() };
    Some(format!("conflict{with} in {first}{more}"))
}

pub(super) fn names(all: &[AgentName]) -> String {
    all.iter().map(AgentName::as_str).collect::<Vec<_>>().join(", ")
}

/// What can be done now, the likeliest first.
pub(super) fn choices(state: &State, train: &TrainView) -> Vec<(Op, String)> {
    let target = printable(&train.plan.target);
    let whose = train.halt.as_ref().and_then(Halt::whose);
    let mut all: Vec<(Op, String)> = train
        .choices
        .iter()
        .map(|choice| match choice {
            Choice::Continue => (Op::Continue, "continue".to_owned()),
            Choice::Hand => {
                (Op::HandOver, format!("hand to {}", whose.map_or("its owner", AgentName::as_str)))
            }
            Choice::Resolve => (Op::Resolve, "resolve here, by hand".into()),
            Choice::Skip => (Op::SkipStep, whose.map_or("skip a step".into(), |w| format!("skip {w}"))),
            Choice::Abort if train.landed.is_some() => (Op::Abort, "abort (what landed stays)".into()),
            Choice::Abort => (Op::Abort, format!("abort ({target} untouched)")),
            Choice::Undo => (Op::Undo, format!("undo: {target} back")),
        })
        .collect();
    let halted = train.phase == Phase::Halted;
    if halted && state.matrix.as_ref().is_some_and(|m| m.proposal.is_some()) {
        let at = all.len().saturating_sub(1);
        all.insert(at, (Op::TakeOrder, "reorder".into()));
    }
    all
}

/// All there is to say below the steps.
pub(in crate::ui) fn lines(state: &State, train: &TrainView) -> Vec<Text> {
    let mut lines = Vec::new();
    if let Some(halt) = &train.halt {
        lines.extend(halted(halt));
    }
    if let Some(Built::Conflict(stuck)) = &train.built {
        let ours = if stuck.with.is_empty() { train.plan.target.clone() } else { names(&stuck.with) };
        lines.extend(stuck.conflicts.iter().flat_map(|c| conflict(c, &ours, stuck.agent.as_str())));
        lines.push(engines(&stuck.engines));
    }
    lines.extend(train.missing.iter().map(|m| Text::Bad(printable(&format!("✘ not ready: {m}")))));
    if !train.missing.is_empty() {
        lines.push(Text::Quiet("make these ready, or leave one out with S in the review (v)".into()));
    }
    if train.plan.steps.is_empty() && train.missing.is_empty() {
        lines.push(Text::Quiet(
            "nothing is ready to merge: ‹run› runs a plan, ‹review› shows the branches".into(),
        ));
    }
    for (what, who) in [("left out of the merge", &train.left_out), ("skipped, still ready", &train.skipped)]
    {
        if !who.is_empty() {
            lines.push(Text::Plain(format!("- {what}: {}", names(who))));
        }
    }
    if let Some(other) = train.replaces {
        lines.push(Text::Warn(format!("▲ takes the place of train {other}, which stands still")));
    }
    lines.extend(results(state, train));
    if let Some(Built::Clean { steps, .. }) = &train.built {
        lines.extend(judgements(steps));
    }
    lines.extend(train.notes.iter().map(|n| Text::Quiet(printable(&format!("· {n}")))));
    if !train.backup.is_empty() {
        lines.push(Text::Plain(printable(&format!("{} keeps what the train made", train.backup))));
    }
    lines
}

/// Where not both engines said the same, and why: those with one reason together.
fn judgements(steps: &[Merged]) -> Vec<Text> {
    let mut groups: Vec<(&Engines, Vec<AgentName>)> = Vec::new();
    for step in steps.iter().filter(|m| !matches!(m.engines, Engines::Agree | Engines::Unchecked)) {
        match groups.iter_mut().find(|(e, _)| **e == step.engines) {
            Some((_, who)) => who.push(step.agent.clone()),
            None => groups.push((&step.engines, vec![step.agent.clone()])),
        }
    }
    let told = |(e, who): (&Engines, Vec<AgentName>)| match engines(e) {
        Text::Warn(text) => Text::Warn(format!("{text} ({})", names(&who))),
        Text::Quiet(text) => Text::Quiet(format!("{text} ({})", names(&who))),
        other => other,
    };
    groups.into_iter().map(told).collect()
}

fn halted(halt: &Halt) -> Vec<Text> {
    let mut lines = vec![match halt {
        // The paths follow with all their places.
        Halt::Conflict { agent, with, .. } if with.is_empty() => {
            Text::Bad(format!("✘ {agent} does not merge"))
        }
        Halt::Conflict { agent, with, .. } => Text::Bad(format!("✘ {agent} conflicts with {}", names(with))),
        other => Text::Bad(printable(&format!("✘ {other}"))),
    }];
    if let Halt::Conflict { agent, solving, remembered, .. } = halt {
        match solving {
            Solving::Owner { told } => {
                lines.push(Text::Warn(format!(
                    "▲ {agent} was asked to solve it; ‹continue› goes on once it is ready again"
                )));
                if !told.is_empty() {
                    lines.push(Text::Quiet(printable(told)));
                }
            }
            Solving::Hand { path } => {
                lines.push(Text::Warn("▲ solve it there and add the files, then ‹continue› goes on:".into()));
                lines.push(Text::Path("    ".into(), printable(path)));
            }
            Solving::Nobody => {}
        }
        if let Some(r) = remembered.as_ref().filter(|_| *solving == Solving::Nobody) {
            let text = format!("▲ the same conflict was solved before ({}): ‹continue› takes that", r.how);
            lines.push(Text::Warn(printable(&text)));
        }
    }
    lines
}

/// The gates on the result: what runs now, which are green, and what the others said last.
fn results(state: &State, train: &TrainView) -> Vec<Text> {
    let now = gating::of_merge(state).map_or(Vec::new(), |job| gating::texts(job, state.now));
    now.into_iter().chain(ended(state, train)).collect()
}

/// The gates that have run, or are to.
fn ended(state: &State, train: &TrainView) -> Vec<Text> {
    let configured = state.config.gates.iter().map(|g| g.name.as_str());
    if train.gates.is_empty() {
        let all: Vec<&str> = configured.collect();
        let planned = matches!(train.phase, Phase::Planned | Phase::Building | Phase::Gating | Phase::Halted);
        if all.is_empty() || !planned || train.plan.steps.is_empty() {
            return Vec::new();
        }
        return vec![Text::Quiet(printable(&format!("gates on the result: {}", all.join(" · "))))];
    }
    let bad = train.gates.iter().any(|g| g.status != GateStatus::Green);
    let text = format!("gates on the result: {}", gates(&train.gates));
    let mut lines = vec![if bad { Text::Bad(text) } else { Text::Plain(text) }];
    for red in train.gates.iter().filter(|g| g.status != GateStatus::Green) {
        lines.push(Text::Head(printable(&format!("{} at {}", red.gate, red.oid.short()))));
        lines.extend(red.tail.lines().map(|l| Text::Plain(printable(&format!("    {l}")))));
    }
    lines
}
