//! A server is lost at every event of a project: the journal up to there is enough to go on.

use super::replan::{asks, drop_of};
use super::*;
use crate::domain::state::TaskState;
use crate::engine::event::Event;
use crate::engine::tests::kit::{BOX, REST, replayed};

/// A whole project with a bit of everything: a handover that is held, a sync point, a second round, a changed plan.
fn whole(s: Stage) -> Stage {
    let mut plan = sample::plan();
    plan.loops[0].limit = 2;
    let mut s = begun_on(s, plan);
    let text = handover(&["images"], "");
    says(&mut s, pane(DOCKER), Workflow::HandOver { task: String::new(), text });
    s.rests(DOCKER);
    s.pass(3000);
    hands_over(&mut s, DOCKER, "");
    hands_over(&mut s, K8S, "");
    hands_over(&mut s, CICD, "");
    syncs(&mut s, LOGGING, "we collect access logs");
    syncs(&mut s, MONITORING, "p95");
    for _ in 0..2 {
        s.rests(MONITORING);
        s.rests(LOGGING);
        s.pass(3000);
    }
    asks(&mut s, drop_of("logging"), 1);
    s.rests(LOGGING);
    s.pass(3000);
    hands_over(&mut s, MONITORING, "## Verdict\nagain\n- more\n");
    hands_over(&mut s, K8S, "");
    s.rests(MONITORING);
    s.pass(3000);
    hands_over(&mut s, MONITORING, "## Verdict\nmet\n");
    s
}

/// Everybody does what its brief asks for until the project is over.
fn to_its_end(s: &mut Stage) {
    for _ in 0..12 {
        for agent in ALL {
            s.print(agent, REST);
            s.pass(3000);
            let Some(task) = s.state.open_project().and_then(|p| p.task_of(&name(agent))).cloned() else {
                continue;
            };
            if s.task(&task.id) != TaskState::Running {
                continue;
            }
            if project(s).plan.beside(&task.id).next().is_some() {
                syncs(s, agent, "all is well");
            }
            hands_over(s, agent, "## Verdict\nmet\n");
        }
        if s.state.open_project().is_none() {
            return;
        }
    }
}

#[test]
fn the_fold_of_the_journal_is_the_project_at_every_event() {
    let s = whole(Stage::watched(specialists(bare())));
    assert_eq!(project(&s).stage, At::Complete, "{}", states(&s));
    assert_eq!(project(&s).rounds.len(), 2);
    assert!(replayed(&s) > 20);
}

#[test]
fn wherever_the_journal_ends_the_project_comes_to_its_end() {
    let whole = whole(stage());
    let first = whole.journal.iter().position(|(_, r)| matches!(r, Record::Workflow(_))).unwrap();
    for cut in first + 1..=whole.journal.len() {
        // What else is recorded says nothing of how far the project is.
        let tells = |r: &Record| {
            matches!(
                r,
                Record::Workflow(_)
                    | Record::Task { .. }
                    | Record::TaskBound(_)
                    | Record::TaskAdded(_)
                    | Record::RunStarted { .. }
                    | Record::Queued { .. }
            )
        };
        if !tells(&whole.journal[cut - 1].1) {
            continue;
        }
        let mut s = Stage::of(specialists(bare()));
        s.journal = whole.journal[..cut].to_vec();
        s.ms = s.journal.last().unwrap().0.mono / 1000;
        s.crash();
        s.happen(Event::Start);
        for agent in ALL {
            s.print(agent, BOX);
        }
        s.pass(2000);
        to_its_end(&mut s);
        let p = project(&s);
        assert_eq!(p.stage, At::Complete, "cut at {cut}: {} {:?}", states(&s), whole.journal[cut - 1]);
        let rounds: Vec<u8> = p.rounds.iter().map(|r| r.round).collect();
        assert!(rounds == [1] || rounds == [1, 2], "cut at {cut}: {rounds:?}");
        assert_eq!(steps(&s, |w| matches!(w, Workflowed::Closed { .. })), 1, "cut at {cut}");
        let told = |of: &str| ALL.iter().map(|a| sent(&s, a, of)).sum::<usize>();
        assert!(told("workflow-held") <= 1 && told("workflow-changed") <= 2, "cut at {cut}: told twice");
        let begun = p.changes.first().map_or(0, |c| c.impact.affected.len());
        assert!(p.rebriefed.len() <= begun, "cut at {cut}: {:?}", p.rebriefed);
        assert_eq!(s.folded().project, s.state.project, "cut at {cut}");
    }
}
