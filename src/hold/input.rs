//! Bytes on their way to the child.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::time::{Duration, Instant};

use crate::wire::pane::{FromHolder, InputReport};

/// The most bytes that may wait, over all inputs: the longest prompt, and room for its paste markers and for keys.
pub const LIMIT: usize = (4 << 20) + (64 << 10);
/// How long a child may read nothing before that is reported.
pub(crate) const STALL: Duration = Duration::from_secs(3);
/// A terminal that polls as writable and then refuses is tried again after this.
const RETRY: Duration = Duration::from_millis(20);
const PORTION: usize = 4096;

/// The queue of inputs; the first may be partly written.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Input>,
    waiting: usize,
    moved: Option<Instant>,
    told: bool,
    retry: Option<Instant>,
}

#[derive(Debug)]
struct Input {
    id: u64,
    bytes: Vec<u8>,
    at: usize,
}

impl Input {
    fn report(&self) -> InputReport {
        let n = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        InputReport { id: self.id, written: n(self.at), total: n(self.bytes.len()) }
    }
}

impl Outbox {
    /// Queues an input; one that does not fit is dropped and reported so.
    pub(crate) fn push(&mut self, id: u64, bytes: Vec<u8>, now: Instant) -> Option<FromHolder> {
        let input = Input { id, bytes, at: 0 };
        if input.bytes.is_empty() || self.waiting.saturating_add(input.bytes.len()) > LIMIT {
            return Some(FromHolder::InputDone(input.report()));
        }
        if self.queue.is_empty() {
            self.moved = Some(now);
            self.told = false;
        }
        self.waiting = self.waiting.saturating_add(input.bytes.len());
        self.queue.push_back(input);
        None
    }

    /// Drops the unwritten rest of an input.
    pub(crate) fn drop_input(&mut self, id: u64, now: Instant) -> Option<FromHolder> {
        let index = self.queue.iter().position(|i| i.id == id)?;
        let input = self.queue.remove(index)?;
        self.waiting = self.waiting.saturating_sub(input.bytes.len().saturating_sub(input.at));
        self.moved = Some(now);
        self.told = false;
        Some(FromHolder::InputDone(input.report()))
    }

    /// Drops everything: the child is gone.
    pub(crate) fn drop_all(&mut self) -> Vec<FromHolder> {
        self.waiting = 0;
        self.queue.drain(..).map(|i| FromHolder::InputDone(i.report())).collect()
    }

    /// Whether it pays to wait until the terminal takes bytes.
    pub(crate) fn wants_write(&self, now: Instant) -> bool {
        !self.queue.is_empty() && self.retry.is_none_or(|at| at <= now)
    }

    /// When to look again without any event.
    pub(crate) fn deadline(&self, now: Instant) -> Option<Instant> {
        if self.queue.is_empty() {
            return None;
        }
        let stall = self.moved.filter(|_| !self.told).map(|at| at + STALL);
        // A retry that is due waits for the terminal, not for the clock.
        let retry = self.retry.filter(|at| *at > now);
        [retry, stall].into_iter().flatten().min()
    }

    /// Writes what the terminal takes now, and reports inputs that are through.
    pub(crate) fn write(&mut self, mut terminal: &File, now: Instant) -> Vec<FromHolder> {
        let mut reports = Vec::new();
        self.retry = None;
        // Refused at once although it polled as writable: wait a little instead of spinning. After progress
        // the next poll tells.
        let mut refused = Some(now + RETRY);
        while let Some(input) = self.queue.front_mut() {
            let end = input.at.saturating_add(PORTION).min(input.bytes.len());
            match terminal.write(input.bytes.get(input.at..end).unwrap_or_default()) {
                Ok(n) if n > 0 => {
                    input.at += n;
                    self.waiting = self.waiting.saturating_sub(n);
                    refused = None;
                    self.moved = Some(now);
                    self.told = false;
                    if input.at >= input.bytes.len() {
                        reports.push(FromHolder::InputDone(input.report()));
                        self.queue.pop_front();
                    }
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() != ErrorKind::WouldBlock => {
                    reports.extend(self.drop_all());
                    break;
                }
                Ok(_) | Err(_) => {
                    self.retry = refused;
                    break;
                }
            }
        }
        reports
    }

    /// Reports the first input once when the child has read none of it for [`STALL`].
    pub(crate) fn stalled(&mut self, now: Instant) -> Option<FromHolder> {
        let first = self.queue.front()?;
        if self.told || self.moved.is_none_or(|at| now < at + STALL) {
            return None;
        }
        self.told = true;
        Some(FromHolder::InputStalled(first.report()))
    }
}
