//! Git work measured against the git program, both in one run, alternating: only the ratios mean something.
//!
//! `just bench-git [small] [medium] [large] [--rounds N] [--only WHAT,…] [--keep DIR]`

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod measure;
mod repo;
mod tasks;

use std::path::PathBuf;

use measure::Line;
use repo::{Repo, SIZES};

/// Everything that can be measured, in order.
const ALL: [&str; 7] = ["memory", "predict", "again", "first", "train", "status", "worktrees"];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [child, repo] = &args[..]
        && child == "--child"
    {
        return tasks::child(&PathBuf::from(repo));
    }
    let value = |name: &str| args.iter().position(|a| a == name).and_then(|i| args.get(i + 1));
    let rounds: usize = value("--rounds").map_or(5, |n| n.parse().expect("a number"));
    let only: Vec<&str> = value("--only").map_or(ALL.to_vec(), |list| list.split(',').collect());
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let dir = value("--keep").map_or(temporary.path().to_owned(), PathBuf::from);
    std::fs::create_dir_all(&dir).expect("a folder");
    let dir = dir.canonicalize().expect("a folder");
    let named = |name: &str| args.iter().any(|a| a == name);
    let any = SIZES.iter().any(|s| named(s.name));
    println!("{}", Line::HEAD);
    for size in SIZES.iter().filter(|s| !any || named(s.name)) {
        let made = dir.join(size.name);
        let repo =
            if made.join(".git/refs/heads/main").exists() { Repo::at(&made) } else { Repo::make(&dir, size) };
        for what in ALL.iter().filter(|w| only.contains(w)) {
            for line in tasks::run(what, &repo, size, rounds) {
                println!("{line}");
            }
        }
    }
}
