//! A session of eight panes, eight hours and 1 GB, made of recordings of real programs: how quickly it opens, how quickly
//! any moment of it is shown, what that takes of memory and disk, and what recording costs.
//!
//! `just bench-record [--mb N] [--seeks N] [--keep DIR]`

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cost;
mod find;
mod make;
mod seek;

use std::path::PathBuf;
use std::process::Command;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let value = |name: &str| args.iter().position(|a| a == name).and_then(|i| args.get(i + 1));
    let number = |name: &str, default: usize| value(name).map_or(default, |n| n.parse().expect("a number"));
    let seeks = number("--seeks", 200);
    if let Some(dir) = value("--child") {
        // A process of its own, so that its memory is that of looking back and nothing else.
        return seek::measure(&PathBuf::from(dir), seeks);
    }
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let dir = value("--keep").map_or(temporary.path().to_owned(), PathBuf::from).join("session");
    if !dir.join("FORMAT").exists() {
        make::session(&dir, number("--mb", 1000) << 20);
    }
    println!("| what | measured | target |\n|---|---|---|");
    make::sizes(&dir);
    let exe = std::env::current_exe().expect("this program");
    let child = Command::new(exe).arg("--child").arg(&dir).args(["--seeks", &seeks.to_string()]).status();
    assert!(child.expect("a child").success());
    find::measure(&dir);
    cost::measure(temporary.path());
}
