use std::collections::BTreeSet;

use super::*;

#[derive(Deserialize)]
struct Reports {
    report: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    received: Option<String>,
    symptom: Option<String>,
    started: Option<String>,
    scope: Option<String>,
    priority: Option<String>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    engaged: String,
    #[serde(default)]
    open: Vec<String>,
}

fn routes() -> Routes {
    let routes: Routes = toml::from_str(include_str!("../../../data/incident/routes.toml")).unwrap();
    routes.check().unwrap();
    routes
}

fn flags(open: &[Open]) -> Vec<&str> {
    open.iter().map(|o| o.question.flag()).collect()
}

fn scope(s: &Scope) -> String {
    match s.kind {
        ScopeKind::Service => format!("service {}", s.name),
        ScopeKind::Services => "all services".into(),
        ScopeKind::Region => format!("region {}", s.name),
        ScopeKind::Regions => "all regions".into(),
    }
}

/// What of a case is not as expected.
fn wrong(case: &Case) -> Option<String> {
    let received = case.received.as_deref().map(|t| reference(t, "--received").unwrap());
    let found = match triage(&case.text, &Told::default(), received.as_ref(), &routes()) {
        Err(open) if flags(&open) == case.open => return None,
        Err(open) => return Some(format!("{}: {open:?}", case.name)),
        Ok(found) => found,
    };
    let agents: BTreeSet<&str> = found.engaged.iter().map(|e| e.name.as_str()).collect();
    let letter = |c| match c {
        'k' => "k8s-health-agent",
        'r' => "rds-health-agent",
        _ => "finops-agent",
    };
    let wanted: BTreeSet<&str> = case.engaged.chars().map(letter).collect();
    let differs = |wanted: &Option<String>, got: Option<String>| wanted.is_some() && *wanted != got;
    let bad = !case.open.is_empty()
        || agents != wanted
        || found.rules != case.rules
        || found.engaged.len() + found.not_engaged.len() != 3
        || found.engaged.iter().chain(&found.not_engaged).any(|e| e.why.is_empty())
        || found.symptom.words.is_empty()
        || differs(&case.symptom, Some(found.symptom.value.clone()))
        || differs(&case.started, found.started.as_ref().map(|s| s.value.clone()))
        || differs(&case.scope, found.scope.as_ref().map(|s| scope(&s.value)))
        || differs(&case.priority, found.priority.as_ref().map(|p| format!("{:?}", p.value)));
    bad.then(|| format!("{}: {found:#?}", case.name))
}

