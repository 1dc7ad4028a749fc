//! Medians of alternating rounds.

use std::fmt;
use std::time::{Duration, Instant};

/// One line of the table.
pub struct Line {
    pub size: &'static str,
    pub what: String,
    pub ours: String,
    pub theirs: String,
    pub ratio: String,
    pub target: String,
}

impl Line {
    pub const HEAD: &'static str =
        "| repository | what | orchestra | git | ratio | target |\n|---|---|---|---|---|---|";
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, what, ours, theirs, ratio, target } = self;
        write!(f, "| {size} | {what} | {ours} | {theirs} | {ratio} | {target} |")
    }
}

pub fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

pub fn median(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

pub fn ms(d: Duration) -> String {
    let ms = d.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

/// Both in turn, and how many times faster we are.
pub fn against(
    rounds: usize,
    ours: &mut dyn FnMut() -> Duration,
    theirs: &mut dyn FnMut() -> Duration,
) -> (Duration, Duration, f64) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        a.push(ours());
        b.push(theirs());
    }
    let (a, b) = (median(a), median(b));
    (a, b, b.as_secs_f64() / a.as_secs_f64().max(1e-9))
}
