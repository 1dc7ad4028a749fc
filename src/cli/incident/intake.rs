//! What comes in of an incident: its report, when it came, where its data lies, and the answers to what it leaves open.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Context;

use crate::cli::args::Answers;
use crate::cli::exit::Fail;
use crate::cli::{file, out};
use crate::domain::command::Incident;
use crate::domain::incident::analyst::Analyst;
use crate::domain::incident::triage::{self, Open, Question, REPORT_MOST, Reference, Routes, Told, Triaged};
use crate::domain::signal::printable;

/// How often a question is asked on a terminal.
const TRIES: usize = 3;
/// The most bytes of an answer at a prompt.
const ANSWER_MOST: u64 = 1024;

/// The report of an incident's directory.
pub(super) const REPORT: &str = "report.md";

/// Whether what a report leaves open is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asks {
    /// On the terminal.
    Terminal,
    /// Nobody can answer.
    Nobody,
}

impl Asks {
    /// As it is where a report comes from `report`, and one object is printed or not.
    pub(super) fn of(report: Option<&Path>, json: bool) -> Self {
        // Where the report comes over standard input there is nobody to answer.
        let there = out::on_terminal() && !json && report != Some(Path::new("-"));
        if there { Self::Terminal } else { Self::Nobody }
    }
}

/// A report, and what is told beside it.
pub(super) struct Intake {
    /// The report's text; may be empty.
    pub report: String,
    /// Answers beside it.
    pub told: Told,
    /// When it came in: by `--received`, or the file's date.
    pub received: Option<Reference>,
}

impl Intake {
    /// Reads it.
    pub(super) fn read(path: Option<&Path>, answers: &Answers) -> anyhow::Result<Self> {
        let report = report(path)?;
        let received = match &answers.received {
            Some(text) => Some(moment(text)?),
            None => path.filter(|p| *p != Path::new("-")).and_then(written),
        };
        Ok(Self { report, told: answers.told(), received })
    }

    /// Triages it; what is open is asked where somebody can answer.
    ///
    /// # Errors
    /// With status 2, naming every open question.
    pub(super) fn triaged(&mut self, routes: &Routes, asks: Asks) -> anyhow::Result<Triaged> {
        let mut tries = 0;
        loop {
            match triage::triage(&self.report, &self.told, self.received.as_ref(), routes) {
                Ok(found) => return Ok(found),
                Err(open) if asks == Asks::Terminal && tries < TRIES => {
                    tries += 1;
                    for one in &open {
                        put(&mut self.told, one)?;
                    }
                }
                Err(open) => return Err(Fail::usage(missing(&open)).into()),
            }
        }
    }
}

/// An incident's report and data, as they lie in files.
pub(super) struct Folder {
    /// The report; none: there is none.
    pub report: Option<PathBuf>,
    /// What it is called; may be empty.
    pub name: String,
    /// The directory of its data; none: there is none.
    pub data: Option<PathBuf>,
}

impl Folder {
    /// What a path means: a directory has `report.md` and the data; beside a report there may be data.
    ///
    /// # Errors
    /// With status 2 when a directory has no report.
    pub(super) fn of(path: Option<&Path>, data: Option<&Path>, name: Option<&str>) -> anyhow::Result<Self> {
        let given = data.map(found).transpose()?;
        let Some(path) = path.filter(|p| *p != Path::new("-")) else {
            let report = path.map(Path::to_owned);
            return Ok(Self { report, name: name.unwrap_or_default().to_owned(), data: given });
        };
        let whole = path.is_dir();
        let report = if whole { path.join(REPORT) } else { path.to_owned() };
        if whole && !report.is_file() {
            let shown = printable(&path.display().to_string());
            let why =
                format!("read the incident: {shown} has no {REPORT}; put one there, or name the report");
            return Err(Fail::usage(why).into());
        }
        let beside = report.parent().map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p });
        let holds = |dir: &&Path| whole || Analyst::ALL.iter().any(|who| dir.join(who.folder()).is_dir());
        let data = match given {
            None => beside.filter(holds).map(found).transpose()?,
            given => given,
        };
        let name = match name {
            Some(name) => name.to_owned(),
            None => called(&report, data.as_deref()),
        };
        Ok(Self { report: Some(report), name, data })
    }

    /// What is asked of a fleet to take it on.
    pub(super) fn open(&self, intake: &Intake, routes: &Routes) -> Incident {
        // What the report says of itself goes before the file's date, and the session reads it there.
        let counts =
            |r: &&Reference| triage::received(&intake.report, Some(r), &routes.words).as_ref() == Some(*r);
        let received = intake.received.as_ref().filter(counts);
        let east = |r: &Reference| i32::try_from(r.offset).unwrap_or(0);
        Incident::Open {
            name: self.name.clone(),
            report: intake.report.clone(),
            told: intake.told.clone(),
            received: received.map(|r| (r.at, east(r))),
            data: self.data.as_ref().map_or(String::new(), |d| d.to_string_lossy().into_owned()),
        }
    }
}

