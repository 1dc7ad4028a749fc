//! A Gantt chart for Mermaid.

use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::schedule::Schedule;

/// The plan as Mermaid's `gantt`, from the day `start` (`2026-03-02`).
#[must_use]
pub fn mermaid(plan: &Planned, schedule: &Schedule, start: &str) -> String {
    let mut text =
        format!("gantt\n    title {}\n    dateFormat YYYY-MM-DD\n    axisFormat %m-%d\n", plain(&plan.title));
    for phase in &plan.phases {
        let mut head = Some(format!("    section {}\n", plain(&phase.title)));
        for task in plan.tasks.iter().filter(|t| t.phase == phase.id) {
            text.push_str(&head.take().unwrap_or_default());
            let slot = schedule.slot(&task.id);
            let critical = if slot.is_some_and(|s| s.slack == 0) { "crit, " } else { "" };
            let hands = slot.and_then(|s| s.after.as_ref());
            let names: Vec<String> = task.needs.iter().chain(hands).map(|n| id(n)).collect();
            let begin =
                if names.is_empty() { start.to_owned() } else { format!("after {}", names.join(" ")) };
            text.push_str(&format!(
                "    {} ({}) :{critical}{}, {begin}, {}h\n",
                plain(&task.title),
                plain(task.agent.as_str()),
                id(&task.id),
                task.duration.as_hours()
            ));
        }
    }
    text
}

/// An id: one of our own may be a word of Mermaid's.
fn id(id: &str) -> String {
    let safe: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    format!("t-{safe}")
}

/// Text without what Mermaid reads as the end of it, or as a comment or directive.
fn plain(text: &str) -> String {
    let safe = crate::domain::signal::printable(text);
    let kept: String =
        safe.chars().map(|c| if matches!(c, ':' | ';' | '#' | ',' | '%' | '"') { ' ' } else { c }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}
