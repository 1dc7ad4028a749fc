//! Whether what branches import is there once all of them are merged. Read from trees: nothing is checked out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use git2::{Oid, Repository, Signature, Time};

use super::concerns::Looked;
use super::error::git;
use super::merge::{Merged, Merger};
use super::{Error, merge, open, span};
use crate::domain::id::AgentName;
use crate::domain::review::{Concern, Severity, concern};
use crate::domain::source::imports::{FILE_MOST, Files, Module, Offer, Take, judge, judged, module};
use crate::domain::source::language;

/// How long imports of all branches together are looked at.
const TIME_MOST: Duration = Duration::from_secs(8);
/// Files that are read for all branches together.
const FILES_MOST: usize = 8000;
/// Bytes that are read for all branches together.
const BYTES_MOST: usize = 64 << 20;
/// Findings of one branch that are told.
const FOUND_MOST: usize = 25;
/// The name of this check.
const CHECK: &str = "imports";

/// Names that the branches import from the project itself and that are nowhere in it once all are merged into
/// `target` in `order`; a branch that does not merge so is judged in its own tree, and that is said. One list a
/// branch, in their order. At most 8,000 files, 64 MiB and 8 seconds go into it, 512 KiB into one file.
///
/// # Errors
/// When the repository or the target cannot be read.
pub fn imports(
    repo: &Path,
    target: &str,
    branches: &[Looked],
    order: &[AgentName],
) -> Result<Vec<Vec<Concern>>, Error> {
    merge::in_memory(repo, |main| {
        let budget =
            RefCell::new(Budget { until: Instant::now() + TIME_MOST, files: FILES_MOST, bytes: BYTES_MOST });
        let (tree, merged) = merge_all(main, target, branches, order)?;
        let mut whole = Source::new(main, tree, &budget)?;
        let one = |branch: &Looked| {
            let mut found = Vec::new();
            let looked = if merged.contains(&branch.agent) {
                look(main, branch, &mut whole, &budget, &mut found)
            } else {
                let text = "judged in the branch's own tree: it does not merge with the others in this order";
                found.push(concern(CHECK, Severity::Unknown, "", None, text, String::new()));
                let own = open::theirs(&branch.head).and_then(|head| merge::tree_of(main, head));
                own.and_then(|tree| Source::new(main, tree, &budget))
                    .and_then(|mut own| look(main, branch, &mut own, &budget, &mut found))
            };
            if let Err(e) = looked {
                let text = "its imports cannot be looked at";
                found.push(concern(CHECK, Severity::Unknown, "", None, text, e.to_string()));
            }
            found
        };
        Ok(branches.iter().map(one).collect())
    })
}

/// The tree of all branches that merge in this order, and whose they are.
fn merge_all(
    main: &Repository,
    target: &str,
    branches: &[Looked],
    order: &[AgentName],
) -> Result<(Oid, BTreeSet<AgentName>), Error> {
    let mut merger = Merger::new(main)?;
    let mut at = open::tip(main, target)?;
    let mut merged = BTreeSet::new();
    for branch in order.iter().filter_map(|name| branches.iter().find(|b| b.agent == *name)) {
        let tip = open::theirs(&branch.head)?;
        // What does not merge is told elsewhere.
        let Ok(Merged::Clean(tree)) = merger.merge(at, tip) else { continue };
        at = commit(main, tree, at, tip)?;
        merged.insert(branch.agent.clone());
    }
    Ok((merger.tree(at)?, merged))
}

/// A commit in memory, so that the next merge finds its base.
fn commit(main: &Repository, tree: Oid, ours: Oid, theirs: Oid) -> Result<Oid, Error> {
    let doing = || git("merge in memory");
    let find = |oid| main.find_commit(oid).map_err(doing());
    let who = Signature::new("orchestra", "orchestra@localhost", &Time::new(0, 0)).map_err(doing())?;
    let tree = main.find_tree(tree).map_err(doing())?;
    main.commit(None, &who, &who, "", &tree, &[&find(ours)?, &find(theirs)?]).map_err(doing())
}

/// What is left of the limits.
struct Budget {
    until: Instant,
    files: usize,
    bytes: usize,
}

