//! `orchestra workflow reprioritise`: what could be done about a plan, and doing it.

use std::io::{self, BufRead as _, Read as _};

use schemars::JsonSchema;
use serde::Serialize;

use super::brief::show;
use super::status::wall;
use super::top;
use crate::cli::args::workflow::change::{AddTask, How, Reprioritise};
use crate::cli::exit::{Exit, Fail};
use crate::cli::table::wrapped;
use crate::cli::{answer, out, place};
use crate::config;
use crate::domain::command::{Command, Workflow};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::view::Answer;
use crate::domain::workflow::plan::{Task, Waiver};
use crate::domain::workflow::project::{Project, Reason, Wanted};
use crate::domain::workflow::replan::{Alternative, alternatives, chosen, in_words};
use crate::domain::workflow::vocabulary::Vocabulary;

/// The longest answer that is read from a terminal, in bytes.
const ANSWER_MOST: u64 = 64;
/// How often it is asked which alternative is meant, before it is none.
const ASKED_MOST: usize = 3;

/// What could be done: `orchestra workflow reprioritise … --json` without a choice.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "alternatives")]
pub(in crate::cli) struct Offered {
    /// What is wanted, in words.
    pub wanted: String,
    /// Why, by its word.
    pub reason: Reason,
    /// The version of the project that it was worked out on.
    pub version: u64,
    /// What could be done, at least two; `--choose` takes their names.
    pub alternatives: Vec<Alternative>,
}

/// Shows what could be done, asks, and does it.
pub(super) fn run(args: Reprioritise) -> anyhow::Result<Exit> {
    let how = how(&args);
    let Some(reason) = how.reason else {
        // Without a project the reasons are told as they come along.
        let own = show(how.of.session.as_deref()).ok().map(|project| project.plan.vocabulary());
        return Err(no_reason(own.as_deref().unwrap_or_else(|| Vocabulary::built_in())).into());
    };
    let project = show(how.of.session.as_deref())?;
    let (how, wanted) = wanted(args, &project)?;
    let all = alternatives(&project, &wanted, wall()).map_err(|why| Fail::new(Exit::Failed, why))?;
    let choose = how.choose.as_deref().map(|choice| place_of(&all, choice)).transpose()?;
    let version = project.version;
    let choice = match (choose, how.yes) {
        (Some(n), true) => n,
        (choose, _) => {
            if how.of.json {
                let wanted = in_words(&wanted);
                out::json(&Offered { wanted, reason, version, alternatives: all })?;
                return Ok(Exit::Done);
            }
            let meant = (reason, project.plan.vocabulary().reason_title(reason).to_owned());
            out::result(&text(&in_words(&wanted), &meant, &all))?;
            if !out::on_terminal() {
                let why = "change the plan: nobody can be asked here; say --choose NAME and --yes";
                return Err(Fail::usage(why).into());
            }
            match asked(&all, choose)? {
                Some(n) => n,
                None => {
                    out::note("nothing was changed");
                    return Ok(Exit::Failed);
                }
            }
        }
    };
    let note = how.note.clone();
    let Some(choice) = all.get(choice).cloned() else { return Ok(Exit::Failed) };
    let (choice, one) = (choice.name.clone(), choice);
    let command = Workflow::Reprioritise { wanted, reason, note, choice, version };
    let answered = place::control(how.of.session.as_deref())?.ask(Command::Workflow(command))?;
    if let Answer::Project(_) = &answered {
        let briefed: Vec<&str> = one.impact.affected.iter().map(AgentName::as_str).collect();
        let briefed = if briefed.is_empty() { "nobody".to_owned() } else { briefed.join(", ") };
        out::note(&format!(
            "the plan is changed: {}; it changes the briefs of {briefed}",
            printable(&one.title)
        ));
    }
    answer::show(answered, how.of.format())
}

fn how(args: &Reprioritise) -> &How {
    match args {
        Reprioritise::Add(a) => &a.how,
        Reprioritise::Drop(a) => &a.how,
        Reprioritise::Reorder(a) => &a.how,
        Reprioritise::Reassign(a) => &a.how,
        Reprioritise::Deadline(a) => &a.how,
        Reprioritise::Budget(a) => &a.how,
        Reprioritise::Waive(a) => &a.how,
    }
}

