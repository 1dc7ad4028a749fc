//! What a pretended agent hands over at the end of a task.

use serde_json::Value;

use super::brief::Brief;
use super::tool::short;
use super::trade;

/// The most entries of what was accomplished.
const DONE_MOST: usize = 6;
/// What is held against work by who holds something against it.
const POINT: &str = "the limits are guesses; put measured ones there";

/// How much of what is asked for is handed over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Items {
    /// All of it.
    All,
    /// All but the last.
    AllButOne,
}

/// What is said of the work that is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// It is good.
    Met,
    /// It is to be done again.
    Again,
}

/// The handover of a task, as a brief wants it.
pub(super) fn text(brief: &Brief, files: &[String], items: Items, verdict: Verdict) -> String {
    let trade = trade::of(brief.text("specialist"));
    let mut lines = vec!["## Done".to_owned()];
    let outcomes = brief.texts("outcomes").take(DONE_MOST).map(|o| format!("- {}", short(o)));
    lines.extend(outcomes);
    lines.push(format!("- written: {}", files.join(", ")));
    lines.extend(brief.texts("feedback").map(|f| format!("- mended: {}", short(f))));
    let pair = |(what, more): (&str, &str)| format!("- {what}: {more}");
    lines.extend(["## Decisions".to_owned(), pair(trade.decision)]);
    lines.extend(["## Risks".to_owned(), pair(trade.risk)]);
    lines.extend(["## Next".to_owned(), format!("- {}", trade.next)]);
    let asked = brief.list("hands_over");
    let count = if items == Items::All { asked.len() } else { asked.len().saturating_sub(1) };
    if !asked.is_empty() {
        lines.push("## Handover".to_owned());
    }
    let field =
        |item: &Value, name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    for (n, item) in asked.iter().take(count).enumerate() {
        let file = files.get(n % files.len().max(1)).map_or("", String::as_str);
        lines.push(format!("- {}: {} ({})", field(item, "key"), file, short(&field(item, "what"))));
    }
    if !brief.text("judges").is_empty() {
        lines.push("## Verdict".to_owned());
        match verdict {
            Verdict::Met => lines.push("met".to_owned()),
            Verdict::Again => lines.extend(["again".to_owned(), format!("- {POINT}")]),
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workflow::project::{self, handover};

    fn brief() -> Brief {
        Brief(serde_json::json!({
            "task": "cluster", "specialist": "kubernetes-specialist", "outcomes": ["charts in deploy/"],
            "hands_over": [{"key": "manifests", "what": "the charts"}, {"key": "ingress", "what": "the way in"}],
            "judges": "containers", "feedback": ["limits"],
        }))
    }

    #[test]
    fn it_has_every_section_and_every_item() {
        let files = ["deploy/cluster/Chart.yaml".to_owned(), "deploy/cluster/values.yaml".to_owned()];
        let parts = handover::parse(&text(&brief(), &files, Items::All, Verdict::Met));
        assert_eq!(parts.done.len(), 3);
        assert_eq!(parts.items["ingress"], "deploy/cluster/values.yaml (the way in)");
        assert_eq!(parts.items.len(), 2);
        let counts = (parts.decisions.len(), parts.risks.len(), parts.next.len());
        assert_eq!((counts, parts.verdict), ((1, 1, 1), Some(project::Verdict::Met)));
        let parts = handover::parse(&text(&brief(), &files, Items::AllButOne, Verdict::Again));
        assert!(parts.items.contains_key("manifests") && !parts.items.contains_key("ingress"));
        assert_eq!((parts.verdict, parts.feedback.len()), (Some(project::Verdict::Again), 1));
        let alone = Brief(serde_json::json!({"task": "x", "specialist": "nobody"}));
        let parts = handover::parse(&text(&alone, &[], Items::AllButOne, Verdict::Again));
        assert!(parts.items.is_empty() && parts.verdict.is_none());
    }
}
