use proptest::prelude::*;

use super::*;
use crate::domain::incident::case::Unusable;
use crate::domain::incident::correlate::{WINDOW, correlate};
use crate::domain::incident::finding::{Evidence, Severity};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::postmortem::refuse;

#[track_caller]
fn passes(case: &Case, house: House<'_>) -> String {
    let text = write(case, house);
    assert_eq!(check(&text, case, house), Vec::<String>::new(), "{}\n{text}", case.name);
    assert!(text.len() < 200_000, "{}", text.len());
    text
}

#[test]
fn what_is_written_of_every_scenario_passes_its_check() {
    for dir in scenarios() {
        let text = passes(&scenario(&dir), NONE);
        if std::env::var_os("SHOW").is_some_and(|s| dir.ends_with(s)) {
            println!("{text}");
        }
    }
}

#[test]
fn the_conclusion_follows_the_class() {
    for (name, says) in [
        ("scale-out", "The first cause is autoscaling.scale_out on asg/web"),
        ("scale-out", "No observed trigger"),
        ("coincidence", "Independent: 2 separate incidents"),
        ("coincidence", "### Incident 2: "),
        ("undecided", "Undecided between "),
        ("silent-specialist", "Missing: rds-health-agent"),
        ("silent-specialist", "Not explained by it: api.latency.high"),
        ("quiet", "Nothing: nobody was engaged"),
    ] {
        let text = write(&named(name), NONE);
        assert!(text.contains(says), "{name}: {text}");
    }
}

/// A case with those findings in the place of its own.
fn holding(findings: Vec<Finding>) -> Case {
    let mut case = offline::cases().remove(1);
    case.correlation = correlate(&findings, &Mechanisms::built_in(), &Kinds::built_in(), WINDOW);
    case.findings = findings
        .into_iter()
        .map(|finding| crate::domain::incident::case::Arrived { received: case.opened, finding })
        .collect();
    case
}

#[test]
fn many_findings_and_many_incidents_stay_readable() {
    let kinds: Vec<String> = Kinds::built_in().iter().map(|k| k.name.clone()).collect();
    let one = |n: usize, entity: String| Finding {
        id: format!("f{n}"),
        source: "k8s-health-agent".into(),
        at: 1_773_454_000_000 + i64::try_from(n).unwrap() * 47_000,
        until: None,
        kind: kinds[n % kinds.len()].clone(),
        entities: vec![entity],
        summary: format!("value {n} of something"),
        severity: Severity::Warning,
        before: Some(1.5),
        after: Some(2.25),
        unit: "ms".into(),
        precision: 60,
        evidence: vec![Evidence { file: "a.json".into(), place: format!("items[{n}]") }],
        simulated: n % 2 == 0,
    };
    passes(&holding((0..500).map(|n| one(n, format!("service/s{}", n % 7))).collect()), NONE);
    let text = passes(&holding((0..500).map(|n| one(n, format!("service/s{n}"))).collect()), NONE);
    assert!(text.contains("more incidents stand only in the timeline"), "{text}");
}

/// Texts that would be markup, or end a line, a cell or a comment.
fn hostile() -> impl Strategy<Value = String> {
    let bits = prop::sample::select(vec![
        "a",
        "Ü",
        " ",
        "\n",
        "|",
        "`",
        "#",
        "## Timeline",
        "<b>",
        "<!--",
        "-->",
        "[x](y)",
        "[",
        "]",
        "]]",
        "**",
        "{{ x }}",
        "{% if %}",
        "7",
        "73 %",
        "02:10",
        "٣",
        "½",
        "\u{1b}[2J",
        "\u{202e}",
        "p95",
        "2026-03-14T02:10:00+02:00",
        "P1",
        "db/x",
        "1,5",
        "\\",
        "- ",
        "…",
        "e.g.",
        "three",
        "at 5 PM",
        "kube.io",
        "x_y",
        "'s",
        "@",
        ":",
        "3-5",
        "10 CET",
    ]);
    prop::collection::vec(bits, 0..12).prop_map(|v| v.concat())
}

