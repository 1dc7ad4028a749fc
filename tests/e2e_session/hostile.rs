//! What an agent can plant: nothing of it runs, and the lead is told.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::kit::{Place, log, wait_until};

const TEAM: &str =
    "[[gate]]\nname = \"build\"\nrun = \"test ! -e broken\"\n[merge]\norder = [[\"A\"], [\"B\"]]\n";

/// Two agents, ready with a file each, the first on a branch that a shell would misread.
fn two() -> Place {
    let place = Place::with_shells(&["A", "B"], TEAM);
    let file = place.repo().join("orchestra.toml");
    let text = fs::read_to_string(&file).unwrap().replace("\"b-a\"", "\"a;touch${IFS}x\"");
    fs::write(&file, text).unwrap();
    place.git(&["commit", "-qam", "branch"]);
    place.up();
    for (agent, path) in [("A", "a/x"), ("B", "b/esc\u{1b}[2J\nname")] {
        place.commit(agent, path, "1\n");
        place.ok(&["send", agent, "--text", "orchestra ready", "--wait"]);
        place.ok(&["wait", agent, "--for", "ready", "--timeout", "60"]);
    }
    place
}

/// Plants everything that git would run, from inside an agent's worktree. Whatever runs leaves a mark.
fn plant(place: &Place) -> std::path::PathBuf {
    let mark = place.root().join("mark");
    place.program("evil", &format!("#!/bin/sh\necho \"$0 $*\" >> {}\ncat\n", mark.display()));
    let evil = place.root().join("bin/evil").display().to_string();
    let tree = place.worktree("A");
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "gpg.program",
        "diff.external",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "filter.evil.clean",
        "merge.evil.driver",
        "alias.status",
    ] {
        place.git_in(&tree, &["config", key, &evil]);
    }
    let common = place.repo().join(".git");
    fs::write(
        common.join("planted"),
        format!("[core]\n\thooksPath = {}\n", place.root().join("hk").display()),
    )
    .unwrap();
    fs::create_dir(place.root().join("hk")).unwrap();
    fs::create_dir_all(common.join("hooks")).unwrap();
    fs::create_dir_all(common.join("info")).unwrap();
    for dir in [common.join("hooks"), place.root().join("hk")] {
        for hook in
            ["post-merge", "pre-merge-commit", "reference-transaction", "post-checkout", "post-index-change"]
        {
            fs::copy(&evil, dir.join(hook)).unwrap();
            fs::set_permissions(dir.join(hook), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    fs::write(common.join("info/attributes"), "* filter=evil diff=evil merge=evil\n").unwrap();
    let config = common.join("config");
    let text = fs::read_to_string(&config).unwrap() + "[include]\n\tpath = planted\n";
    fs::write(&config, text).unwrap();
    fs::remove_file(&mark).ok();
    mark
}

#[test]
fn what_an_agent_plants_never_runs_is_shown_and_blocks_the_merge_until_a_person_accepts_it() {
    let place = two();
    let before = place.git(&["rev-parse", "main"]);
    let mark = plant(&place);
    let status = place.json(&["status"]);
    let shown = status["tampering"]["changes"].to_string();
    for part in ["core.fsmonitor", "include.path", "core.hookspath", "post-merge", "info/attributes", "evil"]
    {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    let review = place.run(&["review"]);
    assert!(review.code == Some(1) && review.out.contains("any agent may have done it"), "{review:#?}");
    let dry = place.run(&["merge", "--dry-run"]);
    assert!((dry.out.clone() + &dry.err).contains("orchestra trust"), "{dry:#?}");
    place.run(&["merge", "--yes"]).refused(4, &["core.", "orchestra trust"]);
    assert!(!mark.exists(), "{}", fs::read_to_string(&mark).unwrap());

    // Not from a pane, whatever it says.
    place.shell("B", "orchestra trust --yes; echo said $?", "said 4");
    place.run(&["merge", "--yes"]).refused(4, &["orchestra trust"]);
    // A filter that only this repository defines is never run, accepted or not: it must go.
    fs::remove_file(place.repo().join(".git/info/attributes")).unwrap();
    let left = place.run(&["trust"]);
    assert!(left.code == Some(1) && !left.out.contains("info/attributes"), "{left:#?}");
    place.ok(&["trust", "--yes"]);
    assert_eq!(place.json(&["status"])["tampering"], Value::Null);
    assert!(log::events(&place.session(), "guard").iter().any(|e| e["did"] == "trusted"));
    let pr = place.run(&["pr", "--planned"]);
    assert!(pr.code == Some(0) && pr.out.contains("Planned only"), "{pr:#?}");
    place.ok(&["merge", "--yes"]);
    let pr = place.ok(&["pr"]);
    assert!(pr.contains("`a;touch${IFS}x`") && !pr.contains('\u{1b}'), "{pr}");
    assert!(place.session().join("reports/pr.md").exists());
    assert!(place.ok(&["pr", "--script"]).starts_with("#!/bin/sh\n"));
    assert!(!mark.exists(), "{}", fs::read_to_string(&mark).unwrap());
    assert!(!place.repo().join("x").exists() && !place.worktree("A").join("x").exists());
    let head = fs::read_to_string(place.repo().join(".git/refs/heads/main")).unwrap();
    assert_ne!(head.trim(), before);
}

#[test]
fn a_redirected_worktree_is_named_and_its_branch_is_not_merged() {
    let place = two();
    let tree = place.worktree("A");
    let own = place.root().join("own.git");
    place.git(&["init", "-q", "--bare", own.to_str().unwrap()]);
    let link = tree.join(".git");
    let honest = fs::read_to_string(&link).unwrap();
    fs::write(&link, format!("gitdir: {}\n", own.display())).unwrap();
    wait_until("A shows as tampered", || place.agent("A")["tampered"].to_string().contains("own.git"));
    assert_ne!(place.agent("A")["state"], "ready");
    place.run(&["merge", "--yes"]).refused(4, &["A (its worktree was tampered with"]);
    let review = place.run(&["review"]);
    assert!(review.out.contains("the worktree of A"), "{review:#?}");
    fs::write(&link, honest).unwrap();
    wait_until("A is itself again", || place.agent("A")["tampered"] == "");
}

#[test]
fn a_pull_request_is_opened_by_gh_with_its_words_told() {
    let place = two();
    place.ok(&["merge", "--yes"]);
    let said = place.root().join("said");
    place.program(
        "gh",
        &format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > {0}\nfor a; do case $a in --body-file=*) cat \"${{a#*=}}\" >> {0};; esac; done\n\
             echo https://example.org/pr/1\n",
            said.display()
        ),
    );
    let out = place.ok(&["pr", "--open", "--head", "sprint", "--yes"]);
    assert_eq!(out.trim(), "https://example.org/pr/1");
    let said = fs::read_to_string(said).unwrap();
    assert!(
        said.starts_with(
            "pr\ncreate\n--title=Merge 2 branches into main: A, B\n--base=main\n--head=sprint\n"
        ),
        "{said}"
    );
    assert!(said.contains("## How to roll back"), "{said}");
    place.program("gh", "#!/bin/sh\necho 'head branch was not pushed' >&2\nexit 3\n");
    place
        .run(&["pr", "--open", "--head", "sprint", "--yes"])
        .refused(1, &["ended with 3", "was not pushed", "git push origin"]);
    place.run(&["pr", "--open", "--head", "sprint"]).refused(2, &["--yes"]);
}
