use super::*;
use crate::domain::workflow::project::{Epoch, Figure, sample};
use crate::domain::workflow::watch::{Seen, due, flags};

#[test]
fn the_files_are_whole() {
    for text in [FLAGS, CAUSES, REASONS, MILESTONES, AREAS] {
        toml::from_str::<File>(text).unwrap();
    }
    let all: Metrics = toml::from_str(METRICS).unwrap();
    let built_in = Vocabulary::built_in();
    assert_eq!((built_in.flags.len(), &built_in.metrics), (10, &all));
    let asked = built_in.flags.iter().filter(|f| !f.question.is_empty()).map(|f| f.name.as_str());
    let asked: Vec<&str> = asked.collect();
    assert_eq!(asked, ["no-rollback-plan", "monitoring-gaps", "manual-processes", "technical-debt"]);
    assert_eq!(built_in.causes.iter().map(|c| c.name).collect::<Vec<_>>(), Cause::ALL);
    assert_eq!(built_in.reasons.iter().map(|r| r.name).collect::<Vec<_>>(), Reason::ALL);
    let weekly: Vec<&str> = all.metrics.iter().filter(|m| m.weekly).map(|m| m.name.as_str()).collect();
    assert_eq!(weekly, ["deployment-frequency", "lead-time", "mttr", "change-failure-rate"]);
    for metric in &all.metrics {
        let known = metric.section.is_empty() || all.sections.iter().any(|s| s.name == metric.section);
        assert!(known, "{}", metric.name);
        assert_eq!(all.metrics.iter().filter(|m| m.name == metric.name).count(), 1, "{}", metric.name);
    }
    let of = |section: &str| {
        let own = all.metrics.iter().filter(|m| m.section == section);
        own.map(|m| m.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of("performance"), ["response-time-p95", "throughput", "error-rate"]);
    assert_eq!(of("cost"), ["infrastructure-cost", "operational-cost", "cost-per-transaction"]);
    assert_eq!((built_in.milestones.len(), built_in.areas.len()), (7, 6));
    assert!(built_in.areas.last().unwrap().specialists.is_empty());
    assert!(built_in.flag("no-rolback-plan").unwrap_err().contains("did you mean `no-rollback-plan`?"));
}

#[test]
fn a_projects_own_goes_over_what_comes_along_name_by_name() {
    let flags: OwnFlags = toml::from_str(
        "[[flag]]\nname = \"technical-debt\"\nlimit = 7\n[[flag]]\nname = \"no-rollback-plan\"\ntitle = \"T\"\nwords = [\"undo\", \"-revert\"]\n",
    )
    .unwrap();
    let areas: OwnAreas = toml::from_str(
        "[[area]]\ntitle = \"Platform\"\nspecialists = [\"docker\", \"kubernetes\", \"terraform\"]\n[[area]]\ntitle = \"CI/CD\"\nspecialists = [\"cicd\", \"ansible\"]\n[[area]]\ntitle = \"Else\"\nspecialists = []\n",
    )
    .unwrap();
    let own = Own::from(flags).and(areas.into());
    let all = Vocabulary::built_in().clone().with(&own);
    assert_eq!((all.flags.len(), all.flag("technical-debt").unwrap().limit), (10, 7));
    let there = all.flag("no-rollback-plan").unwrap();
    assert_eq!(there.title, "T");
    assert!(there.words.contains(&"undo".to_owned()) && !there.words.contains(&"revert".to_owned()));
    assert!(there.remedy.starts_with("write down") && there.words.contains(&"rollback".to_owned()));
    let shown: Vec<(&str, usize)> =
        all.areas.iter().map(|a| (a.title.as_str(), a.specialists.len())).collect();
    let rest = [("Monitoring and observability", 2), ("Security", 1), ("Platform", 3), ("Else", 0)];
    // Nobody is left in "Containers and orchestration", and of "Infrastructure" Terraform and Ansible are gone.
    assert_eq!(shown[..2], [("Infrastructure", 3), ("CI/CD", 2)]);
    assert_eq!(shown[2..], rest);
}

#[test]
fn a_plan_without_words_of_its_own_is_written_as_ever() {
    let plan = sample::begun().plan;
    let json = serde_json::to_value(&plan).unwrap();
    assert!(json.get("own").is_none());
    assert_eq!(*plan.vocabulary(), *Vocabulary::built_in());
    assert_eq!(serde_json::from_value::<crate::domain::workflow::plan::Planned>(json).unwrap(), plan);
}

#[test]
fn rules_reports_and_titles_go_by_the_words_in_the_plan() {
    let mut p = sample::ninth_day();
    let now = sample::START + 8 * sample::DAY;
    let metrics: OwnMetrics = toml::from_str(
        "[[section]]\nname = \"people\"\ntitle = \"People\"\n[[metric]]\nname = \"pages-at-night\"\ntitle = \"Pages at night\"\nsection = \"people\"\nunit = \"how many a week\"\nbetter = \"lower\"\nweekly = true\n",
    )
    .unwrap();
    let causes: OwnCauses =
        toml::from_str("[[cause]]\nname = \"outage\"\ntitle = \"Red alert\"\nwords = [\"load balancers\"]\n")
            .unwrap();
    let flags_file: OwnFlags =
        toml::from_str("[[flag]]\nname = \"metrics-not-improving\"\ntitle = \"It got worse\"\n").unwrap();
    let milestones: OwnMilestones =
        toml::from_str("[[milestone]]\nname = \"team-trained\"\ntitle = \"The team was trained\"\n").unwrap();
    let figure = |epoch, value: &str| Figure {
        name: "pages-at-night".into(),
        epoch,
        value: value.into(),
        by: "somebody".into(),
        at: now - 1,
    };
    p.figures.extend([figure(Epoch::Before, "3 a week"), figure(Epoch::Now, "9 a week")]);
    let causes_of = |p: &crate::domain::workflow::project::Project| {
        due(p, &Seen::default(), now).into_iter().map(|d| d.cause).collect::<Vec<_>>()
    };
    let flag = |p: &_| {
        let all = flags(p, &Seen::default(), now);
        all.into_iter().find(|f| f.name == "metrics-not-improving").unwrap()
    };
    assert!(
        !causes_of(&p).contains(&Cause::Outage) && !flag(&p).evidence.concat().contains("pages-at-night")
    );
    p.plan.own = Own::from(metrics).and(causes.into()).and(flags_file.into()).and(milestones.into());
    assert!(causes_of(&p).contains(&Cause::Outage));
    assert_eq!(p.plan.vocabulary().cause_title(Cause::Outage), "Red alert");
    let raised = flag(&p);
    assert_eq!(raised.title, "It got worse");
    assert!(raised.evidence.concat().contains("pages-at-night: 3 a week before, 9 a week"), "{raised:?}");
    // The record has it all: what is read back says the same.
    let back: crate::domain::workflow::project::Project =
        serde_json::from_value(serde_json::to_value(&p).unwrap()).unwrap();
    assert_eq!((flag(&back), causes_of(&back)), (flag(&p), causes_of(&p)));
}
