//! Building a train: all merges in the object database, the target untouched.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use git2::{Commit, ObjectType, Repository, Signature, Time};

use super::error::{git, io};
use super::lock::Lock;
use super::sign::{self, Signer};
use super::{Error, merge, open};
use crate::domain::id::{AgentName, Oid, TrainId};
use crate::domain::train::{Built, Merged, Step, Stuck, TrainPlan};

/// Merges the steps of a plan one after another, each with two parents even where a fast-forward would do.
/// A step whose commit is already contained makes no commit and names the one before it. The same plan gives
/// the same ids, signed merges too as long as the refs of the first build are there. `refs/orchestra/train/<id>/base` and `…/built` keep the objects until [`forget`](super::forget).
///
/// # Errors
/// When the target or a branch is not where the plan says, histories are unrelated, or git fails; no refs
/// are left then.
pub fn build(repo: &Path, plan: &TrainPlan) -> Result<Built, Error> {
    merge::in_memory(repo, |main| {
        verify(main, plan)?;
        let signer = Signer::for_train(main, plan)?;
        let (steps, result) = match run(main, plan, signer.as_ref())? {
            Ok(done) => done,
            Err(conflict) => return Ok(conflict),
        };
        let files = changed_files(main, open::theirs(&plan.base)?, result)?;
        store(repo, main, &steps, plan)?;
        let result = open::ours(result);
        Ok(Built::Clean { steps, result, files })
    })
}

/// The refs of a train: base, then built.
fn ref_names(id: TrainId) -> [String; 2] {
    ["base", "built"].map(|kind| format!("refs/orchestra/train/{id}/{kind}"))
}

/// Everything must still be where it was reviewed.
fn verify(main: &Repository, plan: &TrainPlan) -> Result<(), Error> {
    let at = |branch: &str, expected: &Oid| {
        let found = open::ours(open::tip(main, branch)?);
        if found == *expected {
            return Ok(());
        }
        Err(Error::BranchMoved { branch: branch.to_owned(), expected: expected.clone(), found })
    };
    at(&plan.target, &plan.base)?;
    plan.steps.iter().try_for_each(|step| at(&step.branch, &step.oid))
}

type Done = (Vec<Merged>, git2::Oid);

/// All merges in memory.
fn run(main: &Repository, plan: &TrainPlan, signer: Option<&Signer>) -> Result<Result<Done, Built>, Error> {
    let base = open::commit(main, &plan.base)?;
    let mut onto = base.clone();
    let mut merger = merge::Merger::new(main)?;
    let mut steps = Vec::new();
    for step in &plan.steps {
        let tip = open::commit(main, &step.oid)?;
        if contains(main, onto.id(), tip.id())? {
            steps.push(Merged::new(step.agent.clone(), open::ours(onto.id())));
            continue;
        }
        let tree = match merger.merge(onto.id(), tip.id())? {
            merge::Merged::Clean(tree) => tree,
            merge::Merged::Conflict(conflicts) => {
                let paths: BTreeSet<&str> = conflicts.iter().map(|c| c.path.as_str()).collect();
                let with = touching(main, plan, step, base.id(), &paths)?;
                let stuck = Stuck::new(step.agent.clone(), with, conflicts);
                return Ok(Err(Built::Conflict(Stuck { steps, onto: open::ours(onto.id()), ..stuck })));
            }
            merge::Merged::Unrelated => {
                return Err(Error::Unrelated { branch: step.branch.clone(), with: plan.base.clone() });
            }
        };
        let (made, fresh) = commit(main, signer, plan.date, step, tree, &onto, &tip)?;
        if fresh {
            merger.note(made, onto.id(), tip.id());
        }
        steps.push(Merged::new(step.agent.clone(), open::ours(made)));
        onto = main.find_commit(made).map_err(git("read the merge"))?;
    }
    Ok(Ok((steps, onto.id())))
}

/// One merge commit, made of nothing but the plan, and whether it did not exist before.
fn commit(
    main: &Repository,
    signer: Option<&Signer>,
    date: i64,
    step: &Step,
    tree: git2::Oid,
    onto: &Commit<'_>,
    tip: &Commit<'_>,
) -> Result<(git2::Oid, bool), Error> {
    let doing = || git(format!("commit the merge of `{}`", step.branch));
    let who = Signature::new("orchestra", "orchestra@localhost", &Time::new(date, 0)).map_err(doing())?;
    let tree = main.find_tree(tree).map_err(doing())?;
    let message = format!(
        "{}\n\nOrchestra-Agent: {}\nOrchestra-Branch: {}\n",
        step.message.trim_end(),
        step.agent,
        step.branch
    );
    let text = main.commit_create_buffer(&who, &who, &message, &tree, &[onto, tip]).map_err(doing())?;
    sign::write(main, signer, &text)
}

