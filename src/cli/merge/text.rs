//! A train for people: what it would do, how far it is, why it stands still and what can be done.

use crate::cli::exit::{Exit, Fail};
use crate::cli::table::{Side, Table};
use crate::domain::review::{Engines, GateStatus};
use crate::domain::signal::printable;
use crate::domain::train::{Built, Choice, Halt, Merged, Phase, Solving};
use crate::domain::view::TrainView;

/// What a train means for the exit status: 1 where it does not go through, 4 where that protects work.
pub(in crate::cli) fn verdict(train: &TrainView) -> Exit {
    if train.phase == Phase::Dropped {
        return Exit::Done;
    }
    match &train.halt {
        Some(Halt::Moved { .. } | Halt::Blocked { .. }) => return Exit::Protected,
        Some(_) => return Exit::Failed,
        None => {}
    }
    let failed = matches!(train.built, Some(Built::Conflict(_)))
        || (train.phase != Phase::Applied && train.gates.iter().any(|g| !g.passed()));
    if failed { Exit::Failed } else { Exit::Done }
}

/// A train for people.
pub(in crate::cli) fn text(train: &TrainView) -> String {
    let plan = &train.plan;
    let mut text = match plan.id {
        0 => String::new(),
        id => format!("train {id}: "),
    };
    text.push_str(&format!("{} steps into {} at {}\n", plan.steps.len(), plan.target, plan.base.short()));
    text.push_str(&steps(train));
    conflicts(train, &mut text);
    gates(train, &mut text);
    let named =
        |who: &[crate::domain::id::AgentName]| who.iter().map(|a| a.as_str()).collect::<Vec<_>>().join(" ");
    for (word, who) in [("left out", &train.left_out), ("skipped", &train.skipped)] {
        if !who.is_empty() {
            text.push_str(&format!("{word}: {}\n", named(who)));
        }
    }
    for missing in &train.missing {
        text.push_str(&format!("missing: {}\n", printable(missing)));
    }
    for note in &train.notes {
        text.push_str(&format!("note: {}\n", printable(note)));
    }
    if let Some(old) = train.replaces {
        text.push_str(&format!(
            "takes the place of train {old}, which is halted; --continue goes on with that\n"
        ));
    }
    text.push_str(&state(train));
    text
}

fn steps(train: &TrainView) -> String {
    let columns = [
        ("step", Side::Right),
        ("agent", Side::Left),
        ("branch", Side::Left),
        ("commit", Side::Left),
        ("merge", Side::Left),
        ("message", Side::Left),
    ];
    let mut table = Table::new(&columns);
    let merged: &[Merged] = match &train.built {
        Some(Built::Clean { steps, .. }) => steps,
        Some(Built::Conflict(stuck)) => &stuck.steps,
        None => &[],
    };
    let stuck = match &train.built {
        Some(Built::Conflict(stuck)) => Some(&stuck.agent),
        _ => None,
    };
    let mut notes = String::new();
    for (index, step) in train.plan.steps.iter().enumerate() {
        let made = merged.iter().find(|m| m.agent == step.agent);
        let merge = match made {
            Some(made) => made.oid.short(),
            None if stuck == Some(&step.agent) => "conflict",
            None => "",
        };
        table.row([
            (index + 1).to_string(),
            step.agent.to_string(),
            step.branch.clone(),
            step.oid.short().to_owned(),
            merge.to_owned(),
            step.message.lines().next().unwrap_or_default().to_owned(),
        ]);
        if let Some(made) = made {
            notes.push_str(&note(made));
        }
    }
    if table.is_empty() { notes } else { table.render() + &notes }
}

/// What is to be said of a merge beyond its id.
fn note(made: &Merged) -> String {
    let mut text = String::new();
    if !made.how.is_empty() {
        text.push_str(&format!("{}: its conflict is solved: {}\n", made.agent, printable(&made.how)));
    }
    match &made.engines {
        Engines::Disagree(why) => {
            text.push_str(&format!(
                "{}: engines disagree, git is followed: {}\n",
                made.agent,
                printable(why)
            ));
        }
        Engines::Git(why) => {
            text.push_str(&format!("{}: merged by the git program: {}\n", made.agent, printable(why)));
        }
        Engines::Library(_) | Engines::Agree | Engines::Unchecked => {}
    }
    text
}

