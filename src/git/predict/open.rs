//! Uncommitted work as a commit that exists in memory alone.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use git2::{AttrCheckFlags, FileMode, Odb, Oid, Repository, Signature, Time};
use rustix::fs::{Mode, OFlags};

use crate::git::error::git;
use crate::git::{Error, heads, status, tamper};

/// Files of one worktree that count in at most.
const MAX_FILES: usize = 2000;
/// Their bytes in sum at most.
const MAX_BYTES: u64 = 32 << 20;
/// Entries of untracked folders that are looked at to find them.
const MAX_ENTRIES: usize = 20_000;

/// What a worktree adds to its branch's tip.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::git) enum Found {
    /// Nothing.
    Nothing,
    /// A commit on top of the tip, in memory.
    Work(Oid),
    /// Something that cannot count in, and why.
    Left(String),
}

/// What is at a path now.
type Now = Option<(FileMode, Oid)>;

/// Looks at what is uncommitted in the worktree of `branch`, whose tip is `tip`: changed files and new ones that
/// are not ignored. Their contents go into the object database of `main`, which keeps them in memory.
pub(in crate::git) fn look(
    main: &Repository,
    worktree: &Path,
    branch: &str,
    tip: Oid,
) -> Result<Found, Error> {
    let opened = tamper::open_checked(main, worktree)?;
    if heads::branch_at(opened.path()).as_deref() != Some(branch) {
        return Ok(Found::Left("its worktree is not on its branch".into()));
    }
    let mut gather = Gather {
        odb: main.odb().map_err(git("open the object database"))?,
        worktree,
        opened: &opened,
        eol: Eol::of(&opened),
        edits: Vec::new(),
        bytes: 0,
        entries: 0,
    };
    match gather.all() {
        Ok(()) => {}
        Err(Stop::Limit(why)) => return Ok(Found::Left(why)),
        Err(Stop::Error(e)) => return Err(e),
    }
    if gather.edits.is_empty() {
        return Ok(Found::Nothing);
    }
    commit(main, &gather.edits, branch, tip)
}

/// A commit of `edits` on `tip`. The same edits give the same commit.
fn commit(main: &Repository, edits: &[(Vec<u8>, Now)], branch: &str, tip: Oid) -> Result<Found, Error> {
    let doing = || git(format!("count in what is uncommitted on `{branch}`"));
    let parent = main.find_commit(tip).map_err(doing())?;
    let old = parent.tree().map_err(doing())?;
    let mut builder = git2::build::TreeUpdateBuilder::new();
    let mut any = false;
    for (path, now) in edits {
        let there = old.get_path(Path::new(OsStr::from_bytes(path))).ok();
        match now {
            // A submodule stays what it is at the tip.
            _ if there.as_ref().is_some_and(|e| e.kind() == Some(git2::ObjectType::Commit)) => {}
            Some((mode, blob)) => {
                let same = |e: &git2::TreeEntry<'_>| e.id() == *blob && e.filemode() == i32::from(*mode);
                if !there.as_ref().is_some_and(same) {
                    builder.upsert(&path[..], *blob, *mode);
                    any = true;
                }
            }
            None if there.is_some() => {
                builder.remove(&path[..]);
                any = true;
            }
            None => {}
        }
    }
    if !any {
        return Ok(Found::Nothing);
    }
    let tree = match builder.create_updated(main, &old) {
        Ok(tree) => tree,
        // A file where a folder was, or the other way round, in the middle of some change.
        Err(e) => return Ok(Found::Left(format!("its uncommitted files make no tree: {}", e.message()))),
    };
    if tree == old.id() {
        return Ok(Found::Nothing);
    }
    let tree = main.find_tree(tree).map_err(doing())?;
    let who = Signature::new("orchestra", "orchestra@localhost", &Time::new(0, 0)).map_err(doing())?;
    main.commit(None, &who, &who, "uncommitted", &tree, &[&parent]).map(Found::Work).map_err(doing())
}

/// Why gathering ended early.
enum Stop {
    Limit(String),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(e: Error) -> Self {
        Self::Error(e)
    }
}

/// Files being gathered.
struct Gather<'a> {
    odb: Odb<'a>,
    worktree: &'a Path,
    opened: &'a Repository,
    eol: Eol,
    edits: Vec<(Vec<u8>, Now)>,
    bytes: u64,
    entries: usize,
}