/// A tree whose files are read as they are asked for.
struct Source<'r> {
    main: &'r Repository,
    tree: git2::Tree<'r>,
    paths: BTreeSet<String>,
    modules: HashMap<String, Option<Rc<Module>>>,
    budget: &'r RefCell<Budget>,
}

impl<'r> Source<'r> {
    fn new(main: &'r Repository, tree: Oid, budget: &'r RefCell<Budget>) -> Result<Self, Error> {
        let paths = span::tree_paths(main, tree)?.into_iter().collect();
        let tree = main.find_tree(tree).map_err(git("read a tree"))?;
        Ok(Self { main, tree, paths, modules: HashMap::new(), budget })
    }

    fn take(&self, bytes: usize) -> Option<()> {
        let mut left = self.budget.borrow_mut();
        left.files = left.files.checked_sub(1)?;
        left.bytes = left.bytes.checked_sub(bytes)?;
        (Instant::now() < left.until).then_some(())
    }
}

impl Files for Source<'_> {
    fn paths(&self) -> &BTreeSet<String> {
        &self.paths
    }

    fn text(&mut self, path: &str) -> Option<Rc<str>> {
        let entry = self.tree.get_path(Path::new(path)).ok()?;
        let (size, kind) = self.main.odb().ok()?.read_header(entry.id()).ok()?;
        if kind != git2::ObjectType::Blob || size > FILE_MOST {
            return None;
        }
        self.take(size)?;
        let blob = self.main.find_blob(entry.id()).ok()?;
        std::str::from_utf8(blob.content()).ok().map(Rc::from)
    }

    fn module(&mut self, path: &str) -> Option<Rc<Module>> {
        if let Some(known) = self.modules.get(path) {
            return known.clone();
        }
        let until = self.budget.borrow().until;
        let read = self
            .text(path)
            .and_then(|text| module(path, &text, &mut || Instant::now() > until).ok().map(Rc::new));
        self.modules.insert(path.to_owned(), read.clone());
        read
    }
}

/// What is wrong with one branch's imports in a tree.
fn look(
    main: &Repository,
    branch: &Looked,
    now: &mut Source<'_>,
    budget: &RefCell<Budget>,
    found: &mut Vec<Concern>,
) -> Result<(), Error> {
    let tree = |oid| open::theirs(oid).and_then(|oid| merge::tree_of(main, oid));
    let (base, head) = (tree(&branch.base)?, tree(&branch.head)?);
    let changed = Merger::new(main)?.changed(base, head)?;
    let mut then = Source::new(main, base, budget)?;
    let mut told = Told::default();
    let mut others: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in changed.keys().map(|p| open::shown(p)) {
        if !judged(&path) {
            told.languages.extend(language(&path).map(|_| path));
            continue;
        }
        if now.paths.contains(&path) {
            told.file(&path, now, &mut then, None);
        }
        if then.paths.contains(&path) {
            let old = then.module(&path);
            let new = now.module(&path);
            let kept = |name: &&String| new.as_ref().is_none_or(|m| !m.names.contains(*name));
            let gone = !now.paths.contains(&path) || new.is_some();
            let lost = old.iter().flat_map(|m| m.names.iter()).filter(kept).cloned();
            others.insert(path.clone(), lost.filter(|_| gone).collect());
        }
    }
    let own: BTreeSet<String> = changed.keys().map(|p| open::shown(p)).collect();
    others.retain(|path, lost| !lost.is_empty() || !now.paths.contains(path));
    told.others(&others, &own, now, &mut then);
    told.finish(found);
    Ok(())
}

#[derive(Default)]
struct Told {
    found: Vec<Concern>,
    left: usize,
    unknown: BTreeMap<String, usize>,
    unread: Vec<String>,
    languages: Vec<String>,
}

