//! The rules against violations planted for them: a rule that finds nothing proves nothing.

use crate::docs::{differences, layers};
use crate::lex::tokens;
use crate::rules::{LINES_MOST, Source, arrows, circles, long, outside, unsafes};

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

fn count(rule: fn(&[Source]) -> Vec<String>, path: &str, text: &str) -> usize {
    rule(&[source(path, text)]).len()
}

#[test]
fn arrows_that_point_up_or_aside_are_found() {
    let planted = [
        ("domain/a.rs", "use crate::engine::State;"),
        ("domain/a.rs", "fn f() { crate::git::open(); }"),
        ("domain/a.rs", "use crate::{engine::State, domain::id};"),
        ("domain/a.rs", "use {crate::{engine}};"),
        ("domain/a.rs", "use super::super::engine::State;"),
        ("domain/a.rs", "fn f() { super::super::wire::x() }"),
        ("domain/a/mod.rs", "use super::super::wire::x;"),
        ("domain/a.rs", "mod b { use super::super::super::ui; }"),
        ("domain/mod.rs", "mod b { use super::super::ui; } "),
        ("domain/mod.rs", "mod b { fn f() {} } use super::ui;"),
        ("domain/a.rs", "type T = Vec<crate::ui::View>;"),
        ("domain/a.rs", "macro_rules! m { () => { $crate::ui::x() } }"),
        ("domain/a.rs", "use crate as c;"),
        ("domain/a.rs", "use crate::*;"),
        ("domain/a.rs", "pub(crate) use crate::ui::*;"),
        ("domain/a.rs", "fn f() { let _ = '\"'; crate::ui::x(); let _ = '\"'; }"),
        ("domain/a.rs", "fn f<'a>() { crate::ui::x::<'a>() }"),
        ("domain/a.rs", "#[cfg(test)] mod tests {} use crate::ui;"),
        ("domain/a.rs", "#[cfg(test)] use crate::{wire}; use crate::ui;"),
        ("domain/a.rs", "#[cfg(not(test))] use crate::ui;"),
        ("git/mod.rs", "use crate::session;"),
        ("session/mod.rs", "use crate::hold;"),
        ("engine/mod.rs", "use crate::session;"),
        ("engine/mod.rs", "use crate::ui;"),
        ("client/mod.rs", "use crate::engine;"),
        ("client/mod.rs", "use crate::ui;"),
        ("mcp/mod.rs", "use crate::server;"),
        ("rehearse/mod.rs", "use crate::domain::id;"),
        ("rehearse/a/b.rs", "use orchestra::domain;"),
        ("server/mod.rs", "use crate::cli;"),
        ("novel/mod.rs", ""),
    ];
    for (path, text) in planted {
        assert_eq!(count(arrows, path, text), 1, "{path}: {text}");
    }
}

#[test]
fn arrows_that_point_down_and_text_that_is_none_are_let_be() {
    let right = [
        ("domain/a.rs", "use super::id; use crate::domain::plan; use self::x::y;"),
        ("domain/a.rs", "// crate::ui\n/* use crate::ui; /* nested */ crate::ui */ /// crate::ui\n"),
        ("domain/a.rs", "const S: &str = \"crate::ui \\\" crate::ui\"; const R: &str = r#\"crate::ui\" \"#;"),
        ("domain/a.rs", "#[cfg(test)] mod tests { use crate::ui; fn f() { if x { crate::wire::y() } } }"),
        ("domain/a.rs", "#[cfg(test)] #[allow(dead_code)] fn f(x: [u8; 3]) { crate::ui::x() }"),
        ("domain/a.rs", "mod b { use super::c; use super::super::id; }"),
        ("hold/mod.rs", "use crate::{domain::id, session, wire::{self, Frame}};"),
        ("ui/mod.rs", "use crate::engine::State;"),
        ("cli/up.rs", "use crate::server; use crate::engine;"),
        ("main.rs", "fn main() { orchestra::cli::main() }"),
        ("lib.rs", "pub mod config;"),
    ];
    for (path, text) in right {
        assert_eq!(arrows(&[source(path, text)]), Vec::<String>::new(), "{path}: {text}");
    }
    let tests_file = [
        source("git/mod.rs", "#[cfg(test)] mod tests;"),
        source("git/tests.rs", "use crate::server; use super::super::ui;"),
        source("git/tests/deep.rs", "use crate::server;"),
    ];
    assert_eq!(arrows(&tests_file), Vec::<String>::new());
    // A file called so without the attribute is part of the product.
    assert_eq!(count(arrows, "git/tests.rs", "use crate::server;"), 1);
}