fn conflicts(train: &TrainView, text: &mut String) {
    let Some(Built::Conflict(stuck)) = &train.built else { return };
    let others: Vec<&str> = stuck.with.iter().map(|a| a.as_str()).collect();
    let with = if others.is_empty() { String::new() } else { format!(" with {}", others.join(" ")) };
    for c in &stuck.conflicts {
        text.push_str(&format!("conflict of {}{with}: {}\n", stuck.agent, printable(&c.to_string())));
    }
}

fn gates(train: &TrainView, text: &mut String) {
    for gate in &train.gates {
        let remark = Some(gate.remark()).filter(|r| !r.is_empty()).map(|r| format!(" ({r})"));
        let (word, remark) = (gate.status.word(), remark.unwrap_or_default());
        text.push_str(&format!("gate {}: {word} at {}{remark}\n", gate.gate, gate.oid.short()));
        if gate.status != GateStatus::Green {
            for line in gate.tail.lines().rev().take(5).collect::<Vec<_>>().into_iter().rev() {
                text.push_str(&format!("  {}\n", printable(line)));
            }
        }
    }
}

/// How it stands, and what can be done.
fn state(train: &TrainView) -> String {
    let plan = &train.plan;
    let target = &plan.target;
    let mut text = match train.phase {
        Phase::Planned => match &train.halt {
            Some(halt) => format!(
                "it would stand still: {}; {target} would not be moved\n",
                printable(&halt.to_string())
            ),
            None => String::new(),
        },
        Phase::Applied => {
            let to = train.landed.as_ref().map_or("the result", |oid| oid.short());
            format!("moved {target} {} → {to}\n", train.began.short())
        }
        Phase::Undone => {
            format!(
                "took {target} back to {}; {} keeps what the train made\n",
                train.began.short(),
                train.backup
            )
        }
        Phase::Halted => {
            let why = train.halt.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("halted: {}; {}\n", printable(&why), stands(train))
        }
        Phase::Dropped => format!("given up; {}\n", stands(train)),
        phase => format!("{phase}\n"),
    };
    if let Some(Halt::Conflict { solving: Solving::Hand { path }, .. }) = &train.halt {
        text.push_str(&format!("solve it in {path}, `git add` what is solved, then --continue\n"));
    }
    if train.phase == Phase::Halted || (train.phase == Phase::Applied && !train.choices.is_empty()) {
        for choice in &train.choices {
            text.push_str(&format!("  orchestra merge {:<14} {}\n", flag(train, *choice), about(*choice)));
        }
    }
    text
}

/// What became of the target.
fn stands(train: &TrainView) -> String {
    let target = &train.plan.target;
    match &train.landed {
        None => format!("{target} was not moved"),
        Some(at) => format!("{target} is at {} with the steps that landed", at.short()),
    }
}

fn flag(train: &TrainView, choice: Choice) -> String {
    let whose = train.halt.as_ref().and_then(Halt::whose);
    match (choice, whose) {
        (Choice::Skip, Some(agent)) => format!("--skip {agent}"),
        _ => choice.flag().to_owned(),
    }
}

fn about(choice: Choice) -> &'static str {
    match choice {
        Choice::Continue => "goes on: what is left is built anew and proved",
        Choice::Hand => "has its agent solve it in its own worktree",
        Choice::Resolve => "makes a worktree to solve it by hand",
        Choice::Skip => "goes on without that branch",
        Choice::Abort => "gives the train up",
        Choice::Undo => "takes the target back to where it was before",
    }
}

/// Who is missing, as a failure.
pub(super) fn missing(train: &TrainView) -> Option<Fail> {
    let why = || {
        format!(
            "merge: not ready are {}; wait, or leave one out with `orchestra skip AGENT`",
            train.missing.join("; ")
        )
    };
    (!train.missing.is_empty()).then(|| Fail::protected(why()))
}

/// Why a train stands still, as a failure says it.
pub(super) fn halted(train: &TrainView) -> Option<String> {
    let halt = train.halt.as_ref().filter(|_| train.phase == Phase::Halted)?;
    Some(format!("merge: {halt}; {}; `orchestra merge --status` says what can be done", stands(train)))
}

/// The question before a train is given up; none where there is nothing to give up.
pub(super) fn ask_abort(train: &TrainView) -> Option<String> {
    let there = train.choices.contains(&Choice::Abort);
    there.then(|| format!("Give train {} up? Branches stay as they are; {}.", train.plan.id, stands(train)))
}

