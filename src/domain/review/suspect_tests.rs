use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Change, Concern, Kind, Rules, SecretRule, Secrets, Severity, Suspects};

fn rules() -> Rules {
    let file: super::RuleFile = toml::from_str(include_str!("../../data/review.toml")).unwrap();
    Rules { paths: file.paths, secrets: file.secrets, conventions: file.conventions, ..Rules::default() }
}

static RULES: LazyLock<Rules> = LazyLock::new(rules);
static SECRETS: LazyLock<Secrets<'static>> = LazyLock::new(|| Secrets::new(&RULES.secrets));

fn look(change: &Change<'_>) -> Vec<Concern> {
    let mut suspects = Suspects::new(&RULES, &SECRETS, &[]);
    suspects.look(change);
    suspects.finish()
}

fn told(change: &Change<'_>) -> String {
    let one = |c: &Concern| format!("{} {} {}", c.check, c.severity.word(), c.text);
    look(change).iter().map(one).collect::<Vec<_>>().join("; ")
}

fn new(path: &str) -> Change<'_> {
    Change { path: path.as_bytes(), new: Some(Kind::File), size: 10, ..Change::default() }
}

fn lines(path: &str, added: &[&str]) -> Vec<Concern> {
    let added = added.iter().zip(1..).map(|(l, n)| (n, (*l).to_owned())).collect();
    look(&Change { added, ..new(path) })
}

#[test]
fn files_that_need_a_look_are_told_by_their_paths() {
    let cases = [
        (".github/workflows/ci.yml", "ci"),
        (".gitlab-ci.yml", "ci"),
        ("deploy/Jenkinsfile", "ci"),
        (".circleci/config.yml", "ci"),
        (".husky/pre-commit", "hooks"),
        (".githooks/commit-msg", "hooks"),
        (".pre-commit-config.yaml", "hooks"),
        ("a/b/.gitattributes", "attributes"),
        (".gitmodules", "submodule"),
        (".claude/settings.json", "agents"),
        ("sub/CLAUDE.md", "agents"),
        ("AGENTS.md", "agents"),
        (".mcp.json", "agents"),
        (".codex/config.toml", "agents"),
        (".gemini/settings.json", "agents"),
        (".cursor/rules/x.mdc", "agents"),
        ("orchestra.toml", "agents"),
        (".env", "secret"),
        (".vscode/tasks.json", "editors"),
    ];
    for (path, check) in cases {
        let found = look(&new(path));
        assert_eq!(found.len(), 1, "{path}: {found:?}");
        assert_eq!(found[0].check, check, "{path}");
        let gone = Change { path: path.as_bytes(), old: Some(Kind::File), ..Change::default() };
        assert_eq!(look(&gone)[0].evidence, "removed", "{path}");
    }
    // Where upper and lower case are the same, these are those files.
    assert_eq!(look(&new(".GitHub/Workflows/ci.yml"))[0].check, "ci");
    for path in ["src/a.ts", "docs/ci.md", "workflows/x.yml", ".env.example", "a.gitattributes"] {
        assert_eq!(told(&new(path)), "", "{path}");
    }
}

#[test]
fn links_stay_within_the_tree() {
    let link = |path: &'static str, says: &str| {
        told(&Change { new: Some(Kind::Link), link: says.as_bytes().to_vec(), ..new(path) })
    };
    for (path, says) in [("a/l", "../b"), ("a/b/l", "../../c"), ("l", "./x/../y"), ("a/l", "")] {
        assert_eq!(link(path, says), "", "{path} → {says}");
    }
    let out = [("l", "../x"), ("a/l", "../../x"), ("a/l", "b/../../../x")];
    for (path, says) in out {
        assert_eq!(link(path, says), "symlink error is a link that leaves the repository", "{path} → {says}");
    }
    assert!(link("l", "/etc/passwd").contains("outside of the repository"));
    assert!(link("l", "C:\\x").contains("outside of the repository"));
    assert!(link("a/l", "../.git/config").contains("git's own folder"));
}

