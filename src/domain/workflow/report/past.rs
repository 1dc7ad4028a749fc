//! A project as it was at an earlier moment, as far as it can be told from how it is now.
//!
//! Whoever has the session's journal folds it up to that moment and needs none of this.

use crate::domain::state::TaskState;
use crate::domain::workflow::project::{Project, Stage, Tracked, Verdict};

/// Planned hours after a moment in which what has no time in the record, such as a percentage, counts as said before it:
/// whoever writes the report of a week as soon as it is over is never quite in time.
const SLACK: u32 = 6;

/// The project as of `at`, as it is known at `now` (both milliseconds since 1970), and what cannot be known of it then,
/// each to be read behind "not known:".
#[must_use]
pub fn as_of(project: &Project, at: i64, now: i64) -> (Project, Vec<String>) {
    let mut p = project.clone();
    let mut unknown = Vec::new();
    let mut say = |when: bool, what: &str| {
        if when && !unknown.iter().any(|u| u == what) {
            unknown.push(what.to_owned());
        }
    };
    if p.over.is_some_and(|over| over > at) {
        (p.stage, p.over) = (Stage::Running, None);
        p.ended.clear();
    }
    // Whether something may have happened since that has no time in the record.
    let later = is_past(project, at, now) && project.over.is_none_or(|over| over > at);
    for t in &mut p.tasks {
        let (percent, handed, round) = (t.percent.is_some(), t.handed.is_some(), t.round);
        wind(t, at, later);
        let again =
            project.rounds.iter().filter(|r| r.work == t.id && r.at <= at && r.verdict == Verdict::Again);
        if later && t.began.is_some() {
            // As many times as it was sent back, and the first.
            t.round = round.min(u8::try_from(again.count()).unwrap_or(u8::MAX).saturating_add(1));
        }
        let going = t.began.is_some() && t.ended.is_none();
        say(
            percent && going && t.percent.is_none(),
            "how far its agents said they were then: only the latest is kept",
        );
        say(
            handed && going && round > 1,
            "what was handed over in earlier rounds: only the latest handover is kept",
        );
    }
    p.figures.retain(|f| f.at <= at);
    p.blockers.retain(|b| b.since <= at);
    for b in &mut p.blockers {
        b.until = b.until.filter(|until| *until <= at);
        say(
            later && b.until.is_none() && !b.mitigation.is_empty(),
            "since when something is done about a blocker",
        );
    }
    p.questions.retain(|q| q.at <= at);
    say(
        later && p.questions.iter().any(|q| !q.decided.is_empty()),
        "when questions were decided: they are shown as decided",
    );
    p.syncs.retain(|s| s.at <= at);
    p.syncs.iter_mut().for_each(|s| s.told = s.told.filter(|told| *told <= at));
    p.rounds.retain(|r| r.at <= at);
    p.escalations.retain(|e| e.at <= at);
    say(
        later && p.escalations.iter().any(|e| !e.settled.is_empty()),
        "when escalations were settled: they are shown as settled",
    );
    p.answers.retain(|a| a.at <= at);
    p.ticks.retain(|t| t.at <= at);
    say(
        p.changes.iter().any(|c| c.at > at),
        "the plan as it was before it was changed: it is shown as it is now",
    );
    p.changes.retain(|c| c.at <= at);
    p.rebriefed.retain(|r| r.at <= at);
    (p, unknown)
}

/// Whether so much time has passed since `at` that what is known at `now` is not of then.
pub(super) fn is_past(project: &Project, at: i64, now: i64) -> bool {
    at.saturating_add(project.ms(SLACK)) < now
}

/// A task as of `at`.
fn wind(t: &mut Tracked, at: i64, later: bool) {
    let was = (t.began.is_some(), t.ended.is_some());
    t.handed = t.handed.take().filter(|h| h.at <= at);
    t.began = t.began.filter(|began| *began <= at);
    t.ended = t.ended.filter(|ended| *ended <= at);
    let is = (t.began.is_some(), t.ended.is_some());
    if is.1 || (!later && was == is) {
        return;
    }
    t.state = if is.0 { TaskState::Running } else { TaskState::Queued };
    if !is.0 {
        t.round = 0;
    }
    t.held.clear();
    t.why.clear();
    if later || !is.0 {
        t.percent = None;
        t.note.clear();
    }
}
