//! Opening and seeking.

use std::path::Path;
use std::time::{Duration, Instant};

use orchestra::replay::{Player, Stride};

use crate::make::Dice;

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}

fn at(times: &mut [Duration], share: f64) -> String {
    times.sort();
    let i = ((times.len() - 1) as f64 * share) as usize;
    format!("{:.1}", times[i].as_secs_f64() * 1000.0)
}

fn line(what: &str, times: &mut [Duration], target: &str) {
    let (half, most, worst) = (at(times, 0.5), at(times, 0.99), at(times, 1.0));
    println!("| {what}: p50, p99, worst | {half}, {most}, {worst} ms | {target} |");
}

pub fn measure(dir: &Path, seeks: usize) {
    let mut opened: Vec<Duration> =
        (0..5).map(|_| timed(|| Player::open(dir).expect("a session")).1).collect();
    println!("| open, 5 times: median | {} ms | < 200 ms |", at(&mut opened, 0.5));
    let mut player = Player::open(dir).expect("a session");
    let mut dice = Dice(77);
    let (begin, end) = player.span();
    let (mut seek, mut back, mut on, mut play) = (vec![], vec![], vec![], vec![]);
    for _ in 0..seeks {
        let us = begin + dice.below((end - begin) >> 8) * 256;
        seek.push(timed(|| player.seek(us).expect("a seek")).1);
        back.push(timed(|| player.step(Stride::Back).expect("a step")).1);
        on.push(timed(|| player.step(Stride::Forward).expect("a step")).1);
        // A frame of playing at 64 times.
        play.push(timed(|| player.seek(player.now() + 64 * 16_000).expect("a frame")).1);
    }
    line(&format!("seek to {seeks} random moments, eight panes"), &mut seek, "p99 < 100 ms");
    line("a step back from there", &mut back, "< 100 ms");
    line("a step on", &mut on, "–");
    line("a frame at 64× (1 s on)", &mut play, "–");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("? kB").trim().to_owned();
    let mb =
        most.split(' ').next().and_then(|n| n.parse::<u64>().ok()).map_or(most, |n| (n / 1024).to_string());
    println!("| memory at most (`VmHWM`) | {mb} MB | < 150 MB |");
}
