//! Facts from made-up records.

pub(crate) mod story;

use self::story::{NASTY, Story, known, name, nasty, oid, opened, sprint, up};
use super::Known;
use crate::domain::command::Order;
use crate::domain::incident::case::Progress;
use crate::domain::incident::triage::{Told, triage};
use crate::domain::plan::{Bound, DoneRule};
use crate::domain::record::{Dropped, Incidented, Record, Recording, Typed, Used};
use crate::domain::report::{Gone, Report, Standing, TEMPLATE, Verdict, markdown};
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::time::Time;
use crate::domain::train::{Built, Stuck};
use crate::domain::usage::Usage;

fn agent<'a>(report: &'a Report, who: &str) -> &'a crate::domain::report::Agent {
    report.agents.iter().find(|a| a.name == *who).unwrap()
}

#[test]
fn times_of_every_agent_add_up_to_the_time_the_session_was_open() {
    let known = known(&["SEC", "NET", "OPS"], "");
    let done = sprint()
        .at(60, Record::Closed { why: "asked for".into() })
        // Nobody was there meanwhile; then the machine was restarted, and a server was lost.
        .at(100, opened())
        .at(130, up("OPS"))
        .at(200, opened())
        .does(210, "OPS", AgentState::Failed, "")
        .at(220, Record::Recovered { version: "1.0".into(), server: 2 });
    let report = done.report(&known);
    assert_eq!(report.session.sittings, [(0, 60_000), (100_000, 130_000), (200_000, 220_000)]);
    assert_eq!((report.session.open_ms, report.session.recovered), (110_000, 1));
    for agent in &report.agents {
        assert_eq!(agent.times.values().sum::<u64>(), 110_000, "{}", agent.name);
    }
    assert_eq!(agent(&report, "SEC").times["asking"], 5_000);
    assert_eq!((report.summary.asked_ms, report.session.standing), (5_000, Standing::Halfway));
    // A server that runs it counts up to now.
    let now = Some(Time { mono: 5_000_000 + 300_000_000, wall: 0 });
    let report = done.report(&Known { now, ..known });
    assert_eq!((report.session.open_ms, report.session.standing), (190_000, Standing::Running));
    assert!(report.agents.iter().all(|a| a.times.values().sum::<u64>() == 190_000));
}

#[test]
fn prompts_have_receipts_and_what_came_of_them() {
    let report = sprint().report(&known(&["SEC", "NET"], ""));
    let sec = agent(&report, "SEC");
    let [prompt] = &sec.prompts[..] else { panic!("{:?}", sec.prompts) };
    assert_eq!((prompt.outcome, prompt.ms, prompt.bytes), (Some(Outcome::Submitted), Some(400), Some(20)));
    assert_eq!(prompt.lines, ["You are SEC.", "Do it."]);
    let came: Vec<&str> = prompt.came.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(came[..3], ["asking: Proceed?", "commit tip-SEC: feat: sec", "claims READY"]);
    assert_eq!((sec.commits.len(), sec.commits[0].at.ms), (1, 18_000), "the same tip is one commit");
    assert_eq!((sec.typed, sec.starts, report.summary.commits), (1, 1, 2));
}

#[test]
fn a_refusal_counts_once_and_has_its_reasons() {
    let report = sprint().report(&known(&["SEC", "NET"], ""));
    let net = agent(&report, "NET");
    let verdicts: Vec<&Verdict> = net.claims.iter().map(|c| &c.verdict).collect();
    let refused = Verdict::Refused { reasons: vec!["2 commits; squash them".into()] };
    assert_eq!(verdicts, [&refused, &Verdict::Ready { oid: oid("tip-NET") }]);
    assert_eq!((report.summary.claims, report.summary.refused), (3, 1));
    // What was proved may be lost, and a refusal may come without a new claim.
    let agent_ = name("NET");
    let later = sprint()
        .at(50, Record::Withdrawn { agent: agent_.clone(), why: "new work".into(), asked: false })
        .at(51, Record::Refused { agent: agent_.clone(), reasons: vec!["dirty".into()] });
    let report = later.report(&known(&["SEC", "NET"], ""));
    let claims = &agent(&report, "NET").claims;
    assert_eq!(claims[1].lost.as_ref().map(|l| l.text.as_str()), Some("new work"));
    assert_eq!((claims.len(), claims[2].via, report.summary.refused), (3, None, 2));
}

