//! The rehearsal agent, as the real program in a real terminal with a real repository.

// The lint knows test functions, not their helpers.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

#[path = "stage/looks.rs"]
mod looks;
#[path = "stage/project.rs"]
mod project;
mod stage;
#[path = "stage/team.rs"]
mod team;

use std::process::Command;
use std::time::{Duration, Instant};

use portable_pty::PtySize;
use stage::{LIMIT, Stage};

const IMPROVE: &str = "Improve your area.\nCommit it.";

#[test]
fn a_pasted_prompt_becomes_commits_and_a_wrap_up_one_commit_and_a_claim() {
    let mut stage = Stage::new("SEC", "", &["--claim", "text"]);
    assert!(stage.text().contains("\x1b]0;✳ rehearsal SEC\x07"));
    stage.turn(IMPROVE);
    assert!((1..=3).contains(&stage.commits()));
    assert_eq!(stage.status(), "");
    let text = stage.text();
    assert!(stage.shows("> Improve your area.") && stage.shows("  Commit it."));
    assert!(text.contains("\x1b]0;⠋ rehearsal SEC\x07") || text.contains("\x1b]0;⠙ rehearsal SEC\x07"));
    assert!(text.contains("\x1b]133;C\x07") && text.contains("\x1b]9;4;3\x07"));
    assert!(stage.git(&["log", "--format=%s"]).starts_with("feat(sec): enhance security policies"));
    let files = stage.git(&["diff", "--name-only", &stage.base, "HEAD"]);
    assert!(files.lines().all(|f| f.starts_with("policies/")), "{files}");
    stage.turn(&stage.wrap_up());
    assert_eq!((stage.commits(), stage.status()), (1, String::new()));
    assert_eq!(files, stage.git(&["diff", "--name-only", &stage.base, "HEAD"]));
    assert!(stage.line("[AGENT] SEC READY FOR MERGE k7f3"));
    assert!(stage.text().contains("passed: built"));
    assert!(stage.git(&["log", "-1", "--format=%b"]).contains("- Added"));
}

#[test]
fn it_claims_by_the_command_and_falls_back_to_the_line() {
    let mut stage = Stage::new("SEC", "", &[]);
    let tool = stage.dir.path().join("bin/orchestra");
    let log = stage.dir.path().join("called");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\necho taken\n", log.display());
    std::fs::write(&tool, script).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&tool).status().unwrap().success());
    stage.turn(IMPROVE);
    stage.turn(&stage.wrap_up());
    assert_eq!(
        std::fs::read_to_string(&log).unwrap(),
        "ready\n--note\nfeat(sec): enhance security policies\n"
    );
    assert!(!stage.line("[AGENT] SEC READY FOR MERGE k7f3"));
    std::fs::write(&tool, "#!/bin/sh\necho nobody listens >&2\nexit 3\n").unwrap();
    stage.turn(&stage.refused("try again"));
    assert!(stage.line("[AGENT] SEC READY FOR MERGE m2p9"));
}

/// A tool that writes down what it is called with and told; what only reads files is done by the real one.
fn incident_tool(stage: &Stage) -> std::path::PathBuf {
    let (tool, log) = (stage.dir.path().join("bin/orchestra"), stage.dir.path().join("called"));
    let script = format!(
        "#!/bin/sh\necho \"$*\" >> {log}\n[ \"$2\" = analyse ] && exec {exe} \"$@\"\n\
         [ \"$2\" = postmortem ] && exec printf '# It\\n\\n## Timeline\\n'\ncat >> {log}\necho taken\n",
        log = log.display(),
        exe = env!("CARGO_BIN_EXE_orchestra"),
    );
    std::fs::write(&tool, script).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&tool).status().unwrap().success());
    log
}

fn brief(folder: &str) -> String {
    let data = format!("{}/tests/scenarios/{folder}", env!("CARGO_MANIFEST_DIR"));
    format!(
        "You are a specialist in an incident.\n\nYour data is in `{data}`.\n\n    orchestra finding --done"
    )
}

