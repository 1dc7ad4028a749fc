//! `orchestra send`: a prompt to agents.

use std::io::Read;
use std::path::Path;

use anyhow::Context;

use super::args::{Send as Args, SendWhat};
use super::exit::{Exit, Fail};
use super::{answer, place};
use crate::domain::command::{Command, Target, Terms, Until, What};
use crate::domain::prompt::MAX_FILLED;
use crate::domain::signal::MAX_PROMPT;
use crate::domain::view::{Answer, settle};

/// How much of a text that is too long is read to say how long it is, in bytes.
const COUNTED: u64 = 1 << 30;

/// Sends, and waits for the receipts where asked.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let what = what(args.what)?;
    let what = match what {
        What::Text(text) if args.fill => fill(text)?,
        other => other,
    };
    let mut control = place::control(args.of.session.as_deref())?;
    let (targets, terms) = (args.targets, Terms { key: args.key, patience: args.patience });
    let mut answer = control.ask(Command::Send { targets, what, terms })?;
    if args.wait
        && let Answer::Receipts { receipts } = &mut answer
    {
        let open = receipts.iter().filter(|r| r.outcome.is_none());
        let targets: Vec<Target> = open.map(|r| Target(r.agent.to_string())).collect();
        if !targets.is_empty() {
            let timeout_ms = args.timeout.saturating_mul(1000);
            let open = receipts.iter().filter(|r| r.outcome.is_none());
            let until = Until::Dispatched(open.map(|r| r.dispatch).collect());
            match control.ask(Command::Wait { targets, until, timeout_ms })? {
                Answer::Receipts { receipts: later } => settle(receipts, later),
                other => answer = other,
            }
        }
    }
    answer::show(answer, args.of.format())
}

fn what(what: SendWhat) -> anyhow::Result<What> {
    Ok(match what {
        SendWhat { prompt: Some(name), .. } => What::Prompt(name),
        SendWhat { text: Some(text), .. } => What::Text(text),
        SendWhat { file: Some(file), .. } => What::Text(read(&file)?),
        SendWhat { again: true, .. } => What::Again,
        SendWhat { .. } => {
            return Err(Fail::usage("send nothing: give --prompt, --text, --file or --again").into());
        }
    })
}

/// A text that is filled in, which travels in one message.
fn fill(text: String) -> Result<What, Fail> {
    if text.len() <= MAX_FILLED {
        return Ok(What::Fill(text));
    }
    let size = text.len();
    Err(Fail::usage(format!(
        "fill in a text of {size} bytes: at most {MAX_FILLED}; send it as it is, or put it into prompts/"
    )))
}

fn read(file: &Path) -> anyhow::Result<String> {
    let read = if file == Path::new("-") {
        read_most(std::io::stdin().lock())
    } else {
        crate::cli::file::open(file).and_then(read_most)
    };
    let usage = |why: String| Fail::usage(format!("read {}: {why}", file.display()));
    let (bytes, more) = read.map_err(|e| usage(e.to_string()))?;
    if more > 0 {
        let all = bytes.len() as u64 + more;
        return Err(usage(format!(
            "it has {all} bytes; at most {MAX_PROMPT} are sent: put it into a file of the repository and name that"
        ))
        .into());
    }
    let text = String::from_utf8(bytes).map_err(|_| usage("it is not UTF-8 text".into()));
    text.context("send a file")
}

/// As much as is sent, and how many bytes there are beyond that.
fn read_most(mut from: impl Read) -> std::io::Result<(Vec<u8>, u64)> {
    let mut bytes = Vec::new();
    from.by_ref().take(MAX_PROMPT as u64).read_to_end(&mut bytes)?;
    let more = std::io::copy(&mut from.take(COUNTED), &mut std::io::sink())?;
    Ok((bytes, more))
}
