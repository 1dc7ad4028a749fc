//! Made-up incidents whose truth is known because they were made by it: the same for the same seed.
//!
//! A chain is drawn from the mechanisms and goes through a made-up system; what else happens is drawn so that somebody
//! who knows the system would not link it: the same kinds elsewhere, effects that come too late, causes that come after
//! their effects, and things that have nothing to do with anything. Times are stamped as tools do, to the minute or the
//! hour for what is counted over one, and sometimes by a clock that is off. A draw of which even somebody who knows the
//! system could not say what it belongs to is thrown away.

mod told;
pub(super) mod world;

use std::collections::BTreeSet;

use self::world::{About, Dice, World, precision, source};
use super::Truth;
use crate::domain::incident::correlate::{SKEW_MOST, WINDOW};
use crate::domain::incident::finding::Finding;
use crate::domain::incident::mechanism::Mechanism;

/// How far apart what may not be taken for a link is at least, beyond what would do for one, in seconds: no clock is
/// assumed to be so far off.
const MARGIN: i64 = SKEW_MOST + 40;
/// How often something is drawn before it is given up.
const TRIES: usize = 60;

/// What may have been made beside the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in super::super) struct Traits {
    pub second_chain: bool,
    pub contributing: bool,
    pub undecided: bool,
    pub skewed: bool,
    /// Some findings name something that has nothing to do with them, or leave out what they touch.
    pub careless: bool,
}

/// One made-up incident.
pub(in super::super) struct Made {
    pub findings: Vec<Finding>,
    pub truth: Truth,
    pub traits: Traits,
    /// How many findings belong to no chain.
    pub distractors: usize,
}

/// Something that happened.
struct Happened {
    kind: String,
    about: About,
    /// In seconds.
    at: i64,
    /// For how many seconds the stamp stands, and the stamp.
    precision: i64,
    stamp: i64,
    /// Its causes, by index.
    causes: Vec<usize>,
    /// The number of its chain; nothing for what has none.
    chain: Option<usize>,
    /// What else who found it says it touches: where it runs, or what runs there.
    touches: Option<About>,
}

struct Maker<'a> {
    dice: Dice,
    world: World,
    mechanisms: &'a [&'a Mechanism],
    happened: Vec<Happened>,
    /// By how many seconds a clock may be off here.
    off: i64,
}

/// The incident of a seed.
pub(in super::super) fn made(seed: u64, mechanisms: &[&Mechanism]) -> Made {
    let mut dice = Dice::of(seed);
    let world = World::of(&mut dice);
    let off = if dice.chance(15) { SKEW_MOST } else { 0 };
    let mut maker = Maker { dice, world, mechanisms, happened: Vec::new(), off };
    maker.make()
}

