//! How panes begin and end.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use orchestra::domain::exit::Exit;
use orchestra::hold::{Error, PaneEvent, Spec, spawn};
use orchestra::session::log::Reader;
use orchestra::wire::pane::ToHolder;
use rustix::process::{Pid, Signal, kill_process};

use crate::kit::{EXE, Pane, spec, wait_until};

fn refused(argv: &[&str], change: impl FnOnce(&mut Spec)) -> Error {
    let tmp = tempfile::tempdir().unwrap();
    let mut spec = spec(tmp.path(), argv);
    change(&mut spec);
    let error = spawn(Path::new(EXE), &spec).unwrap_err();
    assert!(!spec.socket.exists(), "it leaves no socket");
    error
}

#[test]
fn a_missing_directory_is_refused_and_nothing_runs_elsewhere() {
    let tmp = tempfile::tempdir().unwrap();
    let file = tmp.path().join("file");
    std::fs::write(&file, "").unwrap();
    for bad in [tmp.path().join("gone"), file] {
        let error = refused(&["touch", "witness"], |s| {
            s.env.push(("HOME".to_owned(), tmp.path().display().to_string()));
            s.cwd = bad.clone();
        });
        assert!(matches!(&error, Error::Directory { path, .. } if *path == bad), "{error}");
        assert!(error.to_string().starts_with("start SEC in /"), "{error}");
    }
    assert!(!tmp.path().join("witness").exists());
    assert!(matches!(refused(&["true"], |s| s.cwd = "relative".into()), Error::Spec { .. }));
}

#[test]
fn a_missing_program_is_named_with_where_it_was_looked_for() {
    let error = refused(&["no-such-agent", "--flag"], |s| s.env[0].1 = "/one:/two".to_owned());
    let text = error.to_string();
    for part in ["SEC", "`no-such-agent`", "PATH=/one:/two", "install it"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(refused(&["/no/such"], |_| ()).to_string().contains("/no/such does not exist"));
    assert!(refused(&["/tmp"], |_| ()).to_string().contains("is a directory"));
    assert!(matches!(refused(&[], |_| ()), Error::Spec { .. }));
    let text = refused(&["sh"], |s| s.env.clear()).to_string();
    assert!(text.contains("no PATH"), "{text}");
}

#[test]
fn scripts_need_their_interpreter() {
    let tmp = tempfile::tempdir().unwrap();
    let script = tmp.path().join("agent");
    let name = script.display().to_string();
    let write = |text: &str, mode: u32| {
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for text in ["#!/no/such/python3\n", "#!/usr/bin/env no-such-node\n", "#!\n"] {
        write(text, 0o755);
        let error = refused(&[&name], |_| ());
        assert!(matches!(error, Error::Interpreter { .. }), "{text}: {error}");
    }
    write("#!/bin/sh\nexit 0\n", 0o644);
    assert!(refused(&[&name], |_| ()).to_string().contains("is not executable"));
    write("#!/usr/bin/env -S sh -e\nexit 3\n", 0o755);
    let pane = Pane::start(&[&name]);
    assert_eq!(pane.view().until_exit(), Exit::Code(3));
}

#[test]
fn the_child_gets_three_descriptors_its_directory_and_nothing_of_our_environment() {
    let pane = Pane::shell("ls -C /proc/$$/fd; pwd -P; env; tty; echo over");
    let mut viewer = pane.view();
    viewer.until_exit();
    let text = String::from_utf8(viewer.output()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["0", "1", "2"], "{text}");
    assert_eq!(Path::new(lines[1]), pane.tmp.path().canonicalize().unwrap());
    assert!(text.contains("ORCHESTRA_TEST_MARK="));
    // A shell sets the last few itself.
    let own = ["PATH", "HOME", "ORCHESTRA_TEST_MARK", "SHELL", "PWD", "OLDPWD", "SHLVL", "_"];
    for (key, _) in std::env::vars().filter(|(k, _)| !own.contains(&k.as_str())) {
        assert!(!lines.iter().any(|l| l.starts_with(&format!("{key}="))), "{key} is inherited");
    }
    assert!(text.contains("/dev/pts/") && text.ends_with("over\r\n"), "{text}");
}

#[test]
fn a_holder_belongs_to_nobody() {
    let pane = Pane::start(&["cat"]);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pane.started.holder)).unwrap();
    let fields: Vec<i64> =
        stat.rsplit(") ").next().unwrap().split(' ').skip(1).take(3).map(|f| f.parse().unwrap()).collect();
    assert_ne!(fields[0], i64::from(std::process::id()), "it is no child of the server");
    assert_eq!(fields[1..], [i64::from(pane.started.holder); 2], "it leads its own group and session");
    wait_until("it lets go of our pipe", || {
        let link = std::fs::read_link(format!("/proc/{}/fd/1", pane.started.holder)).ok()?;
        (link == Path::new("/dev/null")).then_some(())
    });
}

