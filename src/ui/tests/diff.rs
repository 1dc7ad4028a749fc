//! Reading a branch.

use insta::assert_snapshot;

use super::fixture::*;
use super::merging::merging;
use super::review::click;
use crate::domain::command::{Command, What};
use crate::domain::diff::{BranchDiff, Change, Ending, FileDiff, Hunk, Kind, Line, Sign, colours, mark};
use crate::domain::id::Oid;
use crate::domain::view::{Answer, Fault};
use crate::ui::{Action, Look, notify};

/// A file as a patch says it: `+`, `-` or a blank before each line, `@` between hunks.
fn file(path: &str, change: Change, patch: &str) -> FileDiff {
    let mut hunks = Vec::new();
    let (mut old, mut new) = (1, 1);
    for part in patch.split("@\n") {
        let from = [old, new];
        let mut lines = Vec::new();
        for text in part.lines() {
            let sign = match text.chars().next() {
                Some('+') => Sign::Added,
                Some('-') => Sign::Removed,
                _ => Sign::Same,
            };
            let (was, is) = (sign != Sign::Added, sign != Sign::Removed);
            let ending = if text.ends_with('~') { Ending::Crlf } else { Ending::Lf };
            let shown = text.get(1..).unwrap_or("").trim_end_matches('~').to_owned();
            let inks = colours(path, &shown, &mut || false).into_iter().next().unwrap_or_default();
            let (a, b) = (if was { old } else { 0 }, if is { new } else { 0 });
            lines.push(Line { sign, old: a, new: b, text: shown, ending, cut: false, marks: vec![], inks });
            old += u32::from(was);
            new += u32::from(is);
        }
        mark(&mut lines);
        let section = "fn serve()".into();
        hunks.push(Hunk { old: [from[0], old - from[0]], new: [from[1], new - from[1]], section, lines });
        (old, new) = (old + 40, new + 40);
    }
    let count =
        |sign| u32::try_from(hunks.iter().flat_map(|h| &h.lines).filter(|l| l.sign == sign).count()).unwrap();
    let (added, removed) = (count(Sign::Added), count(Sign::Removed));
    let (path, kind) = (path.into(), Kind::Text);
    FileDiff { path, from: None, change, kind, modes: None, added, removed, hunks, more: 0 }
}

pub(super) fn of_sec() -> BranchDiff {
    let same = |from: u32, to: u32| (from..=to).map(|n| format!("     step({n});\n")).collect::<String>();
    let code = format!(
        " fn serve() {{\n     // 日本語 and\ttabs\n-    let limit = read(path, 10);\n+    let limit = read(path, most)?;\n{}\
         -    old();\n-    older();\n+    new(\"a text\");~\n{}@\n     end();\n+    more();\n }}\n",
        same(4, 24),
        same(25, 27)
    );
    let mut files = vec![
        file("src/net/serve.rs", Change::Modified, &code),
        file("policies/require-labels.yaml", Change::Added, "+kind: Policy\n+labels: [owner, team]\n"),
    ];
    let plain = |path: &str, change, kind| FileDiff { kind, hunks: vec![], ..file(path, change, "") };
    files.push(FileDiff {
        from: Some("doc/old name.md".into()),
        ..plain("doc/guide.md", Change::Renamed, Kind::Text)
    });
    files.push(plain("logo.png", Change::Added, Kind::Binary));
    files.push(FileDiff {
        more: 7000,
        added: 7000,
        ..plain("src/data/large.ts", Change::Modified, Kind::Text)
    });
    let (added, removed) = (files.iter().map(|f| f.added).sum(), files.iter().map(|f| f.removed).sum());
    BranchDiff {
        agent: name("SEC"),
        branch: "agent-3-sec".into(),
        base: Oid("1b1c6aa0000".into()),
        head: Oid("77b0aa1".into()),
        open: false,
        why: String::new(),
        files,
        more: 0,
        added,
        removed,
    }
}

fn reading(cols: u16, rows: u16) -> Desk {
    let mut d = desk(merging(), cols, rows);
    d.press("3 d");
    notify(&mut d.view, &Answer::Diff(Box::new(of_sec())));
    d
}

