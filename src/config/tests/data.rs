use std::fs;
use std::path::Path;

use crate::config::{default_text, load};
use crate::domain::plan::DoneRule;

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "orchestra.toml", default_text());
    for (path, text) in files {
        put(dir.path(), path, text);
    }
    dir
}

fn put(top: &Path, path: &str, text: &str) {
    fs::create_dir_all(top.join(path).parent().unwrap()).unwrap();
    fs::write(top.join(path), text).unwrap();
}

const TASK: &str = "[[task]]\nid = \"one\"\nagent = \"SEC\"\nprompt = \"enhance\"\ndone = \"idle\"\n";

#[test]
fn a_project_adds_and_overrides_plans_profiles_and_prompts() {
    let dir = project(&[
        (
            "plans/audit.toml",
            &format!("name = \"audit\"\ntitle = \"Audit\"\n{}", TASK.replace("enhance", "audit")),
        ),
        ("plans/wrap-up.toml", &format!("name = \"wrap-up\"\ntitle = \"Ours\"\n{TASK}")),
        ("plans/notes.txt", "not a plan"),
        ("plans/.hidden.toml", "not a plan either"),
        ("profiles/mine.toml", "name = \"mine\"\ntitle = \"Mine\"\nargv = [\"mine\"]\n"),
        ("prompts/audit.md", "Audit {{ agent }}."),
        ("prompts/enhance.md", "Ours."),
    ]);
    let config = load(dir.path()).unwrap();
    assert_eq!(config.plans["audit"].tasks[0].done, DoneRule::Idle);
    assert_eq!(config.plans["wrap-up"].title, "Ours");
    assert!(config.plans.contains_key("enhancement"));
    assert_eq!(config.profiles["mine"].argv, ["mine"]);
    assert_eq!(config.prompts["audit"], "Audit {{ agent }}.");
    assert_eq!(config.prompts["enhance"], "Ours.");
}

/// A file of a project, and what the configuration is rejected with because of it.
#[test]
fn a_wrong_data_file_gets_its_place() {
    let head = "name = \"p\"\ntitle = \"P\"\n";
    let cases: &[(&str, &str, &str)] = &[
        (
            "plans/p.toml",
            &format!("name = \"q\"\ntitle = \"Q\"\n{TASK}"),
            "use plans/p.toml:1:8: `name`: expected `p`, like the file, found `q`",
        ),
        (
            "plans/p.toml",
            &format!("{head}{TASK}needz = []\n"),
            "use plans/p.toml:8:1: `task.needz`: unknown key; expected `id`, `agent`, `role`, `each`, `prompt`, \
             `needs` or `done`; did you mean `needs`?",
        ),
        (
            "plans/p.toml",
            &format!("{head}{}", TASK.replace("idle", "comitted")),
            "use plans/p.toml:7:8: `task.done`: expected `committed`, `ready` or `idle`, found `comitted`; did \
             you mean `committed`?",
        ),
        (
            "plans/p.toml",
            &format!("{head}{}", TASK.replace("enhance", "enhence")),
            "use plans/p.toml:6:10: `task.prompt`: expected a prompt (`enhance`, `refused` or `wrap-up`), found \
             `enhence`; did you mean `enhance`?",
        ),
        (
            "plans/p.toml",
            &format!("{head}{}", TASK.replace("SEC", "NOBODY")),
            "use plans/p.toml:4:6: `task.id`: plan `p`: task `one` is for `NOBODY`, who is not in the team",
        ),
        (
            "plans/p.toml",
            &format!("{head}{TASK}needs = [\"one\"]\n"),
            "use plans/p.toml:4:6: `task.id`: plan `p`: these tasks wait for each other: one → one",
        ),
        (
            "plans/p.toml",
            &format!("{head}stages = [[\"two\"]]\n{TASK}"),
            "use plans/p.toml:3:10: `stages`: plan `p`: stage 1 names `two`, which is no task of it",
        ),
        (
            "plans/p.toml",
            &format!("{head}{TASK}{TASK}"),
            "use plans/p.toml:9:6: `task.id`: plan `p`: task `one` appears twice; give each task its own id",
        ),
        (
            "profiles/p.toml",
            &format!("{head}argv = []\n"),
            "use profiles/p.toml:3:8: `argv`: expected a program and its arguments, found an empty list",
        ),
        (
            "profiles/p.toml",
            &format!(
                "{head}argv = [\"x\"]\n[[rule]]\nname = \"a\"\nsource = \"title\"\npattern = '('\nstate = \"idle\"\n"
            ),
            "use profiles/p.toml:7:11: `rule.pattern`: expected a regular expression: unclosed group",
        ),
        (
            "profiles/p.toml",
            &format!(
                "{head}argv = [\"x\"]\n[[rule]]\nname = \"a\"\nsource = \"titel\"\npattern = ''\nstate = \"idle\"\n"
            ),
            "use profiles/p.toml:6:10: `rule.source`: expected `hook`, `report`, `notify`, `progress`, `mark`, `title` or `screen`, \
             found `titel`; did you mean `title`?",
        ),
        (
            "prompts/p.md",
            "fine\n{% if %}\n",
            "use prompts/p.md:2:1: expected a template: unexpected end of block",
        ),
    ];
    for (path, text, expected) in cases {
        let dir = project(&[(path, text)]);
        let got = load(dir.path()).err().map(|e| e.to_string()).unwrap_or_default();
        assert_eq!(got, *expected, "for {path}\n{text}");
    }
}
