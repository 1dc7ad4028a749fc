//! A git configuration file as entries, told apart without understanding values.
//!
//! Nothing but comments and blank lines is left out, so whatever this reads differently than git does still
//! shows as a change.

/// Which file entries are of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope<'a> {
    /// All worktrees read it. What tools write of branches other than this one, the target, is no change.
    Shared {
        /// The target.
        target: &'a str,
    },
    /// One worktree reads it: who commits there is no change.
    Worktree,
}

/// Parts of a key whose value is not shown.
const SECRET: [&str; 7] = ["extraheader", "password", "passwd", "token", "secret", "credential", "proxyauth"];
/// What tools write of a branch that runs nothing and moves nothing.
const OF_BRANCH: [&str; 5] = ["remote", "merge", "rebase", "vscode-merge-base", "gh-merge-base"];

/// The entries of a file in its order: section and key in lower case with the subsection as it is, and the raw
/// value. What this program itself and everyday tools write is left out.
#[must_use]
pub fn entries(text: &str, scope: Scope<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut section = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut rest = line.trim().trim_start_matches('\u{FEFF}').to_owned();
        if rest.is_empty() || rest.starts_with(['#', ';']) {
            continue;
        }
        if let Some((name, after)) = rest.strip_prefix('[').and_then(header) {
            section = name;
            rest = after;
            if rest.is_empty() || rest.starts_with(['#', ';']) {
                continue;
            }
        }
        // A backslash at the end goes on in the next line.
        while rest.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1 {
            let Some(next) = lines.next() else { break };
            rest.pop();
            rest.push_str(next.trim_end());
        }
        let (key, value) = match rest.split_once('=') {
            Some((key, value)) => (key.trim().to_lowercase(), value.trim().to_owned()),
            None => (rest.trim().to_lowercase(), "true".to_owned()),
        };
        let key = format!("{section}.{key}");
        if !harmless(&key, &value, scope) {
            found.push((key, value));
        }
    }
    found
}

/// The name in a section's header and what stands behind its bracket.
fn header(text: &str) -> Option<(String, String)> {
    let (mut name, mut quoted, mut escaped) = (String::new(), false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => {
                name.push(c);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => {
                if !quoted {
                    name = format!("{}.", name.trim().to_lowercase());
                }
                quoted = !quoted;
            }
            ']' if !quoted => {
                let name = if name.contains('.') { name } else { name.trim().to_lowercase() };
                return Some((name, text.get(at + 1..)?.trim().to_owned()));
            }
            _ => name.push(c),
        }
    }
    None
}

/// Whether an entry is what this program or an everyday tool writes, and runs nothing.
fn harmless(key: &str, value: &str, scope: Scope<'_>) -> bool {
    // Anything that could hide more than a plain word from git's own reading is none.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-' | '@' | ' ' | '+');
    if !value.chars().all(plain) {
        return false;
    }
    match scope {
        Scope::Worktree => matches!(key, "user.name" | "user.email"),
        Scope::Shared { target } => {
            let of_other = key
                .strip_prefix("branch.")
                .and_then(|rest| rest.rsplit_once('.'))
                .is_some_and(|(branch, last)| branch != target && OF_BRANCH.contains(&last));
            of_other || (key == "extensions.worktreeconfig" && value == "true")
        }
    }
}

/// A value as it may be kept and shown: `digest` stands in for what looks like a secret.
#[must_use]
pub fn masked(key: &str, value: &str, digest: impl FnOnce(&str) -> String) -> String {
    let secret = SECRET.iter().any(|word| key.rsplit('.').next().is_some_and(|last| last.contains(word)));
    if secret && !key.ends_with(".helper") {
        return format!("(hidden, {})", digest(value));
    }
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    match rest.split_once('@') {
        Some((who, host)) if who.contains(':') && !who.contains('/') => {
            format!("{scheme}://(hidden, {})@{host}", digest(who))
        }
        _ => value.to_owned(),
    }
}