#[test]
fn what_was_taken_back_is_shown_as_such_and_conflicts_say_how_they_ended() {
    let report = sprint().report(&known(&["SEC", "NET"], ""));
    let [first, second] = &report.trains[..] else { panic!("{:?}", report.trains) };
    assert_eq!((first.state, second.state), (Gone::Undone, Gone::Applied));
    assert_eq!(first.undo, "kept at refs/orchestra/backup/1");
    assert!(first.steps.iter().all(|s| s.landed.is_some()) && first.gates.len() == 1);
    let net = agent(&report, "NET");
    let undone: Vec<bool> = net.merges.iter().map(|m| m.undone.is_some()).collect();
    assert_eq!(undone, [true, false]);
    let [knot] = &net.conflicts[..] else { panic!("{:?}", net.conflicts) };
    assert_eq!((knot.at.ms, knot.over.as_ref().map(|o| o.ms)), (31_000, Some(36_000)));
    assert_eq!(knot.solved, "solved: its step merges cleanly now");
    let s = &report.summary;
    assert_eq!((s.merges, s.undone, s.merged, s.conflicts, s.files), (2, 2, 2, 1, Some(3)));
    assert!(report.session.over, "all of it is merged");
    assert_eq!((s.gates, s.red), (2, 1));
}

#[test]
fn a_train_that_goes_on_without_somebody_lands_step_by_step() {
    let stuck = Stuck::new(name("NET"), vec![], vec![]);
    let story = Story::default()
        .at(0, opened())
        .planned(1, 7, &["SEC", "NET"], &[])
        .at(2, Record::TrainBuilt { train: 7, built: Built::Conflict(stuck) })
        .planned(3, 7, &["SEC"], &["NET"])
        .lands(4, 7, &["SEC"]);
    let report = story.report(&known(&["SEC", "NET"], ""));
    assert_eq!((report.trains.len(), report.trains[0].state), (1, Gone::Applied));
    assert_eq!(report.trains[0].skipped, [name("NET")]);
    assert_eq!(agent(&report, "NET").conflicts[0].solved, "the train goes without it");
    assert!(!report.session.over, "NET is not merged");
}

#[test]
fn waits_say_for_whom_and_what_ended_them() {
    let task = |who: &str, stage| Bound {
        stage,
        ..Bound::new(&format!("do-{who}"), name(who), "p", DoneRule::Idle)
    };
    let moved = |who: &str, state| Record::Task {
        run: 1,
        task: format!("do-{who}"),
        state,
        why: String::new(),
        since: None,
    };
    let run = Record::RunStarted {
        run: 1,
        plan: "p".into(),
        order: Order::Staged,
        focus: None,
        prompt: None,
        tasks: vec![task("SEC", 0), task("NET", 1), task("OPS", 2)],
    };
    let story = Story::default()
        .at(0, opened())
        .at(0, up("SEC"))
        .at(1, run)
        .at(1, moved("SEC", TaskState::Sent))
        .does(2, "SEC", AgentState::Asking, "Proceed?")
        .at(5, Record::Typed(Typed { agent: name("SEC"), bytes: 1, submitted: true, text: None }))
        .does(6, "SEC", AgentState::Working, "busy")
        .at(11, moved("SEC", TaskState::Done))
        .at(11, moved("NET", TaskState::Sent))
        .does(12, "SEC", AgentState::Limited, "limit");
    let report = story.report(&known(&["SEC", "NET", "OPS"], ""));
    let told: Vec<String> = report
        .waits
        .iter()
        .map(|w| {
            let to = w.to.as_ref().map_or("still".to_owned(), |t| t.ms.to_string());
            format!("{} {} {} {}-{to} {}", w.agent, w.state, w.whom, w.from.ms, w.released)
        })
        .collect();
    assert_eq!(
        told,
        [
            "NET pending SEC 1000-11000 task do-SEC done",
            "OPS pending NET 1000-still ",
            "SEC asking a person's answer 2000-6000 a person typed into its pane; working",
            "SEC limited its usage limit 12000-still ",
        ]
    );
    let task = &report.runs[0].tasks[0];
    assert_eq!(
        (task.stage, task.sent.as_ref().unwrap().ms, task.ended.as_ref().unwrap().ms),
        (1, 1000, 11_000)
    );
}

