//! What came of an incident.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::incident::correlated;
use crate::cli::out;
use crate::cli::up::Started;
use crate::domain::incident::case::{Case, Fleet};
use crate::domain::incident::compare::chain_notes;
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::postmortem::check;
use crate::domain::incident::score::Truth;
use crate::domain::signal::printable;

/// What is held to be true of an incident, beside its report.
const TRUTH: &str = "truth.toml";
/// The most bytes of it.
const TRUTH_MOST: u64 = 1 << 20;

/// Whether an incident came to its end by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum InTime {
    /// Yes.
    Yes,
    /// It was closed since it took too long.
    No,
}

/// What came of an incident: `orchestra incident run --json`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "incident_run")]
pub(in crate::cli) struct RunEnded {
    /// The session that took it on.
    pub session: String,
    /// Its directory: the record, which `orchestra replay` shows again.
    pub record: String,
    /// Seconds it took.
    pub seconds: f64,
    /// Whether it came to its end by itself.
    pub in_time: InTime,
    /// Whether a postmortem stands, or none is needed as nobody was engaged.
    pub accepted: bool,
    /// The file of the postmortem; null: there is none.
    pub postmortem: Option<String>,
    /// The file that says which links were found of those that are held to be true; null: nothing is known of them.
    pub chain_notes: Option<String>,
    /// What the check says against the postmortem.
    pub problems: Vec<String>,
    /// What is missing of the answer.
    pub missing: Vec<String>,
    /// The incident.
    pub incident: Case,
}

impl RunEnded {
    /// What came of `case` in that session.
    pub(super) fn of(started: &Started, case: Case, fleet: &Fleet, in_time: InTime, since: Instant) -> Self {
        let record = &started.session_dir;
        let nobody = case.triaged.engaged.is_empty();
        let none = case.postmortem.is_empty();
        let problems = if none { Vec::new() } else { check(&case.postmortem, &case, fleet.house()) };
        let file = record.join("reports/postmortem.md");
        Self {
            session: started.name.clone(),
            record: record.display().to_string(),
            seconds: (since.elapsed().as_secs_f64() * 10.0).round() / 10.0,
            in_time,
            accepted: if none { nobody } else { problems.is_empty() },
            postmortem: (!none && file.is_file()).then(|| file.display().to_string()),
            chain_notes: None,
            problems,
            missing: case.missing(),
            incident: case,
        }
    }

    /// Writes beside the postmortem what was found of the links that are held to be true, where that is known.
    ///
    /// # Errors
    /// When the truth cannot be used, or the notes cannot be written.
    pub(super) fn note_chains(&mut self, report: Option<&Path>, fleet: &Fleet) -> anyhow::Result<()> {
        let Some(truth) = report.and_then(Path::parent).map(|d| d.join(TRUTH)).filter(|t| t.is_file()) else {
            return Ok(());
        };
        let shown = printable(&truth.display().to_string());
        let about = fs::metadata(&truth).with_context(|| format!("read {shown}"))?;
        anyhow::ensure!(about.len() <= TRUTH_MOST, "read {shown}: it has more than {TRUTH_MOST} bytes");
        let text = fs::read_to_string(&truth).with_context(|| format!("read {shown}"))?;
        let truth = Truth::read(&text).map_err(|why| anyhow::anyhow!("read {shown}: {why}"))?;
        let (mut kinds, mut mechanisms) = (Kinds::built_in(), Mechanisms::built_in());
        if !fleet.mechanisms.is_empty() {
            let added = mechanisms.add(&fleet.mechanisms, &mut kinds);
            added.map_err(|why| anyhow::anyhow!("use the mechanisms of the fleet: {why}"))?;
        }
        let found = self.incident.found();
        let notes = chain_notes(&self.incident.name, &truth, &found, &mechanisms, &kinds, fleet.window_s);
        let file = PathBuf::from(&self.record).join("reports/chain-notes.md");
        fs::write(&file, notes).with_context(|| format!("write {}", file.display()))?;
        self.chain_notes = Some(file.display().to_string());
        Ok(())
    }

    /// The exit status it stands for.
    pub(super) fn exit(&self) -> Exit {
        match (self.in_time, self.accepted) {
            (InTime::No, _) => Exit::Timeout,
            (InTime::Yes, true) => Exit::Done,
            (InTime::Yes, false) => Exit::Failed,
        }
    }

    /// Prints it, for people.
    ///
    /// # Errors
    /// When standard output refuses.
    pub(super) fn print(&self) -> std::io::Result<()> {
        let found = &self.incident.correlation;
        let mut lines = correlated::chains(found);
        lines.extend(correlated::groups(found));
        if !self.missing.is_empty() {
            lines.extend([String::new(), "Missing".to_owned()]);
            lines.extend(self.missing.iter().map(|m| format!("  {m}")));
        }
        lines.push(String::new());
        if self.incident.triaged.engaged.is_empty() {
            lines.push(format!("nobody was engaged: {}", self.incident.triaged.why));
        }
        if let Some(file) = &self.postmortem {
            let by = self.incident.drafts.last().map(|d| d.by.as_str()).unwrap_or_default();
            let stands =
                if self.problems.is_empty() { "passes the check" } else { "does not pass the check" };
            lines.push(format!("postmortem   {file} (by {by}, {stands})"));
            lines.extend(self.problems.iter().map(|p| format!("             {p}")));
        }
        lines.extend(self.chain_notes.iter().map(|file| format!("chain notes  {file}")));
        lines.push(format!("record       {0} (orchestra replay {0})", self.record));
        if self.in_time == InTime::No {
            lines
                .push(format!("it was closed after {:.0} s, which is longer than it may take", self.seconds));
        }
        out::lines(&lines)
    }
}
