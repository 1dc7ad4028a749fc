//! What happened, for those who ask.

use super::Step;
use super::parts::LogLine;
use crate::domain::id::AgentName;
use crate::domain::time::rfc3339;
use crate::domain::view::{Answer, Happening, History};

/// Happenings in one answer.
const MOST: u16 = 500;
/// Bytes of the text of each; what is longer is in the record.
const TEXT: usize = 1024;

impl Step<'_> {
    /// What the journal's recent lines say.
    ///
    /// # Errors
    /// When nothing or too much is asked for, or there is no such agent.
    pub(super) fn history(
        &self,
        agent: Option<&AgentName>,
        since: Option<u64>,
        limit: u16,
    ) -> Result<Answer, String> {
        if !(1..=MOST).contains(&limit) {
            return Err(format!("tell {limit} happenings: 1 to {MOST} at a time"));
        }
        if let Some(agent) = agent {
            self.one(agent)?;
        }
        let (log, limit) = (&self.state.log, usize::from(limit));
        let first = self.state.logged.saturating_sub(log.len() as u64);
        let about = |line: &LogLine| agent.is_none_or(|a| line.agent.as_ref() == Some(a));
        let mut found: Vec<_> = (first..).zip(log).filter(|(_, line)| about(line)).collect();
        let mut next = self.state.logged;
        let mut gap = first > 0;
        match since {
            Some(since) => {
                gap &= since < first;
                found.retain(|(n, _)| *n >= since);
                if let Some((n, _)) = found.get(limit) {
                    next = *n;
                }
                found.truncate(limit);
            }
            None => {
                gap &= found.len() < limit;
                found.drain(..found.len().saturating_sub(limit));
            }
        }
        let events = found.into_iter().map(|(n, line)| Happening {
            n,
            at: rfc3339(line.at),
            agent: line.agent.clone(),
            kind: line.kind.word().to_owned(),
            text: begin_of(&line.text).to_owned(),
        });
        Ok(Answer::History(Box::new(History { events: events.collect(), next, gap })))
    }
}

fn begin_of(text: &str) -> &str {
    let end = (0..=TEXT.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}
