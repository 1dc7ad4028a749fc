//! The `.gitattributes` files that count in a merge: those of our side's tree, not those that lie about on disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use git2::{Config, Index, Odb, Oid, Repository};
use tempfile::TempDir;

use crate::git::Error;
use crate::git::error::{git, io};
use crate::git::user::User;

/// The largest attribute file that is read, in bytes.
const MAX_SIZE: usize = 1 << 20;

/// A path and its blob.
pub(in crate::git) type File = (Vec<u8>, Oid);

/// The attribute files in `tree` that say something of any of `paths`, in order.
pub(super) fn files<'p>(
    repo: &Repository,
    tree: Oid,
    paths: impl Iterator<Item = &'p Vec<u8>>,
) -> Result<Vec<File>, Error> {
    let mut folders: BTreeSet<&[u8]> = BTreeSet::new();
    for path in paths {
        let mut at = &path[..];
        while let Some(end) = at.iter().rposition(|b| *b == b'/') {
            at = &at[..end];
            if !folders.insert(at) {
                break;
            }
        }
    }
    let root = repo.find_tree(tree).map_err(git("read a tree's attributes"))?;
    let mut found = Vec::new();
    look(&root, b"", &mut found);
    for folder in folders {
        let mut at = root.clone();
        let reached = folder.split(|b| *b == b'/').all(|name| {
            let next = at.get_name_bytes(name).and_then(|e| e.to_object(repo).ok()?.into_tree().ok());
            next.map(|tree| at = tree).is_some()
        });
        if reached {
            look(&at, folder, &mut found);
        }
    }
    Ok(found)
}

fn look(tree: &git2::Tree<'_>, folder: &[u8], found: &mut Vec<File>) {
    // Links are not followed, as in git.
    let entry = tree.get_name_bytes(b".gitattributes").filter(|e| e.filemode() & 0o170_000 == 0o100_000);
    if let Some(entry) = entry {
        let lead = if folder.is_empty() { Vec::new() } else { [folder, b"/"].concat() };
        found.push(([&lead[..], b".gitattributes"].concat(), entry.id()));
    }
}

/// A repository for merging alone: the objects of another, the attributes of a tree, and no configuration but the
/// user's own.
pub(super) struct Place {
    repo: Repository,
    files: Vec<File>,
    _dir: TempDir,
}

impl Place {
    pub(super) fn new(of: &Repository, odb: &Odb<'_>, files: Vec<File>) -> Result<Self, Error> {
        let doing = || git("set up merging");
        let dir =
            tempfile::Builder::new().prefix("orchestra-merge-").tempdir().map_err(io("temporary folder"))?;
        let (tree, settings) = (dir.path().join("tree"), dir.path().join("config"));
        fs::create_dir(&tree).map_err(io(&tree))?;
        lay(of, &tree, &files)?;
        fs::write(&settings, "").map_err(io(&settings))?;
        let mut config = Config::open(&settings).map_err(doing())?;
        let user = User::of(of)?;
        for (key, value) in ["core.attributesfile", "merge.default"].map(|key| (key, user.get(key))) {
            if let Some(value) = value {
                config.set_str(key, value).map_err(doing())?;
            }
        }
        let repo = Repository::open(of.path()).map_err(doing())?;
        repo.set_odb(odb).map_err(doing())?;
        repo.set_workdir(&tree, false).map_err(doing())?;
        repo.set_index(&mut Index::new().map_err(doing())?).map_err(doing())?;
        repo.set_config(&config).map_err(doing())?;
        Ok(Self { repo, files, _dir: dir })
    }

    pub(super) fn has(&self, files: &[File]) -> bool {
        self.files == files
    }

    pub(super) fn repo(&self) -> &Repository {
        &self.repo
    }
}

/// Puts attribute files where git looks for those of a working tree.
pub(super) fn lay(of: &Repository, dir: &Path, files: &[File]) -> Result<(), Error> {
    files.iter().try_for_each(|(path, blob)| write(of, dir, path, *blob))
}

fn write(of: &Repository, dir: &Path, path: &[u8], blob: Oid) -> Result<(), Error> {
    use std::os::unix::ffi::OsStrExt;
    // A tree can hold names that lead elsewhere; nobody's attributes need them.
    let odd = |name: &[u8]| matches!(name, b"" | b"." | b"..") || name.eq_ignore_ascii_case(b".git");
    if path.split(|b| *b == b'/').any(odd) {
        return Ok(());
    }
    let blob = of.find_blob(blob).map_err(git("read attributes"))?;
    if blob.size() > MAX_SIZE {
        return Ok(());
    }
    let file = dir.join(std::ffi::OsStr::from_bytes(path));
    let folder = file.parent().unwrap_or(dir);
    fs::create_dir_all(folder).map_err(io(folder))?;
    fs::write(&file, blob.content()).map_err(io(&file))
}
