//! Databases: their metrics, their events, and the log of PostgreSQL.

use super::super::finding::{Finding, Severity};
use super::super::stamp;
use super::group::{Sighting, grouped};
use super::metrics::{self, Watch, rounded};
use super::shape::{RdsEvent, Shape};
use super::{Notes, drafted, entity, evidence};

/// From so many milliseconds on a query is slow.
const SLOW_MS: f64 = 1000.0;
/// So many slow queries in a short time make a finding.
const SLOW_LEAST: u64 = 3;

/// What the metrics of databases show.
const WATCHES: &[Watch] = &[
    watch("DatabaseConnections", "db.connections.high", "connections", "connections", 1.4, 20.0),
    watch("CPUUtilization", "db.cpu.high", "processor use", "%", 1.5, 30.0),
    Watch { scale: 1000.0, ..watch("ReadLatency", "db.latency.high", "latency of reads", "ms", 3.0, 10.0) },
    Watch { scale: 1000.0, ..watch("WriteLatency", "db.latency.high", "latency of writes", "ms", 3.0, 10.0) },
    watch("DiskQueueDepth", "db.iops.saturated", "waiting operations", "operations", 4.0, 10.0),
    watch("ReplicaLag", "db.replica.lag", "lag", "s", 3.0, 30.0),
    Watch { scale: 1e-6, ..watch("SwapUsage", "db.swap.high", "swap", "MB", 2.0, 100.0) },
    Watch { scale: 1e-6, ..watch("FreeableMemory", "db.memory.low", "freeable memory", "MB", 0.4, 0.0) },
    Watch { scale: 1e-9, ..watch("FreeStorageSpace", "db.storage.low", "free storage", "GB", 0.3, 0.0) },
];

const fn watch(
    metric: &'static str,
    kind: &'static str,
    words: &'static str,
    unit: &'static str,
    ratio: f64,
    floor: f64,
) -> Watch {
    Watch { metric, kind, words, unit, scale: 1.0, ratio, floor, severity: Severity::Warning }
}

/// What a line of the log says, when it has the words.
const LINES: &[(&str, &str, Severity)] = &[
    ("remaining connection slots are reserved", "db.connections.exhausted", Severity::Critical),
    ("too many clients already", "db.connections.exhausted", Severity::Critical),
    ("still waiting for", "db.locks.waiting", Severity::Warning),
    ("deadlock detected", "db.deadlocks", Severity::Warning),
];

/// What the files show.
pub(super) fn find(files: &[(&str, Shape)], notes: &mut Notes) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, shape) in files {
        match shape {
            Shape::Metrics(all) => {
                let about = |_: &str, name: &str| vec![entity("db", name)];
                found.extend(metrics::find(path, all, WATCHES, about, notes));
            }
            Shape::RdsEvents(events) => found.extend(told(path, events, notes)),
            Shape::Log(text) => found.extend(log(path, text, notes)),
            other => notes.stranger(path, other),
        }
    }
    found
}

/// Failovers, from their start to their end, and restarts.
fn told(path: &str, events: &[(usize, RdsEvent)], notes: &mut Notes) -> Vec<Finding> {
    let mut timed: Vec<(i64, usize, &RdsEvent)> = Vec::new();
    for (number, event) in events {
        match stamp::parse(&event.date) {
            Some(at) => timed.push((at, *number, event)),
            None => notes.add(path, &format!("event {number} has no time: `{}`", event.date)),
        }
    }
    timed.sort_by_key(|(at, number, _)| (*at, *number));
    let mut found: Vec<Finding> = Vec::new();
    for (at, number, event) in timed {
        let name = entity("db", &event.source_identifier);
        let message = event.message.to_lowercase();
        let kind = if message.contains("failover") {
            "db.failover"
        } else if message.contains("restarted") {
            "db.restarted"
        } else {
            continue;
        };
        if message.contains("completed") {
            let open = found.iter_mut().rev().find(|f| {
                f.kind == kind && f.until.is_none() && f.entities.first().is_some_and(|e| *e == name)
            });
            if let Some(open) = open {
                open.until = Some(at);
                continue;
            }
        }
        let mut finding =
            drafted(kind, at, vec![name], &format!("{}: {}", event.source_identifier, event.message));
        finding.severity = Severity::Critical;
        finding.evidence = vec![evidence(path, format!("Events[{number}]"))];
        found.push(finding);
    }
    found
}