#[test]
fn kinds_sizes_modes_and_names_are_told() {
    let big = |binary| Change { size: (1 << 20) + 1, binary, ..new("a.bin") };
    assert_eq!(told(&big(true)), "binary warning is a binary file of more than 1.0 MiB");
    assert_eq!(told(&big(false)), "text warning is a text file of more than 1.0 MiB");
    let module = Change { new: Some(Kind::Module), ..new("vendor/x") };
    assert!(told(&module).starts_with("submodule warning is a submodule"));
    assert!(told(&Change { old: Some(Kind::Module), ..module }).contains("another commit"));
    let run = Change { old: Some(Kind::File), new: Some(Kind::Executable), ..new("run") };
    assert_eq!(told(&run), "mode warning can be run now");
    assert_eq!(told(&Change { old: Some(Kind::Executable), ..run }), "");
    let escape = look(&new("a\u{1b}[2Jb"));
    assert_eq!(escape[0].check, "name");
    assert!(escape.iter().all(|c| !format!("{c:?}").contains("\\u{1b}[") || c.evidence.contains("u{1b}")));
    assert!(!escape[0].path.contains('\u{1b}') && !escape[0].evidence.contains('\u{1b}'));
    assert!(told(&new("a\u{202e}txt.exe")).starts_with("name warning"));
    let bytes = Change { path: b"caf\xe9", ..new("") };
    assert!(told(&bytes).starts_with("name note its name is not UTF-8"));
    let clash = Change { clash: "readme.md".into(), ..new("README.md") };
    assert_eq!(look(&clash)[0].evidence, "readme.md");
}

#[test]
fn marks_of_conflicts_are_errors_when_all_of_them_are_there() {
    // Put together here, so that this file holds none.
    let (ours, middle, theirs) = ("<".repeat(7) + " HEAD", "=".repeat(7), ">".repeat(7) + " x");
    let all = lines("a.rs", &["x", &ours, "a", &middle, "b", &theirs]);
    assert_eq!((all[0].check.as_str(), all[0].severity, all[0].line), ("marker", Severity::Error, Some(2)));
    assert_eq!(lines("a.md", &[&ours])[0].severity, Severity::Warning);
    assert!(lines("a.md", &["Title", &middle]).is_empty(), "a heading");
    assert!(lines("a.rs", &[&format!("  {ours}")]).is_empty());
}

/// Secrets that nobody uses, put together here so that no scanner finds one in this file.
fn secrets() -> Vec<(String, String)> {
    let many = |n: usize| "aB3dE5fG7hJ9kL1mN".chars().cycle().take(n).collect::<String>();
    let of = |name: &str, secret: String| (name.to_owned(), secret);
    vec![
        of("aws-key", format!("{}{}", "AK", "IAQ3EGRTZ5TVNA7K2B")),
        of("github-token", format!("{}p_{}", "gh", many(36))),
        of("github-token", format!("github{}{}", "_pat_", many(40))),
        of("gitlab-token", format!("gl{}-{}", "pat", many(20))),
        of("slack-token", format!("xo{}-{}", "xb", "123456789012-abcDEF123456")),
        of("google-key", format!("AI{}{}", "za", many(35))),
        of("stripe-key", format!("sk{}_{}", "_live", many(24))),
        of("model-key", format!("sk-{}-{}", "ant", many(40))),
        of("npm-token", format!("np{}_{}", "m", many(36))),
    ]
}

#[test]
fn tokens_are_found_and_never_shown() {
    for (rule, secret) in secrets() {
        let found = lines("src/a.ts", &["", &format!("const k = \"{secret}\";")]);
        assert_eq!(found.len(), 1, "{rule}: {found:?}");
        assert_eq!((found[0].check.as_str(), found[0].line), ("secret", Some(2)));
        assert_eq!(found[0].severity, Severity::Error, "{rule}");
        assert!(found[0].evidence.starts_with(&format!("{rule}: ")), "{}", found[0].evidence);
        let hidden = &secret[secret.len() / 2..];
        assert!(!format!("{found:?}").contains(hidden), "{found:?}");
    }
    let key = format!("-----BEGIN {} KEY-----", "RSA PRIVATE");
    let found = lines("id", &[&key]);
    assert_eq!(found[0].evidence, "private-key: -----BEGIN … (31 characters)");
}

