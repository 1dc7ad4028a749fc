//! What is measured, of one multiplexer at a time.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::mux::{Mux, Session};
use crate::procs;

/// How long a multiplexer gets to be as it will be.
const SETTLE: Duration = Duration::from_millis(1500);
const LIMIT: Duration = Duration::from_secs(120);
const SLEEP: &str = "exec sleep 1000000";

pub fn this() -> String {
    std::env::current_exe().expect("this program").display().to_string()
}

/// Wall time and CPU until everything was printed.
pub fn drain(mux: Mux, panes: usize, file: &Path) -> Option<(f64, f64)> {
    let program = |n: usize| {
        let file = file.display();
        format!("while [ ! -e {{dir}}/go ]; do sleep 0.05; done\ncat {file}\ntouch {{dir}}/done/{n}\n{SLEEP}")
    };
    let session = Session::start(mux, &(0..panes).map(program).collect::<Vec<_>>());
    std::thread::sleep(SETTLE);
    let before = session.processes();
    std::fs::write(session.dir().join("go"), "").expect("a file");
    let began = Instant::now();
    let whole = session.done(panes, LIMIT);
    let wall = began.elapsed();
    session.outer.quiet(Duration::from_millis(300));
    let cpu = procs::cpu(&before, &session.processes());
    whole.then_some((wall.as_secs_f64(), cpu.as_secs_f64()))
}

/// From a key to its echo in milliseconds, p50 and p99; none when echoes never came.
pub fn echo(mux: Mux, flood: bool, samples: usize) -> Option<(f64, f64)> {
    let mut programs = vec![format!("exec {} --work echo", this())];
    let other = format!("sleep 2\nexec {} --work flood {{dir}}/gap", this());
    programs.extend((0..7).map(|_| if flood { other.clone() } else { SLEEP.to_owned() }));
    let session = Session::start(mux, &programs);
    session.outer.wait(b"ECHO-READY", Duration::from_secs(20))?;
    std::thread::sleep(SETTLE);
    session.type_into_first();
    std::thread::sleep(Duration::from_millis(if flood { 2000 } else { 500 }));
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ";
    let (mut took, mut lost, mut dice) = (Vec::new(), 0, 12345_u64);
    for letter in letters.iter().cycle().take(samples) {
        session.outer.forget();
        let began = Instant::now();
        session.outer.send(&[*letter]);
        match session.outer.wait(&[*letter; 3], Duration::from_secs(3)) {
            Some(at) => took.push((at - began).as_secs_f64() * 1000.0),
            None => lost += 1,
        }
        if lost > 3 {
            return None;
        }
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        std::thread::sleep(Duration::from_millis(5 + (dice >> 33) % 35));
    }
    took.sort_by(f64::total_cmp);
    let at = |p: f64| took[((took.len() - 1) as f64 * p).round() as usize];
    Some((at(0.5), at(0.99)))
}

/// CPU in ms a second, wake-ups a second, memory of the server and of all in MiB, of quiet panes.
pub fn idle(mux: Mux, panes: usize, seconds: u64) -> [f64; 4] {
    let programs: Vec<String> = (0..panes).map(|n| format!("echo quiet {n}\n{SLEEP}")).collect();
    let session = Session::start(mux, &programs);
    // What looks for silence looks for some seconds.
    std::thread::sleep(Duration::from_secs(9));
    let before = session.processes();
    std::thread::sleep(Duration::from_secs(seconds));
    let after = session.processes();
    let each = |n: f64| n / seconds as f64;
    let server = session.server().map_or(0, |pid| procs::look(pid).rss) as f64 / 1024.0;
    let cpu = procs::cpu(&before, &after).as_secs_f64() * 1000.0;
    [each(cpu), each(procs::woken(&before, &after) as f64), server, procs::memory(&after)]
}

/// Eight floods: memory of all at most and how it grows a minute, in MiB; the longest wait of a program, in ms.
pub fn soak(mux: Mux, length: Duration) -> [f64; 3] {
    let programs: Vec<String> =
        (0..8).map(|n| format!("sleep 1\nexec {} --work flood {{dir}}/gap{n}", this())).collect();
    let session = Session::start(mux, &programs);
    let began = Instant::now();
    let mut seen = Vec::new();
    while began.elapsed() < length {
        std::thread::sleep(Duration::from_millis(1000));
        seen.push((began.elapsed().as_secs_f64() / 60.0, procs::memory(&session.processes())));
    }
    if std::env::var_os("PANES_VERBOSE").is_some() {
        for (pid, p) in session.processes() {
            eprintln!("{pid} {} KiB {:?} {}", p.rss, p.cpu, p.command);
        }
    }
    let most = seen.iter().map(|s| s.1).fold(0.0, f64::max);
    let later = &seen[seen.len() / 3..];
    let mean = |of: fn(&(f64, f64)) -> f64| later.iter().map(of).sum::<f64>() / later.len() as f64;
    let (x, y) = (mean(|s| s.0), mean(|s| s.1));
    let slope = later.iter().map(|s| (s.0 - x) * (s.1 - y)).sum::<f64>()
        / later.iter().map(|s| (s.0 - x).powi(2)).sum::<f64>();
    let gap = |n: usize| std::fs::read_to_string(session.dir().join(format!("gap{n}"))).unwrap_or_default();
    let gaps = (0..8).map(|n| gap(n).parse::<f64>().unwrap_or(0.0) / 1000.0);
    [most, slope, gaps.fold(0.0, f64::max)]
}

/// From the loss of the server to the ends of all logs, in seconds; so much was printed in each pane.
pub fn adopt(panes: usize, file: &Path) -> f64 {
    let program = |n: usize| {
        let (file, done) = (file.display(), format!("touch {{dir}}/done/{n}"));
        format!(
            "while [ ! -e {{dir}}/go ]; do sleep 0.05; done\ncat {file}\necho end-of-$((1000+{n}))\n{done}\n{SLEEP}"
        )
    };
    let session = Session::start(Mux::Ours, &(0..panes).map(program).collect::<Vec<_>>());
    std::thread::sleep(SETTLE);
    std::fs::write(session.dir().join("go"), "").expect("a file");
    assert!(session.done(panes, LIMIT), "the panes never printed all");
    session.outer.quiet(Duration::from_secs(1));
    let old = session.server().expect("a server");
    procs::kill("KILL", old);
    let began = Instant::now();
    session.run(&["up", "--detach"]);
    for n in 0..panes {
        let (name, end) = (format!("P{n}"), format!("end-of-{}", 1000 + n));
        while !session.run(&["read", &name, "--lines", "5"]).contains(&end) {
            assert!(began.elapsed() < LIMIT, "{name} never came back");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    began.elapsed().as_secs_f64()
}
