//! `orchestra export`: one pane as a file that other programs read.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;

use super::args::{Export as Args, ExportFormat};
use super::exit::{Exit, Fail};
use super::{answer, place};
use crate::domain::id::AgentName;
use crate::replay::Recording;
use crate::replay::export::{ExportError, Form, Version, panes_with_output, write};

/// Writes the pane's recording to a file or to standard output.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let recording = Recording::open(&place::recording(&args.dir)?)?;
    let pane = match &args.agent {
        Some(name) => recording.pane(name)?,
        None => only(panes_with_output(&recording))?,
    };
    let form = match args.format {
        ExportFormat::Cast => Form::Cast(Version::Two),
        ExportFormat::Cast3 => Form::Cast(Version::Three),
        ExportFormat::Text => Form::Text,
        ExportFormat::Html => Form::Page,
    };
    match &args.out {
        Some(path) => {
            to_file(path, args.force, |out| write(&recording, &pane, form, out))?;
            if args.json {
                return answer::done(format!("{pane} is written to {}", path.display()), true);
            }
        }
        None => match write(&recording, &pane, form, &mut BufWriter::new(io::stdout().lock())) {
            // A reader that has seen enough is no failure.
            Err(ExportError::Write(e)) if e.kind() == io::ErrorKind::BrokenPipe => {}
            other => other?,
        },
    }
    Ok(Exit::Done)
}

fn only(panes: Vec<AgentName>) -> Result<AgentName, Fail> {
    let names: Vec<&str> = panes.iter().map(AgentName::as_str).collect();
    match panes.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Fail::new(Exit::Failed, "export a pane: none has printed anything")),
        _ => Err(Fail::usage(format!("choose a pane: name one with --agent: {}", names.join(", ")))),
    }
}

/// The file is there when it is whole, or not at all.
fn to_file(
    path: &Path,
    force: bool,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), ExportError>,
) -> anyhow::Result<()> {
    let exists = || {
        let text =
            format!("write {}: it is there already; choose another name, or say --force", path.display());
        Fail::new(Exit::Protected, text)
    };
    // Said before the work; what decides is the last step.
    if !force && path.symlink_metadata().is_ok() {
        return Err(exists().into());
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file =
        tempfile::NamedTempFile::new_in(folder).with_context(|| format!("write in {}", folder.display()))?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    fill(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error).context("write what is exported")?;
    if force {
        file.persist(path).map_err(|e| e.error).with_context(|| format!("write {}", path.display()))?;
    } else {
        file.persist_noclobber(path).map_err(|_| exists())?;
    }
    Ok(())
}
