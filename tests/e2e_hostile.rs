//! Session directories from strangers: looked at by the real program with little memory, and nothing comes of them but
//! what they show.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kit::{EXE, wait_until};
use orchestra::domain::command::Via;
use orchestra::domain::id::{AgentName, Oid};
use orchestra::domain::record::Record;
use orchestra::domain::state::AgentState;
use orchestra::domain::time::Time;
use orchestra::session::dir::SessionDir;
use orchestra::session::journal::Journal;
use orchestra::session::lines;
use orchestra::session::log::{Kind, SEGMENT, Writer};

/// Kilobytes of private memory that a command may have.
const MEMORY: u32 = 256 * 1024;
/// What a stranger would like to see on our terminal.
const EVIL: &str = "evil\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}31m\r\u{8}\u{202e}";

struct Stage {
    tmp: tempfile::TempDir,
    at: PathBuf,
}

fn name(text: &str) -> AgentName {
    AgentName::new(text).unwrap()
}

/// A session of two agents, with some text in every field that has one.
fn stage(text: &str) -> Stage {
    let tmp = tempfile::tempdir().unwrap();
    let at = tmp.path().join("s");
    let dir = SessionDir::create(&at).unwrap();
    let toml = include_str!("fixtures/session.toml");
    let quoted =
        serde_json::to_string(text).unwrap().replace("\u{202e}", "\\u202e").replace('\u{9b}', "\\u009b");
    let toml = toml.replace("\"Security Engineer\"", &quoted).replace("\"agent-sec\"", &quoted);
    let toml = toml.replace("\"All\"", &quoted).replace("\"small\"", &quoted).replace("\"main\"", &quoted);
    fs::write(at.join("session.toml"), toml).unwrap();
    let mut journal = Journal::open(&dir.journal()).unwrap();
    let (sec, said) = (name("SEC"), || text.to_owned());
    let queued = Record::Queued {
        dispatch: 1,
        agent: sec.clone(),
        prompt: Some(said()),
        task: Some((1, said())),
        code: Some(said()),
        text: text.into(),
        removed: 0,
        terms: Default::default(),
        brings: None,
    };
    let all = [
        Record::Opened { version: said(), server: 1 },
        Record::Base { agent: sec.clone(), base: Oid(said()) },
        Record::AgentUp { agent: sec.clone(), pid: 2, holder: 3, log: 0 },
        queued,
        Record::Activity { agent: sec.clone(), state: AgentState::Asking, rule: said(), evidence: said() },
        Record::Claimed { agent: sec.clone(), via: Via::Text, note: said() },
        Record::Refused { agent: sec.clone(), reasons: vec![said()] },
        Record::Ready { agent: sec.clone(), oid: Oid(said()) },
        Record::Note { text: said() },
        Record::AgentDown { agent: sec.clone(), status: Some(1), orderly: false, why: said() },
    ];
    let mut us = 0;
    for record in &all {
        us += 1_000_000;
        lines::append(&dir, &mut journal, record, Time { mono: us, wall: 0 }).unwrap();
    }
    let mut log = Writer::open(&dir.pane(&sec), SEGMENT).unwrap();
    log.append(Kind::Resize, 1, b"80x24").unwrap();
    log.append(Kind::Output, 2_000_000, format!("needle {text}\r\n").as_bytes()).unwrap();
    log.append(Kind::Mark, 3_000_000, text.as_bytes()).unwrap();
    Stage { tmp, at }
}

