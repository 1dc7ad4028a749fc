//! `orchestra merge`: the train, shown before it runs.

use super::args::Merge as Args;
use super::exit::{Exit, Fail};
use super::table::{Side, Table};
use super::{answer, out, place};
use crate::domain::command::{Command, Until};
use crate::domain::review::GateStatus;
use crate::domain::signal::printable;
use crate::domain::train::Built;
use crate::domain::view::{Answer, TrainView};

/// The longest a train may take, in milliseconds.
const LONGEST_MS: u64 = 24 * 3600 * 1000;

/// Shows what would be merged, asks, and merges.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    if !args.dry_run && !args.yes && (args.of.json || !out::on_terminal()) {
        let why = "merge: nobody can be asked here; say --yes, or look first with --dry-run";
        return Err(Fail::usage(why).into());
    }
    let mut control = place::control(args.of.session.as_deref())?;
    if !args.yes {
        let plan = control.ask(Command::MergePlan)?;
        let Answer::Train(train) = &plan else { return answer::show(plan, args.of.format()) };
        let question = question(train);
        let missing = missing(train);
        let exit = answer::show(plan, args.of.format())?;
        if let Some(missing) = missing {
            return Err(missing.into());
        }
        if args.dry_run || exit != Exit::Done {
            return Ok(exit);
        }
        if !out::ask(&question)? {
            out::note("nothing was moved");
            return Ok(Exit::Failed);
        }
    }
    let mut answer = control.ask(Command::Merge)?;
    if let Answer::Done { .. } = answer {
        let until = Until::Train;
        answer = control.ask(Command::Wait { targets: vec![], until, timeout_ms: LONGEST_MS })?;
    }
    let unmoved = matches!(&answer, Answer::Train(t) if !t.applied);
    let missing = if let Answer::Train(t) = &answer { missing(t) } else { None };
    let exit = answer::show(answer, args.of.format())?;
    match missing {
        Some(missing) if unmoved => Err(missing.into()),
        _ if unmoved => Ok(Exit::Failed),
        _ => Ok(exit),
    }
}

/// Whether a train cannot go through: a conflict, or a gate that is not green.
pub(super) fn has_errors(train: &TrainView) -> bool {
    matches!(train.built, Some(Built::Conflict(_))) || train.gates.iter().any(|g| !g.passed())
}

