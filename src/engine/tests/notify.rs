//! What people are told: of what, together, and how often.

use super::kit::{ASK, REST, Stage, TEAM, config, name};
use crate::domain::command::{Command, Order};
use crate::domain::conduct::{Hook, Notice, Occasion};
use crate::domain::record::Record;
use crate::domain::review::{Conflict, ConflictKind};
use crate::domain::train::{Built, Stuck};
use crate::engine::event::{Effect, Ended, Event};

/// When what was told.
fn told(s: &Stage) -> Vec<(u64, Vec<Notice>)> {
    let told = s.effects.iter().filter_map(|(ms, e)| match e {
        Effect::Notify { notices } => Some((*ms, notices.clone())),
        _ => None,
    });
    told.collect()
}

fn occasions(s: &Stage) -> Vec<(Occasion, String)> {
    told(s).into_iter().flat_map(|(_, n)| n).map(|n| (n.occasion, n.sentence())).collect()
}

#[test]
fn each_occasion_is_told_in_words() {
    let mut s = Stage::new();
    s.print("SEC", ASK);
    s.pass(3000);
    s.print("SEC", REST);
    s.print("OBS", "usage limit reached — resets at 14:05\r\n");
    s.pass(3000);
    s.happen(Event::PaneEnded { agent: name("NET"), how: Ended::Exited(3) });
    s.pass(3000);
    s.git.commit("SEC");
    s.ready("SEC");
    s.pass(3000);
    s.git.commit("SEC");
    s.ready("SEC");
    s.pass(3000);
    let all = occasions(&s);
    let kinds: Vec<Occasion> = all.iter().map(|(o, _)| *o).collect();
    use Occasion::*;
    assert_eq!(kinds, [Asking, Limited, Failed, Claimed, Ready, Claimed, Refused], "{all:?}");
    assert!(all[0].1.starts_with("SEC asks: "), "{all:?}");
    assert!(all[1].1.starts_with("OBS hit a usage limit: "), "{all:?}");
    assert!(all[2].1.starts_with("NET ended: exited 3"), "{all:?}");
    assert_eq!(all[3].1, "SEC claims READY FOR MERGE: done");
    assert_eq!(all[4].1, "SEC is ready at c000001");
    assert!(all[6].1.starts_with("SEC is not ready: branch branch-SEC has 2 commits"), "{all:?}");
}

#[test]
fn a_run_a_merge_and_a_merge_that_stops_are_told() {
    let mut s = Stage::new();
    for agent in TEAM {
        s.git.commit(agent);
    }
    s.run("wrap-up", Order::Broadcast, &[]);
    s.pass(1000);
    for agent in TEAM {
        s.print(agent, REST);
        s.ready(agent);
    }
    s.pass(3000);
    assert!(
        occasions(&s).contains(&(Occasion::RunEnded, "plan wrap-up has ended".into())),
        "{:?}",
        occasions(&s)
    );
    s.git.red.insert("test".into());
    s.ask(Command::Merge);
    s.pass(3000);
    s.git.red.clear();
    s.ask(Command::Merge);
    s.pass(3000);
    let last: Vec<_> = occasions(&s).into_iter().rev().take(2).rev().collect();
    assert_eq!(last[0].0, Occasion::TrainStopped);
    assert!(last[0].1.starts_with("merge halted: gate test is red"), "{last:?}");
    assert_eq!(last[1], (Occasion::Merged, "8 branches merged into main".into()));
}

#[test]
fn a_conflict_is_told_apart_from_other_halts_and_heard_by_who_asks_for_halts() {
    let mut s = super::merge::all_ready();
    s.pass(3000);
    let conflicts = vec![Conflict::new("a/b.rs", ConflictKind::Content)];
    s.git.conflict = Some(Built::Conflict(Stuck::new(name("OBS"), vec![name("SEC")], conflicts)));
    s.ask(Command::Merge);
    s.pass(3000);
    let all = occasions(&s);
    let halts: Vec<_> = all.iter().filter(|(o, _)| o.wanted(&[Occasion::TrainStopped])).collect();
    assert_eq!(halts.len(), 1, "{all:?}");
    assert_eq!(halts[0].0, Occasion::Conflict);
    assert_eq!(halts[0].1, "OBS halts the merge: OBS conflicts with SEC in a/b.rs (content)");
    assert!(!Occasion::TrainStopped.wanted(&[Occasion::Conflict]), "not the other way round");
}

