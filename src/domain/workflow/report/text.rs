//! A report by a template: Markdown in which every text of the record stays text.

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior};

use super::Report;
use super::returns::days;
use crate::domain::incident::stamp;
use crate::domain::pr::{code, inline};
use crate::domain::report::{clean, squeeze};
use crate::domain::time::{Time, rfc3339};

/// The templates that come along, by their names; a project's `templates/NAME.md` takes the place of one.
pub const TEMPLATES: [(&str, &str); 3] = [
    ("workflow-weekly", include_str!("../../../data/templates/workflow-weekly.md")),
    ("workflow-milestone", include_str!("../../../data/templates/workflow-milestone.md")),
    ("workflow-completion", include_str!("../../../data/templates/workflow-completion.md")),
];
/// What all of them begin with.
const HEAD: &str = include_str!("../../../data/templates/workflow-head.md");
/// Instructions one rendering may take.
const FUEL: u64 = 40_000_000;
/// Characters of one text.
const WIDTH: usize = 600;

impl Report {
    /// The name of its template.
    #[must_use]
    pub fn template(&self) -> &'static str {
        let [weekly, milestone, completion] = TEMPLATES.map(|(name, _)| name);
        match (&self.weekly, &self.milestone) {
            (Some(_), _) => weekly,
            (None, Some(_)) => milestone,
            (None, None) => completion,
        }
    }
}

/// A report in Markdown, by a template of one's own or the one that comes along.
///
/// # Errors
/// Why there is none: the template is none, or asks for too much.
pub fn markdown(report: &Report, template: Option<&str>) -> Result<String, String> {
    let name = report.template();
    let built_in = TEMPLATES.iter().find(|(n, _)| *n == name).map(|(_, text)| *text);
    let file = format!("{name}.md");
    let why = |e: Error| format!("fill in the template {file}: {e}");
    let mut env = environment(report.head.scaled, report.head.started, report.head.day_ms);
    env.add_template("workflow-head.md", HEAD).map_err(why)?;
    let text = env
        .render_named_str(&file, template.or(built_in).unwrap_or_default(), Value::from(Serde(report)))
        .map_err(why)?;
    Ok(squeeze(&text))
}

fn environment(scaled: bool, started: i64, day_ms: i64) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_fuel(Some(FUEL));
    let syntax = minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    env.set_syntax(syntax.unwrap_or_default());
    // Whatever a template shows is text, unless it was made Markdown here.
    env.set_formatter(|out, _, value| match value {
        value if value.is_none() => Ok(()),
        value if value.is_safe() => write!(out, "{value}").map_err(Error::from),
        value => write!(out, "{}", inline(&value.to_string(), WIDTH)).map_err(Error::from),
    });
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.add_filter("code", |text: &str| Value::from_safe_string(code(&clean(text, WIDTH))));
    env.add_filter("span", |hours: u64| Value::from_safe_string(days(hours)));
    env.add_filter("when", move |text: &str| {
        let at = stamp::parse(text);
        Value::from_safe_string(
            at.map(|at| moment(at, scaled.then_some((started, day_ms)))).unwrap_or_default(),
        )
    });
    env.add_filter("lasts", |ms: i64| Value::from_safe_string(lasts(ms)));
    // A paragraph of its own, or it would belong to the last entry of the list.
    env.add_filter("more", |list: Value, shown: usize| {
        let more = list.len().unwrap_or(0).saturating_sub(shown);
        Value::from_safe_string(if more == 0 { String::new() } else { format!("\n… and {more} more.\n") })
    });
    env
}

/// A moment for people: where a planned day is none of the calendar, with the day of the project.
fn moment(at: i64, scale: Option<(i64, i64)>) -> String {
    let text = rfc3339(Time { mono: 0, wall: at });
    let text = text.trim_end_matches('Z').replacen('T', " ", 1);
    match scale {
        None => format!("{} UTC", text.get(..16).unwrap_or(&text)),
        Some((started, day_ms)) => {
            let day = at.saturating_sub(started).max(0) / day_ms.max(1);
            format!("day {} ({text} UTC)", day.saturating_add(1))
        }
    }
}

/// Milliseconds in words, exactly.
fn lasts(ms: i64) -> String {
    match ms {
        _ if ms % 3_600_000 == 0 => format!("{} h", ms / 3_600_000),
        _ if ms % 60_000 == 0 => format!("{} min", ms / 60_000),
        _ if ms % 1000 == 0 => format!("{} s", ms / 1000),
        _ => format!("{ms} ms"),
    }
}
