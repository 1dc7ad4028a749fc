//! What keys and the mouse ask of the session.

use super::fixture::*;
use crate::domain::command::{Command, Order, Target, What};
use crate::domain::ending::Red;
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::domain::review::{GateResult, GateStatus};
use crate::domain::view::Answer;
use crate::engine::parts::Offer;
use crate::ui::keymap;
use crate::ui::{Action, notify, on_mouse};

fn typed(who: &str, bytes: &[u8], submits: bool) -> Action {
    Action::Type { agent: name(who), bytes: bytes.to_vec(), submits }
}

fn click(d: &mut Desk, column: u16, row: u16, after_ms: u64) -> Vec<Action> {
    let now = d.state.now.plus(std::time::Duration::from_millis(after_ms));
    d.state.now = now;
    let mouse = Mouse { kind: MouseKind::Down(0), column, row, mods: Mods::NONE };
    on_mouse(&d.state, &mut d.view, mouse, now)
}

fn focused(d: &Desk) -> String {
    d.view.focused(&d.state).map(|n| n.to_string()).unwrap_or_default()
}

#[test]
fn keys_reach_the_pane_until_ctrl_q() {
    let mut d = desk(busy(), 80, 24);
    d.press("3 <Enter> q <Enter> <C-c>");
    assert_eq!(d.took(), [typed("SEC", b"q", false), typed("SEC", b"\r", true), typed("SEC", b"\x03", true)]);
    d.press("<C-q> q");
    assert_eq!(d.took(), [Action::Detach]);
}

#[test]
fn ctrl_q_twice_sends_one_and_stays() {
    let mut d = desk(busy(), 80, 24);
    d.press("3 <Enter> <C-q> <C-q> a");
    assert_eq!(d.took(), [typed("SEC", b"\x11", false), typed("SEC", b"a", false)]);
    d.press("<C-q> z <C-q> q");
    assert_eq!(d.took(), [Action::Detach], "not the next key, so not sent");
}

#[test]
fn a_paste_goes_where_keys_go() {
    let mut d = desk(busy(), 80, 24);
    d.paste("x");
    assert_eq!(d.took(), [Action::Beep]);
    d.press("3 <Enter>").paste("a\nb");
    assert_eq!(d.took(), [typed("SEC", b"a\rb", true)]);
    let now = d.state.now;
    agent(&mut d.state, "SEC").pane.screen.feed(b"\x1b[?2004h", now);
    d.paste("a\nb\x1b[201~");
    assert_eq!(d.took(), [typed("SEC", b"\x1b[200~a\nb[201~\x1b[201~", false)]);
}

#[test]
fn nothing_is_typed_into_what_does_not_run() {
    let mut d = desk(busy(), 80, 24);
    d.press("3 ] ] <Enter> n");
    assert_eq!(focused(&d), "NET");
    assert_eq!(d.took(), [Action::Beep]);
    d.press("r");
    assert_eq!(d.took(), [Action::Do(Command::restart(name("NET")))]);
}

#[test]
fn an_agent_is_taken_at_its_word_or_taken_back_after_a_question() {
    let mut d = desk(busy(), 80, 24);
    agent(&mut d.state, "SEC").hint = Some("[AGENT] SEC READY FOR MERGE".into());
    d.press("3 a");
    assert!(d.shot().contains("SEC printed: [AGENT] SEC READY FOR MERGE"), "{}", d.shot());
    d.press("y");
    let accept = Command::Accept { agent: name("SEC"), note: String::new() };
    assert_eq!(d.took(), [Action::Do(accept)]);
    d.press("3 S y");
    assert_eq!(d.took(), [Action::Do(Command::Skip { agent: name("SEC") })]);
    agent(&mut d.state, "SEC").left_out = true;
    d.press("3 S y");
    assert_eq!(d.took(), [Action::Do(Command::TakeBack { agent: name("SEC") })]);
}

#[test]
fn plans_are_chosen_from_a_list() {
    let mut d = desk(busy(), 80, 24);
    d.press("3 r <Down> <Enter>");
    let run = |plan: &str, order| {
        let (targets, prompt) = (vec![], None);
        Action::Do(Command::DryRun { plan: plan.into(), order, targets, prompt })
    };
    assert_eq!(d.took(), [run("enhancement", Order::Broadcast)]);
    d.press(": w r a p <Enter>");
    assert_eq!(d.took(), [run("wrap-up", Order::Staged)]);
}

#[test]
fn one_key_pauses_the_plan_and_goes_on_with_it() {
    let mut d = desk(busy(), 80, 24);
    d.press("p");
    assert_eq!(d.took(), [Action::Do(Command::PauseRun)]);
    d.state.runs[0].paused = true;
    d.press("p");
    assert_eq!(d.took(), [Action::Do(Command::ResumeRun)]);
    d.state.runs[0].ended = true;
    d.press("p");
    assert_eq!(d.took(), [Action::Beep]);
}

