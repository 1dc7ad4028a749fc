//! What agents say of themselves: heard as evidence, overruled by what is seen later, and no claim.

use super::kit::{BOX, SPIN, Stage, name};
use super::talk::{pane, why};
use crate::domain::command::{Caller, Command, Talk};
use crate::domain::query::Priority;
use crate::domain::record::{Record, Talked};
use crate::domain::state::AgentState;
use crate::domain::view::{Answer, Briefing, Explained};
use crate::engine::event::Event;

fn says(s: &mut Stage, agent: &str, state: AgentState, task: &str) -> Answer {
    s.talks(pane(agent), Talk::State { state: Some(state), task: task.into() })
}

fn explained(s: &mut Stage, agent: &str) -> Explained {
    match s.ask(Command::Explain { agent: name(agent) }) {
        Answer::Explained(e) => e,
        other => panic!("{other:?}"),
    }
}

fn briefed(s: &mut Stage, caller: Caller, agent: Option<&str>) -> Briefing {
    match s.talks(caller, Talk::Briefing { agent: agent.map(name) }) {
        Answer::Briefing(b) => *b,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_agent_says_in_its_turn_that_it_is_blocked() {
    let mut s = Stage::new();
    s.print("SEC", SPIN);
    says(&mut s, "SEC", AgentState::Blocked, "needs the labels of OBS");
    s.pass(1000);
    s.print("SEC", "\x1b]0;⠙ rehearsal SEC\x07");
    s.pass(1000);
    s.rests("SEC");
    assert_eq!(s.is("SEC"), AgentState::Blocked);
    let e = explained(&mut s, "SEC");
    assert_eq!((e.rule.as_str(), e.source.as_str()), ("agent/says", "report"));
    assert_eq!(e.evidence, "needs the labels of OBS");
    assert_eq!(s.agent("SEC").task, "needs the labels of OBS");
    s.pass(600_000);
    assert_eq!(s.is("SEC"), AgentState::Blocked, "it lasts");
    s.print("SEC", SPIN);
    s.pass(2000);
    assert_eq!(s.is("SEC"), AgentState::Working, "until it begins to work");
    s.rests("SEC");
    assert_eq!(s.is("SEC"), AgentState::Idle);
    s.crash();
    s.happen(Event::Start);
    s.print("SEC", BOX);
    s.pass(5000);
    assert_eq!(s.is("SEC"), AgentState::Idle, "a lost server does not bring the word back");
}

#[test]
fn a_word_survives_the_server() {
    let mut s = Stage::new();
    says(&mut s, "SEC", AgentState::Blocked, "waits");
    s.pass(2000);
    s.crash();
    s.happen(Event::Start);
    s.print("SEC", BOX);
    s.pass(5000);
    assert_eq!((s.is("SEC"), s.agent("SEC").task.as_str()), (AgentState::Blocked, "waits"));
}

#[test]
fn who_says_idle_and_goes_on_is_at_work() {
    let mut s = Stage::new();
    s.print("SEC", SPIN);
    says(&mut s, "SEC", AgentState::Idle, "");
    for turn in ["⠙", "⠹", "⠸", "⠼"] {
        s.pass(700);
        s.print("SEC", &format!("\x1b]0;{turn} rehearsal SEC\x07"));
    }
    s.pass(3000);
    assert_eq!(s.is("SEC"), AgentState::Working);
}

#[test]
fn who_says_it_works_and_falls_silent_rests() {
    let mut s = Stage::new();
    says(&mut s, "SEC", AgentState::Working, "thinking");
    assert_eq!(s.is("SEC"), AgentState::Working);
    s.pass(9000);
    assert_eq!(s.is("SEC"), AgentState::Idle, "its title says so");
}

#[test]
fn a_prompt_puts_an_end_to_what_was_said_before() {
    let mut s = Stage::new();
    says(&mut s, "SEC", AgentState::Blocked, "");
    s.pass(2000);
    assert_eq!(s.is("SEC"), AgentState::Blocked);
    s.text("SEC", "go on");
    s.pass(5000);
    s.rests("SEC");
    assert_eq!(s.is("SEC"), AgentState::Idle);
}

#[test]
fn who_says_the_same_over_and_over_does_not_fill_the_journal() {
    let mut s = Stage::new();
    let kept = |s: &Stage| {
        s.journal
            .iter()
            .filter(|(_, r)| matches!(r, Record::Talk(t) if matches!(**t, Talked::State { .. })))
            .count()
    };
    for _ in 0..50 {
        says(&mut s, "SEC", AgentState::Blocked, "no key");
        s.pass(100);
    }
    assert_eq!(kept(&s), 1, "repeats are no news");
    let said = (0..50).map(|n| s.talks(pane("SEC"), Talk::State { state: None, task: format!("task {n}") }));
    let refused: Vec<String> = said
        .collect::<Vec<_>>()
        .into_iter()
        .filter_map(|a| match a {
            Answer::Fault { why, .. } => Some(why),
            _ => None,
        })
        .collect();
    assert_eq!((kept(&s), refused.len()), (12, 39));
    assert!(refused[0].contains("12 times within 60 s"), "{refused:?}");
    assert!(why(s.talks(pane("SEC"), Talk::Complete { summary: "x".into() })).contains("12 times"));
    s.talks(pane("OBS"), Talk::State { state: None, task: "other".into() });
    assert_eq!(kept(&s), 13, "another agent is heard");
    s.pass(60_000);
    s.talks(pane("SEC"), Talk::State { state: None, task: "later".into() });
    assert_eq!(s.agent("SEC").task, "later");
}

#[test]
fn only_for_itself_and_only_what_can_be_said() {
    let mut s = Stage::new();
    let state = |state, task: &str| Talk::State { state, task: task.into() };
    let outside = why(s.talks(Caller::Outside, state(Some(AgentState::Idle), "")));
    assert!(outside.contains("orchestra pin"), "{outside}");
    for (word, task, part) in [
        (Some(AgentState::Ready), "", "`orchestra ready` claims"),
        (None, " ", "say nothing"),
        (None, &"x".repeat(201), "at most 200"),
    ] {
        let said = why(s.talks(pane("SEC"), state(word, task)));
        assert!(said.contains(part), "{said}");
    }
    s.talks(pane("SEC"), state(None, "  the\nlabels "));
    assert_eq!(s.agent("SEC").task, "the labels");
    assert!(why(s.talks(Caller::Outside, Talk::Complete { summary: "x".into() })).contains("own pane"));
    assert!(why(s.talks(pane("SEC"), Talk::Complete { summary: " ".into() })).contains("empty"));
}

#[test]
fn what_is_complete_is_no_claim() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    match s.talks(pane("SEC"), Talk::Complete { summary: "labels\nenforced".into() }) {
        Answer::Done { text } => {
            assert!(text.contains("claims nothing") && text.contains("orchestra ready"), "{text}")
        }
        other => panic!("{other:?}"),
    }
    s.pass(5000);
    assert_eq!((s.is("SEC"), s.agent("SEC").task.as_str()), (AgentState::Idle, "done: labels enforced"));
    assert!(s.agent("SEC").claim.is_none());
}

#[test]
fn a_briefing_has_all_an_agent_needs() {
    let mut s = Stage::new();
    s.text("SEC", "look after the labels");
    s.pass(3000);
    s.put(pane("OBS"), "SEC", "which?", Priority::Low);
    s.put(pane("NET"), "SEC", "when?", Priority::High);
    says(&mut s, "OBS", AgentState::Working, "dashboards");
    let b = briefed(&mut s, Caller::Outside, Some("SEC"));
    assert_eq!((b.role.as_str(), b.branch.as_str(), b.target.as_str()), ("SEC role", "agent-3-sec", "main"));
    assert_eq!((b.worktree.as_str(), b.prompt.as_str()), ("/w/SEC", "look after the labels"));
    assert_eq!(
        (b.phrase.as_str(), b.gates.as_slice()),
        ("[AGENT] SEC READY FOR MERGE", &["build".to_owned()][..])
    );
    assert_eq!(b.state, AgentState::Working);
    assert_eq!(b.queries.iter().map(|q| q.query.id).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((b.peers.len(), b.peers[2].task.as_str()), (8, "dashboards"));
    s.rests("SEC");
    s.pass(3000);
    let b = briefed(&mut s, pane("SEC"), None);
    assert_eq!(b.prompt, "look after the labels", "a query is not its task");
    s.rests("SEC");
    s.pass(30_000);
    assert_eq!(s.pasted("SEC").len(), 2, "what it saw in its briefing it is not prompted with");
    assert!(why(s.talks(pane("SEC"), Talk::Briefing { agent: Some(name("OBS")) })).contains("own briefing"));
    assert!(why(s.talks(Caller::Outside, Talk::Briefing { agent: None })).contains("name an agent"));
    assert_eq!(briefed(&mut s, pane("ORCHESTRATOR"), Some("OBS")).agent, name("OBS"));
}

#[test]
fn who_says_it_is_blocked_gets_its_answer_and_who_calls_for_a_person_a_prompt() {
    let mut s = Stage::new();
    let q = s.puts("SEC", "OBS", "which?");
    s.pass(3000);
    s.print("SEC", SPIN);
    says(&mut s, "SEC", AgentState::Blocked, "waits for OBS");
    s.replies(pane("OBS"), q, "those");
    s.pass(3000);
    assert!(s.pasted("SEC").is_empty(), "it still works");
    s.rests("SEC");
    s.pass(3000);
    assert_eq!(s.pasted("SEC").len(), 1);
    s.rests("SEC");
    says(&mut s, "SEC", AgentState::Asking, "which of the two?");
    s.pass(2000);
    assert_eq!(s.is("SEC"), AgentState::Asking);
    assert!(s.agent("SEC").need().contains("which of the two?"));
    s.puts("NET", "SEC", "hello?");
    s.pass(3000);
    assert_eq!(s.pasted("SEC").len(), 1, "a person is called for, not an agent");
    s.text("SEC", "the first");
    s.pass(3000);
    assert_eq!(s.receipt("SEC").0, crate::domain::state::Outcome::Submitted);
    // A question that is seen is answered by hand, whatever was said before it.
    let mut s = Stage::new();
    says(&mut s, "SEC", AgentState::Asking, "");
    s.pass(2000);
    s.print("SEC", super::kit::ASK);
    s.pass(1000);
    s.text("SEC", "the first");
    assert_eq!(s.receipt("SEC").0, crate::domain::state::Outcome::Busy);
}
