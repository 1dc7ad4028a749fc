//! What became of the prompts that were sent from here: a line at the foot that follows them, and a sheet with each
//! of them and what can be done. Both are drawn from the state as it is.

use ratatui::layout::Position;
use ratatui::style::Style;

mod drawn;

pub(super) use drawn::draw;
use drawn::rows;

use super::actions::{Action, normal};
use super::keymap::{Act, Op};
use super::sheet::Sheet;
use super::text::{hint, wrap};
use super::theme::{BOLD, CAUTION, DIM, TROUBLE};
use super::view::View;
use crate::domain::command::{Command, Target, What};
use crate::domain::id::{AgentName, DispatchId};
use crate::domain::signal::printable;
use crate::domain::state::{Outcome, TaskState};
use crate::domain::view::Receipt;
use crate::engine::parts::Phase;
use crate::engine::state::{Agent, State};

/// Columns before what is said of a receipt, by the columns there are.
fn lead(width: usize) -> usize {
    if width < 60 { 12 } else { 24 }
}

/// The prompts sent last from one view.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    entries: Vec<Entry>,
    /// Whose prompts were asked for again: their new receipts take the place of the old ones.
    again: Vec<AgentName>,
    /// The text that was sent, until somebody says what became of it.
    pub pending: Option<Vec<String>>,
}

/// One prompt.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    agent: AgentName,
    dispatch: DispatchId,
    /// Why nobody took it; empty where somebody did.
    refused: String,
}

/// Where a prompt stands.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Stand {
    /// On its way: what it waits for, or what is done with it.
    Open(String),
    Arrived(u64, String),
    Lost(Outcome, String),
}

/// A row of the sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Cursor {
    row: usize,
}

impl Cursor {
    pub fn agent(self, state: &State, sent: &Sent) -> Option<AgentName> {
        sent.shown(state).get(self.row).map(|e| e.agent.clone())
    }
}

impl Sent {
    /// What became of something that was sent from here. What is told of prompts that are followed already is seen
    /// where they are.
    pub fn came(&mut self, receipts: &[Receipt]) -> bool {
        let later = receipts.iter().all(|r| r.outcome.is_some() && r.dispatch > 0);
        if later && !receipts.is_empty() {
            return receipts.iter().all(|r| self.entries.iter().any(|e| e.dispatch == r.dispatch));
        }
        let entry = |r: &Receipt| Entry {
            agent: r.agent.clone(),
            dispatch: r.dispatch,
            refused: if r.outcome.is_some() { printable(&r.why) } else { String::new() },
        };
        let new: Vec<Entry> = receipts.iter().map(entry).collect();
        let again = !new.is_empty() && new.iter().all(|e| self.again.contains(&e.agent));
        if !again {
            self.entries.clear();
        }
        for entry in new {
            self.again.retain(|a| *a != entry.agent);
            match self.entries.iter_mut().find(|e| e.agent == entry.agent) {
                // Why it is not sent again is told at the foot; what became of it before still holds.
                Some(old) if !entry.refused.is_empty() && old.dispatch > 0 => {}
                Some(old) => *old = entry,
                None => self.entries.push(entry),
            }
        }
        true
    }

    /// A key was pressed: what has all arrived was seen.
    pub fn settle(&mut self, state: &State) {
        if self.entries.iter().all(|e| matches!(stand(state, e), Stand::Arrived(..))) {
            self.entries.clear();
        }
    }

    /// Those of the sheet: what was sent from here, or else the last of each agent.
    fn shown(&self, state: &State) -> Vec<Entry> {
        if !self.entries.is_empty() {
            return self.entries.clone();
        }
        let last = |a: &Agent| a.queue.back().map(|d| d.id).or(a.receipts.last().map(|r| r.id));
        let entry = |a: &Agent| {
            last(a).map(|dispatch| Entry { agent: a.name.clone(), dispatch, refused: String::new() })
        };
        state.agents.iter().filter_map(entry).collect()
    }
}