#[test]
fn red_gates_are_shown_before_a_plan_that_asks_for_it_starts() {
    let mut d = desk(busy(), 80, 24);
    let mut config = (*d.state.config).clone();
    config.plans.get_mut("wrap-up").unwrap().confirm_red = true;
    d.state.config = std::sync::Arc::new(config);
    let sec = agent(&mut d.state, "SEC");
    let oid = sec.facts.as_ref().unwrap().head.clone();
    sec.gates = vec![GateResult { code: Some(1), ..GateResult::new("test", oid, GateStatus::Red) }];
    d.press(": w r a p <Enter>");
    assert_eq!(d.took().len(), 1, "what it would do is asked first");
    d.press("<Enter>");
    assert_eq!(d.took(), []);
    let shot = d.shot();
    assert!(shot.contains("SEC: test is red at 77b0aa1") && shot.contains("starts all the same"), "{shot}");
    d.press("y");
    let (plan, order) = ("wrap-up".to_owned(), Order::Staged);
    let run = Command::Run { plan, order, targets: vec![], prompt: None, red: Red::Accept };
    assert_eq!(d.took(), [Action::Do(run)]);
}

#[test]
fn one_key_takes_what_is_offered_to_the_orchestrator() {
    let mut d = desk(busy(), 120, 30);
    d.press("o");
    assert_eq!(d.took(), [Action::Beep]);
    let (prompt, why) = ("orchestrator-review".to_owned(), "wrap-up has ended".to_owned());
    d.state.offer = Some(Offer { prompt, why, at: d.state.now });
    let shot = d.press("1").shot();
    let line = "wrap-up has ended: o sends the orchestrator the prompt orchestrator-review";
    assert!(shot.contains(line) && shot.contains("o send offer"), "{shot}");
    d.took();
    d.press("o");
    assert_eq!(d.took(), [Action::Do(Command::TakeOffer)]);
}

#[test]
fn a_prompt_goes_to_those_ticked() {
    let mut d = desk(busy(), 80, 24);
    let send = |targets: &[&str], text: &str| {
        let targets = targets.iter().map(|t| Target((*t).into())).collect();
        Action::Do(Command::Send { targets, what: What::Text(text.into()), terms: Default::default() })
    };
    d.press("b <Enter>");
    assert_eq!(d.took(), [Action::Beep], "there is no text yet");
    d.press("h i <A-Enter> y <Enter>");
    assert_eq!(d.took(), [send(&["all"], "hi\ny")]);
    d.press("3 m x <Esc>").press("m y <Enter>");
    assert_eq!(d.took(), [send(&["SEC"], "xy")], "a closed text is kept");
    d.press("b z <Tab> a <Enter>");
    assert_eq!(d.took(), [Action::Beep], "nobody is ticked");
    d.press("s s <Enter>");
    assert_eq!(d.took(), [send(&["PLAT", "SEC", "OBS"], "z")], "the second stage");
}

#[test]
fn the_composer_edits() {
    let mut d = desk(busy(), 80, 24);
    d.press("b").paste("one\r\ntwo\x1b[31m\nlast");
    d.press("<BS> <Home> <Up> <Left> X <Del> <Up> <Up> <End> ! <Enter>");
    let [Action::Do(Command::Send { what: What::Text(text), .. })] = &d.took()[..] else { panic!() };
    assert_eq!(text, "oneXtwo[31m!\nlas");
}

#[test]
fn what_cannot_be_undone_is_asked_and_enter_is_no() {
    let mut d = desk(busy(), 80, 24);
    d.press("3 x <Enter> x n S <Esc>");
    assert_eq!(d.took(), []);
    d.press("x y S y");
    let who = || name("SEC");
    assert_eq!(
        d.took(),
        [Action::Do(Command::Stop { agent: who() }), Action::Do(Command::Skip { agent: who() })]
    );
    d.press(": e n d <Enter> y");
    assert_eq!(d.took(), [Action::Do(Command::Down)]);
}

#[test]
fn an_answer_does_not_take_keys_from_typing() {
    let mut d = desk(busy(), 80, 24);
    d.press("M q 3 <Enter>");
    d.took();
    let plan = super::merging::planned(Some(super::merging::built()));
    notify(&mut d.view, &Answer::Train(Box::new(plan)));
    d.press("y");
    assert_eq!(d.took(), [typed("SEC", b"y", false)]);
    notify(&mut d.view, &Answer::Done { text: "sent\x1b[0m".into() });
    assert!(d.shot().contains("sent"));
}

#[test]
fn reasons_are_sent_where_there_are_any() {
    let mut d = desk(busy(), 80, 24);
    d.press("3 s 2 l s");
    assert_eq!(d.took(), [Action::Beep, Action::Do(Command::SendReasons { agent: name("PLAT") })]);
}

