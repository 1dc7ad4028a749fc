//! `orchestra workflow report`: what came of a project, or comes.

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
        Some(path) => out::write(path, &text)?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Of;
    use crate::domain::record::{Record, Workflowed};
    use crate::domain::workflow::project::sample;
    use crate::replay::testkit::{Kit, WALL};

    fn args(week: Option<u32>) -> Args {
        Args {
            kind: ReportKind::Weekly,
            dir: None,
            week,
            format: ReportForm::Md,
            out: None,
            of: Of::default(),
        }
    }

    #[test]
    fn a_week_that_is_over_is_told_as_the_record_had_it_then() {
        let mut kit = Kit::new(&["docker-specialist"]);
        let mut step = |second: u64, step: Workflowed| {
            kit.record(second * 1_000_000, &Record::Workflow(Box::new(step)));
        };
        let (name, plan, baseline) = ("shop".to_owned(), Box::new(sample::plan()), Vec::new());
        let (context, terms) = (Box::default(), Default::default());
        step(0, Workflowed::Started { number: 1, name, context, terms, day_ms: 1000, plan, baseline });
        step(
            1,
            Workflowed::Blocked { task: "cluster".into(), text: "quota".into(), mitigation: String::new() },
        );
        step(8, Workflowed::Mitigated { id: 1, mitigation: "asked for more".into() });
        step(9, Workflowed::Asked { by: "lead".into(), text: "which region?".into() });
        let recording = Recording::open(kit.path()).unwrap();
        let now = now(&recording).unwrap();
        assert_eq!(now, WALL + 9_000);
        let all = project(&recording, None).unwrap();
        let of = |week| report(&args(week), &recording, all.clone(), now);
        let first = of(Some(1)).unwrap();
        assert_eq!((first.unknown.len(), first.head.at), (0, WALL + 7_000));
        let first = first.weekly.unwrap();
        assert_eq!(first.blockers[0].mitigation, "");
        assert!(first.decisions.iter().all(|d| d.what != "question"));
        // Without a number it is the latest.
        let last = of(None).unwrap().weekly.unwrap();
        assert_eq!((last.week, last.blockers[0].mitigation.as_str()), (2, "asked for more"));
        assert_eq!(last.decisions[0].text, ["which region?"]);
        let why = of(Some(3)).unwrap_err().to_string();
        assert_eq!(why, "write the report of week 3: week 2 is the latest");
        assert_eq!(project(&recording, Some(WALL - 1)), None);
    }
}
