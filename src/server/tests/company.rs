//! Several people at one session: sizes, who is where, who only looks, and lines too slow to follow.

use std::io::Read;
use std::time::{Duration, Instant};

use super::kit::*;
use crate::domain::command::{Command, Confirming};
use crate::domain::key::{Code, Key};
use crate::domain::view::{Answer, ClientView};
use crate::wire::frame::Decoder;
use crate::wire::msg::{Down, Input, Role, Up};
use crate::wire::pane::ToHolder;

/// What the one pane has of a terminal of 24×80, and of one of 50×160.
const SMALL: (u16, u16) = (19, 78);
const LARGE: (u16, u16) = (46, 138);

fn press(client: &mut Client, key: Key) {
    client.send(&Up::Input(Input::Key(key.into())));
}

fn resizes(holder: &FakeHolder) -> Vec<(u16, u16)> {
    let sizes = holder.told.try_iter().filter_map(|m| match m {
        ToHolder::Resize { rows, cols } => Some((rows, cols)),
        _ => None,
    });
    sizes.collect()
}

/// Waits until everything that was sent for this client before is done.
fn settle(client: &mut Client) {
    press(client, Key::char('?'));
    client.wait_for("Esc close");
    press(client, Key::plain(Code::Esc));
    wait_until("the help is closed", || (!client.text().contains("Esc close")).then_some(()));
}

fn clients(server: &Running) -> Vec<ClientView> {
    server.status().clients
}

#[test]
fn a_pane_has_the_size_of_who_last_typed_into_it() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut large = server.attach(50, 160);
    holder.takes_size(LARGE.0, LARGE.1);
    holder.prints(b"first line\r\n");
    large.wait_for("first line");
    // Who comes and looks changes nothing, and sees the part with the cursor.
    let mut small = server.attach(24, 80);
    small.wait_for("first line");
    small.wait_for("138×46");
    press(&mut small, Key::char('z'));
    press(&mut small, Key::char('z'));
    press(&mut small, Key::plain(Code::PageUp));
    small.send(&Up::Input(Input::Resize { rows: 20, cols: 70 }));
    small.send(&Up::Input(Input::Resize { rows: 24, cols: 80 }));
    settle(&mut small);
    assert_eq!(resizes(&holder), []);
    // Who types has it.
    press(&mut small, Key::plain(Code::Enter));
    holder.takes_size(SMALL.0, SMALL.1);
    large.wait_for("78×19");
    large.wait_for("·····");
    assert_eq!(clients(&server).iter().map(|c| c.sizes.len()).collect::<Vec<_>>(), [0, 1]);
    // The other terminal's size means nothing now, the owner's does.
    large.send(&Up::Input(Input::Resize { rows: 40, cols: 140 }));
    large.screen.resize(crate::screen::Size { rows: 40, cols: 140 });
    settle(&mut large);
    assert_eq!(resizes(&holder), []);
    small.send(&Up::Input(Input::Resize { rows: 30, cols: 90 }));
    holder.takes_size(25, 88);
    // When the owner leaves, who is left has it.
    small.send(&Up::Detach);
    holder.takes_size(36, 118);
    wait_until("nothing is marked any more", || (!large.text().contains("····")).then_some(()));
}

#[test]
fn who_only_looks_types_nothing_sends_nothing_and_sizes_nothing() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut bob = server.attach_to_look(24, 80);
    holder.prints(b"hello\r\n");
    bob.wait_for("hello");
    bob.wait_for("read-only");
    press(&mut bob, Key::plain(Code::Enter));
    bob.wait_for("nothing you type goes into a pane");
    press(&mut bob, Key::char('b'));
    bob.wait_for("`broadcast` is not for you");
    for key in ['x', 'y', 'S', 'y', 'a', 'y', 'P', 'r', 'p', 'm', 'M', 'y'] {
        press(&mut bob, Key::char(key));
        press(&mut bob, Key::plain(Code::Enter));
        press(&mut bob, Key::plain(Code::Esc));
    }
    bob.send(&Up::Input(Input::Paste("rm -rf".into())));
    assert!(matches!(bob.ask(Command::Down), Answer::Fault { why, .. } if why.contains("read-only")));
    // It moves and looks all the same.
    settle(&mut bob);
    let told: Vec<ToHolder> = holder.told.try_iter().collect();
    // Whoever connects to a holder tells it the size the pane has.
    let as_it_was = ToHolder::Resize { rows: 24, cols: 80 };
    let talk =
        |m: &ToHolder| matches!(m, ToHolder::Hello { .. } | ToHolder::Ack { .. } | ToHolder::Probe { .. });
    let acted = |m: &&ToHolder| **m != as_it_was && !talk(m);
    assert_eq!(told.iter().filter(acted).collect::<Vec<_>>(), Vec::<&ToHolder>::new());
}

#[test]
fn everybody_sees_who_is_where() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut ana = server.attach(50, 160);
    let _also_ana = server.attach(50, 160);
    let mut bob = server.attach_to_look(50, 160);
    holder.prints(b"hello\r\n");
    ana.wait_for("with ana 2, bob");
    ana.wait_for("← ana 2, bob");
    bob.wait_for("with ana, ana 2");
    press(&mut ana, Key::plain(Code::Enter));
    bob.wait_for("ana types");
    let names = |server: &Running| {
        let all = clients(server).into_iter();
        all.map(|c| (c.name, c.typing, c.read_only)).collect::<Vec<_>>()
    };
    let is = |name: &str, typing, only| (name.to_owned(), typing, only);
    assert_eq!(names(&server), [is("ana", true, false), is("ana 2", false, false), is("bob", false, true)]);
    ana.send(&Up::Detach);
    bob.wait_for("with ana 2");
    wait_until("she is gone", || (!bob.text().contains("ana types")).then_some(()));
}

