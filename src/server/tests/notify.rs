//! Telling people: hooks that run, hang and fail, and what reaches a terminal.

use std::path::PathBuf;

use super::kit::*;
use crate::domain::command::Command;
use crate::domain::conduct::{Alert, Conduct, Hook, Occasion};
use crate::domain::key::Key;
use crate::wire::msg::{Input, Look, Role, Up};

fn conduct(hooks: &[(&str, u64)]) -> Conduct {
    let hook = |(run, timeout): &(&str, u64)| Hook {
        on: vec![Occasion::Refused],
        run: (*run).into(),
        timeout: *timeout,
    };
    Conduct {
        alert_on: vec![Occasion::Refused],
        hooks: hooks.iter().map(hook).collect(),
        ..Conduct::default()
    }
}

fn repository(stage: &Stage) -> PathBuf {
    stage.dir.with_file_name("repo")
}

/// A claim that git refuses, for the repository is none.
fn refused(server: &Running) {
    server.control().ask(Command::Accept { agent: name("SEC"), note: String::new() });
}

fn attach(server: &Running, alert: Option<Alert>) -> Client {
    let mut client = server.connect();
    let look = Box::new(Look { alert, ..Look::default() });
    client.greet(Role::Attach { rows: 24, cols: 80, look, read_only: false, name: String::new() }, None);
    client
}

fn count(client: &mut Client, what: &[u8]) -> usize {
    client.poll();
    client.bytes.windows(what.len()).filter(|w| *w == what).count()
}

#[test]
fn a_hook_gets_its_variables_and_one_json_object() {
    let run = "cat > told.json; echo \"$ORCHESTRA_OCCASION|$ORCHESTRA_AGENT|$ORCHESTRA_SESSION|$ORCHESTRA_TEXT\" \
               > new && mv new told.env";
    let stage = Stage::running_with(conduct(&[(run, 60)]));
    let _holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    refused(&server);
    let told =
        wait_until("the hook has run", || std::fs::read_to_string(repository(&stage).join("told.env")).ok());
    assert!(told.starts_with("refused|SEC|s|SEC is not ready: its branch cannot be read"), "{told}");
    let object = std::fs::read_to_string(repository(&stage).join("told.json")).unwrap();
    assert_eq!(object.lines().count(), 1);
    let object: serde_json::Value = serde_json::from_str(&object).unwrap();
    assert_eq!(
        (&object["session"], &object["repository"]),
        (&"s".into(), &repository(&stage).to_str().unwrap().into())
    );
    assert_eq!(object["record"], stage.dir.to_str().unwrap());
    let items = object["items"].as_array().unwrap();
    assert_eq!(
        (items.len(), &items[0]["occasion"], &items[0]["agent"]),
        (1, &"refused".into(), &"SEC".into())
    );
    // The page that explains it names every key.
    let page = include_str!("../../../docs/hooks.md");
    let keys = object.as_object().unwrap().keys().chain(items[0].as_object().unwrap().keys());
    for key in keys {
        assert!(page.contains(&format!("`{key}`")), "docs/hooks.md does not explain {key}");
    }
}

#[test]
fn a_hook_that_hangs_is_killed_holds_nobody_up_and_is_noted_once() {
    let hangs = "echo x >> hung; sleep 600";
    let stage = Stage::running_with(conduct(&[(hangs, 1), ("echo x >> quick", 60)]));
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut client = attach(&server, Some(Alert::Off));
    let lines =
        |file: &str| std::fs::read_to_string(repository(&stage).join(file)).map_or(0, |t| t.lines().count());
    for n in 1..=3 {
        refused(&server);
        wait_until("the quick one has run", || (lines("quick") == n).then_some(()));
        holder.prints(format!("line {n}.\r\n").as_bytes());
        client.wait_for(&format!("line {n}."));
        // It starts again only once it was killed.
        wait_until("the other one runs", || (lines("hung") == n).then_some(()));
    }
    let noted = stage.journal_text().matches("hook 1 failed").count();
    assert_eq!(noted, 1, "three ran, two were killed by now");
    assert!(stage.journal_text().contains("killed after its limit of 1 s"));
    let log = std::fs::read_to_string(stage.dir.join("hooks.log")).unwrap();
    let log: Vec<serde_json::Value> = log.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let of = |hook: u64| log.iter().filter(move |r| r["hook"] == hook);
    assert!(of(1).count() >= 2 && of(2).count() >= 2, "{log:?}");
    for run in of(1) {
        assert_eq!((&run["status"], &run["failed"]), (&serde_json::Value::Null, &true.into()), "{run}");
        assert!(run["ms"].as_u64().unwrap() >= 1000 && run["occasions"][0] == "refused", "{run}");
    }
    assert!(of(2).all(|r| r["status"] == 0 && r["failed"] == false), "{log:?}");
}

#[test]
fn each_terminal_is_told_once_in_its_own_way_and_of_nothing_else() {
    let stage = Stage::running_with(conduct(&[]));
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let (mut bell, mut words) = (attach(&server, None), attach(&server, Some(Alert::Osc9)));
    let mut off = attach(&server, Some(Alert::Off));
    for client in [&mut bell, &mut words, &mut off] {
        wait_until("it is drawn", || (count(client, b"SEC") > 0).then_some(()));
    }
    refused(&server);
    wait_until("the words come", || (count(&mut words, b"\x07") > 0).then_some(()));
    wait_until("the bell rings", || (count(&mut bell, b"\x07") > 0).then_some(()));
    holder.prints(b"after it\r\n");
    for client in [&mut bell, &mut words, &mut off] {
        client.wait_for("after it");
    }
    assert_eq!((count(&mut bell, b"\x07"), count(&mut bell, b"\x1b]")), (1, 0));
    assert_eq!((count(&mut words, b"\x07"), count(&mut words, b"\x1b]")), (1, 1));
    assert_eq!(count(&mut words, b"\x1b]9;orchestra: SEC is not ready: its branch cannot be read"), 1);
    assert_eq!((count(&mut off, b"\x07"), count(&mut off, b"\x1b]")), (0, 0));
}

#[test]
fn who_looks_at_that_very_pane_needs_no_bell() {
    let stage = Stage::running_with(conduct(&[]));
    let _holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let (mut near, mut far) = (attach(&server, None), attach(&server, None));
    near.send(&Up::Input(Input::Key(Key::char('z').into())));
    let frames = near.frames;
    wait_until("it is drawn alone", || {
        near.poll();
        (near.frames > frames).then_some(())
    });
    refused(&server);
    wait_until("the other one's bell rings", || (count(&mut far, b"\x07") == 1).then_some(()));
    assert_eq!(count(&mut near, b"\x07"), 0);
    near.send(&Up::Input(Input::Focus(false)));
    // An answer comes after what was sent before it.
    refused(&server);
    wait_until("its person has gone elsewhere", || (count(&mut near, b"\x07") == 1).then_some(()));
}
