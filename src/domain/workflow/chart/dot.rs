//! A graph for Graphviz.

use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::schedule::Schedule;

/// The plan as a `digraph`: phases are boxes, needs are arrows, the critical path is bold; what waits for the hands of its
/// specialist has a dashed arrow, what goes on side by side is joined by dots, and a loop is a dashed arrow back.
#[must_use]
pub fn dot(plan: &Planned, schedule: &Schedule) -> String {
    let mut text = format!("digraph {} {{\n    rankdir=LR;\n    node [shape=box];\n", quoted(&plan.pattern));
    for (index, phase) in plan.phases.iter().enumerate() {
        text.push_str(&format!("    subgraph cluster_{index} {{\n        label={};\n", quoted(&phase.title)));
        for task in plan.tasks.iter().filter(|t| t.phase == phase.id) {
            let label = format!("{}\n{}, {}", task.title, task.agent, task.duration);
            let style = if on_path(schedule, &task.id) { ", style=bold" } else { "" };
            text.push_str(&format!("        {} [label={}{style}];\n", quoted(&task.id), quoted(&label)));
        }
        text.push_str("    }\n");
    }
    for task in &plan.tasks {
        for need in &task.needs {
            let style = if follows(schedule, need, &task.id) { " [style=bold]" } else { "" };
            text.push_str(&format!("    {} -> {}{style};\n", quoted(need), quoted(&task.id)));
        }
        if let Some(first) = schedule.slot(&task.id).and_then(|s| s.after.as_ref()) {
            let bold = if follows(schedule, first, &task.id) { ",bold" } else { "" };
            let (first, then) = (quoted(first), quoted(&task.id));
            text.push_str(&format!(
                "    {first} -> {then} [style=\"dashed{bold}\", label=\"the same specialist\"];\n"
            ));
        }
    }
    for pair in &plan.pairs {
        let [a, b] = &pair.tasks;
        let (a, b) = (quoted(a), quoted(b));
        text.push_str(&format!("    {a} -> {b} [dir=none, style=dotted, constraint=false];\n"));
    }
    for l in &plan.loops {
        let (from, to, until) = (quoted(&l.review), quoted(&l.work), quoted(&l.until));
        text.push_str(&format!("    {from} -> {to} [style=dashed, constraint=false, label={until}];\n"));
    }
    text.push_str("}\n");
    text
}

/// Whether one comes right behind the other on the critical path.
fn follows(schedule: &Schedule, first: &str, then: &str) -> bool {
    schedule.path.windows(2).any(|w| matches!(w, [a, b] if a == first && b == then))
}

fn on_path(schedule: &Schedule, id: &str) -> bool {
    schedule.path.iter().any(|p| p == id)
}

/// A string of Graphviz.
fn quoted(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|l| crate::domain::signal::printable(l).replace('\\', "\\\\").replace('"', "\\\""))
        .collect();
    format!("\"{}\"", lines.join("\\n"))
}
