//! The report of a week.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::look::{Given, Look, OfTask, give};
use super::milestone::{State, milestones};
use crate::domain::incident::stamp;
use crate::domain::state::TaskState;
use crate::domain::workflow::project::{Project, Stage, Verdict};
use crate::domain::workflow::span::WEEK;
use crate::domain::workflow::watch::FlagState;

/// A week of a project.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Weekly {
    /// Its number, from 1.
    pub week: u32,
    /// When it began (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub from: i64,
    /// When it ends (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub to: i64,
    /// Whether it is over, runs, is still to come, or lies behind the project's end.
    pub when: When,
    /// Tasks that were done in it.
    pub achievements: Vec<Achieved>,
    /// Milestones that were reached in it.
    pub milestones: Vec<Reached>,
    /// Rounds that were judged in it.
    pub rounds: Vec<Judged>,
    /// Tasks under way at its end.
    pub in_progress: Vec<Going>,
    /// Tasks that are expected to begin by the end of the week after.
    pub next: Vec<Next>,
    /// What blocks.
    pub blockers: Vec<Blocking>,
    /// Tasks that failed, or that are not taken as done.
    pub troubles: Vec<OfTask>,
    /// Risks that were handed over, with what is done about them.
    pub risks: Vec<OfTask>,
    /// Red flags that are raised.
    pub flags: Vec<Raised>,
    /// The key metrics.
    pub metrics: Vec<Key>,
    /// What a person has to decide.
    pub decisions: Vec<Decision>,
}

/// How a week lies to the moment of the report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// It is over.
    Past,
    /// It runs, or the project ended in it.
    Running,
    /// It has not begun.
    Ahead,
    /// The project was over before.
    After,
}

/// A task that was done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Achieved {
    /// Its id.
    pub task: String,
    /// One line for people.
    pub title: String,
    /// Who did it.
    pub agent: String,
    /// Planned hours that it took.
    pub took: Option<u32>,
    /// Hours that were planned.
    pub planned: Option<u32>,
    /// What was accomplished, as it was handed over.
    pub done: Vec<String>,
}

/// A milestone that was reached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Reached {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
}

/// A round that was judged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// The task that was judged.
    pub work: String,
    /// Who judged.
    pub review: String,
    /// Which round.
    pub round: u8,
    /// What it said.
    pub verdict: Verdict,
    /// What is to be better.
    pub feedback: Vec<String>,
}

/// Where a percentage comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Measured {
    /// Its agent said so.
    Said,
    /// By the time it has run.
    Computed,
    /// It waits to be done again.
    Again,
    /// It is not known.
    Unknown,
}

/// A task under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Going {
    /// Its id.
    pub task: String,
    /// One line for people.
    pub title: String,
    /// Who does it.
    pub agent: String,
    /// How far it is.
    pub percent: Option<u8>,
    /// Where that comes from.
    pub measured: Measured,
    /// What its agent said with it; may be empty.
    pub note: String,
    /// Which round it is, from 1.
    pub round: u8,
}

/// A task that comes next.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Next {
    /// Its id.
    pub task: String,
    /// One line for people.
    pub title: String,
    /// Who does it.
    pub agent: String,
    /// When it is expected to begin (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub from: i64,
    /// When it is expected to end (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub to: i64,
}

/// Something that blocks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Blocking {
    /// Its number.
    pub id: u32,
    /// The task.
    pub task: String,
    /// What it is.
    pub text: String,
    /// Since when (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub since: i64,
    /// What is done about it; empty: nobody said.
    pub mitigation: String,
}

/// A red flag that is raised.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Raised {
    /// Its name.
    pub name: String,
    /// One line of what it means.
    pub title: String,
    /// What that rests on.
    pub evidence: Vec<String>,
}

/// A key metric.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The latest figure; none: none was given.
    pub latest: Option<Given>,
    /// What it was before the project, where the latest is of later.
    pub before: Option<Given>,
    /// The command that gives it.
    pub give: String,
}

/// Something that a person has to decide.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// `question`, `escalation` or `flag`.
    pub what: String,
    /// The number of a question or an escalation, the name of a flag.
    pub id: String,
    /// Who asks; empty where it is no question.
    pub by: String,
    /// What, sentence by sentence.
    pub text: Vec<String>,
    /// The command that decides it.
    pub give: String,
}

/// A week from `from` until before `to`.
pub(super) fn weekly(look: &Look<'_>, week: u32, from: i64, to: i64, now: i64) -> Weekly {
    let p = look.project;
    let within = |at: i64| (from..to).contains(&at);
    let finished = look.finished().into_iter().filter(|t| t.ended.is_some_and(within));
    let reached = milestones(look).milestones;
    let reached = reached.into_iter().filter(|m| m.state == State::Reached && m.at.is_some_and(within));
    Weekly {
        week,
        from,
        to,
        when: when(p, from, to, now),
        achievements: finished
            .map(|t| Achieved {
                task: t.id.clone(),
                title: look.title(&t.id),
                agent: look.agent(&t.id),
                took: look.took(t),
                planned: look.planned(&t.id),
                done: t.handed.as_ref().map(|h| h.parts.done.clone()).unwrap_or_default(),
            })
            .collect(),
        milestones: reached.map(|m| Reached { name: m.name, title: m.title }).collect(),
        rounds: p
            .rounds
            .iter()
            .filter(|r| within(r.at))
            .map(|r| Judged {
                work: r.work.clone(),
                review: r.review.clone(),
                round: r.round,
                verdict: r.verdict,
                feedback: r.feedback.clone(),
            })
            .collect(),
        in_progress: in_progress(look),
        next: next(look, to),
        blockers: p
            .blocked()
            .map(|b| Blocking {
                id: b.id,
                task: b.task.clone(),
                text: b.text.clone(),
                since: b.since,
                mitigation: b.mitigation.clone(),
            })
            .collect(),
        troubles: troubles(look),
        risks: look.risks(),
        flags: look
            .flagged(FlagState::Raised)
            .map(|f| Raised { name: f.name.clone(), title: f.title.clone(), evidence: f.evidence.clone() })
            .collect(),
        metrics: keys(look),
        decisions: decisions(look),
    }
}

