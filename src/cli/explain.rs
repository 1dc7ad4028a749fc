//! What `orchestra explain` prints for people, on at most eighty columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::answer::duration;
use crate::domain::signal::printable;
use crate::domain::view::{Explained, Loser};

/// Columns of a line at most.
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
    let cut: Vec<String> = lines.iter().map(|l| cut(&printable(l))).collect();
    format!("{}\n", cut.join("\n"))
}

fn other(l: &Loser) -> [String; 3] {
    [
        format!("  not {} by {} ({}), {} old", l.state, l.rule, l.source, duration(l.age_ms)),
        format!("      evidence  {}", l.evidence),
        format!("      because   {}", l.why),
    ]
}

/// As much of a line as fits; `--json` gives the whole of it.
fn cut(line: &str) -> String {
    if line.width() <= WIDTH {
        return line.to_owned();
    }
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used < WIDTH
    };
    let kept: String = line.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
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
            evidence: format!("⠋ {}", "宽".repeat(100)),
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
            "SEC is working for 42 s\n  by rule   claude/title-spinner (title)\n  evidence  ⠋ {}…\n\
             \x20 not idle by claude/composer (screen), 0.4 s old\n      evidence  ❯  [2J\n\
             \x20     because   less trusted than claude/title-spinner\n  next look in 0.8 s\n",
            "宽".repeat(32)
        );
        assert_eq!(text, expected);
    }
}