#[test]
fn a_storm_is_told_together_and_at_most_once_a_second() {
    let mut s = Stage::new();
    for round in 0..20 {
        for (i, agent) in TEAM.iter().enumerate() {
            let title = if (round + i) % 2 == 0 { ASK } else { REST };
            s.print(agent, title);
            s.pass(50);
        }
    }
    s.pass(5000);
    let told = told(&s);
    let asked = s.count(|r| matches!(r, Record::Activity { state, .. } if state.word() == "asking"));
    assert!(asked > 40, "{asked}: a storm");
    assert!(told.len() <= 10, "{} in 9 s", told.len());
    assert!(told.windows(2).all(|w| w[1].0 - w[0].0 >= 1000), "{told:?}");
    for (_, notices) in &told {
        let mut whom: Vec<_> = notices.iter().map(|n| &n.agent).collect();
        whom.dedup();
        assert_eq!(whom.len(), notices.len(), "one of a kind each");
    }
    assert!(told.iter().any(|(_, n)| n.len() > 4), "together");
}

#[test]
fn what_comes_together_is_told_together_and_soon() {
    let mut s = Stage::new();
    let began = s.ms;
    for agent in TEAM {
        s.print(agent, ASK);
    }
    s.pass(5000);
    let told = told(&s);
    assert_eq!(told.len(), 1);
    assert!(told[0].0 - began <= 600, "{}", told[0].0 - began);
    let whom: Vec<String> = told[0].1.iter().filter_map(|n| Some(n.agent.as_ref()?.to_string())).collect();
    assert_eq!(whom, TEAM);
}

#[test]
fn nobody_is_told_of_what_was_asked_for_or_folded_again() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.text("SEC", "hello");
    s.pass(3000);
    s.print("SEC", REST);
    s.ask(Command::Stop { agent: name("OBS") });
    s.happen(Event::PaneEnded { agent: name("OBS"), how: Ended::Exited(143) });
    s.pass(3000);
    assert_eq!(occasions(&s), []);
    s.print("SEC", ASK);
    s.crash();
    s.happen(Event::Start);
    s.pass(3000);
    assert_eq!(occasions(&s), [], "what a lost server did not tell is in the journal");
    s.accept("SEC");
    s.pass(3000);
    let kinds: Vec<Occasion> = occasions(&s).iter().map(|(o, _)| *o).collect();
    assert_eq!(kinds, [Occasion::Ready], "who took it at its word knows of the claim");
}

#[test]
fn a_hint_is_told_as_a_claim_that_waits_for_somebody() {
    let mut s = Stage::new();
    s.template("SEC", "wrap-up");
    s.pass(1000);
    s.print("SEC", "[AGENT] SEC READY FOR MERGE\r\n");
    s.rests("SEC");
    s.pass(3000);
    let said = "SEC says it is ready, without its code: [AGENT] SEC READY FOR MERGE";
    assert_eq!(occasions(&s), [(Occasion::Claimed, said.into())]);
}

#[test]
fn a_failing_hook_is_noted_when_it_begins_to_fail() {
    let mut c = config();
    c.conduct.hooks = vec![Hook { on: vec![Occasion::Asking], run: "nope".into(), timeout: 1 }];
    let mut s = Stage::of(c);
    let notes = |s: &Stage| s.count(|r| matches!(r, Record::Note { text } if text.contains("hook 1 failed")));
    for _ in 0..3 {
        s.happen(Event::HookEnded { hook: 0, failed: Some("exit status: 127".into()) });
    }
    assert_eq!(notes(&s), 1);
    s.happen(Event::HookEnded { hook: 0, failed: None });
    s.happen(Event::HookEnded { hook: 0, failed: Some("exit status: 127".into()) });
    assert_eq!(notes(&s), 2, "it had worked meanwhile");
    s.happen(Event::HookEnded { hook: 9, failed: Some("not there".into()) });
}

#[test]
fn lines_of_many_say_how_many_more_there_are() {
    let notice = |who: &str| Notice {
        occasion: Occasion::Asking,
        agent: Some(name(who)),
        text: "asks: delete it?".into(),
    };
    let all: Vec<Notice> = TEAM.iter().map(|a| notice(a)).collect();
    assert_eq!(Notice::line(&all[..2], 100), "ARCH asks: delete it?; PLAT asks: delete it?");
    assert_eq!(Notice::line(&all, 50), "ARCH asks: delete it?; PLAT asks: delete it? and 6 more");
    assert_eq!(Notice::line(&all[..1], 5), "ARCH ");
    for occasion in Occasion::ALL {
        assert_eq!(serde_json::to_value(occasion).unwrap(), occasion.word());
    }
}
