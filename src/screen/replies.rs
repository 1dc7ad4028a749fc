//! Answers to what programs ask their terminal. All come from fixed tables and bounded numbers: a pane never chooses
//! a byte that is written back to it.

use std::fmt::Write as _;

use crate::domain::time::Time;

use super::Size;
use super::sieve::End;

/// Longest reply, in bytes.
pub const REPLY_MAX: usize = 64;
/// Most replies within one second of a pane; what is more is not answered.
pub const REPLIES_PER_SECOND: u32 = 100;
/// The cell we claim, in pixels: width, height.
const CELL: (u32, u32) = (8, 16);
const SECOND: u64 = 1_000_000;

/// Replies gathered during a feed.
#[derive(Clone, Debug, Default)]
pub(super) struct Replies {
    out: Vec<u8>,
    now: u64,
    /// When the current second began.
    since: u64,
    sent: u32,
}

impl Replies {
    pub(super) fn at(&mut self, now: Time) {
        self.now = now.mono;
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Adds one reply if the limits allow it.
    pub(super) fn send(&mut self, reply: &str) {
        if self.now.saturating_sub(self.since) >= SECOND {
            self.since = self.now;
            self.sent = 0;
        }
        if self.sent < REPLIES_PER_SECOND && reply.len() <= REPLY_MAX {
            self.sent += 1;
            self.out.extend_from_slice(reply.as_bytes());
        }
    }

    /// DA1: a VT220 with colours.
    pub(super) fn primary(&mut self) {
        self.send("\x1b[?62;22c");
    }

    /// DA2.
    pub(super) fn secondary(&mut self) {
        self.send("\x1b[>1;10;0c");
    }

    /// XTVERSION.
    pub(super) fn version(&mut self) {
        self.send(concat!("\x1bP>|orchestra(", env!("CARGO_PKG_VERSION"), ")\x1b\\"));
    }

    /// The sizes of `CSI 14 t`, `16 t` and `18 t`; other reports are not given.
    pub(super) fn size(&mut self, what: u16, size: Size) {
        let (rows, cols) = (u32::from(size.rows), u32::from(size.cols));
        match what {
            14 => self.send(&format!("\x1b[4;{};{}t", rows * CELL.1, cols * CELL.0)),
            16 => self.send(&format!("\x1b[6;{};{}t", CELL.1, CELL.0)),
            18 => self.send(&format!("\x1b[8;{rows};{cols}t")),
            _ => {}
        }
    }

    /// The colour of `slot` as the answer to `code` (such as `11` or `4;7`).
    pub(super) fn color(&mut self, code: &str, slot: Slot, end: End) {
        let mut reply = format!("\x1b]{code};rgb:");
        let [r, g, b] = slot.rgb();
        // Writing to a string does not fail.
        let _ = write!(reply, "{r:02x}{r:02x}/{g:02x}{g:02x}/{b:02x}{b:02x}{}", end.as_str());
        self.send(&reply);
    }
}

/// A colour that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Foreground,
    Background,
    Cursor,
    Palette(u8),
}

/// The sixteen named colours of the fixed dark theme.
const NAMED: [[u8; 3]; 16] = [
    [0x1e, 0x1e, 0x1e],
    [0xcd, 0x31, 0x31],
    [0x0d, 0xbc, 0x79],
    [0xe5, 0xe5, 0x10],
    [0x24, 0x72, 0xc8],
    [0xbc, 0x3f, 0xbc],
    [0x11, 0xa8, 0xcd],
    [0xe5, 0xe5, 0xe5],
    [0x66, 0x66, 0x66],
    [0xf1, 0x4c, 0x4c],
    [0x23, 0xd1, 0x8b],
    [0xf5, 0xf5, 0x43],
    [0x3b, 0x8e, 0xea],
    [0xd6, 0x70, 0xd6],
    [0x29, 0xb8, 0xdb],
    [0xff, 0xff, 0xff],
];

impl Slot {
    fn rgb(self) -> [u8; 3] {
        match self {
            Self::Foreground | Self::Cursor => [0xd4, 0xd4, 0xd4],
            Self::Background => [0x1e, 0x1e, 0x1e],
            Self::Palette(n @ 0..=15) => NAMED[usize::from(n)],
            Self::Palette(n @ 16..=231) => {
                let level = |v: u8| if v == 0 { 0 } else { 55 + 40 * v };
                let n = n - 16;
                [level(n / 36), level(n / 6 % 6), level(n % 6)]
            }
            Self::Palette(n) => [8 + 10 * (n - 232); 3],
        }
    }
}
