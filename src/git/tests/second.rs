//! What happens when git cannot be asked, or does not answer.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::domain::review::Engines;
use crate::git::merge::{Ask, Means, Merged, Merger, Second, in_memory};
use crate::git::testkit::{Kit, edited, wait_until, write};

/// What is said of one clean merge when `program` stands for git.
fn judged(program: &str, limit: Duration) -> Engines {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 3, "one")));
    kit.write("src/a.txt", &edited(20, 17, "main"));
    kit.commit("main");
    let ids = [kit.oid("main"), kit.oid(&format!("refs/heads/{}", one.branch))];
    let [ours, theirs] = ids.map(|o| git2::Oid::from_str(&o.0).unwrap());
    let verdicts = in_memory(&kit.top, |repo| {
        let merged = Merger::new(repo)?.merge(ours, theirs)?;
        assert!(matches!(merged, Merged::Clean(_)));
        let means = Means::default();
        let second = Second::with(repo, &means, program.into(), limit);
        let (attributes, library) = (Vec::new(), Some(merged));
        second.judge(vec![Ask { ours, theirs, run: 0, attributes, library }], true)
    });
    verdicts.unwrap().remove(0).engines
}

fn script(text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("git");
    write(&path, &format!("#!/bin/sh\n[ \"$1\" = version ] && echo git version 2.47.0 && exit\n{text}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    (dir, path.to_str().unwrap().to_owned())
}

fn why(engines: Engines) -> String {
    match engines {
        Engines::Library(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_an_answer_libgit2_stands_and_it_is_said() {
    let limit = Duration::from_secs(60);
    assert_eq!(judged("git", limit), Engines::Agree);
    assert!(why(judged("/nonexistent/git", limit)).starts_with("git cannot be started"));
    let (_dir, old) = script("exit 1");
    write(std::path::Path::new(&old), "#!/bin/sh\necho git version 2.30.2\n");
    assert!(why(judged(&old, limit)).starts_with("git 2.30 is older than 2.39"));
    let (_dir, fails) = script("echo out of luck >&2; exit 128");
    assert!(why(judged(&fails, limit)).ends_with("out of luck"));
    let (_dir, babbles) = script("printf 'x\\0y\\0'");
    assert!(why(judged(&babbles, limit)).contains("cannot be read"));
    let (_dir, short) = script("exit 0");
    assert!(why(judged(&short, limit)).contains("cannot be read"));
}

#[test]
fn a_process_that_hangs_is_ended_with_all_it_started() {
    let (dir, hangs) = script("sleep 600 & echo $! > \"${0%/*}/pid\"; wait");
    assert!(why(judged(&hangs, Duration::from_millis(300))).starts_with("git merge-tree took longer"));
    let pid = std::fs::read_to_string(dir.path().join("pid")).unwrap();
    let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    wait_until("the child has gone", || {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ")
    });
}
