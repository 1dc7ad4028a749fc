//! Prompts: written, filled in, taken from the library, previewed, sent, followed.

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::command::{Command, Target, What};
use crate::domain::signal::MAX_PROMPT;
use crate::domain::state::Outcome;
use crate::domain::view::{Answer, Fault, Receipt as Told, Rendered};
use crate::engine::parts::{Dispatch, Phase, Receipt, Undelivered};
use crate::ui::{Action, notify, on_edited};

fn sent(d: &mut Desk) -> (Vec<String>, What) {
    match &d.took()[..] {
        [Action::Do(Command::Send { targets, what, .. })] => {
            (targets.iter().map(|Target(t)| t.clone()).collect(), what.clone())
        }
        other => panic!("{other:?}"),
    }
}

fn asked(d: &mut Desk) -> (String, What, String) {
    match &d.took()[..] {
        [Action::Do(Command::Render { agent, what, group })] => {
            (agent.to_string(), what.clone(), group.clone())
        }
        other => panic!("{other:?}"),
    }
}

pub(super) fn with_prompts() -> crate::engine::state::State {
    let mut state = busy();
    let config = std::sync::Arc::make_mut(&mut state.config);
    for (name, text) in [("enhance", "# Look at it again\n"), ("enhance-sec", "{{ agent }}"), ("_part", "")] {
        config.prompts.insert(name.into(), text.into());
    }
    state.past.push_back("run the tests".into());
    state.past.push_back("fix the build\nand say what it was".into());
    state
}

pub(super) fn shown(d: &mut Desk, agent: &str, prompt: &str) {
    let text = (1..40).map(|n| format!("{n}. You are {agent}: look at your branch")).collect::<Vec<_>>();
    let text = text.join("\n");
    let made = Rendered { agent: name(agent), prompt: prompt.into(), bytes: text.len(), text };
    notify(&mut d.view, &Answer::Rendered(made));
}

fn told(agent: &str, dispatch: u64, outcome: Option<Outcome>, why: &str) -> Told {
    Told { dispatch, agent: name(agent), outcome, why: why.into(), removed: 0, ms: 0 }
}

fn queue(d: &mut Desk, who: &str, id: u64, phase: Phase) {
    let at = d.state.now;
    agent(&mut d.state, who).queue.push_back(Dispatch {
        brings: None,
        id,
        prompt: None,
        task: None,
        text: "go".into(),
        removed: 0,
        longest: 2,
        code: None,
        at,
        patience: std::time::Duration::from_secs(60),
        phase,
    });
}

fn ended(d: &mut Desk, who: &str, id: u64, outcome: Outcome, why: &str) {
    let at = d.state.now;
    let a = agent(&mut d.state, who);
    a.queue.clear();
    let why: String = why.into();
    a.receipts.push(Receipt { id, prompt: None, task: None, outcome, why, removed: 0, ms: 430, at });
    a.undelivered = (outcome != Outcome::Submitted).then(|| Undelivered {
        brings: None,
        id,
        outcome,
        prompt: None,
        task: None,
        code: None,
        text: "go".into(),
    });
    a.pane.leftover = (outcome == Outcome::Stalled).then_some(id);
}