fn no_reason(vocabulary: &Vocabulary) -> Fail {
    let mut why = "change the plan: it takes a reason; say --reason with one of".to_owned();
    for reason in Reason::ALL {
        why.push_str(&format!("\n  {:<15} {}", reason.word(), vocabulary.reason_title(reason)));
    }
    Fail::usage(why)
}

fn wanted(args: Reprioritise, project: &Project) -> anyhow::Result<(How, Wanted)> {
    Ok(match args {
        Reprioritise::Add(a) => {
            let (specialist, agent) = who(project, &a.specialist)?;
            let AddTask { how, before, .. } = *a;
            let task = Task {
                title: a.title.unwrap_or_else(|| a.id.clone()),
                id: a.id,
                phase: a.phase,
                specialist,
                agent,
                duration: a.duration,
                needs: a.after,
                priority: a.priority,
                environment: a.environment,
                covers: a.covers,
                added: String::new(),
                milestone: String::new(),
                objectives: a.objective,
                outcomes: Vec::new(),
                criteria: a.criterion,
                hands_over: Vec::new(),
                checks: Vec::new(),
            };
            (how, Wanted::Add { task: Box::new(task), before })
        }
        Reprioritise::Drop(a) => (a.how, Wanted::Drop { task: a.task }),
        Reprioritise::Reorder(a) => (a.how, Wanted::Reorder { task: a.task, before: a.before }),
        Reprioritise::Reassign(a) => {
            let (to, agent) = who(project, &a.to)?;
            (a.how, Wanted::Reassign { task: a.task, to, agent })
        }
        Reprioritise::Deadline(a) => (a.how, Wanted::Deadline { at: a.at.given() }),
        Reprioritise::Budget(a) => (a.how, Wanted::Budget { amount: a.amount.given() }),
        Reprioritise::Waive(a) => {
            let (must, reason) = a.waiver;
            (a.how, Wanted::Waive { waiver: Waiver { must, reason } })
        }
    })
}

/// The specialist and the agent that a name means: one of the plan, else one of the catalogue.
fn who(project: &Project, name: &str) -> anyhow::Result<(String, AgentName)> {
    let known = project.plan.tasks.iter().find(|t| t.agent == *name || t.specialist == name);
    if let Some(task) = known {
        return Ok((task.specialist.clone(), task.agent.clone()));
    }
    let catalogue = config::catalogue(&top()?)?;
    let provider = project.plan.options.providers.first().map(String::as_str);
    let one =
        catalogue.resolve(name, provider).map_err(|why| Fail::usage(format!("find the specialist {why}")))?;
    let agent = AgentName::new(&one.shown()).map_err(|why| Fail::usage(format!("name the agent: {why}")))?;
    Ok((one.name.clone(), agent))
}

/// Where the alternative that was chosen stands: by its name, or by its number from 1.
fn place_of(all: &[Alternative], choice: &str) -> Result<usize, Fail> {
    match choice.parse::<usize>() {
        Ok(n) if (1..=all.len()).contains(&n) => Ok(n - 1),
        Ok(n) => Err(Fail::usage(format!("choose alternative {n}: there are 1 to {}", all.len()))),
        Err(_) => match all.iter().position(|a| a.name == choice) {
            Some(at) => Ok(at),
            None => {
                let why = chosen(all.to_vec(), choice).err().unwrap_or_default();
                Err(Fail::new(Exit::Failed, why))
            }
        },
    }
}

/// Asks which, and again whether to do it: where that one stands.
fn asked(all: &[Alternative], chosen: Option<usize>) -> io::Result<Option<usize>> {
    let choice = match chosen {
        Some(n) => Some(n),
        None => which(all.len(), &mut io::stdin().lock(), &mut io::stderr().lock())?,
    };
    let Some((choice, one)) = choice.and_then(|n| Some((n, all.get(n)?))) else { return Ok(None) };
    let briefs = match one.impact.affected.len() {
        0 => "changes nobody's brief".to_owned(),
        1 => "changes the brief of 1 agent".to_owned(),
        n => format!("changes the briefs of {n} agents"),
    };
    let question = format!("{}, which {briefs}?", printable(&one.title));
    Ok(out::ask(&question)?.then_some(choice))
}

