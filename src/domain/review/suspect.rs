//! What a reviewer should look at in one branch's files, told from each change alone.

use super::secret::Secrets;
use super::{Concern, PathRule, Rules, Severity};
use crate::domain::signal::printable;
use crate::domain::tech::matches;

/// Concerns of one branch that are kept; more are counted.
pub const CONCERNS_MOST: usize = 200;
/// Concerns of one check in one branch that are kept.
const CHECK_MOST: usize = 25;
/// Paths that are named in one concern.
const NAMES_MOST: usize = 5;

/// What a path is in a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A file.
    File,
    /// A file that can be run.
    Executable,
    /// A symbolic link.
    Link,
    /// A commit of another repository.
    Module,
}

/// One path that a branch changed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Change<'a> {
    /// Its path (the new one, where it has one), in the tree's own bytes.
    pub path: &'a [u8],
    /// What it was; none where it is new.
    pub old: Option<Kind>,
    /// What it is; none where it is gone.
    pub new: Option<Kind>,
    /// Bytes of what it is now.
    pub size: u64,
    /// Whether that is no text.
    pub binary: bool,
    /// What a link says.
    pub link: Vec<u8>,
    /// A path of the tree that differs from it by upper and lower case alone; may be empty.
    pub clash: String,
    /// Lines added, with their numbers.
    pub added: Vec<(u32, String)>,
}

/// The checks under way for one branch.
pub struct Suspects<'r> {
    rules: &'r Rules,
    secrets: &'r Secrets<'r>,
    focus: &'r [String],
    outside: Vec<String>,
    files: usize,
    found: Vec<Concern>,
    left: usize,
}

impl<'r> Suspects<'r> {
    /// Checks by these rules for an agent that mostly works in `focus`.
    #[must_use]
    pub fn new(rules: &'r Rules, secrets: &'r Secrets<'r>, focus: &'r [String]) -> Self {
        Self { rules, secrets, focus, outside: Vec::new(), files: 0, found: Vec::new(), left: 0 }
    }

    /// Looks at one change.
    pub fn look(&mut self, change: &Change<'_>) {
        let path = String::from_utf8_lossy(change.path).into_owned();
        self.files += 1;
        self.focus(&path);
        let rules = self.rules;
        let low = path.to_lowercase();
        for rule in rules.paths.iter().filter(|r| applies(r, &low)) {
            self.add(&rule.check, rule.severity, &path, None, &rule.text, how(change));
        }
        let Some(new) = change.new else { return };
        self.name(change, &path);
        match new {
            Kind::Link => self.link(change, &path),
            Kind::Module => {
                let text = match change.old {
                    Some(Kind::Module) => "moves a submodule to another commit",
                    _ => "is a submodule: its content comes from another repository",
                };
                self.add("submodule", Severity::Warning, &path, None, text, String::new());
            }
            Kind::File | Kind::Executable => self.file(change, &path, new),
        }
    }

    /// Adds what somebody else found, within the limits and unless it is silenced.
    pub fn push(&mut self, concern: Concern) {
        let same = self.found.iter().filter(|c| c.check == concern.check).count();
        if self.rules.silent(&concern.check) {
            return;
        }
        if self.found.len() >= CONCERNS_MOST || same >= CHECK_MOST {
            self.left += 1;
            return;
        }
        self.found.push(concern);
    }

    /// Everything found, the weightiest first.
    #[must_use]
    pub fn finish(mut self) -> Vec<Concern> {
        if !self.outside.is_empty() {
            let shown = self.outside.iter().take(NAMES_MOST).cloned().collect::<Vec<_>>().join(", ");
            let more = self.outside.len().saturating_sub(NAMES_MOST);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let (out, all) = (self.outside.len(), self.files);
            let text = format!("{out} of {all} files lie outside its own places ({})", self.focus.join(", "));
            self.add("focus", Severity::Note, "", None, &text, format!("{shown}{more}"));
        }
        if self.left > 0 {
            let text = format!("{} more findings are not listed", self.left);
            self.left = 0;
            self.found.push(concern("limit", Severity::Unknown, "", None, &text, String::new()));
        }
        self.found.sort_by_key(|c| std::cmp::Reverse(c.severity));
        self.found
    }

    fn add(
        &mut self,
        check: &str,
        severity: Severity,
        path: &str,
        line: Option<u32>,
        text: &str,
        evidence: String,
    ) {
        self.push(concern(check, severity, path, line, text, evidence));
    }