/// A train for people.
pub(super) fn text(train: &TrainView) -> String {
    let plan = &train.plan;
    let mut text = format!("{} steps into {} at {}\n", plan.steps.len(), plan.target, plan.base.short());
    let columns = [
        ("step", Side::Right),
        ("agent", Side::Left),
        ("branch", Side::Left),
        ("commit", Side::Left),
        ("merge", Side::Left),
        ("message", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for (index, step) in plan.steps.iter().enumerate() {
        let merge = match &train.built {
            Some(Built::Clean { steps, .. }) => {
                steps.iter().find(|m| m.agent == step.agent).map_or("", |m| m.oid.short())
            }
            Some(Built::Conflict(stuck)) if stuck.agent == step.agent => "conflict",
            _ => "",
        };
        table.row([
            (index + 1).to_string(),
            step.agent.to_string(),
            step.branch.clone(),
            step.oid.short().to_owned(),
            merge.to_owned(),
            step.message.lines().next().unwrap_or_default().to_owned(),
        ]);
    }
    if !table.is_empty() {
        text.push_str(&table.render());
    }
    if let Some(Built::Conflict(stuck)) = &train.built {
        let agent = &stuck.agent;
        let others: Vec<&str> = stuck.with.iter().map(|a| a.as_str()).collect();
        let with = if others.is_empty() { String::new() } else { format!(" with {}", others.join(" ")) };
        for c in &stuck.conflicts {
            text.push_str(&format!("conflict of {agent}{with}: {}\n", printable(&c.to_string())));
        }
    }
    for gate in &train.gates {
        let remark = Some(gate.remark()).filter(|r| !r.is_empty()).map(|r| format!(" ({r})"));
        let (word, remark) = (gate.status.word(), remark.unwrap_or_default());
        text.push_str(&format!("gate {}: {word}{remark}\n", gate.gate));
        if gate.status != GateStatus::Green {
            for line in gate.tail.lines().rev().take(5).collect::<Vec<_>>().into_iter().rev() {
                text.push_str(&format!("  {}\n", printable(line)));
            }
        }
    }
    if !train.left_out.is_empty() {
        let names: Vec<&str> = train.left_out.iter().map(|a| a.as_str()).collect();
        text.push_str(&format!("left out: {}\n", names.join(" ")));
    }
    for missing in &train.missing {
        text.push_str(&format!("missing: {}\n", printable(missing)));
    }
    for note in &train.notes {
        text.push_str(&format!("note: {}\n", printable(note)));
    }
    if train.applied {
        let to = result(train).map_or("the result", |(oid, _)| oid);
        text.push_str(&format!("moved {} {} → {to}\n", plan.target, plan.base.short()));
    } else if has_errors(train) {
        text.push_str(&format!("{} was not moved\n", plan.target));
    }
    text
}

fn result(train: &TrainView) -> Option<(&str, u32)> {
    match &train.built {
        Some(Built::Clean { result, files, .. }) => Some((result.short(), *files)),
        _ => None,
    }
}

fn missing(train: &TrainView) -> Option<Fail> {
    let why = || {
        format!(
            "merge: not ready are {}; wait, or leave one out with `orchestra skip AGENT`",
            train.missing.join("; ")
        )
    };
    (!train.missing.is_empty()).then(|| Fail::protected(why()))
}

fn question(train: &TrainView) -> String {
    let plan = &train.plan;
    let merges = plan.steps.len();
    match result(train) {
        Some((to, files)) => {
            let base = plan.base.short();
            format!(
                "Move {} {base} → {to} ({merges} merges, {files} files) once all gates are green?",
                plan.target
            )
        }
        None => format!("Merge {merges} branches and move {} once all gates are green?", plan.target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::review::tests::gate;
    use crate::domain::id::{AgentName, Oid};
    use crate::domain::review::{Conflict, ConflictKind};
    use crate::domain::team::Signing;
    use crate::domain::train::{Step, Stuck, TrainPlan};

    fn train() -> TrainView {
        let step = Step {
            agent: AgentName::new("SEC").unwrap(),
            branch: "agent-3-sec".into(),
            oid: Oid("9f3e21c000".into()),
            message: "feat(sec): policies\n\nbody".into(),
        };
        let plan = TrainPlan {
            id: 1,
            target: "main".into(),
            base: Oid("1b1c6aa0".into()),
            steps: vec![step],
            date: 0,
            author: None,
            resolved: vec![],
            sign: Signing::default(),
        };
        let (built, gates, left_out, missing) = (None, vec![], vec![], vec![]);
        TrainView { plan, built, gates, applied: false, left_out, missing, notes: vec![] }
    }

    #[test]
    fn conflicts_and_red_gates_are_errors_and_say_why() {
        assert!(!has_errors(&train()));
        let mut red = train();
        red.gates.push(gate("aa", GateStatus::Red));
        assert!(has_errors(&red));
        assert!(text(&red).contains("gate build: red\n  boom\nmain was not moved\n"), "{}", text(&red));
        let mut conflict = train();
        conflict.built = Some(Built::Conflict(Stuck::new(
            AgentName::new("SEC").unwrap(),
            vec![AgentName::new("PLAT").unwrap()],
            vec![Conflict::new("a.json", ConflictKind::Content)],
        )));
        assert!(has_errors(&conflict));
        assert!(text(&conflict).contains("conflict of SEC with PLAT: a.json (content)"));
    }

    #[test]
    fn the_question_names_the_consequence() {
        let mut t = train();
        t.built = Some(Built::Clean { steps: vec![], result: Oid("5e0d9c2ff".into()), files: 46 });
        assert_eq!(
            question(&t),
            "Move main 1b1c6aa → 5e0d9c2 (1 merges, 46 files) once all gates are green?"
        );
        assert!(missing(&t).is_none());
        t.missing.push("SEC: 2 commits".into());
        assert!(missing(&t).is_some_and(|f| f.exit == Exit::Protected && f.why.contains("SEC: 2 commits")));
    }
}