/// Asks which of so many, and again where there is none of that number; an empty answer, or the end, is none.
fn which(most: usize, from: &mut impl io::BufRead, to: &mut impl io::Write) -> io::Result<Option<usize>> {
    for _ in 0..ASKED_MOST {
        write!(to, "which one, 1 to {most}? [none] ")?;
        to.flush()?;
        let mut line = String::new();
        from.take(ANSWER_MOST).read_line(&mut line)?;
        match line.trim() {
            "" => return Ok(None),
            said => match said.parse::<usize>() {
                Ok(n) if (1..=most).contains(&n) => return Ok(Some(n - 1)),
                _ => writeln!(to, "there is no `{}` here", printable(said))?,
            },
        }
    }
    Ok(None)
}

/// What could be done, for people.
fn text(wanted: &str, (reason, means): &(Reason, String), all: &[Alternative]) -> String {
    let mut lines = vec![format!("To {wanted} ({}: {})", reason.word(), means)];
    for (at, one) in all.iter().enumerate() {
        lines.push(String::new());
        lines.push(format!("{:>2}  {} ({})", at + 1, one.title, one.name));
        lines.extend(one.gains.iter().map(|g| format!("    +  {g}")));
        lines.extend(one.costs.iter().map(|c| format!("    -  {c}")));
        let impact = &one.impact;
        let (before, after) = (impact.path_before.join(" → "), impact.path_after.join(" → "));
        lines.push(match before == after {
            true => format!("       critical path as it is: {after}"),
            false => format!("       critical path: {after}; it was {before}"),
        });
    }
    let lines: Vec<String> = lines.iter().map(|l| wrapped(&printable(l))).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_reason_lists_all_seven() {
        let why = no_reason(Vocabulary::built_in()).why;
        assert!(Reason::ALL.iter().all(|r| why.contains(&format!("\n  {}", r.word()))), "{why}");
    }

    #[test]
    fn what_is_no_alternative_is_asked_again_and_nothing_is_none() {
        let ask = |said: &str| {
            let mut shown = Vec::new();
            let chosen = which(2, &mut said.as_bytes(), &mut shown).unwrap();
            (chosen, String::from_utf8(shown).unwrap())
        };
        assert_eq!(ask("2\n"), (Some(1), "which one, 1 to 2? [none] ".into()));
        let (chosen, shown) = ask("7\n\u{1b}x\n1\n");
        assert_eq!((chosen, shown.matches("which one").count()), (Some(0), 3));
        assert!(shown.contains("there is no `7` here\n") && !shown.contains('\u{1b}'), "{shown}");
        assert_eq!(ask("0\n3\nno\n1\n").0, None, "after three times it is none");
        assert_eq!((ask("").0, ask("\n1\n").0), (None, None));
    }

    #[test]
    fn what_could_be_done_fits_a_terminal_and_says_what_speaks_for_and_against_it() {
        let one = Alternative {
            name: "abcdefgh".into(),
            title: "Drop it\u{1b}[2J".into(),
            gains: vec!["6d less of work".into()],
            costs: vec![
                "it ends 2d later, and this is a sentence that goes on for longer than a line has room"
                    .into(),
            ],
            impact: crate::domain::workflow::project::Impact {
                path_after: vec!["a".into(), "b".into()],
                ..Default::default()
            },
            plan: Default::default(),
            terms: Default::default(),
        };
        let text = text("drop `a`", &(Reason::Budget, "The budget got tighter".into()), &[one]);
        assert!(text.starts_with(
            "To drop `a` (budget: The budget got tighter)\n\n 1  Drop it [2J (abcdefgh)\n    +  6d less"
        ));
        assert!(
            text.lines().all(|l| l.chars().count() <= 80) && text.contains("critical path: a → b"),
            "{text}"
        );
    }
}
