//! What comes next for a train whose merges are built: which commit is tested, what lands, who is to blame.
//!
//! It follows from what was built and what the gates said, and from nothing else. Only a commit that was green
//! itself ever lands.

use super::Train;
use crate::domain::gates::{Gate, Reuse};
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::{GateResult, gate_reasons};
use crate::domain::team::{Landing, Merge, Testing};
use crate::domain::train::{Built, Halt};

/// How often a result that is red is tested before somebody is blamed.
const ATTEMPTS: usize = 2;

/// What comes next.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Next {
    /// These gates run at that commit.
    Prove {
        /// The commit.
        oid: Oid,
        /// The gates.
        gates: Vec<Gate>,
        /// What is done with verdicts known of the same tree.
        reuse: Reuse,
    },
    /// The target moves there.
    Land(Oid),
    /// It stands still.
    Halt(Halt),
}

/// What the gates say of a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Unknown,
    Green,
    Red,
}

/// What comes next.
pub(super) fn next(train: &Train, gates: &[Gate], merge: &Merge) -> Next {
    let Some(Built::Clean { steps, result, .. }) = &train.built else {
        return Next::Halt(Halt::Failed { why: "the train is not built".into() });
    };
    let base = &train.plan.base;
    // A step whose work was there already has made no commit.
    let mut points: Vec<(Option<&AgentName>, &Oid)> = vec![(None, base)];
    for step in steps {
        if points.last().is_some_and(|(_, oid)| *oid != &step.oid) {
            points.push((Some(&step.agent), &step.oid));
        }
    }
    let prove = Prove { train, gates, points };
    if gates.is_empty() || prove.points.len() == 1 {
        return Next::Land(result.clone());
    }
    match (merge.testing, merge.landing) {
        (Testing::Each, _) | (_, Landing::Each) => prove.each(merge.landing),
        (Testing::End, Landing::End) => prove.end(false),
        (Testing::Bisect, Landing::End) => prove.end(true),
    }
}

struct Prove<'a> {
    train: &'a Train,
    gates: &'a [Gate],
    /// The base, then every commit that was made, each with whose step it is.
    points: Vec<(Option<&'a AgentName>, &'a Oid)>,
}

impl Prove<'_> {
    fn results<'a>(&'a self, oid: &'a Oid) -> impl DoubleEndedIterator<Item = &'a GateResult> {
        self.train.gates.iter().filter(move |r| r.oid == *oid)
    }

    /// The last result of each gate at a commit.
    fn verdict<'g>(&self, oid: &Oid, gates: impl Iterator<Item = &'g Gate>) -> Verdict {
        let mut verdict = Verdict::Green;
        for gate in gates {
            match self.results(oid).rfind(|r| r.gate == gate.name).map(GateResult::passed) {
                Some(true) => {}
                Some(false) => return Verdict::Red,
                None => verdict = Verdict::Unknown,
            }
        }
        verdict
    }

    fn attempts(&self, oid: &Oid) -> usize {
        let of = |gate: &Gate| self.results(oid).filter(|r| r.gate == gate.name).count();
        self.gates.iter().map(of).max().unwrap_or(0)
    }

    /// The gates whose last result at a commit fits.
    fn of(&self, oid: &Oid, fits: impl Fn(&GateResult) -> bool) -> Vec<Gate> {
        let fits = |g: &&Gate| self.results(oid).rfind(|r| r.gate == g.name).is_some_and(&fits);
        self.gates.iter().filter(fits).cloned().collect()
    }

    fn all(&self, oid: &Oid, reuse: Reuse) -> Next {
        Next::Prove { oid: oid.clone(), gates: self.gates.to_vec(), reuse }
    }

    /// Every step is tested, and lands at once or in the end.
    fn each(&self, landing: Landing) -> Next {
        let landed = self.train.landed.as_ref();
        let landed = self.points.iter().rposition(|(_, oid)| Some(*oid) == landed).unwrap_or(0);
        let last = self.points.len() - 1;
        for (at, (_, oid)) in self.points.iter().enumerate().skip(1) {
            match self.verdict(oid, self.gates.iter()) {
                Verdict::Unknown => return self.all(oid, Reuse::Known),
                Verdict::Red => return self.blame(at),
                Verdict::Green if landing == Landing::Each && at > landed => {
                    return Next::Land((*oid).clone());
                }
                Verdict::Green => {}
            }
        }
        Next::Land(self.points[last].1.clone())
    }

    /// The result is tested; where it is red for good, the guilty step is looked for by halves.
    fn end(&self, bisect: bool) -> Next {
        let last = self.points.len() - 1;
        let result = self.points[last].1;
        match self.verdict(result, self.gates.iter()) {
            Verdict::Unknown => return self.all(result, Reuse::Known),
            Verdict::Green => return Next::Land(result.clone()),
            Verdict::Red if !bisect => return self.red_at(result, None),
            Verdict::Red if self.attempts(result) < ATTEMPTS => return self.all(result, Reuse::Never),
            Verdict::Red => {}
        }
        let red = self.of(result, |r| !r.passed() && !r.was_red_before());
        if red.is_empty() {
            // The target itself is red: none of them brought it about.
            return self.red_at(result, None);
        }
        let (mut low, mut high) = (0, last);
        for (at, (_, oid)) in self.points.iter().enumerate().skip(1) {
            match self.verdict(oid, red.iter()) {
                Verdict::Green if at < high => low = at,
                Verdict::Red if at < high => high = at,
                _ => {}
            }
        }
        if high - low > 1 {
            let middle = self.points[low + (high - low) / 2].1;
            return Next::Prove { oid: middle.clone(), gates: red, reuse: Reuse::Known };
        }
        self.blame(high)
    }

    /// Red from that step on, unless it was so on the target already.
    fn blame(&self, at: usize) -> Next {
        let (guilty, oid) = self.points[at];
        let new = !self.of(oid, |r| !r.passed() && !r.was_red_before()).is_empty();
        self.red_at(oid, guilty.filter(|_| new))
    }

    fn red_at(&self, oid: &Oid, guilty: Option<&AgentName>) -> Next {
        let last = |g: &Gate| self.results(oid).rfind(|r| r.gate == g.name).cloned();
        let last: Vec<GateResult> = self.gates.iter().filter_map(last).collect();
        let ran = |g: &&Gate| self.train.gates.iter().any(|r| r.gate == g.name);
        Next::Halt(Halt::Red {
            gates: self.of(oid, |r| !r.passed()).into_iter().map(|g| g.name).collect(),
            at: oid.clone(),
            guilty: guilty.cloned(),
            said: gate_reasons(&last, oid),
            unrun: self.gates.iter().filter(|g| !ran(g)).map(|g| g.name.clone()).collect(),
        })
    }
}
