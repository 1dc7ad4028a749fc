//! A train that does not go well: gates by halves and step by step, halts, and what is done about them.

use super::kit::{Stage, TEAM, config, name, oid};
use super::merge::{all_ready_of, applies, train};
use crate::domain::command::{Caller, Command, Confirming};
use crate::domain::record::Record;
use crate::domain::review::{Conflict, ConflictKind};
use crate::domain::state::AgentState;
use crate::domain::team::{Config, Landing, Testing};
use crate::domain::train::{Built, Choice, Halt, Resolution, Solved, Solving, Stuck, Undone};
use crate::domain::view::{Answer, Fault, TrainView};
use crate::engine::event::Effect;
use crate::engine::parts::TrainPhase;

fn of(testing: Testing, landing: Landing) -> Stage {
    let mut c: Config = config();
    (c.merge.testing, c.merge.landing) = (testing, landing);
    all_ready_of(c)
}

fn go_on(s: &mut Stage) -> TrainView {
    train(s.ask(Command::MergeContinue { skip: vec![] }))
}

fn skip(s: &mut Stage, agent: &str) -> TrainView {
    train(s.ask(Command::MergeContinue { skip: vec![name(agent)] }))
}

/// Where gates ran since the last look, in order.
fn proved(s: &mut Stage) -> Vec<String> {
    let of = |(_, e): (u64, Effect)| match e {
        Effect::Gates { oid, .. } => Some(oid.0),
        _ => None,
    };
    s.effects.drain(..).filter_map(of).collect()
}

/// Where the target moved, in order.
fn landings(s: &Stage) -> Vec<String> {
    let of = |(_, r): &(_, Record)| match r {
        Record::TrainIntent(m) => Some(format!("{}→{}", m.old, m.new)),
        _ => None,
    };
    s.journal.iter().filter_map(of).collect()
}

fn conflicting(s: &mut Stage, agent: &str) {
    let conflicts = vec![Conflict::new("a/b.rs", ConflictKind::Content)];
    let stuck = Stuck { onto: oid("onto000"), ..Stuck::new(name(agent), vec![name("SEC")], conflicts) };
    s.git.conflict = Some(Built::Conflict(stuck));
}

fn guilty(view: &TrainView) -> Option<&str> {
    let Some(Halt::Red { guilty, .. }) = &view.halt else { panic!("{view:?}") };
    guilty.as_ref().map(|g| g.as_str())
}

#[test]
fn a_red_result_is_tried_again_and_then_the_guilty_step_is_found_by_halves() {
    for who in TEAM {
        let mut s = of(Testing::Bisect, Landing::End);
        s.git.guilty = Some(("test".into(), who.into()));
        proved(&mut s);
        let view = train(s.ask(Command::Merge));
        assert_eq!(guilty(&view), Some(who));
        assert_eq!(view.choices[0], Choice::Skip);
        let ran = proved(&mut s);
        assert_eq!(ran[..2], ["m-DOCS", "m-DOCS"], "it may not be steady");
        assert!(ran.len() <= 2 + 3, "{ran:?}");
        assert_eq!(applies(&s), 0);
        // Without it the rest is built and proved anew.
        let view = skip(&mut s, who);
        assert_eq!((view.phase, &view.skipped[..]), (TrainPhase::Applied, &[name(who)][..]));
        assert_eq!((s.is(who), applies(&s)), (AgentState::Ready, 1));
        let last = if who == "DOCS" { "m-QA" } else { "m-DOCS" };
        assert_eq!(proved(&mut s).last().map(String::as_str), Some(last), "what lands is what was proved");
    }
}

#[test]
fn a_gate_that_is_not_steady_blames_nobody() {
    let mut s = of(Testing::Bisect, Landing::End);
    s.git.flaky.insert("test".into(), 1);
    assert!(train(s.ask(Command::Merge)).applied);
    let mut s = of(Testing::End, Landing::End);
    s.git.flaky.insert("test".into(), 1);
    assert_eq!(guilty(&train(s.ask(Command::Merge))), None);
    assert!(go_on(&mut s).applied, "to go on tries again");
}

#[test]
fn each_step_is_proved_and_lands_where_that_is_wanted() {
    let mut s = of(Testing::Each, Landing::End);
    s.git.guilty = Some(("build".into(), "OBS".into()));
    proved(&mut s);
    assert_eq!(guilty(&train(s.ask(Command::Merge))), Some("OBS"));
    assert_eq!(proved(&mut s), ["m-ARCH", "m-PLAT", "m-SEC", "m-OBS"]);
    assert!(landings(&s).is_empty());
    let mut s = of(Testing::End, Landing::Each);
    s.git.guilty = Some(("build".into(), "SEC".into()));
    let view = train(s.ask(Command::Merge));
    assert_eq!(guilty(&view), Some("SEC"));
    assert_eq!(landings(&s), ["main000→m-ARCH", "m-ARCH→m-PLAT"]);
    assert_eq!((view.landed, view.began), (Some(oid("m-PLAT")), oid("main000")));
    assert_eq!(
        (s.is("ARCH"), s.is("PLAT"), s.is("SEC")),
        (AgentState::Merged, AgentState::Merged, AgentState::Ready)
    );
    // The rest goes without it, from where the target is; all of it can be undone.
    let view = skip(&mut s, "SEC");
    assert_eq!((view.phase, view.began.0.as_str()), (TrainPhase::Applied, "main000"));
    assert_eq!(view.plan.base, oid("m-PLAT"));
    assert_eq!(s.git.target.oid, oid("m-DOCS"));
    let view = train(s.ask(Command::MergeUndo));
    assert_eq!((view.phase, s.git.target.oid.0.as_str()), (TrainPhase::Undone, "main000"));
    assert!(TEAM.iter().all(|a| s.is(a) == AgentState::Ready));
}