#[test]
fn moving_about() {
    let mut d = desk(busy(), 200, 50);
    let mut went = |keys: &str| {
        d.press(keys);
        focused(&d)
    };
    assert_eq!(went("3"), "SEC");
    assert_eq!(went("l"), "OBS");
    assert_eq!(went("j"), "OPS");
    assert_eq!(went("h"), "NET");
    assert_eq!(went("k k h"), "SEC");
    assert_eq!(went("]"), "OBS");
    assert_eq!(went("[ ["), "PLAT");
    assert_eq!(went("w"), "OBS");
    assert_eq!(went("w"), "NET");
    assert_eq!(went("w"), "PLAT");
    assert_eq!(went("<Tab>"), "NET", "a tab keeps its focus");
    assert_eq!(went("<S-Tab>"), "PLAT");
    assert_eq!(went("z <Right> z 5 j j <Enter>"), "SEC");
    assert_eq!(went("9"), "SEC");
}

#[test]
fn the_server_is_told_what_panes_get() {
    let d = &mut desk(busy(), 80, 24);
    d.press("3");
    let sizes = |d: &Desk| {
        let areas = d.view.pane_areas(&d.state);
        areas.iter().map(|(n, a)| (n.to_string(), a.width, a.height)).collect::<Vec<_>>()
    };
    assert_eq!(sizes(d), [("SEC".to_owned(), 78, 19)]);
    d.view.resize(50, 200);
    let all: Vec<String> = sizes(d).into_iter().map(|(n, _, _)| n).collect();
    assert_eq!(all, ["SEC", "OBS", "NET", "OPS"]);
    assert_eq!(sizes(d)[0], ("SEC".to_owned(), 88, 22));
    assert_eq!(sizes(d.press("z")), [("SEC".to_owned(), 198, 45)]);
    assert_eq!(sizes(d.press("5")), []);
}

#[test]
fn the_mouse_focuses_types_and_zooms() {
    let mut d = desk(busy(), 200, 50);
    let top = d.shot();
    let line = top.lines().next().unwrap();
    let x = u16::try_from(line.chars().position(|c| c == '3').unwrap() - 1).unwrap();
    click(&mut d, x, 0, 1000);
    assert_eq!(focused(&d), "SEC");
    click(&mut d, 150, 10, 1000);
    assert_eq!(focused(&d), "OBS");
    assert!(d.view.typing_into(&d.state).is_none());
    click(&mut d, 150, 10, 1000);
    assert_eq!(d.view.typing_into(&d.state), Some(name("OBS")));
    click(&mut d, 30, 10, 1000);
    click(&mut d, 30, 10, 100);
    assert_eq!(d.view.pane_areas(&d.state).len(), 1, "zoomed");
    let mut d = desk(busy(), 200, 50);
    d.press("3");
    click(&mut d, 4, 4, 0);
    assert_eq!(focused(&d), "NET", "by the rail");
}

#[test]
fn a_program_that_wants_the_mouse_gets_it_while_typed_into() {
    let mut d = desk(busy(), 80, 24);
    let now = d.state.now;
    agent(&mut d.state, "SEC").pane.screen.feed(b"\x1b[?1000h\x1b[?1006h", now);
    d.press("3 <Enter>");
    assert_eq!(click(&mut d, 5, 6, 1000), [typed("SEC", b"\x1b[<0;5;4M", false)]);
    d.press("<C-q>");
    assert_eq!(click(&mut d, 5, 6, 1000), [], "now it is the dashboard's");
}

#[test]
fn what_is_looked_at_stays_while_new_lines_come() {
    let mut d = desk(busy(), 80, 24);
    let now = d.state.now;
    let say = |d: &mut Desk, from: u32, to: u32| {
        for i in from..to {
            agent(&mut d.state, "SEC").pane.screen.feed(format!("line {i}\r\n").as_bytes(), now);
        }
    };
    say(&mut d, 0, 60);
    d.press("3 <PgUp>");
    let row = |d: &Desk| d.shot().lines().nth(3).unwrap().to_owned();
    let before = row(&d);
    say(&mut d, 60, 70);
    assert_eq!(row(&d), before);
    d.press("<End>");
    assert_ne!(row(&d), before);
}

#[test]
fn the_cursor_shows_where_typing_goes() {
    let mut d = desk(busy(), 80, 24);
    d.press("3 l <Enter>");
    let mut terminal = d.terminal();
    let at = terminal.get_cursor_position().unwrap();
    assert_eq!((at.x, at.y), (3, 5));
}

#[test]
fn one_table_makes_keys_and_help() {
    let keys = keymap::Keymap::default();
    let table: Vec<_> = keys.all().collect();
    for (i, a) in table.iter().enumerate() {
        for b in &table[i + 1..] {
            let both = a.keys.iter().any(|k| b.keys.contains(k));
            assert!(a.when != b.when || !both, "{} and {} share a key", a.name, b.name);
        }
        for seq in &a.keys {
            assert_eq!(keys.lookup(a.when, None, seq.first), keymap::Found::Does(a.op));
        }
    }
    let help = desk(busy(), 200, 400).press("?").shot();
    let listed = |b: &&&keymap::Binding| !b.keys.is_empty() && !b.when.is_recording();
    for b in table.iter().filter(listed) {
        assert!(help.contains(b.what), "{}", b.what);
    }
}
