//! Objects made in memory, written elsewhere as one pack.

use std::collections::BTreeSet;
use std::io::Write;

use git2::{Buf, ObjectType, Odb, Oid, Repository};

use crate::git::Error;
use crate::git::error::git;

/// What `disk` lacks of commits made in memory: themselves, their trees and files. Their parents are others of
/// them or there already.
pub(in crate::git) fn missing(
    memory: &Repository,
    disk: &Odb<'_>,
    commits: impl IntoIterator<Item = Oid>,
) -> Result<Vec<Oid>, Error> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for oid in commits {
        if !disk.exists(oid) && seen.insert(oid) {
            found.push(oid);
            let tree = memory.find_commit(oid).map_err(git("read a merge"))?.tree_id();
            below(memory, disk, tree, &mut seen, &mut found)?;
        }
    }
    Ok(found)
}

/// A tree and what is below it, as far as `disk` does not have it.
fn below(
    memory: &Repository,
    disk: &Odb<'_>,
    tree: Oid,
    seen: &mut BTreeSet<Oid>,
    found: &mut Vec<Oid>,
) -> Result<(), Error> {
    let mut queue = vec![tree];
    while let Some(oid) = queue.pop() {
        if !seen.insert(oid) || disk.exists(oid) {
            continue;
        }
        found.push(oid);
        let tree = memory.find_tree(oid).map_err(git("read a merged tree"))?;
        for entry in &tree {
            match entry.kind() {
                Some(ObjectType::Tree) => queue.push(entry.id()),
                Some(ObjectType::Blob) if seen.insert(entry.id()) && !disk.exists(entry.id()) => {
                    found.push(entry.id());
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Writes objects into the object database of `into` as one pack.
pub(in crate::git) fn pack(memory: &Repository, objects: &[Oid], into: &Repository) -> Result<(), Error> {
    let doing = || git("write merged objects");
    let mut builder = memory.packbuilder().map_err(doing())?;
    for oid in objects {
        builder.insert_object(*oid, None).map_err(doing())?;
    }
    let mut bytes = Buf::new();
    builder.write_buf(&mut bytes).map_err(doing())?;
    let odb = into.odb().map_err(doing())?;
    let mut writer = odb.packwriter().map_err(doing())?;
    writer.write_all(&bytes).map_err(|e| doing()(git2::Error::from_str(&e.to_string())))?;
    writer.commit().map(drop).map_err(doing())
}

/// Takes a tree and what is below it from one object database into another.
pub(super) fn take(from: &Repository, into: &Odb<'_>, tree: Oid) -> Result<(), Error> {
    let doing = || git("take over a tree that git merged");
    let odb = from.odb().map_err(doing())?;
    let mut all = Vec::new();
    below(from, into, tree, &mut BTreeSet::new(), &mut all)?;
    for oid in all {
        let object = odb.read(oid).map_err(doing())?;
        into.write(object.kind(), object.data()).map_err(doing())?;
    }
    Ok(())
}
