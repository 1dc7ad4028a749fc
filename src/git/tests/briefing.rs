//! What is told of branches, on real repositories.

use std::collections::BTreeMap;

use crate::domain::brief::{Brief, MOST};
use crate::domain::id::Oid;
use crate::git::testkit::{Kit, agent, commit, git_in, numbered, write};
use crate::git::{Error, ReviewInput, Team, Worktree, briefs};

fn input(kit: &Kit, made: &Worktree) -> ReviewInput {
    ReviewInput {
        agent: agent(made.path.file_name().unwrap().to_str().unwrap()),
        worktree: made.path.clone(),
        branch: made.branch.clone(),
        base: kit.oid("main"),
    }
}

/// The names of files that say something, so that the test sees what was handed over.
fn shells(paths: &[&str], read: &mut dyn FnMut(&str) -> Option<String>) -> Vec<String> {
    let wanted = paths.iter().filter(|p| p.ends_with(".sh"));
    wanted.filter(|p| read(p).is_some_and(|t| t.contains("#!"))).map(|p| (*p).to_owned()).collect()
}

fn all(kit: &Kit, team: &Team) -> Vec<Result<Brief, Error>> {
    let wanted: Vec<_> = team.branches.iter().map(|b| b.agent.clone()).collect();
    briefs(&kit.top, team, &wanted, "main", &shells)
}

fn one(kit: &Kit, made: &Worktree) -> Brief {
    let team = Team { branches: vec![input(kit, made)], after: BTreeMap::new() };
    all(kit, &team).remove(0).unwrap()
}

#[test]
fn a_brief_tells_what_the_branch_holds() {
    let kit = Kit::new();
    kit.write("src/old.ts", "export const old = 1\n");
    kit.write("src/old.test.ts", "it('works', f)\n");
    kit.write("run.sh", "#!/bin/sh\n");
    kit.write("src/b.txt", "one\ntwo\nthree\n");
    kit.commit("habit");
    let sec = kit.worktree("SEC", "agent-sec");
    write(&sec.path.join("src/policy.ts"), "// TODO: deny by default\nexport const policy = 2\n");
    write(&sec.path.join("src/old.test.ts"), "it.skip('works', f)\n");
    commit(&sec.path, "feat(sec): policy\n\nWhy it is so.\n\n- Added a policy\n* Skipped a test\n-\n");
    git_in(&sec.path, &["rm", "-q", "src/a.txt"]).unwrap();
    git_in(&sec.path, &["mv", "src/b.txt", "src/c.txt"]).unwrap();
    commit(&sec.path, "chore: tidy");
    write(&sec.path.join("notes.txt"), "x\n");
    write(&sec.path.join("run.sh"), "changed\n");

    let Brief { work, upstream, tech } = one(&kit, &sec);
    let commits: Vec<_> = work.commits.iter().map(|c| (c.subject.as_str(), c.bullets.len())).collect();
    assert_eq!(commits, [("feat(sec): policy", 2), ("chore: tidy", 0)], "oldest first");
    assert_eq!(work.commits[0].bullets, ["Added a policy", "Skipped a test"]);
    assert_eq!(work.commits[0].id.len(), 12);
    let files: Vec<_> =
        work.files.iter().map(|f| (f.path.as_str(), f.how.as_str(), f.added, f.removed)).collect();
    assert_eq!(
        files,
        [
            ("src/a.txt", "deleted", 0, 20),
            ("src/c.txt", "renamed", 0, 0),
            ("src/old.test.ts", "modified", 1, 1),
            ("src/policy.ts", "added", 2, 0),
        ]
    );
    assert_eq!((work.ahead, work.changed, work.added, work.removed), (2, 4, 3, 21));
    let places = |list: &[crate::domain::brief::Place]| -> Vec<String> {
        list.iter().map(|p| format!("{}:{} {}", p.path, p.line, p.text)).collect()
    };
    assert_eq!(places(&work.todos), ["src/policy.ts:1 // TODO: deny by default"]);
    assert_eq!(places(&work.skipped_tests), ["src/old.test.ts:1 it.skip('works', f)"]);
    assert_eq!(work.untested, ["src/policy.ts"]);
    assert_eq!(work.uncommitted, ["run.sh", "notes.txt"]);
    assert_eq!(work.problems.len(), 3, "two commits, a change, an untracked file: {:?}", work.problems);
    assert!(upstream.is_empty());
    assert_eq!(tech, ["run.sh"], "as committed, not as it lies there");
}

