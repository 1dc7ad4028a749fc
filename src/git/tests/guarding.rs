//! What is watched of shared configuration, and what is not.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::domain::guard::{Change, Snapshot, Turn};
use crate::git::snapshot;
use crate::git::testkit::{Kit, git_in};

fn now(kit: &Kit) -> Snapshot {
    snapshot(&kit.top, "main").unwrap()
}

fn told(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|c| format!("{} {:?} {}", c.path, c.turn, c.lines.join("|"))).collect()
}

#[test]
fn each_thing_that_git_could_run_shows_with_its_key() {
    let kit = Kit::new();
    let one = kit.worktree("SEC", "agent-sec");
    let first = now(&kit);
    kit.write("src/a.txt", "work changes nothing\n");
    kit.commit("work");
    assert_eq!(now(&kit), first);

    git_in(&one.path, &["config", "core.fsmonitor", "/tmp/evil.sh"]).unwrap();
    git_in(&one.path, &["config", "--worktree", "core.hooksPath", "hk"]).unwrap();
    kit.write(".git/info/attributes", "* filter=evil\n");
    kit.write(".git/hooks/post-merge", "#!/bin/sh\ntrue\n");
    kit.write(".git/hooks/x.sample", "never run");
    kit.write("hk/pre-commit", "hi");
    assert_eq!(
        told(&first.changes(&now(&kit))),
        [
            ".git/config Changed + core.fsmonitor = /tmp/evil.sh",
            ".git/hooks/post-merge Added + #!/bin/sh|+ true",
            ".git/info/attributes Added + * filter=evil",
            ".git/worktrees/SEC/config.worktree Added + core.hookspath = hk",
            "hk/pre-commit Added + hi",
        ]
    );
    let before = now(&kit);
    fs::set_permissions(kit.top.join(".git/hooks/post-merge"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(told(&before.changes(&now(&kit))), [".git/hooks/post-merge Changed + # (may be run)"]);
}

#[test]
fn what_is_included_is_watched_however_deep() {
    let kit = Kit::new();
    kit.write(".git/more", "[include]\n\tpath = \"deeper\" ; here\n");
    kit.write(".git/deeper", "[user]\n\tname = A\n");
    kit.git(&["config", "include.path", "more"]);
    let first = now(&kit);
    kit.write(".git/deeper", "[user]\n\tname = A\n[gpg]\n\tprogram = /evil\n");
    assert_eq!(told(&first.changes(&now(&kit))), [".git/deeper Changed + gpg.program = /evil"]);
    // In a circle nobody can read it, and no merge can be made.
    kit.write(".git/deeper", "[include]\n\tpath = more\n");
    assert!(snapshot(&kit.top, "main").is_err());
}

#[test]
fn own_writes_and_everyday_ones_do_not_count() {
    let kit = Kit::new();
    let first = now(&kit);
    // Who commits, for this worktree alone; and the extension that it needs.
    let one = kit.worktree("SEC", "agent-sec");
    assert_eq!(now(&kit), first);
    kit.worktree("OBS", "agent-obs");
    kit.git(&["config", "branch.agent-sec.remote", "origin"]);
    kit.git(&["config", "branch.agent-sec.merge", "refs/heads/agent-sec"]);
    assert_eq!(now(&kit), first);
    git_in(&one.path, &["gc", "-q"]).unwrap();
    git_in(&one.path, &["pack-refs", "--all"]).unwrap();
    assert_eq!(now(&kit), first);
    kit.git(&["config", "branch.main.remote", "evil"]);
    assert_eq!(told(&first.changes(&now(&kit))), [".git/config Changed + branch.main.remote = evil"]);
}

#[test]
fn odd_things_in_the_place_of_files_are_told_and_hold_nobody_up() {
    let kit = Kit::new();
    let first = now(&kit);
    let hooks = kit.top.join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, hooks.join("pre-push"), rustix::fs::Mode::RWXU).unwrap();
    std::os::unix::fs::symlink("/nowhere/at/all", hooks.join("post-merge")).unwrap();
    fs::create_dir(hooks.join("folder")).unwrap();
    fs::write(hooks.join("binary"), [0xff, 0xfe, 0]).unwrap();
    fs::write(hooks.join("esc\u{1b}\nape"), "x").unwrap();
    let found = first.changes(&now(&kit));
    assert!(found.iter().all(|c| c.turn == Turn::Added && !c.path.contains(['\n', '\u{1b}'])), "{found:?}");
    let text = told(&found).join("\n");
    assert!(text.contains("(a link to /nowhere/at/all, which is not there)"), "{text}");
    assert!(text.contains("pre-push Added + (not a regular file)"), "{text}");
    assert!(text.contains("binary Added content too long to show, or no text"), "{text}");
    fs::remove_dir_all(&hooks).unwrap();
    std::os::unix::fs::symlink("/", &hooks).unwrap();
    assert_ne!(now(&kit), first);
}

#[test]
fn a_token_in_the_configuration_is_not_kept_but_a_new_one_shows() {
    let kit = Kit::new();
    kit.git(&["config", "remote.origin.url", "https://me:hunter2@example.org/x"]);
    let first = now(&kit);
    assert!(!format!("{first:?}").contains("hunter2"));
    kit.git(&["config", "remote.origin.url", "https://me:hunter3@example.org/x"]);
    let found = first.changes(&now(&kit));
    assert_eq!(found[0].lines.len(), 2, "{found:?}");
    assert!(!format!("{found:?}").contains("hunter"));
}