#[test]
fn a_value_that_looks_random_under_a_name_of_secrets_is_told_without_it() {
    let secret = ["k3Yq9", "Zx7Lp2", "Vb8Tn4"].concat();
    for line in [
        format!("password = \"{secret}\""),
        format!("  \"api_key\": \"{secret}\","),
        format!("const DB_PASSWORD: \"{secret}\""),
        format!("clientSecret: \'{secret}\'"),
        format!("postgres://app:{secret}@db.internal/x"),
    ] {
        let found = lines("src/a.py", &[&line]);
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert_eq!(found[0].severity, Severity::Warning);
        assert!(!format!("{found:?}").contains(&secret[..6]), "{found:?}");
    }
    let in_test = lines("tests/test_a.py", &[&format!("password = \"{secret}\"")]);
    assert_eq!(in_test[0].severity, Severity::Note);
    for no in [
        "password = os.environ[\"DB_PASSWORD\"]",
        "password = \"correct horse battery\"",
        "token = \"${GITHUB_TOKEN}\"",
        "secret: \"aaaaaaaaaaaaaaaa1\"",
        "tokenizer = \"word-piece-large\"",
        "api_key = \"your-api-key-1234\"",
        "password: \"changeme-12345678\"",
        "https://example.org:8080/path@x",
    ] {
        assert!(lines("src/a.py", &[no]).is_empty(), "{no}");
    }
}

#[test]
fn files_outside_of_the_focus_are_one_note() {
    let focus = ["src/".to_owned(), "README.md".to_owned(), "docs/**".to_owned()];
    let mut suspects = Suspects::new(&RULES, &SECRETS, &focus);
    for path in ["src/a", "README.md", "docs/x/y.md", "srcs/b", "lib/c"] {
        suspects.look(&new(path));
    }
    let found = suspects.finish();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].text, "2 of 5 files lie outside its own places (src/, README.md, docs/**)");
    assert_eq!((found[0].evidence.as_str(), found[0].severity), ("srcs/b, lib/c", Severity::Note));
}

#[test]
fn findings_are_bounded_and_silenced_by_name() {
    let mut rules = rules();
    let names: Vec<String> = (0..40).map(|n| format!(".claude/{n}")).collect();
    let run = |rules: &Rules| {
        let mut suspects = Suspects::new(rules, &SECRETS, &[]);
        names.iter().for_each(|n| suspects.look(&new(n)));
        suspects.finish()
    };
    let found = run(&rules);
    assert_eq!(found.len(), 26);
    assert_eq!(found[25].text, "15 more findings are not listed");
    rules.off = vec!["agents".into()];
    assert!(run(&rules).is_empty());
}

proptest! {
    #[test]
    fn nothing_steers_and_nothing_panics(
        path in proptest::collection::vec(any::<u8>(), 0..40),
        link in proptest::collection::vec(any::<u8>(), 0..40),
        text in "\\PC{0,80}|[ -~\u{1b}\u{7}]{0,200}",
        kind in 0usize..4,
    ) {
        let kind = [Kind::File, Kind::Executable, Kind::Link, Kind::Module][kind];
        let added = vec![(1, text)];
        let change = Change { path: &path, new: Some(kind), link, added, ..Change::default() };
        for concern in look(&change) {
            for shown in [&concern.path, &concern.text, &concern.evidence] {
                prop_assert!(!shown.contains(|c: char| c.is_control()), "{concern:?}");
            }
        }
    }
}

#[test]
fn a_rule_that_does_not_compile_finds_nothing() {
    let broken = SecretRule {
        mask: None,
        name: "x".into(),
        pattern: "(".into(),
        text: String::new(),
        severity: Severity::Error,
        bits: 0.0,
        shown: 0,
    };
    let rules = Rules { secrets: vec![broken], ..Rules::default() };
    let secrets = Secrets::new(&rules.secrets);
    let mut suspects = Suspects::new(&rules, &secrets, &[]);
    suspects.look(&Change { added: vec![(1, "x".into())], ..new("a") });
    assert!(suspects.finish().is_empty());
}