#[test]
fn a_brief_tells_what_the_agent_builds_on() {
    let kit = Kit::new();
    let arch = kit.work("ARCH", |dir| {
        write(
            &dir.join("lib/config.ts"),
            "export interface Config {}\nexport const limits = {}\nconst own = 1\n",
        );
    });
    let sec =
        kit.work("SEC", |dir| write(&dir.join("src/use.ts"), "import { limits } from '../lib/config'\n"));
    let gone = ReviewInput { agent: agent("GONE"), branch: "agent-gone".into(), ..input(&kit, &arch) };
    let after = BTreeMap::from([(agent("SEC"), vec![agent("ARCH"), agent("GONE")])]);
    let team = Team { branches: vec![input(&kit, &arch), input(&kit, &sec), gone], after };
    let mut found = all(&kit, &team);
    assert!(matches!(found.remove(2), Err(Error::OffBranch { .. })), "it cannot be read");
    let brief = found.remove(1).unwrap();
    let [up] = &brief.upstream[..] else { panic!("what cannot be read is left out: {:?}", brief.upstream) };
    assert_eq!((up.agent.as_str(), up.branch.as_str(), up.changed, up.added), ("ARCH", "agent-arch", 1, 3));
    assert_eq!(up.commits[0].subject, "feat: work of ARCH");
    assert_eq!(up.files[0].path, "lib/config.ts");
    assert_eq!(up.exports, ["lib/config.ts: Config", "lib/config.ts: limits"]);
    assert_eq!(up.unused, ["lib/config.ts: Config"]);
    assert!(found.remove(0).unwrap().upstream.is_empty());
}

#[test]
fn everything_is_bounded() {
    let kit = Kit::new();
    let sec = kit.worktree("SEC", "agent-sec");
    for n in 0..60 {
        write(&sec.path.join(format!("f{n:02}.txt")), "TODO\n");
        commit(&sec.path, &format!("commit {n}"));
    }
    write(&sec.path.join("huge.txt"), &"TODO\n".repeat(250_000));
    write(&sec.path.join("binary.bin"), "TODO\n\0\u{1}TODO\n");
    write(&sec.path.join("long.txt"), &format!("TODO {}\n", "x".repeat(5000)));
    write(&sec.path.join("many.txt"), &numbered(30_000).repeat(3));
    commit(&sec.path, "big ones");
    for n in 0..60 {
        write(&sec.path.join(format!("u{n}.txt")), "x\n");
    }
    let work = one(&kit, &sec).work;
    let lengths = [work.commits.len(), work.files.len(), work.todos.len(), work.uncommitted.len()];
    assert_eq!(lengths, [MOST; 4]);
    assert_eq!((work.ahead, work.changed), (61, 64));
    assert_eq!(work.commits.last().unwrap().subject, "big ones", "the latest are named");
    assert_eq!(work.added, 60 + 1 + 90_000, "what is binary or over 1 MiB is not read");

    let sec = kit.work("LONG", |dir| {
        write(&dir.join("a.txt"), &"TODO\n".repeat(150_000));
        write(&dir.join("b.txt"), &"x\n".repeat(150_000));
        write(&dir.join("c.md"), "TODO\n");
    });
    assert_eq!(one(&kit, &sec).work.added, 200_000);
    let sec = kit.work("WIDE", |dir| write(&dir.join("a.txt"), &format!("TODO {}\n", "x".repeat(5000))));
    assert_eq!(one(&kit, &sec).work.todos[0].text.len(), 200);
}

#[test]
fn a_branch_that_cannot_be_read_fails_alone() {
    let kit = Kit::new();
    let sec = kit.work("SEC", |dir| write(&dir.join("a"), "x\n"));
    let obs = kit.work("OBS", |dir| write(&dir.join("b"), "x\n"));
    git_in(&sec.path, &["checkout", "-q", "--detach"]).unwrap();
    let bad_base = ReviewInput { base: Oid("0".repeat(40)), agent: agent("QA"), ..input(&kit, &obs) };
    let branches = vec![input(&kit, &sec), input(&kit, &obs), bad_base];
    let found = all(&kit, &Team { branches, after: BTreeMap::new() });
    assert!(matches!(found[0], Err(Error::OffBranch { .. })), "{:?}", found[0]);
    assert_eq!(found[1].as_ref().unwrap().work.ahead, 1);
    assert!(matches!(found[2], Err(Error::NoCommit(_))), "{:?}", found[2]);
    let nowhere = tempfile::tempdir().unwrap();
    let team = Team { branches: vec![input(&kit, &obs)], after: BTreeMap::new() };
    let found = briefs(nowhere.path(), &team, &[agent("OBS"), agent("NET")], "main", &shells);
    assert!(found.iter().all(|f| matches!(f, Err(Error::NotARepository(_)))) && found.len() == 2);
}
