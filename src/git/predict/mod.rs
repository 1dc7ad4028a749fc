//! What merging would meet: every branch with the target, with every other, and along the order.
//!
//! A [`Predictor`] merges in memory and leaves nothing in the repository. It keeps what it found by the commits
//! it was found of, so that after one branch moved only what concerns that one is merged anew.

mod apart;
pub(super) mod open;
mod sides;

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use git2::{Oid, Repository, Signature, Time};

pub(super) use self::open::{Found, look};
pub use self::sides::Branch;
use self::sides::{Seen, Side};
use super::error::git;
use super::merge::{self, Merged, Merger};
use super::{Error, open as commits};
use crate::domain::id::AgentName;
use crate::domain::review::order::{self, After};
use crate::domain::review::{Along, Conflict, Look, Matrix, Pair, Proposal, Verdict};

/// Conflicts listed of one merge.
const MAX_CONFLICTS: usize = 50;
/// Places listed of one conflict.
const MAX_HUNKS: usize = 20;
/// Conflicts listed of all pairs: an answer with all of them stays well below a frame's size.
const MAX_LISTED: usize = 1500;
/// Verdicts that are kept.
const MAX_KNOWN: usize = 50_000;
/// How long merging goes on before what was found so far is told again.
const TELLING: Duration = Duration::from_millis(100);

/// What to predict.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The branches, in team order.
    pub branches: &'a [Branch],
    /// The branch that takes them.
    pub target: &'a str,
    /// The merge order. Those who are not among the branches are passed over.
    pub order: &'a [AgentName],
    /// Who builds on whom.
    pub after: &'a After,
}

/// Verdicts by the two commits they are of. They hold for ever, so they may outlive a [`Predictor`].
#[derive(Debug, Default)]
pub struct Verdicts(HashMap<(Oid, Oid), Verdict>);

/// What a prediction had to find out, beyond what was known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Effort {
    /// Branches compared with the target.
    pub onto: usize,
    /// Pairs compared.
    pub pairs: usize,
    /// Steps merged along an order.
    pub steps: usize,
}

/// Predicts again and again in one repository.
pub struct Predictor<'r> {
    repo: &'r Repository,
    merger: Merger<'r>,
    verdicts: &'r mut Verdicts,
    /// What was last seen of each worktree.
    seen: HashMap<AgentName, Seen>,
    /// Merges along orders, by what they merge: commits in memory.
    joined: HashMap<(Oid, Oid), Oid>,
    effort: Effort,
}

