//! `orchestra task`: changes of the plan that runs.

use super::args::{Of, Task as Args};
use super::exit::Exit;
use super::{answer, place};
use crate::domain::command::Command;
use crate::domain::plan::Task;

/// Carries out one change, or shows the tasks.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let (of, command): (Of, Command) = match args {
        Args::Add(a) => {
            let task =
                Task { agent: Some(a.agent), needs: a.needs, ..Task::new(&a.id, &a.prompt, a.done.into()) };
            (a.of, Command::AddTask { task })
        }
        Args::Drop(t) => (t.of, Command::DropTask { task: t.id }),
        Args::Repeat(t) => (t.of, Command::RepeatTask { task: t.id }),
        Args::Move(t) => (t.of, Command::MoveTask { task: t.id, before: t.before }),
        Args::Start(t) => (t.of, Command::StartTasks { tasks: t.ids }),
        Args::Pause(of) => (of, Command::PauseRun),
        Args::Resume(of) => (of, Command::ResumeRun),
        Args::List(of) => (of, Command::ShowRun { run: None }),
    };
    answer::show(place::control(of.session.as_deref())?.ask(command)?, of.format())
}