impl Maker<'_> {
    fn make(&mut self) -> Made {
        let mut traits = Traits { undecided: self.dice.chance(8), ..Traits::default() };
        if traits.undecided {
            traits.undecided = self.rivals();
        }
        if self.happened.is_empty() {
            while !self.chain(0) {}
        }
        if !traits.undecided && self.dice.chance(40) {
            self.branch(0);
        }
        if !traits.undecided && self.dice.chance(35) {
            traits.second_chain = (0..8).any(|_| self.chain(1));
        }
        if !traits.undecided && self.dice.chance(20) {
            traits.contributing = self.contribution();
        }
        let wanted = self.dice.below(6) + 2;
        let before = self.happened.len();
        for _ in 0..wanted {
            self.distractor();
        }
        let distractors = self.happened.len() - before;
        let truth = self.truth(traits);
        let by = if self.off > 0 { self.skew() } else { None };
        traits.skewed = by.is_some();
        traits.careless = self.dice.chance(15);
        let mut findings = self.findings(by);
        if traits.careless {
            self.careless(&mut findings);
        }
        Made { findings, truth, traits, distractors }
    }

    /// What happens if it is stamped as tools do.
    fn happening(kind: &str, about: About, at: i64, causes: Vec<usize>, chain: Option<usize>) -> Happened {
        let precision = precision(kind);
        let stamp = if precision == 0 { at } else { at - at.rem_euclid(precision) };
        Happened { kind: kind.to_owned(), about, at, precision, stamp, causes, chain, touches: None }
    }

    /// Whether one thing could be taken for a cause of another, if clocks were off by so many seconds.
    fn could(&self, a: &Happened, b: &Happened, slack: i64) -> bool {
        let (least, most) =
            (b.stamp - a.stamp - (a.precision - 1).max(0), b.stamp + (b.precision - 1).max(0) - a.stamp);
        self.world.may_bear((&a.kind, a.about), (&b.kind, b.about))
            && self.mechanisms.iter().any(|m| {
                m.from.contains(&a.kind)
                    && m.to.contains(&b.kind)
                    && most + slack >= i64::from(m.lag.0)
                    && least - slack <= i64::from(m.lag.1)
            })
    }

    fn entities(&self, one: &Happened) -> Vec<String> {
        let mut list = self.world.entities(&one.kind, one.about);
        list.extend(one.touches.and_then(|t| self.world.entities("", t).into_iter().next()));
        list
    }

    fn names(&self, one: &Happened) -> BTreeSet<String> {
        self.entities(one).into_iter().collect()
    }

    /// All that led to what is at an index, and itself.
    fn above(&self, one: usize) -> BTreeSet<usize> {
        let mut all: BTreeSet<usize> =
            self.happened[one].causes.iter().flat_map(|c| self.above(*c)).collect();
        all.insert(one);
        all
    }

    /// Whether nobody could be in doubt of what belongs to what if this happened too.
    fn clear(&self, new: &Happened) -> bool {
        let led: BTreeSet<usize> = new.causes.iter().flat_map(|c| self.above(*c)).collect();
        let names = self.names(new);
        let mut met = BTreeSet::new();
        for (i, old) in self.happened.iter().enumerate() {
            // The same once more would be one event.
            let reach = i64::from(WINDOW) + new.precision + old.precision + self.off + 5;
            let near = (old.stamp - new.stamp).abs() <= reach;
            if old.kind == new.kind
                && near
                && (old.about == new.about || !self.names(old).is_disjoint(&names))
            {
                return false;
            }
            let slack = if source(&old.kind) == source(&new.kind) { 0 } else { MARGIN + self.off };
            if self.could(new, old, slack) || (self.could(old, new, slack) && !led.contains(&i)) {
                return false;
            }
            if near && !self.names(old).is_disjoint(&names) {
                met.insert(old.chain);
            }
        }
        // Nothing lies between two chains in one window.
        met.remove(&None);
        met.remove(&new.chain);
        met.len() + usize::from(new.chain.is_some()) <= 1
    }

    fn add(&mut self, new: Happened) -> bool {
        let clear = self.clear(&new);
        if clear {
            self.happened.push(new);
        }
        clear
    }

    /// An effect of what is at an index.
    fn effect(&mut self, cause: usize, chain: usize) -> bool {
        let (kind, about, at) =
            (self.happened[cause].kind.clone(), self.happened[cause].about, self.happened[cause].at);
        let ways: Vec<(&Mechanism, &String)> = self
            .mechanisms
            .iter()
            .filter(|m| m.from.contains(&kind))
            .flat_map(|m| m.to.iter().map(move |to| (*m, to)))
            .collect();
        for _ in 0..if ways.is_empty() { 0 } else { TRIES } {
            let (mechanism, to) = *self.dice.one(&ways);
            let places: Vec<About> = self.world.places(to);
            let bears = |b: &About| self.world.bears((&kind, about), (to, *b));
            let places: Vec<About> = places.into_iter().filter(bears).collect();
            if places.is_empty() {
                continue;
            }
            let place = *self.dice.one(&places);
            let (least, most) = (i64::from(mechanism.lag.0), i64::from(mechanism.lag.1));
            // Mostly within minutes, now and then as late as it may be.
            let reach = if self.dice.chance(80) { 400 } else { 7200 };
            let lag = self.dice.between(least.max(2), most.min(least + reach) + 1);
            let mut new = Self::happening(to, place, at + lag, vec![cause], Some(chain));
            new.touches = Self::seen(about, place);
            if self.add(new) {
                return true;
            }
        }
        false
    }

    /// Where somebody who sees a service or a node suffer says that it is, for it would not be known otherwise.
    fn seen(cause: About, effect: About) -> Option<About> {
        match (cause, effect) {
            (About::Node(_), About::Service(_)) | (About::Service(_), About::Node(_)) => Some(cause),
            _ => None,
        }
    }

    /// A chain of three to six; nothing where it does not get so long.
    fn chain(&mut self, number: usize) -> bool {
        let before = self.happened.len();
        let from: Vec<String> = self.mechanisms.iter().flat_map(|m| m.from.clone()).collect();
        let kind = self.dice.one(&from).clone();
        let places = self.world.places(&kind);
        if places.is_empty() {
            return false;
        }
        let (place, at) = (*self.dice.one(&places), self.dice.between(7200, 10_800));
        let wanted = self.dice.below(4) + 3;
        let mut long = usize::from(self.add(Self::happening(&kind, place, at, Vec::new(), Some(number))));
        while long > 0 && long < wanted && self.effect(self.happened.len() - 1, number) {
            long += 1;
        }
        if long < 3 {
            self.happened.truncate(before);
        }
        long >= 3
    }

    /// Another effect of something in a chain.
    fn branch(&mut self, number: usize) {
        let of: Vec<usize> =
            (0..self.happened.len()).filter(|i| self.happened[*i].chain == Some(number)).collect();
        let cause = *self.dice.one(&of[..of.len() - 1]);
        if self.effect(cause, number) {
            let last = self.happened.len() - 1;
            self.effect(last, number);
        }
    }

    /// Two changes of one service, either of which may have brought about the rest.
    fn rivals(&mut self) -> bool {
        let place = *self.dice.one(&self.world.places("deploy.started"));
        let at = self.dice.between(7200, 10_800);
        let later = at + self.dice.between(1, 50);
        let first = self.dice.between(120, 300);
        let is = self.add(Self::happening("deploy.started", place, at, Vec::new(), Some(0)))
            && self.add(Self::happening("config.changed", place, later, Vec::new(), Some(0)))
            && self.add(Self::happening("api.errors.high", place, later + first, vec![0, 1], Some(0)));
        if is {
            self.effect(2, 0);
        } else {
            self.happened.clear();
        }
        is
    }

    /// Something else that had a part in the end of a long chain.
    fn contribution(&mut self) -> bool {
        let long: Vec<usize> = (0..self.happened.len())
            .filter(|i| self.above(*i).len() > 4 && !self.happened.iter().any(|h| h.causes.contains(i)))
            .collect();
        let Some(end) = long.first().copied() else { return false };
        for _ in 0..TRIES {
            let (to, about, at) = (&self.happened[end].kind, self.happened[end].about, self.happened[end].at);
            let ways: Vec<&String> =
                self.mechanisms.iter().filter(|m| m.to.contains(to)).flat_map(|m| &m.from).collect();
            let from = (*self.dice.one(&ways)).clone();
            let bears = |a: &About| self.world.bears((&from, *a), (to, about));
            let places: Vec<About> = self.world.places(&from).into_iter().filter(bears).collect();
            if places.is_empty() {
                continue;
            }
            let place = *self.dice.one(&places);
            let before = self.dice.between(30, 300);
            let mut new = Self::happening(&from, place, at - before, Vec::new(), self.happened[end].chain);
            new.touches = Self::seen(about, place);
            let kept = self.happened[end].chain.take();
            // Only the one link may be there.
            let rest = self.happened.remove(end);
            let only = self.clear(&new) && self.could(&new, &rest, 0) && !self.could(&rest, &new, MARGIN);
            self.happened.insert(end, rest);
            self.happened[end].chain = kept;
            if only {
                self.happened.push(new);
                let last = self.happened.len() - 1;
                self.happened[end].causes.push(last);
                return true;
            }
        }
        false
    }

    /// Something that belongs to no chain, though it may look so.
    fn distractor(&mut self) {
        let all: Vec<String> = {
            let kinds = self.mechanisms.iter().flat_map(|m| m.from.iter().chain(&m.to).cloned());
            kinds.collect::<BTreeSet<_>>().into_iter().collect()
        };
        for _ in 0..TRIES {
            let i = self.dice.below(self.happened.len());
            let (kind, about, at) =
                (self.happened[i].kind.clone(), self.happened[i].about, self.happened[i].at);
            let (new, at) = match self.dice.below(4) {
                // The same kind elsewhere, when it would be expected.
                0 => (kind, at + self.dice.between(-60, 60)),
                // An effect that comes too late.
                1 => {
                    let ways = self.mechanisms.iter().filter(|m| m.from.contains(&kind) && m.lag.1 <= 3600);
                    let ways: Vec<(i64, &String)> =
                        ways.flat_map(|m| m.to.iter().map(|to| (i64::from(m.lag.1), to))).collect();
                    if ways.is_empty() {
                        continue;
                    }
                    let (most, to) = *self.dice.one(&ways);
                    (to.clone(), at + most + MARGIN + self.off + self.dice.between(60, 600))
                }
                // A cause that comes after its effect.
                2 => {
                    let ways: Vec<&String> = self
                        .mechanisms
                        .iter()
                        .filter(|m| m.to.contains(&kind))
                        .flat_map(|m| &m.from)
                        .collect();
                    if ways.is_empty() {
                        continue;
                    }
                    ((*self.dice.one(&ways)).clone(), at + MARGIN + self.off + self.dice.between(60, 900))
                }
                _ => (self.dice.one(&all).clone(), at + self.dice.between(-600, 600)),
            };
            let mut places = self.world.places(&new);
            // On what the chain is about, where that looks like a link most.
            if self.dice.chance(60) && places.contains(&about) {
                places = vec![about];
            }
            if !places.is_empty() {
                let place = *self.dice.one(&places);
                if self.add(Self::happening(&new, place, at, Vec::new(), None)) {
                    return;
                }
            }
        }
    }
}
