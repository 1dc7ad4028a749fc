//! Findings such as nobody hopes for.

use std::time::Instant;

use insta::assert_snapshot;

use super::kit::*;
use crate::domain::incident::case::{Case, Progress};
use crate::domain::incident::finding::Finding;
use crate::screen::is_unsafe;
use crate::ui::tests::fixture::*;

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 30), (80, 24), (20, 6)];

/// Draws every part at every size, with every finding chosen in turn.
fn seen(case: Case) {
    for (cols, rows) in SIZES {
        let mut d = desk(with(case.clone()), cols, rows);
        for keys in [
            "g", "l l l", "j", "k", "<Tab>", "j j", "<Tab>", "<Tab>", "G", "z", "z", "<Tab>", "<Enter>",
            "<Esc>",
        ] {
            d.press(keys);
            let terminal = d.terminal();
            for cell in &terminal.backend().buffer().content {
                assert!(!cell.symbol().chars().any(is_unsafe), "{:?}", cell.symbol());
            }
        }
    }
}

fn changed(change: impl Fn(usize, &mut Finding)) -> Case {
    let mut case = opened();
    let mut findings = crowd(24);
    findings.iter_mut().enumerate().for_each(|(i, f)| change(i, f));
    take(&mut case, findings);
    case
}

#[test]
fn times_that_are_all_the_same_or_all_coarse_or_far_apart() {
    seen(changed(|_, f| f.at = now()));
    seen(changed(|_, f| f.precision = 86_400));
    seen(changed(|i, f| f.at = if i % 2 == 0 { 0 } else { now() }));
    seen(changed(|i, f| f.at = if i == 3 { i64::MAX / 4 } else { f.at }));
    seen(changed(|i, f| {
        f.at = now();
        f.precision = if i % 2 == 0 { 3600 } else { 0 };
    }));
}

#[test]
fn texts_that_mean_harm() {
    let evil = "\u{1b}[31m\u{7}\u{202e}שלום 日本語 e\u{301}\u{200b}👩‍👩‍👧";
    let mut case = changed(|i, f| {
        f.id = format!("{evil}{i}");
        f.summary = evil.repeat(20);
        f.kind = format!("{evil}.{evil}");
        f.entities = vec![format!("{evil}/{evil}")];
        f.unit = evil.into();
        f.source = if i % 4 == 0 { evil.repeat(3) } else { f.source.clone() };
        f.evidence.iter_mut().for_each(|e| e.file.push_str(evil));
    });
    case.name = evil.into();
    case.report = evil.repeat(30);
    case.postmortem = format!("# {evil}\n{}", evil.repeat(40));
    case.triaged.why = evil.into();
    case.triaged.doubts = vec![evil.repeat(9)];
    case.specialists[0].note = evil.into();
    case.specialists[0].progress = Progress::Failed;
    case.correlation.pairs.iter_mut().for_each(|p| p.reason = evil.into());
    seen(case);
}

#[test]
fn what_names_nothing_that_is_there() {
    let mut case = reported("scale-out");
    case.findings.truncate(2);
    case.correlation.groups.iter_mut().for_each(|g| g.roots.iter_mut().for_each(|r| r.event = "gone".into()));
    case.correlation.events.truncate(1);
    seen(case);
    let mut case = reported("scale-out");
    case.specialists.clear();
    seen(case);
}

#[test]
fn what_is_undecided_goes_round_or_assumes_a_clock_is_off_is_said() {
    let mut d = desk(with(reported("undecided")), 120, 50);
    assert_snapshot!("undecided", d.press("<Tab> z").shot());
    let mut d = desk(with(reported("clock-skew")), 120, 50);
    assert_snapshot!("skew", d.press("<Tab> z").shot());
    let mut d = desk(with(reported("two-incidents")), 120, 50);
    assert_snapshot!("apart", d.press("<Tab> z").shot());
    // Made by hand: each is the other's cause.
    let mut case = reported("scale-out");
    let events: Vec<String> = case.correlation.events.iter().map(|e| e.id.clone()).collect();
    let causal = case.correlation.pairs.iter().find(|p| p.mechanism.is_some()).unwrap().clone();
    let back = crate::domain::incident::correlate::Pair {
        from: causal.to.clone(),
        to: causal.from.clone(),
        ..causal.clone()
    };
    case.correlation.pairs.push(back);
    case.correlation.cycles.push(vec![causal.from, causal.to]);
    let mut d = desk(with(case.clone()), 120, 50);
    let shot = d.press("<Tab> z").shot();
    assert!(shot.contains("their order is a guess"), "{shot}");
    // All of them in one circle.
    let pair = case.correlation.pairs[0].clone();
    let next = events.iter().zip(events.iter().cycle().skip(1));
    case.correlation.pairs = next
        .map(|(from, to)| crate::domain::incident::correlate::Pair {
            from: from.clone(),
            to: to.clone(),
            ..pair.clone()
        })
        .collect();
    seen(case);
}

#[test]
fn specialists_of_whom_nothing_or_too_much_is_known() {
    let mut case = opened();
    for (one, progress) in
        case.specialists.iter_mut().zip([Progress::Late, Progress::Failed, Progress::Waiting])
    {
        (one.progress, one.ended) = (progress, Some(now()));
        one.note = "the program ended: exited 1".into();
    }
    assert_snapshot!("late", desk(with(case.clone()), 80, 24).shot());
    let one = case.specialists[0].clone();
    case.specialists = (0..40)
        .map(|i| crate::domain::incident::case::Engagement {
            agent: name(&format!("specialist-{i}")),
            ..one.clone()
        })
        .collect();
    seen(case);
}

/// Time for one frame may grow with the findings, but not with their square.
#[test]
fn many_findings_are_drawn_in_no_time() {
    let frames = |n: usize| {
        let mut case = opened();
        take(&mut case, crowd(n));
        let mut d = desk(with(case), 200, 50);
        d.press("G h");
        let start = Instant::now();
        for _ in 0..5 {
            d.terminal();
        }
        start.elapsed() / 5
    };
    let (few, many) = (frames(250), frames(2000));
    println!("a frame of 250 findings takes {few:?}, of 2000 {many:?}");
    // Eight times as many; their square would take 64 times as long.
    assert!(many < few * 24, "{few:?} {many:?}");
}