    fn focus(&mut self, path: &str) {
        let inside = |f: &String| {
            let plain = f.trim_end_matches('/');
            path == plain
                || path.strip_prefix(plain).is_some_and(|rest| rest.starts_with('/'))
                || matches(f, path)
        };
        if !self.focus.is_empty() && !self.focus.iter().any(inside) {
            self.outside.push(path.to_owned());
        }
    }

    fn name(&mut self, change: &Change<'_>, path: &str) {
        if change.old.is_none() {
            let evidence = || format!("{:?}", String::from_utf8_lossy(change.path));
            if path.chars().any(|c| c.is_control() || turns(c)) {
                let text = "its name holds characters that do not show as they are";
                self.add("name", Severity::Warning, path, None, text, evidence());
            } else if std::str::from_utf8(change.path).is_err() {
                let text = "its name is not UTF-8, which some systems refuse";
                self.add("name", Severity::Note, path, None, text, evidence());
            }
        }
        if !change.clash.is_empty() {
            let text = "differs from another path by upper and lower case alone; where those are the same only one of them is checked out";
            self.add("name", Severity::Warning, path, None, text, change.clash.clone());
        }
    }

    fn link(&mut self, change: &Change<'_>, path: &str) {
        let says = String::from_utf8_lossy(&change.link);
        let Some(text) = strays(path, &says) else { return };
        self.add("symlink", Severity::Error, path, None, text, format!("→ {says}"));
    }

    fn file(&mut self, change: &Change<'_>, path: &str, new: Kind) {
        if new == Kind::Executable && change.old == Some(Kind::File) {
            self.add("mode", Severity::Warning, path, None, "can be run now", "100644 → 100755".into());
        }
        let (most, what) = match change.binary {
            true => (self.rules.binary_most, "binary"),
            false => (self.rules.text_most, "text"),
        };
        if change.size > most {
            let text = format!("is a {what} file of more than {}", size(most));
            self.add(what, Severity::Warning, path, None, &text, size(change.size));
        }
        self.markers(change, path);
        for (line, found) in self.secrets.find(path, &change.added) {
            self.add("secret", found.severity, path, Some(line), &found.text, found.evidence);
        }
    }

    fn markers(&mut self, change: &Change<'_>, path: &str) {
        let first = |sign: &str| change.added.iter().find(|(_, l)| l.starts_with(sign));
        let (ours, theirs) = (first("<<<<<<< "), first(">>>>>>> "));
        let Some((line, evidence)) = ours.or(theirs) else { return };
        // A page that explains conflicts may show one of them.
        let whole =
            ours.is_some() && theirs.is_some() && change.added.iter().any(|(_, l)| l.trim_end() == "=======");
        let severity = if whole { Severity::Error } else { Severity::Warning };
        let evidence = evidence.chars().take(80).collect();
        self.add("marker", severity, path, Some(*line), "holds the marks of a conflict", evidence);
    }
}

/// A concern, safe to show.
pub fn concern(
    check: &str,
    severity: Severity,
    path: &str,
    line: Option<u32>,
    text: &str,
    evidence: String,
) -> Concern {
    let (check, path) = (check.to_owned(), printable(path));
    Concern { check, severity, path, line, text: printable(text), evidence: printable(&evidence) }
}

/// Whether a rule is about a path in lower case.
fn applies(rule: &PathRule, low: &str) -> bool {
    rule.paths.iter().any(|p| matches(&p.to_lowercase(), low))
}

fn how(change: &Change<'_>) -> String {
    let word = match (change.old, change.new) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    };
    let first = change.added.iter().map(|(_, l)| l.trim()).find(|l| !l.is_empty());
    match first.filter(|_| change.old.is_some() && change.new.is_some()) {
        Some(line) => format!("{word}: {}", line.chars().take(80).collect::<String>()),
        None => word.to_owned(),
    }
}

/// Characters that turn the direction of text around, or take no room.
fn turns(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Why a link at `path` that says `says` is not one within the tree.
fn strays(path: &str, says: &str) -> Option<&'static str> {
    if says.starts_with('/') || says.starts_with('\\') || says.get(1..2) == Some(":") {
        return Some("is a link to a place of one machine, outside of the repository");
    }
    let mut at: Vec<&str> = path.split('/').collect();
    at.pop();
    for part in says.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if at.pop().is_none() {
                    return Some("is a link that leaves the repository");
                }
            }
            part => at.push(part),
        }
    }
    let inner = at.first().is_some_and(|top| top.eq_ignore_ascii_case(".git"));
    inner.then_some("is a link into git's own folder")
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{}.{} MiB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20),
    }
}
