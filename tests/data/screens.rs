//! What agent programs show, and what their profiles make of it.

use orchestra::domain::profile::{Profile, Source};
use orchestra::domain::state::AgentState;

use crate::profile;

/// The state as the engine decides it: the first rule of each source, a question or a limit before
/// all, else the most trusted source.
fn state(profile: &Profile, evidence: &[(&str, &str)]) -> Option<String> {
    let mut rules = profile.rules.clone();
    rules.sort_by_key(|r| r.source);
    let mut found: Vec<(Source, AgentState)> = Vec::new();
    for rule in &rules {
        let source = format!("{:?}", rule.source).to_lowercase();
        let shown = evidence.iter().find(|(s, _)| *s == source).map_or("", |(_, text)| text);
        let first = found.iter().all(|(s, _)| *s != rule.source);
        if first && !shown.is_empty() && regex::Regex::new(&rule.pattern).unwrap().is_match(shown) {
            found.push((rule.source, rule.state));
        }
    }
    let urgent = found.iter().find(|(_, s)| matches!(s, AgentState::Asking | AgentState::Limited));
    urgent.or(found.first()).map(|(_, s)| s.to_string())
}

// As the programs named in the profiles show it, less blank rows.
const CODEX_TRUST: &str = "  Folder access\n  /w/SEC\n  Trust this folder? Codex can read,\n  edit, and run files here.\n\
    › 1. Trust and continue\n  2. Back to Agent Command Center\n  enter continue · esc back";
const CODEX_SIGN_IN: &str = "  Choose how you want to use Codex.\n> 1. Sign in with ChatGPT\n\
    \x20 2. Sign in with Device Code\n  Press enter to continue";
const CODEX_APPROVAL: &str = "  Would you like to run the following command?\n  $ touch x\n› 1. Yes, proceed (y)\n\
    \x20 3. No, and tell Codex what to do differently (esc)\n  Press enter to confirm or esc to cancel";
const CODEX_AFTER_LIMIT: &str = "■ You’ve hit your usage limit. Try again at 4:01 AM.\n› go on\n• Done.\n\
    \x20 Worked for 2s • 04:02\n› Ask Codex to do anything\n  fake default · /w/SEC\n  ← for agents · ? for shortcuts";

/// A screen of pi with something above its composer.
fn pi_shows(above: &str) -> String {
    let rule = "─".repeat(40);
    format!(" $ sh build.sh\n{above}\n{rule}\n{rule}\n/w/SEC (agent-3-sec)\n0.0%/128k (auto)     (fake) fake")
}

/// A profile, what its program shows by source, and the state that is.
type Shown<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<&'a str>);

