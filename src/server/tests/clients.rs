//! Clients of every kind, good and bad.

use super::kit::*;
use crate::domain::command::Command;
use crate::domain::key::Key;
use crate::domain::view::Answer;
use crate::server::clients::{GREETING, MAX_CLIENTS};
use crate::wire::frame::{MAX_FRAME, encode};
use crate::wire::msg::{Input, Role, Up, VERSION};

#[test]
fn each_dashboard_is_drawn_at_its_own_size() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let (mut small, mut large) = (server.attach(24, 80), server.attach(50, 160));
    holder.prints(b"hello from the pane\r\n");
    small.wait_for("hello from the pane");
    large.wait_for("hello from the pane");
    let last = |c: &mut Client| c.text().lines().map(|l| l.trim_end().chars().count()).max().unwrap();
    assert!(last(&mut small) <= 80);
    assert!(last(&mut large) > 80, "{}", large.text());
    small.send(&Up::Input(Input::Resize { rows: 12, cols: 40 }));
    small.screen.resize(crate::screen::Size { rows: 12, cols: 40 });
    let before = small.frames;
    wait_until("it is drawn anew", || {
        small.poll();
        (small.frames > before).then_some(())
    });
    assert!(last(&mut small) <= 40);
}

#[test]
fn who_acknowledges_nothing_gets_one_frame_and_delays_nobody() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut deaf = server.attach(24, 80);
    deaf.acknowledges = false;
    let _never_reads = server.attach(50, 200);
    let mut good = server.attach(24, 80);
    for i in 0..30 {
        holder.prints(format!("line {i}.\r\n").as_bytes());
        good.wait_for(&format!("line {i}."));
    }
    deaf.poll();
    assert_eq!(deaf.frames, 1);
    // Told that it was shown, it gets the latest state at once.
    deaf.acknowledges = true;
    deaf.send(&Up::Shown);
    deaf.wait_for("line 29.");
}

#[test]
fn a_silent_connection_blocks_nobody_and_is_dismissed() {
    let stage = Stage::running();
    let server = stage.serve();
    let began = std::time::Instant::now();
    let mut silent = server.connect();
    silent.send_raw(&[200, 0]);
    assert_eq!(server.status().session, "s");
    assert!(silent.wait_bye().contains("no greeting"));
    assert!(began.elapsed() >= GREETING);
}

#[test]
fn nonsense_ends_one_connection_only() {
    let stage = Stage::running();
    let server = stage.serve();
    for (bytes, why) in [
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "limit"),
        ((MAX_FRAME as u32 + 1).to_le_bytes().to_vec(), "limit"),
        (vec![0; 4], "without a kind"),
        (encode(1, b"{").unwrap(), "kind 1"),
        (encode(3, b"{}").unwrap(), "kind 3"),
    ] {
        let mut bad = server.connect();
        bad.send_raw(&bytes);
        let bye = bad.wait_bye();
        assert!(bye.contains(why), "{bye}");
    }
    let mut early = server.connect();
    early.send(&Up::Command(Box::new(Command::Status)));
    assert!(early.wait_bye().contains("greeting"));
    let mut other = server.connect();
    other.send(&Up::Hello { version: VERSION + 7, role: Role::Control, token: None });
    let bye = other.wait_bye();
    assert!(bye.contains(&format!("{VERSION}, the client {}", VERSION + 7)), "{bye}");
    let mut twice = server.control();
    twice.greet(Role::Control, None);
    assert!(twice.wait_bye().contains("once"));
    let mut newer = server.control();
    newer.send_raw(&encode(200, b"from the future").unwrap());
    assert!(matches!(newer.ask(Command::Status), Answer::Status(_)));
}

