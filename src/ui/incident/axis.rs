//! Findings on one time axis: a row for each specialist, the window around what is looked at shaded.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::digest::{Digest, Source};
use super::times::{DAY, MINUTE, minutes, seconds, span};
use crate::domain::incident::case::Progress;
use crate::domain::incident::finding::{Finding, Severity};
use crate::domain::signal::printable;
use crate::domain::theme::Role;
use crate::ui::theme::{CAUTION, CHOSEN, DIM, TROUBLE, bar, cut, pad, put, role};

/// Columns of the names of specialists at most and at least.
const NAMES: (usize, usize) = (20, 6);
/// Columns of a time below the axis, with a gap.
const TICK: i64 = 8;
/// How far apart times below the axis may be, in milliseconds.
const STEPS: [i64; 17] = [
    1000,
    5000,
    10_000,
    30_000,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    60 * MINUTE,
    120 * MINUTE,
    180 * MINUTE,
    360 * MINUTE,
    720 * MINUTE,
    DAY,
    7 * DAY,
];
/// What shades the window: a sign, so that it is seen without colours.
const SHADE: char = '░';

/// The rows of the part: times, specialists, and what is left for the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Shape {
    /// Times.
    pub ticks: Rect,
    /// Rows of specialists; at the left their names.
    pub rows: Rect,
    /// Columns of names.
    names: u16,
    /// Rows of each.
    per: u16,
    /// The first that is seen, and how many are.
    first: usize,
    shown: usize,
    /// The findings one below the other.
    pub list: Rect,
    /// What cannot be used, or is missing.
    pub foot: Rect,
}

impl Shape {
    pub fn of(digest: &Digest<'_>, area: Rect) -> Self {
        let n = count(digest.sources.len());
        let missing = !digest.case.unusable.is_empty() || digest.case.unusable_more > 0;
        let foot = u16::from(missing && area.height >= 8);
        let ticks = Rect { height: area.height.min(1), ..area };
        let free = area.height.saturating_sub(ticks.height + foot);
        let per = if n.saturating_mul(2).saturating_add(4) <= free { 2 } else { 1 };
        // The list keeps some rows whatever there is to show above it.
        let most = free.saturating_sub((free / 2).min(5)).max(free.min(1)) / per;
        let shown = n.min(most);
        let row = digest.chosen.and_then(|c| digest.row_of.get(c)).copied().unwrap_or(0);
        let first = (row + 1).saturating_sub(usize::from(shown));
        let rows = Rect { y: ticks.bottom(), height: shown * per, ..area };
        let rest = free - rows.height;
        let list = Rect { y: rows.bottom(), height: rest, ..area };
        let names = digest.sources.iter().map(|s| s.name.width() + 3).max().unwrap_or(0);
        let names = count(names.clamp(NAMES.1, NAMES.0).min(usize::from(area.width) / 3));
        let foot = Rect { y: list.bottom(), height: foot, ..area };
        Self { ticks, rows, names, per, first, shown: usize::from(shown), list, foot }
    }

    /// The axis' own columns.
    fn axis(&self) -> Range<u16> {
        self.rows.x.saturating_add(self.names)..self.rows.right()
    }

    /// The specialists that are seen, each with its first row.
    fn seen(&self) -> impl Iterator<Item = (usize, u16)> {
        (self.first..self.first + self.shown).zip((self.rows.y..).step_by(usize::from(self.per.max(1))))
    }
}

/// Which time is in which column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Scale {
    from: i64,
    to: i64,
    x: u16,
    columns: u16,
}

impl Scale {
    /// From the first instant to the last; what is coarser may reach beyond. Where all is coarse, all of it.
    fn of(digest: &Digest<'_>, axis: Range<u16>) -> Option<Self> {
        let all = || digest.case.findings.iter().map(|a| &a.finding);
        let reach = |some: &mut dyn Iterator<Item = &Finding>| {
            some.fold(None, |r: Option<(i64, i64)>, f| {
                let (from, to) = r.unwrap_or((f.at, f.latest()));
                Some((from.min(f.at), to.max(f.latest())))
            })
        };
        let (from, to) = reach(&mut all().filter(|f| !digest.is_coarse(f))).or_else(|| reach(&mut all()))?;
        // A margin, so that nothing sticks to the edge.
        let margin = (to.saturating_sub(from) / 30).max(MINUTE / 2);
        let (from, to) = (from.saturating_sub(margin), to.saturating_add(margin));
        let columns = axis.end.saturating_sub(axis.start);
        (columns > 1).then_some(Self { from, to, x: axis.start, columns })
    }