#[test]
fn what_the_record_does_not_hold_is_told() {
    let recording =
        |lost, why: &str| Record::Recording(Recording { agent: Some(name("SEC")), lost, why: why.into() });
    let queued = |n| Record::Queued {
        dispatch: n,
        agent: name("SEC"),
        prompt: None,
        task: None,
        code: None,
        text: "".into(),
        removed: 0,
        terms: Default::default(),
        brings: None,
    };
    let mut story = Story::default()
        .at(0, opened())
        .at(1, queued(1))
        .at(2, recording(0, "the disk is full"))
        .at(3, recording(500, ""))
        .at(4, Record::Dropped(Dropped { agent: name("SEC"), from: 10, to: 110 }));
    for (seq, _, _) in &mut story.0[3..] {
        *seq += 4;
    }
    let mut known = Known { unknown: 1, damaged: 2, ..known(&["SEC"], "") };
    std::sync::Arc::make_mut(&mut known.config).team[0].record = false;
    let report = story.report(&known);
    let gaps = &report.gaps;
    assert_eq!(gaps.private, [name("SEC")]);
    assert_eq!((gaps.unknown, gaps.damaged, gaps.missing, gaps.texts), (1, 2, 3, 1));
    let panes: Vec<(u64, bool)> = gaps.panes.iter().map(|g| (g.bytes, g.over.is_some())).collect();
    assert_eq!(panes, [(500, true), (100, true)]);
    let prompt = &agent(&report, "SEC").prompts[0];
    assert_eq!((prompt.bytes, prompt.outcome), (None, None));
    assert_eq!((report.summary.tokens, report.summary.micro_usd, report.summary.files), (None, None, None));
    let text = markdown(&report, TEMPLATE).unwrap();
    for said in ["its text is lost", "no receipt in the record", "Tokens and money: not in the record"] {
        assert!(text.contains(said), "{said}:\n{text}");
    }
}

#[test]
fn usage_is_added_up_where_it_is_told_and_money_only_where_it_is() {
    let used = |agent: &str, output, micro_usd| {
        let usage = Usage { input: 10, output, micro_usd, source: "rollout".into(), ..Usage::default() };
        Record::Usage(Box::new(Used { agent: name(agent), usage }))
    };
    let story = Story::default()
        .at(0, opened())
        .at(1, used("SEC", 1, None))
        .at(2, used("SEC", 5, None))
        .at(3, used("NET", 7, Some(2_500_000)));
    let report = story.report(&known(&["SEC", "NET", "OPS"], ""));
    let s = &report.summary;
    assert_eq!((s.tokens, s.micro_usd, s.metered), (Some(32), Some(2_500_000), 2));
}

#[test]
fn a_clock_that_runs_backwards_and_a_record_of_nothing_harm_nobody() {
    let known = known(&["SEC"], "");
    let mut story = sprint();
    story.0.reverse();
    let report = story.report(&known);
    let whole: u64 = report.agents[0].times.values().sum();
    assert_eq!(whole, report.session.open_ms);
    let empty = Story::default().report(&known);
    assert_eq!((empty.session.open_ms, empty.chapters.len()), (0, 0));
    assert!(markdown(&empty, TEMPLATE).unwrap().contains("It was asked nothing"));
}

