//! Panes against tmux, and mprocs and zellij where they are installed: a flood in one and in eight panes, the echo of a
//! key beside quiet and flooding panes, what quiet panes cost, memory under floods, a program that reads panes all the
//! time, and taking over from a lost server.
//!
//! `just bench-panes [--only drain,colour,echo,idle,soak,reads,adopt] [--mux orchestra,tmux] [--rounds N] [--minutes N]`

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod measure;
mod mux;
mod outer;
mod procs;
mod reads;
mod work;

use std::path::Path;
use std::time::Duration;

use mux::Mux;

const ALL: [Mux; 4] = [Mux::Ours, Mux::Tmux, Mux::Mprocs, Mux::Zellij];

/// The middle one of what was measured; none where nothing was.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// A line of the table: what, unit, of each multiplexer, the ratio of ours to the first other, the target.
fn line(what: &str, unit: &str, values: &[(Mux, Option<f64>)], target: &str) {
    let of = |mux: Mux| values.iter().find(|v| v.0 == mux).and_then(|v| v.1);
    let cells: Vec<String> = values
        .iter()
        .map(|(_, v)| {
            v.map_or("–".to_owned(), |v| {
                format!("{v:.*} {unit}", usize::from(v < 100.0) + usize::from(v < 10.0))
            })
        })
        .collect();
    let ratio = of(Mux::Ours).zip(of(Mux::Tmux)).map_or("–".to_owned(), |(o, t)| format!("{:.2}×", o / t));
    println!("| {what} | {} | {ratio} | {target} |", cells.join(" | "));
}

/// Measures each in turn, several times, and gives the medians of what `measure` gives.
fn rounds<const N: usize>(
    muxes: &[Mux],
    rounds: usize,
    mut measure: impl FnMut(Mux) -> Option<[f64; N]>,
) -> [Vec<(Mux, Option<f64>)>; N] {
    let mut found: Vec<(Mux, [f64; N])> = Vec::new();
    for _ in 0..rounds {
        for mux in muxes {
            found.extend(measure(*mux).map(|v| (*mux, v)));
        }
    }
    std::array::from_fn(|i| {
        let of = |mux: Mux| median(found.iter().filter(|f| f.0 == mux).map(|f| f.1[i]));
        muxes.iter().map(|mux| (*mux, of(*mux))).collect()
    })
}

fn drains(muxes: &[Mux], n: usize, dir: &Path, coloured: bool) {
    let (kind, wall, cpu) = if coloured { ("coloured ", "", "") } else { ("", "≤ 0.5×", "≤ 0.6×") };
    for (panes, mb) in [(1, 200), (8, 25)] {
        let path = dir.join(format!("{mb}-{coloured}"));
        work::file(&path, mb, coloured);
        let [walls, cpus] = rounds(muxes, n, |mux| measure::drain(mux, panes, &path).map(|(w, c)| [w, c]));
        let what = format!(
            "`cat` of {mb} MB of {kind}lines in {panes} pane{}",
            if panes > 1 { "s each" } else { "" }
        );
        let wall = if panes > 1 && !coloured { "≤ 0.35×" } else { wall };
        line(&format!("{what}: wall"), "s", &walls, wall);
        line("the same: CPU of all its processes", "s", &cpus, cpu);
        let _ = std::fs::remove_file(path);
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let value = |name: &str| args.iter().position(|a| a == name).and_then(|i| args.get(i + 1));
    if let Some(what) = value("--work") {
        return work::run(what, args.last().expect("a file"));
    }
    let number = |name: &str, default: f64| value(name).map_or(default, |n| n.parse().expect("a number"));
    let among = |list: &str, name: &str| value(list).is_none_or(|l| l.split(',').any(|o| o == name));
    let only = |what: &str| among("--only", what);
    let n = number("--rounds", 3.0) as usize;
    let (there, missing): (Vec<Mux>, Vec<Mux>) = ALL.iter().partition(|m| m.version().is_some());
    let muxes: Vec<Mux> = there.into_iter().filter(|m| among("--mux", m.name())).collect();
    missing.iter().for_each(|m| println!("{} is left out: it is not installed (not in PATH).\n", m.name()));
    let names: Vec<String> = muxes
        .iter()
        .map(|m| m.version().filter(|v| !v.is_empty()).unwrap_or_else(|| m.name().to_owned()))
        .collect();
    println!("| what | {} | ratio to tmux | target |", names.join(" | "));
    println!("|---|{}---|---|", "---|".repeat(names.len()));
    let folder = tempfile::tempdir().expect("a directory");
    let dir = folder.path();
    if only("drain") {
        drains(&muxes, n, dir, false);
    }
    if only("colour") {
        drains(&muxes, n, dir, true);
    }
    for (flood, p50, p99) in [(false, "", "≤ 3 ms"), (true, "≤ 5 ms", "≤ 15 ms")] {
        if only("echo") {
            let found = rounds(&muxes, n.min(2), |m| measure::echo(m, flood, 200).map(|(a, b)| [a, b]));
            let beside = if flood { "flooding" } else { "quiet" };
            line(&format!("a key to its echo beside seven {beside} panes: p50"), "ms", &found[0], p50);
            line("the same: p99", "ms", &found[1], p99);
        }
    }
    if only("idle") {
        let [cpu, woken, server, all] = rounds(&muxes, 1, |m| Some(measure::idle(m, 30, 10)));
        line("30 quiet panes: CPU in a second", "ms", &cpu, "< 10 ms");
        line("the same: wake-ups in a second", "", &woken, "0");
        line("the same: memory of the server", "MiB", &server, "< 60 MiB");
        line("the same: memory of all its processes", "MiB", &all, "");
    }
    if only("soak") {
        let minutes = number("--minutes", 0.4);
        let length = Duration::from_secs_f64(minutes * 60.0);
        let [most, slope, gap] = rounds(&muxes, 1, |m| Some(measure::soak(m, length)));
        line(&format!("eight floods for {minutes} min: memory of all at most"), "MiB", &most, "< 100 MiB");
        line("the same: how that grows in a minute", "MiB", &slope, "0");
        line("the same: longest that a program waited", "ms", &gap, "≤ 100 ms");
    }
    if only("reads") && muxes.contains(&Mux::Ours) {
        let count = number("--reads", 10_000.0) as usize;
        let ours = |v: f64| vec![(Mux::Ours, Some(v))];
        for (tool, arguments, target) in reads::others() {
            let found = reads::reads(count, (tool, &arguments));
            let what = format!("eight floods, read {count} times over MCP: reads in a second");
            line(&what, "", &ours(found.reads), "");
            for (when, [p50, p99], target) in
                [("before", found.before, ""), ("meanwhile", found.beside, target)]
            {
                line(&format!("the same: another program's `{tool}` {when}: p50"), "ms", &ours(p50), "");
                line("the same: p99", "ms", &ours(p99), target);
            }
        }
    }
    if only("adopt") && muxes.contains(&Mux::Ours) {
        let (panes, mb) = (2, 200);
        for coloured in [false, true] {
            let path = dir.join("adopt");
            work::file(&path, mb, coloured);
            let kind = if coloured { "coloured " } else { "" };
            let took = rounds(&[Mux::Ours], 1, |_| Some([measure::adopt(panes, &path)]));
            let mut took = took[0].clone();
            took.extend(muxes.iter().filter(|m| **m != Mux::Ours).map(|m| (*m, None)));
            let what = format!(
                "{panes} panes with logs of {mb} MB of {kind}lines, server killed: until all is back"
            );
            line(&what, "s", &took, "< 2 s");
        }
    }
}