#[test]
fn a_branch_is_read() {
    assert_snapshot!(reading(80, 24).shot());
    assert_snapshot!(reading(80, 24).press("<Tab>").shot());
    assert_snapshot!(reading(120, 40).shot());
    assert_snapshot!(reading(200, 50).shot());
    assert_snapshot!(reading(20, 5).shot());
    let ascii = Look { ascii: true, plain: true, ..Look::default() };
    let mut d = looking(merging(), 120, 30, ascii);
    d.press("3 d");
    notify(&mut d.view, &Answer::Diff(Box::new(of_sec())));
    assert_snapshot!(d.shot());
}

#[test]
fn d_asks_git_and_says_so_until_it_answers() {
    let mut d = desk(merging(), 80, 24);
    d.press("3 d");
    let ask = |open| Action::Do(Command::Diff { agent: name("SEC"), open, path: None });
    assert_eq!(d.took(), [ask(false)]);
    assert!(d.shot().contains("reading the branch of SEC…"), "{}", d.shot());
    let why = "read branch `agent-3-sec`: it is gone".to_owned();
    notify(&mut d.view, &Answer::Fault { fault: Fault::Failed, why });
    d.view.message = None;
    assert!(d.shot().contains("failed to read branch"), "{}", d.shot());
    d.press("v");
    assert_eq!(d.took(), [ask(false)]);
    notify(&mut d.view, &Answer::Diff(Box::new(of_sec())));
    d.press("u");
    assert_eq!(d.took(), [ask(true)]);
    notify(&mut d.view, &Answer::Diff(Box::new(BranchDiff { open: true, ..of_sec() })));
    d.press("j");
    assert!(d.shot().contains("77b0aa1 + uncommitted since"), "{}", d.shot());
    // From the review, and back to it.
    d.press("q v j d");
    notify(&mut d.view, &Answer::Diff(Box::new(of_sec())));
    d.press("q");
    assert!(d.shot().contains("merge order"), "{}", d.shot());
    d.press("q 1 d");
    assert!(d.shot().contains("ORCHESTRATOR has no branch"), "{}", d.shot());
}

#[test]
fn keys_go_through_changes_files_and_folds() {
    let mut d = reading(120, 30);
    let here = |d: &Desk| {
        let terminal = d.terminal();
        let buffer = terminal.backend().buffer().clone();
        let reversed = ratatui::style::Modifier::REVERSED;
        let row = (0..30).find(|y| (33..36).any(|x| buffer[(x, *y)].modifier.contains(reversed))).unwrap();
        (33..119).map(|x| buffer[(x, row)].symbol().to_owned()).collect::<String>().trim().to_owned()
    };
    assert!(here(&d).starts_with("3     - "), "{}", here(&d));
    d.press("n");
    assert!(here(&d).contains("old();"), "{}", here(&d));
    d.press("n");
    assert!(here(&d).contains("more();"), "{}", here(&d));
    d.press("n");
    assert!(here(&d).contains("kind: Policy"), "{}", here(&d));
    d.press("p");
    assert!(here(&d).contains("more();"), "{}", here(&d));
    d.press("p p k k k k");
    assert!(d.shot().contains("unchanged lines"), "{}", d.shot());
    d.press("G g n j j j j j");
    assert!(here(&d).contains("unchanged lines"), "{}", here(&d));
    d.press("<Enter>");
    assert!(here(&d).contains("step(7);") && !d.shot().contains("unchanged"), "{}", d.shot());
    d.press("x x");
    assert!(d.shot().contains("unchanged lines"), "{}", d.shot());
    // The lines of a file that was too much are asked for when it is gone to.
    d.took();
    d.press("J ] J");
    assert_eq!(d.took(), []);
    d.press("J");
    let path = Some("src/data/large.ts".to_owned());
    assert_eq!(d.took(), [Action::Do(Command::Diff { agent: name("SEC"), open: false, path })]);
    d.press("n");
    assert!(d.shot().contains("this is the last change"));
    let mut more = of_sec();
    more.files.iter_mut().for_each(|f| f.hunks.clear());
    more.files[4] = FileDiff { more: 6990, ..file("src/data/large.ts", Change::Modified, "+const a = 1;\n") };
    notify(&mut d.view, &Answer::Diff(Box::new(more)));
    d.press("j");
    assert!(
        d.shot().contains("… 6990 more lines, open `git diff 1b1c6aa...agent-3-sec -- src/data/large.ts`")
    );
    d.press("K K K K");
    assert!(here(&d).contains("let limit"), "what was read before is still there: {}", d.shot());
}

