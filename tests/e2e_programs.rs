//! Real terminal programs in panes, and the dashboard itself inside tmux: driven by keys and mouse as a person does, looked at
//! as tmux shows it. What is not installed is skipped, which is said.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use kit::Place;
use kit::tmux::{Tmux, installed};

/// A session of one shell, looked at from tmux with its pane typed into.
fn typing(rows: u16, cols: u16) -> (Place, Tmux) {
    let place = Place::with_shells(&["A"], "[[tab]]\nname = \"Work\"\npanes = [\"A\"]\n");
    place.up();
    let tmux = Tmux::attach(&place, rows, cols);
    tmux.shows("A ○ idle");
    tmux.keys(&["Enter"]);
    tmux.shows("leaves");
    (place, tmux)
}

/// The shell answers: whatever was on the screen is gone.
fn shell_is_back(tmux: &Tmux, word: &str) {
    tmux.types(&format!("echo {word}-$((40+2))\r"));
    tmux.shows(&format!("{word}-42"));
}

#[test]
fn vim() {
    if !installed(&["tmux", "vim"]) {
        return;
    }
    let (place, tmux) = typing(30, 100);
    std::fs::write(
        place.worktree("A").join("code.c"),
        "/* a comment */\nint main(void)\n{\n\treturn 0;\n}\n",
    )
    .unwrap();
    shell_is_back(&tmux, "before");
    tmux.types("vim -n -u NONE -i NONE --cmd 'set nocompatible background=dark' -c 'syntax on' code.c\r");
    tmux.shows("int main(void)");
    tmux.until("the empty lines of vim", |text| text.matches('~').count() > 10);
    assert!(!tmux.text().contains("before-42"), "it has the whole pane: {}", tmux.text());
    // Colours are there, and only where they belong.
    let coloured = tmux.coloured();
    let comment = coloured.lines().find(|l| l.contains("/* a comment */")).unwrap().to_owned();
    let before = comment.split("/* a comment */").next().unwrap();
    assert!(before.contains("\x1b[3") || before.contains("\x1b[9"), "{comment:?}");

    tmux.types("Ohello 日本語");
    tmux.keys(&["Escape"]);
    tmux.shows("hello 日本語");
    // It is told of another size, and draws anew for it.
    let tildes = tmux.text().matches('~').count();
    tmux.resize(24, 80);
    tmux.until("fewer empty lines", |text| {
        let now = text.matches('~').count();
        now > 5 && now < tildes && text.contains("hello 日本語")
    });
    tmux.types(":set columns? lines?\r");
    let told = tmux.shows("columns=");
    let number = |name: &str| {
        let at = told.find(name).unwrap() + name.len();
        told[at..].chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u16>().unwrap()
    };
    let columns = number("columns=");
    assert!((70..=80).contains(&columns), "{told}");
    tmux.keys(&["Enter"]);
    // Escape and what follows at once stay two keys.
    tmux.types("onothing\x1b:q!\r");
    tmux.hides("int main(void)");
    // What was there before is there again.
    tmux.shows("before-42");
    shell_is_back(&tmux, "after");
    // Leaving typing still works after all that.
    tmux.keys(&["C-q"]);
    tmux.hides("leaves");
}

#[test]
fn less_and_its_mouse() {
    if !installed(&["tmux", "less"]) {
        return;
    }
    let (place, tmux) = typing(24, 80);
    let text: String = (1..=200).map(|n| format!("this is line {n}.\n")).collect();
    std::fs::write(place.worktree("A").join("long.txt"), text).unwrap();
    tmux.types("less --mouse long.txt\r");
    tmux.shows("this is line 1.");
    tmux.shows("long.txt");
    // The wheel over the pane is the program's while it is typed into.
    tmux.mouse(65, 20, 10);
    tmux.hides("this is line 1.");
    tmux.mouse(64, 20, 10);
    tmux.shows("this is line 1.");
    tmux.keys(&["G"]);
    tmux.shows("this is line 200.");
    tmux.types("?line 99\r");
    let coloured = tmux.until("what was searched for", |text| text.contains("this is line 99."));
    assert!(!coloured.contains("this is line 150."), "{coloured}");
    let marked = tmux.coloured();
    let marked = marked.lines().find(|l| l.contains("line 99")).unwrap();
    assert!(marked.contains("\x1b[7m"), "what was found stands out: {marked:?}");
    tmux.resize(30, 100);
    tmux.until("more lines", |text| text.matches("this is line").count() > 22);
    tmux.keys(&["q"]);
    shell_is_back(&tmux, "after");
}

