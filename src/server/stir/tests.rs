use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::*;
use crate::git::testkit::{Kit, agent, commit, edited, git_in, write};

struct Stage {
    kit: Kit,
    heard: Receiver<Event>,
    stop: Option<OwnedFd>,
    sec: PathBuf,
    mark: PathBuf,
}

/// Two agents whose worktrees have a folder that is ignored, and one whose files only mark a moment.
fn stage() -> Stage {
    let kit = Kit::new();
    kit.write(".gitignore", "*.log\ntarget/\n");
    kit.commit("ignore");
    let sec = kit.work("SEC", |at| write(&at.join("deep/er/x.txt"), "1\n"));
    let net = kit.worktree("NET", "team/net");
    for at in [&sec.path, &net.path] {
        write(&at.join("target/out"), "built\n");
    }
    let yard = |name: &str, w: &crate::git::Worktree| Yard {
        agent: agent(name),
        branch: w.branch.clone(),
        worktree: w.path.clone(),
    };
    let mark = kit.worktree("MARK", "mark");
    let yards = vec![yard("SEC", &sec), yard("NET", &net), yard("MARK", &mark)];
    let ward = Ward { repository: kit.top.clone(), target: "main".into(), yards };
    let (out, heard) = channel();
    let (waker, _sleeper) = crate::server::waker::pair().unwrap();
    let pace = Pace { gather: Duration::from_millis(2), between: Duration::from_millis(5) };
    let stop = start(ward, pace, out, waker);
    let stage = Stage { kit, heard, stop, sec: sec.path, mark: mark.path };
    // Worktrees are taken in one after the other, this one last.
    let mut n = 0;
    loop {
        n += 1;
        write(&stage.mark.join("README.md"), &format!("{n}\n"));
        match stage.heard.recv_timeout(Duration::from_millis(50)) {
            Ok(Event::Stirred(what)) if what.agents == [agent("MARK")] => break,
            other => assert!(n < 400, "{other:?}"),
        }
    }
    stage.after(|| {});
    stage
}

impl Stage {
    /// Who is told of because of what `act` does, and whether the target.
    fn after(&self, act: impl FnOnce()) -> (Vec<String>, bool) {
        act();
        // The kernel tells in order: when this is heard, all before it was.
        fs::remove_file(self.mark.join("README.md")).unwrap();
        let told = self.told();
        write(&self.mark.join("README.md"), "here\n");
        let (agents, target) = self.told();
        (told.0.into_iter().chain(agents).collect::<BTreeSet<_>>().into_iter().collect(), told.1 || target)
    }

    /// Everything up to the next message about MARK, which is not counted.
    fn told(&self) -> (Vec<String>, bool) {
        let (mut agents, mut target) = (Vec::new(), false);
        loop {
            let Ok(Event::Stirred(what)) = self.heard.recv_timeout(Duration::from_secs(20)) else {
                panic!("waited in vain")
            };
            target |= what.target;
            let (mark, others): (Vec<_>, Vec<_>) = what.agents.into_iter().partition(|a| *a == *"MARK");
            agents.extend(others.iter().map(ToString::to_string));
            if !mark.is_empty() {
                return (agents, target);
            }
        }
    }
}

#[test]
fn commits_files_and_the_target_are_told_of_and_nothing_else() {
    let s = stage();
    let nobody = (vec![], false);
    let only = |name: &str| (vec![name.to_owned()], false);
    let all = (vec!["NET".to_owned(), "SEC".to_owned()], true);
    assert_eq!(s.after(|| {}), nobody);
    for (what, path) in [
        ("an ignored file", "run.log"),
        ("a file in an ignored folder", "target/out"),
        ("a new one there", "target/deep/new"),
        ("an ignored file in a folder", "deep/er/x.log"),
    ] {
        assert_eq!(s.after(|| write(&s.sec.join(path), "x\n")), nobody, "{what}");
    }
    for (what, path) in [
        ("a changed file", "src/a.txt"),
        ("a deep one", "deep/er/x.txt"),
        ("a new one in a new folder", "fresh/a/b.txt"),
        ("one more in it", "fresh/a/c.txt"),
    ] {
        assert_eq!(s.after(|| write(&s.sec.join(path), "x\n")), only("SEC"), "{what}");
    }
    assert_eq!(s.after(|| fs::remove_file(s.sec.join("src/b.txt")).unwrap()), only("SEC"));
    assert_eq!(s.after(|| fs::rename(s.sec.join("fresh"), s.sec.join("moved")).unwrap()), only("SEC"));
    assert_eq!(s.after(|| write(&s.sec.join("moved/a/d.txt"), "x\n")), only("SEC"), "where it is now");
    assert_eq!(s.after(|| drop(commit(&s.sec, "more"))), only("SEC"));
    let tip = s.kit.oid("main").to_string();
    assert_eq!(s.after(|| drop(s.kit.git(&["update-ref", "refs/heads/team/net", &tip]))), nobody, "no move");
    let tip = s.kit.oid("agent-sec").to_string();
    assert_eq!(s.after(|| drop(s.kit.git(&["update-ref", "refs/heads/team/net", &tip]))), only("NET"));
    assert_eq!(s.after(|| drop(s.kit.git(&["branch", "elsewhere"]))), nobody);
    let moved = s.after(|| {
        s.kit.write("src/a.txt", &edited(20, 1, "main"));
        s.kit.commit("main moves");
    });
    assert_eq!(moved, (vec![], true));
    // Who it is about cannot be seen; it may be told in more than one message, and some of them more than once.
    let everybody = |act: &dyn Fn()| {
        act();
        let (mut agents, mut target) = (BTreeSet::new(), false);
        while (agents.len(), target) != (2, true) {
            let (more, too) = s.told();
            agents.extend(more);
            target |= too;
        }
        // What is told once more is not to be taken for what comes next.
        while s.after(|| {}) != nobody {}
        (agents.into_iter().collect::<Vec<_>>(), target)
    };
    assert_eq!(everybody(&|| drop(s.kit.git(&["pack-refs", "--all"]))), all);
    assert_eq!(everybody(&|| drop(s.kit.git(&["branch", "new/folder"]))), all);
    assert_eq!(s.after(|| {}), nobody);
    // Looking changes nothing.
    let looked = s.after(|| {
        git_in(&s.sec, &["log", "-1"]).unwrap();
        let branch = "agent-sec";
        crate::git::facts(&s.kit.top, &s.sec, branch, &s.kit.oid("main"), "main").unwrap();
    });
    assert_eq!(looked, nobody);
}

#[test]
fn it_ends_when_nobody_listens_and_bears_what_is_no_repository() {
    let mut s = stage();
    drop(s.stop.take());
    // The thread gives up its end.
    assert!(
        s.heard
            .recv_timeout(Duration::from_secs(20))
            .is_err_and(|e| e == std::sync::mpsc::RecvTimeoutError::Disconnected)
    );
    let (out, heard) = channel();
    let (waker, _sleeper) = crate::server::waker::pair().unwrap();
    let nowhere = Path::new("/nonexistent");
    let yards = vec![Yard { agent: agent("SEC"), branch: "x".into(), worktree: nowhere.join("w") }];
    let ward = Ward { repository: nowhere.into(), target: "main".into(), yards };
    let stop = start(ward, Pace::default(), out, waker);
    drop(stop);
    assert!(heard.recv_timeout(Duration::from_secs(20)).is_err());
}
