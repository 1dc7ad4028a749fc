//! What a pull request says of a train: facts, made safe to stand in Markdown.

mod markdown;
mod script;
#[cfg(test)]
mod tests;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::markdown::{block, code, inline};
pub use self::script::script;
use super::id::{AgentName, Oid};
use super::review::{Concern, FileChange, GateResult, GateStatus, Severity};
use super::train::{Built, TrainPlan};

/// The text that comes along; a project's `templates/pr.md` takes its place.
pub const TEMPLATE: &str = include_str!("../../data/templates/pr.md");
/// Instructions one rendering may take.
const FUEL: u64 = 2_000_000;
/// Characters of a message's line that are shown.
const WIDTH: usize = 400;
/// Lines of a message that are shown, and files of one agent.
const MOST: usize = 30;
/// Concerns that are shown.
const MOST_CONCERNS: usize = 40;

/// What the session knows of a train.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Draft {
    /// The plan.
    pub plan: TrainPlan,
    /// What building it gave.
    pub built: Built,
    /// Gates on the result.
    pub gates: Vec<GateResult>,
    /// Whether the target moved.
    pub applied: bool,
    /// Who is not in it, each with why.
    pub left_out: Vec<(AgentName, String)>,
    /// What the last review says of those who are.
    pub concerns: Vec<(AgentName, Concern)>,
}

/// What git knows of one merge.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Merge {
    /// The agent's own commit: its whole message.
    pub message: String,
    /// Files it changes.
    pub files: Vec<FileChange>,
    /// The merge: what it is made of; none where the branch was contained already.
    pub made: Option<Made>,
}

/// A merge commit.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Made {
    /// Its id.
    pub oid: Oid,
    /// Its tree.
    pub tree: Oid,
    /// Its message, exactly; none where it is not UTF-8.
    pub message: Option<String>,
    /// Name, address and moment (as git's raw dates) of author and committer.
    pub author: [String; 3],
    /// The same of the committer.
    pub committer: [String; 3],
    /// Whether it is signed: its id cannot be had without the key then.
    pub signed: bool,
    /// What it changes of its first parent as a patch that `git apply` takes, in ASCII; only where somebody solved
    /// its conflicts, and not where that is too long.
    pub patch: Option<String>,
}

/// A pull request's text.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Pr {
    /// One line, safe to show.
    pub title: String,
    /// Markdown.
    pub text: String,
    /// The train as a POSIX shell script of git commands.
    pub script: String,
    /// The branch that takes it.
    pub target: String,
    /// The last merge.
    pub result: Oid,
    /// Whether the target has it.
    pub applied: bool,
}

/// What the template may use. Every text is safe to stand in a line of Markdown as it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Vars {
    /// The title.
    pub title: String,
    /// Whether the target moved.
    pub applied: bool,
    /// Number of the train; 0 for one that is only planned.
    pub train: u64,
    /// The target as code.
    pub target: String,
    /// Where it stood, and the last merge, as code.
    pub base: String,
    /// The last merge, as code.
    pub result: String,
    /// Files that differ between the two.
    pub files: u32,
    /// The merges in order.
    pub steps: Vec<StepVar>,
    /// Gates: name, word, seconds.
    pub gates: Vec<GateVar>,
    /// Who is not in it: name and why.
    pub left_out: Vec<NoteVar>,
    /// What a reviewer should look at: whose, and what.
    pub concerns: Vec<NoteVar>,
    /// Commands to verify with, as a block.
    pub verify: String,
    /// Commands to go back with, as a block.
    pub rollback: String,
}

/// One merge.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StepVar {
    /// Whose.
    pub agent: String,
    /// The branch, its commit and the merge, as code.
    pub branch: String,
    /// The commit.
    pub commit: String,
    /// The merge; empty where the branch was contained already.
    pub merge: String,
    /// First line of its commit.
    pub subject: String,
    /// The other lines without the trailers.
    pub points: Vec<String>,
    /// Files: path as code, lines added and removed.
    pub files: Vec<FileVar>,
    /// Files that are not listed.
    pub more: usize,
    /// Lines added in all.
    pub added: u32,
    /// Lines removed in all.
    pub removed: u32,
    /// How its conflicts were solved; empty where it had none.
    pub how: String,
}

/// One file.
#[derive(Clone, Debug, Serialize)]
pub struct FileVar {
    /// Its path.
    pub path: String,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
}

/// One gate.
#[derive(Clone, Debug, Serialize)]
pub struct GateVar {
    /// Its name.
    pub name: String,
    /// `green`, `red`, `over time` or `not run`.
    pub status: &'static str,
    /// How long it took.
    pub seconds: String,
}

/// Something about somebody.
#[derive(Clone, Debug, Serialize)]
pub struct NoteVar {
    /// Whom.
    pub agent: String,
    /// What.
    pub text: String,
}

/// The description of a train by a template.
///
/// # Errors
/// Why there is none: the train does not merge, or the template is none.
pub fn describe(draft: &Draft, merges: &[Merge], template: &str) -> Result<Pr, String> {
    let Built::Clean { result, .. } = &draft.built else {
        return Err("describe a train that does not merge; `orchestra merge --dry-run` says where".into());
    };
    let vars = vars(draft, merges, result);
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    let syntax = minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    env.set_syntax(syntax.unwrap_or_default());
    let failed = |e: minijinja::Error| format!("fill in the template pr.md: {e}");
    let text = env.render_named_str("pr", template, Value::from(Serde(&vars))).map_err(failed)?;
    Ok(Pr {
        title: title(draft),
        text: text.trim_end().to_owned() + "\n",
        script: script(&draft.plan, merges),
        target: draft.plan.target.clone(),
        result: result.clone(),
        applied: draft.applied,
    })
}

