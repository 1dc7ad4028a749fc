//! The protocol between the server and the holder of a pane, on frames of [`super::frame`].
//!
//! All numbers are little-endian. The server greets first; the holder answers with its own greeting, then
//! sends its log from the offset that was asked for. Kinds that are not known are skipped.
//!
//! | kind | from | payload |
//! |---|---|---|
//! | 1 hello | server | greeting, `u64` offset to go on from |
//! | 2 input | server | `u64` id, bytes |
//! | 3 resize | server | `u16` rows, `u16` columns |
//! | 4 ack | server | `u64` offset up to which all is worked off |
//! | 5 probe | server | `u64` id |
//! | 6 stop | server | `u32` grace in ms |
//! | 7 bye | server | – |
//! | 8 drop input | server | `u64` id |
//! | 65 hello | holder | greeting, `u64` offset it goes on from, `u64` end of its log, `u32` child, `u32` holder, exit (see 71), name |
//! | 66 log | holder | `u8` flags (1: begins a segment), `u64` offset, bytes of the log; the offset is where the last frame ended, or beyond it where whole segments are gone |
//! | 67 probe reply | holder | `u64` id, `u8` bits: 1 foreground, 2 canonical, 4 echo |
//! | 68 input done | holder | `u64` id, `u64` written, `u64` total |
//! | 69 input stalled | holder | as 68 |
//! | 70 trouble | holder | `u64` bytes of output that could not be recorded so far, reason; no reason: it is over |
//! | 72 unlogged | holder | bytes of output that are not in its log |
//! | 71 stopped | holder | `u8` 0 running, 1 status, 2 signal; `i32` of it. No process of the pane is left |

use crate::domain::exit::Exit;
use crate::domain::id::AgentName;

use super::frame::{Error, FRAME_HEADER, Frame, Hello, MAX_FRAME, Role, encode, header};

/// The most bytes one input may have: a frame's worth.
pub const MAX_INPUT: usize = MAX_FRAME - 9;
/// Bytes of a log frame before the bytes of the log.
pub const LOG_HEADER: usize = FRAME_HEADER + 9;
const LOG: u8 = 66;

/// What a server says to a holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToHolder {
    /// The greeting: send the log from this logical offset on.
    Hello {
        /// That of a record, or 0.
        offset: u64,
    },
    /// Bytes for the pane's child, at most [`MAX_INPUT`].
    Input {
        /// The server's number for it, given back in [`FromHolder::InputDone`].
        id: u64,
        /// What the child shall read.
        bytes: Vec<u8>,
    },
    /// The pane's new size.
    Resize {
        /// Lines.
        rows: u16,
        /// Columns.
        cols: u16,
    },
    /// All before this logical offset is worked off.
    Ack {
        /// As of the log frames.
        offset: u64,
    },
    /// Asks for a [`Probe`].
    Probe {
        /// Given back in the reply.
        id: u64,
    },
    /// End every process of the pane: HUP, TERM, then KILL.
    Stop {
        /// From the first signal to KILL, in milliseconds; 0 kills at once.
        grace_ms: u32,
    },
    /// The server needs this connection no more; a holder whose child has ended, needs not stay.
    Bye,
    /// What of this input is not yet written shall not be.
    DropInput {
        /// As in [`ToHolder::Input`].
        id: u64,
    },
}

/// What a holder says to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromHolder {
    /// The answer to the greeting.
    Hello(HolderHello),
    /// Bytes of the log, identical to those in its files; records may go on in the next frame.
    Log {
        /// Whether they begin a segment: an unfinished record before them stays unfinished.
        begins_segment: bool,
        /// Logical offset of the first: where the bytes before ended, or beyond where whole segments are gone.
        offset: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The answer to [`ToHolder::Probe`].
    Probe(Probe),
    /// Input was written, or dropped when `written` is below `total`.
    InputDone(InputReport),
    /// The child has read none of this input for a while; the rest still waits.
    InputStalled(InputReport),
    /// Output cannot be recorded (an empty reason: it can again).
    Trouble {
        /// Bytes that are lost so far.
        lost: u64,
        /// What the file system says.
        reason: String,
    },
    /// Output that could not be recorded, to be shown all the same. It takes no place in the log.
    Unlogged(Vec<u8>),
    /// After a stop: no process of the pane is left.
    Stopped {
        /// How the pane's child ended.
        exit: Option<Exit>,
    },
}

