//! What an agent is at first, and what is shown of it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::event::Intake;
use super::super::evidence::Evidence;
use super::super::ledger::Ledger;
use super::super::parts::{Held, Life, Phase};
use super::super::reading::Marks;
use super::{Agent, HISTORY, Pane, Why};
use crate::domain::id::AgentName;
use crate::domain::state::AgentState;
use crate::domain::team::AgentSpec;
use crate::domain::time::Time;
use crate::screen::{Screen, Size};

impl Agent {
    pub(super) fn new(name: AgentName, spec: Option<AgentSpec>, worktree: String) -> Self {
        let size = Size { rows: 24, cols: 80 };
        Self {
            name,
            spec,
            worktree,
            pane: Pane {
                screen: Screen::new(size, HISTORY),
                pid: None,
                status: None,
                ended: String::new(),
                last_output: None,
                draft: false,
                leftover: None,
                intake: Intake::Taken,
                past: false,
                marks: Marks::default(),
                typed_at: None,
                held: Held::default(),
                size,
                up_at: None,
                stopping: false,
            },
            activity: AgentState::Pending,
            since: Time::default(),
            why: Why::default(),
            pin: None,
            limit: None,
            shown: (AgentState::Pending, Time::default()),
            base: None,
            facts: None,
            claim: None,
            reasons: Vec::new(),
            hint: None,
            ready: None,
            merged: None,
            left_out: false,
            gates: Vec::new(),
            task: String::new(),
            said: VecDeque::new(),
            queue: VecDeque::new(),
            receipts: Vec::new(),
            ledger: Ledger::default(),
            undelivered: None,
            told: Arc::default(),
            sent: 0,
            stuck: String::new(),
            waits_for_stage: None,
            usage: None,
            life: Life::default(),
            turns: 0,
            expects: None,
            scanned: 0,
            evidence: Evidence::default(),
            inspecting: false,
            inspect_again: false,
        }
    }

    /// The state that is shown: what waits for a human first, then what was proved, then activity.
    #[must_use]
    pub fn state(&self) -> AgentState {
        match self.activity {
            AgentState::Pending
            | AgentState::Failed
            | AgentState::Stopped
            | AgentState::Asking
            | AgentState::Limited => self.activity,
            _ if self.claim.is_some() => AgentState::Claimed,
            _ if self.merged.is_some() => AgentState::Merged,
            _ if self.ready.is_some() => AgentState::Ready,
            AgentState::Idle if self.waits_for_stage.is_some() => AgentState::Pending,
            other => other,
        }
    }

    /// When the usage limit it is at is over, in milliseconds since 1970, where that is known.
    #[must_use]
    pub fn limited_until(&self) -> Option<i64> {
        (self.activity == AgentState::Limited).then_some(self.limit?.until).flatten()
    }

    /// Whether its program runs or is just being started.
    #[must_use]
    pub fn runs_or_starts(&self) -> bool {
        self.pane.pid.is_some() || self.activity == AgentState::Starting
    }

    /// What it waits for a human to do, in a few words; empty when it does not.
    #[must_use]
    pub fn need(&self) -> String {
        match self.state() {
            AgentState::Asking => format!("asks: {}", self.why.evidence.trim()),
            AgentState::Limited => {
                let tried = self.limit.map_or(0, |l| l.attempt);
                let tried = if tried > 0 { format!(" (told to go on {tried} times)") } else { String::new() };
                format!("usage limit{tried}: {}", self.why.evidence.trim())
            }
            AgentState::Failed => self.pane.ended.clone(),
            _ if self.hint.is_some() && self.activity != AgentState::Working => {
                "says it is ready without its code: accept?".into()
            }
            _ if !self.reasons.is_empty() && self.claim.is_none() && self.activity != AgentState::Working => {
                format!("not ready: {}", self.reasons.join("; "))
            }
            AgentState::Idle if !self.stuck.is_empty() => self.stuck.clone(),
            _ => match self.queue.front().map(|d| &d.phase) {
                Some(Phase::Waiting(why)) if why.ends_with(super::super::obstacle::LET_GO) => why.clone(),
                _ => String::new(),
            },
        }
    }
}
