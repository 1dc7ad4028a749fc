//! What stands between the pane's bytes and the emulator: finds where sequences begin and end, across feeds.
//!
//! Only whole sequences reach the emulator, so each may be looked at, rewritten or dropped first. Strings (OSC, DCS,
//! SOS, PM, APC) never reach it: it would keep them without bound. Plain text costs one `memchr`.

/// Longest CSI sequence let through, in bytes: 32 parameters of 5 digits, the most the emulator takes, fit.
pub(super) const CSI_MAX: usize = 256;
/// Longest OSC body kept, in bytes. What is longer is dropped whole.
pub(super) const OSC_MAX: usize = 64 * 1024;
/// Most intermediates of an escape sequence kept: more mean nothing to the emulator.
const ESC_MAX: usize = 6;
/// Capacity kept for the next OSC; a rare long one gives its memory back.
const OSC_KEEP: usize = 4 * 1024;

const ESC: u8 = 0x1b;
const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;
const BEL: u8 = 0x07;

/// How an OSC ended; an answer ends the same way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Bell,
    St,
}

impl End {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Bell => "\x07",
            Self::St => "\x1b\\",
        }
    }
}

/// Who receives what the sieve has sorted.
pub(super) trait Sink {
    /// Bytes for the emulator: text, controls and whole sequences.
    fn pass(&mut self, bytes: &[u8]);
    /// A whole CSI sequence worth a look: `raw` is all of it, `at` its place in the stream.
    fn csi(&mut self, csi: Csi<'_>, raw: &[u8], at: u64);
    /// A whole OSC, without introducer and terminator.
    fn osc(&mut self, body: &[u8], end: End);
}

/// A CSI sequence taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Csi<'a> {
    /// The private marker (`<`, `=`, `>` or `?`), or 0.
    pub marker: u8,
    /// Parameters as written, digits, `;` and `:`.
    pub params: &'a [u8],
    /// The final byte.
    pub last: u8,
}

impl Csi<'_> {
    /// The parameters as numbers, a missing one being 0; sub-parameters are cut off.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u16> + '_ {
        self.params.split(|b| *b == b';').map(|p| {
            p.iter()
                .take_while(|b| b.is_ascii_digit())
                .fold(0u16, |n, b| n.saturating_mul(10).saturating_add(u16::from(b - b'0')))
        })
    }

    /// The first parameter, 0 when there is none.
    pub(super) fn first(&self) -> u16 {
        self.numbers().next().unwrap_or(0)
    }
}

/// Where in a sequence the stream is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum State {
    #[default]
    Ground,
    Escape,
    Csi,
    Osc,
    /// DCS, SOS, PM or APC: dropped up to its terminator.
    Ignored,
}

/// The state between feeds.
#[derive(Clone, Debug, Default)]
pub(super) struct Sieve {
    pub state: State,
    /// The escape or CSI sequence so far, from its ESC.
    pub seq: Vec<u8>,
    pub osc: Vec<u8>,
    /// The sequence at hand outgrew its limit and is dropped at its end.
    pub too_long: bool,
    /// Bytes seen before this feed.
    pub seen: u64,
}

impl Sieve {
    /// Sorts `bytes` into `sink`. Cutting the stream elsewhere between calls gives the same calls but for the cuts of
    /// `pass`.
    pub(super) fn feed(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        // All before `done` is dealt with; up to `i` is plain and still to be passed.
        let (mut done, mut i) = (0, 0);
        while i < bytes.len() {
            if self.state != State::Ground {
                i += self.step(&bytes[i..], self.seen + i as u64, sink);
                done = i;
                continue;
            }
            let Some(n) = memchr::memchr(ESC, &bytes[i..]) else { break };
            i += n;
            if let Some(len) = whole_csi(&bytes[i..]) {
                let raw = &bytes[i..i + len];
                if let Some(csi) = of_interest(raw) {
                    pass(&bytes[done..i], sink);
                    sink.csi(csi, raw, self.seen + i as u64);
                    done = i + len;
                }
                i += len;
            } else {
                pass(&bytes[done..i], sink);
                self.begin();
                i += 1;
                done = i;
            }
        }
        if self.state == State::Ground {
            pass(&bytes[done..], sink);
        }
        self.seen += bytes.len() as u64;
    }