fn stand(state: &State, entry: &Entry) -> Stand {
    if !entry.refused.is_empty() {
        return Stand::Lost(Outcome::Refused, entry.refused.clone());
    }
    let Some(agent) = state.agent(&entry.agent) else { return Stand::Open("its agent is gone".into()) };
    if let Some(d) = agent.queue.iter().find(|d| d.id == entry.dispatch) {
        return Stand::Open(match &d.phase {
            Phase::Waiting(why) if why == "queued" => "on its way".into(),
            Phase::Waiting(why) => format!("held: {}", printable(why)),
            Phase::Pasted { .. } => "being pasted".into(),
            Phase::Entered { times: 1, .. } => "being submitted".into(),
            Phase::Entered { times, .. } => format!("being submitted, Enter number {times}"),
        });
    }
    match agent.receipts.iter().rev().find(|r| r.id == entry.dispatch) {
        Some(r) if r.outcome == Outcome::Submitted => Stand::Arrived(r.ms, printable(&r.why)),
        Some(r) => Stand::Lost(r.outcome, printable(&r.why)),
        None => Stand::Open("the journal has its receipt".into()),
    }
}

impl Stand {
    /// What went wrong first, then what is open.
    fn order(&self) -> u8 {
        match self {
            Self::Lost(..) => 0,
            Self::Open(why) if why.starts_with("held") => 1,
            Self::Open(_) => 2,
            Self::Arrived(..) => 3,
        }
    }

    fn sign(&self) -> (&'static str, Style) {
        match self {
            Self::Lost(..) => ("✘", TROUBLE),
            Self::Open(why) if why.starts_with("held") => ("▲", CAUTION),
            Self::Open(_) => ("…", DIM),
            Self::Arrived(..) => ("✔", Style::new()),
        }
    }

    /// In a few words.
    fn short(&self) -> String {
        match self {
            // The rest is in the sheet.
            Self::Lost(outcome, why) => {
                format!("{}: {}", outcome.word(), why.split(';').next().unwrap_or_default())
            }
            Self::Open(why) => why.split(';').next().unwrap_or_default().to_owned(),
            Self::Arrived(ms, _) => format!("submitted {}", seconds(*ms)),
        }
    }
}

fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// The line at the foot, what went wrong first; none where nothing is followed.
pub(super) fn strip(state: &State, view: &View) -> Option<(String, Style)> {
    if matches!(view.sheet, Some(Sheet::Receipts(_))) {
        return None;
    }
    let mut all: Vec<(&Entry, Stand)> = view.sent.entries.iter().map(|e| (e, stand(state, e))).collect();
    all.sort_by_key(|(_, s)| s.order());
    let worst = &all.first()?.1;
    let (arrived, rest): (Vec<_>, Vec<_>) =
        all.iter().partition(|(_, s)| matches!(s, Stand::Arrived(..)) && all.len() > 1);
    let mut parts: Vec<String> = rest.iter().map(|(e, s)| format!("{} {}", e.agent, s.short())).collect();
    if arrived.len() > 4 || (!rest.is_empty() && !arrived.is_empty()) {
        parts.push(format!("{} submitted", arrived.len()));
    } else {
        parts.extend(arrived.iter().map(|(e, s)| format!("{} {}", e.agent, s.short())));
    }
    let text = parts.join(" · ");
    let style = if matches!(worst, Stand::Lost(..)) { TROUBLE } else { BOLD };
    let lead = match worst {
        Stand::Lost(..) => format!("{} shows: ", view.key(Op::Act(Act::Receipts))),
        _ => String::new(),
    };
    Some((format!("{lead}{text}"), style))
}

/// The lines of one entry: what it is, and what can be done.
fn lines(state: &State, view: &View, entry: &Entry, width: usize) -> Vec<String> {
    let stand = stand(state, entry);
    let said = match &stand {
        Stand::Lost(outcome, why) => format!("{}: {why}", outcome.word()),
        Stand::Open(why) => why.clone(),
        Stand::Arrived(ms, why) if why.is_empty() => format!("submitted after {}", seconds(*ms)),
        Stand::Arrived(ms, why) => format!("submitted after {}, {why}", seconds(*ms)),
    };
    let what = match again(state, entry) {
        Ok(Again::Enter) if matches!(stand, Stand::Lost(..)) => {
            "‹retry› presses Enter for what may sit there"
        }
        Ok(Again::Paste) if matches!(stand, Stand::Lost(..)) => "‹retry› sends it again",
        Ok(Again::Task(_)) if matches!(stand, Stand::Lost(..)) => "‹retry› does its task again",
        _ => "",
    };
    let text = if what.is_empty() { said } else { format!("{said} · {}", hint(view, what)) };
    wrap(&text, width.max(1))
}

enum Again {
    Enter,
    Paste,
    Task(String),
}

