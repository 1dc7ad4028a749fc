//! A case in which nothing is empty, for looking at prompts and for checking them.

use super::super::brief::{Brief, Commit, File, Place, Upstream, Work};
use super::super::train::{ConflictFileVar, ConflictVar, SideVar};
use super::{GateVar, IncidentVar, KindVar, MemberVar, QueryVar, Vars};
use crate::domain::workflow::brief::{Beside, HandedItem, Other, Required, TaskBrief};
use crate::domain::workflow::plan::Item;

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
        stages: vec![vec![text("ARCH")], vec![text("SEC")]],
        asks: vec![text("start_merge")],
        denied: vec![text("confirm")],
        query: query(),
        incident: incident(),
        workflow: workflow(),
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

/// A task of a project in the middle of everything.
#[must_use]
pub fn workflow() -> TaskBrief {
    let text = |s: &str| s.to_owned();
    let one = |s: &str| vec![s.to_owned()];
    TaskBrief {
        project: text("shop"),
        request: one("Ship the shop to a cluster"),
        goals: one("a deployment takes minutes"),
        task: text("cluster"),
        title: text("Charts and manifests"),
        phase: text("Orchestration"),
        specialist: text("kubernetes-specialist"),
        duration: text("1w"),
        priority: text("high"),
        environment: text("staging"),
        objectives: one("every service has a chart"),
        infrastructure: one("two virtual machines"),
        issues: one("deployments by hand"),
        constraints: one("no new vendors"),
        outcomes: one("charts in deploy/"),
        requires: vec![Required {
            task: text("containers"),
            title: text("Images"),
            agent: text("docker-specialist"),
            file: text("reports/project-handover-containers.md"),
            items: vec![HandedItem { key: text("images"), value: text("ghcr.io/shop/web:1.4") }],
            handover: one("- images: ghcr.io/shop/web:1.4"),
        }],
        blocks: vec![Other {
            task: text("pipeline"),
            title: text("A pipeline"),
            agent: text("cicd-specialist"),
        }],
        assets: one("docs/architecture.md"),
        criteria: one("the charts lint"),
        checks: one("build"),
        hands_over: vec![Item { key: text("manifests"), what: text("the charts"), to: one("pipeline") }],
        points: one("security/secrets: secrets are managed"),
        beside: vec![Beside {
            task: text("security"),
            agent: text("security-specialist"),
            sync: text("findings"),
            said: one("port 22 is open"),
        }],
        round: 2,
        rounds: 3,
        until: text("performance targets are met"),
        judges: text("tuning"),
        feedback: one("limits are too low"),
        held: one("no handover of manifests"),
        changed: text("the pipeline comes first"),
        answers: one("question 1, which registry: ghcr.io (so lead)"),
    }
}

/// An incident in the middle of everything.
#[must_use]
pub fn incident() -> IncidentVar {
    let text = |s: &str| s.to_owned();
    IncidentVar {
        name: text("scale-out"),
        report: vec![text("High latency on one service, api, since 02:16 UTC.")],
        data: text("/incidents/scale-out"),
        own_data: text("/incidents/scale-out/k8s"),
        from: text("2026-03-13T23:16:00Z"),
        to: text("2026-03-14T03:20:00Z"),
        started: text("2026-03-14T02:16:00Z"),
        symptom: text("latency"),
        scope: text("service api"),
        priority: text("P2"),
        route: text("latency: a slow answer may come from all three domains"),
        why: text("its data shows latency"),
        engaged: vec![text("k8s-health-agent"), text("rds-health-agent")],
        minutes: 5,
        kinds: vec![KindVar { name: text("node.added"), what: text("A node joined the cluster") }],
        correlation: vec![text("02:12 node.added -> 02:14 pod.scheduled, causal")],
        missing: vec![text("rds-health-agent was past its deadline")],
        sections: ["Timeline", "Root Cause", "Contributing Factors", "Recommendations", "Action Items"]
            .map(String::from)
            .to_vec(),
        problems: vec![text("the number 73 is in no finding")],
        attempts: 2,
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
