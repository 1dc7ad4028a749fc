//! The files in which an agent program tells what it used: found by the directory it works in, read as they grow.

use std::collections::BTreeMap;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::OFlags;

use crate::domain::usage::{Reader, Tally, Usage};

/// Entries of folders that one look goes through at the most.
const ENTRIES_MOST: usize = 8192;
/// Bytes of one file that one look reads at the most; the next goes on there.
const READ_MOST: u64 = 4 << 20;
/// The longest line that is read; a longer one says nothing.
const LINE_MOST: usize = 1 << 20;
/// Bytes of a file within which it must say where its run works.
const HEAD: u64 = 1 << 20;
/// Files that are told apart, those of others among them.
const FILES_MOST: usize = 4096;

/// One agent's files.
#[derive(Debug)]
pub(super) struct Files {
    reader: Reader,
    /// Folders, each with the rest of the path as a pattern.
    places: Vec<(PathBuf, String)>,
    cwd: PathBuf,
    since: SystemTime,
    /// Those seen, with their reading; none of another directory's.
    known: BTreeMap<PathBuf, Option<Reading>>,
}

#[derive(Debug)]
struct Reading {
    tally: Tally,
    offset: u64,
    /// The beginning of a line.
    line: Vec<u8>,
    /// That line is too long.
    skips: bool,
}

impl Files {
    /// Those below `places` that were written since, of runs in `cwd`.
    pub fn new(reader: Reader, places: Vec<(PathBuf, String)>, cwd: PathBuf, since: SystemTime) -> Self {
        Self { reader, places, cwd, since, known: BTreeMap::new() }
    }

    /// What all runs used until now; none where nothing is known.
    pub fn look(&mut self) -> Option<Usage> {
        let mut budget = ENTRIES_MOST;
        let mut found = Vec::new();
        for (folder, pattern) in &self.places {
            let parts: Vec<&str> = pattern.split('/').filter(|p| !p.is_empty()).collect();
            walk(folder, &parts, self.since, &mut budget, &mut found);
        }
        for (path, meta) in found {
            self.read(&path, &meta);
        }
        let mut runs = self.known.values().flatten().filter(|r| r.tally.usage().tokens() > 0);
        let mut all = runs.next()?.tally.usage().clone();
        for run in runs {
            let more = run.tally.usage();
            all.input = all.input.saturating_add(more.input);
            all.cached = all.cached.saturating_add(more.cached);
            all.output = all.output.saturating_add(more.output);
            all.context = more.context.or(all.context);
            if let Some(usd) = more.micro_usd {
                all.micro_usd = Some(all.micro_usd.unwrap_or(0).saturating_add(usd));
            }
        }
        Some(all)
    }

    fn read(&mut self, path: &Path, meta: &Metadata) {
        let fresh = || Reading { tally: Tally::new(self.reader), offset: 0, line: Vec::new(), skips: false };
        let full = self.known.len() >= FILES_MOST;
        let reading = match self.known.get_mut(path) {
            Some(Some(reading)) => reading,
            Some(None) => return,
            None if full => return,
            None => match self.known.entry(path.to_owned()).or_insert_with(|| Some(fresh())) {
                Some(reading) => reading,
                None => return,
            },
        };
        if meta.len() < reading.offset {
            *reading = Reading { tally: Tally::new(self.reader), offset: 0, line: Vec::new(), skips: false };
        }
        if meta.len() == reading.offset || reading.go_on(path).is_err() {
            return;
        }
        let elsewhere = match reading.tally.cwd() {
            Some(cwd) => !same(Path::new(cwd), &self.cwd),
            None => reading.offset >= HEAD,
        };
        if elsewhere {
            self.known.insert(path.to_owned(), None);
        } else if reading.tally.cwd().is_none() {
            // Nothing counts before it is known whose it is: the next look reads it again.
            self.known.remove(path);
        }
    }
}

impl Reading {
    fn go_on(&mut self, path: &Path) -> std::io::Result<()> {
        // No link is followed and no pipe waited for, whatever was put there since it was found.
        let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
        let mut file: File = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(std::io::ErrorKind::InvalidInput.into());
        }
        file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        let n = file.take(READ_MOST).read_to_end(&mut bytes)?;
        self.offset = self.offset.saturating_add(u64::try_from(n).unwrap_or(0));
        for part in bytes.split_inclusive(|b| *b == b'\n') {
            if self.line.len() + part.len() > LINE_MOST {
                self.skips = true;
                self.line.clear();
            }
            if !self.skips {
                self.line.extend_from_slice(part);
            }
            if part.ends_with(b"\n") {
                self.tally.line(&self.line);
                self.line.clear();
                self.skips = false;
            }
        }
        Ok(())
    }
}

