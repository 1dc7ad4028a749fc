//! Runs of plans as `--json` prints them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::command::Order;
use crate::domain::id::{AgentName, RunId};
use crate::domain::state::TaskState;

/// One run of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunView {
    /// Its number; 0 for a dry run.
    pub run: RunId,
    /// The plan.
    pub plan: String,
    /// All at once or by stages.
    pub order: Order,
    /// Whether it has ended.
    pub ended: bool,
    /// Whether it sends nothing more until it is resumed.
    #[serde(default)]
    pub paused: bool,
    /// Branches on which gates still run after its last task.
    #[serde(default)]
    pub gating: Vec<AgentName>,
    /// What the review after it said; empty where there was none.
    #[serde(default)]
    pub review: String,
    /// How far it is.
    #[serde(default)]
    pub progress: Progress,
    /// Its tasks in order.
    pub tasks: Vec<TaskView>,
}

/// How far a run is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// Tasks in all.
    pub total: usize,
    /// Tasks done.
    pub done: usize,
    /// Tasks that failed.
    pub failed: usize,
    /// Tasks left out.
    pub skipped: usize,
    /// One entry a stage that has tasks, in order.
    pub stages: Vec<StageView>,
    /// When it began, RFC 3339 UTC; none for a dry run.
    pub began: Option<String>,
    /// When it ended, RFC 3339 UTC; none while it runs.
    pub ended: Option<String>,
}

/// How far a stage is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StageView {
    /// Its number, from 1.
    pub stage: usize,
    /// Its tasks.
    pub total: usize,
    /// Those to which nothing more happens by itself: done, failed or skipped.
    pub over: usize,
}

impl RunView {
    /// How far it is, in a line without the time: `enhancement · stage 2 of 4 · 5/8 done · 1 failed`.
    #[must_use]
    pub fn summary(&self) -> String {
        let p = &self.progress;
        let mut text = self.plan.clone();
        if self.order == Order::Staged && p.stages.len() > 1 && !self.ended && self.gating.is_empty() {
            let at = p.stages.iter().position(|s| s.over < s.total).unwrap_or(p.stages.len() - 1);
            text.push_str(&format!(" · stage {} of {}", at + 1, p.stages.len()));
        }
        text.push_str(&format!(" · {}/{} done", p.done, p.total));
        for (n, word) in [(p.failed, "failed"), (p.skipped, "skipped")] {
            if n > 0 {
                text.push_str(&format!(" · {n} {word}"));
            }
        }
        if !self.gating.is_empty() {
            text.push_str(&format!(" · gates run on {} branches", self.gating.len()));
        }
        if self.ended {
            text.push_str(" · ended");
        } else if self.paused {
            text.push_str(" · paused");
        }
        text
    }

    /// Who is still waited for, each with what it does or waits for.
    #[must_use]
    pub fn waiting(&self) -> Vec<String> {
        let open = self.tasks.iter().filter(|t| !t.state.ended() && t.state != TaskState::Queued);
        open.map(|t| match t.why.as_str() {
            "" => format!("{} {}", t.agent, t.state.word()),
            why => format!("{} ({why})", t.agent),
        })
        .collect()
    }
}

/// One task of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TaskView {
    /// Its id.
    pub id: String,
    /// Who does it.
    pub agent: AgentName,
    /// The template.
    pub prompt: String,
    /// Its stage, from 1.
    pub stage: usize,
    /// Where it stands.
    pub state: TaskState,
    /// Why, or what it waits for.
    pub why: String,
    /// What came of bringing its branch onto the work it builds on; empty where nothing was to be done.
    #[serde(default)]
    pub upstream: String,
    /// Size of the rendered prompt in bytes; 0 where unknown.
    pub bytes: usize,
}
