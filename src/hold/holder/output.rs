//! From the terminal into the log, and from there to the server.

use std::io::{ErrorKind, Read};
use std::time::Instant;

use crate::session::dir::room;
use crate::session::log::{HEADER, Kind, Store, seal};
use crate::wire::pane::FromHolder;

use super::{Holder, QUIET, REOPEN, RETRY, Trouble};

/// How many segments more than its quota a log may have while a server is there, which removes them.
const SLACK: u64 = 2;
/// Room on the disk at which a log that could not be written is written again, in bytes.
const ROOM: u64 = 1 << 20;

impl Holder {
    /// Reads until there is no more or the buffer is full; then one record of it.
    pub(super) fn read_pty(&mut self, now: Instant) {
        let Some(pty) = &self.pty else { return };
        let mut len = 0;
        let mut closed = false;
        while let Some(room) = self.buffer.get_mut(HEADER + len..).filter(|r| !r.is_empty()) {
            match pty.file().read(room) {
                Ok(n) if n > 0 => len += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                // EIO: nobody has the other side open.
                Ok(_) | Err(_) => {
                    closed = true;
                    break;
                }
            }
        }
        if len > 0 {
            self.quiet_at = now + QUIET;
            let mut buffer = std::mem::take(&mut self.buffer);
            if let Some(record) = buffer.get_mut(..HEADER + len)
                && self.is_plain(record.get(HEADER..).unwrap_or_default(), now)
            {
                self.append(Kind::Output, record, now);
            }
            self.buffer = buffer;
        }
        if closed && self.exit.is_some() {
            self.pty = None;
        } else if closed {
            // The child may have let go of its terminal and open it again.
            self.read_at = Some(now + REOPEN);
        }
    }

    pub(super) fn record(&mut self, kind: Kind, payload: &[u8], now: Instant) -> bool {
        let mut record = vec![0; HEADER];
        record.extend_from_slice(payload);
        self.append(kind, &mut record, now)
    }

    /// Appends a record (with room for its header) to the log, then sends it. When the log cannot be
    /// written the child goes on and the record is lost, counted, and told.
    fn append(&mut self, kind: Kind, record: &mut [u8], now: Instant) -> bool {
        let size = u64::try_from(record.len().saturating_sub(HEADER)).unwrap_or(0);
        let lost = if kind == Kind::Output { size } else { 0 };
        if !self.mend(now) {
            if let Some(trouble) = &mut self.trouble {
                trouble.lost = trouble.lost.saturating_add(lost);
            }
            self.show(kind, record);
            return false;
        }
        seal(record, kind, self.clock.micros());
        match self.log.append_sealed(record) {
            Ok(offset) => {
                let server = self.server.as_mut();
                if server.is_some_and(|s| s.send_live(offset, record, now).is_err()) {
                    self.server = None;
                }
                self.keep_to_quota(now);
                true
            }
            Err(e) => {
                let reason = e.to_string();
                self.tell(&FromHolder::Trouble { lost, reason: reason.clone() });
                self.trouble = Some(Trouble { lost, reason, retry: now + RETRY });
                self.show(kind, record);
                false
            }
        }
    }

    /// Output that is not recorded is seen all the same.
    fn show(&mut self, kind: Kind, record: &[u8]) {
        let (end, bytes) = (self.log.end(), record.get(HEADER..).unwrap_or_default());
        let output = kind == Kind::Output;
        if output && self.server.as_mut().is_some_and(|s| s.show(end, bytes).is_err()) {
            self.server = None;
        }
    }

    /// A server removes the oldest segments of logs that grow beyond their quota. When there is none, or it is not up to
    /// that, the holder does at the beginning of a segment, and says so in the log.
    fn keep_to_quota(&mut self, now: Instant) {
        if std::mem::replace(&mut self.kept, self.log.segment()) == self.log.segment() {
            return;
        }
        let roll = self.spec.segment_bytes;
        let slack = if self.server.is_some() { SLACK.saturating_mul(roll) } else { 0 };
        let quota = self.spec.quota.saturating_add(slack);
        let Ok(mut store) = Store::of(self.log.dir()) else { return };
        let from = store.segments.first().map_or(0, |s| s.segment.start);
        let mut to = from;
        while let Some(oldest) = store.surplus(quota, roll) {
            let end = oldest.segment.end();
            if store.remove_oldest().is_err() {
                break;
            }
            to = end;
        }
        if to > from {
            let text = format!("the log was removed from {from} to {to} to keep it within {quota} bytes");
            self.record(Kind::Mark, text.as_bytes(), now);
        }
    }

    /// Whether the log can be written. After trouble it says in the log what is missing, as soon as it can.
    pub(super) fn mend(&mut self, now: Instant) -> bool {
        let Some(trouble) = &mut self.trouble else { return true };
        if now < trouble.retry {
            return false;
        }
        trouble.retry = now + RETRY;
        // What is left would be full again at once.
        if room(self.log.dir()).is_some_and(|room| room < ROOM) {
            return false;
        }
        let lost = trouble.lost;
        let text = format!("{lost} bytes of output are missing here: {}", trouble.reason);
        // Not through `append`: that would come back here.
        let mut mark = vec![0; HEADER];
        mark.extend_from_slice(text.as_bytes());
        seal(&mut mark, Kind::Mark, self.clock.micros());
        let Ok(offset) = self.log.append_sealed(&mark) else { return false };
        self.trouble = None;
        let server = self.server.as_mut();
        if server.is_some_and(|s| s.send_live(offset, &mark, now).is_err()) {
            self.server = None;
        }
        self.tell(&FromHolder::Trouble { lost, reason: String::new() });
        true
    }
}
