//! A small project in the middle of everything, for tests.

use super::{Base, Cause, Context, Epoch, Project, Terms, Verdict};
use crate::domain::id::AgentName;
use crate::domain::record::Workflowed;
use crate::domain::state::TaskState;
use crate::domain::workflow::pattern::{Loop, Must, Pair, Priority};
use crate::domain::workflow::plan::{Checklist, Item, Options, Phase, Planned, Point, Task};
use crate::domain::workflow::span::Span;

/// When it started: 2026-03-02, a Monday, 09:00 UTC.
pub const START: i64 = 1_772_442_000_000;
/// A day of its plan.
pub const DAY: i64 = super::DAY_MS;

/// A task that lasts so many days.
#[must_use]
pub fn task(id: &str, specialist: &str, days: u32, needs: &[&str]) -> Task {
    Task {
        id: id.into(),
        title: format!("The {id}"),
        phase: "build".into(),
        specialist: specialist.into(),
        agent: AgentName::new(&format!("{specialist}-specialist")).unwrap(),
        duration: Span::hours(24 * days),
        needs: needs.iter().map(|n| (*n).to_owned()).collect(),
        priority: Priority::High,
        environment: String::new(),
        covers: Vec::new(),
        added: String::new(),
        milestone: String::new(),
        objectives: vec![format!("the {id} works")],
        outcomes: Vec::new(),
        criteria: Vec::new(),
        hands_over: Vec::new(),
        checks: Vec::new(),
    }
}

/// containers (docker, 5 d) → cluster (kubernetes, 7 d) → pipeline (cicd, 6 d) → monitoring (monitoring, 4 d) beside
/// logging (observability, 3 d); monitoring judges the cluster.
#[must_use]
pub fn plan() -> Planned {
    let mut tasks = vec![
        task("containers", "docker", 5, &[]),
        task("cluster", "kubernetes", 7, &["containers"]),
        task("pipeline", "cicd", 6, &["cluster"]),
        task("monitoring", "monitoring", 4, &["pipeline"]),
        task("logging", "observability", 3, &["pipeline"]),
    ];
    tasks[0].hands_over = vec![
        Item { key: "images".into(), what: "the images".into(), to: vec!["cluster".into()] },
        Item { key: "registry".into(), what: "the registry".into(), to: vec!["cluster".into()] },
    ];
    tasks[0].milestone = "application-containerized".into();
    tasks[2].covers = vec![Must::Pipeline];
    tasks[3].phase = "watch".into();
    tasks[4].phase = "watch".into();
    let point = |id: &str| Point { id: id.into(), text: format!("see to {id}") };
    let security = Checklist {
        name: "security".into(),
        title: "Security".into(),
        points: vec![point("secrets"), point("least-privilege")],
    };
    let phase = |id: &str, checklists| Phase {
        id: id.into(),
        title: format!("Phase {id}"),
        weeks: String::new(),
        checklists,
    };
    Planned {
        pattern: "sample".into(),
        title: "A sample".into(),
        options: Options { providers: vec!["aws".into()], ..Options::default() },
        phases: vec![phase("build", vec![security]), phase("watch", Vec::new())],
        tasks,
        pairs: vec![Pair {
            tasks: ["monitoring".into(), "logging".into()],
            sync: "which metrics, logs and traces are collected".into(),
        }],
        loops: vec![Loop {
            work: "cluster".into(),
            review: "monitoring".into(),
            until: "performance targets are met".into(),
            limit: 3,
        }],
        readings: Vec::new(),
        notes: Vec::new(),
        own: crate::domain::workflow::vocabulary::Own::default(),
    }
}

