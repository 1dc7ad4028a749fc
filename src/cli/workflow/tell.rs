//! What agents and people say of a project that runs.

use super::brief;
use crate::cli::args::Of;
use crate::cli::args::workflow::tell::{HandOver, Tell, YesNo};
use crate::cli::exit::Exit;
use crate::cli::{answer, incident, place};
use crate::domain::command::{Command, Workflow};
use crate::domain::workflow::project::HANDOVER_MOST;

fn say(of: &Of, what: Workflow) -> anyhow::Result<Exit> {
    answer::show(place::control(of.session.as_deref())?.ask(Command::Workflow(what))?, of.format())
}

/// Says it.
pub(super) fn run(args: Tell) -> anyhow::Result<Exit> {
    match args {
        Tell::Progress(a) => say(&a.of, Workflow::Percent { task: a.task, percent: a.percent, note: a.note }),
        Tell::Done(a) => done(a),
        Tell::Blocked(a) => {
            say(&a.of, Workflow::Block { task: a.task, text: a.text, mitigation: a.mitigation })
        }
        Tell::Unblocked(a) => say(&a.of, Workflow::Unblock { id: a.id }),
        Tell::Mitigate(a) => say(&a.of, Workflow::Mitigate { id: a.id, mitigation: a.text }),
        Tell::Sync(a) => say(&a.of, Workflow::Sync { task: a.task, text: a.text }),
        Tell::Figure(a) => {
            let epoch = a.epoch();
            say(&a.of, Workflow::Figure { name: a.name, epoch, value: a.value })
        }
        Tell::Ask(a) => say(&a.of, Workflow::AskDecision { text: a.text }),
        Tell::Decide(a) => say(&a.of, Workflow::Decide { id: a.id, decision: a.text }),
        Tell::Escalate(a) => say(&a.of, Workflow::Escalate { cause: a.cause, evidence: a.evidence }),
        Tell::Settle(a) => say(&a.of, Workflow::Settle { id: a.id, how: a.text }),
        Tell::Answer(a) => {
            let raised = a.raised == YesNo::Yes;
            say(&a.of, Workflow::Answer { flag: a.flag, raised, note: a.note })
        }
        Tell::Tick(a) => {
            let (list, point) = a.point;
            say(&a.of, Workflow::Tick { phase: a.phase, list, point, note: a.note })
        }
        Tell::Close(a) => say(&a.of, Workflow::Close { why: a.why }),
        Tell::Brief(a) => brief::run(&a),
    }
}

/// A task is done.
fn done(args: HandOver) -> anyhow::Result<Exit> {
    let text = match &args.handover {
        Some(file) => incident::text_of(file, "handover", HANDOVER_MOST, "shorten it, and name files in it")?,
        None => String::new(),
    };
    say(&args.of, Workflow::HandOver { task: args.task, text })
}