/// A line of the log: `TIME UTC:HOST:USER@DATABASE:[PID]:LEVEL:  TEXT`.
struct Line<'a> {
    at: i64,
    database: &'a str,
    text: &'a str,
}

fn line(line: &str) -> Option<Line<'_>> {
    let (time, rest) = line.split_once(" UTC:")?;
    let at = stamp::parse(&format!("{}Z", time.trim()))?;
    let (prefix, text) = rest.split_once("]:")?;
    let user = prefix.rsplit(':').nth(1)?;
    let database = user.rsplit('@').next()?;
    Some(Line { at, database, text: text.trim() })
}

fn log(path: &str, text: &str, notes: &mut Notes) -> Vec<Finding> {
    let lines: Vec<(usize, Line<'_>)> =
        text.lines().enumerate().filter_map(|(n, l)| Some((n + 1, line(l)?))).collect();
    if lines.is_empty() {
        let expected = "expected `2026-03-14 02:10:00 UTC:HOST:USER@DATABASE:[PID]:LEVEL:  …`";
        notes.add(path, &format!("has no line of PostgreSQL as RDS writes it; {expected}"));
    }
    let mut seen = Vec::new();
    let mut slow: Vec<(i64, i64, f64)> = Vec::new();
    for (number, line) in &lines {
        let name = instance(path).unwrap_or(line.database);
        let took = duration(line.text).filter(|ms| *ms >= SLOW_MS);
        let told = LINES.iter().find(|(words, ..)| line.text.contains(words));
        let (kind, severity, begin) = match (took, told) {
            (Some(ms), _) => {
                slow.push((line.at, line.at, ms));
                ("db.slow_queries", Severity::Warning, line.at)
            }
            (None, Some((_, kind, severity))) => (*kind, *severity, line.at),
            (None, None) => continue,
        };
        seen.push(Sighting {
            at: begin,
            until: line.at,
            kind,
            severity,
            subject: name.to_owned(),
            entities: vec![entity("db", name)],
            evidence: evidence(path, format!("line {number}")),
            count: 1,
        });
    }
    let words = |kind: &str, count: u64, name: &str| {
        format!("{} in {name}, {count} lines", kind.replace(['.', '_'], " "))
    };
    let mut found = grouped(seen, words);
    found.retain(|f| f.kind != "db.slow_queries" || f.after.is_some_and(|n| n >= SLOW_LEAST as f64));
    for finding in found.iter_mut().filter(|f| f.kind == "db.slow_queries") {
        let last = finding.until.unwrap_or(finding.at);
        let worst = slow
            .iter()
            .filter(|(at, ..)| (finding.at..=last).contains(at))
            .map(|(.., ms)| *ms)
            .fold(0.0, f64::max);
        (finding.after, finding.unit) = (Some(rounded(worst)), "ms".to_owned());
    }
    found.iter_mut().for_each(|f| f.precision = 1);
    found
}

/// `orders` of `rds/postgresql-orders.log`.
fn instance(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    name.strip_prefix("postgresql-")?.strip_suffix(".log").filter(|n| !n.is_empty())
}

/// The milliseconds of `LOG:  duration: 9400.123 ms  statement: …`.
fn duration(text: &str) -> Option<f64> {
    let (_, rest) = text.split_once("duration: ")?;
    rest.split_once(" ms")?.0.trim().parse().ok().filter(|ms: &f64| ms.is_finite())
}
