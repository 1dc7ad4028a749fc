//! A report by a template: Markdown in which every text of the record stays text.

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use serde::Serialize;

use super::super::pr::{code, inline};
use super::super::review::GateStatus;
use super::super::state::AgentState;
use super::{Report, Standing, length};

/// The text that comes along; a project's `templates/report.md` takes its place.
pub const TEMPLATE: &str = include_str!("../../data/templates/report.md");
/// Instructions one rendering may take.
const FUEL: u64 = 20_000_000;
/// Characters of one text in Markdown.
const WIDTH: usize = 400;

/// What templates may use.
#[derive(Serialize)]
struct Vars<'a> {
    title: String,
    /// Whether the sprint is over.
    completion: bool,
    /// Whether nothing is known to be missing.
    complete: bool,
    #[serde(flatten)]
    report: &'a Report,
}

/// The report in Markdown by a template.
///
/// # Errors
/// Why there is none: the template is none, or asks for too much.
pub fn markdown(report: &Report, template: &str) -> Result<String, String> {
    let mut env = environment();
    // Whatever a template shows is text, unless it was made Markdown here.
    env.set_formatter(|out, _, value| match value {
        value if value.is_none() => Ok(()),
        value if value.is_safe() => write!(out, "{value}").map_err(Error::from),
        value => write!(out, "{}", inline(&value.to_string(), WIDTH)).map_err(Error::from),
    });
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.add_filter("code", |text: &str| Value::from_safe_string(code(&super::clean(text, WIDTH))));
    let title = title(report);
    let vars = Vars { title, completion: report.session.over, complete: report.gaps.none(), report };
    let text = env
        .render_named_str("report.md", template, Value::from(Serde(&vars)))
        .map_err(|e| format!("fill in the template report.md: {e}"))?;
    Ok(squeeze(&text))
}

/// The title of a report.
pub(super) fn title(report: &Report) -> String {
    let name = &report.session.name;
    match (report.session.over, report.session.standing) {
        (true, _) => format!("Completion report of {name}"),
        (false, Standing::Running) => format!("Status of {name}"),
        (false, _) => format!("Status of {name} when its record ends"),
    }
}

/// What all templates have.
pub(super) fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_fuel(Some(FUEL));
    let syntax = minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    env.set_syntax(syntax.unwrap_or_default());
    env.add_filter("lasts", |ms: u64| ours(length(ms)));
    env.add_filter("at", |at: Value| moment(&at));
    env.add_filter("short", |oid: &str| oid.chars().take(7).collect::<String>());
    env.add_filter("verdict", verdict);
    env.add_filter("money", |micro: u64| {
        ours(format!("{}.{:02} US$", micro / 1_000_000, micro / 10_000 % 100))
    });
    // A paragraph of its own, or it would belong to the last entry of the list.
    env.add_filter("more", |list: Value, shown: usize| {
        let more = list.len().unwrap_or(0).saturating_sub(shown);
        ours(if more == 0 { String::new() } else { format!("\n… and {more} more.\n") })
    });
    env.add_filter("spent", spent);
    env
}

/// Words made here, in which nothing has to be escaped.
fn ours(text: String) -> Value {
    Value::from_safe_string(text)
}

/// The word of a gate's status.
fn verdict(status: &str) -> String {
    let word = match status {
        "timeout" => GateStatus::Timeout.word(),
        "error" => GateStatus::Error.word(),
        other => other,
    };
    word.to_owned()
}

/// How long after the beginning, as `orchestra replay --at` takes it: `0:12:30`.
pub(super) fn clock(ms: u64) -> String {
    let s = ms / 1000;
    format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

fn moment(at: &Value) -> Result<Value, Error> {
    let ms = at.get_attr("ms").ok().filter(|v| !v.is_undefined()).unwrap_or_else(|| at.clone());
    u64::try_from(ms).map(|ms| ours(clock(ms)))
}

/// The share of a state in an agent's times; without a name, that of all states that have no column of their own.
fn spent(times: Value, state: &str) -> Result<Value, Error> {
    const COLUMNS: [AgentState; 6] = [
        AgentState::Working,
        AgentState::Idle,
        AgentState::Asking,
        AgentState::Limited,
        AgentState::Blocked,
        AgentState::Failed,
    ];
    let mut sum = 0u64;
    for key in times.try_iter()? {
        let name = key.to_string();
        let counts = if state.is_empty() { COLUMNS.iter().all(|c| c.word() != name) } else { name == state };
        if counts {
            let ms = u64::try_from(times.get_item(&key)?);
            sum = sum.saturating_add(ms.map_err(|e| Error::new(ErrorKind::BadSerialization, e.to_string()))?);
        }
    }
    Ok(ours(if sum == 0 { "–".to_owned() } else { length(sum) }))
}

/// Never more than one empty line, none at the ends.
pub(in crate::domain) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && (out.is_empty() || out.ends_with("\n\n"))) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}