/// The project before anything happened: a day rate of 800 EUR, a budget of 30,000, a deadline after 25 days.
#[must_use]
pub fn begun() -> Project {
    let plan = plan();
    let at = [(0, 5), (5, 12), (12, 18), (18, 22), (18, 21)];
    let base =
        |(t, (from, to)): (&Task, (u32, u32))| Base { task: t.id.clone(), from: from * 24, to: to * 24 };
    let baseline = plan.tasks.iter().zip(at).map(base).collect();
    let started = Workflowed::Started {
        number: 1,
        name: "shop".into(),
        context: Box::new(Context { request: "Ship the shop".into(), ..Context::default() }),
        terms: Terms {
            deadline: Some(START + 25 * DAY),
            budget: Some(30_000),
            rate: Some(800),
            currency: "EUR".into(),
        },
        day_ms: DAY,
        plan: Box::new(plan),
        baseline,
    };
    let mut project = Project::begun(&started, START).unwrap();
    project.fold(&Workflowed::Running { run: 1 }, START);
    project
}

/// It on its ninth day: containers are done after 4 days, the cluster runs and is blocked.
#[must_use]
pub fn ninth_day() -> Project {
    let mut p = begun();
    let day = |n: i64| START + n * DAY;
    p.task_changed("containers", TaskState::Sent, "", day(0));
    p.task_changed("containers", TaskState::Running, "", day(0));
    let text = "## Done\n- images are 80 MB instead of 900 MB\n## Decisions\n- distroless base: fewer packages to patch\n\
                ## Risks\n- the registry is not replicated: replication comes in phase 2\n## Next\n- sign the images\n\
                ## Handover\n- images: ghcr.io/shop/web:1.4\n- registry: ghcr.io/shop\n";
    p.fold(&Workflowed::HandedOver { task: "containers".into(), text: text.into() }, day(4));
    p.task_changed("containers", TaskState::Done, "", day(4));
    p.task_changed("cluster", TaskState::Running, "", day(4));
    p.fold(
        &Workflowed::Percent { task: "cluster".into(), percent: 60, note: "charts are written".into() },
        day(7),
    );
    let blocked = Workflowed::Blocked {
        task: "cluster".into(),
        text: "no quota for load balancers".into(),
        mitigation: String::new(),
    };
    p.fold(&blocked, day(8));
    let figure = |name: &str, epoch, value: &str| Workflowed::Figure {
        name: name.into(),
        epoch,
        value: value.into(),
        by: "lead".into(),
    };
    p.fold(&figure("deployment-frequency", Epoch::Before, "1 a week"), day(0));
    p.fold(&figure("deployment-frequency", Epoch::Now, "2 a week"), day(8));
    p.fold(
        &Workflowed::Asked { by: "kubernetes-specialist".into(), text: "managed nodes or own?".into() },
        day(8),
    );
    p
}

/// It after all is done, the cluster in its second round.
#[must_use]
pub fn complete() -> Project {
    let mut p = ninth_day();
    let day = |n: i64| START + n * DAY;
    p.fold(&Workflowed::Unblocked { id: 1, by: String::new() }, day(9));
    for (id, from, to) in
        [("cluster", 4, 12), ("pipeline", 12, 18), ("monitoring", 18, 21), ("logging", 18, 21)]
    {
        p.task_changed(id, TaskState::Running, "", day(from));
        let text = format!("## Done\n- the {id} works\n");
        p.fold(&Workflowed::HandedOver { task: id.into(), text }, day(to));
        p.task_changed(id, TaskState::Done, "", day(to));
    }
    let judged = |round, verdict| Workflowed::Judged {
        work: "cluster".into(),
        review: "monitoring".into(),
        round,
        verdict,
        feedback: vec!["limits are too low".into()],
    };
    p.fold(&judged(1, Verdict::Again), day(21));
    p.fold(&judged(2, Verdict::Met), day(22));
    let raised = Workflowed::Escalated {
        cause: Cause::Blocker,
        key: "blocker-1".into(),
        evidence: vec!["cluster: no quota for load balancers".into()],
    };
    p.fold(&raised, day(22));
    p.fold(&Workflowed::Closed { stage: super::Stage::Complete, why: String::new() }, day(22));
    p
}