/// Whether `tip` is an ancestor of `onto` or the same.
pub(super) fn contains(main: &Repository, onto: git2::Oid, tip: git2::Oid) -> Result<bool, Error> {
    let descends = || main.graph_descendant_of(onto, tip).map_err(git(format!("compare {onto} with {tip}")));
    Ok(onto == tip || descends()?)
}

/// Earlier branches of the train that touch any of the paths.
fn touching(
    main: &Repository,
    plan: &TrainPlan,
    failed: &Step,
    base: git2::Oid,
    paths: &BTreeSet<&str>,
) -> Result<Vec<AgentName>, Error> {
    let mut with = Vec::new();
    for step in plan.steps.iter().take_while(|s| s.agent != failed.agent) {
        let tip = open::theirs(&step.oid)?;
        let from = main.merge_base(base, tip).map_err(git(format!("find the base of `{}`", step.branch)))?;
        let touched = merge::touched(main, from, tip)?;
        if touched.iter().any(|p| paths.contains(open::shown(p).as_str())) {
            with.push(step.agent.clone());
        }
    }
    Ok(with)
}

fn changed_files(main: &Repository, old: git2::Oid, new: git2::Oid) -> Result<u32, Error> {
    Ok(u32::try_from(merge::touched(main, old, new)?.len()).unwrap_or(u32::MAX))
}

/// Writes the merges of a train and names them.
fn store(repo: &Path, memory: &Repository, steps: &[Merged], plan: &TrainPlan) -> Result<(), Error> {
    let made = steps.iter().map(|s| open::theirs(&s.oid)).collect::<Result<_, _>>()?;
    let last = steps.last().map_or(&plan.base, |step| &step.oid);
    let [base, built] = ref_names(plan.id);
    let refs = [(base, open::theirs(&plan.base)?), (built, open::theirs(last)?)];
    keep(repo, memory, &made, &refs, &format!("orchestra: train {}", plan.id))
}

/// Writes what is new of commits made in memory as one pack, makes it durable, and only then names them.
pub(super) fn keep(
    repo: &Path,
    memory: &Repository,
    commits: &BTreeSet<git2::Oid>,
    refs: &[(String, git2::Oid)],
    log: &str,
) -> Result<(), Error> {
    let disk = open::main(repo)?;
    let odb = disk.odb().map_err(git("open the object database"))?;
    let mut missing = Vec::new();
    let mut seen = BTreeSet::new();
    for oid in commits {
        if !odb.exists(*oid) && seen.insert(*oid) {
            missing.push(*oid);
            let tree = memory.find_commit(*oid).map_err(git("read a merge"))?.tree_id();
            collect(memory, &odb, tree, &mut seen, &mut missing)?;
        }
    }
    let _lock = Lock::take(disk.commondir())?;
    if !missing.is_empty() {
        write_pack(&disk, memory, &odb, &missing)?;
    }
    for (name, oid) in refs {
        disk.reference(name, *oid, true, log).map_err(git(format!("write {name}")))?;
    }
    Ok(())
}

/// A tree and what is below it, as far as the disk does not have it.
fn collect(
    memory: &Repository,
    disk: &git2::Odb<'_>,
    tree: git2::Oid,
    seen: &mut BTreeSet<git2::Oid>,
    missing: &mut Vec<git2::Oid>,
) -> Result<(), Error> {
    let mut queue = vec![tree];
    while let Some(oid) = queue.pop() {
        if disk.exists(oid) || !seen.insert(oid) {
            continue;
        }
        missing.push(oid);
        let tree = memory.find_tree(oid).map_err(git("read a merged tree"))?;
        for entry in &tree {
            match entry.kind() {
                Some(ObjectType::Tree) => queue.push(entry.id()),
                Some(ObjectType::Blob) if !disk.exists(entry.id()) && seen.insert(entry.id()) => {
                    missing.push(entry.id());
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn write_pack(
    disk: &Repository,
    memory: &Repository,
    odb: &git2::Odb<'_>,
    missing: &[git2::Oid],
) -> Result<(), Error> {
    let doing = || git("write the train's objects");
    let mut builder = memory.packbuilder().map_err(doing())?;
    for oid in missing {
        builder.insert_object(*oid, None).map_err(doing())?;
    }
    let mut bytes = git2::Buf::new();
    builder.write_buf(&mut bytes).map_err(doing())?;
    let dir = disk.commondir().join("objects/pack");
    let before = packs(&dir);
    let mut writer = odb.packwriter().map_err(doing())?;
    std::io::Write::write_all(&mut writer, &bytes).map_err(io(&dir))?;
    writer.commit().map_err(doing())?;
    for path in packs(&dir).difference(&before) {
        File::open(path).and_then(|f| f.sync_all()).map_err(io(path))?;
    }
    File::open(&dir).and_then(|f| f.sync_all()).map_err(io(&dir))
}

fn packs(dir: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(dir).into_iter().flatten().filter_map(|e| Some(e.ok()?.path())).collect()
}