/// What a command said, and how it ended.
struct Ended {
    what: String,
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs the program with little memory; it must end by itself.
fn run(s: &Stage, args: &[&str]) -> Ended {
    let dir = s.at.to_string_lossy().into_owned();
    let args: Vec<String> = args.iter().map(|a| a.replace("DIR", &dir)).collect();
    let script = format!("ulimit -d {MEMORY} && exec \"$@\"");
    let (out, err) = (s.tmp.path().join("out"), s.tmp.path().join("err"));
    let mut child = Command::new("sh")
        .args(["-c", &script, "sh", EXE])
        .args(&args)
        .current_dir(s.tmp.path())
        .env("XDG_DATA_HOME", s.tmp.path().join("data"))
        .stdin(Stdio::null())
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let what = format!("orchestra {}", args.join(" "));
    let mut code = None;
    wait_until(&what, || {
        child.try_wait().unwrap().is_some_and(|status| {
            code = status.code();
            true
        })
    });
    let read = |path: &Path| fs::read(path).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap();
    Ended { what, code, out: read(&out), err: read(&err) }
}

/// All ways to look at a session without a terminal.
const LOOKS: &[&[&str]] = &[
    &["doctor", "DIR"],
    &["replay", "DIR", "--headless", "--at", "end"],
    &["replay", "DIR", "--headless", "--at", "50%", "--json"],
    &["search", "DIR", "needle"],
    &["export", "DIR", "--agent", "SEC", "--format", "text"],
    &["export", "DIR", "--agent", "SEC", "--format", "cast"],
    &["report", "DIR"],
    &["report", "DIR", "--format", "html"],
];

/// Looks in all ways: each ends in order, and sends a terminal nothing but text.
#[track_caller]
fn looks(s: &Stage) -> Vec<Ended> {
    let before = listing(&s.at);
    let all: Vec<Ended> = LOOKS.iter().map(|args| run(s, args)).collect();
    for ended in &all {
        let Ended { what, code, out, err } = ended;
        assert!(matches!(code, Some(0..=4)), "{what}: {code:?}\n{err}");
        assert!(!err.contains("panicked"), "{what}: {err}");
        for (stream, text) in [("out", out), ("err", err)] {
            let bad = text.chars().find(|c| (c.is_control() && *c != '\n' && *c != '\t') || *c == '\u{202e}');
            assert_eq!(bad, None, "{what}: std{stream}: {text:?}");
        }
    }
    assert_eq!(listing(&s.at), before, "nothing is written there");
    all
}

fn listing(at: &Path) -> Vec<(PathBuf, u64)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(at).into_iter().flatten().flatten() {
        let meta = fs::symlink_metadata(entry.path()).unwrap();
        if meta.is_dir() {
            all.extend(listing(&entry.path()));
        }
        all.push((entry.path(), meta.len()));
    }
    all.sort();
    all
}

#[test]
fn no_control_character_of_any_field_gets_out() {
    let s = stage(EVIL);
    for ended in looks(&s) {
        assert_eq!(ended.code, Some(0), "{}: {}", ended.what, ended.err);
    }
}

#[test]
fn links_lead_nowhere() {
    let secret = "needle of somebody else";
    for place in ["panes", "panes/SEC", "panes/SEC/000001.log", "journal.jsonl", "session.toml", "FORMAT"] {
        let s = stage("text");
        let other = stage("text");
        let away = s.tmp.path().join("away");
        // What the link leads to would do, were it followed.
        fs::rename(other.at.join(place), &away).unwrap();
        if place.ends_with(".log") {
            fs::remove_file(&away).unwrap();
            let mut log = Writer::open(&s.tmp.path().join("other"), SEGMENT).unwrap();
            log.append(Kind::Output, 1, secret.as_bytes()).unwrap();
            fs::rename(s.tmp.path().join("other/000001.log"), &away).unwrap();
        }
        let from = s.at.join(place);
        if from.is_dir() {
            fs::remove_dir_all(&from).unwrap()
        } else {
            fs::remove_file(&from).unwrap()
        }
        symlink(&away, &from).unwrap();
        let all = looks(&s);
        for ended in all.iter().filter(|e| e.what.contains("search")) {
            assert!(!ended.out.contains("needle"), "{place}: {}", ended.out);
        }
        if !place.starts_with("panes") {
            assert!(all.iter().all(|e| e.code != Some(0)), "{place} was followed");
        }
    }
}

