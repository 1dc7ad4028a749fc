//! `orchestra incident correlate`: what findings have to do with each other.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context;

use super::correlated;
use crate::cli::args::Correlate as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::{file, out};
use crate::domain::incident::correlate::correlate;
use crate::domain::incident::finding::{Bounds, read};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::stamp;

/// The most bytes of a file of findings.
const BYTES_MOST: u64 = 256 << 20;
/// The most problems that are told one by one on standard error.
const TOLD_MOST: usize = 20;

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let (mut kinds, mut mechanisms) = (Kinds::built_in(), Mechanisms::built_in());
    if let Some(path) = &args.mechanisms {
        let text = text_of(path)?;
        let added = mechanisms.add(&text, &mut kinds);
        added.map_err(|why| Fail::usage(format!("read {}: {why}", path.display())))?;
    }
    let (from, to) = (moment(args.from.as_deref(), "--from")?, moment(args.to.as_deref(), "--to")?);
    let window = (from.is_some() || to.is_some()).then(|| (from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX)));
    let now = jiff::Timestamp::now().as_millisecond();
    let bounds = Bounds { kinds: &kinds, now: Some(now), window };
    let (findings, problems) = read(&text_of(&args.findings)?, &bounds);
    let file = args.findings.display();
    for problem in problems.iter().take(TOLD_MOST) {
        out::note(&format!("{file}: {problem}"));
    }
    if problems.len() > TOLD_MOST {
        out::note(&format!("{file}: {} more findings cannot be used", problems.len() - TOLD_MOST));
    }
    // A file without findings is an answer: nothing stood out. One whose findings are all wrong is none.
    if findings.is_empty() && !problems.is_empty() {
        return Err(
            Fail::new(Exit::Failed, format!("correlate {file}: it has no finding that can be used")).into()
        );
    }
    let seconds = u32::try_from(args.window.as_secs()).unwrap_or(u32::MAX);
    let mut found = correlate(&findings, &mechanisms, &kinds, seconds);
    found.problems = problems;
    if args.json {
        out::json(&found)?;
    } else {
        out::result(&correlated::text(&found))?;
    }
    Ok(Exit::Done)
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let what = || format!("read {}", path.display());
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(BYTES_MOST + 1).read_to_end(&mut bytes)
    } else {
        let file = file::open(path).map_err(|e| Fail::usage(format!("{}: {e}", what())))?;
        file.take(BYTES_MOST + 1).read_to_end(&mut bytes)
    };
    read.with_context(what)?;
    if bytes.len() as u64 > BYTES_MOST {
        return Err(Fail::usage(format!("{}: it has more than {BYTES_MOST} bytes", what())).into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn moment(text: Option<&str>, flag: &str) -> anyhow::Result<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    let why = || Fail::usage(format!("read {flag}: `{text}` is no time such as 2026-03-14T02:10:00Z"));
    Ok(Some(stamp::parse(text).ok_or_else(why)?))
}