/// The name of an incident's folder, or of its report where that lies elsewhere.
fn called(report: &Path, data: Option<&Path>) -> String {
    let folder = data.and_then(Path::file_name).filter(|_| report.ends_with(REPORT));
    folder.or(report.file_stem()).map_or(String::new(), |n| printable(&n.to_string_lossy()))
}

/// A directory as the session, which runs elsewhere, finds it.
fn found(dir: &Path) -> anyhow::Result<PathBuf> {
    let shown = || printable(&dir.display().to_string());
    let whole = dir.canonicalize().map_err(|e| Fail::usage(format!("find the data {}: {e}", shown())))?;
    if !whole.is_dir() {
        return Err(Fail::usage(format!("read the data: {} is no directory", shown())).into());
    }
    Ok(whole)
}

/// The report's text; empty where there is none but what the flags say.
pub(super) fn report(path: Option<&Path>) -> anyhow::Result<String> {
    let Some(path) = path else { return Ok(String::new()) };
    let most = REPORT_MOST as u64;
    let mut bytes = Vec::new();
    let shown = if path == Path::new("-") { PathBuf::from("standard input") } else { path.to_owned() };
    let refused = |why: &str| Fail::usage(format!("read the report {}: {why}", shown.display()));
    if path == Path::new("-") {
        io::stdin().take(most + 1).read_to_end(&mut bytes).context("read the report from standard input")?;
    } else {
        let file = file::open(path).map_err(|e| refused(&e.to_string()))?;
        file.take(most + 1).read_to_end(&mut bytes).map_err(|e| refused(&e.to_string()))?;
    }
    if bytes.len() > REPORT_MOST {
        return Err(refused(&format!("it is larger than {REPORT_MOST} bytes; cut what is no report")).into());
    }
    String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8 text; save it as UTF-8").into())
}

fn moment(text: &str) -> anyhow::Result<Reference> {
    let found = triage::reference(text, "--received");
    let exact = found.filter(|r| r.exact);
    let why = || {
        format!(
            "read `{}` of --received: it is no time with a date; write it as 2026-03-14T02:40Z",
            printable(text)
        )
    };
    Ok(exact.ok_or_else(|| Fail::usage(why()))?)
}

/// When the file was last written.
pub(super) fn written(path: &Path) -> Option<Reference> {
    let at = fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let at = i64::try_from(at.as_millis()).ok()?;
    Some(Reference { at, offset: 0, exact: true, from: "the file's date".into() })
}

/// Asks one question on the terminal.
fn put(told: &mut Told, open: &Open) -> io::Result<()> {
    let mut err = io::stderr().lock();
    let why = if open.wrong { format!(" ({})", printable(&open.why)) } else { String::new() };
    write!(err, "{}{why}? ", open.question.asks())?;
    err.flush()?;
    let mut line = String::new();
    io::BufRead::read_line(&mut io::stdin().lock().take(ANSWER_MOST), &mut line)?;
    let line = line.trim();
    let answer = (!line.is_empty()).then(|| line.to_owned());
    match open.question {
        Question::Symptom => told.symptom = answer,
        Question::Started => told.started = answer,
        Question::Scope => told.scope = answer,
        Question::Priority => told.priority = answer,
    }
    Ok(())
}

fn missing(open: &[Open]) -> String {
    let one = |o: &Open| {
        format!("{} is open: {}; answer with {}", o.question.asks(), printable(&o.why), o.question.flag())
    };
    format!("triage the incident: {}", open.iter().map(one).collect::<Vec<_>>().join("\n  "))
}
