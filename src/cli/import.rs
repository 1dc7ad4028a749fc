//! `orchestra import`: an asciicast as a session of one pane.

use std::fs::OpenOptions;
use std::io::BufReader;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rustix::fs::OFlags;

use super::args::Import as Args;
use super::exit::{Exit, Fail};
use super::{answer, out};
use crate::domain::moment::clock_text;
use crate::domain::signal::printable;
use crate::replay::import::cast::CastError;
use crate::replay::import::{ImportError, Imported, import};

/// Makes the session and says what was made of what.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let target = args.out.clone().unwrap_or_else(|| beside(&args.file));
    // A pipe with nobody at its other end must not hold us up.
    let nonblock = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let shown = printable(&args.file.display().to_string());
    let file = OpenOptions::new().read(true).custom_flags(nonblock).open(&args.file);
    let file = file.with_context(|| format!("open {shown}"))?;
    if !file.metadata().with_context(|| format!("open {shown}"))?.is_file() {
        return Err(Fail::usage(format!("open {shown}: it is not a regular file")).into());
    }
    let name = args.file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let made =
        import(BufReader::with_capacity(1 << 16, file), &name, &args.agent, &target).map_err(
            |e| match e {
                ImportError::Cast(e @ (CastError::NoCast(_) | CastError::Long { .. })) => {
                    anyhow::Error::from(Fail::usage(e.to_string()))
                }
                other => other.into(),
            },
        )?;
    for note in notes(&made) {
        out::note(&note);
    }
    let made = format!(
        "{}: {} long, {} events, {} marks",
        printable(&target.display().to_string()),
        clock_text(made.us),
        made.events,
        made.marks
    );
    answer::done(made, args.json)
}

/// `demo.cast` becomes `demo`, beside it.
fn beside(file: &Path) -> PathBuf {
    match file.extension() {
        Some(_) => file.with_extension(""),
        None => file.with_extension("session"),
    }
}

/// What is otherwise than in the file.
fn notes(made: &Imported) -> Vec<String> {
    let c = made.counts;
    let said = [
        (c.unknown, "events of unknown kinds were passed over"),
        (c.damaged, "lines are no events and were passed over"),
        (c.typed, "typed keys were left out: a record has none"),
        (c.times, "times ran backwards or beyond a year and were brought within"),
        (c.sizes, "sizes were brought within 2 to 1000 rows and columns"),
        (
            u64::from(made.cut),
            "limit was met: what goes beyond 2 GiB of output or 20000 marks and sizes is missing",
        ),
    ];
    said.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_lies_beside_the_cast() {
        for (file, dir) in [("/a/demo.cast", "/a/demo"), ("b.c.json", "b.c"), ("plain", "plain.session")] {
            assert_eq!(beside(Path::new(file)), Path::new(dir));
        }
    }
}
