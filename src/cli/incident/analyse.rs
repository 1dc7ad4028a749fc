//! `orchestra incident analyse`: what the built-in analysts find in an incident's data.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::args::Analyse as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::out;
use crate::cli::table::{Side, Table};
use crate::domain::incident::analyst::{Analyst, BYTES_MOST, Given, Note, analyse};
use crate::domain::incident::case::folder_of;
use crate::domain::incident::finding::Finding;
use crate::domain::incident::stamp;
use crate::domain::near::did_you_mean;
use crate::domain::signal::printable;

/// The most files of one folder.
const FILES_MOST: usize = 200;

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let shown = printable(&args.dir.display().to_string());
    if !args.dir.is_dir() {
        return Err(Fail::usage(format!("read the incident: {shown} is no directory")).into());
    }
    let asked = args.only.as_deref().map(only).transpose()?;
    let everybody = asked.map_or(Analyst::ALL.to_vec(), |who| vec![who]);
    // A specialist knows its own folder, not what lies above.
    let own =
        |who: Analyst| if asked.is_some() { folder(&args.dir, who) } else { args.dir.join(who.folder()) };
    if !everybody.iter().any(|who| own(*who).is_dir()) {
        let folders = everybody.iter().map(|who| who.folder()).collect::<Vec<_>>().join(", ");
        return Err(
            Fail::usage(format!("read the incident: {shown} has none of the folders {folders}")).into()
        );
    }
    let mut found: Vec<Finding> = Vec::new();
    let (mut read, mut unread) = (0, 0);
    for who in everybody {
        let mut notes = Vec::new();
        let files = files(&own(who), who.folder(), &mut notes)?;
        let given: Vec<Given<'_>> = files.iter().map(|(path, text)| Given { path, text }).collect();
        let analysis = analyse(who, &given);
        read += files.len();
        unread += analysis.unread;
        notes.extend(analysis.notes);
        for note in notes {
            out::note(&format!("{}: {}", printable(&note.file), printable(&note.why)));
        }
        found.extend(analysis.findings);
    }
    if read == unread {
        return Err(Fail::new(Exit::Failed, format!("analyse {shown}: no file in it can be used")).into());
    }
    found.sort_by(|a, b| (a.at, &a.source, &a.id).cmp(&(b.at, &b.source, &b.id)));
    if args.json {
        for finding in &found {
            out::json(finding)?;
        }
    } else {
        out::result(&text(&found))?;
    }
    Ok(Exit::Done)
}

/// The analyst of that name or folder; also that of a specialist whose folder is the same.
fn only(name: &str) -> anyhow::Result<Analyst> {
    let known = Analyst::ALL.into_iter().find(|who| who.name() == name || who.folder() == folder_of(name));
    let names = || Analyst::ALL.map(Analyst::name);
    let why = || {
        let near = did_you_mean(name, names());
        format!("find the analyst `{}`: expected one of {}{near}", printable(name), names().join(", "))
    };
    Ok(known.ok_or_else(|| Fail::usage(why()))?)
}

/// The folder of one analyst: the directory itself where it is called so and holds no such folder, else that in it.
fn folder(dir: &Path, who: Analyst) -> PathBuf {
    let below = dir.join(who.folder());
    let itself = dir.canonicalize().is_ok_and(|d| d.ends_with(who.folder()));
    if itself && !below.is_dir() { dir.to_owned() } else { below }
}

/// The files of an analyst's folder at `place`, by path below the incident's directory; what is no text is noted.
pub(super) fn files(
    place: &Path,
    folder: &str,
    notes: &mut Vec<Note>,
) -> anyhow::Result<Vec<(String, String)>> {
    if !place.is_dir() {
        return Ok(Vec::new());
    }
    let shown = || format!("read {}", printable(&place.display().to_string()));
    let mut paths = Vec::new();
    for entry in place.read_dir().with_context(shown)? {
        let path = entry.with_context(shown)?.path();
        // A pipe would be waited for.
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let name = format!("{folder}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if found.len() == FILES_MOST {
            let why = format!("only the first {FILES_MOST} files of the folder are read");
            notes.push(Note { file: name, why });
            break;
        }
        let mut bytes = Vec::new();
        // One byte more than is read tells that the file is too long.
        let most = BYTES_MOST as u64 + 1;
        match File::open(&path).and_then(|f| f.take(most).read_to_end(&mut bytes)) {
            Ok(_) => found.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            Err(e) => notes.push(Note { file: name, why: format!("cannot be read: {e}") }),
        }
    }
    Ok(found)
}

/// Findings for people.
fn text(found: &[Finding]) -> String {
    if found.is_empty() {
        return "nothing stands out".to_owned();
    }
    let mut table = Table::new(&[("AT", Side::Left), ("FINDING", Side::Left), ("SUMMARY", Side::Left)]);
    for finding in found {
        table.row([stamp::text(finding.at), finding.id.clone(), finding.summary.clone()]);
    }
    table.render()
}
