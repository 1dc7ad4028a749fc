//! What the record does not hold.

use super::people::push;
use super::{Known, Teller, WIDTH};
use crate::domain::record::Record;
use crate::domain::report::{Gap, clean};

impl Teller {
    /// Takes in a record about the record.
    pub(super) fn gap(&mut self, record: &Record) {
        let at = self.when();
        let panes = &mut self.report.gaps.panes;
        match record {
            Record::Recording(r) => {
                let open = panes
                    .iter_mut()
                    .rev()
                    .find(|g| g.agent == r.agent && g.over.is_none() && !g.why.is_empty());
                match open {
                    Some(gap) => {
                        gap.bytes = gap.bytes.max(r.lost);
                        gap.over = r.why.is_empty().then_some(at);
                    }
                    None if r.why.is_empty() => {}
                    None => {
                        let why = clean(&r.why, WIDTH);
                        push(panes, Gap { agent: r.agent.clone(), at, bytes: r.lost, why, over: None });
                    }
                }
            }
            Record::Dropped(d) => {
                let why = "the oldest output was removed to keep the record within its limit".to_owned();
                let bytes = d.to.saturating_sub(d.from);
                let over = Some(at.clone());
                push(panes, Gap { agent: Some(d.agent.clone()), at, bytes, why, over });
            }
            _ => {}
        }
    }

    pub(super) fn count_gaps(&mut self, known: &Known) {
        let gaps = &mut self.report.gaps;
        (gaps.unknown, gaps.damaged) = (known.unknown, known.damaged);
        gaps.private = known.config.team.iter().filter(|a| !a.record).map(|a| a.name.clone()).collect();
        // Numbers count from 1.
        gaps.missing = self.last_seq.saturating_sub(self.events).saturating_sub(known.unknown);
    }
}