prop_compose! {
    fn any_finding()(
        id in hostile(), summary in hostile(), entity in hostile(), unit in hostile(), kind in 0..109_usize, at in 0..4000_i64,
        source in prop::sample::select(vec!["k8s-health-agent", "rds-health-agent", "x|y"]), precision in prop::sample::select(vec![0, 60, 3600]),
        values in prop::option::of((-1e6..1e6_f64, 0.0..2e3_f64)), simulated: bool, shared in 0..3_u8,
    ) -> Finding {
        let kinds = Kinds::built_in();
        let mut entities = vec![format!("service/s{shared}")];
        let name: String = entity.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        if !name.is_empty() {
            entities.insert(usize::from(shared == 1), format!("db/{name}"));
        }
        Finding {
            id: if id.trim().is_empty() { "i".into() } else { id },
            source: source.into(), at: 1_773_454_200_000 + at * 1000 + at % 7, until: None,
            kind: kinds.iter().nth(kind % kinds.iter().count()).unwrap().name.clone(), entities, summary,
            severity: Severity::Warning, before: values.map(|v| v.0), after: values.map(|v| v.1), unit, precision,
            evidence: vec![], simulated,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_findings_say_what_is_written_passes(
        findings in prop::collection::vec(any_finding(), 0..14),
        (name, words, doubt, note, place, why) in (hostile(), hostile(), hostile(), hostile(), hostile(), hostile()),
    ) {
        let mut seen = std::collections::BTreeSet::new();
        let mut case = holding(findings.into_iter().filter(|f| seen.insert(f.id.clone())).collect());
        case.name = name;
        case.report = format!("{words}\n{why}");
        case.triaged.symptom.words = words;
        case.triaged.doubts.push(doubt);
        case.specialists[0].note = note;
        case.unusable.push(Unusable { source: "k8s-health-agent".into(), place, why });
        let text = write(&case, NONE);
        prop_assert_eq!(check(&text, &case, NONE), Vec::<String>::new(), "{}", text);
    }
}

#[test]
fn a_clock_that_is_taken_to_be_off_is_told() {
    let mut findings = named("scale-out").found();
    for f in &mut findings {
        f.precision = 0;
        f.at -= if f.source == "rds-health-agent" { 90_000 } else { 0 };
    }
    let case = holding(findings);
    assert!(case.correlation.skew.is_some());
    let text = passes(&case, NONE);
    assert!(text.contains("The clock of rds-health-agent is assumed to be off"), "{text}");
    let told = check(&text.replace("clock", "watch").replace("skew", "x"), &case, NONE);
    assert!(told.iter().any(|t| t.contains("the clock of rds-health-agent is assumed")), "{told:?}");
}

#[test]
fn only_what_cannot_be_used_is_a_case_too() {
    let mut case = holding(Vec::new());
    case.unusable_more = 7;
    assert!(passes(&case, NONE).contains("Missing: 7 more could not be used"));
}

const GERMAN: &str = "# {{ title }}\n\n**Kurzfassung.** {{ summary | join(' ') }}\n\n## Zeitachse\n\n{% for n in notes %}{{ n }}\n\n{% endfor %}\
{% for r in timeline %}- {{ r.time }} {{ r.what }} {{ r.ids }}\n{% else %}{{ nothing }}\n{% endfor %}\n## Ursache\n\n{% for p in causes %}{{ p.lead }}\n\n{% for l in p.lines %}- {{ l }}\n{% endfor %}\n{% endfor %}\n\
## Mitwirkung\n\n{{ contributing | join('\n\n') }}\n\n## Aufgaben\n\nWithin 14 days.\n\n{% if actions %}| Was | Wer | Rang | Bis | Fund |\n|---|---|---|---|---|\n{% for a in actions %}| {{ a.item }} | {{ a.owner }} | {{ a.priority }} | {{ a.due }} | {{ a.ids }} |\n{% endfor %}{% else %}{{ nothing }}{% endif %}\n\n## Gelernt\n\nTo be filled in.\n";

#[test]
fn an_organisation_has_sections_of_its_own() {
    assert_eq!(refuse(GERMAN), Ok(()));
    let house = House { template: GERMAN, actions: "" };
    assert_eq!(
        crate::domain::incident::postmortem::sections(house),
        ["Zeitachse", "Ursache", "Mitwirkung", "Aufgaben", "Gelernt"]
    );
    for dir in scenarios() {
        passes(&scenario(&dir), house);
    }
    let case = named("scale-out");
    let text = write(&case, house);
    assert!(check(&text, &case, NONE).iter().any(|t| t.contains("the section Timeline is missing")));
    let told = check(&text.replacen("02:12:00 node", "02:13:00 node", 1), &case, house);
    assert!(told[0].contains("02:13:00"), "{told:?}");
}

#[test]
fn a_template_that_cannot_be_used_is_refused_and_replaced() {
    for (template, line, says) in [
        ("# x\n\n{% if %}", 3, "unexpected"),
        ("# x\n\n## A\n\n{{ titel }}\n", 5, "undefined"),
        ("# x\n", 1, "it has no section"),
        ("## A\n\nx\n\n## A\n\ny\n", 5, "is there twice"),
        ("## {{ title }}\n\nx\n", 1, "has to stand as it is"),
        ("## A\n\nx\n{% if timeline %}\n## B\n\ny\n{% endif %}\n", 5, "outside of conditions"),
        ("## A\n", 1, "is empty"),
    ] {
        let why = refuse(template).unwrap_err();
        assert!(why.line == line && why.what.contains(says), "{template}: {why:?}");
        let house = House { template, actions: "" };
        let text = passes(&named("scale-out"), house);
        assert!(text.starts_with("> The team's template cannot be used"), "{text}");
    }
}

#[test]
fn what_is_to_be_done_is_the_teams_to_say() {
    let own = "[days]\np2 = 3\n[[action]]\nname = 'a group grew'\nkinds = ['autoscaling.scale_out']\n\
        recommend = 'Ask Capacity first, within 45 minutes.'\nitem = 'Cap {on} at 40'\nowner = 'capacity guild'\npriority = 'p1'\n";
    let text = passes(&named("scale-out"), House { template: "", actions: own });
    assert!(text.contains("| Cap asg/web at 40 | capacity guild | P1 | 2026-03-15 |"), "{text}");
    assert!(
        text.contains("| P2 | 2026-03-17 |") && text.contains("Ask Capacity first, within 45 minutes."),
        "{text}"
    );
    for (own, says) in [
        ("[[action]]\nname = 'x'\nrecommend = ''\nitem = 'y'\nowner = 'z'\n", "`recommend` is one line"),
        ("[days]\np1 = 4000\n", "`p1` of [days] is at most"),
        (
            "[[action]]\nname = 'everything else'\nkinds = ['node.added']\nrecommend = 'x'\nitem = 'y'\nowner = 'z'\n",
            "for everything else",
        ),
        (
            "[[action]]\nname = 'x'\nkinds = ['node.addde']\nrecommend = 'x'\nitem = 'y'\nowner = 'z'\n",
            "there is no kind `node.addde`; did you mean `node.added`?",
        ),
        (
            "[[action]]\nname = 'x'\nmechanisms = ['no such']\nrecommend = 'x'\nitem = 'y'\nowner = 'z'\n",
            "there is no mechanism `no such`",
        ),
        ("[[action]]\nnam = 'x'\n", "unknown field"),
    ] {
        let why = crate::domain::incident::postmortem::actions::Actions::checked(
            own,
            &Kinds::built_in(),
            &Mechanisms::built_in(),
        )
        .unwrap_err();
        assert!(why.contains(says), "{why}");
    }
}

#[test]
fn the_built_in_actions_are_of_kinds_and_mechanisms_there_are() {
    use crate::domain::incident::postmortem::actions::Actions;
    let actions = Actions::checked("", &Kinds::built_in(), &Mechanisms::built_in()).unwrap();
    for kind in Kinds::built_in().iter() {
        assert!(actions.of_kind(&kind.name, &Kinds::built_in()).is_some(), "{}", kind.name);
    }
}