#[test]
fn pipes_are_not_waited_for() {
    for place in [
        "panes/SEC/000001.log",
        "panes/SEC/000002.log",
        "panes/SEC/000001.kf",
        "journal.jsonl",
        "session.toml",
        "FORMAT",
    ] {
        let s = stage("text");
        let at = s.at.join(place);
        let _ = fs::remove_file(&at);
        let mode = rustix::fs::Mode::from_bits_truncate(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &at, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        looks(&s);
    }
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let s = stage("text");
    let toml = fs::read_to_string(s.at.join("session.toml")).unwrap();
    fs::write(s.at.join("session.toml"), toml.replace("name = \"SEC\"", "name = \"../../etc\"")).unwrap();
    for ended in looks(&s) {
        assert_ne!(ended.code, Some(0), "{}", ended.what);
    }
    let s = stage("text");
    let journal = fs::read_to_string(s.at.join("journal.jsonl")).unwrap();
    let line = journal.lines().find(|l| l.contains("\"queued\"")).unwrap();
    let (text, _) = line.rsplit_once(",\"crc\"").unwrap();
    let beside = r#""beside":{"file":"../session.toml","bytes":5,"crc":"00000000"},"dispatch":1"#;
    let text = text.replacen("\"dispatch\":1", beside, 1);
    let crc = crc32fast::hash(format!("{text}}}").as_bytes());
    fs::write(s.at.join("journal.jsonl"), format!("{text},\"crc\":\"{crc:08x}\"}}\n")).unwrap();
    looks(&s);
}

#[test]
fn sizes_are_bounded() {
    // Sparse: a gigabyte without a line feed, a record or an end.
    for place in [
        "FORMAT",
        "session.toml",
        "journal.jsonl",
        "panes/SEC/000001.log",
        "panes/SEC/000001.kf",
        "panes/SEC/000001.idx",
        "panes/SEC/000001.log.zst",
    ] {
        let s = stage("text");
        let file = fs::OpenOptions::new().create(true).append(true).open(s.at.join(place)).unwrap();
        file.set_len(1 << 30).unwrap();
        looks(&s);
    }
    let s = stage("text");
    let dir = SessionDir::open(&s.at).unwrap();
    for agent in ["SEC", "NET"] {
        let mut log = Writer::open(&dir.pane(&name(agent)), SEGMENT).unwrap();
        for size in ["65535x65535", "1000x1000", "99999999999999999999x1", "0x0", "-1x-1", "x"] {
            log.append(Kind::Resize, 4_000_000, size.as_bytes()).unwrap();
            log.append(Kind::Output, 4_000_000, b"\x1b[?1049hneedle\x1b[9999;9999Hx\x1b[65535b").unwrap();
        }
    }
    looks(&s);
}

/// So many agents in the configuration, in place of its two.
fn crowd(s: &Stage, count: usize) {
    let toml = fs::read_to_string(s.at.join("session.toml")).unwrap();
    let (head, team) = toml.split_once("[[config.team]]").unwrap();
    let (one, rest) = team.split_once("[[config.team]]").unwrap();
    let (_, tail) = rest.split_once("[[config.tabs]]").unwrap();
    let agent = |n| format!("[[config.team]]{}", one.replace("\"SEC\"", &format!("\"A{n}\"")));
    let many: Vec<String> = (0..count).map(agent).collect();
    fs::write(s.at.join("session.toml"), format!("{head}{}\n[[config.tabs]]{tail}", many.join("\n")))
        .unwrap();
}

#[test]
fn all_screens_together_are_bounded() {
    let s = stage("text");
    crowd(&s, 20);
    let dir = SessionDir::open(&s.at).unwrap();
    let mut journal = Journal::open(&dir.journal()).unwrap();
    for n in 0..20 {
        let agent = name(&format!("A{n}"));
        let record = Record::AgentUp { agent: agent.clone(), pid: 2, holder: 3, log: 0 };
        lines::append(&dir, &mut journal, &record, Time { mono: 11_000_000, wall: i64::MIN }).unwrap();
        let mut log = Writer::open(&dir.pane(&agent), SEGMENT).unwrap();
        log.append(Kind::Resize, 12_000_000, b"1000x1000").unwrap();
        log.append(Kind::Output, 12_000_000, b"needle\x1b[?1049hx").unwrap();
    }
    let all = looks(&s);
    let refused = all.iter().find(|e| e.what.contains("replay")).unwrap();
    assert!(refused.code == Some(2) || refused.code == Some(1), "{}", refused.err);
    assert!(refused.err.contains("1000x1000"), "{}", refused.err);
}

#[test]
fn many_of_anything_are_bounded() {
    let s = stage("text");
    crowd(&s, 2000);
    for ended in looks(&s) {
        assert_ne!(ended.code, Some(0), "{}", ended.what);
        assert!(ended.err.contains("2000 agents") || ended.out.contains("2000 agents"), "{}", ended.err);
    }
}
