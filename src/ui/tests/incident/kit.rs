//! Fleets at work, from the scenarios, and what no scenario has.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::super::fixture::*;
use crate::domain::id::AgentName;
use crate::domain::incident::analyst::{Analyst, Given, analyse};
use crate::domain::incident::case::{
    Approval, Arrived, Case, Draft, Engagement, Fleet, Progress, Stage, Unusable, folder_of,
};
use crate::domain::incident::correlate::correlate;
use crate::domain::incident::finding::{Evidence, Finding, Severity};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::stamp;
use crate::domain::incident::triage::{Routes, Told, reference, triage};
use crate::domain::team::{AgentSpec, Config, Layout, Tab};
use crate::domain::time::Time;
use crate::engine::state::{Info, State};

pub(in crate::ui) const TEAM: [&str; 4] =
    ["COORDINATOR", "k8s-health-agent", "rds-health-agent", "finops-agent"];

/// When it is in these sessions.
pub(in crate::ui) fn now() -> i64 {
    stamp::parse("2026-03-14T02:21:30Z").unwrap()
}

pub(in crate::ui) fn routes() -> Routes {
    toml::from_str(include_str!("../../../data/incident/routes.toml")).unwrap()
}

/// A fleet with nothing to do.
pub(in crate::ui) fn fleet() -> State {
    let team: Vec<AgentSpec> = TEAM.iter().map(|n| AgentSpec::bare(name(n))).collect();
    let config = Config {
        tabs: vec![
            Tab::new("Incident", Layout::Incident, vec![]),
            Tab::new("Fleet", Layout::Grid, names(&TEAM)),
            Tab::new("Monitor", Layout::Monitor, vec![]),
        ],
        worktrees: false,
        fleet: Some(Box::new(Fleet::led_by(name(TEAM[0]), routes()))),
        ..Config::bare("incident", team)
    };
    let mut state = State::new(Arc::new(config), Info::default());
    state.now = Time { mono: NOW.mono, wall: now() };
    state
}

fn scenario(of: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(of)
}

/// An incident that stays as it is whatever becomes of scenarios, routes and mechanisms: what is drawn is compared word
/// by word. `ORCHESTRA_WRITE_CASES=1 cargo test --lib ui::tests::incident` makes them anew.
fn frozen(of: &str, make: impl Fn() -> Case) -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/ui/tests/incident/cases/{of}.json"));
    if std::env::var_os("ORCHESTRA_WRITE_CASES").is_some() {
        let text = serde_json::to_string_pretty(&make()).unwrap() + "\n";
        let part = path.with_extension(format!("{:?}", std::thread::current().id()));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&part, text).unwrap();
        std::fs::rename(&part, &path).unwrap();
    }
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

/// The incident of the scale-out as it has just been taken on.
pub(in crate::ui) fn opened() -> Case {
    frozen("opened", || open("scale-out"))
}

fn open(of: &str) -> Case {
    let report = std::fs::read_to_string(scenario(of).join("report.md")).unwrap();
    let received = reference("2026-03-14T02:20:00Z", "now");
    let triaged = triage(&report, &Told::default(), received.as_ref(), &routes()).unwrap();
    let engage = |name: &AgentName| {
        let engaged = triaged.engaged.iter().find(|e| e.name == name.as_str())?;
        Some(Engagement {
            agent: name.clone(),
            why: engaged.why.clone(),
            deadline_s: 300,
            progress: Progress::Waiting,
            until: None,
            ended: None,
            findings: 0,
            note: String::new(),
        })
    };
    Case {
        number: 1,
        name: of.into(),
        report,
        data: format!("/srv/incidents/{of}"),
        opened: now() - 90_000,
        from: now() - 3 * 3_600_000,
        to: None,
        stage: Stage::Investigating,
        approval: Some(Approval::Policy),
        run: None,
        specialists: TEAM.iter().filter_map(|n| engage(&name(n))).collect(),
        findings: Vec::new(),
        unusable: Vec::new(),
        unusable_more: 0,
        correlation: Default::default(),
        drafts: Vec::new(),
        postmortem: String::new(),
        ended: String::new(),
        triaged,
    }
}

/// What the analyst of a specialist finds in a scenario.
fn found(of: &str, agent: &str) -> Vec<Finding> {
    let who = Analyst::ALL.into_iter().find(|a| a.folder() == folder_of(agent)).unwrap();
    let folder = scenario(of).join(who.folder());
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let files: BTreeMap<String, String> = entries
        .map(|e| e.unwrap().path())
        .map(|p| {
            let file = p.file_name().unwrap().to_str().unwrap().to_owned();
            (format!("{}/{file}", who.folder()), std::fs::read_to_string(&p).unwrap())
        })
        .collect();
    let files: Vec<Given<'_>> = files.iter().map(|(path, text)| Given { path, text }).collect();
    let own = |f: Finding| Finding { source: agent.into(), ..f };
    analyse(who, &files).findings.into_iter().map(own).collect()
}

