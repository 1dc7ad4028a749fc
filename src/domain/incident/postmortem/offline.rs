//! Cases that no session worked on: of files, and to try a template on.

use crate::domain::id::AgentName;
use crate::domain::incident::case::{Arrived, Case, Engagement, Progress, Stage, Unusable};
use crate::domain::incident::correlate::{Correlation, WINDOW, correlate};
use crate::domain::incident::finding::{Bounds, Finding, read};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::stamp;
use crate::domain::incident::triage::{By, Engaged, Given, NOTHING, Priority, Scope, ScopeKind, Triaged};

const FINDINGS: &str = r#"
{"id":"scale","source":"finops-agent","at":"2026-03-14T02:10:00Z","kind":"autoscaling.scale_out","entities":["asg/web"],"summary":"5 instances were added to web","after":5}
{"id":"node","source":"k8s-health-agent","at":"2026-03-14T02:12:00Z","kind":"node.added","entities":["node/a","asg/web"],"summary":"a node joined","simulated":true}
{"id":"cert","source":"k8s-health-agent","at":"2026-03-14T02:13:00Z","kind":"tls.cert.expired","entities":["cert/shop"],"summary":"it ended","severity":"critical"}
{"id":"spike","source":"k8s-health-agent","at":"2026-03-14T02:41:00Z","kind":"traffic.spike","entities":["service/api"],"summary":"requests went from 900 to 2700","before":900,"after":2700,"precision":60}
{"id":"deploy","source":"k8s-health-agent","at":"2026-03-14T02:41:00Z","kind":"deploy.started","entities":["service/api"],"summary":"2.32.0 went out"}
{"id":"slow","source":"k8s-health-agent","at":"2026-03-14T02:42:00Z","kind":"api.latency.high","entities":["service/api"],"summary":"latency went from 200 to 1956 ms","severity":"critical","before":200,"after":1956,"unit":"ms","precision":60}
"#;

/// One with nothing, and one with everything.
pub(super) fn cases() -> Vec<Case> {
    let kinds = Kinds::built_in();
    let (findings, _) = read(FINDINGS, &Bounds { kinds: &kinds, now: None, window: None });
    let none = Triaged {
        symptom: Given { value: NOTHING.into(), words: String::new(), by: By::Concluded },
        started: None,
        scope: None,
        priority: None,
        observables: Vec::new(),
        rules: Vec::new(),
        why: "the report names nothing that is out of order".into(),
        engaged: Vec::new(),
        not_engaged: Vec::new(),
        doubts: Vec::new(),
    };
    let given = |value: &str, words: &str| Given { value: value.into(), words: words.into(), by: By::Report };
    let some = Triaged {
        symptom: given("latency", "high latency"),
        started: Some(given("2026-03-14T02:16:00Z", "02:16 UTC")),
        scope: Some(Given {
            value: Scope { kind: ScopeKind::Service, name: "api".into() },
            words: "service api".into(),
            by: By::Report,
        }),
        priority: Some(Given { value: Priority::P2, words: "P2".into(), by: By::Report }),
        doubts: vec!["the report says it twice".into()],
        ..none.clone()
    };
    let agents = ["k8s-health-agent", "rds-health-agent", "finops-agent"];
    vec![
        of("nothing", "Nothing.", none, &[], Vec::new()),
        of("example", "High latency on service api since 02:16 UTC, P2.", some, &agents, findings),
    ]
}

/// A case of findings that no session gathered, as if everybody whom triage engaged had reported.
#[must_use]
pub fn offline(
    name: &str,
    report: &str,
    triaged: Triaged,
    findings: Vec<Finding>,
    correlation: Correlation,
) -> Case {
    let opened = triaged.started.as_ref().and_then(|g| stamp::parse(&g.value));
    let opened = opened.or(findings.iter().map(|f| f.at).min()).unwrap_or(0);
    let engaged = |one: &Engaged| {
        Some(Engagement {
            agent: AgentName::new(&one.name).ok()?,
            why: one.why.clone(),
            deadline_s: 0,
            progress: Progress::Reported,
            until: None,
            ended: None,
            findings: findings.iter().filter(|f| f.source == one.name).count(),
            note: String::new(),
        })
    };
    Case {
        number: 1,
        name: name.into(),
        report: report.into(),
        data: String::new(),
        opened,
        specialists: triaged.engaged.iter().filter_map(engaged).collect(),
        triaged,
        from: opened,
        to: None,
        stage: Stage::Writing,
        approval: None,
        run: None,
        unusable: Vec::new(),
        unusable_more: 0,
        correlation,
        findings: findings.into_iter().map(|finding| Arrived { received: opened, finding }).collect(),
        drafts: Vec::new(),
        postmortem: String::new(),
        ended: String::new(),
    }
}

/// A case with the built-in mechanisms; specialists without findings are late.
pub(super) fn of(
    name: &str,
    report: &str,
    triaged: Triaged,
    agents: &[&str],
    findings: Vec<Finding>,
) -> Case {
    let correlation = correlate(&findings, &Mechanisms::built_in(), &Kinds::built_in(), WINDOW);
    let engaged = |name: &&str| Engaged { name: (*name).to_owned(), why: "its data may show it".into() };
    let triaged = Triaged { engaged: agents.iter().map(engaged).collect(), ..triaged };
    let mut case = offline(name, report, triaged, findings, correlation);
    for one in case.specialists.iter_mut().filter(|s| s.findings == 0) {
        one.progress = Progress::Late;
        case.unusable.push(Unusable {
            source: one.agent.to_string(),
            place: "metrics.json".into(),
            why: "it is empty".into(),
        });
    }
    case
}