fn title(draft: &Draft) -> String {
    let plan = &draft.plan;
    let names: Vec<&str> = plan.steps.iter().map(|s| s.agent.as_str()).collect();
    let n = names.len();
    let what = if n == 1 { "1 branch".to_owned() } else { format!("{n} branches") };
    super::signal::printable(&format!("Merge {what} into {}: {}", plan.target, names.join(", ")))
}

fn vars(draft: &Draft, merges: &[Merge], result: &Oid) -> Vars {
    let plan = &draft.plan;
    let how = |agent: &AgentName| match &draft.built {
        Built::Clean { steps, .. } => steps.iter().find(|m| m.agent == *agent).map_or("", |m| m.how.as_str()),
        Built::Conflict(_) => "",
    };
    let steps = plan.steps.iter().zip(merges).map(|(step, merge)| StepVar {
        agent: inline(step.agent.as_str(), WIDTH),
        branch: code(&step.branch),
        commit: code(step.oid.short()),
        merge: merge.made.as_ref().map_or(String::new(), |m| code(m.oid.short())),
        subject: inline(merge.message.lines().next().unwrap_or(&step.message), WIDTH),
        points: points(&merge.message).take(MOST).map(|l| inline(l, WIDTH)).collect(),
        files: merge
            .files
            .iter()
            .take(MOST)
            .map(|f| FileVar { path: code(&f.path), added: f.added, removed: f.removed })
            .collect(),
        more: merge.files.len().saturating_sub(MOST),
        added: merge.files.iter().map(|f| f.added).fold(0, u32::saturating_add),
        removed: merge.files.iter().map(|f| f.removed).fold(0, u32::saturating_add),
        how: inline(how(&step.agent), WIDTH),
    });
    let gate = |g: &GateResult| GateVar {
        name: inline(&g.gate, WIDTH),
        status: match g.status {
            GateStatus::Green => "green",
            GateStatus::Red => "red",
            GateStatus::Timeout => "over time",
            GateStatus::Error => "not run",
        },
        seconds: format!("{}.{}", g.ms / 1000, g.ms % 1000 / 100),
    };
    let worth = draft.concerns.iter().filter(|(_, c)| c.severity > Severity::Note);
    let concern = |(agent, c): &(AgentName, Concern)| {
        let line = c.line.map_or(String::new(), |n| format!(":{n}"));
        let place =
            if c.path.is_empty() { String::new() } else { format!("{} ", code(&(c.path.clone() + &line))) };
        let text = format!("{}: {place}{}", c.severity.word(), inline(&c.text, WIDTH));
        NoteVar { agent: inline(agent.as_str(), WIDTH), text }
    };
    let files = if let Built::Clean { files, .. } = draft.built { files } else { 0 };
    Vars {
        title: inline(&title(draft), WIDTH),
        applied: draft.applied,
        train: if draft.applied { plan.id } else { 0 },
        target: code(&plan.target),
        base: code(plan.base.short()),
        result: code(result.short()),
        files,
        steps: steps.collect(),
        gates: draft.gates.iter().map(gate).collect(),
        left_out: draft
            .left_out
            .iter()
            .map(|(a, why)| NoteVar { agent: inline(a.as_str(), WIDTH), text: inline(why, WIDTH) })
            .collect(),
        concerns: worth.take(MOST_CONCERNS).map(concern).collect(),
        verify: block("sh", &verify(draft, result)),
        rollback: block("sh", &rollback(draft, result)),
    }
}

/// The lines of a commit's body, bullets without their marks, trailers left out.
fn points(message: &str) -> impl Iterator<Item = &str> {
    let trailer = |l: &str| {
        l.split_once(": ").is_some_and(|(key, _)| {
            key.contains('-') && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
    };
    let lines = message.lines().skip(1).map(str::trim).filter(move |l| !l.is_empty() && !trailer(l));
    lines.map(|l| l.trim_start_matches(['-', '*', '+']).trim_start())
}

fn verify(draft: &Draft, result: &Oid) -> String {
    let mut text = format!("git log --first-parent --oneline {}..{}\n", draft.plan.base.0, result.0);
    text.push_str(&format!("git diff --stat {} {}\n", draft.plan.base.0, result.0));
    if !draft.gates.is_empty() {
        text.push_str("orchestra verify merged\n");
    }
    text
}

fn rollback(draft: &Draft, result: &Oid) -> String {
    let (target, base) = (script::quoted(&format!("refs/heads/{}", draft.plan.target)), &draft.plan.base.0);
    if !draft.applied {
        return "orchestra merge --abort   # nothing has moved yet\n".to_owned();
    }
    format!(
        "orchestra merge --undo\n# or, where nobody has built on it, with git alone and {} not checked out:\n\
         git update-ref {target} {base} {}\n",
        script::quoted(&draft.plan.target),
        result.0
    )
}
