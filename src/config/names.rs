//! Rules for the names and paths a configuration may hold. Each says what was expected.

use crate::domain::id::{AgentName, ORCHESTRATOR};
use crate::domain::train::Who;

/// Words that commands read as something else than an agent.
const RESERVED: [&str; 3] = [ORCHESTRATOR, "all", "merged"];

/// Checks the name of an agent of the team.
pub(super) fn agent(text: &str) -> Result<AgentName, String> {
    if RESERVED.iter().any(|r| r.eq_ignore_ascii_case(text)) {
        return Err(format!("`{text}` is reserved; give the agent another name"));
    }
    AgentName::new(text).map_err(|_| {
        format!("expected a letter, then at most 31 letters, digits, `_` or `-`, found {}", shown(text))
    })
}

/// Checks a word that people type: a gate, a group, a plan, a session.
pub(super) fn word(text: &str) -> Result<(), String> {
    let first = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let rest = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if first && rest && text.len() <= 64 && !text.ends_with('.') {
        return Ok(());
    }
    Err(format!(
        "expected a letter or digit, then at most 63 letters, digits, `_`, `-` or `.`, found {}",
        shown(text)
    ))
}

/// Checks a branch name by git's rules.
pub(super) fn branch(text: &str) -> Result<(), String> {
    let bad = |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
    let why = if text.is_empty() {
        "it is empty".to_owned()
    } else if text.len() > 200 {
        "it is longer than 200 bytes".to_owned()
    } else if text.starts_with('-') {
        "it begins with `-`".to_owned()
    } else if text == "HEAD" || text == "@" {
        "git means something else by it".to_owned()
    } else if let Some(c) = text.chars().find(|c| bad(*c)) {
        format!("it holds {}", shown(&c.to_string()))
    } else if let Some(part) = ["..", "@{", "//"].into_iter().find(|p| text.contains(p)) {
        format!("it holds `{part}`")
    } else if text.starts_with('/') || text.ends_with('/') || text.ends_with('.') {
        "it begins or ends with `/`, or ends with `.`".to_owned()
    } else if text.split('/').any(|p| p.starts_with('.') || p.ends_with(".lock")) {
        "a part of it begins with `.` or ends with `.lock`".to_owned()
    } else {
        return Ok(());
    };
    Err(format!("expected a name git takes for a branch, found {}: {why}", shown(text)))
}

/// Checks somebody's name and address, as git writes them: `Ada <ada@example.org>`.
pub(super) fn who(text: &str) -> Result<Who, String> {
    let parts = text.trim().strip_suffix('>').and_then(|t| t.split_once('<'));
    let whole = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_control() || "<>".contains(c));
    match parts.map(|(name, email)| (name.trim(), email.trim())) {
        Some((name, email)) if whole(name) && whole(email) => {
            Ok(Who { name: name.to_owned(), email: email.to_owned() })
        }
        _ => Err(format!("expected `Name <address>`, found {}", shown(text))),
    }
}

/// Checks a path below the repository: relative and without `..`.
pub(super) fn path_below(text: &str) -> Result<(), String> {
    let bad =
        text.starts_with(['/', '~']) || text.split('/').any(|p| p == "..") || text.contains(char::is_control);
    if bad {
        return Err(format!("expected a path inside the repository, without `..`, found {}", shown(text)));
    }
    Ok(())
}

/// Checks the name of an environment variable that may be handed on or set.
pub(super) fn variable(text: &str) -> Result<(), String> {
    let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !first || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err(format!("expected the name of an environment variable, found {}", shown(text)));
    }
    // What a pane is told of itself is not to be forged; the rehearsal agent's own settings are free.
    if text.starts_with("ORCHESTRA_") && !text.starts_with("ORCHESTRA_REHEARSE_") {
        return Err(format!("`{text}` is set by orchestra for each pane by itself; leave it out"));
    }
    Ok(())
}

/// Checks a command line: something in it, and no NUL byte.
pub(super) fn command(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(String::from("expected a command line for `sh -c`, found nothing"));
    }
    no_nul(text)
}

/// Checks that the system can be given `text` as an argument.
pub(super) fn no_nul(text: &str) -> Result<(), String> {
    if text.contains('\0') {
        return Err(String::from("expected text without NUL, which no program can be given"));
    }
    Ok(())
}

/// Checks the subject (and body) of a commit message.
pub(super) fn message(text: &str) -> Result<(), String> {
    let subject = text.lines().next().unwrap_or_default();
    if subject.trim().is_empty() || text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(String::from("expected a commit message whose first line is not empty, of plain text"));
    }
    Ok(())
}

/// `text` quoted, cut and without anything a terminal would act on.
pub(super) fn shown(text: &str) -> String {
    let escaped: String = text.escape_debug().take(81).collect();
    match escaped.char_indices().nth(80) {
        Some((at, _)) => format!("`{}…`", &escaped[..at]),
        None => format!("`{escaped}`"),
    }
}
