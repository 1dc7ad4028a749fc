//! Each flag and each cause: a project where it is raised, and its nearest neighbour where it is not.

mod due;
mod flags;

use super::*;
use crate::domain::record::Workflowed;
use crate::domain::state::TaskState;
use crate::domain::workflow::project::sample::{self, DAY, START};
use crate::domain::workflow::project::{Change, Epoch, Impact, Reason, Verdict};

/// The moment of so many days after the start.
fn day(n: i64) -> i64 {
    START + n * DAY
}

fn figure(p: &mut Project, name: &str, epoch: Epoch, value: &str, at: i64) {
    p.fold(&Workflowed::Figure { name: name.into(), epoch, value: value.into(), by: "lead".into() }, at);
}

fn blocked(p: &mut Project, task: &str, text: &str, at: i64) {
    p.fold(&Workflowed::Blocked { task: task.into(), text: text.into(), mitigation: String::new() }, at);
}

fn done(p: &mut Project, task: &str, text: &str, from: i64, to: i64) {
    p.task_changed(task, TaskState::Running, "", from);
    p.fold(&Workflowed::HandedOver { task: task.into(), text: text.into() }, to);
    p.task_changed(task, TaskState::Done, "", to);
}

fn answered(p: &mut Project, flag: &str, raised: bool, at: i64) {
    let (flag, note, by) = (flag.into(), "as seen".into(), "lead".into());
    p.fold(&Workflowed::Answered { flag, raised, note, by }, at);
}

fn judged(p: &mut Project, round: u8, verdict: Verdict, at: i64) {
    let feedback = vec!["limits are too low".into()];
    let (work, review) = ("cluster".into(), "monitoring".into());
    p.fold(&Workflowed::Judged { work, review, round, verdict, feedback }, at);
}

/// A change that was decided.
fn changed(p: &mut Project, reason: Reason, impact: Impact, at: i64) {
    let id = p.changes.last().map_or(1, |c| c.id + 1);
    let (note, asked, chosen, others) = (String::new(), "what was asked".into(), "this".into(), Vec::new());
    let change = Change { id, reason, note, asked, chosen, others, impact, by: "lead".into(), at };
    let (plan, terms) = (Box::new(p.plan.clone()), p.terms.clone());
    p.fold(&Workflowed::Replanned { plan, terms, change: Box::new(change) }, at);
}
