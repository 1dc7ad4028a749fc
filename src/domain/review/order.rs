//! In which order branches merge best: what they build on comes first, then as few conflicts as can be.
//!
//! The search counts with conflicts of pairs: a step conflicts when it does so with any branch that was taken
//! before it, and is then left out. Whoever asks has the order it finds tried by real merges.

use std::collections::{BTreeMap, HashMap};

use crate::domain::id::AgentName;

/// Branches an order is looked for at most; of more, none is proposed.
pub const MOST: usize = 64;
/// States that the exact search looks at. Enough for ten branches however they conflict; a larger team gets
/// the best order found within it.
const STATES: usize = 60_000;
/// Rounds of moving one branch at a time, before the exact search.
const ROUNDS: usize = 16;

/// Who builds on whom, by name: all of a team, also those who do not merge.
pub type After = BTreeMap<AgentName, Vec<AgentName>>;

/// Where an order goes against what branches build on, a sentence each. `contains` are pairs of a branch and one
/// whose tip is part of its history.
#[must_use]
pub fn disorder(order: &[AgentName], after: &After, contains: &[(AgentName, AgentName)]) -> Vec<String> {
    let mut found = Vec::new();
    for (i, agent) in order.iter().enumerate() {
        let later = order.get(i + 1..).unwrap_or_default();
        let needs = all_before(agent, after);
        for late in later {
            if needs.contains(&late) {
                found.push(format!("{agent} merges before {late}, whose work it builds on"));
            } else if contains.iter().any(|(a, b)| a == agent && b == late) {
                found.push(format!("{agent} merges before {late}, whose commits it contains"));
            }
        }
    }
    found
}

/// An order with fewer conflicts than `order`, in which every branch comes after those it builds on; none where
/// there is no better one. Of equally good ones, that which moves least. `clash` says whether two branches conflict.
#[must_use]
pub fn better(
    order: &[AgentName],
    after: &After,
    clash: &dyn Fn(&AgentName, &AgentName) -> bool,
) -> Option<Vec<AgentName>> {
    if order.len() > MOST {
        return None;
    }
    let search = Search::new(order, after, clash);
    let own: Vec<usize> = (0..order.len()).collect();
    let found = search.exact(search.by_moves(search.lawful(&own)));
    (search.conflicts(&found) < search.conflicts(&own))
        .then(|| found.iter().filter_map(|i| order.get(*i).cloned()).collect())
}

/// What is moved between two orders of the same branches, for people: `NET before PLAT`, `QA last`.
#[must_use]
pub fn moves(from: &[AgentName], to: &[AgentName]) -> String {
    let place = |a: &AgentName| from.iter().position(|b| a == b).unwrap_or(usize::MAX);
    let at: Vec<usize> = to.iter().map(place).collect();
    let stays = longest_rising(&at);
    let mut said: Vec<String> = Vec::new();
    let mut moved: Vec<&str> = Vec::new();
    for (i, agent) in to.iter().enumerate() {
        if !stays.contains(&i) {
            moved.push(agent.as_str());
        } else if !moved.is_empty() {
            said.push(format!("{} before {agent}", std::mem::take(&mut moved).join(", ")));
        }
    }
    if !moved.is_empty() {
        said.push(format!("{} last", moved.join(", ")));
    }
    said.join("; ")
}

/// Everybody an agent builds on, at however many removes.
fn all_before<'a>(agent: &'a AgentName, after: &'a After) -> Vec<&'a AgentName> {
    let mut found: Vec<&AgentName> = Vec::new();
    let mut open = vec![agent];
    while let Some(of) = open.pop() {
        for name in after.get(of).into_iter().flatten() {
            if !found.contains(&name) {
                found.push(name);
                open.push(name);
            }
        }
    }
    found.retain(|name| *name != agent);
    found
}

/// The positions of a longest rising subsequence.
fn longest_rising(values: &[usize]) -> Vec<usize> {
    // Length of the longest that ends at each place, and the place before.
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for (i, value) in values.iter().enumerate() {
        let before = (0..i).filter(|j| values.get(*j).is_some_and(|v| v < value));
        let before = before.max_by_key(|j| (best.get(*j).map_or(0, |b| b.0), *j));
        best.push((1 + before.and_then(|j| best.get(j)).map_or(0, |b| b.0), before));
    }
    let mut at = (0..best.len()).max_by_key(|i| best.get(*i).map_or(0, |b| b.0));
    let mut found = Vec::new();
    while let Some(i) = at {
        found.push(i);
        at = best.get(i).and_then(|b| b.1);
    }
    found
}

/// Branches as bits: the first of the order is bit 0.
struct Search {
    /// Whom each conflicts with.
    clash: Vec<u64>,
    /// Whom each must come after.
    needs: Vec<u64>,
}