/// How a prompt is sent again, or why it is not.
fn again(state: &State, entry: &Entry) -> Result<Again, String> {
    if !entry.refused.is_empty() {
        return Err(format!("{} took nothing of it: {}", entry.agent, entry.refused));
    }
    let agent = state.agent(&entry.agent).ok_or("its agent is gone")?;
    let last = agent.undelivered.as_ref().filter(|u| u.id == entry.dispatch);
    let Some(last) = last else {
        return Err(format!("{} has nothing to be sent again", entry.agent));
    };
    if agent.pane.leftover == Some(last.id) {
        return Ok(Again::Enter);
    }
    let failed = |run: u64, id: &str| {
        let of = state.runs.iter().find(|r| r.id == run);
        of.is_some_and(|r| r.tasks.iter().any(|t| t.bound.id == id && t.state == TaskState::Failed))
    };
    match &last.task {
        Some((run, id)) if failed(*run, id) => Ok(Again::Task(id.clone())),
        Some((_, id)) => Err(format!("it belonged to task {id}, which is not failed")),
        None => Ok(Again::Paste),
    }
}

/// Sends some of them again.
fn resend(state: &State, view: &mut View, entries: &[Entry]) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut names = Vec::new();
    let mut why = String::from("nothing is to be sent again");
    for entry in entries {
        match again(state, entry) {
            Ok(Again::Task(task)) => actions.push(Action::Do(Command::RepeatTask { task })),
            Ok(_) => names.push(entry.agent.clone()),
            Err(no) => why = no,
        }
    }
    if !names.is_empty() {
        let targets = names.iter().map(|n| Target(n.to_string())).collect();
        view.sent.again.extend(names);
        actions.push(Action::Do(Command::Send { targets, what: What::Again, terms: Default::default() }));
    }
    if actions.is_empty() {
        view.complain(why);
        return vec![Action::Beep];
    }
    view.say("sending again…");
    actions
}

/// The keys that matter now.
pub(super) fn keys() -> Vec<(Op, Option<&'static str>)> {
    vec![
        (Op::Act(Act::Retry), None),
        (Op::Act(Act::RetryAll), None),
        (Op::Accept, None),
        (Op::Act(Act::Dismiss), None),
        (Op::Broadcast, None),
        (Op::Close, None),
    ]
}

pub(super) fn perform(state: &State, view: &mut View, cursor: Cursor, op: Op) -> Vec<Action> {
    let all = view.sent.shown(state);
    let last = all.len().saturating_sub(1);
    let row = cursor.row.min(last);
    let row = match op {
        Op::Up => row.saturating_sub(1),
        Op::Down => (row + 1).min(last),
        Op::Top => 0,
        Op::Bottom => last,
        Op::Accept => {
            if let Some(entry) = all.get(row) {
                view.go_to(state, &entry.agent);
            }
            return Vec::new();
        }
        Op::Act(Act::Retry) => return resend(state, view, all.get(row..=row).unwrap_or_default()),
        Op::Act(Act::RetryAll) => {
            let lost = |e: &&Entry| matches!(stand(state, e), Stand::Lost(..));
            let lost: Vec<Entry> = all.iter().filter(lost).cloned().collect();
            return resend(state, view, &lost);
        }
        Op::Act(Act::Dismiss) => {
            view.sent = Sent::default();
            view.sheet = None;
            return Vec::new();
        }
        Op::Close => {
            view.sheet = None;
            return Vec::new();
        }
        Op::Act(Act::Receipts) => row,
        other => return normal(state, view, other, None),
    };
    view.sheet = Some(Sheet::Receipts(Cursor { row }));
    Vec::new()
}

/// Puts the cursor there; where it is already, goes to the agent.
pub(super) fn click(state: &State, view: &mut View, cursor: Cursor, at: Position) -> Vec<Action> {
    let body = view.frame(state).body;
    let hit = rows(state, view, cursor, body).into_iter().find(|(_, area)| area.contains(at));
    let Some((row, _)) = hit else { return Vec::new() };
    if row == cursor.row {
        return perform(state, view, cursor, Op::Accept);
    }
    view.sheet = Some(Sheet::Receipts(Cursor { row }));
    Vec::new()
}

/// The template of a prompt, or that it was a text.
fn name_of(state: &State, entry: &Entry) -> String {
    let agent = state.agent(&entry.agent);
    let queued = agent.and_then(|a| a.queue.iter().find(|d| d.id == entry.dispatch)).map(|d| &d.prompt);
    let past = || agent.and_then(|a| a.receipts.iter().find(|r| r.id == entry.dispatch)).map(|r| &r.prompt);
    match queued.or_else(past) {
        Some(Some(name)) => printable(name),
        Some(None) => "text".into(),
        None => String::new(),
    }
}