#[test]
fn a_specialist_hands_in_what_its_files_show_and_a_coordinator_the_postmortem() {
    let mut stage = Stage::new("rds-health-agent", "wrong-number", &[]);
    let log = incident_tool(&stage);
    let called = || std::fs::read_to_string(&log).unwrap();
    stage.turn(&brief("scale-out/rds"));
    assert!(called().contains("finding --file -\n{\"after\":113.042"), "{}", called());
    assert!(called().ends_with("finding --done --note read metrics.json, found 1\n"), "{}", called());
    assert!(stage.text().contains("Reading metrics.json") && stage.text().contains("db.connections.high: "));
    stage.turn(&brief("silent-specialist/rds"));
    assert!(called().contains("finding --cannot-use rds/metrics.json --why is empty"), "{}", called());
    std::fs::remove_file(&log).unwrap();
    let ask = "Write the postmortem of the incident.\n\n    orchestra incident submit FILE";
    let (called, invented) = (|| std::fs::read_to_string(&log).unwrap(), "About 7421 requests were lost.");
    stage.turn(ask);
    assert!(
        called().contains(&format!("incident submit -\n# It\n\n{invented}\n\n## Timeline")),
        "{}",
        called()
    );
    stage.turn("The postmortem does not stand.\n\n    orchestra incident submit FILE");
    assert!(called().ends_with("incident submit -\n# It\n\n## Timeline\n"), "{}", called());
}

#[test]
fn one_that_is_silent_reports_nothing_and_a_liar_more_than_there_is() {
    let mut stage = Stage::new("rds-health-agent", "silent-specialist", &[]);
    let log = incident_tool(&stage);
    stage.turn(&brief("scale-out/rds"));
    assert!(!std::fs::read_to_string(&log).unwrap().contains("finding"));
    let mut stage = Stage::new("rds-health-agent", "liar", &[]);
    let log = incident_tool(&stage);
    stage.turn(&brief("scale-out/rds"));
    let called = std::fs::read_to_string(&log).unwrap();
    assert!(called.contains("moon.full") && called.contains("db.connections.high@db/orders"), "{called}");
}

#[test]
fn the_same_seed_gives_the_same_trees() {
    let tree = |seed: &str| {
        let mut stage = Stage::new("SEC", "", &["--seed", seed]);
        stage.turn(IMPROVE);
        stage.git(&["rev-parse", "HEAD^{tree}"]) + &stage.git(&["log", "--format=%B"])
    };
    let first = tree("5");
    assert_eq!(first, tree("5"));
}

#[test]
fn typing_clearing_and_leaving() {
    let mut stage = Stage::new("SEC", "", &[]);
    stage.write("helllo\x7f\x7fo\x1b[I\x1b[O");
    stage.until("the draft", |s| s.text().contains("> hello "));
    stage.master.resize(PtySize { rows: 20, cols: 40, pixel_width: 0, pixel_height: 0 }).unwrap();
    let narrow = format!("╭{}╮", "─".repeat(37));
    stage.until("the narrow box", |s| s.text().contains(&narrow));
    stage.write("\x03");
    stage.write("\x03");
    stage.until("the warning", |s| s.text().contains("once more leaves"));
    stage.write("\x03");
    assert_eq!(stage.ended(), 0);
    assert!(stage.text().contains("\x1b[?2004l"));
    assert_eq!(stage.commits(), 0);
}

#[test]
fn no_squash_is_put_right_after_a_refusal() {
    let mut stage = Stage::new("SEC", "SEC=no-squash", &["--claim", "text"]);
    stage.turn(IMPROVE);
    stage.turn(&stage.wrap_up());
    assert!(stage.commits() >= 2);
    assert!(stage.line("[AGENT] SEC READY FOR MERGE k7f3"));
    stage.turn(&stage.refused("2 commits above the base; squash them"));
    assert_eq!((stage.commits(), stage.status()), (1, String::new()));
    assert!(stage.line("[AGENT] SEC READY FOR MERGE m2p9"));
}

