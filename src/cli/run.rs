//! `orchestra run`: a plan.

use super::args::{self, Run as Args};
use super::exit::Exit;
use super::wait::limit_ms;
use super::{answer, place};
use crate::domain::command::{Command, Order, Target, Until};
use crate::domain::view::Answer;

/// Starts a plan, or says what it would do.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let order = match args.order {
        args::Order::Broadcast => Order::Broadcast,
        args::Order::Staged => Order::Staged,
    };
    let mut targets = args.targets;
    targets.extend(args.focus.map(|group| Target(format!("focus:{group}"))));
    let (plan, prompt) = (args.plan, args.prompt);
    let command = if args.dry_run {
        Command::DryRun { plan, order, targets, prompt }
    } else {
        Command::Run { plan, order, targets, prompt }
    };
    let mut control = place::control(args.of.session.as_deref())?;
    let mut answer = control.ask(command)?;
    if args.wait
        && let Answer::Run(run) = &answer
    {
        let (until, timeout_ms) = (Until::Run(run.run), limit_ms(args.timeout));
        answer = control.ask(Command::Wait { targets: vec![], until, timeout_ms })?;
    }
    answer::show(answer, args.of.format())
}
