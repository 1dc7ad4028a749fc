//! What reviewers should look at in branches, read from their trees. Nothing is checked out and nothing runs.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;

use git2::{Delta, DiffFindOptions, DiffOptions, FileMode, Patch, Repository};

use super::error::git;
use super::{Error, merge, open, span};
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::{Change, Concern, Kind, LINE_MOST, Rules, Secrets, Severity, Suspects, concern};
use crate::domain::source::{orphans, untested};

/// Files above this size, in bytes, are not compared line by line.
const BLOB_MOST: i64 = 1 << 20;
/// Files above this size, in bytes, are not read to see whether they are text.
const SNIFF_MOST: u64 = 64 << 20;
/// The first bytes of a file that tell whether it is text, as git does it.
const SNIFF: usize = 8000;
/// Added lines of one branch that are looked at.
const LINES_MOST: usize = 200_000;
/// Bytes of added lines of one branch that are looked at.
const BYTES_MOST: usize = 32 << 20;
/// Files of one branch that are looked at.
const FILES_MOST: usize = 20_000;

/// One branch to look at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Looked {
    /// Whose it is.
    pub agent: AgentName,
    /// The commit it is measured from.
    pub base: Oid,
    /// Its tip.
    pub head: Oid,
    /// The paths its agent mostly works in.
    pub focus: Vec<String>,
}

/// What to look at in each of these branches, in their order. Nothing is written anywhere. What cannot be
/// told is among it; at most 20,000 files and 200,000 added lines (32 MiB) of a branch are looked at.
///
/// # Errors
/// When the repository cannot be read.
pub fn concerns(repo: &Path, rules: &Rules, branches: &[Looked]) -> Result<Vec<Vec<Concern>>, Error> {
    merge::in_memory(repo, |main| {
        let secrets = Secrets::new(&rules.secrets);
        let mut reader = Reader { main, folders: Folders::default(), listings: HashMap::new() };
        let one = |branch: &Looked| {
            let mut suspects = Suspects::new(rules, &secrets, &branch.focus);
            if let Err(e) = reader.branch(branch, &mut suspects) {
                let text = "its changes cannot be looked at";
                suspects.push(concern("branch", Severity::Unknown, "", None, text, e.to_string()));
            }
            suspects.finish()
        };
        Ok(branches.iter().map(one).collect())
    })
}

struct Reader<'r> {
    main: &'r Repository,
    folders: Folders,
    /// The paths of each base.
    listings: HashMap<git2::Oid, Rc<Vec<String>>>,
}

/// How much of one branch was looked at.
#[derive(Default)]
struct Seen {
    lines: usize,
    bytes: usize,
    /// Whether lines were left out.
    over: bool,
    /// Files with lines that are too long to be looked at whole.
    cut: Vec<String>,
    new: Vec<String>,
    gone: HashSet<String>,
}

impl Reader<'_> {
    fn branch(&mut self, branch: &Looked, suspects: &mut Suspects<'_>) -> Result<(), Error> {
        let (base, head) = (open::theirs(&branch.base)?, open::theirs(&branch.head)?);
        let doing = || git(format!("compare {base} with {head}"));
        let tree = |oid| self.main.find_commit(oid).and_then(|c| c.tree()).map_err(doing());
        let (old, new) = (tree(base)?, tree(head)?);
        let mut how = DiffOptions::new();
        how.max_size(BLOB_MOST).context_lines(0).include_typechange(true);
        let mut diff = self.main.diff_tree_to_tree(Some(&old), Some(&new), Some(&mut how)).map_err(doing())?;
        diff.find_similar(Some(DiffFindOptions::new().renames(true))).map_err(doing())?;
        let mut seen = Seen::default();
        let all = diff.deltas().len();
        for (n, delta) in diff.deltas().take(FILES_MOST).enumerate() {
            let (from, to) = (delta.old_file(), delta.new_file());
            let there = |exists: bool, mode| exists.then(|| kind(mode)).flatten();
            let gone = delta.status() == Delta::Deleted;
            let fresh = matches!(delta.status(), Delta::Added | Delta::Copied);
            let moved = delta.status() == Delta::Renamed;
            let path = if gone { from.path_bytes() } else { to.path_bytes() }.unwrap_or_default();
            let mut change = Change {
                path,
                old: there(!fresh && !moved, from.mode()),
                new: there(!gone, to.mode()),
                ..Change::default()
            };
            if gone || moved {
                seen.gone.insert(open::shown(from.path_bytes().unwrap_or_default()));
            }
            if let Some(kind) = change.new {
                seen.new.push(open::shown(path));
                if change.old.is_none() {
                    change.clash = self.folders.clash(self.main, new.id(), path).unwrap_or_default();
                }
                if kind != Kind::Module {
                    self.content(&mut change, to.id());
                }
            }
            if let Some(patch) = Patch::from_diff(&diff, n).map_err(doing())? {
                let shown = open::shown(path);
                change.added = seen.read(&patch, &shown).map_err(doing())?;
            }
            suspects.look(&change);
        }
        self.tests(base, &seen, suspects)?;
        seen.tell(all, suspects);
        Ok(())
    }

    /// Size and nature of what a path holds now.
    fn content(&self, change: &mut Change<'_>, blob: git2::Oid) {
        let header = self.main.odb().and_then(|odb| odb.read_header(blob));
        let Ok((size, git2::ObjectType::Blob)) = header else { return };
        change.size = u64::try_from(size).unwrap_or(u64::MAX);
        if change.size > SNIFF_MOST {
            change.binary = true;
        } else if let Ok(blob) = self.main.find_blob(blob) {
            let content = blob.content();
            if change.new == Some(Kind::Link) {
                change.link = content.get(..LINE_MOST).unwrap_or(content).to_vec();
            } else {
                change.binary = content.get(..SNIFF).unwrap_or(content).contains(&0);
            }
        }
    }

    /// Tests without what they test, and source without tests.
    fn tests(&mut self, base: git2::Oid, seen: &Seen, suspects: &mut Suspects<'_>) -> Result<(), Error> {
        if seen.new.is_empty() {
            return Ok(());
        }
        let before = match self.listings.get(&base) {
            Some(known) => Rc::clone(known),
            None => {
                let paths = Rc::new(span::paths(self.main, base)?);
                self.listings.insert(base, Rc::clone(&paths));
                paths
            }
        };
        let (before, changed) = (borrowed(&before), borrowed(&seen.new));
        let kept = before.iter().copied().filter(|path| !seen.gone.contains(*path));
        let now: Vec<&str> = kept.chain(changed.iter().copied()).collect();
        for path in orphans(&before, &now, &changed) {
            let text = "is named as a test of a file that is nowhere in the tree";
            suspects.push(concern("tests", Severity::Warning, &path, None, text, String::new()));
        }
        for path in untested(&before, &now, &changed) {
            let text = "has no test, which files of its language have here";
            suspects.push(concern("untested", Severity::Note, &path, None, text, String::new()));
        }
        Ok(())
    }
}