    /// The column of a moment; those before and after are those at the ends.
    fn column(self, at: i64) -> u16 {
        let (since, all) = (at.saturating_sub(self.from).max(0), (self.to - self.from).max(1));
        let last = i128::from(self.columns - 1);
        let column = i128::from(since) * last / i128::from(all);
        u16::try_from(column.min(last)).unwrap_or(0)
    }

    fn holds(self, at: i64) -> bool {
        (self.from..=self.to).contains(&at)
    }
}

fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// The sign and style of how bad a finding is.
pub(super) fn sign(severity: Severity) -> (char, Style) {
    match severity {
        Severity::Critical => ('!', TROUBLE),
        Severity::Warning => ('▲', CAUTION),
        Severity::Info => ('●', Style::new()),
    }
}

/// The sign, word and style of how far a specialist is.
pub(super) fn progress(progress: Option<Progress>) -> (&'static str, &'static str, Style) {
    match progress {
        Some(Progress::Waiting) => ("…", "waiting", role(Role::Pending)),
        Some(Progress::Looking) => ("●", "looking", role(Role::Working)),
        Some(Progress::Reported) => ("✔", "reported", role(Role::Ready)),
        Some(Progress::Late) => ("▲", "late", CAUTION),
        Some(Progress::Failed) => ("!", "failed", role(Role::Failed)),
        None => ("·", "not engaged", DIM),
    }
}

/// Draws times and rows.
pub(super) fn draw(buffer: &mut Buffer, digest: &Digest<'_>, shape: &Shape, now: i64) {
    let scale = Scale::of(digest, shape.axis());
    if let Some(scale) = scale {
        draw_ticks(buffer, scale, shape.ticks.y, shape.ticks.height);
    }
    for (row, y) in shape.seen() {
        let Some(source) = digest.sources.get(row) else { continue };
        draw_name(buffer, shape, source, y, now);
        if let Some(scale) = scale {
            draw_row(buffer, digest, scale, source, y);
        }
        if shape.per > 1 {
            let (_, _, style) = progress(source.engagement.map(|e| e.progress));
            let width = usize::from(shape.rows.width);
            let text = cut(&format!("  {}", told(source, now)), width);
            put(buffer, shape.rows.x, y + 1, text, width, style);
        }
    }
}

fn draw_name(buffer: &mut Buffer, shape: &Shape, source: &Source<'_>, y: u16, now: i64) {
    let (sign, _, style) = progress(source.engagement.map(|e| e.progress));
    let width = usize::from(shape.names.saturating_sub(1));
    // Where there is no row for it, the time that is left goes before the end of the name.
    let until = source.engagement.filter(|e| shape.per == 1 && e.progress == Progress::Looking);
    let left = until
        .and_then(|e| e.until)
        .map_or(String::new(), |until| format!(" {}", span(until.saturating_sub(now).max(0) / 1000)));
    let text = format!("{sign}{left} {}", printable(source.name));
    put(buffer, shape.rows.x, y, pad(&text, width), width, style);
}

/// How far a specialist is, in words.
fn told(source: &Source<'_>, now: i64) -> String {
    let found = match source.findings.len() {
        1 => "1 finding".to_owned(),
        n => format!("{n} findings"),
    };
    let Some(one) = source.engagement else { return format!("not engaged · {found}") };
    let (_, word, _) = progress(Some(one.progress));
    let note = if one.note.is_empty() { String::new() } else { format!(" · {}", printable(&one.note)) };
    match (one.progress, one.until) {
        (Progress::Looking, Some(until)) => {
            let left = (until.saturating_sub(now)).max(0) / 1000;
            let all = usize::try_from(one.deadline_s).unwrap_or(0).max(1);
            let gone = all.saturating_sub(usize::try_from(left).unwrap_or(0));
            format!("{word} · {found} · {} left {}", span(left), bar(gone, all, 8))
        }
        (Progress::Waiting, _) => {
            format!("{word} for its brief · then it has {}", span(i64::from(one.deadline_s)))
        }
        _ => format!("{word} · {found}{note}"),
    }
}

