//! What each option does.

use super::*;
use crate::domain::workflow::schedule::schedule;

#[test]
fn the_cloud_is_the_first_provider_and_other_clouds_stay_out() {
    let two = plan("migration", &options(&["gcp-specialist", "aws"]));
    assert!(two.tasks.iter().all(|t| t.specialist != "cloud" && t.specialist != "aws"));
    assert_eq!(two.task("infrastructure").unwrap().agent.as_str(), "gcp-specialist");
    assert_eq!(two.options.providers, ["gcp", "aws"]);
    let two = plan("multi-cloud", &options(&["aws", "gcp"]));
    assert!(two.task("azure").is_none());
    assert_eq!(needs(&two, "clusters"), ["aws", "gcp"]);
    assert_eq!(two.pairs.iter().filter(|p| p.tasks.contains(&"aws".to_owned())).count(), 1);
    // Nobody need say a provider where no task is for whichever it is.
    assert_eq!(plan("multi-cloud", &Options::default()).tasks.len(), 8);
    assert_eq!(plan("kubernetes-pipeline", &Options::default()).tasks.len(), 5);
}

#[test]
fn options_that_do_not_fit_are_refused_with_what_would() {
    let with = |change: &dyn Fn(&mut Options)| {
        let mut options = options(&["aws"]);
        change(&mut options);
        planned("migration", &options).unwrap_err().to_string()
    };
    let why = planned("migration", &Options::default()).unwrap_err().to_string();
    assert!(why.contains("which cloud provider") && why.contains("aws, azure, gcp"), "{why}");
    let why = with(&|o| o.providers = vec!["azur".into()]);
    assert!(why.contains("did you mean `azure`"), "{why}");
    let why = with(&|o| o.without = vec!["anisble".into()]);
    assert!(why.contains("did you mean `ansible`"), "{why}");
    let why = with(&|o| o.conditions = set("kubernets", false));
    assert!(why.contains("no condition `kubernets`") && why.contains("did you mean `kubernetes`"), "{why}");
    let why = with(&|o| o.wins = vec!["taging".into()]);
    assert!(why.contains("did you mean `tagging`") && why.contains("multi-region"), "{why}");
    let why = with(&|o| o.waivers = vec![waiver(Must::Recovery, "  ")]);
    assert!(why.contains("waive `recovery`: expected a reason"), "{why}");
    let why = with(&|o| o.waivers = vec![waiver(Must::Recovery, "a"), waiver(Must::Recovery, "b")]);
    assert!(why.contains("twice"), "{why}");
    let none = Options {
        without: vec![
            "docker".into(),
            "kubernetes".into(),
            "cicd".into(),
            "monitoring".into(),
            "observability-specialist".into(),
        ],
        ..Options::default()
    };
    assert_eq!(planned("kubernetes-pipeline", &none), Err(Misfit::Nothing));
    let why =
        planned("kubernetes-pipeline", &Options { conditions: set("ansible", true), ..Options::default() });
    assert!(why.unwrap_err().to_string().contains("it has none"));
}

#[test]
fn who_needed_a_task_that_is_left_out_needs_what_it_needed() {
    let all = plan("kubernetes-pipeline", &Options::default());
    let none =
        plan("kubernetes-pipeline", &Options { without: vec!["kubernetes".into()], ..Options::default() });
    assert_eq!(needs(&all, "pipeline"), ["manifests"]);
    assert_eq!(needs(&none, "pipeline"), ["containers"]);
    assert!(none.loops.is_empty() && none.notes.iter().any(|n| n.contains("manifests is left out")));
    let plan = plan("migration", &Options { without: vec!["cloud".into()], ..Options::default() });
    assert!(plan.tasks.iter().all(|t| !["aws", "azure", "gcp"].contains(&t.specialist.as_str())));
    assert_eq!(needs(&plan, "terraform"), ["assessment"]);
}

#[test]
fn without_kubernetes_a_migration_takes_services_of_the_cloud() {
    let with = plan("migration", &options(&["aws"]));
    let without = plan("migration", &Options { conditions: set("kubernetes", false), ..options(&["aws"]) });
    assert!(with.task("cluster").is_some() && with.task("services").is_none());
    let services = without.task("services").unwrap();
    assert_eq!((services.specialist.as_str(), without.task("cluster")), ("aws", None));
    assert!(services.objectives.iter().any(|o| o.contains("ECS, App Service or Cloud Run")));
    assert!(precedes(&without, "services", "cutover"));
    assert_eq!(without.loops.len(), 1);
    assert_eq!(without.options.conditions, set("kubernetes", false));
    let mid = plan("modernisation", &Options { conditions: set("kubernetes", false), ..options(&["aws"]) });
    assert_eq!(needs(&mid, "pipeline"), ["import"]);
}

#[test]
fn whoever_needs_the_work_of_a_loop_needs_its_review() {
    let plan = plan("migration", &options(&["aws"]));
    // What the review itself waits for is not made to wait for it.
    assert!(!needs(&plan, "pipeline").iter().any(|n| n == "monitoring"));
    assert!(needs(&plan, "cutover").iter().any(|n| n == "monitoring"));
    let plan = super::plan("kubernetes-pipeline", &Options { production: true, ..Options::default() });
    assert!(needs(&plan, "production").iter().any(|n| n == "monitoring"));
}