#[test]
fn every_report_takes_its_route() {
    let all: Reports = toml::from_str(include_str!("reports.toml")).unwrap();
    assert!(all.report.len() >= 30);
    for many in 0..=3 {
        assert!(all.report.iter().any(|c| c.open.is_empty() && c.engaged.len() == many), "none with {many}");
    }
    let wrong: Vec<String> = all.report.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_that_comes_along_is_taken_by_a_report() {
    let all: Reports = toml::from_str(include_str!("reports.toml")).unwrap();
    let taken: BTreeSet<String> = all.report.into_iter().flat_map(|c| c.rules).collect();
    let idle: Vec<String> =
        routes().routes.into_iter().map(|r| r.name).filter(|n| !taken.contains(n)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn times_of_many_forms_are_one_instant() {
    let received = reference("2026-03-14T02:46Z", "--received").unwrap();
    for written in [
        "2026-03-14T02:16:00Z",
        "2026-03-14T02:16Z",
        "2026-03-14 03:16:00.500 +01:00",
        "02:16 UTC",
        "at 2:16am",
        "2:16 a.m. GMT",
        "0216Z",
        "14 March 2026 03:16 +01:00",
        "14th of March 2026, 02:16 UTC",
        "March 13, 2026 at 9:16pm EST",
        "22:16 EDT on 13 March",
        "13/03/2026 23:16 UTC-3",
        "30 minutes ago",
        "half an hour ago",
        "0.5h ago",
        "today at 02:16",
        "for the last 30 min",
        "since 30 minutes",
        "0 hours and 30 minutes ago",
        "0h30m ago",
        "on Saturday at 02:16 UTC",
        "Sat 02:16Z",
        "02:16-02:40 UTC",
        "between 03:16 and 04:10 CET",
        "Sat, 14 Mar 2026 03:16:00 +0100",
    ] {
        let told = Told {
            symptom: Some("latency".into()),
            started: Some(written.into()),
            scope: Some("all services".into()),
            priority: Some("P1".into()),
        };
        let found = triage("", &told, Some(&received), &routes()).map(|t| t.started.unwrap().value);
        assert_eq!(found.as_deref(), Ok("2026-03-14T02:16:00Z"), "{written}");
    }
    for (written, at) in [
        ("an hour and a half ago", "2026-03-14T01:16:00Z"),
        ("2 hours, 5 minutes and 30 seconds ago", "2026-03-14T00:40:30Z"),
        ("last Saturday at 02:16 UTC", "2026-03-07T02:16:00Z"),
        ("Saturday at 23:00 UTC", "2026-03-07T23:00:00Z"),
        ("on Friday at 02:16 UTC", "2026-03-13T02:16:00Z"),
    ] {
        let told =
            Told { started: Some(written.into()), scope: Some("all services".into()), ..Told::default() };
        let found = triage("P1 latency", &told, Some(&received), &routes()).map(|t| t.started.unwrap().value);
        assert_eq!(found.as_deref(), Ok(at), "{written}");
    }
    for wrong in [
        "3 minutes before midnight",
        "25:00 UTC",
        "2:75",
        "30 February 2026 02:16Z",
        "soon",
        "",
        "400 days ago",
        "13:00pm",
    ] {
        let told = Told { started: Some(wrong.into()), ..Told::default() };
        let open = triage("latency", &told, Some(&received), &routes()).unwrap_err();
        assert!(open.iter().any(|o| o.question == Question::Started && o.wrong), "{wrong}: {open:?}");
    }
}

#[test]
fn a_team_has_its_own_words_and_tells() {
    let own: Routes = toml::from_str(
        "[words]\nservices = [\"ledger\"]\nregions = [\"dc-west\"]\nnormal = [\"boring\", \"-good\"]\np1 = [\"sev-a\"]\n\
         [[tell]]\npriority = \"p3\"\nsaid = [\"degraded\"]\n",
    )
    .unwrap();
    let both = routes().with(own);
    both.check().unwrap();
    let of = |text: &str, routes: &Routes| {
        triage(text, &Told::default(), reference("2026-03-14T02:46Z", "--received").as_ref(), routes)
    };
    let report = "Latency of what the ledger does is up since 02:16 UTC, degraded. Cost is boring.";
    let found = of(report, &both).unwrap();
    assert_eq!(
        (scope(&found.scope.unwrap().value), found.priority.unwrap().value),
        ("service ledger".into(), Priority::P3)
    );
    let plain = of(&report.replace("ledger does", "ledgers do"), &routes()).unwrap_err();
    assert_eq!(flags(&plain), ["--scope"]);
    let found = of("Severity: SEV-A\nErrors in dc-west since 02:16 UTC", &both).unwrap();
    assert_eq!(
        (scope(&found.scope.unwrap().value), found.priority.unwrap().value),
        ("region dc-west".into(), Priority::P1)
    );
    let good = "Latency of the api is good since 02:16 UTC. P2";
    assert!(of(good, &both).unwrap().observables[0].said);
    assert!(of(good, &routes()).is_err());
    for (text, why) in [
        ("[words]\nnormal = [\"Fine\"]", "lower case"),
        ("[[tell]]\npriority = \"p1\"\nsaid = [\"latancy\"]", "did you mean `latency`"),
    ] {
        let told = routes().with(toml::from_str(text).unwrap()).check().unwrap_err();
        assert!(told.contains(why), "{told}");
    }
    assert!(toml::from_str::<Routes>("[words]\nnorml = []").is_err());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_report_is_too_strange(text in "(?s).{0,200}", words in proptest::collection::vec("no|not|latency|,|and|errors|02:16|14 March|ago|9999999999 days|0000-99-99 99:99|é|P1|\n|:|are|normal|\\.", 0..30)) {
        let received = reference("2026-03-14T02:46Z", "--received");
        for report in [text, words.join(" ")] {
            let _ = triage(&report, &Told { started: Some(report.clone()), scope: Some(report.clone()), ..Told::default() }, received.as_ref(), &routes());
        }
    }
}
