//! Shared git configuration that changed keeps the target where it is until the lead accepts it.

use super::kit::{Stage, name};
use super::merge::all_ready;
use crate::domain::command::{Caller, Command};
use crate::domain::guard::{Guarded, Redirected, Seen, Snapshot, Tampering, Watched};
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::domain::view::{Answer, Fault};
use crate::engine::event::Event;

fn seen(lines: &[&str]) -> Seen {
    let lines: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
    let digest = lines.join(";");
    let file = Watched { path: ".git/config".into(), digest: digest.clone(), lines: Some(lines) };
    Seen { snapshot: Snapshot { digest, files: vec![file] }, redirected: Vec::new() }
}

/// The workers saw something new.
fn look(s: &mut Stage, now: Seen) {
    s.git.seen = now.clone();
    s.happen(Event::Guarded { job: None, seen: Ok(Box::new(now)) });
}

fn trust(s: &mut Stage, digest: Option<&str>) -> Answer {
    s.ask(Command::Trust { digest: digest.map(str::to_owned), by: "ada\u{1b}".into() })
}

fn guarded(s: &Stage) -> Vec<Guarded> {
    let records = s.journal.iter().filter_map(|(_, r)| match r {
        Record::Guard(guarded) => Some(Guarded::clone(guarded)),
        _ => None,
    });
    records.collect()
}

#[test]
fn a_change_is_shown_blocks_the_merge_and_is_accepted_as_shown() {
    let mut s = all_ready();
    look(&mut s, seen(&["core.bare = false"]));
    look(&mut s, seen(&["core.bare = false", "core.fsmonitor = /evil"]));
    let (fault, why) = s.fault(Command::Merge);
    assert_eq!(fault, Fault::Protected);
    assert!(
        why.contains(".git/config (+ core.fsmonitor = /evil)") && why.contains("orchestra trust"),
        "{why}"
    );
    assert!(s.state.train.is_none());
    let Answer::Train(plan) = s.ask(Command::MergePlan) else { panic!() };
    assert!(plan.missing.iter().any(|m| m.contains("core.fsmonitor")), "{:?}", plan.missing);
    let Answer::Review { tampering: Some(t), .. } = s.ask(Command::Review { agents: vec![] }) else {
        panic!()
    };
    assert_eq!(t.changes[0].lines, ["+ core.fsmonitor = /evil"]);
    let Answer::Status(status) = s.ask(Command::Status) else { panic!() };
    assert_eq!(status.tampering.as_ref(), Some(&*t));

    // Accepting what was shown before it changed once more is refused.
    s.git.seen = seen(&["core.bare = false", "core.fsmonitor = /worse"]);
    let stale = trust(&mut s, Some(&t.digest));
    assert!(matches!(stale, Answer::Fault { fault: Fault::Protected, .. }), "{stale:?}");
    let Answer::Guard { tampering, accepted: false } = trust(&mut s, None) else { panic!() };
    assert!(matches!(trust(&mut s, Some(&tampering.digest)), Answer::Guard { accepted: true, .. }));
    let last = guarded(&s).pop();
    assert!(
        matches!(&last, Some(Guarded::Trusted { by, changes, .. })
            if by == "ada " && changes[0].lines == ["+ core.fsmonitor = /worse"]),
        "{last:?}"
    );
    assert!(matches!(s.ask(Command::Merge), Answer::Train(_)));
}

#[test]
fn what_is_put_back_blocks_nothing() {
    let mut s = all_ready();
    look(&mut s, seen(&["a"]));
    look(&mut s, seen(&["b"]));
    look(&mut s, seen(&["a"]));
    assert_eq!(guarded(&s).last(), Some(&Guarded::Found { tampering: Tampering::default() }));
    assert!(matches!(s.ask(Command::Merge), Answer::Train(_)));
}

#[test]
fn no_pane_may_accept_not_even_the_orchestrators() {
    let mut s = all_ready();
    look(&mut s, seen(&["a"]));
    look(&mut s, seen(&["b"]));
    for pane in ["SEC", "ORCHESTRATOR"] {
        let command = Command::Trust { digest: Some("b".into()), by: "me".into() };
        let asked = s.says(Caller::Pane(name(pane)), command);
        let answer = s.answers[&asked].clone();
        assert!(matches!(answer, Answer::Fault { fault: Fault::Protected, .. }), "{pane}: {answer:?}");
    }
    assert!(!s.state.tampering.is_empty());
}

#[test]
fn a_redirected_worktree_takes_readiness_back_and_cannot_be_accepted() {
    let mut s = all_ready();
    look(&mut s, seen(&["a"]));
    let what = "its .git file points at /tmp/evil".to_owned();
    let redirected = vec![Redirected { agent: name("SEC"), what }];
    look(&mut s, Seen { redirected, ..seen(&["a"]) });
    assert_ne!(s.is("SEC"), AgentState::Ready);
    let (_, why) = s.fault(Command::Merge);
    assert!(why.contains("SEC (its worktree was tampered with: its .git file points at /tmp/evil"), "{why}");
    let Answer::Status(status) = s.ask(Command::Status) else { panic!() };
    let sec = status.agents.iter().find(|a| a.name == name("SEC")).unwrap();
    assert!(sec.tampered.contains("/tmp/evil") && sec.need.contains("tampered"));
    let Answer::Guard { tampering, accepted: false } = trust(&mut s, Some("a")) else { panic!() };
    assert_eq!(tampering.redirected.len(), 1);
}