/// Runs `work` with a predictor for `repo`. What it keeps in memory is given back afterwards, except `verdicts`.
///
/// # Errors
/// When the repository cannot be read, or `work` fails.
pub fn predicting<T>(
    repo: &Path,
    verdicts: &mut Verdicts,
    work: impl FnOnce(&mut Predictor<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    merge::in_memory(repo, |main| {
        let merger = Merger::new(main)?;
        let (seen, joined, effort) = (HashMap::new(), HashMap::new(), Effort::default());
        work(&mut Predictor { repo: main, merger, verdicts, seen, joined, effort })
    })
}

impl Predictor<'_> {
    /// What the last prediction had to find out.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// Predicts. `tell` gets what is known so far: as soon as there is a first verdict, then ten times a second.
    ///
    /// # Errors
    /// When the target cannot be read. A branch that cannot says so in its tip.
    pub fn predict(&mut self, asked: &Asked<'_>, tell: &mut dyn FnMut(&Matrix)) -> Result<Matrix, Error> {
        let began = Instant::now();
        self.effort = Effort::default();
        if self.verdicts.0.len() > MAX_KNOWN {
            self.verdicts.0.clear();
        }
        let target = commits::tip(self.repo, asked.target)?;
        let mut matrix = Matrix { target: commits::ours(target), partial: true, ..Matrix::default() };
        let here = |a: &&AgentName| asked.branches.iter().any(|b| b.agent == **a);
        matrix.order = asked.order.iter().filter(here).cloned().collect();
        let mut told = None;
        let mut sides: Vec<Side> = Vec::new();
        // Those whose worktrees have to be looked at come last: that takes longest.
        let (late, early): (Vec<_>, Vec<_>) =
            asked.branches.iter().enumerate().partition(|(_, b)| b.look == Look::Anew);
        for (place, branch) in early.into_iter().chain(late) {
            let side = self.side(branch, place, target);
            matrix.tips.push(side.tip.clone());
            if let Some(at) = side.at {
                self.compare(&mut matrix, &sides, &side, at, target, &mut |m| {
                    if told.is_none_or(|t: Instant| t.elapsed() >= TELLING) {
                        tell(m);
                        told = Some(Instant::now());
                    }
                });
            }
            sides.push(side);
        }
        sides.sort_by_key(|s| s.place);
        let place = |a: &AgentName| sides.iter().find(|s| s.tip.agent == *a).map_or(usize::MAX, |s| s.place);
        matrix.tips.sort_by_key(|t| place(&t.agent));
        matrix.onto.sort_by_key(|o| place(&o.agent));
        matrix.pairs.sort_by_key(|p| (place(&p.a), place(&p.b)));
        matrix.along = self.along(&matrix.order, &sides, target);
        matrix.disorder = order::disorder(&matrix.order, asked.after, &self.contains(&sides, target));
        matrix.proposal = self.proposal(&matrix, asked.after, &sides, target);
        limit(&mut matrix);
        matrix.partial = false;
        matrix.ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(matrix)
    }

    /// Compares one branch with the target and with those before it.
    fn compare(
        &mut self,
        matrix: &mut Matrix,
        before: &[Side],
        side: &Side,
        at: Oid,
        target: Oid,
        tell: &mut dyn FnMut(&Matrix),
    ) {
        let (verdict, new) = self.verdict(target, at);
        self.effort.onto += usize::from(new);
        matrix.onto.push(Along { agent: side.tip.agent.clone(), with: Vec::new(), verdict });
        tell(matrix);
        for other in before {
            let Some(with) = other.at else { continue };
            let ((a, x), (b, y)) = if other.place < side.place {
                ((other, with), (side, at))
            } else {
                ((side, at), (other, with))
            };
            let (verdict, new) = self.verdict(x, y);
            self.effort.pairs += usize::from(new);
            matrix.pairs.push(Pair { a: a.tip.agent.clone(), b: b.tip.agent.clone(), verdict });
            tell(matrix);
        }
    }

    /// What merging two commits gives, and whether that had to be found out.
    fn verdict(&mut self, ours: Oid, theirs: Oid) -> (Verdict, bool) {
        if let Some(known) = self.verdicts.0.get(&(ours, theirs)) {
            return (known.clone(), false);
        }
        match self.judge(ours, theirs) {
            Ok(verdict) => {
                self.verdicts.0.insert((ours, theirs), verdict.clone());
                (verdict, true)
            }
            Err(e) => (Verdict { why: e.to_string(), ..Verdict::default() }, true),
        }
    }

    fn judge(&mut self, ours: Oid, theirs: Oid) -> Result<Verdict, Error> {
        if let [base] = self.merger.bases(ours, theirs)?[..] {
            if base == ours || base == theirs {
                return Ok(Verdict::default());
            }
            let [base, one, other] = [base, ours, theirs].map(|c| self.merger.tree(c));
            let (base, one, other) = (base?, one?, other?);
            if apart::apart(&*self.merger.changed(base, one)?, &*self.merger.changed(base, other)?) {
                return Ok(Verdict::default());
            }
        }
        Ok(said(&self.merger.try_merge(ours, theirs)?))
    }

    /// Every step of an order on all before it. A step that conflicts is left out of those after it.
    fn along(&mut self, order: &[AgentName], sides: &[Side], target: Oid) -> Vec<Along> {
        let (mut at, mut taken, mut found) = (target, Vec::<&Side>::new(), Vec::new());
        for agent in order {
            let Some(side) = sides.iter().find(|s| s.tip.agent == *agent) else { continue };
            let Some(tip) = side.at else { continue };
            let verdict = match self.join(at, tip) {
                Ok((verdict, next)) => {
                    at = next.unwrap_or(at);
                    verdict
                }
                Err(e) => Verdict { why: e.to_string(), ..Verdict::default() },
            };
            let with = taken.iter().filter(|s| s.touches(&verdict.conflicts));
            let with = with.map(|s| s.tip.agent.clone()).collect();
            if verdict.clean() {
                taken.push(side);
            }
            found.push(Along { agent: agent.clone(), with, verdict });
        }
        found
    }

    /// Merges a step, and gives the merge where there is one.
    fn join(&mut self, at: Oid, tip: Oid) -> Result<(Verdict, Option<Oid>), Error> {
        if let Some(made) = self.joined.get(&(at, tip)) {
            return Ok((Verdict::default(), Some(*made)));
        }
        if let Some(known) = self.verdicts.0.get(&(at, tip)).filter(|v| !v.clean()) {
            return Ok((known.clone(), None));
        }
        self.effort.steps += 1;
        let merged = match self.merger.bases(at, tip)?[..] {
            [base] if base == tip => return Ok((Verdict::default(), Some(at))),
            [base] if base == at => Merged::Clean(self.merger.tree(tip)?),
            _ => self.merger.merge(at, tip)?,
        };
        let verdict = said(&merged);
        self.verdicts.0.insert((at, tip), verdict.clone());
        let Merged::Clean(tree) = merged else { return Ok((verdict, None)) };
        let doing = || git("keep a merge in memory");
        let find = |oid| self.repo.find_commit(oid).map_err(doing());
        let who = Signature::new("orchestra", "orchestra@localhost", &Time::new(0, 0)).map_err(doing())?;
        let tree = self.repo.find_tree(tree).map_err(doing())?;
        let parents = [find(at)?, find(tip)?];
        let parents = [&parents[0], &parents[1]];
        let made = self.repo.commit(None, &who, &who, "prediction", &tree, &parents).map_err(doing())?;
        self.merger.note(made, at, tip);
        self.joined.insert((at, tip), made);
        Ok((verdict, Some(made)))
    }

    /// Pairs of branches of which the first has the tip of the second in its history.
    fn contains(&mut self, sides: &[Side], target: Oid) -> Vec<(AgentName, AgentName)> {
        let mut found = Vec::new();
        let known: Vec<(&AgentName, Oid)> =
            sides.iter().filter_map(|s| Some((&s.tip.agent, s.branch?))).collect();
        for (i, (a, x)) in known.iter().enumerate() {
            for (b, y) in known.iter().skip(i + 1) {
                let Ok(bases) = self.merger.bases(*x, *y) else { continue };
                let [base] = &bases[..] else { continue };
                // What the target has already is nobody's.
                let own = |tip: Oid, m: &mut Merger<'_>| m.bases(target, tip).is_ok_and(|b| b[..] != [tip]);
                if x == y {
                    continue;
                }
                if base == y && own(*y, &mut self.merger) {
                    found.push(((*a).clone(), (*b).clone()));
                } else if base == x && own(*x, &mut self.merger) {
                    found.push(((*b).clone(), (*a).clone()));
                }
            }
        }
        found
    }

    /// A better order, tried by real merges.
    fn proposal(&mut self, matrix: &Matrix, after: &After, sides: &[Side], target: Oid) -> Option<Proposal> {
        let instead_of = conflicting(&matrix.along);
        if instead_of == 0 {
            return None;
        }
        // Who conflicts with the target is left out wherever it stands, and is in nobody's way.
        let lost = |a: &AgentName| matrix.onto.iter().any(|o| o.agent == *a && !o.verdict.clean());
        let clash = |a: &AgentName, b: &AgentName| {
            !lost(a) && !lost(b) && matrix.pair(a, b).is_some_and(|p| !p.verdict.clean())
        };
        let order = order::better(&matrix.order, after, &clash)?;
        let conflicts = conflicting(&self.along(&order, sides, target));
        let moves = order::moves(&matrix.order, &order);
        (conflicts < instead_of).then_some(Proposal { order, conflicts, instead_of, moves })
    }
}

