use std::collections::BTreeSet;

use crate::config::tech;
use crate::domain::tech::recognise;

/// What a tree of files with these texts is said to have.
fn of(files: &[(&str, &str)]) -> Vec<String> {
    let paths: Vec<&str> = files.iter().map(|(p, _)| *p).collect();
    recognise(&tech().unwrap(), &paths, &mut |path| {
        files.iter().find(|(p, _)| *p == path).map(|(_, text)| (*text).to_owned())
    })
}

#[test]
fn the_rules_are_in_order() {
    let rules = tech().unwrap();
    let names: BTreeSet<&str> = rules.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names.len(), rules.len(), "a name appears twice");
    for rule in &rules {
        assert!(rule.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", rule.name);
        assert!(!rule.files.is_empty() || !rule.markers.is_empty(), "{} never shows", rule.name);
        assert!(rule.implies.iter().all(|i| names.contains(i.as_str())), "{}", rule.name);
        let words = rule.markers.iter().flat_map(|m| m.any.iter().chain(&m.files));
        assert!(words.chain(&rule.files).all(|w| w.len() > 2), "{}", rule.name);
    }
}

#[test]
fn repositories_are_told_apart() {
    assert_eq!(of(&[("Cargo.toml", "[dependencies]\nserde = \"1\""), ("src/lib.rs", "")]), ["rust"]);
    assert_eq!(of(&[("README.md", "falco, kyverno and kubernetes are none of ours")]), [""; 0]);
    assert_eq!(
        of(&[("package.json", r#"{"dependencies": {"react": "19", "zod": "4", "typescript": "5"}}"#)]),
        ["javascript", "typescript", "web-ui", "zod"]
    );
    assert_eq!(of(&[("deploy/app.yaml", "apiVersion: apps/v1\nkind: Deployment\n")]), ["kubernetes"]);
    let cluster = of(&[
        ("cdk.json", "{}"),
        ("package.json", r#"{"devDependencies": {"aws-cdk-lib": "2"}}"#),
        ("lib/cluster.ts", "import * as eks from 'aws-cdk-lib/aws-eks';"),
        ("helm/falco/values.yaml", "falco:\n  tty: true\n"),
        ("policies/a.rego", "package a"),
        (".github/workflows/ci.yml", "jobs: {}"),
    ]);
    let expected =
        ["aws", "cdk", "ci", "cloudformation", "eks", "falco", "github", "github-actions", "javascript"];
    assert_eq!(cluster[..9], expected);
    assert_eq!(cluster[9..], ["kubernetes", "opa"]);
}
