//! `orchestra merge`: the train, shown before it runs, and everything that can be done with it.

mod text;

pub(super) use self::text::{text, verdict};

use super::args::Merge as Args;
use super::exit::{Exit, Fail};
use super::{answer, out, place};
use crate::client::Control;
use crate::domain::command::{Command, Until};
use crate::domain::train::Phase;
use crate::domain::view::{Answer, TrainView};

/// The longest a train may take, in milliseconds.
const LONGEST_MS: u64 = 24 * 3600 * 1000;

/// What is asked of the train.
enum What {
    /// Looking alone, or something that moves nothing: no question is asked.
    Plain(Command),
    /// First a plan, then the same for good.
    Planned { show: Command, go: Command },
    /// Something about the train as it is.
    Known { go: Command, question: fn(&TrainView) -> Option<String> },
}

fn what(args: &Args) -> What {
    let skip: Vec<_> = args.skip.iter().cloned().collect();
    if args.status {
        What::Plain(Command::ShowTrain)
    } else if args.hand {
        What::Plain(Command::MergeHand)
    } else if args.resolve {
        What::Plain(Command::MergeResolve)
    } else if args.abort {
        What::Known { go: Command::MergeAbort, question: text::ask_abort }
    } else if args.undo {
        What::Known { go: Command::MergeUndo, question: text::ask_undo }
    } else if args.go_on || !skip.is_empty() {
        What::Planned {
            show: Command::ContinuePlan { skip: skip.clone() },
            go: Command::MergeContinue { skip },
        }
    } else {
        What::Planned { show: Command::MergePlan, go: Command::Merge }
    }
}

/// Shows what would be done, asks, and does it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let what = what(args);
    let asks = !args.dry_run && !args.yes && !matches!(what, What::Plain(_));
    if asks && (args.of.json || !out::on_terminal()) {
        let why = "merge: nobody can be asked here; say --yes, or look first with --dry-run or --status";
        return Err(Fail::usage(why).into());
    }
    let mut control = place::control(args.of.session.as_deref())?;
    match what {
        What::Plain(command) => {
            let answer = control.ask(command)?;
            // The train stands still as before, but what was asked for is there.
            let made = args.resolve && matches!(answer, Answer::Train(_));
            let exit = answer::show(answer, args.of.format())?;
            Ok(if made { Exit::Done } else { exit })
        }
        What::Known { go, question } => {
            if asks {
                let found = control.ask(Command::ShowTrain)?;
                // Where there is nothing to ask about, the server says so itself.
                if let Answer::Train(train) = &found
                    && let Some(question) = question(train)
                    && !out::ask(&question)?
                {
                    out::note("nothing was moved");
                    return Ok(Exit::Failed);
                }
            }
            answer::show(carried_out(&mut control, go)?, args.of.format())
        }
        What::Planned { show, go } => {
            if !args.yes
                && let Some(exit) = look(&mut control, show, args)?
            {
                return Ok(exit);
            }
            let answer = carried_out(&mut control, go)?;
            let missing = if let Answer::Train(t) = &answer { text::missing(t) } else { None };
            let halted = if let Answer::Train(t) = &answer { text::halted(t) } else { None };
            let unmoved = matches!(&answer, Answer::Train(t) if !t.applied);
            let exit = answer::show(answer, args.of.format())?;
            match (missing, halted) {
                (Some(missing), _) if unmoved => Err(missing.into()),
                (_, Some(why)) => Err(Fail::new(exit, why).into()),
                _ if unmoved && exit == Exit::Done => Ok(Exit::Failed),
                _ => Ok(exit),
            }
        }
    }
}

/// Shows a plan and asks; gives the exit status where it ends there.
fn look(control: &mut Control, show: Command, args: &Args) -> anyhow::Result<Option<Exit>> {
    let plan = control.ask(show)?;
    let Answer::Train(train) = &plan else { return answer::show(plan, args.of.format()).map(Some) };
    let (question, missing) = (train.question(), text::missing(train));
    let landed = train.phase == Phase::Applied;
    let exit = answer::show(plan, args.of.format())?;
    if let Some(missing) = missing {
        return Err(missing.into());
    }
    if args.dry_run || landed || exit != Exit::Done {
        return Ok(Some(exit));
    }
    if !out::ask(&question)? {
        out::note("nothing was moved");
        return Ok(Some(Exit::Failed));
    }
    Ok(None)
}

/// Has a command carried out, and waits for the end of the train.
fn carried_out(control: &mut Control, command: Command) -> anyhow::Result<Answer> {
    let answer = control.ask(command)?;
    let Answer::Done { .. } = answer else { return Ok(answer) };
    let until = Until::Train;
    Ok(control.ask(Command::Wait { targets: vec![], until, timeout_ms: LONGEST_MS })?)
}
