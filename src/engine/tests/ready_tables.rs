//! What must never claim and what always must, by tables: every entry at every size.

use super::kit::{BOX, Stage, TEAM, name};
use crate::domain::command::{Command, Target, What};
use crate::domain::record::Record;
use crate::engine::event::Event;

const SIZES: [(u16, u16); 6] = [(40, 20), (10, 30), (24, 44), (24, 80), (50, 120), (50, 200)];

fn claims(s: &Stage) -> usize {
    s.count(|r| matches!(r, Record::Claimed { .. }))
}

fn hints(s: &Stage) -> usize {
    s.count(|r| matches!(r, Record::Hint { .. }))
}

/// SEC was asked to wrap up in a pane of that size and made its commit.
fn asked((rows, cols): (u16, u16)) -> (Stage, String) {
    let mut s = Stage::new();
    s.happen(Event::Resize { agent: name("SEC"), rows, cols });
    s.template("SEC", "wrap-up");
    s.pass(1000);
    s.git.commit("SEC");
    let code = s.code("SEC");
    (s, code)
}

/// Text as a program draws it that wraps between words itself, each row placed by the cursor.
fn drawn(text: &str, cols: u16, (head, next, right): (&str, &str, &str)) -> String {
    let room = usize::from(cols) - head.chars().count().max(next.chars().count()) - right.chars().count();
    let mut rows = vec![String::new()];
    for word in text.split(' ') {
        let row = rows.last_mut().unwrap();
        let more = usize::from(!row.is_empty()) + word.chars().count();
        if row.chars().count() + more > room && !row.is_empty() {
            rows.push(word.to_owned());
        } else {
            row.push_str(if row.is_empty() { "" } else { " " });
            row.push_str(word);
        }
    }
    let pad = if right.is_empty() { 0 } else { room };
    let row = |(i, t): (usize, &String)| {
        format!("\x1b[2K\x1b[1G{}{t:<pad$}{right}\r\n", if i == 0 { head } else { next })
    };
    rows.iter().enumerate().map(row).collect()
}

const DRESSES: [(&str, &str, &str); 6] = [
    ("", "", ""),
    ("● ", "  ", ""),
    ("  ⎿  ", "     ", ""),
    ("• ", "  ", ""),
    ("  └ ", "    ", ""),
    ("│ ", "│ ", " │"),
];

#[test]
fn printed_with_the_code_it_claims_once_in_any_dress_at_any_size() {
    let mut right = 0;
    for size in SIZES {
        for dress in DRESSES {
            for wrapped_by_the_program in [true, false] {
                let (mut s, code) = asked(size);
                let line = format!("[AGENT] SEC READY FOR MERGE {code}");
                let text = if wrapped_by_the_program {
                    drawn(&line, size.1, dress)
                } else {
                    format!("{}{line}{}\r\n", dress.0, dress.2)
                };
                s.print("SEC", &format!("● All is green.\r\n\r\n{text}\r\n"));
                s.rests("SEC");
                s.print("SEC", "What next?\r\n");
                s.pass(5000);
                assert_eq!(claims(&s), 1, "{size:?} {dress:?} {wrapped_by_the_program}\n{text}");
                right += 1;
            }
        }
    }
    assert_eq!(right, 6 * 6 * 2, "all of them");
}

