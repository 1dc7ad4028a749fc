//! Sessions made of recordings of real programs, and the slow way to look at them.

use std::fmt::Write as _;
use std::path::Path;

use super::super::player::Player;
use super::super::testkit::{Kit, name};
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::engine::event::Event;
use crate::engine::state::HISTORY;
use crate::screen::{Color, Screen, Size};
use crate::session::log::{Entry, Kind, Reader};

pub(super) const AGENTS: [&str; 3] = ["ARCH", "SEC", "QA"];
const CASTS: [&str; 3] = [
    include_str!("../../../tests/fixtures/casts/pi.cast"),
    include_str!("../../../tests/fixtures/casts/codex.cast"),
    include_str!("../../../tests/fixtures/casts/aider.cast"),
];

/// Numbers that look random and are the same each time.
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n.max(1)
    }
}

/// The records of a recording, so many times one after the other, with a size at the beginning of each.
fn records(cast: &str, times: usize) -> Vec<(u64, Kind, Vec<u8>)> {
    let mut all = Vec::new();
    let mut base = 0;
    for n in 0..times {
        let size = ["120x40", "100x30", "80x24"][n % 3];
        all.push((base, Kind::Resize, size.as_bytes().to_vec()));
        for line in cast.lines().skip(1) {
            let (at, kind, data): (f64, String, String) = serde_json::from_str(line).unwrap();
            let us = base + (at * 1e6) as u64;
            match kind.as_str() {
                "o" => all.push((us, Kind::Output, data.into_bytes())),
                "r" => all.push((us, Kind::Resize, data.into_bytes())),
                _ => {}
            }
        }
        base = all.last().map_or(0, |l| l.0) + 50_000;
    }
    all
}

/// Three panes with recordings in them, events now and then that say how far panes were, and one program started anew.
pub(super) fn cast_session(times: usize) -> Kit {
    let mut kit = Kit::new(&AGENTS);
    let mut dice = Dice(99);
    kit.record(0, &Record::Opened { version: "0".into(), server: 1 });
    let mut logs: Vec<Vec<Entry>> = Vec::new();
    for (agent, cast) in AGENTS.iter().zip(CASTS) {
        let first = records(cast, times * if *agent == "SEC" { 2 } else { 1 });
        let parts: Vec<_> = first.iter().map(|(us, kind, bytes)| (*us + 5000, *kind, &bytes[..])).collect();
        kit.log(agent, &parts);
        kit.record(4000, &Record::AgentUp { agent: name(agent), pid: 7, holder: 8, log: 0 });
        let begin = 6_000_000 + parts.last().map_or(0, |p| p.0);
        // The second start of its program is another segment.
        let again: Vec<_> = parts.iter().take(80).map(|(us, kind, b)| (us + begin, *kind, *b)).collect();
        kit.log(agent, &again);
        logs.push(entries(&kit.pane(agent)));
    }
    let mut starts: Vec<(u64, usize, u64)> = Vec::new();
    for (i, log) in logs.iter().enumerate() {
        let starts_at =
            log.iter().zip(log.iter().skip(1)).find(|(a, b)| b.record.us > a.record.us + 5_000_000);
        let (last, first) = starts_at.unwrap();
        starts.push((last.record.us + 2_000_000, i, first.offset));
    }
    let end = logs.iter().filter_map(|l| l.last()).map(|e| e.record.us).max().unwrap();
    let mut us = 6000;
    let mut told = [0_u64; 3];
    let states = [AgentState::Working, AgentState::Idle, AgentState::Asking];
    while us < end {
        us += 20_000 + dice.below(400_000);
        // What had come by then, less what the server had not taken in yet.
        for (i, log) in logs.iter().enumerate() {
            let by = us - dice.below(20_000);
            let offset = log.iter().take_while(|e| e.record.us <= by).last().map_or(0, |e| e.end);
            if offset > told[i] {
                told[i] = offset;
                kit.taken_in(AGENTS[i], offset);
            }
        }
        if let Some(at) = starts.iter().position(|s| s.0 <= us) {
            let (_, i, log) = starts.remove(at);
            let agent = name(AGENTS[i]);
            kit.record(us, &Record::AgentUp { agent, pid: 9, holder: 10, log });
            continue;
        }
        let agent = name(AGENTS[usize::try_from(dice.below(3)).unwrap()]);
        let state = states[usize::try_from(dice.below(3)).unwrap()];
        let (rule, evidence) = ("test".to_owned(), format!("at {us}"));
        kit.record(us, &Record::Activity { agent, state, rule, evidence });
    }
    kit
}

fn entries(dir: &Path) -> Vec<Entry> {
    Reader::open(dir, 0).map_or_else(|_| Vec::new(), |r| r.map(Result::unwrap).collect())
}

/// All that is seen of a screen.
pub(super) fn seen(screen: &Screen) -> String {
    let mut out =
        format!("{:?} {:?} {:?} {:?}\n", screen.size(), screen.cursor(), screen.modes(), screen.title());
    for n in 0..usize::from(screen.size().rows) {
        for cell in screen.row(n, 0).cells() {
            write!(out, "{cell}").unwrap();
            if (cell.fg, cell.bg) != (Color::Default, Color::Default) || !cell.attrs.is_empty() {
                write!(out, "<{:?} {:?} {:?}>", cell.fg, cell.bg, cell.attrs).unwrap();
            }
        }
        writeln!(out, "|{}", screen.row(n, 0).wraps()).unwrap();
    }
    out
}

/// The screens at the moment a player stands at, made of all the records from the beginning of each program.
pub(super) fn expected(player: &Player, at_event: bool) -> Vec<String> {
    let recording = player.recording();
    let lines = recording.lines();
    let (happened, now) = (player.line(), player.now());
    let mut state = recording.blank();
    for line in &lines[..happened] {
        crate::engine::step(&mut state, Event::Recorded(line.record.clone()), line.time);
    }
    let agents = state.agents.iter().map(|agent| {
        let known =
            lines.iter().any(|l| matches!(&l.record, Record::AgentUp { agent: a, .. } if *a == agent.name));
        let from = lines[..happened].iter().rev().find_map(|l| match &l.record {
            Record::AgentUp { agent: a, log, .. } if *a == agent.name => Some(*log),
            _ => None,
        });
        let mut screen = Screen::new(agent.pane.size, HISTORY);
        let Some(from) = from.or(if known { None } else { Some(0) }) else { return seen(&screen) };
        let low = lines[..happened].iter().rev().find_map(|l| l.at.get(&agent.name)).copied().unwrap_or(0);
        let high = match lines.get(happened) {
            Some(next) => next.at.get(&agent.name).copied().unwrap_or(low),
            None => u64::MAX,
        };
        for entry in entries(&recording.dir().pane(&agent.name)) {
            let by_time = !at_event && entry.record.us <= now && entry.end <= high;
            if entry.offset < from || !(entry.end <= low || by_time) {
                continue;
            }
            match entry.record.kind {
                Kind::Output => {
                    drop(screen.feed(&entry.record.payload, Time { mono: entry.record.us, wall: 0 }));
                }
                Kind::Resize => {
                    let (rows, cols) = entry.record.size().unwrap();
                    screen.resize(Size { rows, cols });
                }
                _ => {}
            }
        }
        screen.expire(Time { mono: now, wall: 0 });
        seen(&screen)
    });
    agents.collect()
}