impl Told {
    /// Judges what a file takes; of `only` these names, where they are given.
    fn file(
        &mut self,
        path: &str,
        now: &mut Source<'_>,
        then: &mut Source<'_>,
        only: Option<&BTreeSet<String>>,
    ) {
        let Some(module) = now.module(path) else {
            self.unread.push(path.to_owned());
            return;
        };
        let mut said: BTreeSet<String> = BTreeSet::new();
        for take in &module.takes {
            if only.is_some_and(|names| !names.contains(&take.name)) {
                continue;
            }
            match judge(now, path, take) {
                Offer::Yes => {}
                Offer::Unknown(why) => *self.unknown.entry(why).or_default() += 1,
                Offer::No(text) => {
                    if said.insert(text.clone()) {
                        let before = then.paths.contains(path) && self.before(path, take, then);
                        self.tell(path, take, &text, before);
                    }
                }
            }
        }
    }

    /// Whether the same was missing at the base already.
    fn before(&self, path: &str, take: &Take, then: &mut Source<'_>) -> bool {
        let same = |t: &Take| t.from == take.from && t.name == take.name;
        let took = then.module(path).is_some_and(|m| m.takes.iter().any(same));
        took && matches!(judge(then, path, take), Offer::No(_))
    }

    fn tell(&mut self, path: &str, take: &Take, text: &str, before: bool) {
        if self.found.len() >= FOUND_MOST {
            self.left += 1;
            return;
        }
        let (severity, text) = match before {
            true => (Severity::Note, format!("{text}; that was so before")),
            false => (Severity::Warning, text.to_owned()),
        };
        self.found.push(concern(CHECK, severity, path, Some(take.line), &text, String::new()));
    }

    /// Files that this branch did not touch and that take what it took away.
    fn others(
        &mut self,
        lost: &BTreeMap<String, BTreeSet<String>>,
        own: &BTreeSet<String>,
        now: &mut Source<'_>,
        then: &mut Source<'_>,
    ) {
        if lost.is_empty() {
            return;
        }
        let languages: BTreeSet<_> =
            lost.keys().filter_map(|p| language(p)).map(|l| format!("{l:?}")).collect();
        let spoken = |p: &String| language(p).is_some_and(|l| languages.contains(&format!("{l:?}")));
        let paths: Vec<String> =
            now.paths.iter().filter(|p| !own.contains(*p) && spoken(p)).cloned().collect();
        let mut names: BTreeSet<String> = lost.values().flatten().cloned().collect();
        // What a file that is gone offered is taken with or without a name.
        let stems: BTreeSet<&str> = lost.keys().map(|p| stem(p)).collect();
        names.insert(String::new());
        for path in paths {
            let Some(text) = now.text(&path) else { continue };
            if stems.iter().any(|s| text.contains(s))
                || names.iter().any(|n| !n.is_empty() && text.contains(n))
            {
                self.file(&path, now, then, Some(&names));
            }
        }
    }

    fn finish(self, found: &mut Vec<Concern>) {
        let mut unknown = |text: String, evidence: String| {
            found.push(concern(CHECK, Severity::Unknown, "", None, &text, evidence));
        };
        if self.left > 0 {
            unknown(format!("{} more imports of what is not there", self.left), String::new());
        }
        if !self.unknown.is_empty() {
            let count: usize = self.unknown.values().sum();
            let why: Vec<&str> = self.unknown.keys().take(3).map(String::as_str).collect();
            unknown(format!("whether {count} imports are there"), why.join("; "));
        }
        if !self.unread.is_empty() {
            let text = "what these files import: they were not read (too large, no text, or over the limits)";
            unknown(text.to_owned(), self.unread.iter().take(5).cloned().collect::<Vec<_>>().join(", "));
        }
        if !self.languages.is_empty() {
            let text = format!("what {} files of other languages import", self.languages.len());
            unknown(text, self.languages.iter().take(5).cloned().collect::<Vec<_>>().join(", "));
        }
        found.extend(self.found);
    }
}

/// The last part of a path that others name it by.
fn stem(path: &str) -> &str {
    let name = |p: &'_ str| -> usize { p.rfind('/').map_or(0, |i| i + 1) };
    let file = path.get(name(path)..).unwrap_or(path);
    let stem = file.split('.').next().unwrap_or(file);
    if matches!(stem, "index" | "mod" | "__init__") {
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        return dir.get(name(dir)..).unwrap_or(dir);
    }
    stem
}