fn conflicting(along: &[Along]) -> u32 {
    u32::try_from(along.iter().filter(|a| !a.verdict.clean()).count()).unwrap_or(u32::MAX)
}

/// A merge as a verdict, of bounded size.
fn said(merged: &Merged) -> Verdict {
    match merged {
        Merged::Clean(_) => Verdict::default(),
        Merged::Unrelated => Verdict { why: "the histories share no commit".into(), ..Verdict::default() },
        Merged::Conflict(found) => {
            let short = |c: &Conflict| Conflict {
                hunks: c.hunks.iter().take(MAX_HUNKS).copied().collect(),
                ..c.clone()
            };
            let conflicts: Vec<Conflict> = found.iter().take(MAX_CONFLICTS).map(short).collect();
            let more = u32::try_from(found.len() - conflicts.len()).unwrap_or(u32::MAX);
            Verdict { conflicts, more, ..Verdict::default() }
        }
    }
}

/// Leaves no more than [`MAX_LISTED`] conflicts listed; the rest is only counted.
fn limit(matrix: &mut Matrix) {
    let mut room = MAX_LISTED;
    let onto = matrix.onto.iter_mut().chain(&mut matrix.along).map(|a| &mut a.verdict);
    for verdict in onto.chain(matrix.pairs.iter_mut().map(|p| &mut p.verdict)) {
        // One is always left: a verdict with conflicts must not look clean.
        let keep = verdict.conflicts.len().min(room.max(1));
        let cut = verdict.conflicts.len() - keep;
        verdict.conflicts.truncate(keep);
        verdict.more = verdict.more.saturating_add(u32::try_from(cut).unwrap_or(u32::MAX));
        room = room.saturating_sub(keep);
    }
}
