//! The setup command of a new worktree.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::cli::exit::{Exit, Fail};
use crate::cli::out;
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::git::Made;

/// The longest a setup may take.
const LIMIT: Duration = Duration::from_secs(30 * 60);
/// How often its end is looked for.
const PAUSE: Duration = Duration::from_millis(20);
/// How much of its output an error shows, in bytes.
const TAIL: u64 = 2048;

/// Runs `command` in a worktree that is new, or whose setup did not succeed before.
pub(super) fn run(command: &str, worktree: &Path, made: Made, agent: &AgentName) -> anyhow::Result<()> {
    run_within(command, worktree, made, agent, LIMIT)
}

fn run_within(
    command: &str,
    worktree: &Path,
    made: Made,
    agent: &AgentName,
    limit: Duration,
) -> anyhow::Result<()> {
    let marker = marker(worktree, agent);
    if command.is_empty() || (made == Made::Adopted && !marker.exists()) {
        return Ok(());
    }
    // Until it has succeeded: an adopted worktree with this mark is set up again.
    File::create(&marker).with_context(|| format!("write {}", marker.display()))?;
    out::progress(&format!("setting up {agent}: {command}"));
    let mut log = tempfile::tempfile().context("keep the output of the setup")?;
    let (one, two) = (log.try_clone()?, log.try_clone()?);
    let mut child = Command::new("sh")
        .args(["-c", command])
        .current_dir(worktree)
        .stdin(Stdio::null())
        .stdout(one)
        .stderr(two)
        .process_group(0)
        .spawn()
        .context("start `sh` for the setup")?;
    let status = wait(&mut child, limit)?;
    if status.is_some_and(|s| s.success()) {
        return std::fs::remove_file(&marker).with_context(|| format!("remove {}", marker.display()));
    }
    let how = status.map_or(format!("took longer than {} s", limit.as_secs()), |s| format!("ended with {s}"));
    let exit = if status.is_none() { Exit::Timeout } else { Exit::Failed };
    let tail = tail(&mut log).unwrap_or_default();
    let why = format!(
        "set up the worktree of {agent}: `{command}` {how}: {tail}; mend it and run `orchestra up` again"
    );
    Err(Fail::new(exit, why).into())
}

/// Waits, and kills the whole group when time is up.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            if let Some(group) = rustix::process::Pid::from_raw(child.id().cast_signed()) {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(PAUSE);
    }
}

fn tail(log: &mut File) -> std::io::Result<String> {
    let len = log.seek(SeekFrom::End(0))?;
    log.seek(SeekFrom::Start(len.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    log.take(TAIL).read_to_end(&mut bytes)?;
    Ok(printable(String::from_utf8_lossy(&bytes).trim()))
}

/// Beside the worktree, never in it. No agent's name begins with a dot.
fn marker(worktree: &Path, agent: &AgentName) -> PathBuf {
    worktree.with_file_name(format!(".{agent}.setup"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> (tempfile::TempDir, PathBuf, AgentName) {
        let dir = tempfile::tempdir().unwrap();
        let worktree = dir.path().join("SEC");
        std::fs::create_dir(&worktree).unwrap();
        (dir, worktree, AgentName::new("SEC").unwrap())
    }

    #[test]
    fn it_runs_once_in_a_new_worktree_and_again_after_a_failure() {
        let (_dir, worktree, sec) = names();
        let count =
            |made| run("echo x >> log; test -e ok || { echo no good; exit 3; }", &worktree, made, &sec);
        let error = count(Made::Created).unwrap_err().to_string();
        assert!(
            error.contains("SEC") && error.contains("no good") && error.contains("exit status: 3"),
            "{error}"
        );
        std::fs::write(worktree.join("ok"), "").unwrap();
        count(Made::Adopted).unwrap();
        count(Made::Adopted).unwrap();
        assert_eq!(std::fs::read_to_string(worktree.join("log")).unwrap(), "x\nx\n");
    }

    #[test]
    fn one_that_hangs_is_ended_with_its_children() {
        let (_dir, worktree, sec) = names();
        let limit = Duration::from_millis(100);
        let error = run_within("sleep 600 & sleep 600", &worktree, Made::Created, &sec, limit).unwrap_err();
        assert_eq!(crate::cli::exit::exit_of(&error), Exit::Timeout);
    }
}
