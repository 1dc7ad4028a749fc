//! Copying ignored files that work needs (`.env` and the like) into a fresh worktree.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use git2::Repository;

use super::error::{git, io as io_error};
use super::{Error, open, tamper};

/// The file that names them, at the top of the repository.
const FILE: &str = ".worktreeinclude";
/// The most files and folders looked at.
const MAX_SEEN: usize = 500_000;
/// The most files copied.
const MAX_COPIED: usize = 10_000;
/// The most bytes copied.
const MAX_BYTES: u64 = 1 << 30;

/// What was copied.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Included {
    /// Paths from the top, in order.
    pub files: Vec<String>,
    /// Whether a limit (500,000 files seen, 10,000 files or 1 GiB copied) left some out.
    pub cut: bool,
}

/// Copies regular files of the main working tree that match a pattern of `.worktreeinclude` (written as in
/// `.gitignore`) *and* are ignored by git, never tracked ones. Links are not followed on either side, and a
/// file that is already there stays.
///
/// # Errors
/// When the worktree was tampered with, or a file cannot be read or written.
pub fn copy_included(repo: &Path, worktree: &Path) -> Result<Included, Error> {
    let main = open::main(repo)?;
    let Some(files) = Files::of(&main)? else { return Ok(Included::default()) };
    tamper::open_checked(&main, worktree)?;
    let mut copy = Copy { top: &files.top, to: worktree, done: Included::default(), bytes: 0 };
    let whole = files.each(&mut |path| copy.copy(path))?;
    copy.done.cut |= !whole;
    copy.done.files.sort();
    Ok(copy.done)
}

/// As [`copy_included`], after what an earlier call copied (`before`) was taken away, so that the copies are those
/// of now.
///
/// # Errors
/// As [`copy_included`].
pub fn renew_included(repo: &Path, worktree: &Path, before: &[String]) -> Result<Included, Error> {
    tamper::open_checked(&open::main(repo)?, worktree)?;
    for path in before {
        let mut at = worktree.to_owned();
        let parts: Vec<_> = Path::new(path).components().collect();
        let plain = parts.iter().all(|p| matches!(p, Component::Normal(_)));
        let folders = parts.iter().take(parts.len().saturating_sub(1)).all(|part| {
            at.push(part);
            fs::symlink_metadata(&at).is_ok_and(|meta| meta.is_dir())
        });
        // Through a link it would be somebody else's file.
        if plain && folders {
            let _ = fs::remove_file(worktree.join(path));
        }
    }
    copy_included(repo, worktree)
}

/// What [`copy_included`] would copy now, as a text that changes with it: paths, sizes and times, not contents.
/// Empty where nothing would be.
///
/// # Errors
/// When the repository cannot be read.
pub fn included_state(repo: &Path) -> Result<String, Error> {
    let main = open::main(repo)?;
    let Some(files) = Files::of(&main)? else { return Ok(String::new()) };
    let mut lines = Vec::new();
    files.each(&mut |path| {
        if let Ok(meta) = fs::symlink_metadata(files.top.join(path)) {
            let changed = meta.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
            let nanos = changed.unwrap_or_default().as_nanos();
            lines.push(format!("{path:?} {} {nanos}", meta.len()));
        }
        Ok(lines.len() < MAX_COPIED)
    })?;
    lines.sort();
    Ok(lines.join("\n"))
}

/// The files of the main working tree that are to be copied.
struct Files<'a> {
    main: &'a Repository,
    matcher: Matcher,
    top: PathBuf,
}

impl<'a> Files<'a> {
    /// None where nothing is asked for.
    fn of(main: &'a Repository) -> Result<Option<Self>, Error> {
        let Some(top) = main.workdir().map(Path::to_owned) else {
            return Err(Error::Bare(main.path().to_owned()));
        };
        let file = top.join(FILE);
        let patterns = match fs::symlink_metadata(&file) {
            Ok(meta) if meta.is_file() && meta.len() <= 1 << 20 => {
                fs::read(&file).map_err(io_error(&file))?
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { main, matcher: Matcher::new(&patterns)?, top }))
    }

