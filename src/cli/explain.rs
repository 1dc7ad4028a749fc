//! What `orchestra explain` prints for people, on eighty columns where its words allow it.

use super::answer::duration;
use super::table::wrapped;
use crate::domain::signal::printable;
use crate::domain::view::{Explained, Loser};

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

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::super::table::WIDTH;
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
