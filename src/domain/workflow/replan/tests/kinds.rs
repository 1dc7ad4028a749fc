//! One change of each kind.

use super::*;

fn drop(task: &str) -> Wanted {
    Wanted::Drop { task: task.into() }
}

fn add(task: Task, before: &[&str]) -> Wanted {
    Wanted::Add { task: Box::new(task), before: before.iter().map(|b| (*b).to_owned()).collect() }
}

fn reorder(task: &str, before: &str) -> Wanted {
    Wanted::Reorder { task: task.into(), before: before.into() }
}

fn give(task: &str, to: &str) -> Wanted {
    Wanted::Reassign { task: task.into(), to: to.into(), agent: agent(to) }
}

fn waive(must: Must, reason: &str) -> Wanted {
    Wanted::Waive { waiver: Waiver { must, reason: reason.into() } }
}

/// The sample, which ends in production.
fn to_production() -> Project {
    let mut p = sample::ninth_day();
    p.plan.tasks[4].environment = PRODUCTION.into();
    p
}

#[test]
fn a_task_is_added_before_beside_or_at_the_end() {
    let p = sample::ninth_day();
    let mut task = sample::task("audit", "docker", 2, &["containers"]);
    task.phase.clear();
    let all = offered(&p, &add(task.clone(), &["pipeline"]));
    assert_eq!(all.len(), 3, "{:?}", titles(&all));
    assert_eq!(needs(&all[0], "pipeline"), ["cluster", "audit"]);
    assert_eq!(all[0].plan.task("audit").unwrap().phase, "build");
    // It ends before the cluster does: nothing gets later, and it costs two days of 800 EUR.
    assert_eq!((all[0].impact.end_before, all[0].impact.end_after), (START + 21 * DAY, START + 21 * DAY));
    assert_eq!((all[0].impact.cost_before, all[0].impact.cost_after), (Some(19_200), Some(20_800)));
    assert_eq!(affected(&all[0]), ["docker-specialist", "cicd-specialist"]);
    assert!(all[0].costs.contains(&"it costs 1,600 EUR more: 20,800 EUR".to_owned()), "{:?}", all[0].costs);
    assert_eq!(needs(&all[1], "pipeline"), ["cluster"]);
    assert_eq!(all[1].plan.beside("audit").map(|(t, _)| t.id.as_str()).collect::<Vec<_>>(), ["pipeline"]);
    assert_eq!(needs(&all[2], "audit"), ["containers", "monitoring", "logging"]);
    assert_eq!(all[2].impact.end_after, START + 23 * DAY);
    assert_eq!(all[2].impact.path_after, ["cluster", "pipeline", "monitoring", "audit"]);
    assert!(all[2].costs.iter().any(|c| c == "it ends 2d later, on 2026-03-25 09:00"), "{:?}", all[2].costs);

    // Whoever is busy does it later: the cluster is done on day 11.
    let busy = offered(&p, &add(sample::task("quotas", "kubernetes", 2, &["containers"]), &["pipeline"]));
    assert_eq!(busy[0].impact.end_after, START + 23 * DAY);
    assert_eq!(busy[0].impact.path_after, ["cluster", "quotas", "pipeline", "monitoring"]);
    let waits = "`quotas` waits until kubernetes-specialist has done `cluster`";
    assert!(busy[0].costs.iter().any(|c| c == waits), "{:?}", busy[0].costs);

    refused(&p, &add(task.clone(), &["cluster"]), "`cluster` has begun");
    refused(&p, &add(task.clone(), &["containers"]), "`containers` is done, and finished work stays");
    refused(&p, &add(task.clone(), &["pipelin"]), "did you mean `pipeline`?");
    let with = |change: &dyn Fn(&mut Task)| {
        let mut task = task.clone();
        change(&mut task);
        add(task, &["pipeline"])
    };
    refused(&p, &with(&|t| t.needs = vec!["monitoring".into()]), "which waits for `pipeline`: a circle");
    refused(&p, &with(&|t| t.id = "cluster".into()), "there is a task `cluster` already");
    refused(&p, &with(&|t| t.id = "two words".into()), "no id of a task");
    refused(&p, &with(&|t| t.agent = agent("cluod")), "takes no part");
    refused(&p, &with(&|t| t.agent = agent("dokcer")), "did you mean `docker-specialist`?");
    refused(&p, &with(&|t| t.phase = "biuld".into()), "did you mean `build`?");
    refused(&p, &with(&|t| t.title = "An\u{1b}[2J audit".into()), "its title has control characters in it");
    refused(
        &p,
        &with(&|t| t.objectives = vec!["a\nb".into()]),
        "one of its objectives has control characters",
    );
    refused(&p, &with(&|t| t.environment = "s\u{7}".into()), "its environment has control characters");
    refused(&p, &with(&|t| t.added = "w\u{202e}".into()), "why it is added has control characters");
    refused(&p, &waive(Must::Recovery, "r\u{0}"), "the reason has control characters in it");
    // What could not be followed is refused before it is offered, too.
    refused(&p, &with(&|t| t.outcomes = vec!["x".repeat(300_000)]), "bytes, at most");
}

