//! The project that follows a workflow: its tasks by phase, planned against what they take, the one that is looked at, and
//! what waits for a person. Live as in a recording.

mod act;
mod attention;
mod digest;
mod draw;
mod gantt;
mod list;
mod parts;
mod task;

use std::time::Duration;

pub(super) use self::act::{answered, asks, attend, click, keys, open, perform, wheel};
pub(super) use self::digest::{Point, agent, raised};
pub(super) use self::draw::draw;
use super::sheet::Sheet;
use super::view::View;
use crate::domain::time::Time;
use crate::domain::workflow::project::Project;
use crate::engine::state::State;

/// What a recording shows before one begins.
const NOT_YET: &str = "no project had begun at this moment of the recording";

/// How often what time alone changes is drawn anew: so many times a day of the plan, within these bounds.
const LOOKS: i64 = 480;
const SOONEST: Duration = Duration::from_secs(1);
const LATEST: Duration = Duration::from_secs(60);

/// A part of what is seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(super) enum Part {
    /// All tasks by phase.
    #[default]
    Tasks,
    /// The one that is chosen.
    Task,
    /// How the project stands and why, what waits for a person, what is in the way.
    Attention,
}

impl Part {
    const ALL: [Self; 3] = [Self::Tasks, Self::Task, Self::Attention];

    fn word(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Task => "task",
            Self::Attention => "attention",
        }
    }

    /// The part so many places on.
    fn step(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|p| *p == self).unwrap_or(0);
        Self::ALL.get((at + by) % Self::ALL.len()).copied().unwrap_or_default()
    }
}

/// What one client sees of it.
#[derive(Clone, Default, Debug)]
pub(super) struct Page {
    /// Of which project the rest is.
    project: u32,
    part: Part,
    /// Whether the part alone is seen.
    alone: bool,
    /// Whether below the tasks what waits for a person is seen, where there is no room for the chosen task too.
    attention: bool,
    /// The task that is looked at; none: the first that runs, else the first that is open.
    chosen: Option<String>,
    /// The point of what waits for a person that is looked at, from 0.
    point: usize,
    /// Rows above what is seen, of each part that scrolls.
    scroll: [usize; 3],
}

impl Page {
    fn scroll_of(&self, part: Part) -> usize {
        self.scroll.get(part as usize).copied().unwrap_or(0)
    }

    fn scroll_to(&mut self, part: Part, to: usize) {
        if let Some(scroll) = self.scroll.get_mut(part as usize) {
            *scroll = to;
        }
    }

    /// Looks at a part.
    fn turn_to(&mut self, part: Part) {
        self.part = part;
        self.attention = match part {
            Part::Tasks => self.attention,
            Part::Task => false,
            Part::Attention => true,
        };
    }

    /// What of it holds for that project.
    fn of(&self, project: &Project) -> Self {
        if self.project == project.number {
            return self.clone();
        }
        Self { project: project.number, part: self.part, attention: self.attention, ..Self::default() }
    }
}

impl View {
    /// The next moment at which time alone has changed what is seen of the project.
    pub(super) fn observe_workflow(&self, state: &State, now: Time) -> Option<Time> {
        let project = state.open_project().filter(|_| self.sheet == Some(Sheet::Workflow))?;
        let ms = u64::try_from(project.day_ms / LOOKS).unwrap_or_default();
        let soon = Duration::from_millis(ms).clamp(SOONEST, LATEST);
        self.deck.is_none().then(|| now.plus(soon))
    }
}