/// A holder's greeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderHello {
    /// Whose pane it holds.
    pub pane: AgentName,
    /// The pane's child; the id may be another's once `exit` is known.
    pub child: i32,
    /// The holder itself.
    pub holder: i32,
    /// The offset it goes on from: the one asked for, or the end of the log if that is before it.
    pub start: u64,
    /// The end of the log at this moment.
    pub end: u64,
    /// How the child ended, once its last output is recorded.
    pub exit: Option<Exit>,
}

/// The state of a pane's terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// As in [`ToHolder::Probe`].
    pub id: u64,
    /// Whether the child's own process group has the foreground (no other program runs on top of it).
    pub foreground: bool,
    /// Whether the terminal edits lines (ICANON), and then loses what exceeds 4,095 bytes of one.
    pub icanon: bool,
    /// Whether it echoes (ECHO).
    pub echo: bool,
}

/// How far an input got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputReport {
    /// As in [`ToHolder::Input`].
    pub id: u64,
    /// Bytes the terminal took.
    pub written: u64,
    /// Bytes there were.
    pub total: u64,
}

impl ToHolder {
    /// The whole frame.
    ///
    /// # Errors
    /// [`Error::TooLong`] for an input beyond [`MAX_INPUT`].
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Hello { offset } => {
                let mut payload = Hello::new(Role::Server).encode();
                payload.extend_from_slice(&offset.to_le_bytes());
                encode(1, &payload)
            }
            Self::Input { id, bytes } => {
                let mut frame = header(2, bytes.len().saturating_add(8))?.to_vec();
                frame.extend_from_slice(&id.to_le_bytes());
                frame.extend_from_slice(bytes);
                Ok(frame)
            }
            Self::Resize { rows, cols } => encode(3, &[rows.to_le_bytes(), cols.to_le_bytes()].concat()),
            Self::Ack { offset } => encode(4, &offset.to_le_bytes()),
            Self::Probe { id } => encode(5, &id.to_le_bytes()),
            Self::Stop { grace_ms } => encode(6, &grace_ms.to_le_bytes()),
            Self::Bye => encode(7, &[]),
            Self::DropInput { id } => encode(8, &id.to_le_bytes()),
        }
    }

    /// What a frame says; `None` for a kind this version does not know.
    ///
    /// # Errors
    /// [`Error::Malformed`], and those of [`Hello::decode`].
    pub fn decode(frame: &Frame) -> Result<Option<Self>, Error> {
        if frame.kind == 1 {
            let (_, rest) = Hello::decode(&frame.payload)?;
            return Ok(Some(Self::Hello { offset: Fields(rest, "hello").u64()? }));
        }
        let mut fields = Fields(&frame.payload, "pane");
        Ok(Some(match frame.kind {
            2 => Self::Input { id: fields.u64()?, bytes: fields.0.to_vec() },
            3 => Self::Resize { rows: fields.u16()?, cols: fields.u16()? },
            4 => Self::Ack { offset: fields.u64()? },
            5 => Self::Probe { id: fields.u64()? },
            6 => Self::Stop { grace_ms: fields.u32()? },
            7 => Self::Bye,
            8 => Self::DropInput { id: fields.u64()? },
            _ => return Ok(None),
        }))
    }
}

