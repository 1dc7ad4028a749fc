//! What of panes and of typing the journal keeps.

use super::kit::*;
use crate::domain::key::Key;
use crate::session::log::Kind;
use crate::wire::msg::{Input, Up};

/// Changes the configuration that `session.toml` holds.
fn configure(stage: &Stage, from: &str, to: &str) {
    let path = stage.dir.join("session.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

fn journal_has(stage: &Stage, text: &str) {
    wait_until(&format!("the journal has {text}"), || stage.journal_text().contains(text).then_some(()));
}

#[test]
fn a_pane_that_is_not_recorded_is_not_quoted() {
    for recorded in [true, false] {
        let stage = Stage::running();
        if !recorded {
            configure(&stage, "record = true", "record = false");
        }
        let holder = stage.hold("SEC", vec![], None);
        let server = stage.serve();
        let mut client = server.attach(24, 80);
        holder.prints(b"private words\r\n");
        client.wait_for("private words");
        holder.orders.send(Do::Log(record(Kind::Exit, b"exit 3"))).unwrap();
        journal_has(&stage, "\"agent_down\",\"body\":{\"agent\":\"SEC\"");
        assert_eq!(stage.journal_text().contains("private words"), recorded, "{}", stage.journal_text());
        assert!(recorded || !stage.journal_text().contains("\"at\":{\"SEC\""));
    }
}

#[test]
fn what_is_typed_is_one_record_a_line_with_its_text_only_where_that_is_wanted() {
    for keys in [false, true] {
        let stage = Stage::running();
        if keys {
            configure(&stage, "keys = false", "keys = true");
        }
        let holder = stage.hold("SEC", vec![], None);
        let server = stage.serve();
        let mut client = server.attach(24, 80);
        holder.prints(b"$ ");
        client.wait_for("$");
        let enter = Key::named("Enter").unwrap();
        for key in [enter, Key::char('h'), Key::char('i'), enter, Key::char('x')] {
            client.send(&Up::Input(Input::Key(key.into())));
        }
        journal_has(&stage, "\"bytes\":3,\"submitted\":true");
        journal_has(&stage, "\"bytes\":1,\"submitted\":false");
        let text = stage.journal_text();
        assert_eq!(text.matches("\"kind\":\"typed\"").count(), 2, "{text}");
        assert_eq!(text.contains("\"text\":\"hi"), keys, "{text}");
    }
}
