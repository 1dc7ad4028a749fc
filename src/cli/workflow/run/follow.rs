//! Begins a project and follows it to its end.

use std::thread::sleep;
use std::time::Duration;

use anyhow::bail;

use super::news::News;
use crate::cli::own::follow::{Followed, LOOK};
use crate::domain::command::{Command, Order, Until, Workflow};
use crate::domain::ending::Red;
use crate::domain::state::TaskState;
use crate::domain::view::{Answer, TrainView};
use crate::domain::workflow::project::{Project, Stage};

/// How much longer a rehearsal may take than is planned, and so many seconds more.
const LATE: u32 = 5;
const SLACK: Duration = Duration::from_secs(180);
/// The plan that makes branches ready.
const WRAP_UP: &str = "wrap-up";
/// The longest that wrap-up and train may take, in milliseconds each.
const MERGE_MS: u64 = 24 * 3600 * 1000;

/// How long a project may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Limit {
    /// As long as it takes.
    None,
    /// A few times what is planned: pretended agents that take longer never end.
    Rehearsal,
}

/// Follows a project.
pub(super) struct Follow {
    session: Followed,
    news: News,
}

impl Follow {
    /// In that session.
    pub(super) fn new(session: Followed) -> Self {
        Self { session, news: News::default() }
    }

    /// Says something in the dashboard.
    pub(super) fn narrate(&mut self, text: String) {
        self.session.narrate(text);
    }

    /// Begins it.
    ///
    /// # Errors
    /// When the session does not take it on.
    pub(super) fn begin(&mut self, start: Workflow) -> anyhow::Result<Project> {
        match self.session.ask(Command::Workflow(start))? {
            Answer::Project(project) => Ok(*project),
            Answer::Done { .. } => self.look(),
            _ => bail!("begin the project: the session answered something else"),
        }
    }

    /// To its end.
    ///
    /// # Errors
    /// When its session is lost for good, or another project took its place.
    pub(super) fn all(&mut self, project: Project, limit: Limit) -> anyhow::Result<Project> {
        let hours = project.baseline.iter().map(|b| b.to).max().unwrap_or_default();
        let planned = Duration::from_millis(u64::try_from(project.ms(hours)).unwrap_or_default());
        let longest = planned.saturating_mul(LATE).saturating_add(SLACK);
        let number = project.number;
        let mut project = project;
        loop {
            let now = jiff::Timestamp::now().as_millisecond();
            for line in self.news.since(&project, now) {
                self.session.tell(&line);
            }
            if project.stage != Stage::Running {
                return Ok(project);
            }
            if let Some(failed) = stuck(&project).filter(|_| limit == Limit::Rehearsal) {
                // Nobody puts a rehearsal right.
                let why = format!("{failed} failed, and nothing else can go on");
                self.session.close(Command::Workflow(Workflow::Close { why }))?;
            }
            if limit == Limit::Rehearsal && self.session.elapsed() > longest {
                let why = format!("the rehearsal took longer than {} s", longest.as_secs());
                self.session.close(Command::Workflow(Workflow::Close { why }))?;
            }
            sleep(LOOK);
            project = self.look()?;
            if project.number != number {
                bail!("follow project {number}: project {} has taken its place", project.number);
            }
        }
    }

    /// Makes its branches ready and merges them.
    ///
    /// # Errors
    /// When the session refuses.
    pub(super) fn merge(&mut self) -> anyhow::Result<TrainView> {
        self.session.tell("wrapping up: every branch is to be one commit that is ready");
        let (plan, order, prompt) = (WRAP_UP.to_owned(), Order::Staged, None);
        let run = Command::Run { plan, order, targets: Vec::new(), prompt, red: Red::Accept };
        let Answer::Run(run) = self.session.ask(run)? else {
            bail!("wrap up: the session answered something else")
        };
        self.session.ask(Command::Wait {
            targets: Vec::new(),
            until: Until::Run(run.run),
            timeout_ms: MERGE_MS,
        })?;
        self.session.tell("merging");
        let mut answer = self.session.ask(Command::Merge)?;
        if matches!(answer, Answer::Done { .. }) {
            let until = Until::Train;
            answer = self.session.ask(Command::Wait { targets: Vec::new(), until, timeout_ms: MERGE_MS })?;
        }
        match answer {
            Answer::Train(train) => Ok(*train),
            _ => bail!("merge: the session answered something else"),
        }
    }

    /// The project as it is now; a server that was lost is brought back.
    fn look(&mut self) -> anyhow::Result<Project> {
        match self.session.look("the project", &Command::Workflow(Workflow::Show))? {
            Answer::Project(project) => Ok(*project),
            _ => bail!("look at the project: the session answered something else"),
        }
    }
}

/// The first task that failed, where nothing runs and all that is open waits for what failed.
fn stuck(project: &Project) -> Option<&str> {
    let state = |id: &str| project.tracked(id).map_or(TaskState::Queued, |t| t.state);
    let mut lost: Vec<&str> = Vec::new();
    for task in &project.plan.tasks {
        match state(&task.id) {
            TaskState::Sent | TaskState::Running => return None,
            TaskState::Done | TaskState::Skipped => {}
            TaskState::Failed => lost.push(&task.id),
            TaskState::Queued if task.needs.iter().any(|n| lost.contains(&n.as_str())) => lost.push(&task.id),
            TaskState::Queued => return None,
        }
    }
    lost.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workflow::project::sample;

    #[test]
    fn a_project_is_stuck_once_all_that_is_open_waits_for_what_failed() {
        let mut p = sample::ninth_day();
        assert_eq!(stuck(&p), None);
        p.task_changed("cluster", TaskState::Failed, "crashed", sample::START);
        assert_eq!(stuck(&p), Some("cluster"));
        p.task_changed("cluster", TaskState::Queued, "", sample::START);
        assert_eq!(stuck(&p), None);
        assert_eq!(stuck(&sample::complete()), None);
    }
}
