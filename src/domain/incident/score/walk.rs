//! Every scenario from its raw data to its score.

use super::*;
use crate::domain::incident::correlate::{WINDOW, correlate};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::scenes;

#[test]
fn look() {
    let (mechanisms, kinds) = (Mechanisms::built_in(), Kinds::built_in());
    let mut all = Vec::new();
    for scenario in scenes::all() {
        let truth = scenes::truth(&scenario);
        let found = correlate(&scenes::findings(&scenario), &mechanisms, &kinds, WINDOW);
        let s = score(&found, &truth);
        println!("== {} {:?} f1 {:.3}", scenes::name(&scenario), s.roots.verdict, s.classes.all().f1());
        for p in s.pairs.iter().filter(|p| !p.got.right(p.expected)) {
            println!("   {} - {}: {:?}, got {:?}", p.a, p.b, p.expected, p.got);
        }
        for l in &s.links.invented {
            println!("   invented {} -> {}", l.from, l.to);
        }
        if s.roots.verdict != Verdict::Right {
            println!("   {:?}", s.roots);
        }
        if found.skew.is_some() || !found.cycles.is_empty() {
            println!("   {:?} {:?}", found.skew, found.cycles);
        }
        all.push(s);
    }
    println!("{:?}", Scores::of(&all));
}