impl Gather<'_> {
    fn all(&mut self) -> Result<(), Stop> {
        // Names that are not UTF-8 come back changed and lead nowhere: what is uncommitted there does not count.
        let found = status::uncommitted(self.opened)?;
        for path in found.changed {
            self.file(path.as_bytes())?;
        }
        for path in found.untracked {
            match path.strip_suffix('/') {
                // Walked here, where there is a limit.
                Some(folder) => self.folder(folder.as_bytes())?,
                None => self.file(path.as_bytes())?,
            }
        }
        Ok(())
    }

    /// An untracked folder. Repositories within are not this one's.
    fn folder(&mut self, path: &[u8]) -> Result<(), Stop> {
        let mut open = vec![path.to_vec()];
        while let Some(folder) = open.pop() {
            let at = self.worktree.join(OsStr::from_bytes(&folder));
            if at.join(".git").exists() {
                continue;
            }
            for entry in fs::read_dir(&at).into_iter().flatten().flatten() {
                self.entries += 1;
                if self.entries > MAX_ENTRIES {
                    return Err(Stop::Limit(format!("more than {MAX_ENTRIES} untracked files")));
                }
                let path = [&folder[..], b"/", &entry.file_name().into_vec()].concat();
                let Ok(kind) = entry.file_type() else { continue };
                let shown = Path::new(OsStr::from_bytes(&path));
                if self.opened.status_should_ignore(shown).unwrap_or(false) {
                    continue;
                }
                if kind.is_dir() { open.push(path) } else { self.file(&path)? }
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &[u8]) -> Result<(), Stop> {
        if self.edits.len() >= MAX_FILES {
            return Err(Stop::Limit(format!("more than {MAX_FILES} uncommitted files")));
        }
        let shown = Path::new(OsStr::from_bytes(path));
        let filter = self.opened.get_attr_bytes(shown, "filter", AttrCheckFlags::default()).ok().flatten();
        if let git2::AttrValue::String(name) =
            git2::AttrValue::from_string(filter.and_then(|f| std::str::from_utf8(f).ok()))
        {
            // What git would store is what its program makes of it, which is not run for a look.
            return Err(Stop::Limit(format!("{} goes through the filter {name}", shown.display())));
        }
        let now = self.read(path)?;
        self.edits.push((path.to_vec(), now));
        Ok(())
    }

    /// What is at a path: nothing where it is gone or neither file nor link.
    fn read(&mut self, path: &[u8]) -> Result<Now, Stop> {
        let at = self.worktree.join(OsStr::from_bytes(path));
        let doing = || git(format!("keep {} in memory", at.display()));
        let Ok(meta) = fs::symlink_metadata(&at) else { return Ok(None) };
        if meta.is_symlink() {
            let Ok(target) = fs::read_link(&at) else { return Ok(None) };
            let blob = self.odb.write(git2::ObjectType::Blob, target.as_os_str().as_bytes());
            return Ok(Some((FileMode::Link, blob.map_err(doing())?)));
        }
        let left = MAX_BYTES.saturating_sub(self.bytes);
        if meta.is_file() && meta.len() > left {
            return Err(Stop::Limit(format!("more than {} MiB of uncommitted files", MAX_BYTES >> 20)));
        }
        // It may have become something else meanwhile: no link is followed and no pipe waited for.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let Ok(file) = rustix::fs::open(&at, flags, Mode::empty()).map(fs::File::from) else {
            return Ok(None);
        };
        let Some(meta) = file.metadata().ok().filter(fs::Metadata::is_file) else { return Ok(None) };
        let mut content = Vec::new();
        if file.take(left).read_to_end(&mut content).is_err() {
            return Ok(None);
        }
        self.bytes += content.len() as u64;
        let content = self.eol.stored(self.opened, path, content);
        let mode =
            if meta.permissions().mode() & 0o100 == 0 { FileMode::Blob } else { FileMode::BlobExecutable };
        let blob = self.odb.write(git2::ObjectType::Blob, &content).map_err(doing())?;
        Ok(Some((mode, blob)))
    }
}

/// Whether ends of lines are changed when a file is stored.
struct Eol {
    auto: bool,
}

impl Eol {
    fn of(repo: &Repository) -> Self {
        let config = repo.config().and_then(|mut c| c.snapshot());
        let value = config.ok().and_then(|c| c.get_str("core.autocrlf").map(str::to_lowercase).ok());
        Self { auto: value.is_some_and(|v| v == "true" || v == "input") }
    }

    /// The content as git stores it.
    fn stored(&self, repo: &Repository, path: &[u8], content: Vec<u8>) -> Vec<u8> {
        if memchr::memmem::find(&content, b"\r\n").is_none() {
            return content;
        }
        let path = Path::new(OsStr::from_bytes(path));
        let attribute = |name| repo.get_attr_bytes(path, name, AttrCheckFlags::default()).ok().flatten();
        let text = git2::AttrValue::from_bytes(attribute("text"));
        let binary = content.contains(&0);
        let change = match text {
            git2::AttrValue::True => true,
            git2::AttrValue::False => false,
            git2::AttrValue::Unspecified => {
                !binary && (self.auto || matches!(attribute("eol"), Some(b"lf" | b"crlf")))
            }
            _ => !binary,
        };
        if !change {
            return content;
        }
        let mut stored = Vec::with_capacity(content.len());
        let mut rest = &content[..];
        while let Some(at) = memchr::memmem::find(rest, b"\r\n") {
            stored.extend_from_slice(&rest[..at]);
            stored.push(b'\n');
            rest = &rest[at + 2..];
        }
        stored.extend_from_slice(rest);
        stored
    }
}
