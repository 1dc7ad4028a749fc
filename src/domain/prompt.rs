//! Prompt templates: minijinja, with every variable documented here and no other.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

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
