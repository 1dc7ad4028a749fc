//! What its screen looks like to a terminal that breaks long rows when it becomes narrower.

use orchestra::domain::time::Time;
use orchestra::screen::{Screen, Size};
use portable_pty::PtySize;

use super::stage::Stage;

/// The terminal at the other end, fed up to `fed`.
struct Terminal {
    screen: Screen,
    fed: usize,
}

impl Terminal {
    fn catch_up(&mut self, stage: &Stage) {
        let seen = stage.seen.lock().unwrap();
        self.screen.feed(&seen[self.fed..], Time::default());
        self.fed = seen.len();
    }

    /// The rows on the screen.
    fn rows(&self) -> Vec<String> {
        let row = |r: usize| self.screen.row(r, 0).text().trim_end().to_owned();
        (0..usize::from(self.screen.size().rows)).map(row).collect()
    }

    /// The rows that left the screen, oldest first.
    fn history(&self) -> Vec<String> {
        let row = |back: usize| self.screen.row(0, back).text().trim_end().to_owned();
        (1..=self.screen.history_len()).rev().map(row).collect()
    }

    /// The screen becomes `cols` wide before the program hears of it, as with real ones.
    fn resize(&mut self, stage: &mut Stage, cols: u16) {
        self.catch_up(stage);
        self.screen.resize(Size { rows: 30, cols });
        stage.master.resize(PtySize { rows: 30, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let edge = format!("╰{}╯", "─".repeat(usize::from(cols) - 3));
        stage.until("the box at its new size", |s| {
            self.catch_up(s);
            self.rows().contains(&edge)
        });
    }
}

#[test]
fn the_box_stays_whole_and_alone_whatever_the_width() {
    let mut stage = Stage::new("SEC", "", &[]);
    let mut terminal = Terminal { screen: Screen::new(Size { rows: 30, cols: 100 }, 1000), fed: 0 };
    // More than a screenful: what is above the box must come through unharmed.
    let talk: Vec<String> = (1..=40).map(|n| format!("row number {n}.")).collect();
    stage.turn(&talk.join("\n"));
    stage.write("a draft that is long enough to be broken in two once the terminal becomes narrower");
    stage.until("the draft, drawn to its end", |s| {
        s.text().contains("becomes narrower") && s.text().ends_with("\x1b[?2026l")
    });
    for cols in [60, 40, 90, 30, 120, 41, 40] {
        terminal.resize(&mut stage, cols);
        let rows = terminal.rows();
        let shown = rows.join("\n");
        let all = terminal.history().join("\n") + "\n" + &shown;
        for mark in ["╭", "╮", "╰", "╯", "> a draft", "enter sends"] {
            assert_eq!(shown.matches(mark).count(), 1, "{mark} at {cols} columns:\n{shown}");
            assert_eq!(all.matches(mark).count(), 1, "{mark} was left behind at {cols} columns:\n{all}");
        }
        for row in &talk {
            assert_eq!(all.matches(row.as_str()).count(), 1, "{row} at {cols} columns:\n{all}");
        }
        // Every row of the box is as wide as its edges.
        let framed: Vec<&String> = rows.iter().filter(|r| r.starts_with(['│', '╭', '╰'])).collect();
        assert!(framed.len() >= 3, "{shown}");
        for row in framed {
            assert_eq!(row.chars().count(), usize::from(cols) - 1, "{shown}");
        }
    }
}
