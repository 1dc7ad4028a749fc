//! `orchestra run`: a plan.

use std::time::{Duration, Instant};

use super::args::{self, Run as Args};
use super::exit::Exit;
use super::wait::limit_ms;
use super::{answer, out, place};
use crate::client::Control;
use crate::domain::command::{Command, Order, Target, Until};
use crate::domain::ending::Red;
use crate::domain::id::RunId;
use crate::domain::signal::printable;
use crate::domain::view::{Answer, Fault, RunView};

/// How often a run that is waited for is looked at, in milliseconds.
const LOOK_MS: u64 = 1000;

/// Starts a plan, or says what it would do.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let order = match args.order {
        args::Order::Broadcast => Order::Broadcast,
        args::Order::Staged => Order::Staged,
    };
    let mut targets = args.targets;
    targets.extend(args.focus.map(|group| Target(format!("focus:{group}"))));
    let (plan, prompt) = (args.plan, args.prompt);
    let run = |red| {
        let (plan, targets, prompt) = (plan.clone(), targets.clone(), prompt.clone());
        Command::Run { plan, order, targets, prompt, red }
    };
    let command = match (args.dry_run, args.yes) {
        (true, _) => {
            Command::DryRun { plan: plan.clone(), order, targets: targets.clone(), prompt: prompt.clone() }
        }
        (false, true) => run(Red::Accept),
        (false, false) => run(Red::Ask),
    };
    let again = run(Red::Accept);
    let mut control = place::control(args.of.session.as_deref())?;
    let mut answer = control.ask(command)?;
    if let Answer::Fault { fault: Fault::Protected, why } = &answer
        && !args.of.json
        && out::on_terminal()
    {
        out::note(&printable(why));
        if !out::ask("Start it all the same?")? {
            out::note("nothing was started");
            return Ok(Exit::Failed);
        }
        answer = control.ask(again)?;
    }
    if args.wait
        && let Answer::Run(run) = &answer
    {
        answer = follow(&mut control, run.run, limit_ms(args.timeout))?;
    }
    answer::show(answer, args.of.format())
}

/// Waits for a run's end and says on standard error how far it is whenever that changed.
fn follow(control: &mut Control, run: RunId, timeout_ms: u64) -> anyhow::Result<Answer> {
    let end = Instant::now() + Duration::from_millis(timeout_ms);
    let mut told = String::new();
    loop {
        let left =
            u64::try_from(end.saturating_duration_since(Instant::now()).as_millis()).unwrap_or(u64::MAX);
        let timeout_ms = left.min(LOOK_MS);
        let wait = Command::Wait { targets: vec![], until: Until::Run(run), timeout_ms };
        let answer = control.ask(wait)?;
        let out_of_time = matches!(answer, Answer::Fault { fault: Fault::Timeout, .. });
        if !out_of_time || left <= LOOK_MS {
            return Ok(answer);
        }
        if let Answer::Run(view) = control.ask(Command::ShowRun { run: Some(run) })? {
            let line = progress(&view);
            if line != told {
                out::progress(&printable(&line));
                told = line;
            }
        }
    }
}

/// A run in one line: how far it is and what is waited for.
pub(super) fn progress(run: &RunView) -> String {
    let waiting = run.waiting();
    let mut line = run.summary();
    if let Some(elapsed) = elapsed(run) {
        line.push_str(&format!(" · {elapsed}"));
    }
    if !waiting.is_empty() && !run.ended {
        line.push_str(&format!(" · waiting for {}", waiting.join(", ")));
    }
    line
}

/// How long a run takes or took, to the minute once it is one; none where its beginning is unknown.
fn elapsed(run: &RunView) -> Option<String> {
    let moment = |t: &Option<String>| t.as_deref()?.parse::<jiff::Timestamp>().ok();
    let began = moment(&run.progress.began)?;
    let end = moment(&run.progress.ended).unwrap_or_else(jiff::Timestamp::now);
    let seconds = u64::try_from(end.as_second() - began.as_second()).unwrap_or(0);
    Some(match seconds {
        0..60 => "under a minute".to_owned(),
        60..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    })
}
