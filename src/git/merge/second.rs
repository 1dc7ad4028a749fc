//! The second opinion: what git says of merges that libgit2 made, and who is followed.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use git2::{Odb, Oid, Repository};

use super::attrs::File;
use super::check::Checker;
use super::means::Means;
use super::said::Said;
use super::{Merged, store};
use crate::domain::review::{Conflict, Engines};
use crate::git::Error;
use crate::git::error::git;

/// One merge to be asked about.
pub(in crate::git) struct Ask {
    /// The commit merged into.
    pub(in crate::git) ours: Oid,
    /// The commit merged.
    pub(in crate::git) theirs: Oid,
    /// Which run it belongs to: those of one are asked together, as no attribute file differs between them.
    pub(in crate::git) run: usize,
    /// The attribute files that concern it, of the tree merged into.
    pub(in crate::git) attributes: Vec<File>,
    /// What libgit2 says; none: it was not asked.
    pub(in crate::git) library: Option<Merged>,
}

/// What holds.
pub(in crate::git) struct Verdict {
    /// The merge to go on with.
    pub(in crate::git) merged: Merged,
    /// Who said so.
    pub(in crate::git) engines: Engines,
}

/// Asks git. It is started when first asked, once for many merges.
pub(in crate::git) struct Second<'r> {
    memory: &'r Repository,
    means: &'r Means,
    checker: OnceCell<Result<Checker<'r>, String>>,
}

impl<'r> Second<'r> {
    /// For merges in a repository whose new objects stay in memory.
    pub(in crate::git) fn new(memory: &'r Repository, means: &'r Means) -> Self {
        Self { memory, means, checker: OnceCell::new() }
    }

    #[cfg(test)]
    pub(in crate::git) fn with(
        memory: &'r Repository,
        means: &'r Means,
        program: std::ffi::OsString,
        limit: std::time::Duration,
    ) -> Self {
        let checker = OnceCell::from(Checker::with(memory, means, program, limit));
        Self { memory, means, checker }
    }

    /// The verdicts, in order. After one that is not libgit2's the rest is left out where `chained`: they were
    /// built on it.
    ///
    /// # Errors
    /// When git alone merges here and fails, or a tree it made cannot be taken over.
    pub(in crate::git) fn judge(&self, asks: Vec<Ask>, chained: bool) -> Result<Vec<Verdict>, Error> {
        let mut said = self.all(&asks).map(Vec::into_iter);
        let mut verdicts = Vec::new();
        for ask in asks {
            let answer = match &mut said {
                Ok(all) => all.next().ok_or("git merge-tree answered less than was asked".to_owned()),
                Err(why) => Err(why.clone()),
            };
            let library = ask.library.clone();
            let verdict = match answer {
                Ok(said) => self.weigh(ask, &said)?,
                Err(why) => match ask.library {
                    Some(merged) => Verdict { merged, engines: Engines::Library(why) },
                    None => return Err(Error::Program { command: "merge-tree".into(), text: why }),
                },
            };
            let other = library.is_some_and(|l| !same(&l, &verdict.merged));
            verdicts.push(verdict);
            if chained && other {
                break;
            }
        }
        Ok(verdicts)
    }

    /// Git's answers, a process for each run.
    fn all(&self, asks: &[Ask]) -> Result<Vec<Said>, String> {
        let checker = self.checker.get_or_init(|| Checker::new(self.memory, self.means));
        let checker = checker.as_ref().map_err(String::clone)?;
        let mut all = Vec::new();
        for run in asks.chunk_by(|a, b| a.run == b.run) {
            let pairs: Vec<(Oid, Oid)> = run.iter().map(|a| (a.ours, a.theirs)).collect();
            let files: BTreeSet<&File> = run.iter().flat_map(|a| &a.attributes).collect();
            all.extend(checker.ask(&pairs, &files.into_iter().cloned().collect::<Vec<_>>())?);
        }
        Ok(all)
    }

    fn weigh(&self, ask: Ask, said: &Said) -> Result<Verdict, Error> {
        let merged =
            if said.clean { Merged::Clean(said.tree) } else { Merged::Conflict(said.conflicts(self.memory)) };
        let engines = match ask.library {
            None => Engines::Git(self.means.git_only.clone().unwrap_or_default()),
            Some(Merged::Clean(tree)) if said.clean && tree == said.tree => Engines::Agree,
            Some(Merged::Clean(_)) if said.clean => {
                Engines::Disagree("libgit2 makes another tree of it".into())
            }
            Some(Merged::Clean(_)) => Engines::Disagree("libgit2 merges it without a conflict".into()),
            Some(Merged::Unrelated) => Engines::Disagree("libgit2 finds no common history".into()),
            Some(Merged::Conflict(found)) => {
                let names = named(&found);
                if !said.clean && (names == said.paths() || names == named_in(&merged)) {
                    Engines::Agree
                } else {
                    let first: Vec<&str> = names.iter().map(String::as_str).take(5).collect();
                    let more = if names.len() > first.len() { " and others" } else { "" };
                    Engines::Disagree(format!("libgit2 sees conflicts in {}{more}", first.join(", ")))
                }
            }
        };
        if said.clean && engines != Engines::Agree {
            self.take(said.tree)?;
        }
        Ok(Verdict { merged, engines })
    }

    /// Takes a tree that git made into memory.
    fn take(&self, tree: Oid) -> Result<(), Error> {
        let Some(Ok(checker)) = self.checker.get() else { return Ok(()) };
        let odb: Odb<'_> = self.memory.odb().map_err(git("open the object database"))?;
        store::take(checker.objects(), &odb, tree)
    }
}

fn same(a: &Merged, b: &Merged) -> bool {
    match (a, b) {
        (Merged::Clean(a), Merged::Clean(b)) => a == b,
        (Merged::Conflict(_), Merged::Conflict(_)) => true,
        _ => false,
    }
}

/// All paths of conflicts, the other names included.
fn named(conflicts: &[Conflict]) -> BTreeSet<String> {
    conflicts.iter().flat_map(|c| std::iter::once(&c.path).chain(&c.also)).cloned().collect()
}

fn named_in(merged: &Merged) -> BTreeSet<String> {
    match merged {
        Merged::Conflict(found) => named(found),
        _ => BTreeSet::new(),
    }
}
