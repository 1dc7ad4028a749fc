//! `orchestra trust`: what changed of git configuration and hooks that all worktrees share, and whether that is fine.

use super::args::Trust as Args;
use super::exit::{Exit, Fail};
use super::{answer, out, place};
use crate::domain::command::Command;
use crate::domain::guard::Tampering;
use crate::domain::view::Answer;

/// Shows it, asks, and accepts exactly that.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut control = place::control(args.of.session.as_deref())?;
    let shown = control.ask(Command::Trust { digest: None, by: String::new() })?;
    let Answer::Guard { tampering, .. } = &shown else { return answer::show(shown, args.of.format()) };
    let digest = tampering.digest.clone();
    if tampering.changes.is_empty() {
        return answer::show(shown, args.of.format());
    }
    if !args.yes {
        let exit = answer::show(shown, args.of.format())?;
        if args.of.json || !out::on_terminal() {
            return Ok(exit);
        }
        if !out::ask("Accept these changes?")? {
            out::note("nothing was accepted; put it back, then merge");
            return Ok(exit);
        }
    }
    let accepted = control.ask(Command::Trust { digest: Some(digest), by: who() })?;
    if let (Answer::Guard { accepted: false, .. }, true) = (&accepted, args.yes) {
        return Err(Fail::protected("accept changes: they are gone again; nothing was accepted").into());
    }
    answer::show(accepted, args.of.format())
}

/// Who calls, for the record.
fn who() -> String {
    let user = place::var("USER").or_else(|| place::var("LOGNAME")).unwrap_or_else(|| "somebody".into());
    let uid = rustix::process::getuid().as_raw();
    format!("{user} (uid {uid}, process {})", std::process::id())
}

/// What changed, for people.
pub(super) fn text(tampering: &Tampering, accepted: bool) -> String {
    if tampering.is_empty() {
        return "shared git configuration and hooks are as the session knows them\n".to_owned();
    }
    let mut text: String = tampering.lines().iter().map(|l| format!("{l}\n")).collect();
    if accepted {
        text.push_str("accepted; from now on this is what nothing may differ from\n");
    } else if !tampering.changes.is_empty() {
        text.push_str(
            "merging is refused until this is put back, or accepted with `orchestra trust --yes`\n",
        );
    }
    text
}
