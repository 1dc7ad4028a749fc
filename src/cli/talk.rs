//! What agents say of themselves and to each other.

use super::answer::{self, Format};
use super::args::{Answer as AnswerArgs, Ask, Briefing, Complete, Of, Queries, State};
use super::exit::Exit;
use super::table::{Side, Table};
use super::wait::limit_ms;
use super::{out, place};
use crate::domain::command::{Command, Talk, Until};
use crate::domain::query::Stage;
use crate::domain::signal::printable;
use crate::domain::view::{self, Answer, QueryView};

/// Asks; with a limit it also waits for the answer.
pub(super) fn ask(args: Ask) -> anyhow::Result<Exit> {
    let format = args.of.format();
    let mut control = place::control(args.of.session.as_deref())?;
    let Ask { agent: to, text: message, priority, about, key, wait, .. } = args;
    let asked = control.ask(Command::Talk(Talk::Ask { to, message, priority, about, key }))?;
    let Answer::Query(query) = &asked else { return answer::show(asked, format) };
    let id = query.query.id;
    let Some(seconds) = wait else {
        if format == Format::Json {
            return answer::show(asked, format);
        }
        out::result(&id.to_string())?;
        return Ok(Exit::Done);
    };
    let (until, timeout_ms) = (Until::Answered(id), limit_ms(Some(seconds)));
    let waited = control.ask(Command::Wait { targets: Vec::new(), until, timeout_ms })?;
    match (&waited, format) {
        (Answer::Query(query), Format::Text) if query.answer.is_some() => {
            out::result(&lines(query.answer.as_deref().unwrap_or_default(), ""))?;
            Ok(Exit::Done)
        }
        _ => answer::show(waited, format),
    }
}

/// Says it to the session, and shows what that answers.
fn say(of: &Of, talk: Talk) -> anyhow::Result<Exit> {
    answer::show(place::control(of.session.as_deref())?.ask(Command::Talk(talk))?, of.format())
}

/// Answers.
pub(super) fn answer(args: AnswerArgs) -> anyhow::Result<Exit> {
    say(&args.of, Talk::Answer { query: args.query, message: args.text })
}

/// Lists.
pub(super) fn queries(args: Queries) -> anyhow::Result<Exit> {
    let talk = Talk::Queries { all: args.all };
    let answer = place::control(args.of.session.as_deref())?.ask(Command::Talk(talk))?;
    if let (Answer::Queries { queries }, Format::Text) = (&answer, args.of.format())
        && queries.is_empty()
    {
        let more = if args.all { "" } else { "; --all shows those that are over" };
        out::result(&format!("no query waits{more}"))?;
        return Ok(Exit::Done);
    }
    answer::show(answer, args.of.format())
}

/// Says what the pane's agent does.
pub(super) fn state(args: State) -> anyhow::Result<Exit> {
    say(&args.of, Talk::State { state: Some(args.state), task: args.note })
}

/// Says that its task is done.
pub(super) fn complete(args: Complete) -> anyhow::Result<Exit> {
    say(&args.of, Talk::Complete { summary: args.summary })
}

/// Prints what an agent needs to know.
pub(super) fn briefing(args: Briefing) -> anyhow::Result<Exit> {
    say(&args.of, Talk::Briefing { agent: args.agent })
}

/// What a query means for the exit status: that nobody will answer is a failure.
pub(super) fn failed(query: &QueryView) -> bool {
    query.stage == Stage::Dropped
}

/// Queries for people.
pub(super) fn queries_text(queries: &[QueryView]) -> String {
    queries.iter().map(query_text).collect::<Vec<_>>().join("\n")
}

fn query_text(q: &QueryView) -> String {
    let (id, from, to, priority) = (q.query.id, &q.query.from, &q.query.to, q.query.priority.word());
    let (how, at) = (q.stage.word(), super::status::clock(&q.asked));
    let thread = match q.query.thread {
        thread if thread == id => String::new(),
        thread => format!(", thread {thread}"),
    };
    let head = format!("query {id}: {from} asks {to} ({priority}, {how}, {at}{thread})");
    let mut text = printable(&head) + "\n" + &lines(&q.query.message, "    ");
    if let Some(answer) = &q.answer {
        text.push_str(&format!("\n  answer:\n{}", lines(answer, "    ")));
    }
    if !q.why.is_empty() {
        text.push_str(&format!("\n  {}", printable(&q.why)));
    }
    text
}

/// A briefing for people.
pub(super) fn briefing_text(b: &view::Briefing) -> String {
    let mut text = printable(&format!("{} · {}", b.agent, b.role)) + "\n";
    let names = |names: &[crate::domain::id::AgentName]| {
        names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let base = b.base.as_ref().map_or(String::new(), |base| format!(", counted from {}", base.short()));
    let rows = [
        ("looks after", b.domain.clone()),
        ("branch", b.branch.clone()),
        ("worktree", b.worktree.clone()),
        ("goes into", format!("{}{base}", b.target)),
        ("works in", b.focus.join(", ")),
        ("builds on", names(&b.after)),
        ("state", b.state.to_string()),
        ("claims by", if b.branch.is_empty() { String::new() } else { "orchestra ready".to_owned() }),
        ("gates", b.gates.join(", ")),
        ("not ready", b.reasons.join("; ")),
    ];
    for (word, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!("  {word:<12}{}\n", printable(value)));
    }
    let columns =
        [("peer", Side::Left), ("state", Side::Left), ("role", Side::Left), ("works on", Side::Left)];
    let mut table = Table::new(&columns);
    for p in &b.peers {
        table.row([p.name.to_string(), p.state.to_string(), p.role.clone(), printable(&p.task)]);
    }
    text.push_str(&table.render());
    if !b.queries.is_empty() {
        text.push_str(&format!("wait for its answer:\n{}\n", queries_text(&b.queries)));
    }
    if !b.prompt.is_empty() {
        text.push_str(&format!("its last prompt:\n{}\n", lines(&b.prompt, "    ")));
    }
    text
}

/// A text as it may reach a terminal, each line with something before it.
fn lines(text: &str, before: &str) -> String {
    text.lines()
        .map(|l| format!("{before}{}", printable(l)).trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentName;
    use crate::domain::query::{Asker, Priority, Query};

    #[test]
    fn a_query_is_shown_with_all_that_became_of_it_and_steers_no_terminal() {
        let query = Query {
            id: 4,
            thread: 3,
            depth: 1,
            from: Asker::Program("a\u{1b}[2J".into()),
            to: AgentName::new("OBS").unwrap(),
            priority: Priority::High,
            message: "one\ntwo\u{1b}c".into(),
            key: None,
        };
        let answer = Some("yes\u{9b}1m".to_owned());
        let view =
            QueryView { query, stage: Stage::Answered, asked: "then".into(), answer, why: String::new() };
        // It travels and comes back with its own answer, which is not the word for its kind.
        let answer = Answer::Query(Box::new(view.clone()));
        let json = serde_json::to_value(&answer).unwrap();
        assert_eq!((&json["answer"], &json["query"]["answer"]), (&"query".into(), &"yes\u{9b}1m".into()));
        assert_eq!(serde_json::from_str::<Answer>(&json.to_string()).unwrap(), answer);
        assert_eq!(
            queries_text(&[view]),
            "query 4: the program a [2J asks OBS (high, answered, then, thread 3)\n    one\n    two c\n  answer:\n    yes 1m"
        );
    }
}
