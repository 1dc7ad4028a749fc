//! Figures of usage out of the files that agent programs keep of their runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Usage;

/// Messages of one run whose figures are told apart.
const MESSAGES_MOST: usize = 100_000;

/// Whose files they are, and so how they are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reader {
    /// Rollouts of codex: running totals, what is cached being part of the input.
    Codex,
    /// Transcripts of claude: figures of each message, which may be repeated.
    Claude,
    /// Sessions of pi: figures of each message, money with them.
    Pi,
}

/// What one file of a run says, line by line.
#[derive(Clone, Debug)]
pub struct Tally {
    reader: Reader,
    cwd: Option<String>,
    usage: Usage,
    /// Input, cached and output of messages that may come again, by their ids.
    messages: BTreeMap<String, [u64; 3]>,
}

impl Tally {
    /// Before the first line.
    #[must_use]
    pub fn new(reader: Reader) -> Self {
        let source = match reader {
            Reader::Codex => "codex rollout",
            Reader::Claude => "claude transcript",
            Reader::Pi => "pi session",
        };
        let usage = Usage { source: source.to_owned(), ..Usage::default() };
        Self { reader, cwd: None, usage, messages: BTreeMap::new() }
    }

    /// The directory the run works in, once a line has said it.
    #[must_use]
    pub fn cwd(&self) -> Option<&str> {
        self.cwd.as_deref()
    }

    /// What was used until now.
    #[must_use]
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// Takes a line. What is not understood says nothing.
    pub fn line(&mut self, line: &[u8]) {
        let Ok(value) = serde_json::from_slice::<Value>(line) else { return };
        if self.cwd.is_none() {
            let found = value.get("cwd").or_else(|| value.get("payload").and_then(|p| p.get("cwd")));
            self.cwd = found.and_then(Value::as_str).map(str::to_owned);
        }
        match self.reader {
            Reader::Codex => self.codex(&value),
            Reader::Claude => self.claude(&value),
            Reader::Pi => self.pi(&value),
        }
    }

    fn codex(&mut self, value: &Value) {
        let at = |path: &str| value.pointer(path);
        if at("/payload/type").and_then(Value::as_str) != Some("token_count") {
            return;
        }
        let Some(total) = at("/payload/info/total_token_usage") else { return };
        self.usage.input = number(total, "input_tokens");
        self.usage.cached = number(total, "cached_input_tokens");
        self.usage.output = number(total, "output_tokens");
        let window = at("/payload/info/model_context_window").and_then(Value::as_u64);
        let last = at("/payload/info/last_token_usage").map(|l| number(l, "total_tokens"));
        if let (Some(window @ 1..), Some(last)) = (window, last) {
            self.usage.context = u8::try_from(last.saturating_mul(100) / window).ok().map(|p| p.min(100));
        }
    }

    fn claude(&mut self, value: &Value) {
        let Some(message) = value.get("message") else { return };
        let (Some(id), Some(usage)) = (message.get("id").and_then(Value::as_str), message.get("usage"))
        else {
            return;
        };
        let cached = number(usage, "cache_read_input_tokens");
        let input = number(usage, "input_tokens")
            .saturating_add(number(usage, "cache_creation_input_tokens"))
            .saturating_add(cached);
        let now = [input, cached, number(usage, "output_tokens")];
        if self.messages.len() >= MESSAGES_MOST && !self.messages.contains_key(id) {
            return;
        }
        // A message that goes on is written again with what it has used until then.
        let before = self.messages.get(id).copied().unwrap_or_default();
        let most = [0, 1, 2].map(|i| now[i].max(before[i]));
        self.messages.insert(id.to_owned(), most);
        let more = |i: usize| most[i] - before[i];
        self.add(more(0), more(1), more(2));
    }

    fn pi(&mut self, value: &Value) {
        let Some(usage) = value.pointer("/message/usage") else { return };
        let cached = number(usage, "cacheRead");
        let input = number(usage, "input").saturating_add(cached).saturating_add(number(usage, "cacheWrite"));
        self.add(input, cached, number(usage, "output"));
        if let Some(usd) = usage.pointer("/cost/total").and_then(Value::as_f64).filter(|c| *c >= 0.0) {
            // Saturates: no sum of money comes near the limit.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let micro = (usd * 1e6).round() as u64;
            self.usage.micro_usd = Some(self.usage.micro_usd.unwrap_or(0).saturating_add(micro));
        }
    }

    fn add(&mut self, input: u64, cached: u64, output: u64) {
        let usage = &mut self.usage;
        usage.input = usage.input.saturating_add(input);
        usage.cached = usage.cached.saturating_add(cached);
        usage.output = usage.output.saturating_add(output);
    }
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(reader: Reader, lines: &str) -> Tally {
        let mut tally = Tally::new(reader);
        lines.lines().for_each(|l| tally.line(l.as_bytes()));
        tally
    }

    #[test]
    fn codex_counts_by_itself_and_says_how_full_it_is() {
        let t = tally(
            Reader::Codex,
            r#"{"timestamp":"t","type":"session_meta","payload":{"id":"x","cwd":"/w/SEC","cli_version":"0.169.0"}}
{"timestamp":"t","type":"event_msg","payload":{"type":"token_count","info":null}}
{"timestamp":"t","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":1000,"cached_input_tokens":400,"output_tokens":50,"reasoning_output_tokens":20,"total_tokens":1050},"last_token_usage":{"total_tokens":1050},"model_context_window":10000}}}
{"timestamp":"t","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":2500,"cached_input_tokens":1400,"output_tokens":90,"reasoning_output_tokens":20,"total_tokens":2590},"last_token_usage":{"total_tokens":1540},"model_context_window":10000}}}
not json"#,
        );
        assert_eq!(t.cwd(), Some("/w/SEC"));
        let u = t.usage();
        assert_eq!((u.input, u.cached, u.output, u.micro_usd, u.context), (2500, 1400, 90, None, Some(15)));
    }

    #[test]
    fn a_message_of_claude_counts_once() {
        let t = tally(
            Reader::Claude,
            r#"{"type":"user","cwd":"/w/SEC","message":{"role":"user","content":"go"}}
{"type":"assistant","cwd":"/w/SEC","message":{"id":"m1","usage":{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":85,"output_tokens":1}}}
{"type":"assistant","cwd":"/w/SEC","message":{"id":"m1","usage":{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":85,"output_tokens":40}}}
{"type":"assistant","cwd":"/w/SEC","message":{"id":"m2","usage":{"input_tokens":1,"output_tokens":2}}}"#,
        );
        let u = t.usage();
        assert_eq!((u.input, u.cached, u.output, u.micro_usd), (101, 85, 42, None));
    }

    #[test]
    fn pi_says_money_too() {
        let t = tally(
            Reader::Pi,
            r#"{"type":"session","version":3,"id":"x","cwd":"/w/SEC"}
{"type":"message","id":"a","message":{"role":"assistant","usage":{"input":100,"output":20,"cacheRead":30,"cacheWrite":7,"totalTokens":157,"cost":{"input":0.001,"output":0.002,"total":0.0031}}}}
{"type":"message","id":"b","message":{"role":"assistant","usage":{"input":1,"output":2,"cost":{"total":0.000002}}}}"#,
        );
        let u = t.usage();
        assert_eq!((u.input, u.cached, u.output, u.micro_usd), (138, 30, 22, Some(3102)));
    }
}
