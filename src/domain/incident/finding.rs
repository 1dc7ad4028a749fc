//! What a specialist found: one schema for all of them, and what is wrong with those that do not keep to it.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kind::Kinds;
use super::stamp;
use crate::domain::near::did_you_mean;
use crate::domain::signal::printable;

/// The most bytes of one finding as text.
pub const BYTES_MOST: usize = 64 * 1024;
/// The most findings of one file; what is beyond is left out, and said.
pub const FINDINGS_MOST: usize = 100_000;
/// The most entities of one finding.
pub const ENTITIES_MOST: usize = 64;
/// The most characters of an id, a source or the name of an entity.
pub const NAME_MOST: usize = 200;
/// How far ahead of now a finding may be, in milliseconds: clocks differ.
pub const AHEAD_MOST: i64 = 5 * 60_000;
/// How coarse a time may be, in seconds: a month.
pub const PRECISION_MOST: u32 = 31 * 86_400;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    #[default]
    Info,
    /// It may hurt.
    Warning,
    /// It hurts.
    Critical,
}

/// Where a finding was read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The file of the incident's data.
    pub file: String,
    /// The place in it: a line, a path in JSON, a row.
    pub place: String,
}

/// One thing that a specialist found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Its name among the findings of an incident.
    pub id: String,
    /// The specialist that found it.
    pub source: String,
    /// When it began (RFC 3339; with `precision`, the begin of the period in which it began).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
    /// When it was over, where that is known (RFC 3339).
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<i64>,
    /// Its kind, from the vocabulary.
    pub kind: String,
    /// What it is about: `type/name`, such as `asg/web`, `node/ip-10-0-1-7`, `db/orders`.
    #[serde(default)]
    pub entities: Vec<String>,
    /// One line for people.
    pub summary: String,
    /// How bad it is.
    #[serde(default)]
    pub severity: Severity,
    /// The value before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<f64>,
    /// The value after it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<f64>,
    /// The unit of the values.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// For how many seconds after `at` it may have begun: 0 is an instant, 3600 an hourly line that bears the hour's
    /// begin.
    #[serde(default)]
    pub precision: u32,
    /// Where it was read.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Whether its times are pretended: those of rehearsals.
    #[serde(default)]
    pub simulated: bool,
}

impl Finding {
    /// The latest moment at which it may have begun, in milliseconds since 1970: the last of its period, whose end
    /// belongs to the next.
    #[must_use]
    pub fn latest(&self) -> i64 {
        self.at.saturating_add((i64::from(self.precision) * 1000 - 1).max(0))
    }
}

/// Against what findings are checked.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'a> {
    /// The kinds there are.
    pub kinds: &'a Kinds,
    /// The moment of the check, in milliseconds since 1970; nothing may be later. Nothing: not checked.
    pub now: Option<i64>,
    /// The incident's begin and end, in milliseconds since 1970, both included. Nothing: not checked.
    pub window: Option<(i64, i64)>,
}

/// Something that is wrong with a file of findings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The line of the file, or the number of the finding in a JSON array, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// What is wrong with a finding; empty when it can be used.
///
/// # Errors
/// A line for people.
pub fn check(finding: &Finding, bounds: &Bounds<'_>) -> Result<(), String> {
    for (what, name) in [("id", &finding.id), ("source", &finding.source)] {
        if name.trim().is_empty() || name.chars().count() > NAME_MOST {
            return Err(format!("`{what}` has to have 1 to {NAME_MOST} characters"));
        }
    }
    let id = printable(&finding.id);
    if bounds.kinds.get(&finding.kind).is_none() {
        return Err(unknown(&id, &finding.kind, bounds.kinds));
    }
    if finding.entities.len() > ENTITIES_MOST {
        return Err(format!("{id} names more than {ENTITIES_MOST} entities"));
    }
    if let Some(wrong) = finding.entities.iter().find(|e| !is_entity(e)) {
        return Err(format!("{id}: `{}` is no entity; write type/name, such as db/orders", printable(wrong)));
    }
    if finding.precision > PRECISION_MOST {
        return Err(format!("{id}: `precision` is at most {PRECISION_MOST} seconds"));
    }
    if finding.until.is_some_and(|until| until < finding.at) {
        return Err(format!("{id} is over before it began"));
    }
    let at = stamp::text(finding.at);
    if bounds.now.is_some_and(|now| finding.at > now.saturating_add(AHEAD_MOST)) {
        return Err(format!("{id} is at {at}, which is in the future"));
    }
    if let Some((from, to)) = bounds.window
        && (finding.latest() < from || finding.at > to)
    {
        let (from, to) = (stamp::text(from), stamp::text(to));
        return Err(format!("{id} is at {at}, outside the incident ({from} to {to})"));
    }
    Ok(())
}

fn unknown(id: &str, kind: &str, kinds: &Kinds) -> String {
    let near = match did_you_mean(kind, kinds.iter().map(|k| k.name.as_str())) {
        near if near.is_empty() => "; docs/incidents.md lists them".to_owned(),
        near => near,
    };
    format!("{id}: there is no kind `{}`{near}", printable(kind))
}

