//! When something next was printed or happened, and when last before.

use super::{Error, Player};
use crate::domain::id::AgentName;
use crate::session::log::{Kind, Reader};

/// Looks ahead of a player that goes on: one reader a pane, each at what its pane printed next.
///
/// It reads the logs beside the player, in order and once, as long as time goes on; a jump begins anew from the offsets
/// that the journal gives.
#[derive(Debug, Default)]
pub struct Ahead {
    panes: Vec<Pane>,
    /// The moment the readers stand at; none: nowhere yet.
    at: Option<u64>,
}

#[derive(Debug)]
struct Pane {
    reader: Reader,
    /// When it printed next.
    next: Option<u64>,
}

impl Pane {
    /// Goes on to what is after `us`. At the end of a log that grows, the next look goes on.
    fn pass(&mut self, us: u64) {
        while self.next.is_none_or(|next| next <= us) {
            self.next = next(&mut self.reader);
            if self.next.is_none() {
                return;
            }
        }
    }
}

/// The moment of the next thing that is seen of a log.
fn next(reader: &mut Reader) -> Option<u64> {
    let seen = |kind: Kind| matches!(kind, Kind::Output | Kind::Resize);
    reader.by_ref().map_while(Result::ok).find(|e| seen(e.record.kind)).map(|e| e.record.us)
}

impl Ahead {
    /// When after `us` something was printed or happened; none: never.
    pub fn after(&mut self, player: &Player, us: u64) -> Option<u64> {
        if self.at.is_none_or(|at| at > us) {
            self.panes = open(player, us);
        }
        self.at = Some(us);
        self.panes.iter_mut().for_each(|p| p.pass(us));
        let lines = player.recording().lines();
        let event = lines.get(lines.partition_point(|l| l.time.mono <= us)).map(|l| l.time.mono);
        self.panes.iter().filter_map(|p| p.next).chain(event).min()
    }

    /// Forgets where it was: the recording was read anew.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

/// When before `us` something was last printed or happened; none: never.
#[must_use]
pub fn before(player: &Player, us: u64) -> Option<u64> {
    let lines = player.recording().lines();
    let place = lines.partition_point(|l| l.time.mono < us);
    let event = place.checked_sub(1).and_then(|i| lines.get(i)).map(|l| l.time.mono);
    let last = |mut pane: Pane| {
        let mut last = None;
        while let Some(at) = next(&mut pane.reader).filter(|at| *at < us) {
            last = Some(at);
        }
        last
    };
    open(player, us).into_iter().filter_map(last).chain(event).max()
}

/// A reader of each pane's log, at what the journal says had been taken in by the last event before `us`.
fn open(player: &Player, us: u64) -> Vec<Pane> {
    let recording = player.recording();
    let lines = recording.lines();
    let past = &lines[..lines.partition_point(|l| l.time.mono < us)];
    let offset = |name: &AgentName| past.iter().rev().find_map(|l| l.at.get(name)).copied().unwrap_or(0);
    let pane = |name: AgentName| {
        let reader = Reader::open(&recording.dir().pane(&name), offset(&name)).ok()?;
        Some(Pane { reader, next: None })
    };
    recording.panes().into_iter().filter_map(pane).collect()
}

impl Player {
    /// Goes to what was printed or done before the present moment; at the beginning it stays.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn frame_back(&mut self) -> Result<(), Error> {
        let (begin, _) = self.span();
        let us = before(self, self.now()).unwrap_or(begin);
        self.seek(us)
    }
}