/// The findings come in, and what follows from them.
pub(in crate::ui) fn take(case: &mut Case, findings: Vec<Finding>) {
    for finding in findings {
        if let Some(one) = case.specialists.iter_mut().find(|s| s.agent.as_str() == finding.source) {
            one.findings += 1;
        }
        case.findings.push(Arrived { received: now() - 20_000, finding });
    }
    let all = case.found();
    case.correlation = correlate(&all, &Mechanisms::built_in(), &Kinds::built_in(), 120);
}

/// A scenario whose specialists have all reported.
pub(in crate::ui) fn reported(of: &str) -> Case {
    frozen(of, || report(of))
}

fn report(of: &str) -> Case {
    let mut case = open(of);
    for agent in case.specialists.iter().map(|s| s.agent.to_string()).collect::<Vec<_>>() {
        take(&mut case, found(of, &agent));
    }
    for one in &mut case.specialists {
        one.progress = Progress::Reported;
        one.ended = Some(now() - 10_000);
    }
    case.stage = Stage::Writing;
    case
}

/// The scenario of the scale-out in the middle: one has reported, one looks, one waits.
pub(in crate::ui) fn halfway() -> State {
    with(frozen("halfway", looking_on))
}

fn looking_on() -> Case {
    let mut case = open("scale-out");
    take(&mut case, found("scale-out", "k8s-health-agent"));
    let cost = found("scale-out", "finops-agent");
    take(&mut case, cost);
    let set = |case: &mut Case, who: &str, progress, until: Option<i64>| {
        let one = case.specialists.iter_mut().find(|s| s.agent.as_str() == who).unwrap();
        (one.progress, one.until) = (progress, until);
    };
    set(&mut case, "k8s-health-agent", Progress::Reported, Some(now() + 200_000));
    set(&mut case, "finops-agent", Progress::Looking, Some(now() + 134_000));
    case.unusable.push(Unusable {
        source: "k8s-health-agent".into(),
        place: "k8s/pods-old.json".into(),
        why: "no list of pods; give `kubectl get pods -o json`".into(),
    });
    case
}

/// The end of it: a draft was refused, the next stands.
pub(in crate::ui) fn written() -> State {
    let mut case = reported("scale-out");
    let draft = |attempt, problems: &[&str]| Draft {
        by: TEAM[0].into(),
        attempt,
        problems: problems.iter().map(|p| (*p).into()).collect(),
    };
    case.drafts = vec![
        draft(1, &["`73 connections` is in no finding", "the section Action Items is missing"]),
        draft(2, &[]),
    ];
    case.postmortem = "# Incident: API slow since 02:16\n\nA scale-out of asg/web at 02:10 opened 50 connections.\n\n\
        ## Timeline\n\n- 02:10 asg/web grows from 4 to 10\n- 02:12 six nodes join\n\n## Root Cause\n\nThe scale-out.\n\n\
        ## Contributing Factors\n\nNo pool in front of the database.\n\n## Recommendations\n\nPut a pool there.\n\n\
        ## Action Items\n\n- P1 platform team, by 2026-03-21: a pooler (rds-1)\n"
        .into();
    (case.stage, case.ended) = (Stage::Closed, "the postmortem stands".into());
    with(case)
}

pub(in crate::ui) fn with(case: Case) -> State {
    let mut state = fleet();
    state.incident = Some(Box::new(case));
    state
}

/// So many findings of three specialists, some of them coarse, over two hours.
pub(in crate::ui) fn crowd(n: usize) -> Vec<Finding> {
    let kinds: Vec<String> = Kinds::built_in().iter().map(|k| k.name.clone()).collect();
    let start = now() - 7_200_000;
    let one = |i: usize| Finding {
        id: format!("f{i}"),
        source: TEAM[1 + i % 3].into(),
        at: start + i64::try_from(i * 7_200_000 / n).unwrap(),
        until: None,
        kind: kinds[i * 7 % kinds.len()].clone(),
        entities: vec![format!("node/n{}", i % 40), "asg/web".into()],
        summary: format!("what happened as number {i}"),
        severity: [Severity::Info, Severity::Warning, Severity::Critical][i % 3],
        before: None,
        after: Some(1.5),
        unit: "s".into(),
        precision: if i.is_multiple_of(10) { 3600 } else { 0 },
        evidence: vec![Evidence { file: "k8s/events.json".into(), place: format!("items[{i}]") }],
        simulated: false,
    };
    (0..n).map(one).collect()
}
