use super::*;
use crate::config::default_text;
use crate::domain::review::{CHECKS, MessageCheck, Severity};

fn review(text: &str) -> Result<crate::domain::review::Rules, String> {
    let text = format!("[[team.agent]]\nname = \"SEC\"\nprofile = \"shell\"\n{text}");
    parse(&text, "orchestra.toml", &Dirs::built_in()).map(|c| c.review).map_err(|e| e.to_string())
}

#[test]
fn the_built_in_rules_are_in_force_and_in_order() {
    let rules = parse(default_text(), "orchestra.toml", &Dirs::built_in()).unwrap().review;
    assert_eq!(rules, review("").unwrap(), "the default says what is so without it");
    assert_eq!((rules.message, rules.binary_most), (MessageCheck::Warn, 1 << 20));
    let names: Vec<&str> = rules.conventions.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["enhancement", "wrap-up"]);
    for rule in &rules.paths {
        assert!(!rule.paths.is_empty() && rule.severity != Severity::Unknown, "{}", rule.name);
        assert!(!rule.text.ends_with('.') && rule.text.starts_with(char::is_lowercase), "{}", rule.text);
    }
    for secret in &rules.secrets {
        let pattern = regex::Regex::new(&secret.pattern).unwrap();
        let named = pattern.capture_names().flatten().any(|n| n == "secret");
        assert!(named || secret.name == "private-key", "{}", secret.name);
    }
    assert!(CHECKS.iter().all(|c| default_text().contains(c)), "the default names every check");
}

#[test]
fn entries_replace_those_of_their_name_or_add() {
    let rules = review(
        "[review]\nmessage = \"refuse\"\noff = [\"focus\", \"ci\", \"mine\"]\nbinary_kib = 2\n\
         [[review.convention]]\nname = \"wrap-up\"\nready = true\nsubjects = [\"<type>: <what>\"]\n\
         [[review.rule]]\nname = \"mine\"\ncheck = \"mine\"\nseverity = \"error\"\ntext = \"t\"\npaths = [\"x/**\"]\n\
         [[review.secret]]\nname = \"jwt\"\npattern = \"never\"\ntext = \"t\"\nseverity = \"note\"\n",
    )
    .unwrap();
    assert_eq!((rules.message, rules.binary_most), (MessageCheck::Refuse, 2048));
    assert!(rules.silent("focus") && !rules.silent("mode"));
    assert_eq!(rules.conventions.len(), 2);
    assert_eq!(rules.conventions[1].subjects, ["<type>: <what>"]);
    assert_eq!(rules.paths.last().unwrap().name, "mine");
    assert_eq!(rules.secrets.iter().find(|s| s.name == "jwt").unwrap().pattern, "never");
}

#[test]
fn what_is_wrong_is_named() {
    let rule = "[[review.rule]]\nname = \"a\"\ncheck = \"ci\"\nseverity = \"note\"\ntext = \"t\"\n";
    let cases = [
        ("[review]\nmessage = \"loud\"\n", "`off`, `warn` or `refuse`"),
        ("[review]\noff = [\"simlink\"]\n", "symlink"),
        ("[review]\nbinary_kib = 0\n", "expected 1 to 1073741824 KiB, found 0"),
        (&format!("{rule}paths = []\n"), "expected at least one pattern"),
        (&format!("{rule}paths = [\"a\"]\n{rule}paths = [\"b\"]\n"), "the rule `a` is there already"),
        (
            "[[review.secret]]\nname = \"a\"\npattern = \"(\"\ntext = \"t\"\nseverity = \"note\"\n",
            "expected a regular expression: error: unclosed group",
        ),
        ("[[review.convention]]\nname = \"a\"\nsubject = [\"x\"]\n", "subjects"),
    ];
    for (text, expected) in cases {
        let error = review(text).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}