#[test]
fn dirty_files_are_put_right_after_a_refusal() {
    let mut stage = Stage::new("SEC", "dirty,by-text", &[]);
    stage.turn(IMPROVE);
    stage.turn(&stage.wrap_up());
    assert_eq!(stage.commits(), 1);
    assert!(stage.status().contains(" M policies/") && stage.status().contains("?? scratch-sec.txt"));
    stage.turn(&stage.refused("open changes; commit them"));
    assert_eq!((stage.commits(), stage.status()), (1, String::new()));
}

#[test]
fn quotes_prints_the_phrase_before_any_work() {
    let mut stage = Stage::new("SEC", "quotes", &[]);
    stage.turn(IMPROVE);
    assert!(stage.line("[AGENT] SEC READY FOR MERGE"));
    let text = stage.text();
    assert!(text.find("READY FOR MERGE") < text.find("● Writing"));
}

#[test]
fn asks_waits_for_its_answer() {
    let mut stage = Stage::new("SEC", "NET=crash,SEC=asks", &[]);
    stage.submit(IMPROVE);
    stage.until("the question", |s| s.text().contains("\x1b]0;? rehearsal SEC\x07"));
    assert!(stage.text().contains("Do you want to proceed?") && stage.text().contains("1. Yes"));
    assert_eq!((stage.commits(), stage.turns()), (0, 0));
    stage.write("x1");
    stage.until("the end of the turn", |s| s.turns() == 1);
    assert!(stage.commits() >= 1);
}

#[test]
fn asks_takes_an_enter_once_it_was_seen() {
    let mut stage = Stage::new("SEC", "asks", &[]);
    stage.paste(IMPROVE);
    // A nervous sender: what comes before the question or with it answers nothing for good or bad.
    stage.write("\r\r\r");
    stage.until("the question", |s| s.text().contains("\x1b]0;? rehearsal SEC\x07"));
    let mut next = Instant::now();
    stage.until("the end of the turn", |s| {
        if Instant::now() >= next {
            s.write("\r");
            next = Instant::now() + Duration::from_millis(400);
        }
        s.turns() == 1
    });
    assert!(stage.commits() >= 1);
}

#[test]
fn a_permission_can_be_denied() {
    let mut stage = Stage::new("SEC", "asks", &[]);
    stage.submit(IMPROVE);
    stage.until("the question", |s| s.text().contains("2. No"));
    stage.write("2");
    stage.until("the end of the turn", |s| s.turns() == 1);
    assert_eq!(stage.commits(), 0);
}

#[test]
fn limit_waits_until_somebody_comes() {
    let mut stage = Stage::new("SEC", "limit", &[]);
    stage.submit(IMPROVE);
    stage.until("the limit", |s| s.text().contains("usage limit reached — resets at "));
    stage.until("a title without a mark", |s| s.text().contains("\x1b]0;rehearsal SEC\x07"));
    assert_eq!(stage.turns(), 0);
    stage.write("\r");
    stage.until("the end of the turn", |s| s.turns() == 1);
    assert!(stage.commits() >= 1);
}

#[test]
fn swallow_enter_needs_a_second_one() {
    let mut stage = Stage::new("SEC", "swallow-enter", &[]);
    stage.submit(IMPROVE);
    // The second Enter is tried again as long as nothing happens, as a sender would.
    let mut next = Instant::now() + Duration::from_millis(300);
    let mut sent = 1;
    stage.until("work", |s| {
        if Instant::now() >= next && !s.text().contains("● ") {
            s.write("\r");
            sent += 1;
            next = Instant::now() + Duration::from_secs(2);
        }
        s.text().contains("● ")
    });
    assert!(sent >= 2);
}

#[test]
fn silent_shows_nothing_while_it_works() {
    let mut stage = Stage::new("SEC", "silent", &["--speed", "5"]);
    // From before the silence to after it: a slow machine can only make that longer.
    let from = Instant::now();
    stage.submit(IMPROVE);
    stage.until("the silence", |s| s.text().ends_with("\x1b]0;\x07"));
    let before = stage.text().len();
    stage.until("the end of the silence", |s| s.text().len() > before);
    assert!(from.elapsed() >= Duration::from_secs(2), "{:?}", from.elapsed());
    stage.until("the end of the turn", |s| s.turns() == 1);
    assert!(stage.commits() >= 1);
}