/// The question before the target is taken back; none where nothing landed.
pub(super) fn ask_undo(train: &TrainView) -> Option<String> {
    let at = train.landed.as_ref()?;
    Some(format!(
        "Take {} back {} → {}? A ref keeps what the train made.",
        train.plan.target,
        at.short(),
        train.began.short()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::review::tests::gate;
    use crate::domain::id::{AgentName, Oid};
    use crate::domain::review::{Conflict, ConflictKind};
    use crate::domain::train::{Step, Stuck, TrainPlan};

    fn name(text: &str) -> AgentName {
        AgentName::new(text).unwrap()
    }

    fn train() -> TrainView {
        let step = Step {
            agent: name("SEC"),
            branch: "agent-3-sec".into(),
            oid: Oid("9f3e21c000".into()),
            message: "feat(sec): policies\n\nbody".into(),
        };
        let plan = serde_json::json!({
            "id": 1, "target": "main", "base": "1b1c6aa0", "steps": [step], "date": 0,
        });
        let plan: TrainPlan = serde_json::from_value(plan).unwrap();
        let view = serde_json::json!({
            "plan": plan, "built": null, "gates": [], "applied": false, "left_out": [], "missing": [],
        });
        serde_json::from_value(view).unwrap()
    }

    #[test]
    fn conflicts_and_red_gates_are_errors_and_say_why_and_what_can_be_done() {
        assert_eq!(verdict(&train()), Exit::Done);
        let mut red = train();
        red.phase = Phase::Halted;
        red.gates.push(gate("aa", GateStatus::Red));
        let halt = Halt::Red {
            gates: vec!["build".into()],
            at: Oid("aa".into()),
            guilty: Some(name("SEC")),
            said: vec!["gate build is red (exit 1): boom".into()],
            unrun: vec![],
        };
        red.choices = halt.choices();
        red.halt = Some(halt);
        assert_eq!(verdict(&red), Exit::Failed);
        let said = text(&red);
        assert!(said.contains("gate build: red at aa\n  boom\nhalted: gate build is red"), "{said}");
        assert!(said.contains("the step of SEC brought it about; main was not moved\n"), "{said}");
        assert!(said.contains("  orchestra merge --skip SEC     goes on without that branch\n"), "{said}");
        let mut conflict = train();
        let stuck =
            Stuck::new(name("SEC"), vec![name("PLAT")], vec![Conflict::new("a.json", ConflictKind::Content)]);
        conflict.halt = Some(Halt::conflict(&stuck, None));
        conflict.built = Some(Built::Conflict(stuck));
        assert_eq!(verdict(&conflict), Exit::Failed);
        conflict.phase = Phase::Dropped;
        assert_eq!(verdict(&conflict), Exit::Done, "it was given up, as was asked");
        conflict.phase = Phase::Planned;
        let said = text(&conflict);
        assert!(said.contains("conflict of SEC with PLAT: a.json (content)"), "{said}");
        assert!(said.contains("it would stand still: SEC conflicts with PLAT in a.json (content)"), "{said}");
    }

    #[test]
    fn what_protects_work_is_a_refusal() {
        let mut moved = train();
        let (expected, found) = (Oid("1".into()), Oid("2".into()));
        moved.halt = Some(Halt::Moved { branch: "main".into(), expected, found });
        assert_eq!(verdict(&moved), Exit::Protected);
    }

    #[test]
    fn the_questions_name_the_consequence() {
        let mut t = train();
        t.built = Some(Built::Clean { steps: vec![], result: Oid("5e0d9c2ff".into()), files: 46 });
        assert_eq!(
            t.question(),
            "Move main 1b1c6aa → 5e0d9c2 (1 merge, 46 files). Undo: orchestra merge --undo."
        );
        assert!(missing(&t).is_none());
        t.missing.push("SEC: 2 commits".into());
        assert!(missing(&t).is_some_and(|f| f.exit == Exit::Protected && f.why.contains("SEC: 2 commits")));
        assert_eq!(ask_undo(&t), None);
        (t.landed, t.began) = (Some(Oid("5e0d9c2ff".into())), Oid("1b1c6aa0".into()));
        let said = ask_undo(&t).unwrap();
        assert_eq!(said, "Take main back 5e0d9c2 → 1b1c6aa? A ref keeps what the train made.");
        t.choices = vec![Choice::Abort];
        assert!(ask_abort(&t).unwrap().ends_with("main is at 5e0d9c2 with the steps that landed."));
    }
}