#[test]
fn what_the_programs_show_means_what_it_should() {
    let table: &[Shown] = &[
        ("rehearsal", &[("title", "✳ rehearsal SEC")], Some("idle")),
        ("rehearsal", &[("title", "⠹ rehearsal SEC")], Some("working")),
        ("rehearsal", &[("title", "? rehearsal SEC"), ("progress", "4")], Some("asking")),
        (
            "rehearsal",
            &[("title", "rehearsal SEC"), ("screen", "usage limit reached — resets at 14:05")],
            Some("limited"),
        ),
        ("rehearsal", &[("title", "")], None),
        ("claude", &[("title", "⠂ Fix the build")], Some("working")),
        (
            "claude",
            &[
                ("title", "✳ Fix"),
                (
                    "screen",
                    "Do you want to proceed?\n❯ 1. Yes\n  2. No, and tell Claude what to do differently",
                ),
            ],
            Some("asking"),
        ),
        (
            "claude",
            &[("title", "✳ Fix"), ("screen", "✽ Wandering… (12s · esc to interrupt)\n❯ ")],
            Some("working"),
        ),
        ("claude", &[("title", "✳ Fix"), ("screen", "● Done.\n❯ ")], Some("idle")),
        (
            "claude",
            &[("screen", "Quick safety check: Is this a project you created or one you trust?")],
            Some("asking"),
        ),
        ("codex", &[("title", "⠙ SEC")], Some("working")),
        ("codex", &[("notify", "Done. All tests pass.")], Some("idle")),
        ("codex", &[("notify", "Approval requested: rm -rf target")], Some("asking")),
        (
            "codex",
            &[("title", "codex"), ("screen", "• Working (3s • esc to interrupt)\n› ")],
            Some("working"),
        ),
        (
            "codex",
            &[("title", "codex"), ("screen", "■ You've hit your usage limit. Try again at 3:28 PM.\n› ")],
            Some("limited"),
        ),
        ("codex", &[("title", "SEC"), ("screen", CODEX_TRUST)], Some("asking")),
        ("codex", &[("screen", CODEX_SIGN_IN)], Some("asking")),
        ("codex", &[("title", "[ ! ] Action Required | SEC"), ("screen", CODEX_APPROVAL)], Some("asking")),
        ("codex", &[("title", "SEC"), ("screen", CODEX_APPROVAL)], Some("asking")),
        ("codex", &[("title", "SEC"), ("screen", CODEX_AFTER_LIMIT)], Some("idle")),
        (
            "codex",
            &[(
                "screen",
                "• Reconnecting... 1/5 (3s • esc to interrupt)\n  └ Stream disconnected\n› Ask\n  fake",
            )],
            Some("working"),
        ),
        (
            "codex",
            &[
                ("title", "SEC"),
                ("screen", "• Trust this folder? it says, then esc back.\n› Ask Codex\n  fake · /w"),
            ],
            Some("idle"),
        ),
        ("gemini", &[("title", "✦  Working… (harbour)")], Some("working")),
        ("gemini", &[("title", "◇  Ready (harbour)")], Some("idle")),
        (
            "gemini",
            &[
                ("title", "◇  Ready (SEC)"),
                ("screen", "│ Do you trust the files in this folder? │\n│ ● 1. Trust folder (SEC) │"),
            ],
            Some("asking"),
        ),
        (
            "gemini",
            &[
                ("title", "✋  Action Required (SEC)"),
                ("screen", "│ Allow execution of [Shell]?\n│ ● 1. Allow once\n│   2. Allow for this session"),
            ],
            Some("asking"),
        ),
        (
            "gemini",
            &[("screen", " ⠼ Thinking... (esc to cancel, 0s)\n >   Type your message")],
            Some("working"),
        ),
        (
            "opencode",
            &[("screen", "  ┃  Build · fake\n  ╹▀▀▀▀▀▀\n   ⬝⬝■■⬝⬝  esc interrupt")],
            Some("working"),
        ),
        ("opencode", &[("screen", "  ┃  Build · fake\n  ╹▀▀▀▀▀▀\n   ⬝⬝■■⬝⬝  esc again to")], Some("working")),
        ("opencode", &[("screen", "  ┃  Build · fake\n  ╹▀▀▀▀▀▀\n   /w/SEC   tab agents")], Some("idle")),
        ("opencode", &[("screen", "△ Permission required\n edit a.txt")], Some("asking")),
        ("codex", &[("title", "codex"), ("report", "state=working:app=codex")], Some("working")),
        ("codex", &[("title", "codex"), ("report", "state=done:app=codex")], Some("idle")),
        ("pi", &[("screen", &pi_shows(" ⠋ Working..."))], Some("working")),
        ("pi", &[("screen", &pi_shows(" ⠙ Retrying (1/3) in 2s... (escape to cancel)"))], Some("working")),
        (
            "pi",
            &[(
                "screen",
                &pi_shows(" Error: 429 The usage limit has been reached\n ⠙ Retrying (3/3) in 4s..."),
            )],
            Some("working"),
        ),
        ("pi", &[("screen", &pi_shows(" Error: 429 The usage limit has been reached"))], Some("limited")),
        ("pi", &[("screen", &pi_shows(" Everything is committed."))], Some("idle")),
        ("pi", &[("screen", "pi v0.73.1\nescape interrupt · ctrl+c/ctrl+d clear/exit")], None),
        ("aider", &[("screen", "Add a.txt to the chat? (Y)es/(N)o [Yes]:")], Some("asking")),
        ("aider", &[("screen", "Open the url? (Y)es/\n(N)o/(D)on't ask again [Yes]:")], Some("asking")),
        ("aider", &[("screen", "Open the url? (Y)es/(N)o [Yes]: n\nAider v0.86.2\n────\n>")], Some("idle")),
        ("aider", &[("screen", "> go\n█░         Waiting for openai/fake")], Some("working")),
        ("aider", &[("screen", ">\n> go\nI will create the file.")], Some("working")),
        ("aider", &[("screen", "Applied edit to b.txt\ndiff>")], Some("idle")),
        ("generic", &[("screen", "Overwrite? [y/N]")], Some("asking")),
    ];
    for (name, evidence, want) in table {
        assert_eq!(state(&profile(name), evidence).as_deref(), *want, "{name}: {evidence:?}");
    }
}

#[test]
fn a_prompt_goes_into_a_composer_and_into_no_dialog() {
    let ready =
        |name: &str, screen: &str| regex::Regex::new(&profile(name).submit.ready).unwrap().is_match(screen);
    for dialog in [CODEX_TRUST, CODEX_SIGN_IN, CODEX_APPROVAL] {
        assert!(!ready("codex", dialog), "{dialog}");
    }
    assert!(ready("codex", "\n› Ask Codex to do anything\n\n  fake default · /w/SEC"));
    assert!(ready("codex", "\n›\n\n  fake default · /w/SEC"));
    assert!(ready("codex", "› 3 of them\n"));
    assert!(ready("pi", &pi_shows("")));
    let typed = pi_shows("").replacen("─\n─", "─\n\nhalf a draft\n─", 1);
    assert!(ready("pi", &typed), "{typed}");
    assert!(!ready("pi", "pi v0.73.1\nescape interrupt · ctrl+c/ctrl+d clear/exit"));
}