#[test]
fn an_alternative_is_called_by_what_it_is() {
    let p = sample::ninth_day();
    let all = offered(&p, &drop("logging"));
    let names = |all: &[Alternative]| all.iter().map(|a| a.name.clone()).collect::<Vec<_>>();
    let mut once = names(&all);
    once.sort();
    once.dedup();
    assert_eq!(once.len(), all.len(), "no two have the same");
    assert!(once.iter().all(|n| n.len() == 8 && n.bytes().all(|b| b.is_ascii_lowercase())), "{once:?}");
    // The clock goes on, and it is still called so; where the change is another, so is the name.
    assert_eq!(names(&alternatives(&p, &drop("logging"), NOW + 1_000).unwrap()), names(&all));
    let mut other = p.clone();
    other.terms.budget = Some(77);
    let others = names(&offered(&other, &drop("logging")));
    assert!(names(&all).iter().all(|n| !others.contains(n)), "{others:?}");
    let why = chosen(all.clone(), "zzzzzzzz").unwrap_err();
    assert!(why.contains("what you saw has changed") && names(&all).iter().all(|n| why.contains(n)), "{why}");
    let (one, rest) = chosen(all.clone(), &all[1].name).unwrap();
    assert_eq!((one.title, rest.len()), (all[1].title.clone(), all.len() - 1));
}

#[test]
fn what_goes_to_production_waits_for_what_must_not_be_skipped() {
    let p = sample::ninth_day();
    let mut task = sample::task("release", "cicd", 1, &["containers"]);
    task.environment = PRODUCTION.into();
    refused(&p, &add(task.clone(), &[]), "nothing would see to security-review before `release`");
    let mut p = p;
    p.plan.tasks[2].covers = Must::ALL.to_vec();
    let all = offered(&p, &add(task, &[]));
    assert_eq!(needs(&all[0], "release"), ["containers", "pipeline"]);
}

#[test]
fn a_task_is_dropped_alone_or_with_what_served_it() {
    let p = sample::ninth_day();
    let all = offered(&p, &drop("pipeline"));
    assert!(all[0].title.starts_with("Drop `pipeline` alone"));
    assert_eq!((needs(&all[0], "monitoring"), needs(&all[0], "logging")), (vec!["cluster"], vec!["cluster"]));
    assert_eq!(all[0].impact.end_after, START + 15 * DAY);
    assert_eq!(all[0].impact.cost_after, Some(19_200 - 4_800));
    // What only served it: the cluster, which runs, but not the containers, which are done.
    let all_ids: Vec<&str> = all[1].plan.tasks.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(all_ids, ["containers", "monitoring", "logging"]);
    assert!(all[1].plan.loops.is_empty(), "the loop went with its work");
    assert!(all[1].costs.iter().any(|c| c.contains("kubernetes-specialist has done of `cluster`")));
    assert_eq!(needs(&all[2], "pipeline"), ["cluster", "monitoring", "logging"]);
    assert_eq!(all[3].plan.task("pipeline").unwrap().duration.to_string(), "3d");

    let all = offered(&p, &drop("logging"));
    assert_eq!(affected(&all[0]), ["cicd-specialist", "monitoring-specialist", "observability-specialist"]);
    assert!(all[0].plan.pairs.is_empty());
    refused(&p, &drop("containers"), "`containers` is done, and finished work stays");
    refused(&p, &drop("clutser"), "there is no task `clutser`; did you mean `cluster`?");
    let mut over = sample::complete();
    refused(&over, &drop("logging"), "the project is over");
    over.stage = Stage::Running;
    refused(&over, &drop("logging"), "is done");
}

