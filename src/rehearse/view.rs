//! What is shown: log lines that scroll away, below them a box with the draft, redrawn in place.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Frames of the spinner, one each tenth of a second.
const SPINNER: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/// Most rows a draft takes; of a longer one head and tail are shown.
const DRAFT_ROWS: usize = 8;
/// Styles are put around whole rows only, so that what a row says stays in one piece.
const DIM: &str = "\x1b[2m";
const BOLD: &str = "\x1b[1m";
const CYAN: &str = "\x1b[36m";
const PLAIN: &str = "\x1b[m";

/// What stands in the lower part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// The prompt box.
    Idle,
    /// The prompt box below a line that says what is going on.
    Working(String),
    /// A question in place of the prompt box.
    Asking(String),
    /// The prompt box below the limit that was reached; nothing goes on until somebody comes.
    Limited(String),
}

/// The picture and what of it is on the terminal.
pub(super) struct View {
    agent: String,
    /// Columns and rows.
    pub(super) size: (usize, usize),
    pub(super) mode: Mode,
    pub(super) draft: String,
    /// The line below the box; what the mode suggests when empty.
    pub(super) hint: String,
    /// While set nothing at all is written.
    pub(super) mute: bool,
    frame: usize,
    log: Vec<u8>,
    dirty: bool,
    /// Widths of the rows of the box that lie above the cursor's row.
    above: Vec<usize>,
    /// The column the cursor was left in.
    cursor: usize,
    title: String,
}

impl View {
    pub(super) fn new(agent: &str, size: (usize, usize)) -> Self {
        Self {
            agent: agent.to_owned(),
            size,
            mode: Mode::Idle,
            draft: String::new(),
            hint: String::new(),
            mute: false,
            frame: 0,
            log: Vec::new(),
            dirty: true,
            above: Vec::new(),
            cursor: 0,
            title: String::new(),
        }
    }

    /// One or more lines for the log. They are never broken here: who reads them joins what the
    /// terminal broke, and a line that says something must stay one.
    pub(super) fn say(&mut self, text: &str) {
        for line in text.lines() {
            let style = if line.starts_with("  ⎿") { DIM } else { "" };
            self.line(line, style);
        }
    }

    fn line(&mut self, line: &str, style: &str) {
        self.log.extend(style.bytes());
        self.log.extend(line.chars().filter(|c| !c.is_control()).collect::<String>().bytes());
        self.log.extend(if style.is_empty() { "" } else { PLAIN }.bytes());
        self.log.extend(b"\r\n");
        self.dirty = true;
    }