#[test]
fn what_was_left_of_a_train_can_be_skipped_and_what_landed_stays() {
    let mut s = of(Testing::End, Landing::Each);
    s.git.guilty = Some(("build".into(), "DOCS".into()));
    assert_eq!(guilty(&train(s.ask(Command::Merge))), Some("DOCS"));
    let view = skip(&mut s, "DOCS");
    assert_eq!((view.phase, view.landed), (TrainPhase::Applied, Some(oid("m-QA"))));
    assert_eq!(s.is("DOCS"), AgentState::Ready);
}

#[test]
fn a_conflict_is_handed_to_its_owner_and_the_train_goes_on_with_what_it_makes() {
    let mut s = of(Testing::Bisect, Landing::End);
    conflicting(&mut s, "OBS");
    let view = train(s.ask(Command::Merge));
    assert_eq!(view.choices, [Choice::Hand, Choice::Resolve, Choice::Skip, Choice::Abort]);
    let Answer::Receipts { receipts } = s.ask(Command::MergeHand) else { panic!() };
    assert_eq!((receipts.len(), receipts[0].agent.as_str()), (1, "OBS"));
    assert_eq!(s.agent("OBS").base, Some(oid("onto000")), "its work is counted from what it is merged with");
    s.pass(3000);
    assert!(s.written("OBS")[0].1.contains("does not merge with work that goes into `main`"));
    let (fault, why) = s.fault(Command::MergeContinue { skip: vec![] });
    assert_eq!(fault, Fault::Protected);
    assert!(why.contains("not ready: OBS"), "{why}");
    // It solves, makes it one commit, and claims.
    s.git.conflict = None;
    let tip = s.git.squash("OBS");
    s.rests("OBS");
    s.ready("OBS");
    let view = go_on(&mut s);
    assert!(view.applied, "{view:?}");
    assert_eq!((view.plan.id, &view.plan.steps[3].oid), (1, &tip));
    let remembered = s.effects.iter().any(|(_, e)| {
        matches!(e, Effect::Solve { how, .. } if matches!(&**how,
        crate::domain::train::Solve::Remember { by, .. } if *by == tip))
    });
    assert!(remembered, "how it was solved is kept");
}

#[test]
fn a_conflict_is_solved_by_hand_and_only_what_is_whole_is_taken() {
    let mut s = of(Testing::Bisect, Landing::End);
    conflicting(&mut s, "OBS");
    train(s.ask(Command::Merge));
    let view = train(s.ask(Command::MergeResolve));
    let Some(Halt::Conflict { solving: Solving::Hand { path }, .. }) = &view.halt else { panic!("{view:?}") };
    assert_eq!(path, "/scratch/train-1");
    s.git.solved = Some(Solved::Unsolved(vec!["conflict marks are left in a/b.rs".into()]));
    let (fault, why) = s.fault(Command::MergeContinue { skip: vec![] });
    assert_eq!(fault, Fault::Failed);
    assert!(why.contains("not solved yet: conflict marks are left in a/b.rs"), "{why}");
    s.git.solved = None;
    let plan = train(s.ask(Command::ContinuePlan { skip: vec![] }));
    assert_eq!((plan.phase, applies(&s)), (TrainPhase::Planned, 0), "looking takes nothing");
    let view = go_on(&mut s);
    let made = Resolution {
        agent: name("OBS"),
        onto: oid("onto000"),
        tip: view.plan.steps[3].oid.clone(),
        tree: oid("tree001"),
        how: "by hand".into(),
    };
    assert_eq!((view.applied, &view.plan.resolved[..]), (true, &[made][..]));
    assert!(s.effects.iter().any(|(_, e)| matches!(e, Effect::ForgetTrain { train: 1 })));
}

#[test]
fn a_remembered_resolution_is_offered_and_taken_only_when_asked() {
    let mut s = of(Testing::Bisect, Landing::End);
    conflicting(&mut s, "OBS");
    let how = "remembered resolution (train 1, OBS by hand)".to_owned();
    let (onto, tip, tree) = (oid("onto000"), oid("c000004"), oid("tree002"));
    s.git.remembered = Some(Resolution { agent: name("OBS"), onto, tip, tree, how });
    let view = train(s.ask(Command::Merge));
    assert_eq!((view.applied, view.choices[0]), (false, Choice::Continue));
    assert!(
        view.halt
            .unwrap()
            .to_string()
            .ends_with("; remembered resolution (train 1, OBS by hand) can be used")
    );
    let view = go_on(&mut s);
    assert!(view.applied && view.plan.resolved[0].how.starts_with("remembered"));
}