impl Search {
    fn new(order: &[AgentName], after: &After, clash: &dyn Fn(&AgentName, &AgentName) -> bool) -> Self {
        let bits = |test: &dyn Fn(&AgentName) -> bool| {
            order.iter().enumerate().filter(|(_, b)| test(b)).fold(0u64, |all, (i, _)| all | 1 << i)
        };
        Self {
            clash: order.iter().map(|a| bits(&|b| a != b && clash(a, b))).collect(),
            needs: order
                .iter()
                .map(|a| {
                    let before = all_before(a, after);
                    bits(&|b| before.contains(&b))
                })
                .collect(),
        }
    }

    fn clashes(&self, i: usize) -> u64 {
        self.clash.get(i).copied().unwrap_or(0)
    }

    fn needs(&self, i: usize) -> u64 {
        self.needs.get(i).copied().unwrap_or(0)
    }

    /// Steps that conflict.
    fn conflicts(&self, order: &[usize]) -> usize {
        let taken = order.iter().fold(0u64, |taken, i| self.take(taken, *i));
        order.len() - taken.count_ones() as usize
    }

    /// What is taken once `i` was tried as well.
    fn take(&self, taken: u64, i: usize) -> u64 {
        if self.clashes(i) & taken == 0 { taken | 1 << i } else { taken }
    }

    /// The order nearest to that one in which everybody comes after what it builds on. Agents who wait for each
    /// other, which the configuration refuses, keep their places at the end.
    fn lawful(&self, order: &[usize]) -> Vec<usize> {
        let (mut open, mut found, mut placed) = (order.to_vec(), Vec::new(), 0u64);
        while let Some(at) = open.iter().position(|i| self.needs(*i) & !placed == 0) {
            let next = open.remove(at);
            placed |= 1 << next;
            found.push(next);
        }
        found.extend(open);
        found
    }

    fn is_lawful(&self, order: &[usize]) -> bool {
        let mut placed = 0u64;
        order.iter().all(|i| {
            let ok = self.needs(*i) & !placed == 0;
            placed |= 1 << i;
            ok
        })
    }

    /// Moves one branch at a time for as long as that helps.
    fn by_moves(&self, mut order: Vec<usize>) -> Vec<usize> {
        for _ in 0..ROUNDS {
            let now = self.conflicts(&order);
            let mut best: Option<(usize, usize, Vec<usize>)> = None;
            for from in 0..order.len() {
                for to in (0..order.len()).filter(|to| *to != from) {
                    let mut tried = order.clone();
                    let moved = tried.remove(from);
                    tried.insert(to, moved);
                    let cost = (self.conflicts(&tried), from.abs_diff(to));
                    let better = cost.0 < now && best.as_ref().is_none_or(|b| cost < (b.0, b.1));
                    if better && self.is_lawful(&tried) {
                        best = Some((cost.0, cost.1, tried));
                    }
                }
            }
            let Some((_, _, found)) = best else { break };
            order = found;
        }
        order
    }

    /// The best order of all, as far as the limit on states reaches; never worse than `known`.
    fn exact(&self, known: Vec<usize>) -> Vec<usize> {
        let mut walk = Walk {
            search: self,
            best: (self.conflicts(&known), inversions(&known)),
            found: known,
            seen: HashMap::new(),
            order: Vec::new(),
        };
        walk.go(0, 0, 0);
        walk.found
    }
}

/// How many pairs stand the other way round.
fn inversions(order: &[usize]) -> usize {
    order.iter().enumerate().map(|(i, a)| order.iter().skip(i + 1).filter(|b| *b < a).count()).sum()
}

/// The exact search under way. What was placed and what of it was taken decide all that follows; of the ways
/// there, only the one that moved least matters.
struct Walk<'a> {
    search: &'a Search,
    /// Conflicts, then inversions, of the best found.
    best: (usize, usize),
    found: Vec<usize>,
    seen: HashMap<(u64, u64), usize>,
    order: Vec<usize>,
}

impl Walk<'_> {
    fn go(&mut self, placed: u64, taken: u64, moved: usize) {
        let lost = (placed & !taken).count_ones() as usize;
        if (lost, moved) >= self.best || self.seen.len() >= STATES {
            return;
        }
        let count = self.search.clash.len();
        if self.order.len() == count {
            self.best = (lost, moved);
            self.found.clone_from(&self.order);
            return;
        }
        match self.seen.get(&(placed, taken)) {
            Some(before) if *before <= moved => return,
            _ => self.seen.insert((placed, taken), moved),
        };
        for i in (0..count).filter(|i| placed & (1 << i) == 0) {
            if self.search.needs(i) & !placed != 0 {
                continue;
            }
            // Everybody of lower number who is still open will come behind it.
            let passed = (!placed & ((1u64 << i) - 1)).count_ones() as usize;
            self.order.push(i);
            self.go(placed | 1 << i, self.search.take(taken, i), moved + passed);
            self.order.pop();
        }
    }
}

#[cfg(test)]
#[path = "order/tests.rs"]
mod tests;
