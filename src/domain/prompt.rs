//! Prompt templates: minijinja, with every variable documented here and no other.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use std::collections::BTreeMap;

use super::brief::{Upstream, Work};

/// What a template may use.
#[derive(Clone, Debug, Serialize, Default)]
pub struct Vars {
    /// The agent's name.
    pub agent: String,
    /// Its role.
    pub role: String,
    /// What it looks after.
    pub domain: String,
    /// Its branch.
    pub branch: String,
    /// The recorded base, the commit to squash on (12 digits).
    pub base: String,
    /// The branch that takes the work.
    pub target: String,
    /// The session's name.
    pub session: String,
    /// Paths the agent mostly works in.
    pub focus: Vec<String>,
    /// The gates.
    pub gates: Vec<GateVar>,
    /// The command of the first gate that readiness asks for; may be empty.
    pub build: String,
    /// The dispatch's claim code.
    pub code: String,
    /// The phrase of a claim.
    pub phrase: String,
    /// Why a claim was refused.
    pub reasons: Vec<String>,
    /// Free text of the sender; may be empty.
    pub extra: String,
    /// What the branch holds beyond its base.
    pub work: Work,
    /// The branches of the agents it builds on.
    pub upstream: Vec<Upstream>,
    /// Technologies the repository has: `{% if 'kubernetes' in tech %}`.
    pub tech: Vec<String>,
    /// The whole team in order.
    pub team: Vec<MemberVar>,
    /// The merge order: groups of names.
    pub order: Vec<Vec<String>>,
    /// The focus group this prompt was sent to; may be empty.
    pub group: String,
    /// What that group is about; may be empty.
    pub area: String,
    /// The session's directory.
    pub session_dir: String,
    /// The repository's top.
    pub repository: String,
    /// What to do next, told from the facts of the branch, the weightiest first; only where the
    /// sender chose `suggested`.
    pub suggestions: Vec<String>,
}

/// An agent of the team as templates see it.
#[derive(Clone, Debug, Serialize, Default)]
pub struct MemberVar {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// What it looks after.
    pub domain: String,
    /// Its branch.
    pub branch: String,
    /// Whose work it builds on.
    pub after: Vec<String>,
    /// Its state's word.
    pub state: String,
    /// The message of its merge.
    pub message: String,
    /// What its branch holds; only in prompts for the orchestrator.
    pub work: Work,
}

/// A gate as templates see it.
#[derive(Clone, Debug, Serialize)]
pub struct GateVar {
    /// Its name.
    pub name: String,
    /// Its command.
    pub run: String,
}

/// Why a template gives no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("render prompt `{name}`: {why}")]
pub struct PromptError {
    /// The template.
    pub name: String,
    /// Line and cause.
    pub why: String,
}

/// Renders the template `source`, called `name` in errors.
///
/// # Errors
/// When its syntax is wrong or it uses a variable that [`Vars`] does not have.
pub fn render(name: &str, source: &str, vars: &Vars) -> Result<String, PromptError> {
    let fail = |e: minijinja::Error| PromptError {
        name: name.to_owned(),
        why: match e.line() {
            Some(line) => format!("line {line}: {}", e.detail().unwrap_or(&e.kind().to_string())),
            None => e.to_string(),
        },
    };
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(fail)?);
    // A template is a file an agent may have edited: bound what it can cost.
    env.set_recursion_limit(100);
    env.set_fuel(Some(1_000_000));
    env.add_template(name, source).map_err(fail)?;
    let text = env.get_template(name).and_then(|t| t.render(Value::from(Serde(vars)))).map_err(fail)?;
    Ok(text.trim_end().to_owned())
}

/// The template that `agent` gets where `base` is meant: `<base>-<agent in lower case>` if there is
/// one, else `base`.
#[must_use]
pub fn role_prompt<'a>(prompts: &'a BTreeMap<String, String>, base: &'a str, agent: &str) -> &'a str {
    let own = format!("{base}-{}", agent.to_lowercase());
    prompts.get_key_value(&own).map_or(base, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_variable_is_an_error_with_its_line() {
        let vars = Vars { agent: "SEC".into(), ..Vars::default() };
        assert_eq!(render("p", "hello {{ agent }}\n", &vars).as_deref(), Ok("hello SEC"));
        let error = render("p", "one\n{{ agnet }}", &vars).unwrap_err().to_string();
        assert!(error.contains("render prompt `p`: line 2"), "{error}");
    }
}
