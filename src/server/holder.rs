//! One pane's holder, as the server knows it.

use std::collections::VecDeque;
use std::os::fd::BorrowedFd;

use rustix::event::PollFlags;

use crate::domain::exit::Exit;
use crate::domain::id::AgentName;
use crate::domain::time::Time;
use crate::hold::{self, Connection};
use crate::wire::pane::ToHolder;

/// From HUP to KILL, in milliseconds.
const GRACE_MS: u32 = 3000;
/// Longest input in one message: each is told of when the program has read it.
const INPUT: usize = 64 * 1024;
/// What a message costs beside its bytes, generously.
const FRAME: usize = 16;

/// Whether an earlier server saw what a pane had printed by the greeting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Past {
    /// It did: queries in it were answered, or nobody waits for the answers any more.
    Seen,
    /// Nobody did: it is as good as printed now.
    Unseen,
}

/// One pane's holder.
pub(super) struct Holder {
    pub name: AgentName,
    pub link: Option<Connection>,
    /// What came and is not on its screen yet.
    pub pending: super::pending::Pending,
    /// It floods, and is not listened to before.
    pub rests_until: Option<Time>,
    /// The last wait found something to read or room to write.
    pub ready: bool,
    /// What an earlier server saw is still to be read.
    pub past: Past,
    /// The end of the log at the greeting; none before it.
    pub greeted_at: Option<u64>,
    /// How the child ended, while that is not yet said.
    pub exit: Option<Exit>,
    pub stopping: bool,
    /// Connections that broke since the last record.
    pub breaks: u32,
    /// That its input is stuck was said; not again before some of it goes through.
    pub stuck: bool,
    /// Nothing of it is left and it was told to go.
    pub leaving: bool,
    /// The processes below which the pane's are.
    pub roots: super::kinship::Roots,
    /// Makes the keyframes of its log.
    pub frames: super::keyframes::Frames,
    next_id: u64,
    /// Inputs that the terminal has not taken yet: id, and what each takes of [`hold::INPUT_LIMIT`].
    waiting: VecDeque<(u64, usize)>,
}

impl Holder {
    pub fn new(name: AgentName) -> Self {
        Self {
            name,
            link: None,
            pending: super::pending::Pending::default(),
            rests_until: None,
            ready: false,
            past: Past::Unseen,
            greeted_at: None,
            exit: None,
            stopping: false,
            breaks: 0,
            stuck: false,
            leaving: false,
            roots: super::kinship::Roots::default(),
            frames: super::keyframes::Frames::default(),
            next_id: 1,
            waiting: VecDeque::new(),
        }
    }

    pub fn connected(&self) -> bool {
        self.link.is_some()
    }

    /// What to poll for what, if anything is to be heard of now.
    pub fn interest(&self, now: Time) -> Option<(BorrowedFd<'_>, PollFlags)> {
        let link = self.link.as_ref()?;
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, self.rests_until.is_none_or(|t| t <= now));
        flags.set(PollFlags::OUT, link.wants_write());
        (!flags.is_empty()).then_some((link.fd(), flags))
    }

    /// Sends bytes to the child: all of them or, when they do not fit behind what waits, none.
    pub fn input(&mut self, bytes: &[u8]) -> bool {
        let parts = bytes.len().div_ceil(INPUT);
        let room = hold::INPUT_LIMIT.saturating_sub(self.unread());
        let Some(link) = self.link.as_mut().filter(|_| bytes.len() + parts * FRAME <= room) else {
            return false;
        };
        for part in bytes.chunks(INPUT) {
            let id = self.next_id;
            self.next_id += 1;
            if !link.input(id, part) {
                // The outbox is larger than what may wait, so the connection is over: so is the pane's input.
                return false;
            }
            self.waiting.push_back((id, part.len() + FRAME));
        }
        true
    }

    /// What waits for the terminal, in bytes, with its frames.
    pub fn unread(&self) -> usize {
        self.waiting.iter().map(|(_, n)| n).sum()
    }

    /// What became of inputs on an earlier connection will not be heard any more.
    pub fn forget_input(&mut self) {
        self.waiting.clear();
    }

    /// An input is over: taken or dropped.
    pub fn input_over(&mut self, id: u64) {
        self.waiting.retain(|(waits, _)| *waits != id);
    }

    pub fn resize(&mut self, rows: u16, cols: u16) {
        self.send(&ToHolder::Resize { rows, cols });
    }

    pub fn probe(&mut self) {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&ToHolder::Probe { id });
    }

    pub fn stop(&mut self) {
        self.stopping = true;
        self.send(&ToHolder::Stop { grace_ms: GRACE_MS });
    }

    pub fn send(&mut self, message: &ToHolder) {
        if let Some(link) = &mut self.link {
            link.send(message);
        }
    }
}
