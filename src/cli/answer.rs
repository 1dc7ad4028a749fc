//! Answers of a session, as text for people or as one JSON object, and what they mean for the exit status.

use super::exit::{Exit, Fail};
use super::table::{Side, Table};
use super::{
    confirm, diff, events, explain, incident, merge, out, review, status, suggest, talk, trust, unmerged,
    verify, workflow,
};
use crate::domain::signal::printable;
use crate::domain::state::{Outcome, TaskState};
use crate::domain::view::{Answer, PaneText, Receipt, RunView, Verified};

/// How to print.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object on one line.
    Json,
}

/// Prints a line about what was done.
///
/// # Errors
/// As [`show`].
pub fn done(text: String, json: bool) -> anyhow::Result<Exit> {
    if json {
        return show(Answer::Done { text }, Format::Json);
    }
    out::result(&text)?;
    Ok(Exit::Done)
}

/// Prints an answer and gives the exit status it stands for.
///
/// # Errors
/// [`Fail`] for a fault, which is printed by whoever tells it, or when standard output refuses.
pub fn show(answer: Answer, format: Format) -> anyhow::Result<Exit> {
    if let Answer::Fault { fault, why } = answer {
        return Err(Fail::new(fault.into(), why).into());
    }
    if format == Format::Json {
        out::json(&answer)?;
    }
    if format == Format::Text {
        let text = text(&answer);
        if !text.is_empty() {
            out::result(&text)?;
        }
    }
    Ok(verdict(&answer))
}

/// What an answer means for the exit status.
#[must_use]
pub fn verdict(answer: &Answer) -> Exit {
    let failed = match answer {
        Answer::Fault { fault, .. } => return (*fault).into(),
        Answer::Receipts { receipts } => {
            receipts.iter().any(|r| r.outcome.is_some_and(|o| o != Outcome::Submitted))
        }
        Answer::Run(run) => run.tasks.iter().any(|t| t.state == TaskState::Failed),
        Answer::Review { reviews, tampering, .. } => {
            tampering.is_some() || reviews.iter().any(review::has_errors)
        }
        Answer::Guard { tampering, accepted } => {
            !(tampering.redirected.is_empty() && (*accepted || tampering.changes.is_empty()))
        }
        Answer::Train(train) => return merge::verdict(train),
        Answer::Suggestions { suggestions } => suggestions.iter().any(|s| !s.why.is_empty()),
        Answer::Verified { places } => !places.iter().all(Verified::passed),
        Answer::Unmerged(found) => !found.files.is_empty(),
        Answer::Query(query) => talk::failed(query),
        Answer::Findings(taken) => !taken.problems.is_empty(),
        Answer::Done { .. }
        | Answer::Pr(_)
        | Answer::Diff(_)
        | Answer::Gating { .. }
        | Answer::Status(_)
        | Answer::Pane(_)
        | Answer::Explained(_)
        | Answer::Rendered(_)
        | Answer::Queries { .. }
        | Answer::Confirmations { .. }
        | Answer::History(_)
        | Answer::Briefing(_)
        | Answer::Library(_)
        | Answer::Incident(_)
        | Answer::Project(_) => false,
    };
    if failed { Exit::Failed } else { Exit::Done }
}

/// An answer for people.
#[must_use]
pub fn text(answer: &Answer) -> String {
    match answer {
        Answer::Done { text } | Answer::Fault { why: text, .. } => printable(text),
        Answer::Status(s) => status::text(s),
        Answer::Pane(pane) => pane_text(pane),
        Answer::Explained(e) => explain::text(e),
        Answer::Rendered(r) => r.text.lines().map(printable).collect::<Vec<_>>().join("\n"),
        Answer::Receipts { receipts } => receipts_text(receipts),
        Answer::Run(run) => run_text(run),
        Answer::Review { reviews, matrix, tampering } => {
            let tampered: Vec<String> = tampering.iter().flat_map(|t| t.lines()).map(|l| l + "\n").collect();
            tampered.concat() + &review::text(reviews, matrix.as_deref())
        }
        Answer::Diff(d) => diff::text(d),
        Answer::Unmerged(found) => unmerged::text(found),
        Answer::Pr(pr) => pr.text.clone(),
        Answer::Guard { tampering, accepted } => trust::text(tampering, *accepted),
        Answer::Train(train) => merge::text(train),
        Answer::Suggestions { suggestions } => suggest::text(suggestions),
        Answer::Verified { places } => verify::text(places),
        Answer::Gating { jobs } => status::gating_text(jobs),
        Answer::Query(query) => talk::queries_text(std::slice::from_ref(query.as_ref())),
        Answer::Queries { queries } => talk::queries_text(queries),
        Answer::Briefing(briefing) => talk::briefing_text(briefing),
        Answer::Confirmations { open } => confirm::text(open),
        Answer::History(history) => events::history_text(history),
        Answer::Incident(case) => incident::text(case),
        Answer::Project(project) => workflow::text(project),
        Answer::Findings(taken) => incident::taken_text(taken),
        Answer::Library(library) => {
            let prompts = library.prompts.iter().map(|p| format!("prompt {}", printable(&p.name)));
            let plans =
                library.plans.iter().map(|p| format!("plan {}: {}", printable(&p.name), printable(&p.title)));
            prompts.chain(plans).collect::<Vec<_>>().join("\n")
        }
    }
}

