//! Lines of a text for people, no longer than a narrow terminal is wide.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::domain::signal::printable;
use crate::domain::workflow::pattern::{Loop, Pair};
use crate::domain::workflow::project::Project;
use crate::domain::workflow::track::moment;

/// Columns of a text.
const WIDTH: usize = 80;
/// Fewest columns beside a lead.
const LEAST: usize = 20;

/// Tasks that stand side by side, in a line.
pub(super) fn pair(pair: &Pair) -> String {
    let [one, other] = &pair.tasks;
    format!("{one} + {other}  {}", pair.sync)
}

/// A loop, in a line.
pub(super) fn round(l: &Loop) -> String {
    format!("{} <-> {}  {}, at most {} rounds", l.work, l.review, l.until, l.limit)
}

/// The lines so far.
#[derive(Default)]
pub(super) struct Lines(Vec<String>);

impl Lines {
    /// Ends a part.
    pub fn blank(&mut self) {
        self.0.push(String::new());
    }

    /// A text behind a lead; what does not fit goes on below it.
    pub fn put(&mut self, lead: &str, text: &str) {
        let left = lead.width().min(WIDTH - LEAST);
        let (mut line, mut used, mut begun) = (lead.to_owned(), left, false);
        for word in printable(text).split_whitespace() {
            for part in parts(word, WIDTH - left) {
                let gap = usize::from(begun);
                if begun && used + gap + part.width() > WIDTH {
                    self.0.push(std::mem::replace(&mut line, " ".repeat(left)));
                    (used, begun) = (left, false);
                }
                if begun {
                    line.push(' ');
                }
                used += part.width() + usize::from(begun);
                line.push_str(&part);
                begun = true;
            }
        }
        self.0.push(line.trim_end().to_owned());
    }

    /// `Question: answer`.
    pub fn pair(&mut self, question: &str, text: &str) {
        self.put("", &format!("{question}: {text}"));
    }

    /// A list under its name; where it is empty that is said.
    pub fn list(&mut self, name: &str, points: &[String]) {
        if points.is_empty() {
            return self.pair(name, "none");
        }
        self.put("", &format!("{name}:"));
        points.iter().for_each(|p| self.put("  - ", p));
    }

    /// All of it.
    pub fn text(self) -> String {
        self.0.join("\n")
    }
}

/// A word in parts that fit.
fn parts(word: &str, width: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut used = 0;
    for c in word.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > width {
            parts.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

/// Since when something is.
pub(super) fn dated(project: &Project, at: i64) -> String {
    format!("since {}", moment(project, at))
}
