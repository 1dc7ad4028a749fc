//! `orchestra workflow watch`: red flags, and what waits for a person.

use schemars::JsonSchema;
use serde::Serialize;

use super::status::at_hand;
use crate::cli::args::workflow::change::Watch as Args;
use crate::cli::exit::Exit;
use crate::cli::out;
use crate::cli::table::wrapped;
use crate::domain::signal::printable;
use crate::domain::workflow::project::{Escalation, Project};
use crate::domain::workflow::vocabulary::Vocabulary;
use crate::domain::workflow::watch::{Due, Flag, FlagState, Seen, due, flags};

/// What to watch for: `orchestra workflow watch --json`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "workflow_watch")]
pub(in crate::cli) struct Watched {
    /// All red flags.
    pub flags: Vec<Watching>,
    /// What was raised to a person, and nobody has settled.
    pub escalations: Vec<Escalation>,
    /// What is to be raised, and was not yet.
    pub due: Vec<Due>,
}

/// A red flag, and what to do.
#[derive(Serialize, JsonSchema)]
pub(in crate::cli) struct Watching {
    /// How it stands.
    #[serde(flatten)]
    pub flag: Flag,
    /// What to do: where it is raised about it, where it is asked the command that answers; else empty.
    pub next: String,
}

/// Prints it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let (project, now) = at_hand(args.dir.as_deref(), args.of.session.as_deref())?;
    let watched = watched(&project, now);
    let raised = watched.flags.iter().any(|w| w.flag.state == FlagState::Raised);
    if args.of.json {
        out::json(&watched)?;
    } else {
        out::result(&text(&watched, &project.plan.vocabulary()))?;
    }
    Ok(if raised { Exit::Failed } else { Exit::Done })
}

fn watched(project: &Project, now: i64) -> Watched {
    let seen = Seen::default();
    let vocabulary = project.plan.vocabulary();
    let next = |flag: &Flag| match flag.state {
        FlagState::Raised => vocabulary.flag(&flag.name).map(|w| w.remedy.clone()).unwrap_or_default(),
        FlagState::Asked => format!("orchestra workflow answer {} yes|no", flag.name),
        FlagState::Clear => String::new(),
    };
    let all = flags(project, &seen, now);
    Watched {
        flags: all.into_iter().map(|flag| Watching { next: next(&flag), flag }).collect(),
        escalations: project.escalations.iter().filter(|e| e.settled.is_empty()).cloned().collect(),
        due: due(project, &seen, now),
    }
}

/// It for people.
fn text(watched: &Watched, vocabulary: &Vocabulary) -> String {
    let mut lines = Vec::new();
    for (state, mark) in [(FlagState::Raised, "!"), (FlagState::Asked, "?"), (FlagState::Clear, "·")] {
        for Watching { flag, next } in watched.flags.iter().filter(|w| w.flag.state == state) {
            lines.push(format!("{mark}  {} ({})", flag.title, flag.name));
            lines.extend(flag.evidence.iter().map(|e| format!("   -  {e}")));
            lines.extend((!next.is_empty()).then(|| format!("   →  {next}")));
        }
    }
    let mut raised = |head: String, evidence: &[String], end: Option<String>| {
        lines.push(head);
        lines.extend(evidence.iter().map(|e| format!("   -  {e}")));
        lines.extend(end);
    };
    for e in &watched.escalations {
        let title = vocabulary.cause_title(e.cause);
        let settle = format!("   →  orchestra workflow settle {} TEXT", e.id);
        raised(format!("!  {title} (escalation {})", e.id), &e.evidence, Some(settle));
    }
    for d in &watched.due {
        let title = vocabulary.cause_title(d.cause);
        raised(format!("!  {title} (not raised yet)"), &d.evidence, None);
    }
    let lines: Vec<String> = lines.iter().map(|l| wrapped(&printable(l))).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workflow::project::sample;

    #[test]
    fn what_to_watch_for_is_said_with_what_to_do() {
        let mut p = sample::ninth_day();
        p.plan.tasks[1].objectives.clear();
        let watched = watched(&p, sample::START + 8 * sample::DAY);
        let text = text(&watched, &p.plan.vocabulary());
        let first =
            "!  A specialist works without clear objectives (no-objectives)\n   -  cluster is under way";
        assert!(text.starts_with(first), "{text}");
        assert!(text.contains("?  Work that is done by hand is not automated (manual-processes)"), "{text}");
        assert!(text.contains("   →  orchestra workflow answer manual-processes yes|no\n"), "{text}");
        assert!(text.contains("!  A critical blocker (not raised yet)\n"), "{text}");
        assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
        assert_eq!(watched.flags.len(), 10);
    }
}
