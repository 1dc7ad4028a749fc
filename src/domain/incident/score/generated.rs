//! Two hundred made-up incidents, and what the correlation makes of them.

use super::made::{Made, made};
use super::*;
use crate::domain::incident::correlate::{How, Timestamps, correlate_how};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::{BUILT_IN, Mechanisms};

/// Their seeds.
const SEEDS: std::ops::Range<u64> = 0..200;

/// The mechanisms without what links their ends: any two things of the right kinds and times would do.
fn naive() -> Mechanisms {
    let mut text = BUILT_IN.to_owned();
    for linked in ["about", "same", "related"] {
        text = text.replace(&format!("linked = \"{linked}\""), "linked = \"any\"");
    }
    let mut all = Mechanisms::default();
    all.add(&text, &mut Kinds::built_in()).unwrap();
    all
}

fn scores(incidents: &[Made], mechanisms: &Mechanisms, timestamps: Timestamps) -> Vec<Score> {
    let (kinds, how) = (Kinds::built_in(), How { timestamps, ..How::default() });
    let one = |m: &Made| score(&correlate_how(&m.findings, mechanisms, &kinds, how), &m.truth);
    incidents.iter().map(one).collect()
}

#[test]
#[allow(clippy::print_stdout)]
fn two_hundred_made_up_incidents_are_told_as_they_were_made() {
    let mechanisms = Mechanisms::built_in();
    let list: Vec<_> = mechanisms.iter().collect();
    let incidents: Vec<Made> = SEEDS.map(|seed| made(seed, &list)).collect();
    let found = scores(&incidents, &mechanisms, Timestamps::Used);
    let mut wrong = Vec::new();
    for (seed, (one, made)) in found.iter().zip(&incidents).enumerate() {
        for p in one.pairs.iter().filter(|p| !p.got.right(p.expected)) {
            wrong.push(format!("{seed}: {} - {} is {:?}, said {:?}", p.a, p.b, p.expected, p.got));
        }
        // Where specialists name the wrong things, their findings may not decide.
        let right = one.roots.verdict == Verdict::Right || made.traits.careless;
        assert!(right, "{seed}, {:?}: {:?}", made.traits, one.roots);
    }
    let sums = Scores::of(&found);
    println!("{} of {} with the right root causes", sums.roots_right, sums.of);
    let classes = sums.classes;
    for (what, count, least) in [
        ("all", classes.all(), 5000),
        ("causal", classes.causal, 700),
        ("correlated", classes.correlated, 150),
        ("independent", classes.independent, 4000),
        ("links", sums.links, 700),
    ] {
        println!("{what}: F1 {:.3} of {} labelled", count.f1(), count.labelled);
        assert!(count.f1() >= 0.95 && count.labelled >= least, "{what}: {count:?}\n{}", wrong.join("\n"));
    }
    // Each trait is there often enough to count, and what looks like a link without being one misleads who only looks
    // at kinds and times.
    let with = |is: fn(&Made) -> bool| incidents.iter().filter(|m| is(m)).count();
    let traits = [
        with(|m| m.traits.second_chain),
        with(|m| m.traits.contributing),
        with(|m| m.traits.undecided),
        with(|m| m.traits.skewed),
        with(|m| m.traits.careless),
    ];
    let distractors: usize = incidents.iter().map(|m| m.distractors).sum();
    println!(
        "second chain, contributing, undecided, skewed, careless: {traits:?}; {distractors} distractors"
    );
    assert!(traits.iter().all(|n| *n >= 8) && distractors >= 600, "{traits:?} {distractors}");
    let misled = Scores::of(&scores(&incidents, &naive(), Timestamps::Used));
    let apart = Scores::of(&scores(&incidents, &mechanisms, Timestamps::Left));
    for (what, sums) in [("kinds and times only", &misled), ("without the step of times", &apart)] {
        let (links, roots) = (sums.links, sums.roots_right);
        println!(
            "{what}: links precision {:.3}, recall {:.3}, {roots} roots right, F1 {:.3}",
            links.precision(),
            links.recall(),
            sums.classes.all().f1()
        );
    }
    assert!(misled.links.precision() < 0.8 && misled.roots_right < 150, "{misled:?}");
    assert!(apart.links.recall() < 0.85 && apart.roots_right < 150, "{apart:?}");
}

#[test]
fn the_same_seed_makes_the_same_incident() {
    let mechanisms = Mechanisms::built_in();
    let list: Vec<_> = mechanisms.iter().collect();
    let (one, again, other) = (made(7, &list), made(7, &list), made(8, &list));
    assert_eq!((&one.findings, &one.truth), (&again.findings, &again.truth));
    assert_ne!(one.findings, other.findings);
    let text = toml::to_string(&one.truth).unwrap();
    assert_eq!(Truth::read(&text).unwrap(), one.truth);
}
