//! `orchestra hook`: silent, quick, and always with status 0.

// The lint knows test functions, not their helpers.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use orchestra::domain::command::{Caller, Command as Ask};
use orchestra::domain::view::Answer;
use orchestra::wire::frame;
use orchestra::wire::msg::{Down, Up};

fn hook(args: &[&str], socket: Option<&Path>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orchestra"));
    command.arg("hook").args(args).env_clear().stdin(Stdio::null());
    if let Some(socket) = socket {
        command.env("ORCHESTRA_SOCKET", socket).env("ORCHESTRA_TOKEN", "t0ken").env("ORCHESTRA_PANE", "SEC");
    }
    command
}

#[track_caller]
fn silent(out: &Output) {
    assert!(out.status.success(), "{out:?}");
    assert!(out.stdout.is_empty() && out.stderr.is_empty(), "{out:?}");
}

/// A folder as the client trusts it, and a listener in it.
fn server() -> (tempfile::TempDir, UnixListener) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let listener = UnixListener::bind(dir.path().join("server")).unwrap();
    std::fs::set_permissions(dir.path().join("server"), std::fs::Permissions::from_mode(0o600)).unwrap();
    (dir, listener)
}

#[test]
fn whatever_is_wrong_no_agent_hears_of_it() {
    silent(&hook(&["claude", "Stop"], None).output().unwrap());
    silent(&hook(&[], None).output().unwrap());
    silent(&hook(&["--nonsense"], None).output().unwrap());
    silent(&hook(&["claude", "Stop"], Some(Path::new("/nowhere/server"))).output().unwrap());
    silent(&hook(&["", ""], Some(Path::new("/nowhere/server"))).output().unwrap());
}

#[test]
fn a_server_that_never_answers_and_an_input_that_never_ends_hold_nobody_up() {
    let (dir, _listener) = server();
    let socket = dir.path().join("server");
    silent(&hook(&["claude", "Stop", "{}"], Some(&socket)).output().unwrap());
    let mut child = hook(&["claude", "Stop"], Some(&socket))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"{\"hook_event_name\":").unwrap();
    // The pipe stays open.
    silent(&child.wait_with_output().unwrap());
    drop(input);
}

#[test]
fn the_event_reaches_the_session_with_the_panes_token() {
    let (dir, listener) = server();
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut told = Vec::new();
        while told.len() < 2 {
            let frame = frame::read(&mut stream).unwrap().unwrap();
            told.extend(Up::decode(frame.kind, &frame.payload).unwrap());
            let answer = match told.len() {
                1 => Down::Welcome { session: "s".into(), caller: Caller::Outside },
                _ => Down::Answer(Box::new(Answer::Done { text: "printed by nobody".into() })),
            };
            let (kind, payload) = answer.encode();
            frame::write(&mut stream, kind, &payload).unwrap();
        }
        told
    });
    let payload = r#"{"type":"agent-turn-complete","cwd":"/w","last-assistant-message":"Done."}"#;
    let out = hook(&["codex", "notify", payload], Some(&dir.path().join("server"))).output().unwrap();
    silent(&out);
    let told = heard.join().unwrap();
    assert!(matches!(&told[0], Up::Hello { token: Some(t), .. } if t == "t0ken"), "{told:?}");
    let Up::Command(command) = &told[1] else { panic!("{told:?}") };
    let Ask::Hook { event } = &**command else { panic!("{command:?}") };
    assert_eq!((event.event.as_str(), event.message.as_str()), ("agent-turn-complete", "Done."));
}
