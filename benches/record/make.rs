//! The session, the same each time.

use std::path::Path;
use std::time::Instant;

use orchestra::domain::id::AgentName;
use orchestra::domain::record::Record;
use orchestra::domain::state::AgentState;
use orchestra::domain::team::{AgentSpec, Config};
use orchestra::domain::time::Time;
use orchestra::session::dir::SessionDir;
use orchestra::session::file::SessionFile;
use orchestra::session::journal::Journal;
use orchestra::session::lines;
use orchestra::session::log::{Kind, SEGMENT, Writer};

pub const AGENTS: [&str; 8] = ["ARCH", "PLAT", "SEC", "OBS", "NET", "OPS", "QA", "DOCS"];
const CASTS: [&str; 5] = [
    include_str!("../../tests/fixtures/casts/aider.cast"),
    include_str!("../../tests/fixtures/casts/codex.cast"),
    include_str!("../../tests/fixtures/casts/pi.cast"),
    include_str!("../../tests/fixtures/casts/codex-bigpaste.cast"),
    include_str!("../../tests/fixtures/casts/codex-unfocused.cast"),
];
const HOURS: u64 = 8;
const HOUR: u64 = 3_600_000_000;
/// An agent changes its state so often, in microseconds.
const TURN: u64 = 20_000_000;

/// Numbers that look random and are the same each time.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n.max(1)
    }
}

/// The output of a recording: moments in microseconds, and bytes.
pub fn outputs() -> Vec<Vec<(u64, Vec<u8>)>> {
    let outputs = |cast: &&str| {
        let events = cast.lines().skip(1).map(|l| serde_json::from_str::<(f64, String, String)>(l).unwrap());
        let output = events.filter(|e| e.1 == "o");
        output.map(|(at, _, data)| ((at * 1e6) as u64, data.into_bytes())).collect()
    };
    CASTS.iter().map(outputs).collect()
}

fn name(text: &str) -> AgentName {
    AgentName::new(text).unwrap()
}

pub fn session(path: &Path, bytes: usize) {
    let began = Instant::now();
    let dir = SessionDir::create(path).expect("a session");
    let spec = |n: &&str| AgentSpec { branch: format!("work/{n}"), ..AgentSpec::bare(name(n)) };
    let config = Config::bare("eight hours", AGENTS.iter().map(spec).collect());
    let file = SessionFile::bare("0", Path::new("/nowhere"), config);
    dir.write_toml(&file).expect("session.toml");
    let mut journal = Journal::open(&dir.journal()).expect("a journal");
    let mut tell = |us: u64, record: &Record, at: &[(&AgentName, u64)]| {
        at.iter().for_each(|(name, offset)| journal.taken_in(name, *offset));
        let time = Time { mono: us, wall: 1_700_000_000_000 + (us / 1000) as i64 };
        lines::append(&dir, &mut journal, record, time).expect("an event");
    };
    tell(0, &Record::Opened { version: "0".into(), server: 1 }, &[]);
    let casts = outputs();
    let mut ends: Vec<Vec<(u64, u64)>> = Vec::new();
    for (i, agent) in AGENTS.iter().enumerate() {
        tell(1000, &Record::AgentUp { agent: name(agent), pid: 7, holder: 8, log: 0 }, &[]);
        ends.push(pane_log(&dir.pane(&name(agent)), &casts, bytes / AGENTS.len(), i as u64 + 1));
    }
    let states = [AgentState::Working, AgentState::Idle, AgentState::Asking, AgentState::Working];
    let mut dice = Dice(5);
    let mut us = 2000;
    while us < HOURS * HOUR {
        us += TURN / AGENTS.len() as u64;
        let i = dice.below(AGENTS.len() as u64) as usize;
        let names: Vec<AgentName> = AGENTS.iter().map(|a| name(a)).collect();
        let at: Vec<(&AgentName, u64)> = names
            .iter()
            .zip(&ends)
            .filter_map(|(n, ends)| {
                let place = ends.partition_point(|(at, _)| *at <= us);
                place.checked_sub(1).map(|p| (n, ends[p].1))
            })
            .collect();
        let state = states[dice.below(4) as usize];
        let (rule, evidence) = ("title/spinner".to_owned(), "⠋ thinking about it".to_owned());
        tell(us, &Record::Activity { agent: names[i].clone(), state, rule, evidence }, &at);
    }
    let logs = began.elapsed();
    let began = Instant::now();
    let keyframes = orchestra::replay::rebuild(path).expect("keyframes");
    let made = began.elapsed();
    eprintln!("made in {:.0} s; {keyframes} keyframes in {:.0} s", logs.as_secs_f64(), made.as_secs_f64());
}

/// Writes a log and gives the moment and the end of each of its records.
fn pane_log(dir: &Path, casts: &[Vec<(u64, Vec<u8>)>], bytes: usize, seed: u64) -> Vec<(u64, u64)> {
    let mut writer = Writer::open(dir, SEGMENT).expect("a log");
    let mut dice = Dice(seed);
    let mut ends = Vec::new();
    let (mut us, mut size) = (2000, 0);
    writer.append(Kind::Resize, us, b"120x40").expect("a record");
    while writer.end() < bytes as u64 {
        let cast = &casts[dice.below(casts.len() as u64) as usize];
        let total: usize = cast.iter().map(|(_, b)| b.len() + 20).sum();
        // So that the whole takes its hours: each recording has its share of them.
        let share = HOURS * HOUR / bytes as u64 * total as u64;
        let length = cast.last().map_or(1, |l| l.0).max(1);
        for (at, bytes) in cast {
            let now = us + (u128::from(*at) * u128::from(share) / u128::from(length)) as u64;
            writer.append(Kind::Output, now, bytes).expect("a record");
            ends.push((now, writer.end()));
        }
        us += share;
        size += 1;
        if size % 200 == 0 {
            let text = if size % 400 == 0 { "120x40" } else { "100x36" };
            writer.append(Kind::Resize, us, text.as_bytes()).expect("a record");
        }
    }
    ends
}

/// What the session takes on the disk.
pub fn sizes(dir: &Path) {
    let (mut logs, mut beside) = (0, 0);
    for agent in AGENTS {
        for entry in std::fs::read_dir(dir.join("panes").join(agent)).expect("a log") {
            let entry = entry.expect("a file");
            let len = entry.metadata().expect("a file").len();
            let path = entry.path();
            if path.extension().is_some_and(|e| e == "kf" || e == "idx") {
                beside += len
            } else {
                logs += len
            }
        }
    }
    let share = beside as f64 / logs as f64 * 100.0;
    println!("| logs of eight panes, eight hours | {} MB | 1 GB |", logs >> 20);
    println!("| index and keyframes, of the logs | {share:.2} % | ≤ 3 % |");
}
