//! What came of a project.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::table::wrapped;
use crate::cli::up::Started;
use crate::cli::{merge, out};
use crate::domain::view::TrainView;
use crate::domain::workflow::project::{Project, Stage};

/// What became of the session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum Session {
    /// It was ended, and its branches and worktrees are gone: nothing of a rehearsal stays but its record.
    Ended,
    /// It runs on.
    Runs,
}

/// What came of a project: `orchestra workflow run --json`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "workflow_run")]
pub(in crate::cli) struct RunEnded {
    /// The session that followed it.
    pub session: String,
    /// What became of that.
    pub after: Session,
    /// Its directory: the record, which `orchestra replay` shows again.
    pub record: String,
    /// Seconds it took.
    pub seconds: f64,
    /// Whether all of its tasks are done.
    pub complete: bool,
    /// The files of its reports.
    pub reports: Vec<String>,
    /// The merge train; null: there was none.
    pub train: Option<TrainView>,
    /// The project.
    pub project: Project,
}

impl RunEnded {
    /// What came of it in that session.
    pub(super) fn of(
        started: &Started,
        project: Project,
        train: Option<TrainView>,
        after: Session,
        seconds: f64,
    ) -> Self {
        Self {
            session: started.name.clone(),
            after,
            record: started.session_dir.display().to_string(),
            seconds: (seconds * 10.0).round() / 10.0,
            complete: project.stage == Stage::Complete,
            reports: reports(started),
            train,
            project,
        }
    }

    /// The exit status it stands for.
    pub(super) fn exit(&self) -> Exit {
        match &self.train {
            _ if !self.complete => Exit::Failed,
            Some(train) => merge::verdict(train),
            None => Exit::Done,
        }
    }

    /// Prints it, for people.
    ///
    /// # Errors
    /// When standard output refuses.
    pub(super) fn print(&self) -> std::io::Result<()> {
        let mut lines: Vec<String> =
            crate::cli::workflow::text(&self.project).lines().map(str::to_owned).collect();
        lines.push(String::new());
        lines.push(match (self.complete, self.project.ended.as_str()) {
            (true, _) => format!("complete after {:.0} s", self.seconds),
            (false, "") => "it is not complete".to_owned(),
            (false, why) => format!("it is not complete: {why}"),
        });
        lines.extend(listed(&self.reports));
        lines.push(format!("record   {0} (orchestra replay {0})", self.record));
        if let Some(train) = &self.train {
            lines.extend(merge::text(train).lines().map(str::to_owned));
        }
        let name = &self.session;
        lines.push(match (self.after, self.complete, &self.train) {
            (Session::Ended, ..) => {
                "it was a rehearsal: its agents are stopped, their branches and worktrees are gone".to_owned()
            }
            (Session::Runs, true, None) => format!(
                "next: `orchestra run wrap-up --session {name}` makes its branches ready, `orchestra merge --session {name}` \
                 merges them; `orchestra down {name}` stops its agents"
            ),
            (Session::Runs, ..) => format!("session `{name}` runs on; `orchestra down {name}` stops its agents"),
        });
        out::lines(&lines)
    }
}

/// The files of one folder, for people: the folder once, then their names.
fn listed(files: &[String]) -> Vec<String> {
    let paths = files.iter().map(Path::new);
    let Some(folder) = paths.clone().find_map(Path::parent) else { return Vec::new() };
    let names: Vec<_> = paths.filter_map(|p| p.file_name()?.to_str()).collect();
    let names = wrapped(&format!("         {}", names.join(", ")));
    let names = names.lines().map(str::to_owned);
    std::iter::once(format!("reports  {}", folder.display())).chain(names).collect()
}

/// The files of the reports, by name.
fn reports(started: &Started) -> Vec<String> {
    let entries = std::fs::read_dir(started.session_dir.join("reports")).into_iter().flatten().flatten();
    let mut files: Vec<String> =
        entries.map(|e| e.path()).filter(|p| p.is_file()).map(|p| p.display().to_string()).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_listed_by_name_below_their_folder() {
        let files: Vec<String> = (10..22).map(|n| format!("/s/shop/reports/weekly-{n}.md")).collect();
        let lines = listed(&files);
        assert_eq!(lines[0], "reports  /s/shop/reports");
        assert!(lines[1].starts_with("         weekly-10.md, weekly-11.md"), "{lines:?}");
        assert!(lines.len() < 6 && lines.iter().all(|l| l.len() <= 80), "{lines:?}");
        assert_eq!(listed(&[]), Vec::<String>::new());
    }
}
