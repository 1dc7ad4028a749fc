//! What tests of reports share.

use super::super::*;
use crate::domain::record::Workflowed;
use crate::domain::workflow::project::{Epoch, sample};

/// The moment so many days after the start.
pub fn at(day: i64) -> i64 {
    sample::START + day * sample::DAY
}

pub fn weekly(p: &Project, week: u32, day: i64) -> Weekly {
    told(p, &Seen::default(), Kind::Weekly(week), at(day)).weekly.unwrap()
}

pub fn completion(p: &Project, day: i64) -> Completion {
    told(p, &Seen::default(), Kind::Completion, at(day)).completion.unwrap()
}

pub fn figure(p: &mut Project, name: &str, epoch: Epoch, value: &str, day: i64) {
    let (name, value, by) = (name.to_owned(), value.to_owned(), "lead".to_owned());
    p.fold(&Workflowed::Figure { name, epoch, value, by }, at(day));
}