    /// Bytes for the log as they are.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.log.extend(bytes);
        self.dirty = true;
    }

    /// The prompt as it was taken, broken between words and set in below its mark.
    pub(super) fn echo(&mut self, prompt: &str) {
        let width = self.size.0.saturating_sub(3).max(1);
        self.line("", "");
        for (n, row) in prompt.split('\n').flat_map(|line| wrap(line, width)).enumerate() {
            self.line(&format!("{} {}", if n == 0 { '>' } else { ' ' }, row.trim_end()), BOLD);
        }
        self.line("", "");
    }

    /// Says that the picture changed.
    pub(super) fn touch(&mut self) {
        self.dirty = true;
    }

    /// The next picture of the spinner.
    pub(super) fn tick(&mut self) {
        self.frame = (self.frame + 1) % SPINNER.len();
        self.dirty = true;
    }

    /// Takes a new size. Rows that were drawn may have been broken by it.
    pub(super) fn resize(&mut self, size: (usize, usize)) {
        if size != self.size {
            self.size = size;
            self.dirty = true;
        }
    }

    /// The bytes that bring the terminal up to date; empty when it is.
    pub(super) fn flush(&mut self) -> Vec<u8> {
        if self.mute || !self.dirty {
            return Vec::new();
        }
        self.dirty = false;
        let mut out = b"\x1b[?2026h".to_vec();
        let title = self.wanted_title();
        if title != self.title {
            out.extend(format!("\x1b]0;{title}\x07").bytes());
            self.title = title;
        }
        out.extend(self.erase());
        out.append(&mut self.log);
        out.extend(self.draw());
        out.extend(b"\x1b[?2026l");
        out
    }

    /// Takes the box away for good and says `last`.
    pub(super) fn leave(&mut self, last: &str) -> Vec<u8> {
        self.say(last);
        let mut out = self.erase();
        out.append(&mut self.log);
        out
    }

    /// An empty title, as programs that show none have it.
    pub(super) fn forget_title(&mut self) -> Vec<u8> {
        self.title.clear();
        b"\x1b]0;\x07".to_vec()
    }

    fn wanted_title(&self) -> String {
        let mark = match self.mode {
            Mode::Idle => "✳ ",
            Mode::Working(_) => return format!("{} rehearsal {}", SPINNER[self.frame], self.agent),
            Mode::Asking(_) => "? ",
            Mode::Limited(_) => "",
        };
        format!("{mark}rehearsal {}", self.agent)
    }

    fn erase(&mut self) -> Vec<u8> {
        // A terminal made narrower breaks the rows that no longer fit, the cursor's own too.
        let columns = self.size.0.max(1);
        let up: usize = self.above.drain(..).map(|width| width.max(1).div_ceil(columns)).sum();
        let up = (up + self.cursor / columns).min(self.size.1.saturating_sub(1));
        if up > 0 { format!("\r\x1b[{up}A\x1b[J").into_bytes() } else { b"\r\x1b[J".to_vec() }
    }

    fn draw(&mut self) -> Vec<u8> {
        // The last column stays free: a full row would leave the cursor between two rows.
        let width = self.size.0.saturating_sub(1).max(1);
        let inner = width.saturating_sub(4).max(1);
        let framed = width >= 12 && self.size.1 >= 6;
        let mut rows: Vec<String> = Vec::new();
        if let Mode::Limited(text) = &self.mode {
            // Gone once it goes on: what stays on the screen is read as still being so.
            rows.push(cut(text, width));
        }
        if let Mode::Working(what) = &self.mode {
            rows.push(cut(&format!("{} {what}… (ctrl-c to interrupt)", SPINNER[self.frame]), width));
        }
        let body: Vec<String> = if let Mode::Asking(what) = &self.mode {
            let question = ["", "Do you want to proceed?", "❯ 1. Yes", "  2. No"];
            std::iter::once(what.as_str()).chain(question).map(|l| cut(l, inner)).collect()
        } else {
            self.draft_rows(inner)
        };
        let last = body.last().cloned().unwrap_or_default();
        if framed {
            rows.push(format!("╭{}╮", "─".repeat(width - 2)));
            for row in &body {
                rows.push(format!("│ {row}{} │", " ".repeat(inner.saturating_sub(row.width()))));
            }
        } else {
            rows.push(cut(&last, width));
        }
        let cursor_row = rows.len() - 1;
        let cursor_column = last.width().min(inner) + if framed { 2 } else { 0 };
        if framed {
            rows.push(format!("╰{}╯", "─".repeat(width - 2)));
            rows.push(cut(&format!("  {}", self.hint()), width));
        }
        self.above = rows[..cursor_row].iter().map(|r| r.width()).collect();
        self.cursor = cursor_column;
        let below = rows.len() - 1 - cursor_row;
        if let Mode::Working(_) = self.mode
            && let Some(status) = rows.first_mut()
        {
            *status = format!("{CYAN}{status}{PLAIN}");
        }
        if framed && let Some(hint) = rows.last_mut() {
            *hint = format!("{DIM}{hint}{PLAIN}");
        }
        let mut out = rows.join("\r\n");
        if below > 0 {
            out.push_str(&format!("\x1b[{below}A"));
        }
        out.push('\r');
        if cursor_column > 0 {
            out.push_str(&format!("\x1b[{cursor_column}C"));
        }
        out.into_bytes()
    }

    fn hint(&self) -> &str {
        if !self.hint.is_empty() {
            return &self.hint;
        }
        match self.mode {
            Mode::Idle => "enter sends · ctrl-c clears, twice leaves",
            Mode::Working(_) => "enter queues",
            Mode::Asking(_) => "1 or enter allows · 2 refuses · ctrl-c stops",
            Mode::Limited(_) => "enter tries again · ctrl-c stops",
        }
    }

    fn draft_rows(&self, inner: usize) -> Vec<String> {
        let text = inner.saturating_sub(2).max(1);
        let mut rows: Vec<String> = self.draft.split('\n').flat_map(|line| wrap(line, text)).collect();
        let most = DRAFT_ROWS.min(self.size.1.saturating_sub(6)).max(1);
        if rows.len() > most {
            let hidden = rows.len() - most;
            let head = most / 2;
            rows.drain(head..head + hidden);
            if let Some(row) = rows.get_mut(head) {
                *row = cut(&format!("… (+{} lines)", hidden + 1), text);
            }
        }
        let lead = |(i, row): (usize, &String)| format!("{} {row}", if i == 0 { '>' } else { ' ' });
        rows.iter().enumerate().map(lead).collect()
    }
}

/// The start of `text` that fits into `width` columns.
fn cut(text: &str, width: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    text.chars().take_while(fits).collect()
}

/// `text` in rows of at most `width` columns, broken after a blank where there is one; at least one
/// row. Joined, the rows are `text` again.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut rows = Vec::new();
    let (mut row, mut used) = (String::new(), 0);
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used + w > width && !row.is_empty() {
            // A word that began in the row goes along, unless the row is all one word or its
            // beginning is only blanks.
            let start = row.rfind(' ').map_or(row.len(), |at| at + 1);
            let keep = if row[..start].trim().is_empty() { row.len() } else { start };
            let carried = row.split_off(keep);
            rows.push(std::mem::replace(&mut row, carried));
            used = row.width();
        }
        row.push(c);
        used += w;
    }
    rows.push(row);
    rows
}