#[test]
fn a_train_is_given_up_and_late_answers_do_not_revive_it() {
    for kind in ["build", "gates"] {
        let mut s = of(Testing::Bisect, Landing::End);
        s.git.silent.insert(kind);
        let first = s.asks(Command::Merge);
        let view = train(s.ask(Command::MergeAbort));
        assert_eq!(view.phase, TrainPhase::Dropped);
        assert!(matches!(&s.answers[&first], Answer::Train(t) if t.phase == TrainPhase::Dropped));
        s.catch_up();
        assert_eq!((s.state.train.as_ref().unwrap().phase, applies(&s)), (TrainPhase::Dropped, 0));
        assert_eq!(train(s.ask(Command::MergeAbort)).phase, TrainPhase::Dropped, "twice is once");
        let view = train(s.ask(Command::Merge));
        assert_eq!((view.applied, view.plan.id), (true, 2));
        assert_eq!(s.fault(Command::MergeAbort).0, Fault::Protected, "what landed is undone, not given up");
    }
}

#[test]
fn undo_goes_back_to_where_it_was_or_says_who_is_in_the_way() {
    let mut s = of(Testing::Bisect, Landing::End);
    assert_eq!(s.fault(Command::MergeUndo).0, Fault::Usage);
    s.ask(Command::Merge);
    let built = Undone::Built { found: oid("later00"), backup: "refs/b".into() };
    s.git.undone = Some(built);
    let (fault, why) = s.fault(Command::MergeUndo);
    assert_eq!(fault, Fault::Protected);
    assert!(
        why.contains("main is at later00, not at m-DOCS as train 1 left it: somebody built on it"),
        "{why}"
    );
    assert!(why.contains("git revert --no-edit -m 1 m-DOCS m-QA m-OPS") && why.contains("refs/b"), "{why}");
    assert_eq!(s.state.train.as_ref().unwrap().phase, TrainPhase::Applied);
    s.git.undone = None;
    let at = |s: &Stage, f: &dyn Fn(&Effect) -> bool| s.effects.iter().rposition(|(_, e)| f(e)).unwrap();
    let view = train(s.ask(Command::MergeUndo));
    let intent = at(&s, &|e| matches!(e, Effect::Journal(r @ Record::UndoIntent(_)) if r.must_sync()));
    assert!(
        intent < at(&s, &|e| matches!(e, Effect::Undo(_))),
        "the intent is on disk before the target moves"
    );
    assert_eq!((view.phase, view.backup.as_str()), (TrainPhase::Undone, "refs/orchestra/backup/s/train-1"));
    assert!(TEAM.iter().all(|a| s.is(a) == AgentState::Ready));
    assert_eq!(train(s.ask(Command::MergeUndo)).phase, TrainPhase::Undone, "twice is once");
    assert_eq!(train(s.ask(Command::Merge)).plan.id, 2, "and it can be merged again");
}

#[test]
fn nothing_of_it_is_for_agents() {
    let mut s = of(Testing::Bisect, Landing::End);
    let all = [
        Command::Merge,
        Command::MergePlan,
        Command::MergeContinue { skip: vec![] },
        Command::ContinuePlan { skip: vec![] },
        Command::MergeHand,
        Command::MergeResolve,
        Command::MergeAbort,
        Command::MergeUndo,
    ];
    for command in all {
        let n = s.says(Caller::Pane(name("SEC")), command);
        assert!(
            matches!(&s.answers[&n], Answer::Fault { fault: Fault::Protected, .. }),
            "{:?}",
            s.answers[&n]
        );
    }
    let n = s.says(Caller::Pane(name("ORCHESTRATOR")), Command::Merge);
    assert_eq!(applies(&s), 0, "not without a person");
    s.ask(Command::Confirm(Confirming::Yes { id: 1 }));
    assert!(matches!(&s.answers[&n], Answer::Train(t) if t.applied));
}

#[test]
fn what_makes_no_sense_is_said() {
    let mut s = of(Testing::Bisect, Landing::End);
    for command in [Command::MergeContinue { skip: vec![] }, Command::MergeHand, Command::MergeResolve] {
        assert_eq!(s.fault(command).0, Fault::Usage);
    }
    conflicting(&mut s, "OBS");
    s.ask(Command::Merge);
    let (fault, why) = s.fault(Command::MergeContinue { skip: vec![name("ORCHESTRATOR")] });
    assert_eq!((fault, why.as_str()), (Fault::Usage, "merge: ORCHESTRATOR is not on train 1"));
    s.git.silent.insert("solve");
    s.asks(Command::MergeResolve);
    assert_eq!(s.fault(Command::MergeContinue { skip: vec![] }).0, Fault::Protected, "one thing at a time");
}
