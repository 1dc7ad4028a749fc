//! Merges that are signed as the user's git signs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::domain::team::Signing;
use crate::domain::train::{Built, DRY, TrainPlan};
use crate::git::testkit::{Kit, git_in, set_user_config, write};
use crate::git::{Error, build, forget, signing};

/// A repository with two branches, and the user's configuration with these settings.
fn ready(settings: &[(&str, &str)]) -> (Kit, TrainPlan) {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("one.txt"), "1\n"));
    let two = kit.work("TWO", |at| write(&at.join("two.txt"), "2\n"));
    let plan = kit.plan(&[&one, &two]);
    user(&kit, settings);
    (kit, plan)
}

fn user(kit: &Kit, settings: &[(&str, &str)]) {
    let file = kit.beside("gitconfig");
    fs::write(&file, "").unwrap();
    for (key, value) in settings {
        git_in(&kit.top, &["config", "--file", file.to_str().unwrap(), key, value]).unwrap();
    }
    set_user_config(&file);
}

/// A program in the test's folder.
fn program(kit: &Kit, name: &str, text: &str) -> String {
    let path = kit.beside(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A gpg that signs with a number of its own, so that no two signatures are the same.
fn fake_gpg(kit: &Kit) -> String {
    let log = kit.beside("log");
    let text = format!(
        "cat > {0}.in\necho \"$@\" >> {0}\necho '[GNUPG:] SIG_CREATED D 1 8 00 1 X' >&2\n\
         echo '-----BEGIN PGP SIGNATURE-----'\necho\nwc -l < {0}\necho '-----END PGP SIGNATURE-----'",
        log.display()
    );
    program(kit, "gpg.sh", &text)
}

fn built(kit: &Kit, plan: &TrainPlan) -> Vec<String> {
    match build(&kit.top, plan).unwrap() {
        Built::Clean { steps, .. } => steps.into_iter().map(|s| s.oid.0).collect(),
        other => panic!("{other:?}"),
    }
}

fn refused(kit: &Kit, plan: &TrainPlan) -> String {
    let before = kit.refs();
    let error = build(&kit.top, plan).unwrap_err();
    assert!(matches!(error, Error::NotSigned { .. } | Error::NoKey(_)), "{error}");
    assert_eq!(kit.refs(), before);
    error.to_string()
}

#[test]
fn an_ssh_key_signs_and_git_verifies() {
    let (kit, plan) = ready(&[]);
    let key = kit.beside("key");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"])
        .arg(&key)
        .output();
    if !made.is_ok_and(|m| m.status.success()) {
        println!("skipped: ssh-keygen is not here");
        return;
    }
    let public: PathBuf = kit.beside("key.pub");
    let key = key.to_str().unwrap();
    user(&kit, &[("commit.gpgSign", "true"), ("gpg.format", "ssh"), ("user.signingKey", key)]);
    let said = signing(&kit.top, Signing::AsGit).unwrap().join("\n");
    assert!(said.contains("ssh-keygen (ssh)") && said.contains(key), "{said}");
    let merges = built(&kit, &plan);
    let allowed = kit.beside("allowed");
    let text = fs::read_to_string(public).unwrap();
    fs::write(&allowed, format!("orchestra@localhost {text}")).unwrap();
    let setting = format!("gpg.ssh.allowedSignersFile={}", allowed.display());
    for merge in &merges {
        git_in(&kit.top, &["-c", "gpg.format=ssh", "-c", &setting, "verify-commit", merge]).unwrap();
    }
    // The same plan gives the same ids, also anew: this kind of signature has no time in it.
    assert_eq!(built(&kit, &plan), merges);
    forget(&kit.top, plan.id).unwrap();
    assert_eq!(built(&kit, &plan), merges);
    // The key in writing asks the user's ssh agent, of which there is none.
    user(&kit, &[("commit.gpgSign", "true"), ("gpg.format", "ssh"), ("user.signingKey", text.trim())]);
    let text = refused(&kit, &TrainPlan { id: 2, ..plan });
    assert!(text.contains("ssh-keygen"), "{text}");
}

#[test]
fn gpg_signs_and_a_second_build_takes_what_the_first_left() {
    let (kit, mut plan) = ready(&[]);
    let gpg = fake_gpg(&kit);
    user(&kit, &[("commit.gpgSign", "true"), ("gpg.program", &gpg), ("user.signingKey", "ABCD")]);
    let merges = built(&kit, &plan);
    assert_eq!(kit.read("../log"), "--status-fd=2 -bsau ABCD\n".repeat(2));
    let text = kit.git(&["cat-file", "commit", &merges[1]]);
    assert!(text.contains("\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n 2\n"), "{text}");
    assert!(!kit.read("../log.in").contains("gpgsig"));
    kit.git(&["fsck", "--no-dangling"]);
    assert_eq!(built(&kit, &plan), merges);
    assert_eq!(kit.read("../log").lines().count(), 2);
    // A plan that is only shown asks nobody for a passphrase.
    plan.id |= DRY;
    assert_ne!(built(&kit, &plan), merges);
    assert_eq!(kit.read("../log").lines().count(), 2);
    // Without a key the user is meant.
    user(
        &kit,
        &[
            ("commit.gpgSign", "true"),
            ("gpg.program", &gpg),
            ("user.name", "Ada"),
            ("user.email", "ada@x.org"),
        ],
    );
    plan.id = 3;
    built(&kit, &plan);
    assert!(kit.read("../log").ends_with("-bsau Ada <ada@x.org>\n"));
}

#[test]
fn where_signing_fails_there_is_no_merge_and_the_programs_own_words() {
    let (kit, plan) = ready(&[]);
    let broken = program(&kit, "broken.sh", "echo 'gpg: no secret key' >&2; exit 2");
    let silent = program(&kit, "silent.sh", "echo signature");
    for (program, words) in [(broken.as_str(), "gpg: no secret key"), (&silent, "said nothing")] {
        user(&kit, &[("commit.gpgSign", "true"), ("gpg.program", program), ("user.signingKey", "K")]);
        let text = refused(&kit, &plan);
        assert!(text.contains(words) && text.contains(program), "{text}");
    }
    user(&kit, &[("commit.gpgSign", "true"), ("gpg.program", "/nowhere/gpg"), ("user.signingKey", "K")]);
    assert!(refused(&kit, &plan).contains("/nowhere/gpg"));
    user(&kit, &[("commit.gpgSign", "true")]);
    assert!(refused(&kit, &plan).contains("git config --global user.signingKey"));
    user(&kit, &[("commit.gpgSign", "true"), ("gpg.format", "ssh")]);
    assert!(refused(&kit, &plan).contains("gpg.ssh.defaultKeyCommand"));
}

#[test]
fn the_repository_may_ask_for_signing_but_names_no_program_and_no_key() {
    let (kit, mut plan) = ready(&[]);
    let gpg = fake_gpg(&kit);
    let mark = kit.beside("mark");
    let evil = program(&kit, "evil.sh", &format!("touch {}", mark.display()));
    for (key, value) in [
        ("gpg.program", evil.as_str()),
        ("gpg.openpgp.program", &evil),
        ("gpg.ssh.program", &evil),
        ("gpg.ssh.defaultKeyCommand", &evil),
        ("user.signingKey", "EVIL"),
        ("commit.gpgSign", "true"),
    ] {
        kit.git(&["config", key, value]);
    }
    assert!(refused(&kit, &plan).contains("git config --global user.signingKey"));
    user(&kit, &[("gpg.program", &gpg), ("user.signingKey", "MINE")]);
    built(&kit, &plan);
    assert_eq!(kit.read("../log"), "--status-fd=2 -bsau MINE\n".repeat(2));
    let said = signing(&kit.top, Signing::AsGit).unwrap().join("\n");
    assert!(said.contains("user.signingkey = EVIL") && said.contains("gpg.program"), "{said}");
    // Nor does its "no" take back what the user asked for; only orchestra's own configuration does.
    kit.git(&["config", "commit.gpgSign", "false"]);
    user(&kit, &[("commit.gpgSign", "true"), ("gpg.program", &gpg), ("user.signingKey", "MINE")]);
    plan.id = 2;
    built(&kit, &plan);
    assert_eq!(kit.read("../log").lines().count(), 4);
    plan.id = 3;
    plan.sign = Signing::Never;
    let merges = built(&kit, &plan);
    assert!(!kit.git(&["cat-file", "commit", &merges[1]]).contains("gpgsig"));
    assert_eq!(signing(&kit.top, Signing::Never).unwrap(), Vec::<String>::new());
    assert!(!mark.exists());
}