/// Regular files below `folder` at the pattern's parts, written since, newest names first.
fn walk(
    folder: &Path,
    parts: &[&str],
    since: SystemTime,
    budget: &mut usize,
    found: &mut Vec<(PathBuf, Metadata)>,
) {
    let Some((part, rest)) = parts.split_first() else { return };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut names: Vec<_> = entries
        .flatten()
        .map(|e| e.file_name())
        .filter(|n| n.to_str().is_some_and(|n| fits(part, n)))
        .take(*budget)
        .collect();
    names.sort_by(|a, b| b.cmp(a));
    for name in names {
        if *budget == 0 {
            return;
        }
        *budget -= 1;
        let path = folder.join(name);
        let Ok(meta) = std::fs::symlink_metadata(&path) else { continue };
        if rest.is_empty() && meta.is_file() && meta.modified().is_ok_and(|at| at >= since) {
            found.push((path, meta));
        } else if !rest.is_empty() && meta.is_dir() {
            walk(&path, rest, since, budget, found);
        }
    }
}

/// Whether a name fits a pattern in which `*` stands for any characters.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match name.find(part) {
            Some(at) => name = name.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    name.ends_with(last)
}

fn same(a: &Path, b: &Path) -> bool {
    let real = |p: &Path| p.canonicalize().unwrap_or_else(|_| p.to_owned());
    a == b || real(a) == real(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn message(cwd: &Path, id: &str, output: u64) -> String {
        format!(
            "{{\"type\":\"assistant\",\"cwd\":\"{}\",\"message\":{{\"id\":\"{id}\",\"usage\":{{\"input_tokens\":10,\"output_tokens\":{output}}}}}}}\n",
            cwd.display()
        )
    }

    #[test]
    fn runs_in_the_worktree_are_counted_as_they_grow_and_nothing_else_is_read() {
        let tmp = tempfile::tempdir().unwrap();
        let (home, here, there) = (tmp.path().join("home"), tmp.path().join("SEC"), tmp.path().join("OBS"));
        let file = home.join("projects/-w-SEC/one.jsonl");
        let start = SystemTime::now() - std::time::Duration::from_secs(5);
        let places = vec![(home.clone(), "projects/*/*.jsonl".to_owned())];
        let mut files = Files::new(Reader::Claude, places.clone(), here.clone(), start);
        assert_eq!(files.look(), None);
        let whole = message(&here, "a", 1) + &message(&here, "b", 2);
        put(&file, &whole[..whole.len() - 9]);
        put(&home.join("projects/-w-OBS/other.jsonl"), &message(&there, "c", 1000));
        put(&home.join("projects/-w-SEC/other.txt"), &message(&here, "d", 1000));
        let outside = tmp.path().join("outside");
        put(&outside.join("x.jsonl"), &message(&here, "e", 1000));
        std::os::unix::fs::symlink(&outside, home.join("projects/link")).unwrap();
        std::os::unix::fs::symlink(outside.join("x.jsonl"), home.join("projects/-w-SEC/link.jsonl")).unwrap();
        assert_eq!(files.look().map(|u| (u.input, u.output)), Some((10, 1)), "a line that is whole counts");
        put(&file, &whole);
        assert_eq!(files.look().map(|u| (u.input, u.output)), Some((20, 3)));
        assert_eq!(files.look().map(|u| (u.input, u.output)), Some((20, 3)));
        put(&home.join("projects/-w-SEC/two.jsonl"), &message(&here, "f", 5));
        assert_eq!(files.look().map(|u| (u.input, u.output)), Some((30, 8)), "another run of it");
        let later = SystemTime::now() + std::time::Duration::from_secs(3600);
        assert_eq!(
            Files::new(Reader::Claude, places, here, later).look(),
            None,
            "runs of before do not count"
        );
    }

    #[test]
    fn names_fit_patterns() {
        assert!(fits("rollout-*.jsonl", "rollout-1.jsonl") && fits("*", "x") && fits("a", "a"));
        assert!(!fits("rollout-*.jsonl", "rollout-1.json") && !fits("a", "ab") && !fits("*.b*.c", "a.c"));
        assert!(fits("*.b*.c", "a.bx.c"));
    }
}
