//! A case in which nothing is empty, for looking at prompts and for checking them.

use super::super::brief::{Brief, Commit, File, Place, Upstream, Work};
use super::super::train::{ConflictFileVar, ConflictVar, SideVar};
use super::{GateVar, MemberVar, QueryVar, Vars};

/// Every variable filled.
#[must_use]
pub fn full() -> Vars {
    let text = |s: &str| s.to_owned();
    let brief = brief();
    Vars {
        agent: text("SEC"),
        role: text("Security Engineer"),
        domain: text("policies that are enforced"),
        branch: text("agent-3-sec"),
        base: text("1a2b3c4d5e6f"),
        target: text("main"),
        session: text("sprint-1"),
        focus: vec![text("policies/"), text("lib/")],
        gates: ["build", "test"].map(|g| GateVar { name: text(g), run: format!("sh {g}.sh") }).to_vec(),
        build: text("sh build.sh"),
        code: text("k7f3aa"),
        phrase: text("[AGENT] SEC READY FOR MERGE"),
        reasons: vec![text("2 commits above the base; squash them into one")],
        extra: text("Mind the weekend."),
        team: vec![
            member("ARCH", "agent-1-arch", &[], &brief.work),
            member("SEC", "agent-3-sec", &["ARCH"], &brief.work),
        ],
        order: vec![vec![text("ARCH")], vec![text("SEC")]],
        group: text("security"),
        area: text("who may do what"),
        session_dir: text("/sessions/sprint-1"),
        repository: text("/repository"),
        suggestions: vec![text("commit `policies/draft.yaml` or throw it away")],
        conflict: conflict(),
        query: query(),
        ..Vars::default()
    }
    .with(brief)
}

fn query() -> QueryVar {
    let text = |s: &str| s.to_owned();
    QueryVar {
        number: 3,
        asker: text("OBS"),
        back: text("OBS"),
        to: text("SEC"),
        priority: text("high"),
        lines: vec![text("Which labels must every pod have?")],
        by: text("SEC"),
        answer: vec![text("owner and team; see policies/labels.yaml")],
    }
}

/// A conflict with one file.
#[must_use]
pub fn conflict() -> ConflictVar {
    let text = |s: &str| s.to_owned();
    ConflictVar {
        onto: text("1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b"),
        told: text("uncommitted files: policies/draft.yaml"),
        message: text("feat(sec): limits for every label"),
        with: vec![SideVar {
            agent: text("ARCH"),
            branch: text("agent-1-arch"),
            message: text("feat(arch): labels have one owner"),
        }],
        files: vec![ConflictFileVar {
            path: text("policies/labels.yaml"),
            kind: text("both sides changed it"),
            text: text("<<<<<<< your branch\nowner: sec\n=======\nowner: arch\n>>>>>>> the other side"),
        }],
    }
}

/// A branch with something of everything, upstream and technologies included.
#[must_use]
pub fn brief() -> Brief {
    let text = |s: &str| s.to_owned();
    let place = |path: &str, line, found: &str| Place { path: text(path), line, text: text(found) };
    let work = Work {
        commits: commits(),
        ahead: 2,
        files: files(25),
        changed: 25,
        added: 310,
        removed: 12,
        uncommitted: vec![text("policies/draft.yaml")],
        todos: vec![place("policies/labels.yaml", 7, "# TODO: team label")],
        skipped_tests: vec![place("tests/labels.test.ts", 31, "it.skip(\"no label\")")],
        untested: vec![text("lib/limits.ts")],
        problems: vec![text("2 commits above the base; squash them into one")],
    };
    let upstream = Upstream {
        agent: text("ARCH"),
        branch: text("agent-1-arch"),
        commits: commits(),
        files: files(3),
        changed: 3,
        added: 80,
        removed: 4,
        exports: vec![text("lib/types.ts: Limits"), text("lib/types.ts: Labels")],
        unused: vec![text("lib/types.ts: Limits")],
    };
    Brief { work, upstream: vec![upstream], tech: vec![text("kubernetes"), text("typescript")] }
}

fn member(name: &str, branch: &str, after: &[&str], work: &Work) -> MemberVar {
    MemberVar {
        name: name.to_owned(),
        role: format!("{name} engineer"),
        domain: String::from("a part of it"),
        branch: branch.to_owned(),
        after: after.iter().map(|a| (*a).to_owned()).collect(),
        state: String::from("idle"),
        message: format!("merge {name}"),
        work: work.clone(),
    }
}

fn commits() -> Vec<Commit> {
    [
        ("0123456789ab", "feat(sec): require labels", "Added a policy for labels"),
        ("ba9876543210", "fix: limits", "Fixed the limits"),
    ]
    .map(|(id, subject, bullet)| Commit {
        id: id.to_owned(),
        subject: subject.to_owned(),
        bullets: vec![bullet.to_owned()],
    })
    .to_vec()
}

fn files(count: usize) -> Vec<File> {
    let file =
        |n| File { path: format!("policies/{n}.yaml"), how: String::from("added"), added: 12, removed: 1 };
    (1..=count).map(file).collect()
}
