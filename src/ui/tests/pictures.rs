//! `docs/screens`: a text picture of each view, drawn from a session made by hand by the keys that are told.
//! `ORCHESTRA_WRITE_DOCS=1 cargo test --lib ui::tests::pictures` draws them anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::calls::told;
use super::company::shared;
use super::composing::{shown, with_prompts};
use super::copying::printed;
use super::diff::of_sec;
use super::fixture::*;
use super::incident::kit::{fleet, halfway, reported, with, written};
use super::merging::{built, halted, merging, planned};
use super::replay::recorded;
use super::talking::asked;
use super::workflow::halfway as followed;
use crate::domain::state::Outcome;
use crate::domain::view::{Answer, Receipt};
use crate::ui::{Look, notify};

/// One picture: its file, what it shows, the keys that lead there, and the screen.
struct Picture {
    name: &'static str,
    what: &'static str,
    keys: &'static str,
    shot: String,
}

/// What a desk shows, without blanks at the ends of lines.
fn seen(d: &Desk) -> String {
    let terminal = d.terminal();
    let buffer = terminal.backend().buffer();
    let line = |y: u16| {
        let mut text = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            // What lies below the second half of a wide character is not seen.
            x += u16::try_from(unicode_width::UnicodeWidthStr::width(symbol)).unwrap().max(1);
        }
        text.trim_end().to_owned() + "\n"
    };
    (0..buffer.area.height).map(line).collect()
}

fn picture(name: &'static str, what: &'static str, keys: &'static str, d: &Desk) -> Picture {
    Picture { name, what, keys, shot: seen(d) }
}

/// A picture of what keys alone lead to.
fn pressed(name: &'static str, what: &'static str, keys: &'static str, mut d: Desk) -> Picture {
    d.press(keys);
    picture(name, what, keys, &d)
}

fn receipt(dispatch: u64, who: &str, outcome: Option<Outcome>, why: &str, ms: u64) -> Receipt {
    Receipt { dispatch, agent: name(who), outcome, why: why.into(), removed: 0, ms }
}

