//! Texts that mean something: what may be pasted, and what counts as a claim.

/// Longest text a dispatch takes, in bytes: with its paste markers it fits a pane's input queue.
pub const MAX_PROMPT: usize = 4 << 20;

/// Removes what a paste must not contain: ESC, C0 (but newline and tab), DEL and C1.
/// The second value counts the characters removed.
#[must_use]
pub fn clean_prompt(text: &str) -> (String, usize) {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut removed = 0;
    let kept = text
        .chars()
        .filter(|c| {
            let keep = matches!(c, '\n' | '\t') || !c.is_control();
            removed += usize::from(!keep);
            keep
        })
        .collect();
    (kept, removed)
}

/// Whether a finished line of `agent`'s own pane claims readiness with `code`.
///
/// The line, less decoration (bullets, tree marks, box edges, quotes), must be exactly
/// `[AGENT] <NAME> <phrase> <code>` or the same without `[AGENT]`.
#[must_use]
pub fn claims(line: &str, agent: &str, phrase: &str, code: &str) -> bool {
    let decoration = |c: char| !c.is_alphanumeric() && c != '[' && c != ']';
    let line = line.trim_matches(decoration);
    let mut words = line.split_whitespace().peekable();
    if words.peek() == Some(&"[AGENT]") {
        words.next();
    }
    let expected = [agent].into_iter().chain(phrase.split_whitespace()).chain([code]);
    !code.is_empty() && words.eq(expected)
}

/// Makes text from outside safe to show: control characters, bidirectional overrides and
/// zero-width characters become spaces.
#[must_use]
pub fn printable(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}')
    };
    text.chars().map(|c| if hostile(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_whole_line_with_the_code_claims() {
        let yes = [
            "[AGENT] SEC READY FOR MERGE k7f3",
            "● [AGENT] SEC READY FOR MERGE k7f3",
            "  ⎿  SEC READY FOR MERGE k7f3 ",
            "│ [AGENT] SEC READY FOR MERGE k7f3   │",
            "**SEC READY FOR MERGE k7f3**",
        ];
        for line in yes {
            assert!(claims(line, "SEC", "READY FOR MERGE", "k7f3"), "{line}");
        }
        let no = [
            "[AGENT] SEC READY FOR MERGE",
            "[AGENT] SEC READY FOR MERGE k7f4",
            "[AGENT] OBS READY FOR MERGE k7f3",
            "then print [AGENT] SEC READY FOR MERGE k7f3",
            "[AGENT] SEC READY FOR MERGE k7f3 when you are done",
            "$ echo \"[AGENT] SEC READY FOR MERGE k7f3\"",
            "READY FOR MERGE k7f3",
            "",
        ];
        for line in no {
            assert!(!claims(line, "SEC", "READY FOR MERGE", "k7f3"), "{line}");
        }
        assert!(!claims("SEC READY FOR MERGE", "SEC", "READY FOR MERGE", ""));
    }

    proptest! {
        #[test]
        fn a_cleaned_prompt_has_no_control_characters(text in any::<String>()) {
            let (clean, _) = clean_prompt(&text);
            prop_assert!(clean.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
            let (again, removed) = clean_prompt(&clean);
            prop_assert_eq!(again, clean);
            prop_assert_eq!(removed, 0);
        }
    }
}
