//! The prompt library: every point of the enhancement phase is in it, and nothing that a repository
//! does not have.

// The lint knows test functions, not their helpers.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use orchestra::config::{self, Dirs, InitOptions, PROMPTS};
use orchestra::domain::id::{AgentName, ORCHESTRATOR};
use orchestra::domain::profile::Source;
use orchestra::domain::prompt::lint::lint;
use orchestra::domain::prompt::variables::table;
use orchestra::domain::prompt::{LIBRARY, Vars, example, names, render};
use orchestra::domain::team::Config;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Points {
    point: Vec<Point>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    prompt: String,
    words: Vec<String>,
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn all_tech() -> Vec<String> {
    config::tech().unwrap().into_iter().map(|r| r.name).collect()
}

fn plain() -> Config {
    config::parse(config::default_text(), "orchestra.toml", &Dirs::built_in()).unwrap()
}

/// A repository that `orchestra init --preset eks` was run in.
fn eks() -> (tempfile::TempDir, Config) {
    let dir = tempfile::tempdir().unwrap();
    let options = InitOptions { preset: Some("eks".into()), ..InitOptions::default() };
    config::init(dir.path(), "main", &options).unwrap();
    let config = config::load(dir.path()).unwrap();
    (dir, config)
}

/// What the agent that a prompt is for would get, with everything known of its branch.
fn text(config: &Config, prompt: &str, tech: &[String]) -> String {
    let full = example::full();
    let base = format!("{prompt} ");
    let whose = config.team.iter().find(|a| base.contains(&format!("-{} ", a.name.as_str().to_lowercase())));
    let agent = whose.map_or_else(|| AgentName::new(ORCHESTRATOR).unwrap(), |a| a.name.clone());
    let vars = Vars::of(config, &agent);
    let vars = Vars {
        base: full.base,
        code: full.code,
        build: full.build,
        work: full.work,
        upstream: full.upstream,
        session_dir: full.session_dir,
        repository: full.repository,
        tech: tech.to_vec(),
        ..vars
    };
    render(&config.prompts, prompt, &vars).unwrap_or_else(|e| panic!("{e}"))
}

/// The bullets and sentences of a text, each on one line, in lower case.
fn points(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        let numbered = trimmed.split_once(". ").is_some_and(|(n, _)| n.parse::<u32>().is_ok());
        let continues = !trimmed.is_empty() && !trimmed.starts_with(['-', '#']) && !numbered;
        match all.last_mut().filter(|last| continues && !last.is_empty()) {
            Some(last) => {
                last.push(' ');
                last.push_str(&trimmed.to_lowercase());
            }
            None => all.push(trimmed.to_lowercase()),
        }
    }
    all
}

#[test]
fn every_point_of_the_enhancement_phase_is_in_a_prompt() {
    let file = std::fs::read_to_string(top().join("tests/fixtures/runbook-points.toml")).unwrap();
    let Points { point } = toml::from_str(&file).unwrap();
    assert!(point.len() > 300, "{}", point.len());
    let (_dir, eks) = eks();
    let plain = plain();
    let tech = all_tech();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut missing = Vec::new();
    for Point { prompt, words } in &point {
        let lines = texts.entry(prompt.clone()).or_insert_with(|| match prompt.strip_prefix("eks/") {
            Some(name) => points(&text(&eks, name, &tech)),
            None => points(&text(&plain, prompt, &tech)),
        });
        if !lines.iter().any(|line| words.iter().all(|w| line.contains(w))) {
            missing.push(format!("{prompt}: {}", words.join(" ")));
        }
    }
    assert!(missing.is_empty(), "{} are missing:\n{}", missing.len(), missing.join("\n"));
}

/// Words that only make sense where a technology is.
const WORDS: &[&str] = &[
    "kubernetes",
    "kubectl",
    "pod",
    "helm",
    "kustomize",
    "docker",
    "terraform",
    "falco",
    "trivy",
    "kyverno",
    "rego",
    "conftest",
    "karpenter",
    "cilium",
    "hubble",
    "velero",
    "eks",
    "irsa",
    "kms",
    "route53",
    "alb",
    "amp",
    "loki",
    "tempo",
    "prometheus",
    "promtool",
    "grafana",
    "opentelemetry",
    "goldilocks",
    "infracost",
    "argo",
    "flux",
    "cdk",
    "cloudformation",
    "typescript",
    "jsdoc",
    "zod",
    "tsc",
    "mermaid",
    "makefile",
    "cargo",
    "aws",
    "github",
    "networkpolicy",
    "kube-dns",
    "external-dns",
    "dockerignore",
    "any`",
];

fn holds(text: &str, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        let after = text[at + word.len()..].chars().next();
        !(letter(text[..at].chars().next_back()) || letter(after) && word != "pod")
    })
}