#[test]
fn sides_stand_beside_each_other_where_there_is_room_or_somebody_says_so() {
    let mut d = reading(120, 40);
    assert!(d.shot().contains("      3 +     let limit"), "{}", d.shot());
    d.press("s");
    assert_snapshot!(d.shot());
    let wide = reading(200, 50).press("s").shot();
    assert!(wide.contains("3     -     let limit = read(path, 10);"), "{wide}");
}

#[test]
fn a_comment_becomes_a_prompt_for_the_branchs_agent() {
    let mut d = reading(120, 40);
    d.press("<Space> j c");
    d.paste("Say why.");
    assert_snapshot!(d.shot());
    // Kept, and a second one goes below it.
    d.press("<Esc> n j c");
    d.paste("And this?");
    d.took();
    d.press("<Enter>");
    let [Action::Do(Command::Send { targets, what: What::Text(text), .. })] = &d.took()[..] else { panic!() };
    assert_eq!(targets[0].0, "SEC");
    let expected = "In `src/net/serve.rs`, line 3 of agent-3-sec:\n\n\
                    > -     let limit = read(path, 10);\n> +     let limit = read(path, most)?;\n\nSay why.\n\n\
                    In `src/net/serve.rs`, what was line 26 of agent-3-sec:\n\n> -     older();\n\nAnd this?";
    assert_eq!(text, expected);
    assert!(d.shot().contains("src/net/serve.rs"), "the branch is still open");
    d.press("g c");
    assert!(d.shot().contains("no line is chosen"), "{}", d.shot());
}

#[test]
fn a_text_is_looked_for_in_all_lines() {
    let mut d = reading(120, 30);
    d.press("/");
    d.paste("STEP");
    assert!(d.shot().contains("find in the branch: STEP"), "{}", d.shot());
    d.press("<Enter>");
    assert!(d.shot().contains("`STEP` is not in what was read of the branch"), "{}", d.shot());
    // In a fold.
    d.press("/ s t e p (10 <Enter>");
    assert!(d.shot().contains("step(10);") && !d.shot().contains("unchanged lines"), "{}", d.shot());
    // In the next file, and round again.
    d.press("/ l a b e l s <Enter>");
    assert!(d.shot().contains("2 of 5 added policies/"), "{}", d.shot());
    d.press("/ m o r e ( <Enter>");
    assert!(d.shot().contains("1 of 5 modified src/net/serve.rs"), "{}", d.shot());
    d.press("/ e <Enter> / <Enter> / <Esc>");
    let terminal = d.terminal();
    let reversed = ratatui::style::Modifier::REVERSED;
    let marked = terminal
        .backend()
        .buffer()
        .content
        .iter()
        .filter(|c| c.modifier.contains(reversed) && c.symbol() == "e");
    assert!(marked.count() > 10, "{}", d.shot());
}

#[test]
fn the_mouse_reaches_files_lines_and_keys() {
    let mut d = reading(120, 30);
    click(&mut d, "re-labels");
    assert!(d.shot().contains("2 of 5 added policies/require-labels.yaml"), "{}", d.shot());
    click(&mut d, "labels: [owner");
    click(&mut d, "labels: [owner");
    assert!(d.shot().contains("> + labels: [owner, team]"), "{}", d.shot());
    d.press("<Esc>");
    d.view.message = None;
    click(&mut d, "next file");
    assert!(d.shot().contains("was doc/old name.md · content as before"), "{}", d.shot());
    click(&mut d, "Esc close");
    assert!(!d.shot().contains("next file"), "{}", d.shot());
}

#[test]
fn what_moved_since_and_what_is_empty_say_so() {
    let mut d = reading(120, 30);
    agent(&mut d.state, "SEC").facts.as_mut().unwrap().head = Oid("0000001".into());
    assert!(d.shot().contains("▲ moved since, v reads again"), "{}", d.shot());
    let none = BranchDiff { files: vec![], ..of_sec() };
    notify(&mut d.view, &Answer::Diff(Box::new(none)));
    assert!(d.shot().contains("nothing is committed; u counts uncommitted work in"), "{}", d.shot());
    d.press("j n <Enter> c <Tab> J G s x");
}

#[test]
fn words_that_differ_are_marked_without_colour() {
    let d = reading(120, 30);
    let terminal = d.terminal();
    let buffer = terminal.backend().buffer();
    let mark = ratatui::style::Modifier::UNDERLINED;
    let marked: String =
        buffer.content.iter().filter(|c| c.modifier.contains(mark)).map(|c| c.symbol().to_owned()).collect();
    assert!(marked.starts_with("10most?"), "{marked}");
}