fn borrowed(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

impl Seen {
    /// The added lines of one file.
    fn read(&mut self, patch: &Patch<'_>, path: &str) -> Result<Vec<(u32, String)>, git2::Error> {
        let mut added = Vec::new();
        for hunk in 0..patch.num_hunks() {
            for at in 0..patch.num_lines_in_hunk(hunk)? {
                let line = patch.line_in_hunk(hunk, at)?;
                if line.origin() != '+' {
                    continue;
                }
                if self.lines >= LINES_MOST || self.bytes >= BYTES_MOST {
                    self.over = true;
                    return Ok(added);
                }
                let content = line.content();
                let whole = content.get(..LINE_MOST);
                if whole.is_some() && self.cut.last().is_none_or(|last| last != path) {
                    self.cut.push(path.to_owned());
                }
                let text = String::from_utf8_lossy(whole.unwrap_or(content));
                self.lines += 1;
                self.bytes += text.len();
                added.push((line.new_lineno().unwrap_or(0), text.trim_end_matches(['\r', '\n']).to_owned()));
            }
        }
        Ok(added)
    }

    /// Says what was not looked at.
    fn tell(&self, files: usize, suspects: &mut Suspects<'_>) {
        let mut tell = |text: &str, evidence: String| {
            suspects.push(concern("limit", Severity::Unknown, "", None, text, evidence));
        };
        if files > FILES_MOST {
            tell(
                &format!("only the first {FILES_MOST} of {files} changed files were looked at"),
                String::new(),
            );
        }
        if self.over {
            let text =
                format!("only the first {} added lines were searched for secrets and marks", self.lines);
            tell(&text, String::new());
        }
        if !self.cut.is_empty() {
            let text = format!("lines of more than {LINE_MOST} bytes were searched only at their beginning");
            tell(&text, self.cut.iter().take(5).cloned().collect::<Vec<_>>().join(", "));
        }
    }
}

fn kind(mode: FileMode) -> Option<Kind> {
    match mode {
        FileMode::Blob | FileMode::BlobGroupWritable => Some(Kind::File),
        FileMode::BlobExecutable => Some(Kind::Executable),
        FileMode::Link => Some(Kind::Link),
        FileMode::Commit => Some(Kind::Module),
        FileMode::Tree | FileMode::Unreadable => None,
    }
}

/// The names in folders, by their lower case.
#[derive(Default)]
struct Folders(HashMap<git2::Oid, HashMap<String, Vec<Vec<u8>>>>);

impl Folders {
    /// A path of the tree `top` that differs from `path` by upper and lower case alone.
    fn clash(&mut self, main: &Repository, top: git2::Oid, path: &[u8]) -> Option<String> {
        let (mut folder, mut walked) = (top, Vec::new());
        for name in path.split(|b| *b == b'/') {
            let tree = main.find_tree(folder).ok()?;
            let names = self.0.entry(folder).or_insert_with(|| {
                let mut names: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
                for entry in &tree {
                    let low = String::from_utf8_lossy(entry.name_bytes()).to_lowercase();
                    names.entry(low).or_default().push(entry.name_bytes().to_vec());
                }
                names
            });
            let low = String::from_utf8_lossy(name).to_lowercase();
            if let Some(other) = names.get(&low).into_iter().flatten().find(|other| *other != name) {
                walked.push(open::shown(other));
                return Some(walked.join("/"));
            }
            walked.push(open::shown(name));
            folder = tree.iter().find(|e| e.name_bytes() == name)?.id();
        }
        None
    }
}