#[test]
fn a_holder_keeps_no_descriptor_it_was_started_with() {
    let tmp = tempfile::tempdir().unwrap();
    let witness = tmp.path().join("witness");
    std::fs::write(&witness, "").unwrap();
    // A server whose own starter left it a descriptor that programs inherit.
    let wrapper = tmp.path().join("wrapper");
    std::fs::write(&wrapper, format!("#!/bin/sh\nexec 9<{}; exec {EXE} \"$@\"\n", witness.display()))
        .unwrap();
    std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let spec = spec(tmp.path(), &["cat"]);
    let started =
        wait_until("no other test holds the script open for writing", || spawn(&wrapper, &spec).ok());
    let fds = std::fs::read_dir(format!("/proc/{}/fd", started.holder)).unwrap();
    let open: Vec<_> = fds.flatten().filter_map(|e| std::fs::read_link(e.path()).ok()).collect();
    kill_process(Pid::from_raw(started.holder).unwrap(), Signal::TERM).unwrap();
    assert!(!open.contains(&witness), "{open:?}");
}

const STUBBORN: &str = "
    setsid sleep 1000 &
    (trap '' HUP; sleep 1000) &
    sh -c 'trap \"\" HUP TERM INT; while :; do sleep 0.1; done' &
    (setsid sh -c 'sleep 1000 & exec sleep 1000' &)
    nohup sleep 1000 >nohup.out 2>&1 &
    trap '' HUP
    echo ready
    while :; do sleep 0.1; done";

#[test]
fn stop_leaves_nothing() {
    let pane = Pane::shell(STUBBORN);
    let mut viewer = pane.view();
    viewer.until_output("ready");
    wait_until("all have started", || (pane.marked().len() >= 7).then_some(()));
    viewer.connection.send(&ToHolder::Stop { grace_ms: 600 });
    viewer.until_stopped();
    assert_eq!(pane.marked(), Vec::<std::path::PathBuf>::new());
    let exit = viewer.until_exit();
    assert!(matches!(exit, Exit::Signal(_)), "{exit}");
    assert_eq!(pane.log_exit(), Some(exit));
    assert!(pane.holder_runs(), "the log is still served");
}

#[test]
fn stop_is_gentle_first() {
    let pane = Pane::shell("trap 'echo bye; exit 4' HUP; echo ready; while :; do sleep 0.05; done");
    let mut viewer = pane.view();
    viewer.until_output("ready");
    viewer.connection.send(&ToHolder::Stop { grace_ms: 60_000 });
    viewer.until_stopped();
    assert_eq!(viewer.until_exit(), Exit::Code(4));
    assert!(String::from_utf8_lossy(&viewer.output()).contains("bye"));
}

#[test]
fn a_stop_after_the_childs_end_takes_what_it_left() {
    let pane = Pane::shell(
        "setsid sh -c 'touch up; exec sleep 1000' & while [ ! -e up ]; do sleep 0.01; done; exit 0",
    );
    let mut viewer = pane.view();
    assert_eq!(viewer.until_exit(), Exit::Code(0));
    assert!(!pane.marked().is_empty());
    viewer.connection.send(&ToHolder::Stop { grace_ms: 0 });
    viewer.until_stopped();
    assert!(pane.marked().is_empty());
}

#[test]
fn a_holder_asked_to_end_takes_its_pane_along() {
    let pane = Pane::shell(
        "setsid sh -c 'touch up; exec sleep 1000' & while [ ! -e up ]; do sleep 0.01; done; echo ready; \
         exec sleep 1000",
    );
    pane.view().until_output("ready");
    kill_process(Pid::from_raw(pane.started.holder).unwrap(), Signal::TERM).unwrap();
    wait_until("the holder ends", || (!pane.holder_runs()).then_some(()));
    assert!(pane.marked().is_empty());
    assert_eq!(pane.log_exit(), Some(Exit::Signal(1)));
    assert!(!pane.spec.socket.exists());
}