    /// Bytes of memory kept for the sequence at hand.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        self.seq.capacity() + self.osc.capacity()
    }

    fn begin(&mut self) {
        self.state = State::Escape;
        self.seq.clear();
        self.seq.push(ESC);
        self.too_long = false;
    }

    /// Takes at least one byte of a sequence begun; gives how many.
    fn step(&mut self, bytes: &[u8], at: u64, sink: &mut impl Sink) -> usize {
        if matches!(self.state, State::Osc | State::Ignored) {
            return self.string(bytes, sink);
        }
        match bytes[0] {
            ESC => self.begin(),
            CAN | SUB => self.state = State::Ground,
            // A control inside a sequence acts at once; the emulator is between sequences as it sees it.
            b if b < 0x20 => sink.pass(&[b]),
            b if b >= 0x7f => {}
            b if self.state == State::Csi => self.csi(b, at, sink),
            b => self.escape(b, sink),
        }
        1
    }

    fn escape(&mut self, b: u8, sink: &mut impl Sink) {
        let first = self.seq.len() == 1;
        match b {
            0x20..=0x2f if self.seq.len() < ESC_MAX => self.seq.push(b),
            0x20..=0x2f => {}
            b'[' if first => {
                self.seq.push(b);
                self.state = State::Csi;
            }
            b']' if first => {
                self.osc.clear();
                self.state = State::Osc;
            }
            b'P' | b'X' | b'^' | b'_' if first => self.state = State::Ignored,
            _ => {
                self.seq.push(b);
                self.state = State::Ground;
                sink.pass(&self.seq);
            }
        }
    }

    fn csi(&mut self, b: u8, at: u64, sink: &mut impl Sink) {
        if self.seq.len() < CSI_MAX {
            self.seq.push(b);
        } else {
            self.too_long = true;
        }
        if b < 0x40 {
            return;
        }
        self.state = State::Ground;
        if self.too_long {
            return;
        }
        match of_interest(&self.seq) {
            // The place of its first byte, as if it had come whole.
            Some(csi) => sink.csi(csi, &self.seq, (at + 1).saturating_sub(self.seq.len() as u64)),
            None => sink.pass(&self.seq),
        }
    }

    /// Takes a run of a string up to its end.
    fn string(&mut self, bytes: &[u8], sink: &mut impl Sink) -> usize {
        let osc = self.state == State::Osc;
        let ends = |b: &u8| matches!(*b, ESC | CAN | SUB) || (osc && *b == BEL);
        let n = bytes.iter().position(ends).unwrap_or(bytes.len());
        if osc && !self.too_long {
            if self.osc.len() + n > OSC_MAX {
                self.too_long = true;
                self.osc = Vec::new();
            } else {
                self.osc.extend(bytes[..n].iter().filter(|b| **b >= 0x20));
            }
        }
        let Some(end) = bytes.get(n) else { return n };
        // CAN and SUB cancel: nothing is dispatched.
        if osc && !self.too_long && matches!(*end, ESC | BEL) {
            sink.osc(&self.osc, if *end == BEL { End::Bell } else { End::St });
        }
        self.osc.clear();
        self.osc.shrink_to(OSC_KEEP);
        if *end == ESC {
            self.begin();
        } else {
            self.state = State::Ground;
            self.too_long = false;
        }
        n + 1
    }
}

fn pass(bytes: &[u8], sink: &mut impl Sink) {
    if !bytes.is_empty() {
        sink.pass(bytes);
    }
}

/// The length of the CSI sequence `bytes` begins with, if it is all there and nothing odd is in it.
fn whole_csi(bytes: &[u8]) -> Option<usize> {
    if bytes.get(1) != Some(&b'[') {
        return None;
    }
    let body = &bytes[2..bytes.len().min(CSI_MAX)];
    let n = body.iter().position(|b| !(0x20..0x40).contains(b))?;
    (0x40..0x7f).contains(&body[n]).then_some(n + 3)
}

/// Takes a whole CSI sequence apart if the emulator must not see it as it is.
fn of_interest(raw: &[u8]) -> Option<Csi<'_>> {
    let (last, body) = raw.get(2..)?.split_last()?;
    let (marker, params) = match body.split_first() {
        Some((m @ b'<'..=b'?', rest)) => (*m, rest),
        _ => (0, body),
    };
    let wanted = match (marker, last) {
        (0, b'b' | b't') | (b'>', b'q' | b'f') | (b'?', b'n') => true,
        (b'?', b'h' | b'l') => params.windows(4).any(|w| w == b"2026"),
        _ => false,
    };
    // What is malformed the emulator ignores by itself.
    let clean = || params.iter().all(|b| matches!(b, b'0'..=b'9' | b';' | b':'));
    (wanted && clean()).then_some(Csi { marker, params, last: *last })
}