#[test]
fn what_must_not_be_skipped_is_dropped_only_once_it_is_waived() {
    let mut p = to_production();
    refused(&p, &drop("pipeline"), "`orchestra workflow reprioritise waive pipeline=REASON`");
    let all = offered(&p, &waive(Must::Pipeline, "deployed by hand until May"));
    assert_eq!(titles(&all)[0], "Leave pipeline out: `pipeline` is dropped");
    assert!(all[0].plan.task("pipeline").is_none());
    assert_eq!(needs(&all[1], "logging"), ["cluster"]);
    assert_eq!(needs(&all[1], "monitoring"), ["pipeline"], "it is not on the way to production");
    assert_eq!(all[2].plan.tasks, p.plan.tasks);
    assert!(all.iter().all(|a| a.plan.options.waivers[0].reason == "deployed by hand until May"));
    p.plan = all[2].plan.clone();
    offered(&p, &drop("pipeline"));
    refused(&p, &waive(Must::Pipeline, "again"), "pipeline is left out already");
    // Taking it back makes production wait for it again.
    p.plan = all[1].plan.clone();
    let back = offered(&p, &waive(Must::Pipeline, ""));
    assert_eq!(needs(&back[0], "logging"), ["cluster", "pipeline"]);
    p.plan = all[0].plan.clone();
    refused(&p, &waive(Must::Pipeline, " "), "nothing sees to pipeline before production");
    refused(&p, &waive(Must::Recovery, ""), "recovery is not left out");
}

#[test]
fn tasks_are_put_in_another_order() {
    let p = sample::ninth_day();
    let all = offered(&p, &reorder("monitoring", "logging"));
    assert_eq!(needs(&all[0], "logging"), ["pipeline", "monitoring"]);
    assert_eq!(all[0].impact.end_after, START + 24 * DAY);
    // One that waits for the other is turned round.
    let all = offered(&p, &reorder("logging", "pipeline"));
    assert_eq!(titles(&all)[0], "Turn them round: `logging` is done first, `pipeline` waits for it");
    assert_eq!(
        (needs(&all[0], "logging"), needs(&all[0], "pipeline")),
        (vec!["cluster"], vec!["cluster", "logging"])
    );
    assert_eq!(needs(&all[1], "pipeline"), ["cluster"]);
    // What is made urgent stands before the other in the plan, and so is taken first.
    let mut q = sample::begun();
    q.plan.tasks[4].agent = agent("monitoring");
    let all = offered(&q, &reorder("logging", "monitoring"));
    let urgent = all.iter().find(|a| a.title.contains("only made critical")).unwrap();
    assert_eq!(
        (urgent.plan.tasks[3].id.as_str(), urgent.plan.tasks[4].id.as_str()),
        ("logging", "monitoring")
    );
    assert_eq!(urgent.impact.path_after, ["containers", "cluster", "pipeline", "logging", "monitoring"]);

    refused(&p, &reorder("pipeline", "cluster"), "`cluster` has begun");
    refused(&p, &reorder("pipeline", "containers"), "`containers` is done");
    refused(&p, &reorder("pipeline", "pipeline"), "before itself");
    let q = sample::begun();
    refused(&q, &reorder("monitoring", "cluster"), "`monitoring` judges `cluster`");
}

#[test]
fn a_task_is_given_to_another() {
    let p = sample::ninth_day();
    let all = offered(&p, &give("cluster", "docker"));
    assert_eq!(
        titles(&all)[0],
        "Give `cluster` to docker-specialist now: kubernetes-specialist hands on what there is"
    );
    assert_eq!(all[0].plan.task("cluster").unwrap().agent, agent("docker"));
    assert!(
        all[0]
            .costs
            .contains(&"docker-specialist has to read into what kubernetes-specialist began".to_owned())
    );
    // What ran is begun anew: 7 days from the ninth day on, 10 after it.
    assert_eq!(all[0].impact.end_after, START + 25 * DAY);
    // Who waits for it and who judges it know its agent by name.
    assert_eq!(affected(&all[0]), ["docker-specialist", "kubernetes-specialist", "cicd-specialist"]);
    assert_eq!(all[1].title, "kubernetes-specialist and docker-specialist share `cluster`: half of 1w each");
    assert_eq!(needs(&all[1], "pipeline"), ["cluster", "cluster-2"]);
    let mut q = p.clone();
    q.plan.tasks[4].agent = agent("kubernetes");
    let all = offered(&q, &give("cluster", "docker"));
    assert!(all[1].title.contains("takes all that kubernetes-specialist would do next"));
    assert_eq!(all[1].plan.task("logging").unwrap().agent, agent("docker"));
    assert_eq!(all[1].plan.task("cluster").unwrap().agent, agent("kubernetes"));
    let all = offered(&p, &give("logging", "monitoring"));
    for cost in [
        "`logging` waits until monitoring-specialist has done `monitoring`",
        "it ends 3d later, on 2026-03-26 09:00",
    ] {
        assert!(all[0].costs.iter().any(|c| c == cost), "{cost}: {:?}", all[0].costs);
    }
    assert_eq!(all[0].impact.path_before, ["cluster", "pipeline", "monitoring"]);
    assert_eq!(all[0].impact.path_after, ["cluster", "pipeline", "monitoring", "logging"]);
    assert_eq!((all[0].impact.length_before, all[0].impact.length_after), (21 * 24, 24 * 24));
    refused(&p, &give("cluster", "kubernetes"), "kubernetes-specialist does it already");
    refused(&p, &give("cluster", "moniter"), "those who do are docker-specialist, kubernetes-specialist");
    refused(&p, &give("containers", "cicd"), "`containers` is done");
}

