//! Every scenario from its raw data to its score. (That no analyst reads the truth is a test of the analysts.)

use super::*;
use crate::domain::incident::correlate::{How, Timestamps, WINDOW, correlate, correlate_how};
use crate::domain::incident::finding::Finding;
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::scenes;

/// A scenario's name, what its analysts find, and what is true.
fn all() -> Vec<(String, Vec<Finding>, Truth)> {
    let one = |path: std::path::PathBuf| (scenes::name(&path), scenes::findings(&path), scenes::truth(&path));
    scenes::all().into_iter().map(one).collect()
}

#[test]
#[allow(clippy::print_stdout)]
fn every_scenario_is_told_as_somebody_who_knows_it_would() {
    let (mechanisms, kinds) = (Mechanisms::built_in(), Kinds::built_in());
    let (mut scores, mut wrong, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for (name, findings, truth) in all() {
        let found = correlate(&findings, &mechanisms, &kinds, WINDOW);
        let one = score(&found, &truth);
        for p in one.pairs.iter().filter(|p| !p.got.right(p.expected)) {
            wrong.push(format!("{name}: {} - {} is {:?}, said {:?}", p.a, p.b, p.expected, p.got));
        }
        wrong
            .extend(one.links.invented.iter().map(|l| format!("{name}: {} -> {} is invented", l.from, l.to)));
        assert_eq!(one.roots.verdict, Verdict::Right, "{name}: {:?}", one.roots);
        // None is told badly behind the sums of the others.
        let f1 = one.classes.all().f1();
        assert!(f1 >= 0.9 && one.links.count().f1() >= 0.9, "{name}: {}", wrong.join("\n"));
        if truth.undecided() {
            open.push(name);
        }
        scores.push(one);
    }
    let sums = Scores::of(&scores);
    let classes = sums.classes;
    assert!(classes.all().labelled >= 150, "{classes:?}");
    assert!(classes.independent.labelled >= 50 && classes.correlated.labelled >= 30, "{classes:?}");
    for (what, count) in [
        ("all", classes.all()),
        ("causal", classes.causal),
        ("correlated", classes.correlated),
        ("independent", classes.independent),
        ("links", sums.links),
    ] {
        assert!(count.f1() >= 0.95, "{what}: {count:?}\n{}", wrong.join("\n"));
    }
    println!("F1 {:.3} of {} labelled pairs; {wrong:?}", classes.all().f1(), classes.all().labelled);
    // The only one that its findings do not decide.
    assert_eq!(open, ["undecided"]);
}

#[test]
fn a_chain_across_specialists_needs_the_step_of_times() {
    let (mechanisms, kinds) = (Mechanisms::built_in(), Kinds::built_in());
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for (_, findings, truth) in all() {
        for (timestamps, scores) in [(Timestamps::Used, &mut with), (Timestamps::Left, &mut without)] {
            let how = How { timestamps, ..How::default() };
            scores.push(score(&correlate_how(&findings, &mechanisms, &kinds, how), &truth));
        }
    }
    let (with, without) = (Scores::of(&with), Scores::of(&without));
    assert!(without.links.recall() < 0.6 && with.links.recall() > 0.95, "{with:?} {without:?}");
    assert!(without.links.precision() > 0.9 && without.roots_right < with.roots_right, "{without:?}");
}