#[test]
fn htop() {
    if !installed(&["tmux", "htop"]) {
        return;
    }
    let (_place, tmux) = typing(30, 110);
    tmux.types("htop -d 20\r");
    tmux.shows("F1Help");
    tmux.shows("Load average");
    let coloured = tmux.coloured();
    let bar = coloured.lines().find(|l| l.contains("Help")).unwrap();
    assert!(bar.contains("46m") || bar.contains("48;5;6m"), "the keys stand on cyan: {bar:?}");
    // A key of its own, by the sequence its terminal type promises, and a click.
    tmux.keys(&["F1"]);
    tmux.shows("Arrows");
    tmux.keys(&["Escape"]);
    let row = |text: &str, what: &str| {
        text.lines().position(|l| l.contains(what)).map(|y| u16::try_from(y + 1).unwrap())
    };
    let text = tmux.shows("F1Help");
    let line = text.lines().find(|l| l.contains("F2Setup")).unwrap();
    let column = u16::try_from(line[..line.find("F2Setup").unwrap()].chars().count() + 3).unwrap();
    let y = row(&text, "F2Setup").unwrap();
    tmux.mouse(0, column, y);
    tmux.types(&format!("\x1b[<0;{column};{y}m"));
    tmux.shows("Display options");
    tmux.keys(&["Escape"]);
    tmux.hides("Display options");
    tmux.resize(20, 80);
    tmux.until("a smaller one", |text| row(text, "F1Help").is_some_and(|y| y < 21));
    tmux.keys(&["F10"]);
    tmux.hides("F1Help");
    shell_is_back(&tmux, "after");
}

#[test]
fn a_full_screen_agent() {
    if !installed(&["tmux", "od"]) {
        return;
    }
    let (_place, tmux) = typing(30, 100);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/fullscreen.sh");
    tmux.types(&format!("sh {script}\r"));
    tmux.shows("● full screen");
    // It asked about the keyboard, and its terminal answered: no flag is set.
    let text = tmux.shows("1b5b3f3075");
    assert!(text.contains("size 2"), "{text}");
    let coloured = tmux.coloured();
    assert!(coloured.contains("38;2;10;200;100m") && coloured.contains("48;5;24m"), "{coloured:?}");
    // A paste comes as one, whatever is in it.
    tmux.run(&["set-buffer", "two\nlines"]);
    tmux.run(&["paste-buffer", "-p"]);
    let pasted = "1b5b3230307e74776f0d6c696e65731b5b3230317e";
    let pasted_lf = "1b5b3230307e74776f0a6c696e65731b5b3230317e";
    tmux.until("the paste", |text| text.contains(pasted) || text.contains(pasted_lf));
    // The wheel over the pane is told to it.
    tmux.mouse(65, 60, 8);
    tmux.until("the wheel", |text| text.contains("1b5b3c36353b"));
    // Another size makes it draw anew, in one piece.
    tmux.resize(20, 80);
    tmux.until("the new size", |text| text.contains("size 1") && text.contains("● full screen"));
    // The same for a client that comes later.
    tmux.keys(&["C-q"]);
    tmux.hides("leaves");
    tmux.keys(&["Enter"]);
    tmux.shows("leaves");
    tmux.types("q");
    tmux.hides("● full screen");
    shell_is_back(&tmux, "after");
}
