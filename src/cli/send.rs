//! `orchestra send`: a prompt to agents.

use std::io::Read;
use std::path::Path;

use anyhow::Context;

use super::args::{Send as Args, SendWhat};
use super::exit::{Exit, Fail};
use super::{answer, place};
use crate::domain::command::{Command, Target, Until, What};
use crate::domain::view::{Answer, Receipt};

/// The longest text sent, in bytes: a command travels in one frame of 1 MiB, as JSON.
const MAX_TEXT: u64 = 512 * 1024;

/// Sends, and waits for the receipts where asked.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let what = what(args.what)?;
    let mut control = place::control(args.of.session.as_deref())?;
    let targets = args.targets;
    let mut answer = control.ask(Command::Send { targets, what })?;
    if args.wait
        && let Answer::Receipts { receipts } = &mut answer
    {
        let open = receipts.iter().filter(|r| r.outcome.is_none());
        let targets: Vec<Target> = open.map(|r| Target(r.agent.to_string())).collect();
        if !targets.is_empty() {
            let timeout_ms = args.timeout.saturating_mul(1000);
            match control.ask(Command::Wait { targets, until: Until::Receipts, timeout_ms })? {
                Answer::Receipts { receipts: later } => settle(receipts, later),
                other => answer = other,
            }
        }
    }
    answer::show(answer, args.of.format())
}

/// Puts what came of the open dispatches in their places. Who was refused at once has no later receipt
/// of this prompt, only those of earlier ones.
fn settle(receipts: &mut [Receipt], later: Vec<Receipt>) {
    for new in later {
        if let Some(open) = receipts.iter_mut().find(|r| r.outcome.is_none() && r.agent == new.agent) {
            *open = new;
        }
    }
}

fn what(what: SendWhat) -> anyhow::Result<What> {
    Ok(match what {
        SendWhat { prompt: Some(name), .. } => What::Prompt(name),
        SendWhat { text: Some(text), .. } => What::Text(text),
        SendWhat { file: Some(file), .. } => What::Text(read(&file)?),
        SendWhat { .. } => return Err(Fail::usage("send nothing: give --prompt, --text or --file").into()),
    })
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(MAX_TEXT + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|f| f.take(MAX_TEXT + 1).read_to_end(&mut bytes))
    };
    let usage = |why: String| Fail::usage(format!("read {}: {why}", file.display()));
    read.map_err(|e| usage(e.to_string()))?;
    if bytes.len() as u64 > MAX_TEXT {
        return Err(usage(format!(
            "it is longer than {MAX_TEXT} bytes; put it into the repository and name it"
        ))
        .into());
    }
    let text = String::from_utf8(bytes).map_err(|_| usage("it is not UTF-8 text".into()));
    text.context("send a file")
}