#[test]
fn a_repository_without_a_technology_hears_nothing_of_it() {
    let config = plain();
    let mut wrong = Vec::new();
    let mut told = 0;
    for name in LIBRARY {
        let vars = Vars { tech: vec![], ..Vars::of(&config, &config.team[0].name) };
        let none = render(&config.prompts, name, &vars).unwrap().to_lowercase();
        let all = render(&config.prompts, name, &Vars { tech: all_tech(), ..vars }).unwrap().to_lowercase();
        for word in WORDS {
            if holds(&none, word) {
                wrong.push(format!("{name}: {word}"));
            }
            told += usize::from(holds(&all, word));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(told > 40, "with all technologies the words are there: {told}");
}

#[test]
fn what_is_empty_leaves_nothing_behind() {
    let config = plain();
    let full = example::full();
    for name in names(&config.prompts) {
        for agent in ["QA", ORCHESTRATOR].map(|n| AgentName::new(n).unwrap()) {
            let known =
                Vars { branch: "agent-7-qa".into(), base: full.base.clone(), ..Vars::of(&config, &agent) };
            let bare = Vars {
                agent: agent.to_string(),
                branch: known.branch.clone(),
                base: full.base.clone(),
                target: "main".into(),
                session: "sprint".into(),
                code: full.code.clone(),
                phrase: full.phrase.clone(),
                ..Vars::default()
            };
            let known = Vars { code: full.code.clone(), ..known };
            for vars in [bare, known, full.clone()] {
                let text = render(&config.prompts, name, &vars).unwrap();
                assert!(!text.contains("\n\n\n"), "{name}:\n{text}");
                let mut lines = text.lines().filter(|l| !l.trim().is_empty()).peekable();
                while let Some(line) = lines.next() {
                    let next = lines.peek().copied().unwrap_or("#");
                    let empty = line.starts_with('#') && next.starts_with('#');
                    // Between back quotes stands something; three of them begin a block.
                    let line = line.strip_prefix("```").unwrap_or(line);
                    assert!(!empty && !line.contains("``"), "{name}: {line}\n{text}");
                }
            }
        }
    }
}

#[test]
fn what_the_agent_did_is_the_material_of_its_message() {
    let config = plain();
    let text = text(&config, "wrap-up-sec", &[]);
    for fact in ["feat(sec): require labels", "Added a policy for labels", "policies/draft.yaml"] {
        assert!(text.contains(fact), "{fact}\n{text}");
    }
    assert!(text.contains("feat(sec): <summary>"), "the words are the agent's own");
    let group = Vars {
        area: "who may do what".into(),
        group: "security".into(),
        ..Vars::of(&config, &config.team[2].name)
    };
    let text = render(&config.prompts, "enhance-sec", &group).unwrap();
    assert!(text.contains("Today the group `security` has one subject: who may do what."), "{text}");
    let review = render(&config.prompts, "orchestrator-review", &example::full()).unwrap();
    assert!(review.contains("- SEC: `agent-3-sec`, “fix: limits”"), "{review}");
}

/// The message that a prompt shows by example: its indented lines from the subject to the last.
fn message(text: &str) -> String {
    let line = |l: &str| l.trim().split("     (").next().unwrap_or_default().to_owned();
    let shown = |l: &&str| l.is_empty() || l.starts_with("    ");
    let begins = |l: &&str| ["feat(", "test: ", "docs: "].iter().any(|t| l.trim_start().starts_with(t));
    let lines = text.lines().skip_while(|l| !(shown(l) && begins(l))).take_while(shown).map(line);
    let filled = lines.collect::<Vec<_>>().join("\n");
    let mut out = filled.trim_end().to_owned();
    for place in ["<area>", "<what>", "<summary>", "<one thing>", "<another>"] {
        out = out.replace(place, "something");
    }
    out
}

#[test]
fn prompts_ask_for_messages_as_the_review_expects_them() {
    let config = plain();
    let of = |name: &str| config.review.conventions.iter().find(|c| c.name == name).unwrap();
    for agent in &config.team {
        for (convention, kind) in [("enhancement", "enhance"), ("wrap-up", "wrap-up")] {
            let own = format!("{kind}-{}", agent.name.as_str().to_lowercase());
            let vars = Vars { base: "0123456".into(), ..Vars::of(&config, &agent.name) };
            let text = render(&config.prompts, &own, &vars).unwrap();
            let message = message(&text);
            assert!(message.lines().count() > 3, "{own} shows no message: {message:?}");
            let lacks = of(convention).lacks(&message, &agent.name, &config.session);
            assert_eq!(lacks, Vec::<String>::new(), "{own}: {message}");
        }
    }
    // Those for everybody, to an agent that nobody knows.
    let other = AgentName::new("LEAD").unwrap();
    for (convention, kind) in [("enhancement", "enhance"), ("wrap-up", "wrap-up")] {
        let vars = Vars { base: "0123456".into(), ..Vars::of(&config, &other) };
        let message = message(&render(&config.prompts, kind, &vars).unwrap());
        let lacks = of(convention).lacks(&message, &other, &config.session);
        assert_eq!(lacks, Vec::<String>::new(), "{kind}: {message}");
    }
}

/// A program shows the prompt it was given: that must not look like a question, a limit or work.
#[test]
fn no_prompt_looks_like_a_state_of_the_program_that_shows_it() {
    let (_dir, config) = eks();
    let mut wrong = Vec::new();
    for name in names(&config.prompts) {
        // Below what was said there is the place to type, which some rules look for.
        let own = text(&config, name, &all_tech());
        let text = format!("{own}\n\n> ");
        for rule in config.profiles.values().flat_map(|p| &p.rules).filter(|r| r.source == Source::Screen) {
            let pattern = regex::Regex::new(&rule.pattern).unwrap();
            let seen = pattern.find(&text).filter(|m| m.start() < own.len());
            wrong.extend(seen.map(|m| format!("{name}: {} sees `{}`", rule.name, m.as_str())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_library_and_the_preset_are_in_order() {
    assert!(LIBRARY.iter().all(|name| PROMPTS.iter().any(|(n, _)| n == name)));
    let (_dir, eks) = eks();
    for config in [plain(), eks] {
        assert_eq!(lint(&config.prompts, &config, &all_tech()), []);
    }
}

#[test]
fn lint_names_what_is_wrong_and_where() {
    let cases = [
        ("p", "{{ agnet }}", 1, "there is no variable `agnet`; did you mean `agent`?"),
        (
            "p",
            "{% if false %}\n{{ work.comits }}{% endif %}",
            2,
            "there is no variable `work.comits`; did you mean `work.commits`?",
        ),
        ("p", "a\n{% if %}", 2, "unexpected end of block"),
        (
            "p",
            "x{% if false %}\n{% include \"_wrok\" %}{% endif %}",
            2,
            "there is no template `_wrok`; did you mean `_work`?",
        ),
        (
            "p",
            "x{% if 'kuberntes' in tech %}y{% endif %}",
            1,
            "there is no technology `kuberntes`; did you mean `kubernetes`?",
        ),
        ("p", "a \u{1b}[2J", 1, "it holds the control character U+001B, which terminals act on"),
        ("p", "a \u{9b}2J", 1, "it holds the control character U+009B, which terminals act on"),
        ("p", "{% include agent %}", 1, "a template that is used is named in quotation marks"),
        ("p", "{% if upstream %}x{% endif %}", 0, "it is empty for some agents"),
        ("wrap-up", "Just stop.", 0, "it does not ask for `orchestra ready`"),
        (
            "wrap-up-sec",
            "orchestra ready, or print {{ phrase }}\n{{ code }}",
            0,
            "it gives words and code of a claim together, so its echo could not be told from one",
        ),
    ];
    for (name, source, line, what) in cases {
        let mut config = plain();
        config.prompts.insert(name.into(), source.into());
        let found = lint(&config.prompts, &config, &all_tech());
        let hit = found.iter().any(|p| p.prompt == name && p.line == line && p.what == what);
        assert!(hit, "{source}: {found:#?}");
    }
    let mut config = plain();
    config.prompts.insert("long".into(), "x".repeat(40_000));
    let found = lint(&config.prompts, &config, &all_tech());
    assert!(found[0].what.contains("40000 bytes for ARCH"), "{found:?}");
    config.prompts.remove("enhance-qa");
    assert!(lint(&config.prompts, &config, &all_tech()).iter().any(|p| p.what == "it is missing"));
}

#[test]
fn the_page_on_prompts_is_true() {
    let page: PathBuf = top().join("docs/prompts.md");
    let (start, end) = ("<!-- variables -->\n", "<!-- end of variables -->\n");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(start).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let expected = format!("{before}{start}{}{end}{after}", table());
    if std::env::var_os("ORCHESTRA_WRITE_DOCS").is_some() {
        std::fs::write(&page, &expected).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&page).unwrap(), expected, "write it with ORCHESTRA_WRITE_DOCS=1");
    for name in LIBRARY.iter().chain(&["refused", "continue"]) {
        assert!(text.contains(&format!("`{name}`")), "{name} is not on the page");
    }
    for rule in config::tech().unwrap() {
        assert!(text.contains(&format!("`{}`", rule.name)), "{} is not on the page", rule.name);
    }
}