#[test]
fn a_tighter_deadline_is_kept_missed_or_moved() {
    let mut p = sample::ninth_day();
    p.plan.tasks[4].priority = Priority::Medium;
    p.plan.tasks[3].priority = Priority::Medium;
    let to = |days| Wanted::Deadline { at: Some(START + days * DAY) };
    let all = offered(&p, &to(18));
    assert_eq!(
        titles(&all),
        [
            "Be ready by 2026-03-20 09:00, with the plan as it is",
            "Do side by side what may be: `cluster` and `pipeline`",
            "Drop what is least urgent: `monitoring`, `logging`",
            "Be ready by 2026-03-23 09:00, which is what the plan says",
        ]
    );
    assert!(all[0].costs.contains(&"the deadline of 2026-03-20 09:00 is missed by 3d".to_owned()));
    assert!(all[0].impact.affected.is_empty() && all[0].terms.deadline == Some(START + 18 * DAY));
    assert!(all[1].impact.end_after <= START + 18 * DAY && all[2].impact.end_after <= START + 18 * DAY);
    assert_eq!(all[3].terms.deadline, Some(START + 21 * DAY));
    let all = offered(&p, &to(30));
    assert!(all[0].gains.contains(&"the plan keeps to it as it is".to_owned()));
    assert_eq!(offered(&p, &Wanted::Deadline { at: None })[0].terms.deadline, None);
    refused(&p, &to(7), "2026-03-09 09:00 is over");
    refused(&p, &to(25), "that is how it is");
}

#[test]
fn a_smaller_budget_is_kept_missed_or_raised() {
    let mut p = sample::ninth_day();
    p.plan.tasks[4].priority = Priority::Medium;
    let to = |amount| Wanted::Budget { amount: Some(amount) };
    let all = offered(&p, &to(17_000));
    assert_eq!(
        titles(&all),
        [
            "A budget of 17,000 EUR, with the plan as it is",
            "Drop what is least urgent: `logging`",
            "A third less time for `logging`, `pipeline`",
            "Keep the plan, and ask for 19,200 EUR",
        ]
    );
    assert!(all[0].costs.contains(&"that is 2,200 EUR over the budget of 17,000 EUR".to_owned()));
    assert!(all[1].impact.cost_after <= Some(17_000) && all[2].impact.cost_after <= Some(17_000));
    assert_eq!(all[3].terms.budget, Some(19_200));
    p.terms.rate = None;
    let all = offered(&p, &to(17_000));
    assert!(all[0].costs.contains(&"what the plan costs is not known: no rate was given".to_owned()));
    assert_eq!((all[0].impact.cost_before, all[0].impact.cost_after), (None, None));
    assert_eq!(all[1].title, "Leave the plan as it is");
    refused(&p, &to(30_000), "that is how it is");
}

#[test]
fn what_is_wanted_is_said_in_words() {
    let said = |w| in_words(&w);
    assert_eq!(
        said(add(sample::task("audit", "security", 2, &[]), &["a", "b"])),
        "add `audit` (security-specialist, 2d) before `a`, `b`"
    );
    assert_eq!(said(drop("a")), "drop `a`");
    assert_eq!(said(reorder("a", "b")), "do `a` before `b`");
    assert_eq!(said(give("a", "aws")), "give `a` to aws-specialist");
    assert_eq!(said(Wanted::Deadline { at: Some(START) }), "be ready by 2026-03-02 09:00");
    assert_eq!(said(Wanted::Budget { amount: Some(1_234_567) }), "have a budget of 1,234,567");
    assert_eq!(said(waive(Must::Recovery, "none\u{7}")), "leave out recovery: none");
}