#[test]
fn circles_and_ways_to_the_engine_are_found() {
    let circle = [
        source("wire/mod.rs", "use crate::session;"),
        source("session/mod.rs", "use crate::hold;"),
        source("hold/mod.rs", "use super::wire;"),
    ];
    assert_eq!(circles(&circle).len(), 3);
    let hidden = [source("client/mod.rs", "use crate::ui;"), source("ui/mod.rs", "use crate::engine;")];
    assert_eq!(circles(&hidden), ["`client` can see `engine`"]);
}

#[test]
fn what_pure_modules_must_not_touch_is_found() {
    let planted = [
        ("domain/a.rs", "use std::fs;"),
        ("domain/a.rs", "fn f() { std::env::var(\"X\"); }"),
        ("engine/a.rs", "use std::{collections::BTreeMap, time::{Duration, Instant}};"),
        ("screen/a.rs", "use std::time::SystemTime as Clock;"),
        ("ui/a.rs", "use core::time; "),
        ("ui/a.rs", "use std::time::*;"),
        ("ui/a.rs", "use std as s;"),
        ("ui/a.rs", "use crossterm::event::KeyEvent;"),
        ("engine/a.rs", "fn f() { ::tokio::spawn(x) }"),
        ("engine/a.rs", "use ratatui::Frame;"),
        ("engine/a.rs", "use alacritty_terminal::Term;"),
        ("domain/a.rs", "fn f() { std::thread::sleep(x) }"),
        ("engine/a.rs", "fn f() { return ::tokio::spawn(x) }"),
        ("engine/a.rs", "fn f() { for _ in 0..std::process::id() {} }"),
        ("engine/a.rs", "#[tokio::main] fn f() {}"),
        ("git/a.rs", "use anyhow::Context;"),
        ("server/a.rs", "fn f() -> anyhow::Result<()> {}"),
    ];
    for (path, text) in planted {
        assert!(count(outside, path, text) >= 1, "{path}: {text}");
    }
    let right = [
        ("domain/a.rs", "use std::time::Duration; use std::{fmt, sync::Arc}; fn f() { std::mem::take(x) }"),
        ("ui/a.rs", "use ratatui::{Frame, layout::Rect};"),
        ("screen/a.rs", "use alacritty_terminal::Term; use vte::Parser;"),
        ("git/a.rs", "use std::fs; use git2::Repository;"),
        ("cli/a.rs", "use anyhow::Context;"),
        ("domain/a.rs", "#[cfg(test)] mod tests { use std::fs; }"),
        ("domain/a.rs", "fn f(x: T) { x.std::fs }"),
    ];
    for (path, text) in right {
        assert_eq!(outside(&[source(path, text)]), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn unsafe_and_long_files_are_found() {
    assert_eq!(count(unsafes, "git/a.rs", "fn f() { unsafe { x() } }"), 1);
    assert_eq!(count(unsafes, "git/a.rs", "// unsafe\nconst X: &str = \"unsafe\"; fn not_unsafe() {}"), 0);
    assert!(long("a", &"x\n".repeat(LINES_MOST + 1)).is_some());
    assert!(long("a", &"x\n".repeat(LINES_MOST)).is_none());
}

#[test]
fn lines_are_counted_through_literals_and_comments() {
    let text = "/*\n*/ \"a\nb\" r\"\n\" '\\n' x";
    let last = tokens(text).pop().unwrap();
    assert_eq!((last.text.as_str(), last.line), ("x", 4));
}

#[test]
fn the_pages_are_compared_with_what_is_there() {
    let found = layers(
        "//! | layer | modules |\n//! |---|---|\n//! | 1 edge | `a` `b`, and `c` |\n//! | 0 | `d` |\n",
    );
    let found: Vec<(&str, u32)> = found.iter().map(|(m, l)| (m.as_str(), *l)).collect();
    assert_eq!(found, [("a", 1), ("b", 1), ("c", 1), ("d", 0)]);
    let manifest = "[dependencies]\na = \"1\"\nb = { version = \"1\" }\n[dev-dependencies]\nc = \"1\"\n";
    let page = "| crate | why |\n|---|---|\n| `a` | x |\n| `b` | y |\n| `z` | z |\n";
    assert_eq!(
        differences(manifest, page),
        ["docs/dependencies.md says nothing of `c`", "docs/dependencies.md has `z`, which is not used"]
    );
}