#[test]
fn a_full_house_refuses_with_a_reason_and_the_silent_make_room() {
    let stage = Stage::running();
    let server = stage.serve();
    let _silent: Vec<Client> = (0..3).map(|_| server.connect()).collect();
    let mut guests: Vec<Client> = (0..MAX_CLIENTS).map(|_| server.control()).collect();
    assert!(matches!(guests[0].ask(Command::Status), Answer::Status(_)));
    assert!(matches!(guests[MAX_CLIENTS - 1].ask(Command::Status), Answer::Status(_)));
    let bye = server.control().wait_bye();
    assert!(bye.contains("128 connections"), "{bye}");
    guests.pop();
    wait_until("there is room again", || {
        let mut guest = server.control();
        guest.send(&Up::Command(Box::new(Command::Status)));
        wait_until("an answer or the end", || {
            guest.poll();
            (guest.closed || !guest.answers.is_empty()).then_some(())
        });
        (!guest.answers.is_empty()).then_some(())
    });
}

#[test]
fn an_answer_for_one_who_left_goes_nowhere() {
    let stage = Stage::running();
    let server = stage.serve();
    for _ in 0..20 {
        let mut client = server.control();
        client.send(&Up::Command(Box::new(Command::Status)));
    }
    assert_eq!(server.status().session, "s");
}

#[test]
fn ten_thousand_questions_are_answered_in_order_while_a_pane_floods() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut dashboard = server.attach(24, 80);
    let mut client = server.control();
    let (read, status) = (|| Command::Read { agent: name("SEC"), lines: 5, since: None }, || Command::Status);
    const ALL: usize = 10_000;
    let writer = client.stream.try_clone().unwrap();
    let asker = std::thread::spawn(move || {
        let mut writer = writer;
        for i in 0..ALL {
            let command = if i % 1000 == 0 { status() } else { read() };
            let (kind, payload) = Up::Command(Box::new(command)).encode();
            let bytes = encode(kind, &payload).unwrap();
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                match std::io::Write::write(&mut writer, rest) {
                    Ok(n) => rest = &rest[n..],
                    Err(_) => std::thread::sleep(std::time::Duration::from_millis(1)),
                }
            }
        }
    });
    wait_until("all are answered", || {
        holder.prints(&b"0123456789abcdef\r\n".repeat(100));
        dashboard.poll();
        client.poll();
        assert!(!client.closed, "{:?}", client.bye);
        (client.answers.len() == ALL).then_some(())
    });
    asker.join().unwrap();
    for (i, answer) in client.answers.iter().enumerate() {
        assert_eq!(matches!(answer, Answer::Status(_)), i % 1000 == 0, "{i}: {answer:?}");
    }
}

#[test]
fn a_token_speaks_for_its_pane_and_an_unknown_one_for_nobody() {
    let stage = Stage::running();
    let server = stage.serve();
    let tokens = std::fs::read_to_string(server.socket.with_file_name("tokens")).unwrap();
    let tokens: std::collections::BTreeMap<String, String> = serde_json::from_str(&tokens).unwrap();
    let mut stranger = server.connect();
    stranger.greet(Role::Control, Some("0123"));
    assert!(stranger.wait_bye().contains("belongs to no pane"));
    let ready = || Command::Ready { note: String::new() };
    assert!(matches!(server.control().ask(ready()), Answer::Fault { .. }));
    let mut pane = server.connect();
    pane.greet(Role::Control, Some(&tokens["SEC"]));
    match pane.ask(ready()) {
        Answer::Done { text } => assert!(text.starts_with("SEC claims"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_key_is_answered_with_a_frame_at_once() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut client = server.attach(24, 80);
    holder.prints(b"$ ");
    client.wait_for("$");
    let mut frames = client.frames;
    for _ in 0..10 {
        let turns = server.turns.load(std::sync::atomic::Ordering::Relaxed);
        client.send(&Up::Input(Input::Key(Key::ctrl('q').into())));
        wait_until("a frame comes", || {
            client.poll();
            (client.frames > frames).then_some(())
        });
        let after = server.turns.load(std::sync::atomic::Ordering::Relaxed);
        assert!(after <= turns + 3, "{turns} {after}");
        frames = client.frames;
    }
}