#[test]
fn flood_prints_twenty_megabytes() {
    let mut stage = Stage::new("SEC", "flood", &[]);
    stage.submit(IMPROVE);
    stage.until("the flood", |s| s.seen.lock().unwrap().len() > 20 << 20);
    stage.until("the end of the turn", |s| {
        let seen = s.seen.lock().unwrap();
        seen[seen.len().saturating_sub(4096)..].windows(10).any(|w| w == b"\x1b]133;D;0\x07")
    });
    assert!(stage.commits() >= 1);
}

#[test]
fn crash_ends_with_three_in_the_middle() {
    let mut stage = Stage::new("SEC", "crash", &[]);
    stage.submit(IMPROVE);
    assert_eq!(stage.ended(), 3);
    stage.until("its last line", |s| s.text().contains("fatal: out of ideas"));
    assert_eq!(stage.commits(), 0);
    assert_ne!(stage.status(), "");
}

#[test]
fn hangup_and_term_end_it_unless_it_ignores_them() {
    for signal in ["HUP", "TERM"] {
        let mut stage = Stage::new("SEC", "", &[]);
        kill(signal, stage.child.process_id().unwrap());
        stage.ended();
    }
    let mut stage = Stage::new("SEC", "ignore-hup", &[]);
    for signal in ["HUP", "TERM"] {
        kill(signal, stage.child.process_id().unwrap());
    }
    stage.turn(IMPROVE);
    assert!(stage.commits() >= 1);
    assert!(stage.child.try_wait().unwrap().is_none());
}

fn kill(signal: &str, pid: u32) {
    let done = Command::new("kill").args(["-s", signal, &pid.to_string()]).status().unwrap();
    assert!(done.success());
}

#[test]
fn setsid_child_lives_in_a_session_of_its_own() {
    let stage = Stage::new("SEC", "setsid-child", &[]);
    let parent = stage.child.process_id().unwrap();
    let children =
        std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    let child: u32 = children.split_whitespace().next().unwrap().parse().unwrap();
    let end = Instant::now() + LIMIT;
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap();
        // After the name in brackets: state, parent, group, session.
        let session = stat.rsplit(") ").next().unwrap().split(' ').nth(3).unwrap().to_owned();
        if session == child.to_string() {
            break;
        }
        assert!(Instant::now() < end, "{stat}");
        std::thread::sleep(Duration::from_millis(10));
    }
    kill("KILL", child);
}

#[test]
fn slow_start_stays_blank_at_first() {
    let from = Instant::now();
    let stage = Stage::new("SEC", "slow-start", &["--speed", "5"]);
    assert!(from.elapsed() >= Duration::from_secs(1));
    drop(stage);
}

#[test]
fn an_idle_agent_uses_no_processor_and_writes_nothing() {
    let mut stage = Stage::new("SEC", "", &[]);
    let pid = stage.child.process_id().unwrap();
    let switches = || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|l| l.starts_with("voluntary_ctxt_switches")).unwrap();
        line.split_whitespace().last().unwrap().parse::<u64>().unwrap()
    };
    // It has settled once a while passes without a wake-up; a timer of any kind would never let it.
    let mut last = switches();
    let mut since = Instant::now();
    stage.until("a second without a wake-up", |_| {
        let now = switches();
        if now != last {
            (last, since) = (now, Instant::now());
        }
        since.elapsed() >= Duration::from_secs(1)
    });
}

#[test]
fn without_a_terminal_or_with_an_unknown_fault_it_says_so() {
    let run = |args: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_orchestra")).arg("rehearse").args(args).output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    let (code, text) = run(&[]);
    assert!(code == Some(2) && text.contains("terminal"), "{text}");
    let (code, text) = run(&["--misbehave", "sleeps"]);
    assert!(code == Some(2) && text.contains("`sleeps`"), "{text}");
}
