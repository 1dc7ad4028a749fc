//! What a session can send and start.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::plan::Plan;

/// The prompts and plans of a session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Library {
    /// The prompts, by name.
    pub prompts: Vec<Template>,
    /// The plans, by name.
    pub plans: Vec<PlanView>,
}

/// A prompt as it is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its text, with places that are filled in for each agent.
    pub text: String,
}

/// A plan in short.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PlanView {
    /// Its name.
    pub name: String,
    /// What it does, in one line.
    pub title: String,
    /// Groups of agents or tasks; a group waits for the whole group before it.
    pub stages: Vec<Vec<String>>,
    /// The ids of its tasks.
    pub tasks: Vec<String>,
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        Self {
            name: plan.name.clone(),
            title: plan.title.clone(),
            stages: plan.stages.clone(),
            tasks: plan.tasks.iter().map(|t| t.id.clone()).collect(),
        }
    }
}