#[test]
fn a_prompt_of_the_library_is_chosen_and_seen_for_each() {
    let mut d = desk(with_prompts(), 120, 40);
    d.press("b <C-t> e n h <Enter>");
    assert_eq!(asked(&mut d), ("ARCH".into(), What::Prompt("enhance".into()), String::new()));
    assert!(d.shot().contains("git is asked about the branch of ARCH"), "{}", d.shot());
    shown(&mut d, "ARCH", "enhance");
    assert_snapshot!(d.shot());
    assert_snapshot!(desk_at(&d, 80, 24));
    assert_snapshot!(desk_at(&d, 200, 50));
    assert_snapshot!(desk_at(&d, 20, 5));
    d.press("<Tab> <Tab>");
    let agents: Vec<String> = d
        .took()
        .into_iter()
        .map(|a| match a {
            Action::Do(Command::Render { agent, .. }) => agent.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(agents, ["PLAT", "SEC"]);
    shown(&mut d, "PLAT", "enhance");
    assert!(!d.shot().contains("You are PLAT"), "that is not the one looked at now");
    shown(&mut d, "SEC", "enhance-sec");
    assert!(d.shot().contains("preview for SEC (3 of 8"), "{}", d.shot());
    d.press("<Enter>");
    assert_eq!(sent(&mut d), (vec!["all".into()], What::Prompt("enhance".into())));
}

#[test]
fn choosing_nothing_goes_back_to_the_text() {
    let mut d = desk(with_prompts(), 80, 24);
    d.press("b h i <C-t>");
    assert_snapshot!(d.shot());
    d.press("<Esc> ! <Enter>");
    assert_eq!(sent(&mut d).1, What::Text("hi!".into()));
}

#[test]
fn placeholders_are_filled_in_where_that_is_asked_for() {
    let mut d = desk(with_prompts(), 80, 24);
    d.press("b").paste("{{ agent }}, rest");
    assert!(d.shot().contains("own text as it is; Ctrl-r fills in its placeholders"), "{}", d.shot());
    d.press("<C-r> <Tab> f <C-o>");
    assert_eq!(asked(&mut d), ("PLAT".into(), What::Fill("{{ agent }}, rest".into()), "security".into()));
    let why = "render prompt `own text`: line 1: no variable `agnet`".into();
    notify(&mut d.view, &Answer::Fault { fault: Fault::Usage, why });
    assert!(d.shot().contains("failed to render prompt `own text`: line 1"), "{}", d.shot());
    d.press("<Esc> ! <Enter>");
    assert_eq!(sent(&mut d), (vec!["focus:security".into()], What::Fill("{{ agent }}, rest!".into())));
}

#[test]
fn what_was_sent_before_is_taken_again() {
    let mut d = desk(with_prompts(), 80, 24);
    d.press("b n e w <Up>");
    assert_snapshot!(d.shot());
    d.press("<C-p> <C-p>");
    assert!(d.shot().contains("no earlier text is kept"), "{}", d.shot());
    d.press("<Down> <Down> <Down>");
    assert!(d.shot().contains("│ new") || d.shot().contains("┃ new"), "{}", d.shot());
    d.press("<C-p> <C-p> ! <Enter>");
    assert_eq!(sent(&mut d).1, What::Text("run the tests!".into()));
}

#[test]
fn too_much_is_said_and_nothing_of_it_taken() {
    let mut d = desk(busy(), 200, 50);
    d.press("b a").paste(&"x".repeat(MAX_PROMPT));
    assert_eq!(d.took(), [Action::Beep]);
    assert!(d.shot().contains("at most 4194304 are sent"), "{}", d.shot());
    on_edited(&mut d.view, Some(&"x".repeat(MAX_PROMPT + 1)));
    assert!(d.shot().contains("the text is as it was before"));
    on_edited(&mut d.view, Some("from the editor\n"));
    d.press("<C-e>");
    assert_eq!(d.took(), [Action::Edit("from the editor".into())]);
    d.press("<Enter>");
    assert_eq!(sent(&mut d).1, What::Text("from the editor".into()));
}

#[test]
fn a_template_is_changed_for_once() {
    let mut d = desk(with_prompts(), 80, 24);
    d.press("b <C-t> s e c <Enter>");
    d.took();
    d.press("e");
    assert_eq!(d.took(), [Action::Edit("{{ agent }}".into())]);
    on_edited(&mut d.view, Some("{{ agent }}, go"));
    d.press("<Enter>");
    assert_eq!(sent(&mut d).1, What::Fill("{{ agent }}, go".into()));
}

#[test]
fn receipts_are_followed_as_they_come() {
    let mut d = desk(busy(), 120, 40);
    d.press("3 b g o <Enter>");
    d.took();
    let all = [("ARCH", 11), ("SEC", 12), ("OBS", 13), ("OPS", 14)];
    for (who, id) in all {
        queue(&mut d, who, id, Phase::Waiting("queued".into()));
    }
    let mut receipts: Vec<Told> = all.iter().map(|(who, id)| told(who, *id, None, "queued")).collect();
    receipts.push(told("NET", 0, Some(Outcome::Refused), "NET is not running (failed)"));
    notify(&mut d.view, &Answer::Receipts { receipts });
    agent(&mut d.state, "OBS").queue[0].phase = Phase::Waiting("asking, held: Allow it?".into());
    ended(&mut d, "ARCH", 11, Outcome::Submitted, "");
    ended(
        &mut d,
        "SEC",
        12,
        Outcome::Stalled,
        "no reaction to 3 Enters; dispatch 12 may sit in its composer",
    );
    assert_snapshot!(d.shot());
    assert!(d.press("2 <Enter> x").shot().contains("typing into ARCH"));
    assert_eq!(d.took().len(), 1, "the line takes no key");
    d.press("<C-q> t");
    assert_snapshot!(d.shot());
    for (cols, rows) in [(80, 24), (200, 50), (20, 5)] {
        assert_snapshot!(desk_at(&d, cols, rows));
    }
    d.press("j t");
    let again = |who: &str| Command::Send {
        targets: vec![Target(who.into())],
        what: What::Again,
        terms: Default::default(),
    };
    assert_eq!(d.took(), [Action::Do(again("SEC"))]);
    queue(&mut d, "SEC", 20, Phase::Entered { at: NOW, times: 2, changes: 0, works: 0 });
    notify(&mut d.view, &Answer::Receipts { receipts: vec![told("SEC", 20, None, "queued")] });
    assert!(d.shot().contains("being submitted, Enter number 2"), "{}", d.shot());
    ended(&mut d, "SEC", 20, Outcome::Submitted, "after Enter number 2");
    let done = told("SEC", 20, Some(Outcome::Submitted), "");
    notify(&mut d.view, &Answer::Receipts { receipts: vec![done] });
    assert!(d.shot().contains("submitted after 0.4 s, after Enter number 2"), "{}", d.shot());
    d.press("x");
    assert!(!d.shot().contains("submitted"), "{}", d.shot());
}

#[test]
fn what_has_all_arrived_is_told_until_the_next_key() {
    let mut d = desk(busy(), 120, 40);
    d.press("3 m g o <Enter>");
    queue(&mut d, "SEC", 12, Phase::Waiting("queued".into()));
    notify(&mut d.view, &Answer::Receipts { receipts: vec![told("SEC", 12, None, "queued")] });
    assert!(d.shot().contains("SEC on its way"), "{}", d.shot());
    ended(&mut d, "SEC", 12, Outcome::Submitted, "");
    assert!(d.shot().contains("SEC submitted 0.4 s"), "{}", d.shot());
    assert!(!d.press("z").shot().contains("submitted 0.4 s"));
}

#[test]
fn what_could_not_be_sent_is_kept() {
    let mut d = desk(busy(), 120, 40);
    d.press("3 m g o <Enter>");
    d.took();
    notify(&mut d.view, &Answer::Fault { fault: Fault::Failed, why: "send: the server is busy".into() });
    assert!(d.shot().contains("the text is kept: b goes on with it"), "{}", d.shot());
    d.press("b <Enter>");
    assert_eq!(sent(&mut d), (vec!["all".into()], What::Text("go".into())));
}

#[test]
fn no_receipts_yet() {
    let mut d = desk(fresh(), 80, 24);
    d.press("t");
    assert_snapshot!(d.shot());
}
