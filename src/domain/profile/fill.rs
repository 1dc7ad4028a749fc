//! Placeholders of a profile and what they stand for: one function for whoever needs arguments,
//! variables or files.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Inject, Profile};

/// The longest prompt that goes in as an argument, in bytes. The kernel allows 128 KiB an argument.
pub const ARGUMENT: usize = 100 * 1024;

/// Names of placeholders. Every part of a profile may use them, but the last two, a worktree's own git
/// directory and the one all worktrees share, which stand in `argv` alone.
pub const PLACES: [&str; 7] = ["orchestra", "agent", "worktree", "shell", "files", "gitdir", "commondir"];

/// What placeholders stand for. `{name}` is replaced by its text, `{name:sh}` by its text quoted for
/// `sh`, `{name:json}` by its text as the inside of a JSON string; filters can follow one another
/// (`{orchestra:sh:json}`). Anything else in braces stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places(BTreeMap<String, String>);

impl Places {
    /// With one more placeholder, or another text for it.
    #[must_use]
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), text.into());
        self
    }

    /// `text` with its placeholders replaced. What a placeholder stands for is not looked at again.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            let after = &rest[open + 1..];
            match after.find('}').and_then(|close| Some((self.stands_for(&after[..close])?, close))) {
                Some((value, close)) => {
                    out.push_str(&value);
                    rest = &after[close + 1..];
                }
                None => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }

    fn stands_for(&self, inside: &str) -> Option<String> {
        let mut parts = inside.split(':');
        let mut value = self.0.get(parts.next()?)?.clone();
        for filter in parts {
            value = match filter {
                "sh" => quoted(&value),
                "json" => inside_json(&value),
                _ => return None,
            };
        }
        Some(value)
    }
}

/// How a program is started.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Launch {
    /// Whether it goes on where its last run in this folder ended.
    pub resumed: bool,
    /// The prompt it is given as an argument.
    pub prompt: Option<String>,
}

impl Profile {
    /// The program and all its arguments.
    #[must_use]
    pub fn command(&self, places: &Places, launch: &Launch) -> Vec<String> {
        let inject = self.injects().flat_map(|i| &i.argv);
        let resume = self.resume.iter().filter(|_| launch.resumed);
        let mut argv: Vec<String> =
            self.argv.iter().chain(inject).chain(resume).map(|a| places.fill(a)).collect();
        if let Some(prompt) = &launch.prompt {
            let places = places.clone().with("prompt", prompt);
            argv.extend(self.first_prompt.iter().map(|a| places.fill(a)));
        }
        argv
    }

    /// The program alone, as it is looked up.
    #[must_use]
    pub fn program(&self, places: &Places) -> Option<String> {
        self.argv.first().map(|a| places.fill(a))
    }

    /// Whether that text can go in as an argument of a program that is being started.
    #[must_use]
    pub fn takes_argument(&self, text: &str) -> bool {
        // Some programs read a leading dash as an option and a leading slash or `@` as a command.
        let plain = text.starts_with(|c: char| c.is_alphanumeric() || c == '[');
        !self.first_prompt.is_empty() && text.len() <= ARGUMENT && plain && !text.contains('\0')
    }

    /// Sets the profile's own and the injected variables in `env`.
    pub fn set_environment(&self, places: &Places, env: &mut BTreeMap<String, String>) {
        for (name, value) in &self.env {
            env.insert(name.clone(), value.clone());
        }
        for (name, value) in self.injects().flat_map(|i| &i.env) {
            let value = places.fill(value);
            let merged = env.get(name).and_then(|there| merge(there, &value)).unwrap_or(value);
            env.insert(name.clone(), merged);
        }
    }

    /// The files to write, by their path below `{files}`. Two of one path are merged like variables.
    #[must_use]
    pub fn files(&self, places: &Places) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for file in self.injects().flat_map(|i| &i.files) {
            let text = places.fill(&file.text);
            let merged = files.get(&file.path).and_then(|there| merge(there, &text)).unwrap_or(text);
            files.insert(file.path.clone(), merged);
        }
        files
    }

    /// Whether a variable of that name is handed on from the server's environment when this program
    /// wants it (`pass`) or the user does (`asked`). What is stripped is never handed on.
    #[must_use]
    pub fn hands_on(&self, name: &str, asked: &[String]) -> bool {
        !matches_any(&self.strip, name) && (asked.iter().any(|a| a == name) || matches_any(&self.pass, name))
    }

    /// What is injected.
    pub fn injects(&self) -> impl Iterator<Item = &Inject> {
        [&self.hook, &self.mcp].into_iter().filter(|i| i.enabled)
    }
}

/// Whether `name` is one of `patterns`: names, or prefixes ending in `*`.
#[must_use]
pub fn matches_any(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|p| p.strip_suffix('*').map_or(p == name, |prefix| name.starts_with(prefix)))
}

fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn inside_json(text: &str) -> String {
    let whole = Value::from(text).to_string();
    whole.get(1..whole.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// Two JSON objects as one: what both hold is merged where it is an object or a list, else `new` counts.
/// None where one of them is no object.
fn merge(old: &str, new: &str) -> Option<String> {
    let (old, new): (Value, Value) = (serde_json::from_str(old).ok()?, serde_json::from_str(new).ok()?);
    (old.is_object() && new.is_object()).then(|| merged(old, new).to_string())
}

fn merged(old: Value, new: Value) -> Value {
    match (old, new) {
        (Value::Object(mut old), Value::Object(new)) => {
            for (key, value) in new {
                let value = match old.remove(&key) {
                    Some(there) => merged(there, value),
                    None => value,
                };
                old.insert(key, value);
            }
            Value::Object(old)
        }
        (Value::Array(mut old), Value::Array(new)) => {
            old.extend(new);
            Value::Array(old)
        }
        (_, new) => new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places::default().with("orchestra", "/opt/it's here/orchestra").with("agent", "SEC")
    }

    #[test]
    fn placeholders_are_replaced_once_and_other_braces_stay() {
        let p = places().with("prompt", "say {agent} {");
        assert_eq!(p.fill("{agent}: {prompt}"), "SEC: say {agent} {");
        assert_eq!(p.fill(r#"{"a":{"b":"{agent}"},"c":{}}"#), r#"{"a":{"b":"SEC"},"c":{}}"#);
        assert_eq!(p.fill("{agent:loud} {nobody} {agent"), "{agent:loud} {nobody} {agent");
        assert_eq!(p.fill("{orchestra:sh}"), r"'/opt/it'\''s here/orchestra'");
        let json = p.fill(r#"{"run":"{orchestra:sh:json} hook"}"#);
        let value: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["run"], r"'/opt/it'\''s here/orchestra' hook");
        assert_eq!(Places::default().with("x", "/plain/path-1").fill("{x:sh}"), "/plain/path-1");
    }

    fn profile(text: &str) -> Profile {
        toml::from_str(&format!("name = \"p\"\ntitle = \"P\"\n{text}")).unwrap()
    }

    #[test]
    fn arguments_come_in_order() {
        let p = profile(
            "argv = [\"p\", \"--as\", \"{agent}\"]\nresume = [\"-c\"]\nfirst_prompt = [\"-i\", \"{prompt}\"]\n\
             [hook]\nargv = [\"--tell\", \"{orchestra}\"]\n",
        );
        let told = ["p", "--as", "SEC", "--tell", "/opt/it's here/orchestra"];
        assert_eq!(p.command(&places(), &Launch::default()), told);
        let launch = Launch { resumed: true, prompt: Some("do {agent}".into()) };
        assert_eq!(p.command(&places(), &launch)[5..], ["-c", "-i", "do {agent}"]);
        let off = profile("argv = [\"p\"]\n[hook]\nenabled = false\nargv = [\"x\"]\nenv = { A = \"1\" }\n");
        assert_eq!(off.command(&places(), &Launch::default()), ["p"]);
        assert!(off.hook.is_empty() && !p.hook.is_empty());
    }

    #[test]
    fn only_a_plain_text_that_fits_goes_in_as_an_argument() {
        let p = profile("argv = [\"p\"]\nfirst_prompt = [\"{prompt}\"]\n");
        assert!(p.takes_argument("Fix it") && p.takes_argument(&"x".repeat(ARGUMENT)));
        for no in ["-c rm", "/quit", "@file", "!ls", " x", "", &"x".repeat(ARGUMENT + 1)] {
            assert!(!p.takes_argument(no), "{}", no.len());
        }
        assert!(!profile("argv = [\"p\"]\n").takes_argument("Fix it"));
    }

    #[test]
    fn variables_that_are_json_are_merged() {
        let p = profile(
            "argv = [\"p\"]\nenv = { A = \"{agent}\" }\n[hook.env]\nC = '{\"plugin\":[\"b\"],\"x\":{\"k\":2}}'\nN = \"{agent}\"\n",
        );
        let mut env = BTreeMap::from([
            ("C".to_owned(), r#"{"plugin":["a"],"x":{"j":1},"y":3}"#.to_owned()),
            ("N".to_owned(), "old".to_owned()),
        ]);
        p.set_environment(&places(), &mut env);
        assert_eq!(env["A"], "{agent}", "a profile's own variables are taken as they are");
        assert_eq!(env["N"], "SEC");
        let value: Value = serde_json::from_str(&env["C"]).unwrap();
        assert_eq!(value, serde_json::json!({"plugin": ["a", "b"], "x": {"j": 1, "k": 2}, "y": 3}));
    }

    #[test]
    fn what_is_stripped_is_never_handed_on() {
        let p = profile("argv = [\"p\"]\npass = [\"KEY_*\", \"TMUX\"]\nstrip = [\"TMUX*\", \"KEY_BAD\"]\n");
        let asked = ["TMUX_PANE".to_owned(), "MINE".to_owned()];
        assert!(p.hands_on("KEY_A", &asked) && p.hands_on("MINE", &asked));
        assert!(!p.hands_on("TMUX", &asked) && !p.hands_on("TMUX_PANE", &asked));
        assert!(!p.hands_on("KEY_BAD", &asked) && !p.hands_on("OTHER", &asked));
    }
}
