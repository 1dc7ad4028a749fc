//! What agents say to each other, and calls that wait for a person.

use crate::domain::command::{Caller, Command, Silence};
use crate::domain::query::{Asker, Query, Stage};
use crate::domain::time::Time;
use crate::engine::event::ReplyTo;

/// A query and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// What was asked.
    pub query: Query,
    /// When.
    pub at: Time,
    /// How far it is.
    pub stage: Stage,
    /// The answer and who gave it.
    pub answer: Option<(Asker, String)>,
    /// Whether the asker has heard the answer.
    pub heard: bool,
    /// Why nobody will answer it; empty while somebody may.
    pub why: String,
    /// Prompts in vain with what is to be brought now: the query, or its answer.
    pub tries: u8,
    /// Why the last of them was.
    pub held: String,
    /// When the next may be made.
    pub(in crate::engine) again: Time,
}

/// A call that waits for a person.
#[derive(Clone, PartialEq, Debug)]
pub struct Confirmation {
    /// Its number.
    pub id: u64,
    /// Who called.
    pub caller: Caller,
    /// The tool's name.
    pub tool: String,
    /// What would be done, in one line.
    pub title: String,
    /// What would come of it, line by line.
    pub lines: Vec<String>,
    /// When a person was asked.
    pub at: Time,
    /// Until when a person may answer.
    pub until: Time,
    /// What silence means then.
    pub silence: Silence,
    /// Where the answer goes.
    pub(in crate::engine) reply: Option<ReplyTo>,
    /// What is done on yes; none once the server that was asked is gone.
    pub(in crate::engine) command: Option<Command>,
    /// The same for the same consequence: on yes it must still be this one.
    pub(in crate::engine) mark: String,
    /// The date of the plan that was shown, in seconds; none where it is no train.
    pub(in crate::engine) date: Option<i64>,
    /// A person said yes and waits for word: whether it still is what was asked about is being found out.
    pub(in crate::engine) agreed: Option<Option<ReplyTo>>,
}

impl Confirmation {
    /// Whether nobody has said yes to it yet.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.agreed.is_none()
    }
}

#[cfg(test)]
impl Confirmation {
    /// A person said yes, and it is being found out whether it still is what was asked about.
    pub fn agree(&mut self) {
        self.agreed = Some(None);
    }

    /// One that only shows.
    pub fn shown(id: u64, caller: Caller, tool: &str, title: &str, (at, until): (Time, Time)) -> Self {
        let (tool, title) = (tool.into(), title.into());
        let (lines, mark, date) = (Vec::new(), String::new(), None);
        Self {
            id,
            caller,
            tool,
            title,
            lines,
            at,
            until,
            silence: Silence::No,
            reply: None,
            command: None,
            mark,
            date,
            agreed: None,
        }
    }
}