#[test]
fn production_puts_in_what_is_missing_and_says_why() {
    let plan = plan("kubernetes-pipeline", &Options { production: true, ..Options::default() });
    let added: Vec<&str> = plan.tasks.iter().filter(|t| !t.added.is_empty()).map(|t| t.id.as_str()).collect();
    let mut sorted = added.clone();
    sorted.sort_unstable();
    let expected = ["documentation", "infrastructure-as-code", "production", "recovery", "security-review"];
    assert_eq!(sorted, expected);
    assert_eq!(plan.tasks.last().unwrap().id, "production");
    let end = plan.task("production").unwrap();
    assert_eq!((end.environment.as_str(), end.milestone.as_str()), ("production", "production-complete"));
    let review = plan.task("security-review").unwrap();
    assert_eq!(review.added, "security-review must not be skipped before production");
    assert_eq!(review.covers, [Must::SecurityReview]);
    // One specialist does one thing at a time.
    assert!(needs(&plan, "documentation").iter().any(|n| n == "recovery"));
    let phases: Vec<&str> = plan.phases.iter().map(|p| p.title.as_str()).collect();
    assert_eq!(phases[4..], ["Before Production", "Production"]);
    // Without production nothing is put in.
    let none = super::plan("kubernetes-pipeline", &Options::default());
    assert!(none.tasks.iter().all(|t| t.added.is_empty()));
}

#[test]
fn what_is_tuned_after_the_launch_waits_for_it() {
    let plan = plan("migration", &Options { production: true, ..options(&["aws"]) });
    assert!(precedes(&plan, "production", "optimisation"));
    assert_eq!(plan.phases.last().unwrap().id, "optimisation");
    assert!(schedule(&plan.tasks).path.contains(&"production".to_owned()));
}

#[test]
fn dropping_a_specialist_waives_nothing_and_a_waiver_does() {
    let without = Options { without: vec!["security".into()], production: true, ..options(&["aws"]) };
    let dropped = plan("full-infrastructure", &without);
    let review = dropped.tasks.iter().find(|t| t.covers.contains(&Must::SecurityReview)).unwrap();
    assert!(!review.added.is_empty() && precedes(&dropped, &review.id, "production"));
    let waived = Options { waivers: vec![waiver(Must::SecurityReview, "reviewed last week")], ..without };
    let waived = plan("full-infrastructure", &waived);
    assert!(waived.tasks.iter().all(|t| !t.covers.contains(&Must::SecurityReview)));
    assert_eq!(waived.options.waivers[0].reason, "reviewed last week");
    assert!(waived.notes.iter().any(|n| n.contains("reviewed last week")), "{:?}", waived.notes);
}

#[test]
fn a_task_that_covers_a_must_is_put_before_production_rather_than_a_new_one() {
    let mut own = pattern("kubernetes-pipeline");
    let cover = own.tasks.iter_mut().find(|t| t.id == "monitoring").unwrap();
    cover.needs = vec!["containers".into()];
    own.loops.clear();
    let last = own.tasks.iter_mut().find(|t| t.id == "pipeline").unwrap();
    last.environment = "production".into();
    let fitted = |own: &Pattern| {
        fit(own, &Catalogue::built_in(), &Knowledge::built_in(), &Options::default()).unwrap()
    };
    let plan = fitted(&own);
    assert!(needs(&plan, "pipeline").contains(&"monitoring".to_owned()));
    assert_eq!(plan.tasks.iter().filter(|t| t.covers.contains(&Must::Monitoring)).count(), 1);
    // Where that would be a circle another one is put in.
    own.tasks.iter_mut().find(|t| t.id == "monitoring").unwrap().needs = vec!["pipeline".into()];
    let plan = fitted(&own);
    let id = plan.tasks.iter().find(|t| t.covers.contains(&Must::Monitoring) && !t.added.is_empty()).unwrap();
    assert_eq!(id.id, "monitoring-2");
    assert!(precedes(&plan, "monitoring-2", "pipeline"));
}

#[test]
fn wins_are_pulled_in_and_may_cover() {
    let wins = vec!["tagging".into(), "advanced-observability".into(), "tagging".into()];
    let plan = plan("full-infrastructure", &Options { wins, ..options(&["aws"]) });
    let tagging = plan.task("tagging").unwrap();
    assert_eq!(tagging.added, "a quick win that was pulled in");
    assert_eq!(tagging.needs, ["infrastructure", "terraform"]);
    assert_eq!(plan.tasks.iter().filter(|t| !t.added.is_empty()).count(), 2);
    assert!(precedes(&plan, "tracing", "advanced-observability"));
    let covered = Options {
        wins: vec!["basic-monitoring".into()],
        without: vec!["monitoring".into()],
        production: true,
        ..Options::default()
    };
    let plan = super::plan("kubernetes-pipeline", &covered);
    assert_eq!(plan.tasks.iter().filter(|t| t.covers.contains(&Must::Monitoring)).count(), 1);
    assert!(precedes(&plan, "basic-monitoring", "production"));
}