fn is_entity(text: &str) -> bool {
    let Some((kind, name)) = text.split_once('/') else { return false };
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    !kind.is_empty()
        && kind.bytes().all(word)
        && !name.is_empty()
        && text.chars().count() <= NAME_MOST
        && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// The findings of a text, by time and id, and what is wrong with the rest of it. The text is a line of JSON each, or
/// one JSON array. A finding that is there twice counts once; another with the same id is a problem.
#[must_use]
pub fn read(text: &str, bounds: &Bounds<'_>) -> (Vec<Finding>, Vec<Problem>) {
    read_of(text, bounds, Source::Stated)
}

/// Whose findings are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source<'a> {
    /// As each of them says.
    Stated,
    /// This one's, whatever they say.
    Is(&'a str),
    /// As they say, and this one's where they do not.
    Else(&'a str),
}

/// As [`read`], in somebody's name.
#[must_use]
pub fn read_of(text: &str, bounds: &Bounds<'_>, source: Source<'_>) -> (Vec<Finding>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut found: BTreeMap<String, Finding> = BTreeMap::new();
    let text = text.trim_start_matches('\u{feff}');
    let parts: Vec<(usize, Result<Finding, String>)> = if text.trim_start().starts_with('[') {
        match serde_json::from_str::<Vec<serde_json::Value>>(text) {
            Ok(list) => {
                let one = |v| serde_json::from_value(named(v, source)).map_err(|e| e.to_string());
                list.into_iter().enumerate().map(|(i, v)| (i + 1, one(v))).collect()
            }
            Err(e) => vec![(e.line(), Err(e.to_string()))],
        }
    } else {
        let lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
        lines.map(|(i, l)| (i + 1, line(l, source))).collect()
    };
    let mut seen = 0;
    for (line, one) in parts {
        seen += 1;
        if seen > FINDINGS_MOST {
            problems.push(Problem { line, why: format!("only the first {FINDINGS_MOST} findings are read") });
            break;
        }
        let right = one.and_then(|f| check(&f, bounds).map(|()| f));
        match right {
            Err(why) => problems.push(Problem { line, why: printable(&why) }),
            Ok(finding) => match found.get(&finding.id) {
                Some(same) if *same == finding => {}
                Some(_) => {
                    let why = format!("another finding is called {}", printable(&finding.id));
                    problems.push(Problem { line, why });
                }
                None => {
                    found.insert(finding.id.clone(), finding);
                }
            },
        }
    }
    let mut found: Vec<Finding> = found.into_values().collect();
    found.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    (found, problems)
}

fn line(text: &str, source: Source<'_>) -> Result<Finding, String> {
    if text.len() > BYTES_MOST {
        return Err(format!("a finding has at most {BYTES_MOST} bytes"));
    }
    // The line is told by whoever counts those of the file.
    let told = |e: serde_json::Error| e.to_string().replace(" at line 1 column ", ", column ");
    match source {
        Source::Stated => serde_json::from_str(text).map_err(told),
        _ => {
            let value = serde_json::from_str(text).map_err(told)?;
            serde_json::from_value(named(value, source)).map_err(told)
        }
    }
}

/// A finding in somebody's name.
fn named(mut value: serde_json::Value, source: Source<'_>) -> serde_json::Value {
    if let Some(fields) = value.as_object_mut() {
        match source {
            Source::Stated => {}
            Source::Is(name) => drop(fields.insert("source".into(), name.into())),
            Source::Else(name) => drop(fields.entry("source").or_insert_with(|| name.into())),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"id":"n1","source":"k8s","at":"2026-03-14T02:12:00Z","kind":"node.added","entities":["node/a"],"summary":"joined"}"#;

    fn with(change: &str, to: &str) -> String {
        let text = GOOD.replacen(change, to, 1);
        assert_ne!(text, GOOD);
        text
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_the_rest_goes_on() {
        let kinds = Kinds::built_in();
        let at = |text: &str| stamp::parse(text).unwrap();
        let bounds = Bounds {
            kinds: &kinds,
            now: Some(at("2026-03-14T05:00:00Z")),
            window: Some((at("2026-03-14T02:00:00Z"), at("2026-03-14T06:00:00Z"))),
        };
        let lines = [
            GOOD.to_owned(),
            String::new(),
            with("node.added", "node.addd"),
            "{\"id\": 7".to_owned(),
            with("02:12", "05:30").replacen("n1", "n2", 1),
            with("02:12", "01:12").replacen("n1", "n3", 1),
            with("node/a", "node a").replacen("n1", "n4", 1),
            with("2026-03-14T02:12:00Z", "02:12").replacen("n1", "n5", 1),
            GOOD.to_owned(),
            with("joined", "left"),
            with("joined\"", "joined\",\"colour\":1"),
            with("02:12", "02:11").replacen("n1", "n6", 1),
        ];
        let (found, problems) = read(&lines.join("\n"), &bounds);
        assert_eq!(found.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["n6", "n1"]);
        let expected = [
            (3, "did you mean `node.added`"),
            (4, "expected a string"),
            (5, "in the future"),
            (6, "outside the incident"),
            (7, "type/name"),
            (8, "no RFC 3339 time"),
            (10, "another finding is called n1"),
            (11, "unknown field"),
        ];
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, (line, why)) in problems.iter().zip(expected) {
            assert!(problem.line == line && problem.why.contains(why), "{problem}");
        }
    }

    #[test]
    fn an_array_is_read_as_lines_are() {
        let kinds = Kinds::built_in();
        let bounds = Bounds { kinds: &kinds, now: None, window: None };
        let (found, problems) = read(&format!("[{GOOD}, {}]", with("node.added", "x.y")), &bounds);
        assert_eq!((found.len(), problems.len(), problems[0].line), (1, 1, 2));
        assert_eq!(read(GOOD, &bounds).0, found);
        let (none, problems) = read("[{]", &bounds);
        assert!(none.is_empty() && problems.len() == 1);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let kinds = Kinds::built_in();
        let bounds = Bounds { kinds: &kinds, now: None, window: None };
        let (found, _) = read(GOOD, &bounds);
        let text = serde_json::to_string(&found[0]).unwrap();
        assert!(text.contains("\"at\":\"2026-03-14T02:12:00Z\"") && !text.contains("until"), "{text}");
        assert_eq!(read(&text, &bounds).0, found);
    }
}
