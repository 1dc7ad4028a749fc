//! Later stages see the earlier ones: branches are brought onto upstream work before a task is sent.

use super::kit::{BOX, SPIN, Stage, config, name, oid};
use crate::domain::command::{Command, Order};
use crate::domain::conduct::Ripple;
use crate::domain::record::Record;
use crate::domain::ripple::RippleBuilt;
use crate::domain::state::TaskState;
use crate::domain::train::Applied;
use crate::engine::event::{Effect, Event, Feeding};

/// PLAT builds on ARCH, NET on PLAT and SEC.
fn stage(how: Ripple) -> Stage {
    let mut c = config();
    c.conduct.ripple = how;
    for (agent, after) in [("PLAT", vec!["ARCH"]), ("NET", vec!["SEC", "PLAT"])] {
        let spec = c.team.iter_mut().find(|a| a.name == *agent).unwrap();
        spec.after = after.into_iter().map(name).collect();
    }
    let mut s = Stage::of(c);
    s.run("enhancement", Order::Staged, &[]);
    s.pass(1000);
    s
}

fn said(s: &Stage, agent: &str) -> String {
    let said = s.journal.iter().rev().find_map(|(_, r)| match r {
        Record::Rippled(r) if r.agent == *agent => Some(r.said.clone()),
        _ => None,
    });
    said.unwrap_or_default()
}

fn moves(s: &Stage) -> Vec<String> {
    let moves = s.effects.iter().filter_map(|(_, e)| match e {
        Effect::MoveBranch { agent, old, new } => Some(format!("{agent} {old} {new}")),
        _ => None,
    });
    moves.collect()
}

#[test]
fn a_branch_moves_before_its_prompt_and_its_work_counts_from_there() {
    let mut s = stage(Ripple::Rebase);
    s.commits("ARCH");
    let tip = s.git.branch("ARCH").head.clone();
    s.pass(1000);
    assert_eq!(moves(&s), ["PLAT base000 rbase000"]);
    assert_eq!(said(&s, "PLAT"), format!("brought onto the work of ARCH at {}", tip.short()));
    assert_eq!(s.agent("PLAT").base, Some(tip));
    let at = |wanted: &dyn Fn(&Record) -> bool| s.journal.iter().position(|(_, r)| wanted(r)).unwrap();
    let intent = at(&|r| matches!(r, Record::RippleIntent(_)));
    let base = at(&|r| matches!(r, Record::Base { .. }));
    let queued = at(&|r| matches!(r, Record::Queued { agent, .. } if *agent == *"PLAT"));
    assert!(intent < base && base < queued, "{intent} {base} {queued}");
    // Its work is counted from where it stands now.
    let run = &s.state.runs[0];
    let since = run.tasks.iter().find(|t| t.bound.agent == *"PLAT").unwrap().since.clone();
    assert_eq!(since, Some(oid("rbase000")));
    // Nobody else builds on anything that is done.
    assert_eq!(s.tasks(TaskState::Running), ["PLAT", "SEC", "OBS"]);
    for agent in ["PLAT", "OBS", "SEC"] {
        s.commits(agent);
    }
    s.pass(1000);
    let net = said(&s, "NET");
    assert!(
        net.starts_with("brought onto the work of ARCH, PLAT, SEC at "),
        "what PLAT builds on too: {net}"
    );
}

#[test]
fn nothing_moves_unless_asked_for() {
    let mut s = stage(Ripple::None);
    s.commits("ARCH");
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Running), ["PLAT", "SEC", "OBS"]);
    assert!(moves(&s).is_empty());
    let mut s = stage(Ripple::Merge);
    s.ask(Command::Skip { agent: name("ARCH") });
    s.pass(1000);
    assert!(moves(&s).is_empty(), "what was left out is not built on");
}

#[test]
fn what_keeps_a_branch_back_is_said_and_the_task_goes_without() {
    type Case = (&'static str, fn(&mut Stage));
    let cases: [Case; 4] = [
        ("its worktree has uncommitted files", |s| {
            s.git.branch("PLAT").untracked = vec!["notes".into()];
            s.asks(Command::Status);
        }),
        ("PLAT and ARCH conflict in a.txt (content)", |s| {
            let paths = vec!["a.txt (content)".into()];
            s.git.ripple = Some(RippleBuilt::Conflict { between: "PLAT and ARCH".into(), paths });
        }),
        ("a.txt; move it away", |s| {
            let remedy = "move it away".to_owned();
            s.git.applied = Some(Applied::InTheWay { files: vec!["a.txt".into()], remedy });
        }),
        ("it is working", |s| {
            s.print("PLAT", SPIN);
        }),
    ];
    for (why, make) in cases {
        let mut s = stage(Ripple::Rebase);
        make(&mut s);
        s.commits("ARCH");
        s.pass(1000);
        assert_eq!(said(&s, "PLAT"), format!("not brought onto the work of ARCH: {why}"));
        assert_eq!(s.agent("PLAT").base, None);
        s.rests("PLAT");
        s.pass(3000);
        assert!(!s.written("PLAT").is_empty(), "{why}");
        let crate::domain::view::Answer::Run(view) = s.ask(Command::ShowRun { run: None }) else { panic!() };
        assert!(view.tasks[1].upstream.ends_with(why));
    }
}

fn crash(s: &mut Stage) {
    s.crash();
    for agent in super::kit::TEAM {
        let bytes = BOX.as_bytes().to_vec();
        s.happen(Event::Output { agent: name(agent), bytes, mode: Feeding::Recovering });
    }
    s.happen(Event::Start);
}

#[test]
fn a_server_lost_meanwhile_finds_out_what_became_of_it() {
    // Before the intent nothing has happened: it is begun anew. Behind it, git decides.
    for (kind, recovers) in [("ripple", false), ("move", true)] {
        let mut s = stage(Ripple::Rebase);
        s.git.silent.insert(kind);
        s.commits("ARCH");
        s.pass(1000);
        assert!(s.tasks(TaskState::Queued).contains(&"PLAT"), "{kind}");
        s.git.silent.clear();
        s.git.held.clear();
        crash(&mut s);
        s.pass(3000);
        let recovered = s.effects.iter().any(|(_, e)| matches!(e, Effect::RecoverBranch { .. }));
        assert_eq!(recovered, recovers, "{kind}");
        assert!(said(&s, "PLAT").starts_with("brought onto"), "{kind}: {}", said(&s, "PLAT"));
        assert_eq!(s.count(|r| matches!(r, Record::Base { .. })), 1);
        assert_eq!(s.written("PLAT").len(), 2, "{kind}: pasted once and entered once");
    }
}

#[test]
fn readiness_goes_when_the_branch_is_brought_elsewhere() {
    let mut s = stage(Ripple::Rebase);
    s.git.commit("PLAT");
    s.ready("PLAT");
    assert!(s.agent("PLAT").ready.is_some());
    s.commits("ARCH");
    s.pass(1000);
    assert!(s.agent("PLAT").ready.is_none());
    assert_eq!(s.count(|r| matches!(r, Record::Withdrawn { .. })), 1);
}
