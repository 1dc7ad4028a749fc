//! A session without worktrees: git is never asked anything. What waits to hear of branches hears at once that there is
//! nothing, and what is asked about branches is refused with a line that says why.

use super::Step;
use super::draft::Briefs;
use crate::domain::brief::Brief;
use crate::domain::command::{Command, Until};
use crate::domain::id::AgentName;
use crate::domain::state::AgentState;

/// Why there are no branches.
const WHY: &str = "this session has no worktrees (`worktrees = false` in orchestra.toml)";

impl Step<'_> {
    /// Whether agents have branches that can be asked about.
    pub(super) fn has_branches(&self) -> bool {
        self.state.config.worktrees
    }

    /// What an agent can be left out of.
    pub(super) fn left_out_of(&self) -> &'static str {
        if self.has_branches() { "the plan and the merge" } else { "the plan" }
    }

    /// Lets everybody whose branch was to be read go on where there are no branches.
    pub(super) fn read_nothing(&mut self) {
        if self.has_branches() {
            return;
        }
        for name in self.names() {
            let Some(agent) = self.state.agent_mut(&name).filter(|a| a.inspecting) else { continue };
            agent.inspecting = false;
            agent.inspect_again = false;
            self.tasks_inspected(&name);
            self.facts_arrived(&name);
        }
    }

    /// What prompts say of branches where it is known without git: of nobody's, or where there are none.
    pub(super) fn known_briefs(&self, wanted: &[AgentName]) -> Option<Briefs> {
        let none = wanted.is_empty() || !self.has_branches();
        none.then(|| wanted.iter().map(|name| (name.clone(), Ok(Brief::default()))).collect())
    }

    /// Why a command makes no sense where there are no branches, if it makes none.
    pub(super) fn needs_branches(&self, command: &Command) -> Option<String> {
        if self.has_branches() {
            return None;
        }
        let kept = "what agents made lies in their folders, which `orchestra status --json` names";
        let (deed, why) = match command {
            Command::Merge
            | Command::MergePlanned { .. }
            | Command::MergePlan
            | Command::MergeContinue { .. }
            | Command::ContinuePlan { .. }
            | Command::MergeHand
            | Command::MergeResolve
            | Command::MergeAbort
            | Command::MergeUndo => ("merge".to_owned(), format!("there is nothing to merge; {kept}")),
            Command::TakeOrder { .. } => {
                ("change the merge order".into(), "there is nothing to merge".into())
            }
            Command::Pr { .. } => ("describe a train".into(), "nothing is merged here".into()),
            Command::Review { .. } => ("review".into(), format!("there are no branches to review; {kept}")),
            Command::Diff { agent, .. } => {
                (format!("compare the branch of {agent}"), format!("it has none; {kept}"))
            }
            Command::Unmerged { theirs, .. } => {
                (format!("compare the branch of {theirs}"), format!("it has none; {kept}"))
            }
            Command::Suggest { .. } => {
                ("suggest".into(), "suggestions are told from branches, and there are none".into())
            }
            Command::Verify { .. } => ("verify".into(), "gates run at commits, and there are none".into()),
            Command::Trust { .. } => {
                ("look at shared git configuration".into(), "no repository belongs to it".into())
            }
            Command::Ready { .. } => (
                "claim".into(),
                "nothing can be proved; say that you are done and what you found, and end your turn".into(),
            ),
            Command::Accept { agent, .. } => {
                (format!("take {agent} at its word"), "there is no branch that could be ready".into())
            }
            Command::Wait { until: Until::State(state), .. } if proved(state) => never(&[*state]),
            Command::Wait { until: Until::States(states), .. }
                if !states.is_empty() && states.iter().all(proved) =>
            {
                never(states)
            }
            Command::Run { plan, .. } | Command::DryRun { plan, .. } => {
                self.state.config.plans.get(plan).filter(|found| found.asks_for_commits())?;
                let why = "it asks for commits; a plan here has tasks with `done = \"idle\"` and no gates or \
                           review at its end: write one into plans/";
                (format!("run {plan}"), why.into())
            }
            Command::AddTask { task } if task.done.by_commits() => {
                let why = "only `idle` and `reported` prove a task done without commits: `--done idle`";
                (format!("add task {}", task.id), why.into())
            }
            _ => return None,
        };
        Some(format!("{deed}: {WHY}: {why}"))
    }
}

/// Whether only git and the gates bring an agent into that state.
fn proved(state: &AgentState) -> bool {
    matches!(state, AgentState::Claimed | AgentState::Ready | AgentState::Merged)
}

fn never(states: &[AgentState]) -> (String, String) {
    let words: Vec<&str> = states.iter().map(|s| s.word()).collect();
    let words = words.join(" or ");
    (format!("wait until all are {words}"), "no agent ever is; `idle` is what to wait for".into())
}
