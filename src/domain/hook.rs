//! What an agent program's own hooks say: the most trusted evidence of what it does.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest message kept of a hook, in characters.
pub const MESSAGE: usize = 16 * 1024;

/// One call of a hook or notify command, made uniform over agent programs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct HookEvent {
    /// What happened, in the program's word: `Stop`, `agent-turn-complete`.
    pub event: String,
    /// Its kind, where the program tells several apart: `permission_prompt`.
    pub detail: String,
    /// The last message of the agent or the text of the notification; may be empty.
    pub message: String,
    /// The directory the program says it works in; may be empty.
    pub cwd: String,
}

impl HookEvent {
    /// Reads what a program handed to `orchestra hook`: `event` from the command line, `payload`
    /// a JSON object or nothing. Text is made safe to show.
    ///
    /// # Errors
    /// When `payload` is neither empty nor a JSON object, or no event is named anywhere.
    pub fn parse(event: &str, payload: &str) -> Result<Self, String> {
        let value = match payload.trim() {
            "" => Value::Null,
            text => serde_json::from_str(text).map_err(|e| format!("read the hook's payload: {e}"))?,
        };
        if !matches!(value, Value::Null | Value::Object(_)) {
            return Err("read the hook's payload: expected a JSON object".into());
        }
        let text = |keys: &[&str]| {
            let found = keys.iter().find_map(|k| value.get(k).and_then(Value::as_str)).unwrap_or_default();
            found.to_owned()
        };
        let safe = |s: &str, most: usize| -> String {
            let lines: Vec<String> = s.lines().map(super::signal::printable).collect();
            lines.join("\n").chars().take(most).collect()
        };
        let named = if event.is_empty() { text(&["hook_event_name", "type", "event"]) } else { event.into() };
        if named.is_empty() {
            return Err("find the event: name it, or send a payload with `hook_event_name` or `type`".into());
        }
        Ok(Self {
            event: safe(&named, 100),
            detail: safe(&text(&["notification_type", "reason", "source", "tool_name"]), 200),
            message: safe(
                &text(&["last_assistant_message", "last-assistant-message", "message", "prompt_response"]),
                MESSAGE,
            ),
            cwd: safe(&text(&["cwd"]), 4096),
        })
    }

    /// The text that rules with `source = "hook"` are tried on: event, detail and message, each
    /// on its own line.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}", self.event, self.detail, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_of_several_programs_read_alike() {
        let codex = r#"{"type":"agent-turn-complete","cwd":"/w","last-assistant-message":"Done.\nAll \u001b[31mgreen"}"#;
        let seen = HookEvent::parse("", codex).unwrap();
        assert_eq!((seen.event.as_str(), seen.cwd.as_str()), ("agent-turn-complete", "/w"));
        assert_eq!(seen.message, "Done.\nAll  [31mgreen");
        let claude =
            r#"{"hook_event_name":"Notification","notification_type":"permission_prompt","message":"?"}"#;
        let seen = HookEvent::parse("", claude).unwrap();
        assert_eq!(seen.text(), "Notification\npermission_prompt\n?");
        assert_eq!(HookEvent::parse("idle", "").unwrap().event, "idle");
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for payload in ["[1]", "{", "7", "", "{}"] {
            assert!(HookEvent::parse("", payload).is_err(), "{payload}");
        }
    }
}
