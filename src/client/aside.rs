//! Stepping aside: the terminal is somebody else's for a while, the shell's or an editor's.

use std::io::{self, Read, Write};
use std::time::Duration;

use rustix::process::{Signal, getpgrp, getsid, kill_current_process_group, kill_process};
use tokio::process::{Child, Command};

use super::pump::Left;
use super::signals::{Signals, Told};
use crate::domain::signal::MAX_PROMPT;

/// How long an editor that is told to end may take.
const FAREWELL: Duration = Duration::from_secs(2);
/// The editor of who has not said which.
const EDITOR: &str = "vi";

/// Whether a shell is there that would bring us back: it gives every job a group of its own, so who is in the group of
/// the session's first process was not started by one.
pub(super) fn has_shell() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Whether the terminal is ours now: not in the background.
pub(super) fn is_shown() -> bool {
    rustix::termios::tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())
}

/// Stops this process and those it was started with, until the shell lets them go on. The terminal must have been given
/// back.
pub(super) fn stop() -> io::Result<()> {
    // Not SIGTSTP, which we listen to ourselves. The whole group: a script that waits for us is to stop as well.
    Ok(kill_current_process_group(Signal::STOP)?)
}

/// Opens `text` in the user's editor and gives what it is then; none when the editor failed. The terminal must have been
/// given back.
///
/// # Errors
/// Why the dashboard must be left at once.
pub(super) async fn edit(text: &str, signals: &mut Signals) -> Result<Option<String>, Left> {
    edit_with(&editor(), text, signals).await
}

async fn edit_with(editor: &str, text: &str, signals: &mut Signals) -> Result<Option<String>, Left> {
    let made = tempfile::Builder::new().prefix("orchestra-").suffix(".md").tempfile();
    let Ok(mut file) = made else { return Ok(None) };
    if file.write_all(text.as_bytes()).is_err() {
        return Ok(None);
    }
    let child = Command::new("sh").arg("-c").arg(script(editor)).arg("sh").arg(file.path()).spawn();
    let Ok(mut child) = child else { return Ok(None) };
    let done = loop {
        tokio::select! {
            status = child.wait() => break status.is_ok_and(|s| s.success()),
            told = signals.next() => match told {
                Told::Leave(left) => {
                    end(&mut child).await;
                    return Err(left);
                }
                // The editor was stopped by the same key: its shell must see us stopped too.
                Told::Stop if has_shell() => { let _ = stop(); }
                Told::Stop | Told::Continue | Told::Size => {}
            },
        }
    };
    Ok(if done { read(file.path()) } else { None })
}

async fn end(child: &mut Child) {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        let _ = kill_process(pid, Signal::TERM);
    }
    let _ = tokio::time::timeout(FAREWELL, child.wait()).await;
}

fn editor() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| EDITOR.to_owned())
}

/// A line for the shell, so that arguments and quotes in the variable mean what they mean to git.
fn script(editor: &str) -> String {
    // Without a shell in between the editor is the one that is told to end; an assignment needs the shell.
    let first = editor.split_whitespace().next().unwrap_or_default();
    let exec = if first.contains('=') { "" } else { "exec " };
    format!("{exec}{editor} \"$1\"")
}

/// The text without the newline that editors put at the end; none when it cannot be read, is no text or too long.
fn read(path: &std::path::Path) -> Option<String> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_PROMPT).ok()?.saturating_add(1);
    std::fs::File::open(path).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok().filter(|t| t.len() <= MAX_PROMPT)?;
    Some(text.strip_suffix('\n').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editor_s_line_is_the_shell_s() {
        assert_eq!(script("vi"), "exec vi \"$1\"");
        assert_eq!(script("code --wait"), "exec code --wait \"$1\"");
        assert_eq!(script("X=1 vim"), "X=1 vim \"$1\"");
    }

    #[test]
    fn a_text_goes_through_the_editor_and_its_file_is_private_and_gone_after() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("an editor");
        let body = "#!/bin/sh\n{ stat -c %a \"$2\"; echo \"$2\"; cat \"$2\"; } > \"$(dirname \"$0\")/seen\"\n\
                    printf ' changed\\n' >> \"$2\"\n[ \"$1\" = well ]\n";
        std::fs::write(&program, body).unwrap();
        let edit = |how: &str| {
            let editor = format!("sh '{}' {how}", program.display());
            runtime.block_on(async {
                let mut signals = Signals::new().unwrap();
                edit_with(&editor, "a text", &mut signals).await
            })
        };
        assert_eq!(edit("well").unwrap().as_deref(), Some("a text changed"));
        let seen = std::fs::read_to_string(dir.path().join("seen")).unwrap();
        let lines: Vec<&str> = seen.lines().collect();
        assert_eq!((lines[0], lines[2]), ("600", "a text"));
        assert!(!std::path::Path::new(lines[1]).exists());
        assert_eq!(edit("badly").unwrap(), None);
        let none = async { edit_with("/nonexistent/editor", "a", &mut Signals::new().unwrap()).await };
        assert_eq!(runtime.block_on(none).unwrap(), None);
    }

    #[test]
    fn a_text_loses_the_newline_that_editors_add_and_has_a_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        std::fs::write(&path, "a\nb\n").unwrap();
        assert_eq!(read(&path).unwrap(), "a\nb");
        std::fs::write(&path, "x".repeat(MAX_PROMPT + 1)).unwrap();
        assert_eq!(read(&path), None);
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert_eq!(read(&path), None);
        assert_eq!(read(&dir.path().join("none")), None);
    }
}
