//! Nothing happens: nothing wakes. And what may reach a terminal.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::kit::*;

#[test]
fn an_idle_session_with_a_dashboard_sleeps() {
    let stage = Stage::running();
    let holders = [stage.hold("SEC", vec![], None), stage.hold("ORCHESTRATOR", vec![], None)];
    let server = stage.serve();
    let mut client = server.attach(24, 80);
    holders[0].prints(b"$ ");
    client.wait_for("$");
    // What looks for silence may take its time first.
    let quiet = wait_until("it is quiet for four seconds", || {
        let before = server.turns.load(Ordering::Relaxed);
        let until = Instant::now() + Duration::from_secs(4);
        while Instant::now() < until {
            client.poll();
            std::thread::sleep(Duration::from_millis(20));
        }
        let woke = server.turns.load(Ordering::Relaxed) - before;
        // The clock of the dashboard may have turned: a wake-up and its acknowledgement.
        (woke <= 2).then_some(woke)
    });
    assert!(quiet <= 2);
}

#[test]
fn whatever_a_pane_prints_a_client_gets_only_what_is_allowed() {
    use proptest::test_runner::{RngAlgorithm, TestRng};
    let stage = Stage::running();
    let holder = stage.hold("SEC", vec![], None);
    let server = stage.serve();
    let mut client = server.attach(30, 100);
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let known: [&[u8]; 10] = [
        b"\x1b]52;c;QUFB\x07",
        b"\x1b]0;evil\x1b\\",
        b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\",
        b"\x1bPq#0\x1b\\",
        b"\x1b_G\x1b\\",
        b"\x1b[?1049l\x1bc\x1b[21t\x1b[6n",
        "\u{9b}31m\u{9d}52;c;QQ\u{9c}".as_bytes(),
        "\u{202e}abc\u{2066}\u{200b}\u{feff}".as_bytes(),
        b"\x07\x07\x0e\x9b?1000h",
        "e\u{301}\u{301}👩\u{200d}🔬".as_bytes(),
    ];
    for round in 0..60 {
        let mut bytes = vec![0u8; 300];
        rand_fill(&mut rng, &mut bytes);
        bytes.extend_from_slice(known[round % known.len()]);
        holder.prints(&bytes);
        if round % 5 == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        client.poll();
    }
    holder.prints(b"\x1b\\\x18\x1bc\x1b[2J\x1b[Hthe end of it");
    client.wait_for("the end of it");
    let bytes = std::mem::take(&mut client.bytes);
    assert!(bytes.len() > 1000);
    let mut again = Vec::new();
    for frame in bytes.split_inclusive(|b| *b == 0x07) {
        crate::paint::filter::pass(frame.strip_suffix(b"\x07").unwrap_or(frame), &mut again);
    }
    let bare: Vec<u8> = bytes.iter().copied().filter(|b| *b != 0x07).collect();
    assert!(again == bare, "something that is not on the list reached the client");
}

fn rand_fill(rng: &mut proptest::test_runner::TestRng, bytes: &mut [u8]) {
    use proptest::prelude::Rng;
    rng.fill_bytes(bytes);
}

#[test]
fn many_quiet_panes_wake_nobody() {
    let names: Vec<String> = (0..30).map(|n| format!("P{n}")).collect();
    let stage = Stage::running_team(&names);
    let holders: Vec<FakeHolder> = names.iter().map(|n| stage.hold(n, output(b"$ "), None)).collect();
    let _lead = stage.hold("ORCHESTRATOR", vec![], None);
    let server = stage.serve();
    let mut client = server.attach(50, 200);
    client.wait_for("$");
    holders.iter().for_each(|h| h.prints(b"quiet now\r\n"));
    wait_until("it is quiet for four seconds", || {
        let (before, frames) = (server.turns.load(Ordering::Relaxed), client.frames);
        let until = Instant::now() + Duration::from_secs(4);
        while Instant::now() < until {
            client.poll();
            std::thread::sleep(Duration::from_millis(20));
        }
        // The clock of the dashboard may have turned.
        let (woke, drawn) = (server.turns.load(Ordering::Relaxed) - before, client.frames - frames);
        (woke <= 2 && drawn <= 1).then_some(())
    });
}