fn when(p: &Project, from: i64, to: i64, now: i64) -> When {
    match p.over {
        Some(over) if over < from => When::After,
        _ if now < from => When::Ahead,
        Some(over) if over < to => When::Running,
        _ if now < to => When::Running,
        _ => When::Past,
    }
}

fn in_progress(look: &Look<'_>) -> Vec<Going> {
    let open = |s: TaskState| matches!(s, TaskState::Queued | TaskState::Sent | TaskState::Running);
    let begun = |s: TaskState| matches!(s, TaskState::Sent | TaskState::Running);
    let all = look.project.current().filter(|t| open(t.state) && (t.began.is_some() || begun(t.state)));
    let going = all.map(|t| {
        let (percent, measured) = match (t.percent, look.track(&t.id)) {
            _ if t.state == TaskState::Queued => (None, Measured::Again),
            (Some(said), _) => (Some(said), Measured::Said),
            (None, Some(track)) => (Some(track.percent), Measured::Computed),
            (None, None) => (None, Measured::Unknown),
        };
        let (task, note) = (t.id.clone(), t.note.clone());
        let (title, agent) = (look.title(&t.id), look.agent(&t.id));
        Going { task, title, agent, percent, measured, note, round: t.round.max(1) }
    });
    // A closed project leaves nothing under way.
    if look.project.stage == Stage::Running { going.collect() } else { Vec::new() }
}

fn next(look: &Look<'_>, to: i64) -> Vec<Next> {
    let p = look.project;
    if p.stage != Stage::Running {
        return Vec::new();
    }
    let end = to.saturating_add(p.ms(WEEK));
    let waits = p.current().filter(|t| t.state == TaskState::Queued && t.began.is_none());
    let expected = |id: &str| match look.track(id) {
        Some(track) => Some((track.from, track.to)),
        None => {
            let base = p.baseline.iter().find(|b| b.task == id)?;
            Some((p.started.saturating_add(p.ms(base.from)), p.started.saturating_add(p.ms(base.to))))
        }
    };
    let all = waits.filter_map(|t| {
        let (from, to) = expected(&t.id)?;
        let (title, agent) = (look.title(&t.id), look.agent(&t.id));
        Some(Next { task: t.id.clone(), title, agent, from, to })
    });
    let mut all: Vec<Next> = all.filter(|n| n.from < end).collect();
    all.sort_by_key(|n| n.from);
    all
}

fn troubles(look: &Look<'_>) -> Vec<OfTask> {
    let mut all = Vec::new();
    for t in look.project.current() {
        let mut say = |text: &str, more: String| {
            all.push(OfTask { task: t.id.clone(), text: text.to_owned(), more });
        };
        if t.state == TaskState::Failed {
            say("it failed", t.why.clone());
        }
        if !t.held.is_empty() && t.state != TaskState::Done {
            say("it is not taken as done", t.held.join("; "));
        }
    }
    all
}

fn keys(look: &Look<'_>) -> Vec<Key> {
    let all = look.vocabulary.metrics.metrics.iter().filter(|m| m.weekly);
    let key = all.map(|m| {
        let latest = look.latest(&m.name);
        let before = look.figure(&m.name, crate::domain::workflow::project::Epoch::Before);
        Key {
            before: before.filter(|b| latest.as_ref() != Some(b)),
            latest,
            give: give(&m.name),
            name: m.name.clone(),
            title: m.title.clone(),
        }
    });
    key.collect()
}

fn decisions(look: &Look<'_>) -> Vec<Decision> {
    let p = look.project;
    let decision = |what: &str, id: String, by: &str, text: Vec<String>| {
        let (what, by) = (what.to_owned(), by.to_owned());
        let give = match what.as_str() {
            "question" => format!("orchestra workflow decide {id} TEXT"),
            "escalation" => format!("orchestra workflow settle {id} TEXT"),
            _ => format!("orchestra workflow answer {id} yes|no"),
        };
        Decision { what, id, by, text, give }
    };
    let questions = p.questions.iter().filter(|q| q.decided.is_empty());
    let asked = questions.map(|q| decision("question", q.id.to_string(), &q.by, vec![q.text.clone()]));
    let raised = p.escalations.iter().filter(|e| e.settled.is_empty());
    let raised = raised.map(|e| decision("escalation", e.id.to_string(), "", e.evidence.clone()));
    let flags = look.flagged(FlagState::Asked);
    let flags = flags.map(|f| decision("flag", f.name.clone(), "", f.evidence.clone()));
    asked.chain(raised).chain(flags).collect()
}