fn draw_ticks(buffer: &mut Buffer, scale: Scale, y: u16, height: u16) {
    let all = (scale.to - scale.from).max(1);
    let apart = |step: i64| i128::from(step) * i128::from(scale.columns) / i128::from(all);
    let step = STEPS.into_iter().find(|s| apart(*s) >= i128::from(TICK + 2));
    let Some(step) = step.or(STEPS.last().copied()).filter(|_| height > 0) else { return };
    let label = |at: i64| match step {
        ..MINUTE => seconds(at),
        MINUTE..DAY => minutes(at),
        _ => crate::domain::incident::stamp::text(at).chars().skip(5).take(5).collect(),
    };
    let first = scale.from.div_euclid(step).saturating_add(1).saturating_mul(step);
    let mut free = 0;
    let ticks =
        std::iter::successors(Some(first), |at| at.checked_add(step)).take_while(|at| *at <= scale.to);
    for at in ticks.take(usize::from(scale.columns)) {
        let (column, text) = (scale.column(at), label(at));
        let width = count(text.width());
        if column < free || column + width > scale.columns {
            continue;
        }
        put(buffer, scale.x + column, y, &text, usize::from(width), DIM);
        free = column + width + 1;
    }
}

/// One specialist's findings: first the window, then what is coarse, then instants, how many in a column.
fn draw_row(buffer: &mut Buffer, digest: &Digest<'_>, scale: Scale, source: &Source<'_>, y: u16) {
    let mut cells = vec![(' ', Style::new()); usize::from(scale.columns)];
    if let Some((from, to)) = digest.around().filter(|(from, to)| *to >= scale.from && *from <= scale.to) {
        let window = usize::from(scale.column(from))..=usize::from(scale.column(to));
        cells.get_mut(window).into_iter().flatten().for_each(|c| *c = (SHADE, DIM));
    }
    let mut worst: Vec<(u32, Severity)> = vec![(0, Severity::Info); cells.len()];
    for finding in source.findings.iter().filter_map(|i| digest.finding(*i)) {
        if digest.is_coarse(finding) {
            let style = if finding.severity == Severity::Info { DIM } else { sign(finding.severity).1 };
            let span = usize::from(scale.column(finding.at))..=usize::from(scale.column(finding.latest()));
            let seen = finding.latest() >= scale.from && finding.at <= scale.to;
            if let Some(span) = cells.get_mut(span).filter(|_| seen) {
                span.iter_mut().for_each(|c| *c = ('─', style));
            }
        } else if let Some(w) = worst.get_mut(usize::from(scale.column(finding.at))) {
            *w = (w.0 + 1, w.1.max(finding.severity));
        }
    }
    for (cell, (n, severity)) in cells.iter_mut().zip(&worst) {
        let (sign, style) = sign(*severity);
        *cell = match n {
            0 => continue,
            1 => (sign, style),
            2..=9 => (char::from_digit(*n, 10).unwrap_or('+'), style),
            _ => ('+', style),
        };
    }
    let text = |cell: &(char, Style)| cell.0.to_string();
    for (x, cell) in (scale.x..).zip(&cells) {
        put(buffer, x, y, text(cell), 1, cell.1);
    }
    let chosen = digest.chosen.filter(|c| source.findings.contains(c)).and_then(|c| digest.finding(c));
    if let Some(f) = chosen.filter(|f| scale.holds(f.at) || scale.holds(f.latest()) || digest.is_coarse(f)) {
        let from = scale.column(f.at);
        let to = if digest.is_coarse(f) { scale.column(f.latest()) } else { from };
        let area = Rect { x: scale.x + from, y, width: to - from + 1, height: 1 };
        buffer.set_style(area.intersection(buffer.area), CHOSEN);
    }
}

/// The finding at a place of the rows: the nearest of that specialist.
pub(super) fn hit(digest: &Digest<'_>, shape: &Shape, at: Position) -> Option<usize> {
    let (row, _) = shape.seen().find(|(_, y)| (*y..y + shape.per).contains(&at.y))?;
    let source = digest.sources.get(row).filter(|_| shape.rows.contains(at))?;
    let scale = Scale::of(digest, shape.axis())?;
    let Some(column) = at.x.checked_sub(scale.x) else { return source.findings.first().copied() };
    let far = |i: &usize| {
        let Some(f) = digest.finding(*i) else { return u16::MAX };
        let span = scale.column(f.at)..=scale.column(f.latest());
        match () {
            // An instant goes before what merely reaches as far.
            () if digest.is_coarse(f) && span.contains(&column) => 1,
            () => span.start().abs_diff(column).saturating_mul(2),
        }
    };
    source.findings.iter().copied().min_by_key(far)
}
