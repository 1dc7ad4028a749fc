//! Git and other commands, by their command lines, as an agent uses them.

use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::prompt::Base;
use super::topics::Change;

/// Whether the current folder is the top of a working tree, so that commits made here are its own. A plain folder may
/// lie inside somebody's repository, which is left alone.
pub(super) fn here() -> bool {
    Path::new(".git").exists()
}

/// Runs git here and gives back what it printed.
///
/// # Errors
/// With the command and the first line git complained with.
pub(super) fn git(arguments: &[&str]) -> Result<String, String> {
    let done = Command::new("git")
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_EDITOR", "true")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("git could not be started: {e}"))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).trim_end().to_owned());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let line = said.lines().find(|l| !l.trim().is_empty()).unwrap_or("no reason given");
    Err(format!("git {}: {line}", arguments.first().unwrap_or(&"")))
}

/// Runs a command line; gives back whether it succeeded and its last printed line.
///
/// # Errors
/// When no shell could be started.
pub(super) fn shell(line: &str) -> Result<(bool, String), String> {
    run(Command::new("sh").args(["-c", line]))
}

/// Runs a command; gives back whether it succeeded and its last printed line.
///
/// # Errors
/// When it could not be started.
pub(super) fn run(command: &mut Command) -> Result<(bool, String), String> {
    let done = command.stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    let text = [done.stdout, done.stderr].map(|b| String::from_utf8_lossy(&b).into_owned());
    let last = text.iter().rev().find_map(|t| t.lines().rev().find(|l| !l.trim().is_empty()));
    Ok((done.status.success(), last.unwrap_or_default().to_owned()))
}

/// The commit to squash onto: known here and part of this branch.
///
/// # Errors
/// When it is not, because squashing onto it would mix up histories.
pub(super) fn resolve(base: &Base) -> Result<String, String> {
    let id = match base {
        Base::Commit(hex) => git(&["rev-parse", "--verify", "--quiet", &format!("{hex}^{{commit}}")])
            .map_err(|_| format!("the base {hex} is no commit of this repository"))?,
        Base::MergeBase(branch) => git(&["merge-base", branch, "HEAD"])?,
    };
    git(&["merge-base", "--is-ancestor", &id, "HEAD"])
        .map_err(|_| format!("the base {id} is not below this branch"))?;
    Ok(id)
}

/// How many commits lie above `base`, and whether anything is not committed.
pub(super) fn standing(base: &str) -> Result<(usize, bool), String> {
    let count = git(&["rev-list", "--count", &format!("{base}..HEAD")])?;
    let open = git(&["status", "--porcelain"])?;
    Ok((count.parse().unwrap_or(0), !open.is_empty()))
}

/// The bullets of all commits above `base`, oldest first, each once.
pub(super) fn bullets(base: &str) -> Result<Vec<String>, String> {
    let bodies = git(&["log", "--reverse", "--format=%b", &format!("{base}..HEAD")])?;
    let mut found: Vec<String> = Vec::new();
    for line in bodies.lines().filter(|l| l.starts_with("- ")) {
        if !found.iter().any(|f| f == line) {
            found.push(line.to_owned());
        }
    }
    Ok(found)
}

/// The folder to work in: the first of `focus` that stays inside, as a folder.
pub(super) fn folder(focus: &str) -> Option<PathBuf> {
    let plain = focus.trim_end_matches(['*', '/']);
    let path = Path::new(plain);
    let inside = !plain.is_empty() && path.components().all(|c| matches!(c, Component::Normal(_)));
    if !inside {
        return None;
    }
    if path.is_file() { path.parent().map(Path::to_path_buf) } else { Some(path.to_path_buf()) }
}

/// Writes the file of one change and ticks a box where the folder has a list for this agent.
/// Returns the paths that changed.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn apply(
    agent: &str,
    prefix: &str,
    folder: &Path,
    change: &Change,
) -> Result<Vec<PathBuf>, String> {
    let failed = |path: &Path, e: std::io::Error| format!("{} could not be written: {e}", path.display());
    std::fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
    let scripts = std::fs::read_dir(folder)
        .map_err(|e| failed(folder, e))?
        .filter_map(Result::ok)
        .any(|f| f.path().extension().is_some_and(|x| x == "sh"));
    let ending = if scripts { "sh" } else { "md" };
    let name = |n: usize| match n {
        1 => format!("{prefix}{}", change.slug),
        n => format!("{prefix}{}-{n}", change.slug),
    };
    let (stem, path) = (1..1000)
        .map(|n| (name(n), folder.join(format!("{}.{ending}", name(n)))))
        .find(|(_, path)| !path.exists())
        .ok_or_else(|| format!("{} is full of {}", folder.display(), change.slug))?;
    let text = if scripts { script(agent, &stem, change.said) } else { page(&stem, change.said) };
    std::fs::write(&path, text).map_err(|e| failed(&path, e))?;
    let mut changed = vec![path];
    let list = folder.join("CHECKLIST.md");
    let text = std::fs::read_to_string(&list).unwrap_or_default();
    let mine = text.lines().next().is_some_and(|l| l.split_whitespace().any(|w| w == agent));
    if mine && text.contains("- [ ]") {
        std::fs::write(&list, text.replacen("- [ ]", "- [x]", 1)).map_err(|e| failed(&list, e))?;
        changed.push(list);
    }
    Ok(changed)
}

fn script(agent: &str, stem: &str, said: &str) -> String {
    let name: String = format!("{agent}_{stem}")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    format!(
        "# {said}.\n\n# Prints what is known of $1; fails when nothing was asked.\n{name}() {{\n    \
         [ -n \"${{1:-}}\" ] || return 1\n    printf '%s: %s\\n' '{stem}' \"$1\"\n}}\n"
    )
}

fn page(stem: &str, said: &str) -> String {
    let title = stem.replace('-', " ");
    format!(
        "# {title}\n\n{said}.\n\n- Why: the gap was found when the area was looked over.\n- Check: see that it still holds after each change.\n"
    )
}