#[test]
fn a_pane_begun_again_goes_on_in_its_log() {
    let pane = Pane::shell("echo one");
    pane.view().until_exit();
    let mut again = pane.spec.clone();
    again.socket = pane.tmp.path().join("again.sock");
    again.argv[2] = "echo two".to_owned();
    let started = spawn(Path::new(EXE), &again).unwrap();
    wait_until("both are recorded", || {
        let entries = Reader::open(&pane.spec.log_dir, 0).unwrap();
        (entries.filter(|e| e.as_ref().unwrap().record.exit().is_some()).count() == 2).then_some(())
    });
    assert_eq!(crate::kit::output(&pane.log()), b"one\r\ntwo\r\n");
    kill_process(Pid::from_raw(started.holder).unwrap(), Signal::TERM).unwrap();
}

#[test]
fn a_torn_tail_of_an_earlier_holder_does_not_hide_what_follows() {
    let mut pane = Pane::shell("echo one");
    let exit = pane.view().until_exit();
    kill_process(Pid::from_raw(pane.started.holder).unwrap(), Signal::TERM).unwrap();
    wait_until("the holder ends", || (!pane.holder_runs()).then_some(()));
    let file = std::fs::File::options().write(true).open(pane.spec.log_dir.join("000001.log")).unwrap();
    file.set_len(file.metadata().unwrap().len() - 3).unwrap();
    pane.again("echo two; read line");
    let mut viewer = pane.view();
    viewer.until_output("two");
    assert_eq!(viewer.output(), b"one\r\ntwo\r\n");
    assert!(exit.is_success() && viewer.entries.iter().all(|e| e.record.exit().is_none()));
}

#[test]
fn a_child_may_let_go_of_its_terminal_and_come_back() {
    let pane = Pane::shell("exec </dev/null >/dev/null 2>&1; sleep 0.3; echo back >/dev/tty; sleep 1000");
    let mut viewer = pane.view();
    viewer.until_output("back");
    let ticks = || {
        let status = std::fs::read_to_string(format!("/proc/{}/stat", pane.started.holder)).unwrap();
        let fields: Vec<&str> = status.rsplit(") ").next().unwrap().split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let (before, begun) = (ticks(), std::time::Instant::now());
    wait_until("some time has passed", || (begun.elapsed().as_millis() > 1500).then_some(()));
    assert!(ticks() - before < 20, "the holder spins");
}

#[test]
fn bye_after_the_end_leaves_nothing_behind() {
    let pane = Pane::shell(
        "setsid sh -c 'touch up; exec sleep 1000' & while [ ! -e up ]; do sleep 0.01; done; exit 0",
    );
    let mut viewer = pane.view();
    viewer.until_exit();
    viewer.connection.send(&ToHolder::Bye);
    wait_until("the holder leaves", || (!pane.holder_runs()).then_some(()));
    assert!(pane.marked().is_empty());
}

#[test]
fn a_holder_that_is_let_go_before_the_last_output_is_in_goes_all_the_same() {
    let pane = Pane::shell("tty; exec sleep 1000");
    let mut viewer = pane.view();
    viewer.until_output("/dev/pts/");
    let name = String::from_utf8(viewer.output()).unwrap();
    // Somebody else keeps the terminal open and busy, so the output is not complete when the child is gone.
    let flags = i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).unwrap();
    let mut slave = std::fs::OpenOptions::new().write(true).custom_flags(flags).open(name.trim()).unwrap();
    viewer.connection.send(&ToHolder::Stop { grace_ms: 0 });
    wait_until("the pane is stopped", || {
        slave.write_all(b".").unwrap();
        viewer.take(64 * 1024);
        viewer.events.iter().find(|e| matches!(e, PaneEvent::Stopped(_))).map(|_| ())
    });
    assert_eq!(pane.log_exit(), None, "its end is not in the log yet");
    viewer.connection.send(&ToHolder::Bye);
    drop(slave);
    wait_until("the holder is gone", || {
        viewer.take(64 * 1024);
        (!pane.holder_runs()).then_some(())
    });
    assert_eq!(pane.log_exit(), Some(Exit::Signal(9)));
}
