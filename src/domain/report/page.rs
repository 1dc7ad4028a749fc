//! A report as one page of HTML that needs nothing from elsewhere.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::chart::{Chart, chart};
use super::text::{environment, title};
use super::{Mark, Report};

const TEMPLATE: &str = include_str!("../../data/templates/report.html");
/// Instructions one rendering may take.
const FUEL: u64 = 60_000_000;
/// Chapters that are shown with their screens, the weightiest first where there are more.
pub const SHOTS: usize = 200;
/// Bytes of all screens of a page; those that come later are left out.
const ROOM: usize = 8 << 20;

/// The screen of one pane at a chapter.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Shot {
    /// The number of the chapter's event.
    pub seq: u64,
    /// Its rows as HTML: whoever makes them escapes what they say.
    pub rows: String,
}

/// A chapter with its screen.
#[derive(Serialize)]
struct Chapter<'a> {
    #[serde(flatten)]
    mark: &'a Mark,
    sign: &'static str,
    word: &'static str,
    rows: Option<Value>,
}

#[derive(Serialize)]
struct Vars<'a> {
    title: String,
    completion: bool,
    complete: bool,
    chart: Chart,
    shown: Vec<Chapter<'a>>,
    #[serde(flatten)]
    report: &'a Report,
}

impl Report {
    /// The chapters a page shows: at most [`SHOTS`], the weightiest first, in the order of the record.
    #[must_use]
    pub fn shown(&self) -> Vec<&Mark> {
        let mut marks: Vec<&Mark> = self.chapters.iter().collect();
        marks.sort_by_key(|m| (m.chapter.kind.rank(), m.seq));
        marks.truncate(SHOTS);
        marks.sort_by_key(|m| m.seq);
        marks
    }
}

/// The report as a page, with the screens of chapters.
///
/// # Errors
/// Why there is none, which a test excludes.
pub fn page(report: &Report, shots: &[Shot]) -> Result<String, String> {
    let mut room = ROOM;
    let shown = report.shown().into_iter().map(|mark| {
        let shot = shots.iter().find(|s| s.seq == mark.seq && s.rows.len() <= room);
        room -= shot.map_or(0, |s| s.rows.len());
        let rows = shot.map(|s| Value::from_safe_string(s.rows.clone()));
        let kind = mark.chapter.kind;
        Chapter { mark, sign: kind.sign(), word: kind.word(), rows }
    });
    let vars = Vars {
        title: title(report),
        completion: report.session.over,
        complete: report.gaps.none(),
        chart: chart(report),
        shown: shown.collect(),
        report,
    };
    let mut env = environment();
    env.set_fuel(Some(FUEL));
    env.add_filter("code", |text: Value| text);
    env.render_named_str("report.html", TEMPLATE, Value::from(Serde(&vars)))
        .map_err(|e| format!("fill in the template report.html: {e}"))
}