    /// Hands each to `take` until that says false; gives false when a limit left some out.
    fn each(&self, take: &mut dyn FnMut(&Path) -> Result<bool, Error>) -> Result<bool, Error> {
        let index = self.main.index().map_err(git("read the index"))?;
        let mut queue = vec![PathBuf::new()];
        let mut seen = 0;
        while let Some(dir) = queue.pop() {
            // An unreadable folder holds nothing that could be copied.
            for entry in fs::read_dir(self.top.join(&dir)).into_iter().flatten().flatten() {
                seen += 1;
                if seen > MAX_SEEN {
                    return Ok(false);
                }
                let path = dir.join(entry.file_name());
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_dir() {
                    // Another repository's files are not ours to hand out.
                    if entry.file_name() != ".git" && !self.top.join(&path).join(".git").exists() {
                        queue.push(path);
                    }
                    continue;
                }
                let wanted = kind.is_file()
                    && self.matcher.matches(&path)
                    && index.get_path(&path, 0).is_none()
                    && self.main.is_path_ignored(&path).unwrap_or(false);
                if wanted && !take(&path)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// Patterns of their own: an empty repository whose only ignore rules they are.
struct Matcher {
    repo: Repository,
    _dir: tempfile::TempDir,
}

impl Matcher {
    fn new(patterns: &[u8]) -> Result<Self, Error> {
        let dir = tempfile::Builder::new()
            .prefix("orchestra-include-")
            .tempdir()
            .map_err(io_error("temporary folder"))?;
        let doing = || git("set up matching of .worktreeinclude");
        let repo = Repository::init(dir.path()).map_err(doing())?;
        let mut config = repo.config().map_err(doing())?;
        // The user's own ignore file must not speak here.
        config.set_str("core.excludesFile", "/dev/null").map_err(doing())?;
        let info = repo.path().join("info");
        fs::create_dir_all(&info).map_err(io_error(&info))?;
        fs::write(info.join("exclude"), patterns).map_err(io_error(&info))?;
        Ok(Self { repo, _dir: dir })
    }

    fn matches(&self, path: &Path) -> bool {
        self.repo.is_path_ignored(path).unwrap_or(false)
    }
}

struct Copy<'a> {
    top: &'a Path,
    to: &'a Path,
    done: Included,
    bytes: u64,
}

impl Copy<'_> {
    /// Copies one file; false when a limit is reached.
    fn copy(&mut self, path: &Path) -> Result<bool, Error> {
        let source = self.top.join(path);
        let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
        let mut from = match OpenOptions::new().read(true).custom_flags(nofollow).open(&source) {
            Ok(from) => from,
            // Gone or replaced by a link since it was listed.
            Err(_) => return Ok(true),
        };
        let meta = from.metadata().map_err(io_error(&source))?;
        if self.done.files.len() >= MAX_COPIED || self.bytes.saturating_add(meta.len()) > MAX_BYTES {
            return Ok(false);
        }
        let Some(mut to) = self.create(path)? else { return Ok(true) };
        let target = self.to.join(path);
        self.bytes += io::copy(&mut from, &mut to).map_err(io_error(&target))?;
        let mode = fs::Permissions::from_mode(meta.permissions().mode() & 0o777);
        to.set_permissions(mode).map_err(io_error(&target))?;
        self.done.files.push(path.display().to_string());
        Ok(true)
    }

    /// Makes a new file in the worktree; `None` when something is there or the way leads through a link.
    fn create(&self, path: &Path) -> Result<Option<File>, Error> {
        let mut at = self.to.to_owned();
        for part in path.parent().into_iter().flat_map(Path::components) {
            at.push(part);
            match fs::symlink_metadata(&at) {
                Ok(meta) if meta.is_dir() => {}
                Ok(_) => return Ok(None),
                Err(_) => fs::create_dir(&at).map_err(io_error(&at))?,
            }
        }
        let target = self.to.join(path);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&target) {
            Ok(file) => Ok(Some(file)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            Err(e) => Err(io_error(target)(e)),
        }
    }
}
