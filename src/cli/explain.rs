//! What `orchestra explain` prints for people, on eighty columns where its words allow it.

use unicode_width::UnicodeWidthStr;

use super::answer::duration;
use crate::domain::signal::printable;
use crate::domain::view::{Explained, Loser};

/// Columns of a line.
const WIDTH: usize = 80;

/// An explanation for people.
pub(super) fn text(e: &Explained) -> String {
    let mut lines = vec![format!("{} is {} for {}", e.agent, e.state, duration(e.age_ms))];
    if let Some(until) = &e.until {
        lines.push(format!("  until     {}", super::status::clock(until)));
    }
    if let Some(since) = &e.pinned {
        lines.push(format!("  pinned    since {}, by hand", super::status::clock(since)));
    }
    lines.push(format!("  by rule   {} ({})", e.rule, e.source));
    if !e.evidence.is_empty() {
        lines.push(format!("  evidence  {}", e.evidence));
    }
    for loser in &e.losers {
        lines.extend(other(loser));
    }
    lines.push(match e.next_look_ms {
        Some(ms) => format!("  next look in {}", duration(ms)),
        None => "  next look when something happens".to_owned(),
    });
    let lines: Vec<String> = lines.iter().map(|l| wrapped(&printable(l))).collect();
    format!("{}\n", lines.join("\n"))
}

fn other(l: &Loser) -> [String; 3] {
    [
        format!("  not {} by {} ({}), {} old", l.state, l.rule, l.source, duration(l.age_ms)),
        format!("      evidence  {}", l.evidence),
        format!("      because   {}", l.why),
    ]
}

/// A line that is too long goes on below its text; a word that fits nowhere, such as a path, stays whole.
fn wrapped(line: &str) -> String {
    if line.width() <= WIDTH {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start().len();
    let label = line[indent..].find("  ").map_or(indent, |at| {
        let rest = &line[indent + at..];
        indent + at + rest.len() - rest.trim_start().len()
    });
    let mut lines = vec![line[..label].to_owned()];
    let mut fresh = true;
    for word in line[label..].split_whitespace() {
        let Some(last) = lines.last_mut() else { break };
        if !fresh && last.width() + 1 + word.width() > WIDTH {
            lines.push(" ".repeat(label));
            fresh = true;
        }
        let Some(last) = lines.last_mut() else { break };
        last.push_str(if fresh { "" } else { " " });
        last.push_str(word);
        fresh = false;
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentName;
    use crate::domain::state::AgentState;

    #[test]
    fn eighty_columns_hold_it_and_no_pane_steers_this_terminal() {
        let e = Explained {
            agent: AgentName::new("SEC").unwrap(),
            state: AgentState::Working,
            since: "2026-01-01T00:00:00Z".into(),
            source: "title".into(),
            rule: "claude/title-spinner".into(),
            evidence: format!("⠋ {}", "宽宽宽 ".repeat(14)),
            age_ms: 42_000,
            over: vec![],
            losers: vec![Loser {
                rule: "claude/composer".into(),
                source: "screen".into(),
                state: AgentState::Idle,
                evidence: "❯ \u{1b}[2J".into(),
                age_ms: 400,
                why: "less trusted than claude/title-spinner".into(),
            }],
            pinned: None,
            until: None,
            next_look_ms: Some(800),
        };
        let text = text(&e);
        assert!(text.lines().all(|l| l.width() <= WIDTH), "{text}");
        let expected = format!(
            "SEC is working for 42 s\n  by rule   claude/title-spinner (title)\n  evidence  ⠋ {}\n            {}\n\
             \x20 not idle by claude/composer (screen), 0.4 s old\n      evidence  ❯  [2J\n\
             \x20     because   less trusted than claude/title-spinner\n  next look in 0.8 s\n",
            "宽宽宽 ".repeat(9).trim_end(),
            "宽宽宽 ".repeat(5).trim_end()
        );
        assert_eq!(text, expected);
    }
}
