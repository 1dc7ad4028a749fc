//! The conflict matrix as text.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use crate::domain::id::AgentName;
use crate::domain::review::{Along, Conflict, Engines, Matrix, Verdict};
use crate::domain::signal::printable;

/// Conflicts listed below the table of one pair.
const LISTED: usize = 5;
/// Columns between two cells.
const GAP: usize = 1;

/// The matrix at a width of `width` columns: a table of all pairs with counts of conflicts (`·` clean, `?` cannot
/// tell, `…` not known yet), and below it what conflicts where, the order, and a better one. Where the table is too
/// wide for the screen, names at its top are cut.
pub(super) fn text(matrix: &Matrix, width: usize) -> String {
    let mut text = table(matrix, width);
    for tip in &matrix.tips {
        let name = &tip.agent;
        if !tip.why.is_empty() {
            line(&mut text, &format!("{name}: {}", tip.why), width);
        } else if tip.open {
            line(&mut text, &format!("{name}: uncommitted files count in"), width);
        }
    }
    for one in &matrix.onto {
        verdict(&mut text, &format!("{} × target", one.agent), &one.verdict, width);
    }
    for pair in &matrix.pairs {
        verdict(&mut text, &format!("{} × {}", pair.a, pair.b), &pair.verdict, width);
    }
    order(&mut text, matrix, width);
    text
}