#[test]
fn nothing_else_claims_at_any_size() {
    let not: [&dyn Fn(&str) -> String; 16] = [
        // The phrase, quoted or not, without the code.
        &|_| "[AGENT] SEC READY FOR MERGE".into(),
        &|_| "I am to print \"[AGENT] SEC READY FOR MERGE\" at the end.".into(),
        &|_| "> print one line of its own instead: `[AGENT] SEC READY FOR MERGE`".into(),
        // As git log and cat show it.
        &|_| "    [AGENT] SEC READY FOR MERGE".into(),
        &|_| "a1b2c3d (HEAD -> agent-3-sec) [AGENT] SEC READY FOR MERGE".into(),
        &|_| "     7  print `[AGENT] SEC READY FOR MERGE` and your code".into(),
        // The wrong code.
        &|_| "[AGENT] SEC READY FOR MERGE zzzzzz".into(),
        &|c| format!("[AGENT] SEC READY FOR MERGE {}", c.to_uppercase()),
        &|c| format!("[AGENT] SEC READY FOR MERGE {c}x"),
        &|c| format!("[AGENT] SEC READY FOR MERGE {}", &c[..5]),
        // The code in other words.
        &|c| format!("Your code for this is `{c}`."),
        &|c| {
            format!(
                "Once all of it is done and green I shall print [AGENT] SEC READY FOR MERGE {c} and stop."
            )
        },
        &|c| format!("[AGENT] SEC READY FOR MERGE {c} once it builds"),
        &|c| format!("$ echo '[AGENT] SEC READY FOR MERGE {c}'"),
        &|c| format!("12 + [AGENT] SEC READY FOR MERGE {c}"),
        // For another.
        &|c| format!("[AGENT] OBS READY FOR MERGE {c}"),
    ];
    let mut tried = 0;
    for size in SIZES {
        for dress in DRESSES {
            let (mut s, code) = asked(size);
            for text in not {
                s.print("SEC", &drawn(&text(&code), size.1, dress));
                s.print("SEC", &format!("\r\n{}{}\r\n\r\n", dress.0, text(&code)));
                s.rests("SEC");
                assert_eq!(claims(&s), 0, "{size:?} {dress:?}: {}", text(&code));
                tried += 2;
            }
        }
    }
    assert_eq!(tried, 6 * 6 * 16 * 2);
}

#[test]
fn a_wrap_up_to_eight_panes_that_echo_everything_claims_nothing() {
    for size in SIZES {
        let mut s = Stage::new();
        for agent in TEAM {
            s.happen(Event::Resize { agent: name(agent), rows: size.0, cols: size.1 });
        }
        s.ask(Command::Send {
            targets: vec![Target("all".into())],
            what: What::Prompt("wrap-up".into()),
            terms: Default::default(),
        });
        s.pass(1000);
        for (agent, dress) in TEAM.iter().zip(DRESSES.iter().cycle()) {
            s.git.commit(agent);
            let written = s.written(agent)[0].1.clone();
            let prompt = written.replace("\x1b[200~", "").replace("\x1b[201~", "");
            // As typed, as a terminal wraps it, and as programs draw what was typed.
            s.print(agent, &written.replace('\n', "\r\n"));
            s.print(agent, &format!("\r\n{}\r\n", prompt.replace('\n', "\r\n")));
            for line in prompt.lines() {
                s.print(agent, &drawn(line, size.1, *dress));
            }
            s.print(agent, &drawn(&prompt.replace('`', "").replace('\n', " "), size.1, *dress));
            s.print(agent, BOX);
        }
        for agent in TEAM {
            s.rests(agent);
        }
        s.pass(10_000);
        assert_eq!((claims(&s), hints(&s)), (0, 0), "{size:?}");
        for agent in TEAM {
            let code = s.code(agent);
            s.print(agent, &format!("[AGENT] {agent} READY FOR MERGE {code}\r\n"));
            s.rests(agent);
        }
        assert_eq!(claims(&s), 8, "each can still claim");
    }
}

#[test]
fn no_pane_claims_for_another_at_any_size() {
    for size in SIZES {
        let (mut s, sec) = asked(size);
        s.template("OBS", "wrap-up");
        s.pass(1000);
        let obs = s.code("OBS");
        for (pane, text) in [
            ("OBS", format!("[AGENT] SEC READY FOR MERGE {sec}\r\n")),
            ("OBS", format!("[AGENT] OBS READY FOR MERGE {sec}\r\n")),
            ("SEC", format!("[AGENT] OBS READY FOR MERGE {obs}\r\n")),
            ("SEC", format!("[AGENT] SEC READY FOR MERGE {obs}\r\n")),
            ("ORCHESTRATOR", format!("[AGENT] SEC READY FOR MERGE {sec}\r\n")),
        ] {
            s.print(pane, &text);
            s.rests("SEC");
            s.rests("OBS");
        }
        assert_eq!(claims(&s), 0, "{size:?}");
    }
}