fn pictures() -> Vec<Picture> {
    let busy = |cols, rows| desk(busy(), cols, rows);
    let merging = |cols, rows| desk(merging(), cols, rows);
    let mut all = vec![
        pressed("grid", "a tab's panes, and at the left who needs a person", "3 l", busy(120, 30)),
        pressed("grid-wide", "the same on a large terminal", "3", busy(200, 50)),
        pressed("focus", "one pane and a line of all agents, on a small terminal", "3 ]", busy(80, 24)),
        pressed("zoom", "one pane alone", "3 z", busy(120, 30)),
        pressed("typing", "keys go into the pane", "3 l <Enter>", busy(120, 30)),
        pressed("monitor", "all agents as a table", "5 j j", busy(120, 30)),
        pressed("journal", "what happened", "L", busy(120, 30)),
        pressed("palette", "any action by name", ": g a t e", busy(120, 30)),
        pressed("help", "all keys", "?", busy(120, 40)),
        pressed("confirm", "what cannot be undone is asked, with what comes of it", "3 x", busy(120, 30)),
        pressed("call", "a call waits for a yes, while one types", "3 l <Enter>", told(120, 30)),
        pressed("call-dialog", "what would come of a call, and who asks for it", "3 C", told(120, 30)),
        pressed("call-small", "the same on a small terminal", "3 C", told(80, 24)),
        pressed("queries", "what agents ask each other and people", "Q", desk(asked(), 120, 30)),
        pressed(
            "query",
            "one of them, and its answer as it is written",
            "Q <Enter> y e s",
            desk(asked(), 80, 24),
        ),
        pressed(
            "incident",
            "the incident of a fleet while its specialists look",
            "1",
            desk(halfway(), 120, 30),
        ),
        pressed("incident-wide", "the same on a large terminal", "1", desk(halfway(), 200, 50)),
        pressed("incident-small", "its findings on a small terminal", "1", desk(halfway(), 80, 24)),
        pressed(
            "incident-causes",
            "what follows from them",
            "<Tab>",
            desk(with(reported("scale-out")), 80, 24),
        ),
        pressed("incident-written", "the postmortem stands", "1", desk(written(), 200, 50)),
        pressed(
            "workflow",
            "a project that follows a workflow, on its ninth day",
            "1",
            desk(followed(), 120, 30),
        ),
        pressed("workflow-wide", "the same on a large terminal", "1", desk(followed(), 200, 50)),
        pressed("workflow-small", "its tasks on a small terminal", "1", desk(followed(), 80, 24)),
        pressed("workflow-answer", "what waits for a person is answered", "A", desk(followed(), 80, 24)),
        pressed("plans", "plans to choose from", "2 r", busy(120, 30)),
        pressed(
            "review",
            "facts of all branches, and what merging them would meet",
            "v j j",
            merging(120, 30),
        ),
        {
            let mut d = merging(120, 30);
            d.press(super::unmerged::OPEN);
            notify(&mut d.view, &Answer::Unmerged(Box::new(super::unmerged::of_sec_and_obs())));
            picture("hunks", "the lines that keep two branches from merging", super::unmerged::OPEN, &d)
        },
        pressed(
            "merge-halted",
            "a train that stands still, and what can be done",
            "M",
            desk(halted(), 120, 30),
        ),
        pressed(
            "replay",
            "a recording, with its time line",
            "3",
            recorded(super::fixture::busy(), 120, 30, Look::default()),
        ),
        pressed(
            "copy",
            "what a pane printed: lines are chosen and copied",
            "3 c k k V k k",
            printed(120, 30),
        ),
        pressed(
            "search",
            "a text is looked for in what a pane printed",
            "3 / e r r o r 1 <Enter>",
            printed(120, 30),
        ),
        pressed("many", "64 agents, page by page", "2", desk(many(64), 120, 30)),
        pressed("company", "somebody else's size, and who is where", "", shared(120, 30)),
        pressed("prompts-sent", "what became of the last prompt of each", "t", busy(120, 30)),
        pressed("empty", "nothing has happened yet", "", desk(fresh(), 120, 30)),
        pressed("too-small", "too small to draw on", "", busy(19, 4)),
        pressed("smallest", "the smallest that is drawn on", "3", busy(20, 5)),
    ];
    all.push({
        let keys = "b <Tab> a <Space> l l <Space>";
        let mut d = busy(120, 30);
        d.press("b");
        d.paste("Check your part against docs/limits.md.\nCommit what you change.");
        d.press("<Tab> a <Space> l l <Space>");
        picture("composer", "a prompt for some agents", keys, &d)
    });
    all.push({
        let keys = "b <C-t> e n h <Enter>";
        let mut d = desk(with_prompts(), 120, 30);
        d.press(keys);
        shown(&mut d, "ARCH", "enhance");
        picture("preview", "a prompt of the library, as each agent would get it", keys, &d)
    });
    all.push({
        let mut d = busy(120, 30);
        let receipts = vec![
            receipt(7, "ARCH", Some(Outcome::Submitted), "", 400),
            receipt(8, "NET", Some(Outcome::Stalled), "not reading", 2000),
        ];
        notify(&mut d.view, &Answer::Receipts { receipts });
        picture("receipts", "what became of a prompt", "b … Enter", &d)
    });
    all.push(of_form());
    for (name, cols, rows, keys) in
        [("diff", 120, 30, "3 d n"), ("diff-sides", 160, 30, "3 d n"), ("diff-small", 80, 24, "3 d n")]
    {
        let mut d = merging(cols, rows);
        d.press("3 d");
        notify(&mut d.view, &Answer::Diff(Box::new(of_sec())));
        d.press("n");
        all.push(picture(name, "what a branch changes", keys, &d));
    }
    all.push({
        let keys = "3 d Space j c";
        let mut d = merging(120, 30);
        d.press("3 d");
        notify(&mut d.view, &Answer::Diff(Box::new(of_sec())));
        d.press("<Space> j c");
        d.paste("Why not a constant?");
        picture("comment", "a comment on lines becomes a prompt for the branch's agent", keys, &d)
    });
    all.push({
        let mut d = merging(120, 30);
        d.press("M");
        notify(&mut d.view, &Answer::Train(Box::new(planned(Some(built())))));
        picture("merge", "a merge that is planned, and the question before the target moves", "M", &d)
    });
    all
}

fn of_form() -> Picture {
    let mut d = desk(fleet(), 100, 30);
    d.press("o");
    d.paste("Checkout is slow: p95 latency is 2.4 s since 02:16 UTC on 2026-03-14.");
    picture("incident-form", "an incident is taken on: what its report answers, and what is open", "o", &d)
}

/// The page that lists them.
fn page(all: &[Picture]) -> String {
    let mut text = String::from(
        "# Pictures of the dashboard\n\nText pictures of each view, drawn by a test from a session made by hand \
         (`ORCHESTRA_WRITE_DOCS=1 cargo test --lib ui::tests::pictures`). The keys are those that lead there.\n\n\
         | picture | shows | keys |\n|---|---|---|\n",
    );
    for p in all {
        let keys = if p.keys.is_empty() { "–".to_owned() } else { format!("`{}`", p.keys) };
        text.push_str(&format!("| [{0}.txt]({0}.txt) | {1} | {keys} |\n", p.name, p.what));
    }
    text
}

#[test]
fn the_pictures_are_what_is_drawn() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screens");
    let all = pictures();
    let mut files: Vec<(String, String)> =
        all.iter().map(|p| (format!("{}.txt", p.name), p.shot.clone())).collect();
    files.push(("README.md".into(), page(&all)));
    if std::env::var_os("ORCHESTRA_WRITE_DOCS").is_some() {
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in &files {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let stale: Vec<&String> = files
        .iter()
        .filter(|(name, text)| fs::read_to_string(folder.join(name)).ok().as_ref() != Some(text))
        .map(|(name, _)| name)
        .collect();
    assert!(stale.is_empty(), "{stale:?} in docs/screens are stale: see the head of this file");
    let there: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let known: BTreeSet<String> = files.into_iter().map(|(name, _)| name).collect();
    assert_eq!(there, known, "pictures that no test draws");
}