#[test]
fn whatever_a_record_says_stays_text() {
    let report = nasty();
    let json = serde_json::to_string(&report).unwrap();
    assert!(!json.contains("\\u001b") && !json.contains('\u{202e}'), "{json}");
    let text = markdown(&report, TEMPLATE).unwrap();
    assert!(text.matches("script").count() > 15, "{text}");
    for line in text.lines().map(plain) {
        for markup in ["<script", "](", "*y*", "| x"] {
            assert!(!line.contains(markup), "{line}");
        }
    }
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains("\n# no"), "{text}");
}

#[test]
fn the_report_of_a_small_sprint_reads_well() {
    let report =
        sprint().at(60, Record::Closed { why: "asked for".into() }).report(&known(&["SEC", "NET"], ""));
    insta::assert_snapshot!(markdown(&report, TEMPLATE).unwrap());
    let running =
        Known { now: Some(Time { mono: 17_000_000, wall: 1_700_000_012_000 }), ..known(&["SEC", "NET"], "") };
    let story = Story(sprint().0.into_iter().take(7).collect());
    let text = markdown(&story.report(&running), TEMPLATE).unwrap();
    assert!(
        text.starts_with("# Status of sprint\n\nIt runs;") && text.contains("- SEC (asking): asks: Proceed?"),
        "{text}"
    );
}

/// A line of Markdown without what is escaped and what is code.
fn plain(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(c) = rest.chars().next() {
        let run = rest.len() - rest.trim_start_matches('`').len();
        let after = &rest[run.max(c.len_utf8())..];
        if run > 0 {
            let fence = "`".repeat(run);
            rest = after.find(&fence).map_or("", |end| &after[end + run..]);
        } else if c == '\\' {
            rest = after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
        } else {
            out.push(c);
            rest = after;
        }
    }
    out
}

#[test]
fn an_incident_says_who_was_engaged_and_what_came_of_it() {
    let routes = toml::from_str(include_str!("../../data/incident/routes.toml")).unwrap();
    let text = format!("Pod failures in billing since 2026-03-14 02:05 UTC, P3. {NASTY}");
    let triaged = triage(&text, &Told::default(), None, &routes).unwrap();
    let step = |step| Record::Incident(Box::new(step));
    let begun = Story::default()
        .at(0, opened())
        .at(
            1,
            step(Incidented::Opened {
                number: 1,
                name: NASTY.into(),
                report: text,
                data: String::new(),
                triaged: Box::new(triaged),
                from: 0,
                to: None,
                asks: false,
            }),
        )
        .at(2, step(Incidented::Engaged { run: 1, specialists: vec![(name("k8s"), "why".into(), 60)] }));
    let known = known(&["k8s"], "");
    let report = begun.report(&known);
    assert_eq!((report.incidents[0].end.is_none(), report.incidents[0].priority.as_str()), (true, "P3"));
    let late = Incidented::Progress { agent: name("k8s"), progress: Progress::Late, note: NASTY.into() };
    let report =
        begun.at(62, step(late)).at(63, step(Incidented::Closed { why: "it stands".into() })).report(&known);
    let [incident] = &report.incidents[..] else { panic!("{:?}", report.incidents) };
    assert_eq!((incident.end.as_ref().map(|e| e.ms), incident.ended.as_str()), (Some(63_000), "it stands"));
    assert_eq!(incident.specialists[0].progress, Progress::Late);
    let text = markdown(&report, TEMPLATE).unwrap();
    assert!(text.contains("## Incidents") && text.contains("k8s late, 0 findings"), "{text}");
    assert!(!text.contains("<script>") && !text.contains("\u{1b}"), "{text}");
    // A session without one says nothing of incidents.
    assert!(!markdown(&sprint().report(&known), TEMPLATE).unwrap().contains("Incidents"));
}
