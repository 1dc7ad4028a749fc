//! `orchestra workflow report`: what came of a project, or comes.

use anyhow::Context;

use super::top;
use crate::cli::args::workflow::report::{Report as Args, ReportForm, ReportKind};
use crate::cli::exit::{Exit, Fail};
use crate::cli::{out, place};
use crate::config;
use crate::domain::signal::{escape_json, printable};
use crate::domain::workflow::project::Project;
use crate::domain::workflow::report::{Kind, Report, html, markdown, told, told_then, week_at, week_begins};
use crate::domain::workflow::watch::Seen;
use crate::replay::{Recording, project};
use crate::session::clock::Clock;

/// Writes it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    if args.week.is_some() && args.kind != ReportKind::Weekly {
        return Err(Fail::usage("write the report: --week goes with weekly alone").into());
    }
    let dir = match &args.dir {
        Some(dir) => place::recording(dir)?,
        None => place::record_of(args.of.session.as_deref())?,
    };
    let recording = Recording::open(&dir)?;
    let none = || {
        let dir = printable(&dir.display().to_string());
        Fail::new(Exit::Nothing, format!("find a project in {dir}: its session follows none"))
    };
    let now = now(&recording)?;
    let all = project(&recording, None).ok_or_else(none)?;
    let report = report(args, &recording, all, now)?;
    let text = match args.format {
        _ if args.of.json => json(&report)?,
        ReportForm::Json => json(&report)?,
        ReportForm::Md => written(&report, args)?,
        ReportForm::Html => html(&report.title, &written(&report, args)?),
    };
    match &args.out {
        Some(path) => {
            std::fs::write(path, &text).with_context(|| format!("write {}", path.display()))?;
            out::note(&format!("written to {}", path.display()));
        }
        None => out::result(&text)?,
    }
    Ok(Exit::Done)
}

/// Now where a server runs the session, else the moment its record ends, in milliseconds since 1970.
fn now(recording: &Recording) -> anyhow::Result<i64> {
    if recording.dir().locked_by()?.is_some() {
        return Ok(Clock::new(recording.file().origin).now().wall);
    }
    Ok(recording.lines().iter().map(|l| l.time.wall).max().unwrap_or_default())
}

/// The report, of the project as it was then: the record says more of a week that is over than the project does later.
fn report(args: &Args, recording: &Recording, all: Project, now: i64) -> anyhow::Result<Report> {
    let kind = match args.kind {
        ReportKind::Weekly => {
            Kind::Weekly(args.week.unwrap_or_else(|| week_at(&all, all.over.unwrap_or(now))))
        }
        ReportKind::Milestone => Kind::Milestone,
        ReportKind::Completion => Kind::Completion,
    };
    let Kind::Weekly(week) = kind else { return Ok(told(&all, &Seen::default(), kind, now)) };
    let end = week_begins(&all, week.saturating_add(1));
    if week > 1 && week_begins(&all, week) > now {
        let last = week_at(&all, now);
        return Err(Fail::usage(format!("write the report of week {week}: week {last} is the latest")).into());
    }
    let then = project(recording, Some(end.saturating_sub(1))).filter(|p| p.number == all.number);
    Ok(match then {
        Some(then) => told_then(&then, &Seen::default(), kind, now),
        None => told(&all, &Seen::default(), kind, now),
    })
}

fn json(report: &Report) -> anyhow::Result<String> {
    Ok(escape_json(&serde_json::to_string(report)?) + "\n")
}

/// As Markdown. Only what lies here, not in somebody's record, says how reports look.
fn written(report: &Report, args: &Args) -> anyhow::Result<String> {
    let template = match &args.dir {
        Some(_) => None,
        None => config::template(&top()?, report.template())?,
    };
    markdown(report, template.as_deref()).map_err(|why| Fail::usage(why).into())
}