impl FromHolder {
    /// The whole frame.
    ///
    /// # Errors
    /// [`Error::TooLong`].
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Hello(hello) => {
                let mut payload = Hello::new(Role::Holder).encode();
                payload.extend_from_slice(&hello.start.to_le_bytes());
                payload.extend_from_slice(&hello.end.to_le_bytes());
                payload.extend_from_slice(&hello.child.to_le_bytes());
                payload.extend_from_slice(&hello.holder.to_le_bytes());
                payload.extend_from_slice(&exit_bytes(hello.exit));
                payload.extend_from_slice(hello.pane.as_str().as_bytes());
                encode(65, &payload)
            }
            Self::Log { begins_segment, offset, bytes } => {
                let mut frame = log_header(*begins_segment, *offset, bytes.len())?.to_vec();
                frame.extend_from_slice(bytes);
                Ok(frame)
            }
            Self::Probe(probe) => {
                let bits =
                    u8::from(probe.foreground) | u8::from(probe.icanon) << 1 | u8::from(probe.echo) << 2;
                encode(67, &[&probe.id.to_le_bytes()[..], &[bits]].concat())
            }
            Self::InputDone(report) => encode(68, &report.bytes()),
            Self::InputStalled(report) => encode(69, &report.bytes()),
            Self::Trouble { lost, reason } => {
                encode(70, &[&lost.to_le_bytes()[..], reason.as_bytes()].concat())
            }
            Self::Stopped { exit } => encode(71, &exit_bytes(*exit)),
            Self::Unlogged(bytes) => encode(72, bytes),
        }
    }

    /// What a frame says; `None` for a kind this version does not know.
    ///
    /// # Errors
    /// [`Error::Malformed`], and those of [`Hello::decode`].
    pub fn decode(frame: &Frame) -> Result<Option<Self>, Error> {
        if frame.kind == 65 {
            let (_, rest) = Hello::decode(&frame.payload)?;
            return Ok(Some(Self::Hello(HolderHello::decode(rest)?)));
        }
        let mut fields = Fields(&frame.payload, "pane");
        Ok(Some(match frame.kind {
            LOG => Self::Log {
                begins_segment: fields.u8()? & 1 != 0,
                offset: fields.u64()?,
                bytes: fields.0.to_vec(),
            },
            67 => {
                let (id, bits) = (fields.u64()?, fields.u8()?);
                let (foreground, icanon, echo) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
                Self::Probe(Probe { id, foreground, icanon, echo })
            }
            68 => Self::InputDone(InputReport::decode(fields)?),
            69 => Self::InputStalled(InputReport::decode(fields)?),
            70 => {
                let lost = fields.u64()?;
                Self::Trouble { lost, reason: String::from_utf8_lossy(fields.0).into_owned() }
            }
            71 => Self::Stopped { exit: fields.exit()? },
            72 => Self::Unlogged(fields.0.to_vec()),
            _ => return Ok(None),
        }))
    }
}

/// The first bytes of a log frame, to be followed by `len` bytes of the log.
///
/// # Errors
/// [`Error::TooLong`].
pub fn log_header(begins_segment: bool, offset: u64, len: usize) -> Result<[u8; LOG_HEADER], Error> {
    let mut bytes = [0; LOG_HEADER];
    bytes[..FRAME_HEADER].copy_from_slice(&header(LOG, len.saturating_add(9))?);
    bytes[FRAME_HEADER] = u8::from(begins_segment);
    bytes[FRAME_HEADER + 1..].copy_from_slice(&offset.to_le_bytes());
    Ok(bytes)
}

impl HolderHello {
    fn decode(rest: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields(rest, "hello");
        let (start, end) = (fields.u64()?, fields.u64()?);
        let (child, holder) = (fields.i32()?, fields.i32()?);
        let exit = fields.exit()?;
        let name = std::str::from_utf8(fields.0).ok().and_then(|n| AgentName::new(n).ok());
        let pane = name.ok_or(Error::Malformed("hello"))?;
        Ok(Self { pane, child, holder, start, end, exit })
    }
}

impl InputReport {
    fn bytes(&self) -> Vec<u8> {
        [self.id.to_le_bytes(), self.written.to_le_bytes(), self.total.to_le_bytes()].concat()
    }

    fn decode(mut fields: Fields<'_>) -> Result<Self, Error> {
        Ok(Self { id: fields.u64()?, written: fields.u64()?, total: fields.u64()? })
    }
}

fn exit_bytes(exit: Option<Exit>) -> [u8; 5] {
    let (tag, value) = match exit {
        None => (0, 0),
        Some(Exit::Code(code)) => (1, code),
        Some(Exit::Signal(signal)) => (2, signal),
    };
    let [a, b, c, d] = i32::to_le_bytes(value);
    [tag, a, b, c, d]
}

/// Takes fixed fields off the front of a payload; the name is for the error.
struct Fields<'a>(&'a [u8], &'static str);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (head, rest) = self.0.split_first_chunk().ok_or(Error::Malformed(self.1))?;
        self.0 = rest;
        Ok(*head)
    }

    fn u8(&mut self) -> Result<u8, Error> {
        self.take::<1>().map(|[b]| b)
    }

    fn u16(&mut self) -> Result<u16, Error> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, Error> {
        self.take().map(u32::from_le_bytes)
    }

    fn i32(&mut self) -> Result<i32, Error> {
        self.take().map(i32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Error> {
        self.take().map(u64::from_le_bytes)
    }

    fn exit(&mut self) -> Result<Option<Exit>, Error> {
        match (self.u8()?, self.i32()?) {
            (0, _) => Ok(None),
            (1, code) => Ok(Some(Exit::Code(code))),
            (2, signal) => Ok(Some(Exit::Signal(signal))),
            _ => Err(Error::Malformed(self.1)),
        }
    }
}

#[cfg(test)]
mod tests;