fn table(matrix: &Matrix, width: usize) -> String {
    let names: Vec<&AgentName> = matrix.tips.iter().map(|t| &t.agent).collect();
    let left = names.iter().map(|n| n.as_str().width()).max().unwrap_or(0).max("target".len());
    let widest = names.iter().map(|n| n.as_str().width()).max().unwrap_or(1).max(2);
    let room = width.saturating_sub(left) / names.len().max(1);
    let cell = widest.min(room.saturating_sub(GAP)).max(2);
    let mut text = String::new();
    let mut row = |first: &str, cells: &mut dyn Iterator<Item = String>| {
        let mut line = format!("{first:<left$}");
        for content in cells {
            let _ = write!(line, "{:GAP$}{}", "", fit(&content, cell));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    };
    row("", &mut names.iter().map(|n| n.to_string()));
    let onto = |n: &&AgentName| matrix.onto.iter().find(|o| o.agent == **n).map(|o| &o.verdict);
    row("target", &mut names.iter().map(|n| mark(onto(n))));
    for (i, one) in names.iter().enumerate() {
        let cells = names.iter().enumerate().map(|(j, other)| match i.cmp(&j) {
            std::cmp::Ordering::Greater => String::new(),
            std::cmp::Ordering::Equal => "─".to_owned(),
            std::cmp::Ordering::Less => {
                let unreadable = |n: &AgentName| {
                    matrix.tips.iter().any(|t| t.agent == *n && t.oid.0.is_empty() && !t.why.is_empty())
                };
                match matrix.pair(one, other) {
                    None if unreadable(one) || unreadable(other) => "?".to_owned(),
                    pair => mark(pair.map(|p| &p.verdict)),
                }
            }
        });
        row(one.as_str(), &mut cells.collect::<Vec<_>>().into_iter());
    }
    text
}

/// A verdict in one cell.
fn mark(verdict: Option<&Verdict>) -> String {
    match verdict {
        None => "…".into(),
        Some(v) if v.clean() => "·".into(),
        Some(v) if v.count() > 0 => v.count().to_string(),
        Some(_) => "?".into(),
    }
}

/// A text at exactly that width.
fn fit(text: &str, width: usize) -> String {
    let mut cut = String::new();
    for c in text.chars() {
        if cut.width() + 1 > width {
            break;
        }
        cut.push(c);
    }
    format!("{cut}{:pad$}", "", pad = width.saturating_sub(cut.width()))
}

/// What a verdict says beyond that it is clean.
fn verdict(text: &mut String, what: &str, verdict: &Verdict, width: usize) {
    if !verdict.why.is_empty() {
        line(text, &format!("{what}: cannot tell: {}", verdict.why), width);
    }
    let listed = verdict.conflicts.iter().take(LISTED);
    let more = verdict.count().saturating_sub(u32::try_from(listed.len()).unwrap_or(0));
    for conflict in listed {
        line(text, &format!("{what}: {}", said(conflict)), width);
    }
    if more > 0 {
        line(text, &format!("{what}: and {more} more"), width);
    }
    if let Engines::Disagree(why) = &verdict.engines {
        line(text, &format!("{what}: engines disagree, git is followed: {why}"), width);
    }
}

fn said(conflict: &Conflict) -> String {
    let also = &conflict.also;
    if also.is_empty() { conflict.to_string() } else { format!("{conflict}, also {}", also.join(", ")) }
}

fn order(text: &mut String, matrix: &Matrix, width: usize) {
    let names = |list: &[AgentName]| list.iter().map(AgentName::as_str).collect::<Vec<_>>().join(" ");
    let bad: Vec<&Along> = matrix.along.iter().filter(|a| !a.verdict.clean()).collect();
    if matrix.partial {
        return line(text, "not everything is compared yet", width);
    }
    let count = |n: usize| match n {
        0 => "no conflicts".to_owned(),
        1 => "1 conflict".to_owned(),
        n => format!("{n} conflicts"),
    };
    line(text, &format!("order {}: {}", names(&matrix.order), count(bad.len())), width);
    for step in bad {
        let with = if step.with.is_empty() { String::new() } else { format!(" with {}", names(&step.with)) };
        verdict(text, &format!("  {}{with}", step.agent), &step.verdict, width);
    }
    for sentence in &matrix.disorder {
        line(text, sentence, width);
    }
    if let Some(better) = &matrix.proposal {
        let n = usize::try_from(better.conflicts).unwrap_or(usize::MAX);
        let told =
            format!("better: {}: {}; `orchestra review --take-order` takes it", better.moves, count(n));
        line(text, &told, width);
    }
}

/// One line, safe to show, wrapped at spaces.
fn line(text: &mut String, said: &str, width: usize) {
    let said = printable(said);
    let indent = said.len() - said.trim_start().len();
    let mut row = " ".repeat(indent);
    for word in said.trim_start().split(' ') {
        if !row.trim().is_empty() && row.width() + 1 + word.width() > width.max(20) {
            text.push_str(row.trim_end());
            text.push('\n');
            row = " ".repeat(indent + 2);
        } else if !row.trim().is_empty() {
            row.push(' ');
        }
        row.push_str(word);
    }
    text.push_str(row.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::review::{ConflictKind, Hunk, Pair, Proposal, Tip};

    fn name(text: &str) -> AgentName {
        AgentName::new(text).unwrap()
    }

    fn bad(path: &str, kind: ConflictKind, places: &[[u32; 2]]) -> Verdict {
        let hunks = places.iter().map(|ours| Hunk { ours: *ours, theirs: [1, 1] }).collect();
        let conflicts = vec![Conflict { hunks, ..Conflict::new(path, kind) }];
        Verdict { conflicts, ..Verdict::default() }
    }

    fn matrix() -> Matrix {
        let team = ["ARCH", "PLAT", "SEC", "NETWORK"].map(name);
        let tip = |a: &AgentName| Tip {
            agent: a.clone(),
            oid: crate::domain::id::Oid("aa".into()),
            open: a == "SEC",
            files: 1,
            why: String::new(),
        };
        let mut pairs = Vec::new();
        for (i, a) in team.iter().enumerate() {
            for b in &team[i + 1..] {
                let verdict = match (a.as_str(), b.as_str()) {
                    ("PLAT", "NETWORK") => Verdict {
                        more: 9,
                        ..bad("config/schema.json", ConflictKind::Content, &[[40, 52], [60, 60]])
                    },
                    ("SEC", "NETWORK") => bad("policies/egress.yaml", ConflictKind::AddAdd, &[]),
                    ("ARCH", "SEC") => Verdict { why: "no common history".into(), ..Verdict::default() },
                    _ => Verdict::default(),
                };
                pairs.push(Pair { a: a.clone(), b: b.clone(), verdict });
            }
        }
        let along = |a: &AgentName| Along {
            agent: a.clone(),
            with: if a == "NETWORK" { vec![name("PLAT"), name("SEC")] } else { vec![] },
            verdict: pairs[4].verdict.clone(),
        };
        let along = team[3..].iter().map(along).collect();
        let onto = team.iter().map(|a| Along { agent: a.clone(), with: vec![], verdict: Verdict::default() });
        let order: Vec<AgentName> = team.to_vec();
        let moves = "NETWORK before PLAT".to_owned();
        let proposal = Some(Proposal { order: order.clone(), conflicts: 1, instead_of: 2, moves });
        let disorder = vec!["PLAT merges before SEC, whose work it builds on".to_owned()];
        Matrix {
            tips: team.iter().map(tip).collect(),
            onto: onto.collect(),
            pairs,
            order,
            along,
            proposal,
            disorder,
            ..Matrix::default()
        }
    }

    #[test]
    fn a_table_then_what_conflicts_then_the_order() {
        insta::assert_snapshot!(text(&matrix(), 100));
    }

    #[test]
    fn narrow_screens_and_what_is_not_known_yet() {
        let mut all = matrix();
        all.partial = true;
        all.pairs.truncate(2);
        insta::assert_snapshot!(text(&all, 24));
    }

    #[test]
    fn nobody_and_sixty_four_agents() {
        assert_eq!(text(&Matrix::default(), 80), "\ntarget\norder : no conflicts\n");
        let mut many = matrix();
        many.tips =
            (0..64).map(|n| Tip { agent: name(&format!("AGENT{n}")), ..many.tips[0].clone() }).collect();
        let text = text(&many, 0);
        assert!(text.lines().take(66).all(|l| l.width() <= 8 + 64 * 3), "{text}");
    }
}
