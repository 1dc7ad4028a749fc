//! Reports: the page in a real browser, and what is kept of a session that runs.

#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[path = "kit/mod.rs"]
mod kit;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use orchestra::domain::id::{AgentName, Oid};
use orchestra::domain::record::Record;
use orchestra::domain::review::{GateResult, GateStatus};
use orchestra::domain::state::AgentState;
use orchestra::domain::time::Time;
use orchestra::session::dir::SessionDir;
use orchestra::session::journal::Journal;
use orchestra::session::lines;
use orchestra::session::log::{Kind, SEGMENT, Writer};

use kit::{LIMIT, Place};

const NASTY: &str = "</title></pre><script>console.error('ran')</script><img src=http://127.0.0.1:9/x onerror=alert(1)> & \"'`";

/// What the browser says of a page: its document, and what it has to complain of. None where there is no browser.
fn browse(page: &Path) -> Option<(String, Vec<String>)> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).flat_map(|p| names.map(|n| p.join(n))).find(|p| p.is_file());
    let Some(browser) = found else {
        eprintln!("skipped: no chromium on PATH");
        return None;
    };
    let home = tempfile::tempdir().unwrap();
    let [out, err] = ["out", "err"].map(|n| home.path().join(n));
    let flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-logging=stderr",
        "--v=0",
        "--dump-dom",
    ];
    let mut child = Command::new(browser)
        .args(flags)
        .arg(format!("--user-data-dir={}", home.path().join("profile").display()))
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .stdout(fs::File::create(&out).unwrap())
        .stderr(fs::File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let end = Instant::now() + 2 * LIMIT;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > end => {
                let _ = child.kill();
                let _ = child.wait();
                panic!("the browser does not end: {}", fs::read_to_string(&err).unwrap_or_default());
            }
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    let said = String::from_utf8_lossy(&fs::read(&err).unwrap()).into_owned();
    assert!(status.success(), "{said}");
    let complaints = said.lines().filter(|l| l.contains(":CONSOLE")).map(str::to_owned).collect();
    Some((String::from_utf8_lossy(&fs::read(&out).unwrap()).into_owned(), complaints))
}

fn page(place: &Place, session: &Path) -> PathBuf {
    let page = place.root().join("page.html");
    let (session, out) = (session.to_str().unwrap(), page.to_str().unwrap());
    place.ok(&["report", session, "--format", "html", "--out", out]);
    page
}

#[test]
fn the_page_of_the_demo_has_nothing_a_browser_complains_of() {
    let place = Place::repository();
    let session = Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions/demo");
    let files = || {
        let all = fs::read_dir(&session).unwrap().flatten().map(|e| e.path());
        all.map(|p| (p.clone(), fs::metadata(p).unwrap().modified().unwrap())).collect::<Vec<_>>()
    };
    let before = files();
    let page = page(&place, &session);
    assert_eq!(files(), before, "a directory that is named is not written to");
    let size = fs::metadata(&page).unwrap().len();
    assert!(size < 4 << 20, "{size}");
    let Some((document, complaints)) = browse(&page) else { return };
    assert_eq!(complaints, [""; 0]);
    for said in ["Completion report of", "<svg", "pre class=\"screen\""] {
        assert!(document.contains(said), "{said}");
    }
}

#[test]
fn what_a_strangers_record_says_runs_nowhere() {
    let place = Place::repository();
    let dir = SessionDir::create(&place.root().join("stranger")).unwrap();
    let toml =
        include_str!("fixtures/session.toml").replace("/nowhere/project", "/<script>alert(1)</script>");
    fs::write(dir.path().join("session.toml"), toml).unwrap();
    let sec = AgentName::new("SEC").unwrap();
    let mut writer = Writer::open(&dir.pane(&sec), SEGMENT).unwrap();
    writer.append(Kind::Resize, 1, b"100x10").unwrap();
    writer
        .append(Kind::Output, 2, format!("\x1b[31m{NASTY}\x1b]8;;javascript:alert(1)\x07x").as_bytes())
        .unwrap();
    drop(writer);
    let text = || NASTY.to_owned();
    let result = GateResult { tail: text(), ..GateResult::new(text(), Oid(text()), GateStatus::Red) };
    let all = [
        Record::Opened { version: text(), server: 1 },
        Record::Queued {
            dispatch: 1,
            agent: sec.clone(),
            prompt: Some(text()),
            task: None,
            code: None,
            text: NASTY.into(),
            removed: 0,
            terms: Default::default(),
            brings: None,
        },
        Record::Activity { agent: sec.clone(), state: AgentState::Asking, rule: text(), evidence: text() },
        Record::Refused { agent: sec.clone(), reasons: vec![text()] },
        Record::Gate { agent: Some(sec), result },
        Record::Closed { why: text() },
    ];
    let mut journal = Journal::open(&dir.journal()).unwrap();
    for (i, record) in all.iter().enumerate() {
        let mono = 1_000_000 * (i as u64 + 1);
        lines::append(&dir, &mut journal, record, Time { mono, wall: 1_700_000_000_000 }).unwrap();
    }
    let Some((document, complaints)) = browse(&page(&place, dir.path())) else { return };
    assert_eq!(complaints, [""; 0]);
    assert!(!document.contains("<script") && !document.contains("<img"), "{document}");
    assert!(document.matches("console.error").count() > 5, "it is told as text");
}

#[test]
fn the_report_is_kept_while_a_session_runs_and_when_it_is_closed() {
    let place = Place::with_shells(&["SEC"], "");
    place.up();
    place.shell("SEC", "echo hello-$((1+1))", "hello-2");
    let reports = place.session().join("reports");
    let told = place.ok(&["report"]);
    assert!(told.starts_with("# Status of s\n\nIt runs;") && told.contains("echo hello"), "{told}");
    let kept = fs::read_to_string(reports.join("status.md")).unwrap();
    assert!(kept.starts_with("# Status of s\n"), "{kept}");
    let json = place.json(&["report"]);
    assert_eq!((&json["session"]["standing"], &json["summary"]["prompts"]), (&"running".into(), &1.into()));
    place.ok(&["down"]);
    kit::wait_until("the report is kept", || reports.join("completion.md").exists());
    let told = place.ok(&["report"]);
    assert!(told.starts_with("# Completion report of s\n\nIt was closed: asked for."), "{told}");
    assert_eq!(fs::read_to_string(reports.join("completion.md")).unwrap(), told);
    // A project's own text takes the place of ours; a directory that is named says nothing of a project.
    fs::create_dir(place.repo().join("templates")).unwrap();
    fs::write(place.repo().join("templates/report.md"), "{{ session.name }}: {{ agents[0].branch }}\n")
        .unwrap();
    assert_eq!(place.ok(&["report"]), "s: b-sec\n");
    let dir = reports.parent().unwrap().to_str().unwrap();
    assert!(place.ok(&["report", dir]).starts_with("# Completion report of s\n"));
}
