//! `orchestra workflow plan`: a pattern made to fit, in time.

use anyhow::Context as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::{lines, planned};
use crate::cli::args::{PatternPlan as Args, PlanFormat};
use crate::cli::exit::Exit;
use crate::cli::out;
use crate::cli::table::{WIDTH, wrapped_at};
use crate::client;
use crate::domain::signal::printable;
use crate::domain::workflow::chart::{Ink, dot, gantt, mermaid, weeks};
use crate::domain::workflow::plan::{Planned, Task};
use crate::domain::workflow::schedule::{Schedule, schedule};
use crate::domain::workflow::span::Span;

/// What `--json` prints.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "planned")]
pub(crate) struct PlanShown {
    /// The day it starts.
    pub start: String,
    /// The plan.
    pub plan: Planned,
    /// When its tasks are done at the earliest, and which must not be late.
    pub schedule: Schedule,
}

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let plan = planned(&args.options, &args.name)?;
    let times = schedule(&plan.tasks);
    let start = args.start.unwrap_or_else(|| jiff::Zoned::now().date());
    if args.json {
        out::json(&PlanShown { start: start.to_string(), plan, schedule: times })?;
        return Ok(Exit::Done);
    }
    let text = match args.format {
        PlanFormat::Text => {
            let look = client::look();
            let ink = if look.ascii { Ink::Ascii } else { Ink::Unicode };
            text(&plan, &times, start, columns(), ink)?
        }
        PlanFormat::Mermaid => mermaid(&plan, &times, &start.to_string()),
        PlanFormat::Dot => dot(&plan, &times),
    };
    out::result(&text)?;
    Ok(Exit::Done)
}

/// Columns of the terminal; those of a page where there is none.
fn columns() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
    size.map(|s| usize::from(s.ws_col)).filter(|c| *c > 0).unwrap_or(WIDTH)
}

/// The plan for people.
fn text(
    plan: &Planned,
    times: &Schedule,
    start: jiff::civil::Date,
    width: usize,
    ink: Ink,
) -> anyhow::Result<String> {
    let end = start.checked_add(jiff::Span::new().hours(i64::from(times.length)));
    let end = end.context("count the days from --start: it is too far away")?;
    let mut text = String::new();
    let mut line = |l: &str| {
        text.push_str(&wrapped_at(&printable(l), width));
        text.push('\n');
    };
    line(&format!("{}: {}", plan.pattern, plan.title));
    line(&format!("{} from {start} to {end}, {} tasks", Span::hours(times.length), plan.tasks.len()));
    for phase in &plan.phases {
        line("");
        line(&format!("{}{}", phase.title, weeks(&phase.weeks)));
        if !phase.checklists.is_empty() {
            let names: Vec<&str> = phase.checklists.iter().map(|l| l.name.as_str()).collect();
            line(&format!("  checklists  {}", names.join(", ")));
        }
        for task in plan.tasks.iter().filter(|t| t.phase == phase.id) {
            line(&format!("  {}  {}", task.id, facts(task)));
            line(&format!("    {}", task.title));
            if let Some(first) = times.slot(&task.id).and_then(|s| s.after.as_ref()) {
                line(&format!("    waits for {first}: the same specialist does both"));
            }
            if !task.added.is_empty() {
                line(&format!("    added  {}", task.added));
            }
        }
    }
    let mut part = |name: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            line("");
            line(name);
            lines.iter().for_each(|l| line(&format!("  {l}")));
        }
    };
    part("Side by side", plan.pairs.iter().map(lines::pair).collect());
    part("Until content", plan.loops.iter().map(lines::round).collect());
    part("Notes", plan.notes.clone());
    part("Critical path", vec![times.path.join(" > ")]);
    text.push('\n');
    text.push_str(&gantt(plan, times, width, ink));
    Ok(text)
}

fn facts(task: &Task) -> String {
    let mut facts = vec![task.agent.to_string(), task.duration.to_string()];
    if !task.environment.is_empty() {
        facts.push(format!("in {}", task.environment));
    }
    if !task.needs.is_empty() {
        facts.push(format!("needs {}", task.needs.join(", ")));
    }
    facts.join("; ")
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::cli::args::PlanOptions;
    use crate::domain::workflow::pattern::BUILT_IN;
    use crate::domain::workflow::project::sample;

    fn shown(name: &str, width: usize, ink: Ink) -> String {
        let options =
            PlanOptions { provider: vec!["aws".into()], production: true, ..PlanOptions::default() };
        let plan = planned(&options, name).unwrap();
        text(&plan, &schedule(&plan.tasks), jiff::civil::date(2026, 3, 2), width, ink).unwrap()
    }

    #[test]
    fn a_plan_fits_the_terminal() {
        for width in [80, 200] {
            for ink in [Ink::Unicode, Ink::Ascii] {
                for (name, _) in BUILT_IN {
                    let text = shown(name, width, ink);
                    assert!(text.lines().all(|l| l.width() <= width), "{text}");
                }
            }
        }
    }

    #[test]
    fn a_plan_says_who_does_what_when_and_what_was_added() {
        let text = shown("kubernetes-pipeline", 80, Ink::Ascii);
        for part in [
            "kubernetes-pipeline: Kubernetes deployment pipeline\n",
            " from 2026-03-02 to 2026-03-",
            "Orchestration (weeks 1-2)\n  checklists  security, availability, cost\n",
            "  manifests  kubernetes-specialist; 1w; in staging; needs containers\n",
            "added  recovery must not be skipped before production",
            "  monitoring + observability  Which metrics, logs and traces are collected\n",
            "  manifests <-> monitoring  The performance targets are met, at most 3 rounds\n",
            "Critical path\n  containers > manifests > pipeline > monitoring > ",
            "production is put in: production was wanted.",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn a_plan_says_what_waits_for_the_hands_of_its_specialist() {
        let mut plan = sample::plan();
        plan.tasks[4].agent = plan.tasks[3].agent.clone();
        let start = jiff::civil::date(2026, 3, 2);
        let text = text(&plan, &schedule(&plan.tasks), start, 80, Ink::Ascii).unwrap();
        for part in [
            "\n3w4d from 2026-03-02 to 2026-03-27, 5 tasks\n",
            "    The logging\n    waits for monitoring: the same specialist does both\n",
            "Critical path\n  containers > cluster > pipeline > monitoring > logging\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_a_usage_error() {
        let says = |name: &str, options: PlanOptions| {
            let error = planned(&options, name).unwrap_err();
            assert_eq!(crate::cli::exit::exit_of(&error), Exit::Usage);
            error.to_string()
        };
        assert!(
            says("kubernets-pipeline", PlanOptions::default()).contains("did you mean `kubernetes-pipeline`")
        );
        assert!(
            says("migration", PlanOptions::default()).starts_with("plan migration: which cloud provider?")
        );
    }
}
