//! `orchestra workflow checklist`: the checklists there are, and which of their points were seen to.

use schemars::JsonSchema;
use serde::Serialize;

use super::brief::show;
use super::top;
use crate::cli::args::workflow::status::Checklist as Args;
use crate::cli::exit::{Exit, Fail, exit_of};
use crate::cli::out;
use crate::cli::table::wrapped;
use crate::config;
use crate::domain::near::did_you_mean;
use crate::domain::signal::printable;
use crate::domain::workflow::ticked::{Listed, listed};

/// What `--json` prints.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "workflow_checklist")]
pub(in crate::cli) struct Checked {
    /// The project whose phases are looked at; none: there is none here.
    pub project: Option<String>,
    /// The list that was asked for, or all.
    pub checklists: Vec<Listed>,
}

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let all = config::workflows(&top()?)?.knowledge.checklists;
    let session = args.of.session.as_deref();
    let project = match show(session) {
        Ok(project) => Some(project),
        // Where nothing runs, the lists are shown by themselves.
        Err(e) if session.is_none() && matches!(exit_of(&e), Exit::Nothing | Exit::Failed) => None,
        Err(e) => return Err(e),
    };
    let mut checklists = listed(&all, project.as_ref());
    if let Some(name) = &args.name {
        let names: Vec<String> = checklists.iter().map(|l| l.name.clone()).collect();
        checklists.retain(|l| l.name == *name);
        if checklists.is_empty() {
            let near = did_you_mean(name, names.iter().map(String::as_str));
            let given: String = printable(name).chars().take(80).collect();
            let why = format!("find the checklist `{given}`: expected one of {}{near}", names.join(", "));
            return Err(Fail::usage(why).into());
        }
    }
    let checked = Checked { project: project.map(|p| p.name), checklists };
    if args.of.json {
        out::json(&checked)?;
    } else {
        out::result(&text(&checked))?;
    }
    Ok(Exit::Done)
}

fn text(checked: &Checked) -> String {
    let mut lines: Vec<String> = checked.project.iter().map(|name| format!("Project: {name}")).collect();
    for list in &checked.checklists {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let own = if list.own { " (the project's own)" } else { "" };
        lines.push(format!("{}: {}{own}", list.name, list.title));
        let used = list.points.iter().any(|p| !p.phases.is_empty());
        if checked.project.is_some() && !used {
            lines.push("  no phase of the plan has it".to_owned());
        }
        for point in &list.points {
            lines.push(format!("  {}/{}: {}", list.name, point.id, point.text));
            for phase in &point.phases {
                lines.push(match &phase.tick {
                    Some(tick) if tick.note.is_empty() => format!("    [x] {}, by {}", phase.phase, tick.by),
                    Some(tick) => format!("    [x] {}, by {}: {}", phase.phase, tick.by, tick.note),
                    None => format!("    [ ] {}", phase.phase),
                });
            }
        }
    }
    lines.iter().map(|l| wrapped(&printable(l)) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workflow::project::Tick;
    use crate::domain::workflow::ticked::{InPhase, Looked};

    #[test]
    fn points_are_shown_with_who_saw_to_them() {
        let tick = Tick {
            phase: "build".into(),
            list: "cost".into(),
            point: "tracking".into(),
            note: "tags\u{1b}[2J".into(),
            by: "aws-specialist".into(),
            at: 0,
        };
        let phase = |name: &str, tick| InPhase { phase: name.into(), tick };
        let point = Looked {
            id: "tracking".into(),
            text: "Costs are tracked".into(),
            phases: vec![phase("build", Some(tick)), phase("run", None)],
        };
        let list = Listed { name: "cost".into(), title: "Costs".into(), own: true, points: vec![point] };
        let shown = text(&Checked { project: Some("shop".into()), checklists: vec![list] });
        assert_eq!(
            shown,
            "Project: shop\n\ncost: Costs (the project's own)\n  cost/tracking: Costs are tracked\n    [x] build, by \
             aws-specialist: tags [2J\n    [ ] run\n"
        );
    }
}