#[test]
fn a_dashboard_inside_a_pane_only_looks_whatever_it_asks_for() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let tokens = std::fs::read_to_string(server.socket.with_file_name("tokens")).unwrap();
    let tokens: std::collections::BTreeMap<String, String> = serde_json::from_str(&tokens).unwrap();
    let mut inside = server.connect();
    let (rows, cols, look, name_of) = (24, 80, Box::default(), "ana".into());
    inside.greet(Role::Attach { rows, cols, look, read_only: false, name: name_of }, Some(&tokens["SEC"]));
    holder.prints(b"hello\r\n");
    inside.wait_for("hello");
    press(&mut inside, Key::plain(Code::Enter));
    press(&mut inside, Key::plain(Code::Char('x')));
    inside.wait_for("attached read-only");
    let only: Vec<bool> = clients(&server).into_iter().map(|c| c.read_only).collect();
    assert_eq!(only, [true]);
    for command in [
        Command::Stop { agent: name("SEC") },
        Command::Confirm(Confirming::Yes { id: 1 }),
        Command::Type { agent: name("SEC"), bytes: b"x".to_vec() },
        Command::Merge,
    ] {
        let said = inside.ask(command.clone());
        assert!(matches!(said, Answer::Fault { .. }), "{command:?}: {said:?}");
    }
    let typed = |m: &ToHolder| matches!(m, ToHolder::Input { .. });
    assert!(!holder.told.try_iter().any(|m| typed(&m)), "what was pressed reached the pane");
}

#[test]
fn five_thousand_resizes_lose_nothing_and_leave_the_last() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut client = server.attach(24, 80);
    holder.takes_size(SMALL.0, SMALL.1);
    const ALL: u16 = 5000;
    for i in 0..ALL {
        let (rows, cols) = (20 + i % 30, 60 + i % 130);
        client.send(&Up::Input(Input::Resize { rows, cols }));
        if i % 50 == 0 {
            holder.prints(format!("line {i}.\r\n").as_bytes());
            client.poll();
        }
    }
    client.screen = crate::screen::Screen::new(crate::screen::Size { rows: 30, cols: 90 }, 0);
    client.send(&Up::Input(Input::Resize { rows: 30, cols: 90 }));
    let sizes = wait_until("the last size is asked for", || {
        let sizes = resizes(&holder);
        sizes.last().is_some_and(|s| *s == (25, 88)).then_some(sizes)
    });
    assert!(sizes.len() <= usize::from(ALL) + 1);
    client.wait_for("line 4950.");
    let Answer::Pane(text) =
        server.control().ask(Command::Read { agent: name("SEC"), lines: 1000, since: None })
    else {
        panic!()
    };
    for i in (0..ALL).step_by(50) {
        assert!(text.lines.join("\n").contains(&format!("line {i}.")), "line {i} is lost");
    }
}

#[test]
fn a_slow_line_gets_the_newest_frame_and_not_all_of_them() {
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut good = server.attach(50, 160);
    let mut slow = server.attach(50, 160);
    slow.acknowledges = false;
    holder.takes_size(LARGE.0, LARGE.1);
    // A line of 50 KB/s, as its reader sees it: a little at a time, each frame told of when all of it has come.
    let (mut decoder, mut shown, mut frames, mut most) = (Decoder::default(), slow.screen.clone(), 0, 0);
    let began = Instant::now();
    let mut buffer = [0; 1000];
    let mut flood = 0;
    let mut pending = 0usize;
    while began.elapsed() < Duration::from_secs(3) {
        for _ in 0..20 {
            flood += 1;
            holder.prints(format!("\x1b[3{}mflood {flood} {}\r\n", flood % 8, "x".repeat(100)).as_bytes());
        }
        good.poll();
        match slow.stream.read(&mut buffer) {
            Ok(n) => {
                pending += n;
                decoder.push(&buffer[..n]);
            }
            Err(e) => assert_eq!(e.kind(), std::io::ErrorKind::WouldBlock),
        }
        for frame in decoder.by_ref() {
            let frame = frame.unwrap();
            if let Down::Screen(bytes) = Down::decode(frame.kind, &frame.payload).unwrap().unwrap() {
                most = most.max(pending);
                pending = 0;
                shown.feed(&bytes, crate::domain::time::Time::default());
                frames += 1;
                slow.send(&Up::Shown);
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    holder.prints(b"\x1b[0mthe very last\r\n");
    good.wait_for("the very last");
    let there = Instant::now();
    slow.acknowledges = true;
    slow.screen = shown;
    wait_until("the newest is shown", || {
        while let Ok(n @ 1..) = slow.stream.read(&mut buffer) {
            decoder.push(&buffer[..n]);
        }
        for frame in decoder.by_ref() {
            let frame = frame.unwrap();
            if let Down::Screen(bytes) = Down::decode(frame.kind, &frame.payload).unwrap().unwrap() {
                slow.screen.feed(&bytes, crate::domain::time::Time::default());
                slow.send(&Up::Shown);
            }
        }
        slow.screen.text_rows().join("\n").contains("the very last").then_some(())
    });
    assert!(there.elapsed() < Duration::from_secs(5));
    // Far fewer than the other had, and none of them more than a screen of cells takes.
    assert!(frames < good.frames, "{frames} of {}", good.frames);
    assert!(most < 400_000, "{most} bytes for one frame");
}
