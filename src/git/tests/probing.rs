use crate::git::testkit::{Kit, git_in};
use crate::git::{Error, fingerprint, probe};

fn refused(kit: &Kit) -> String {
    probe(&kit.top, "main").unwrap_err().to_string()
}

#[test]
fn a_usable_repository_is_described_also_from_below() {
    let kit = Kit::new();
    let info = probe(&kit.top.join("src"), "main").unwrap();
    assert_eq!(info.workdir.canonicalize().unwrap(), kit.top);
    assert_eq!(info.common_dir.canonicalize().unwrap(), kit.top.join(".git"));
    assert_eq!((info.head.as_deref(), info.target), (Some("main"), kit.oid("main")));
    kit.git(&["checkout", "-q", "--detach"]);
    assert_eq!(probe(&kit.top, "main").unwrap().head, None);
}

#[test]
fn what_is_no_repository_with_commits_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let error = probe(dir.path(), "main").unwrap_err();
    assert!(matches!(error, Error::NotARepository(_)), "{error}");
    assert!(error.to_string().contains("git init"));
    git_in(dir.path(), &["init", "-q", "-b", "main"]).unwrap();
    assert!(matches!(probe(dir.path(), "main").unwrap_err(), Error::NoCommits(_)));
    let bare = tempfile::tempdir().unwrap();
    git_in(bare.path(), &["init", "-q", "--bare"]).unwrap();
    assert!(matches!(probe(bare.path(), "main").unwrap_err(), Error::Bare(_)));
}

#[test]
fn a_missing_target_is_named_with_what_was_meant() {
    let kit = Kit::new();
    let text = probe(&kit.top, "mian").unwrap_err().to_string();
    assert!(text.contains("`mian`") && text.contains("did you mean `main`"), "{text}");
    let text = probe(&kit.top, "zzz").unwrap_err().to_string();
    assert!(text.contains("there is `main`") && text.contains("git branch zzz"), "{text}");
    kit.git(&["branch", "-m", "main", "master"]);
    assert!(refused(&kit).contains("did you mean `master`"));
    assert!(matches!(probe(&kit.top, "a..b").unwrap_err(), Error::BranchName(_)));
}

#[test]
fn operations_under_way_are_refused() {
    for (what, args) in [
        ("merge", ["merge", "other"]),
        ("rebase", ["rebase", "other"]),
        ("cherry-pick", ["cherry-pick", "other"]),
    ] {
        let kit = Kit::new();
        kit.git(&["checkout", "-q", "-b", "other"]);
        kit.write("README.md", "other\n");
        kit.commit("other");
        kit.git(&["checkout", "-q", "main"]);
        kit.write("README.md", "mine\n");
        kit.commit("mine");
        git_in(&kit.top, &args).unwrap_err();
        let text = refused(&kit);
        assert!(text.contains(&format!("in the middle of a {what}")), "{text}");
    }
}

/// Makes a repository of some kind, or says that this git cannot.
fn kind(name: &str, make: impl FnOnce(&Kit) -> Result<(), String>) -> Option<String> {
    let kit = Kit::new();
    match make(&kit) {
        Ok(()) => Some(refused(&kit)),
        Err(e) => {
            println!("skipped {name}: this git cannot make one: {e}");
            None
        }
    }
}

fn expect(name: &str, text: &str, make: impl FnOnce(&Kit) -> Result<(), String>) {
    if let Some(said) = kind(name, make) {
        assert!(said.contains(text) && said.contains("not supported yet"), "{name}: {said}");
    }
}

fn do_all(kit: &Kit, commands: &[&[&str]]) -> Result<(), String> {
    commands.iter().try_for_each(|args| git_in(&kit.top, args).map(|_| ()))
}

#[test]
fn formats_libgit2_cannot_read_are_named() {
    for (name, arg, text) in [
        ("sha256", "--object-format=sha256", "sha256 object names"),
        ("reftable", "--ref-format=reftable", "refs in reftable"),
    ] {
        expect(name, text, |kit| {
            std::fs::remove_dir_all(kit.top.join(".git")).unwrap();
            do_all(kit, &[&["init", "-q", "-b", "main", arg]])?;
            kit.commit("first");
            Ok(())
        });
    }
}

#[test]
fn the_fingerprint_follows_what_git_could_run() {
    let kit = Kit::new();
    kit.worktree("SEC", "agent-sec");
    let first = fingerprint(&kit.top).unwrap();
    kit.write("src/a.txt", "work changes nothing\n");
    kit.commit("work");
    assert_eq!(fingerprint(&kit.top).unwrap(), first);
    let mut seen = vec![first];
    for (path, text) in [
        (".git/hooks/post-merge", "#!/bin/sh\n"),
        (".git/info/attributes", "* text\n"),
        (".git/worktrees/SEC/config.worktree", "[core]\n\tfsmonitor = evil\n"),
        (".git/config", "[core]\n\tfsmonitor = evil\n"),
    ] {
        kit.write(path, text);
        let now = fingerprint(&kit.top).unwrap();
        assert!(!seen.contains(&now), "{path}");
        seen.push(now);
    }
}
