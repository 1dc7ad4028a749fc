//! Claims by text: the code in a line of its own, in the agent's own pane, while it rests.

use super::kit::{REST, SPIN, Stage, config, name};
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::engine::event::Event;

/// SEC was asked to wrap up, works, and made its commit.
fn asked() -> (Stage, String) {
    let mut s = Stage::new();
    s.template("SEC", "wrap-up");
    s.pass(1000);
    s.git.commit("SEC");
    let code = s.code("SEC");
    (s, code)
}

fn claims(s: &Stage) -> usize {
    s.count(|r| matches!(r, Record::Claimed { .. }))
}

#[test]
fn the_prompt_gives_the_line_to_print_and_the_code_apart_from_it() {
    let (s, code) = asked();
    let prompt = s.written("SEC")[0].1.clone();
    assert!(prompt.contains("`[AGENT] SEC READY FOR MERGE`"), "{prompt}");
    assert!(prompt.contains(&format!("`{code}`")));
    assert_eq!(code.len(), 6);
}

#[test]
fn a_line_with_the_code_claims_in_whatever_dress() {
    for dress in ["{}", "● {}", "  ⎿  {} ", "│ {}   │", "**{}**"] {
        let (mut s, code) = asked();
        let line = dress.replace("{}", &format!("[AGENT] SEC READY FOR MERGE {code}"));
        s.print("SEC", &format!("{line}\r\n"));
        s.rests("SEC");
        assert_eq!(s.is("SEC"), AgentState::Ready, "{dress}");
        s.print("SEC", "more\r\n");
        s.pass(5000);
        assert_eq!(claims(&s), 1, "counted once");
    }
}

#[test]
fn a_line_wrapped_by_a_narrow_pane_is_one_line() {
    let (mut s, code) = asked();
    s.happen(Event::Resize { agent: name("SEC"), rows: 10, cols: 30 });
    s.print("SEC", &format!("● [AGENT] SEC READY FOR MERGE {code}\r\n"));
    s.rests("SEC");
    assert_eq!(s.is("SEC"), AgentState::Ready);
}

#[test]
fn nothing_else_claims() {
    let not: [&dyn Fn(&str) -> String; 6] = [
        &|_| "[AGENT] SEC READY FOR MERGE\r\n".into(),
        &|_| "[AGENT] SEC READY FOR MERGE zzzzzz\r\n".into(),
        &|c| format!("I shall print [AGENT] SEC READY FOR MERGE {c}\r\n"),
        &|c| format!("[AGENT] SEC READY FOR MERGE {c} once it builds\r\n"),
        &|c| format!("[AGENT] OBS READY FOR MERGE {c}\r\n"),
        &|c| format!("[AGENT] SEC READY FOR MERGE {c}"),
    ];
    for (i, text) in not.iter().enumerate() {
        let (mut s, code) = asked();
        s.print("SEC", &text(&code));
        s.rests("SEC");
        assert_eq!(claims(&s), 0, "number {i}");
    }
}

#[test]
fn the_echo_of_our_own_prompt_claims_nothing_at_any_width() {
    for cols in [20, 30, 37, 44, 52, 80, 200] {
        let (mut s, _) = asked();
        s.happen(Event::Resize { agent: name("SEC"), rows: 40, cols });
        let prompt = s.written("SEC")[0].1.replace("\x1b[200~", "").replace("\x1b[201~", "");
        s.print("SEC", &format!("{}\r\n", prompt.replace('\n', "\r\n")));
        let boxed: Vec<String> = prompt.lines().map(|l| format!("│ {l} │")).collect();
        s.print("SEC", &format!("{}\r\n", boxed.join("\r\n")));
        s.rests("SEC");
        assert_eq!(claims(&s), 0, "{cols} columns");
    }
}

#[test]
fn a_prompt_that_spells_the_whole_claim_out_disarms_claims_by_text() {
    for template in
        ["Print:\n[AGENT] {{ agent }} {{ phrase }} {{ code }}", "say {{ phrase }}\n  {{ code }} now"]
    {
        let mut c = config();
        c.prompts.insert("loud".into(), template.replace("{{ phrase }}", "READY FOR MERGE"));
        let mut s = Stage::of(c);
        s.template("SEC", "loud");
        s.pass(1000);
        s.git.commit("SEC");
        let echo = s.written("SEC")[0].1.replace("\x1b[200~", "").replace("\x1b[201~", "");
        s.print("SEC", &format!("{}\r\n", echo.replace('\n', "\r\n")));
        s.rests("SEC");
        assert_eq!(claims(&s), 0, "{template}");
        s.ready("SEC");
        assert_eq!(s.is("SEC"), AgentState::Ready, "the command still does");
    }
}

#[test]
fn another_pane_claims_nothing_for_it() {
    let (mut s, code) = asked();
    s.template("OBS", "wrap-up");
    s.pass(1000);
    s.print("OBS", &format!("[AGENT] SEC READY FOR MERGE {code}\r\n"));
    s.print("OBS", &format!("[AGENT] OBS READY FOR MERGE {code}\r\n"));
    s.rests("OBS");
    assert_eq!(claims(&s), 0);
}

#[test]
fn no_claim_counts_while_the_agent_works() {
    let (mut s, code) = asked();
    s.print("SEC", &format!("[AGENT] SEC READY FOR MERGE {code}\r\n"));
    for _ in 0..20 {
        s.pass(500);
        s.print("SEC", SPIN);
    }
    assert_eq!(claims(&s), 0);
    s.print("SEC", REST);
    s.pass(1600);
    assert_eq!(claims(&s), 1);
}

#[test]
fn a_code_serves_one_dispatch_only() {
    let (mut s, old) = asked();
    s.print("SEC", &format!("[AGENT] SEC READY FOR MERGE {old}"));
    s.rests("SEC");
    s.template("SEC", "wrap-up");
    s.pass(1000);
    assert_ne!(s.code("SEC"), old);
    s.print("SEC", "\r\n");
    s.rests("SEC");
    assert_eq!(claims(&s), 0, "the code of the dispatch before");
}

#[test]
fn no_prompt_that_asked_for_it_no_claim() {
    let mut s = Stage::new();
    s.git.commit("SEC");
    s.text("SEC", "print READY FOR MERGE please");
    s.pass(1000);
    s.print("SEC", "[AGENT] SEC READY FOR MERGE \r\n");
    s.rests("SEC");
    assert_eq!(claims(&s), 0);
}

#[test]
fn a_claim_in_a_flood_is_looked_for_before_it_scrolls_away() {
    use crate::engine::ready::may_claim;
    let flood = "and so on\r\n".repeat(1500);
    let end = |look: bool| {
        let (mut s, code) = asked();
        let print = format!("{flood}[AGENT] SEC READY FOR MERGE {code}\r\n{flood}");
        let agent = |s: &Stage| s.state.agent(&name("SEC")).unwrap().clone();
        assert_eq!(may_claim(&s.state, &agent(&s), flood.as_bytes()), None);
        let heard = may_claim(&s.state, &agent(&s), print.as_bytes()).unwrap();
        assert!(heard > flood.len() + 64 * 11 && heard < flood.len() + 100 * 11, "{heard}");
        s.print("SEC", &print[..heard]);
        if look {
            s.happen(Event::Look { agent: name("SEC") });
        } else {
            s.pass(150);
        }
        let seen = agent(&s).expects;
        s.print("SEC", &print[heard..]);
        s.rests("SEC");
        (seen, s.is("SEC"), claims(&s))
    };
    assert_eq!(end(true), end(false), "as if there had been time to read it");
}
