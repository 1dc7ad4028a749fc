//! A text of several lines that is being written.

use crate::domain::key::{Code, Key};
use crate::domain::signal::{MAX_PROMPT, clean_prompt};

/// The lines, and where the cursor is.
#[derive(Clone, Debug)]
pub(in crate::ui) struct Text {
    /// Never empty.
    lines: Vec<String>,
    pub(super) row: usize,
    /// In characters.
    pub(super) column: usize,
}

impl Text {
    /// With the cursor at its end.
    pub fn new(mut lines: Vec<String>) -> Self {
        if lines.is_empty() {
            lines.push(String::new());
        }
        let row = lines.len() - 1;
        let column = lines[row].chars().count();
        Self { lines, row, column }
    }

    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The line the cursor is in, and how many characters stand before it.
    pub fn cursor(&self) -> (usize, usize) {
        (self.row, self.column)
    }

    pub fn whole(&self) -> String {
        self.lines.join("\n")
    }

    /// Bytes of all of it.
    pub fn bytes(&self) -> usize {
        self.lines.iter().map(|l| l.len() + 1).sum::<usize>().saturating_sub(1)
    }

    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|l| l.trim().is_empty())
    }

    pub fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// Whether the cursor is in its first or in its last line.
    pub fn at_edge(&self, up: bool) -> bool {
        if up { self.row == 0 } else { self.row + 1 == self.lines.len() }
    }

    /// A key that the table does not know.
    ///
    /// # Errors
    /// As [`Self::insert`].
    pub fn edit(&mut self, key: Key) -> Result<(), String> {
        match key.code {
            Code::Char('u') if key.mods.ctrl => self.replace_line(String::new()),
            Code::Char(c) if !key.mods.ctrl && !key.mods.alt => self.insert(c.encode_utf8(&mut [0; 4]))?,
            Code::Backspace if self.column > 0 => {
                self.column -= 1;
                self.remove_here();
            }
            Code::Backspace if self.row > 0 => {
                let rest = self.lines.remove(self.row);
                self.row -= 1;
                self.column = self.length();
                self.lines[self.row].push_str(&rest);
            }
            Code::Delete if self.column < self.length() => self.remove_here(),
            Code::Delete if self.row + 1 < self.lines.len() => {
                let rest = self.lines.remove(self.row + 1);
                self.lines[self.row].push_str(&rest);
            }
            Code::Left if self.column > 0 => self.column -= 1,
            Code::Left if self.row > 0 => {
                self.row -= 1;
                self.column = self.length();
            }
            Code::Right if self.column < self.length() => self.column += 1,
            Code::Right if self.row + 1 < self.lines.len() => {
                self.row += 1;
                self.column = 0;
            }
            Code::Up => self.row = self.row.saturating_sub(1),
            Code::Down => self.row = (self.row + 1).min(self.lines.len() - 1),
            Code::PageUp => self.row = self.row.saturating_sub(10),
            Code::PageDown => self.row = (self.row + 10).min(self.lines.len() - 1),
            Code::Home => self.column = 0,
            Code::End => self.column = self.length(),
            _ => {}
        }
        self.column = self.column.min(self.length());
        Ok(())
    }

    /// Puts text at the cursor, less what a prompt must not contain.
    ///
    /// # Errors
    /// When that is more than a prompt takes; then nothing is put there.
    pub fn insert(&mut self, text: &str) -> Result<(), String> {
        let (text, _) = clean_prompt(text);
        let all = self.bytes() + text.len();
        if all > MAX_PROMPT {
            return Err(format!(
                "with that the prompt has {all} bytes; at most {MAX_PROMPT} are sent: put it into a file of the \
                 repository and name that"
            ));
        }
        let at = self.byte();
        let tail = self.lines[self.row].split_off(at);
        let mut parts = text.split('\n');
        self.lines[self.row].push_str(parts.next().unwrap_or(""));
        let more: Vec<String> = parts.map(str::to_owned).collect();
        let row = self.row + 1;
        self.row += more.len();
        self.lines.splice(row..row, more);
        self.column = self.length();
        self.lines[self.row].push_str(&tail);
        Ok(())
    }

    fn replace_line(&mut self, line: String) {
        self.column = line.chars().count();
        self.lines[self.row] = line;
    }

    fn remove_here(&mut self) {
        let at = self.byte();
        if at < self.lines[self.row].len() {
            self.lines[self.row].remove(at);
        }
    }

    fn length(&self) -> usize {
        self.lines[self.row].chars().count()
    }

    fn byte(&self) -> usize {
        let line = &self.lines[self.row];
        line.char_indices().nth(self.column).map_or(line.len(), |(i, _)| i)
    }
}
