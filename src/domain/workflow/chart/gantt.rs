//! A Gantt chart of text.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::domain::signal::printable;
use crate::domain::workflow::plan::{Planned, Task};
use crate::domain::workflow::schedule::{Schedule, Slot};
use crate::domain::workflow::span::WEEK;

/// The least columns of the bars; where a line has fewer left, names are cut.
const BARS_LEAST: usize = 24;
/// The most columns that one week is wide.
const WEEK_MOST: usize = 24;

/// What bars are drawn with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    /// Blocks and lines.
    Unicode,
    /// For terminals that have no others.
    Ascii,
}

/// Characters of an ink: a task that must not be late, another, the time it may be later, and a week's line.
struct Marks {
    critical: char,
    bar: char,
    slack: char,
    week: char,
}

impl Ink {
    fn marks(self) -> Marks {
        match self {
            Self::Unicode => Marks { critical: '█', bar: '▒', slack: '·', week: '│' },
            Self::Ascii => Marks { critical: '#', bar: '=', slack: '.', week: '|' },
        }
    }
}

/// The tasks by phase, each with its bar; no line is wider than `width` columns where that is at least 40.
#[must_use]
pub fn gantt(plan: &Planned, schedule: &Schedule, width: usize, ink: Ink) -> String {
    let marks = ink.marks();
    let width = width.max(40);
    let label = |t: &Task| format!("  {} ({})", printable(&t.id), printable(&t.specialist));
    let widest = plan.tasks.iter().map(|t| label(t).width()).max().unwrap_or_default();
    let left = widest.min(width - BARS_LEAST - 1);
    let count = schedule.length.div_ceil(WEEK).max(1) as usize;
    let bars = (width - left - 1).min(count * WEEK_MOST);
    let total = schedule.length.max(1);
    // Columns from the start; a task has at least one.
    let at = |hours: u32| (u64::from(hours) * bars as u64 / u64::from(total)) as usize;
    let mut text = scale(left, bars, total);
    for phase in &plan.phases {
        let own: Vec<&Task> = plan.tasks.iter().filter(|t| t.phase == phase.id).collect();
        if own.is_empty() {
            continue;
        }
        let weeks = weeks(&phase.weeks);
        push(&mut text, &cut(&printable(&format!("{}{weeks}", phase.title)), width));
        for task in own {
            let Some(slot) = schedule.slot(&task.id) else { continue };
            let name = pad(&cut(&label(task), left), left);
            push(&mut text, &format!("{name} {}", bar(slot, &at, bars, total, &marks)));
        }
    }
    push(&mut text, &cut(&legend(&marks), width));
    text
}

/// The weeks of a phase, as they stand behind its title.
#[must_use]
pub fn weeks(weeks: &str) -> String {
    match weeks {
        "" => String::new(),
        one if one.parse::<u32>().is_ok() => format!(" (week {one})"),
        more => format!(" (weeks {more})"),
    }
}

fn legend(marks: &Marks) -> String {
    format!("{} must not be late  {} may be later, as far as {}", marks.critical, marks.bar, marks.slack)
}

/// The numbers of the weeks above the bars, as many as have room.
fn scale(left: usize, bars: usize, total: u32) -> String {
    let mut line = String::new();
    let weeks = total.div_ceil(WEEK);
    let columns = |week: u32| (u64::from(week * WEEK) * bars as u64 / u64::from(total)) as usize;
    // Numbers stand apart by a blank at least.
    let room = weeks.to_string().len() + 1;
    let step = (1..=weeks.max(1)).find(|s| columns(*s) >= room).unwrap_or(weeks.max(1));
    for week in (0..weeks).filter(|w| w % step == 0) {
        let number = (week + 1).to_string();
        let column = columns(week);
        if column + number.len() <= bars {
            line.push_str(&" ".repeat(column.saturating_sub(line.len())));
            line.push_str(&number);
        }
    }
    let mut text = String::new();
    push(&mut text, &format!("{} {line}", pad("week", left)));
    text
}

fn bar(slot: &Slot, at: &impl Fn(u32) -> usize, bars: usize, total: u32, marks: &Marks) -> String {
    let from = at(slot.from).min(bars.saturating_sub(1));
    let to = at(slot.to).clamp(from + 1, bars);
    let late = at((slot.to + slot.slack).min(total)).max(to);
    let mark = if slot.slack == 0 { marks.critical } else { marks.bar };
    let week = |column: usize| (1..total.div_ceil(WEEK)).any(|w| at(w * WEEK) == column);
    let cell = |column: usize| match column {
        c if c >= from && c < to => mark,
        c if c >= to && c < late => marks.slack,
        c if week(c) => marks.week,
        _ => ' ',
    };
    (0..bars).map(cell).collect()
}

fn push(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut room = width.saturating_sub(1);
    for c in text.chars() {
        let wide = c.width().unwrap_or_default();
        if wide > room {
            break;
        }
        room -= wide;
        short.push(c);
    }
    short.push('~');
    short
}
