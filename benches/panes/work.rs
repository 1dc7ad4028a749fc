//! What runs in the panes. The same for every multiplexer.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// What a flood does not count at its beginning.
const START: Duration = Duration::from_secs(5);

/// One key in, three of it out, always at the same place.
fn echo() {
    let mut modes = rustix::termios::tcgetattr(std::io::stdin()).expect("modes");
    modes.make_raw();
    rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, &modes)
        .expect("modes");
    let mut out = std::io::stdout().lock();
    out.write_all(b"\x1b[2J\x1b[HECHO-READY\r\n").expect("output");
    out.flush().expect("output");
    let mut key = [0];
    let mut n = 0;
    while std::io::stdin().lock().read(&mut key).is_ok_and(|n| n == 1) {
        if key[0].is_ascii_graphic() {
            let c = char::from(key[0]);
            n += 1;
            write!(out, "\x1b[3;1H<{c}{c}{c}{n:04}>\x1b[K").expect("output");
            out.flush().expect("output");
        }
    }
}

/// Lines without end. Keeps the longest time that a write took in a file.
fn flood(report: &Path) {
    let lines: Vec<u8> = (0..1200)
        .flat_map(|n| format!("flood line {n:07} lorem ipsum dolor sit amet consectetur\r\n").into_bytes())
        .collect();
    let mut out = std::io::stdout().lock();
    let (began, mut last, mut worst) = (Instant::now(), Instant::now(), Duration::ZERO);
    loop {
        for part in lines.chunks(4096) {
            out.write_all(part).expect("output");
            let took = last.elapsed();
            last = Instant::now();
            if took > worst && began.elapsed() > START {
                worst = took;
                let _ = std::fs::write(report, took.as_micros().to_string());
                last = Instant::now();
            }
        }
    }
}

pub fn run(what: &str, report: &str) {
    match what {
        "echo" => echo(),
        _ => flood(Path::new(report)),
    }
}

/// A file of so many million bytes: lines of a log, plain or with colours.
pub fn file(path: &Path, mb: usize, coloured: bool) {
    let mut bytes = Vec::with_capacity(mb * 1_000_000 + 200);
    let mut i = 0;
    while bytes.len() < mb * 1_000_000 {
        let (minute, second, worker, branch, files) = (i / 60 % 60, i % 60, i % 16, i % 97, i % 311);
        let (on, off) = if coloured { ("\x1b[32m", "\x1b[0m") } else { ("", "") };
        let _ = writeln!(
            bytes,
            "2026-11-20T20:{minute:02}:{second:02} {on}INFO{off} worker[{worker}] merged branch agent/sec-{branch} \
             into integration, {files} files changed, compile ok"
        );
        i += 1;
    }
    std::fs::write(path, bytes).expect("a file");
}