/// Milliseconds as people read them: `0.4 s`, `12 s`, `3 min`, `2 h`.
#[must_use]
pub fn duration(ms: u64) -> String {
    match ms {
        0..10_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        10_000..120_000 => format!("{} s", ms / 1000),
        120_000..7_200_000 => format!("{} min", ms / 60_000),
        _ => format!("{} h", ms / 3_600_000),
    }
}

fn pane_text(pane: &PaneText) -> String {
    // The lines come from an agent: what would move the cursor must not reach this terminal.
    let lines: Vec<String> = pane.lines.iter().map(|l| printable(l).trim_end().to_owned()).collect();
    lines.join("\n")
}

fn receipts_text(receipts: &[Receipt]) -> String {
    let columns =
        [("agent", Side::Left), ("dispatch", Side::Right), ("receipt", Side::Left), ("after", Side::Right)];
    let mut table = Table::new(&[&columns[..], &[("why", Side::Left)]].concat());
    for r in receipts {
        let outcome = r.outcome.map_or("under way", Outcome::word).to_owned();
        let after = r.outcome.map_or(String::new(), |_| duration(r.ms));
        table.row([r.agent.to_string(), r.dispatch.to_string(), outcome, after, r.why.clone()]);
    }
    table.render()
}

fn run_text(run: &RunView) -> String {
    let head = match run.run {
        0 => format!("{} would do {} tasks", run.plan, run.tasks.len()),
        n => format!("run {n}: {}", super::run::progress(run)),
    };
    let columns = [
        ("stage", Side::Right),
        ("task", Side::Left),
        ("agent", Side::Left),
        ("prompt", Side::Left),
        ("bytes", Side::Right),
        ("state", Side::Left),
        ("why", Side::Left),
        ("upstream", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for t in &run.tasks {
        let bytes = if t.bytes == 0 { String::new() } else { t.bytes.to_string() };
        let state = if run.run == 0 { "" } else { t.state.word() };
        let (stage, agent) = (t.stage.to_string(), t.agent.to_string());
        let (state, prompt) = (state.to_owned(), t.prompt.clone());
        table.row([stage, t.id.clone(), agent, prompt, bytes, state, t.why.clone(), t.upstream.clone()]);
    }
    format!("{}\n{}", printable(&head), table.render())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::Order;
    use crate::domain::id::AgentName;
    use crate::domain::view::{Fault, Progress, TaskView};

    fn receipt(outcome: Option<Outcome>) -> Receipt {
        let agent = AgentName::new("SEC").unwrap();
        Receipt { dispatch: 3, agent, outcome, why: "not reading".into(), removed: 0, ms: 450 }
    }

    #[test]
    fn receipts_decide_the_status() {
        let of =
            |o| verdict(&Answer::Receipts { receipts: vec![receipt(Some(Outcome::Submitted)), receipt(o)] });
        assert_eq!(of(Some(Outcome::Submitted)), Exit::Done);
        assert_eq!(of(None), Exit::Done, "under way is not a failure");
        for bad in [Outcome::Stalled, Outcome::Refused, Outcome::Busy] {
            assert_eq!(of(Some(bad)), Exit::Failed);
        }
        let text = receipts_text(&[receipt(Some(Outcome::Stalled)), receipt(None)]);
        let expected = "agent  dispatch  receipt    after  why\n\
                        SEC           3  stalled    0.4 s  not reading\n\
                        SEC           3  under way         not reading\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn faults_become_failures_with_their_status() {
        let why = "merge: SEC is not ready".to_owned();
        let error = show(Answer::Fault { fault: Fault::Protected, why }, Format::Text).unwrap_err();
        assert_eq!(super::super::exit::exit_of(&error), Exit::Protected);
        assert_eq!(error.to_string(), "merge: SEC is not ready");
    }

    #[test]
    fn a_run_with_a_failed_task_failed() {
        let task = |state| TaskView {
            id: "enhance-SEC".into(),
            agent: AgentName::new("SEC").unwrap(),
            prompt: "enhance".into(),
            stage: 1,
            state,
            why: String::new(),
            upstream: String::new(),
            bytes: 0,
        };
        let run = |state| {
            let (plan, order) = ("enhancement".to_owned(), Order::Staged);
            let done = usize::from(state == TaskState::Done);
            let progress = Progress { total: 1, done, ..Progress::default() };
            let (ended, paused, gating, tasks) = (true, false, vec![], vec![task(state)]);
            Answer::Run(RunView {
                run: 1,
                plan,
                order,
                ended,
                paused,
                gating,
                review: String::new(),
                progress,
                tasks,
            })
        };
        assert_eq!(verdict(&run(TaskState::Failed)), Exit::Failed);
        assert_eq!(verdict(&run(TaskState::Skipped)), Exit::Done);
        assert!(text(&run(TaskState::Done)).starts_with("run 1: enhancement · 1/1 done · ended\n"));
    }

    #[test]
    fn durations_are_short() {
        let shown = [0, 450, 9_999, 10_000, 119_999, 120_000, 7_200_000].map(duration);
        assert_eq!(shown, ["0.0 s", "0.4 s", "9.9 s", "10 s", "119 s", "2 min", "2 h"]);
    }

    #[test]
    fn a_pane_cannot_steer_this_terminal() {
        let lines = vec!["a\u{1b}[2Jb   ".to_owned(), "c".to_owned()];
        let agent = AgentName::new("SEC").unwrap();
        let pane = PaneText {
            agent,
            rows: 24,
            cols: 80,
            title: String::new(),
            lines,
            seq: 0,
            cut: false,
            changed: true,
            origin: String::new(),
            trust: String::new(),
        };
        assert_eq!(pane_text(&pane), "a [2Jb\nc");
    }
}
