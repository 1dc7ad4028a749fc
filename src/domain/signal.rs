//! Texts from outside: what may be pasted, and what may be shown.

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

/// Makes text from outside safe to show: control characters, bidirectional overrides and
/// zero-width characters become spaces.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if is_hostile(c) { ' ' } else { c }).collect()
}

/// `json`, a text in JSON, with the same characters escaped: it means the same, and can be shown.
#[must_use]
pub fn escape_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        // They can only stand inside strings, and all fit four digits.
        if is_hostile(c) && c != '\n' {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cleaned_prompt_has_no_control_characters(text in any::<String>()) {
            let (clean, _) = clean_prompt(&text);
            prop_assert!(clean.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
            let (again, removed) = clean_prompt(&clean);
            prop_assert_eq!(again, clean);
            prop_assert_eq!(removed, 0);
        }

        #[test]
        fn escaped_json_means_the_same_and_can_be_shown(text in any::<String>(), c in prop::char::range('\u{80}', '\u{feff}')) {
            let text = format!("{text}{c}\u{9b}\u{202e}");
            let json = escape_json(&serde_json::to_string(&text).unwrap());
            prop_assert_eq!(&printable(&json), &json);
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
