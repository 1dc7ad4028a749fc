//! Taking an incident on: the form.

use insta::assert_snapshot;

use super::kit::*;
use crate::domain::command::{Command, Incident};
use crate::domain::incident::triage::Told;
use crate::domain::view::{Answer, Fault};
use crate::ui::tests::fixture::*;
use crate::ui::view::Mode;
use crate::ui::{Action, Look, notify};

const REPORT: &str = "Checkout is slow: p95 latency is 2.4 s since 02:16 UTC on 2026-03-14.";

fn opens(d: &mut Desk) -> Option<(String, String, Told, String)> {
    d.took().into_iter().find_map(|a| match a {
        Action::Do(Command::Incident(Incident::Open { name, report, told, received: None, data })) => {
            Some((name, report, told, data))
        }
        _ => None,
    })
}

#[test]
fn what_the_report_answers_is_shown_with_its_words_and_the_rest_is_asked() {
    let mut d = desk(fleet(), 100, 30);
    d.press("o");
    assert_snapshot!("form_empty", d.shot());
    d.paste(REPORT);
    assert_snapshot!("form_report", d.shot());
    // Nothing goes out while a question is open: the keys lead there.
    d.press("<Enter>");
    assert_eq!(d.took(), [Action::Beep]);
    assert!(d.shot().contains("priority is open"), "{}", d.shot());
    d.press("<S-Tab> all");
    d.press("<Space> services <Enter>");
    d.press("P9");
    assert!(d.shot().contains("none of P1, P2, P3"), "{}", d.shot());
    d.press("<BS> 2");
    assert!(d.shot().contains("engages"), "{}", d.shot());
    d.press("<Tab> slow-checkout <Tab>");
    d.paste("/srv/incidents/42");
    d.press("<Enter>");
    let (name, report, told, data) = opens(&mut d).unwrap();
    assert_eq!(
        (name.as_str(), report.as_str(), data.as_str()),
        ("slow-checkout", REPORT, "/srv/incidents/42")
    );
    let wanted = Told { scope: Some("all services".into()), priority: Some("P2".into()), ..Told::default() };
    assert_eq!(told, wanted);
    assert!(matches!(d.view.mode, Mode::Normal));
}

#[test]
fn what_was_written_is_kept_and_comes_back_where_it_is_refused() {
    let mut d = desk(fleet(), 100, 30);
    d.press("o");
    d.paste(REPORT);
    d.press("<Esc>");
    assert!(d.shot().contains("o goes on with it"), "{}", d.shot());
    d.press("o");
    assert!(d.shot().contains("p95 latency is 2.4 s"));
    d.press("<Tab> <Tab> <Tab> region <Down> P1");
    d.press("<C-s>");
    assert!(opens(&mut d).is_some());
    let fault =
        Answer::Fault { fault: Fault::Failed, why: "take the incident on: one is open already".into() };
    notify(&mut d.view, &fault);
    assert!(
        d.shot().contains("one is open already") && d.shot().contains("p95 latency is 2.4 s"),
        "{}",
        d.shot()
    );
    d.press("<C-s>");
    assert!(opens(&mut d).is_some());
    notify(&mut d.view, &Answer::Incident(Box::new(opened())));
    assert!(d.shot().contains("incident 1 scale-out is taken on: investigating"), "{}", d.shot());
    d.press("o");
    assert!(!d.shot().contains("p95 latency is 2.4 s"), "what was taken on is not taken on again");
}

#[test]
fn it_is_written_in_at_any_size_and_takes_no_more_than_a_report() {
    for (cols, rows) in [(200, 50), (80, 24), (40, 10), (20, 6), (20, 5)] {
        let mut d = looking(fleet(), cols, rows, Look::default());
        d.press("o");
        d.paste("two\nlines \u{1b}[31m\u{202e}日本語");
        for _ in 0..8 {
            d.press("x <Tab>");
            d.terminal();
        }
        d.press("<Up> <Up> <Left> <Del> <BS> <S-Tab> <A-Enter>");
        d.terminal();
    }
    assert_snapshot!("form_small", desk(fleet(), 40, 10).press("o abc <Tab> <Tab>").shot());
    let mut d = desk(fleet(), 80, 24);
    d.press("o");
    d.paste(&"word ".repeat(60_000));
    assert_eq!(d.took(), [Action::Beep]);
    assert!(d.shot().contains("at most 256 KB"), "{}", d.shot());
}

#[test]
fn it_is_for_fleets() {
    let mut state = busy();
    state.incident = halfway().incident;
    let mut d = desk(state, 80, 24);
    d.press("I o");
    assert!(d.shot().contains("no incident fleet"), "{}", d.shot());
    assert_eq!(d.took(), [Action::Beep]);
}
