//! Frames on a byte stream: `u32 len LE | u8 kind | payload`, where `len` counts kind and payload.

use std::io::{self, Read, Write};

/// The most that kind and payload of one frame may measure together, in bytes.
pub const MAX_FRAME: usize = 1 << 20;
/// Bytes of a frame before its payload.
pub const FRAME_HEADER: usize = 5;
/// The first bytes of every greeting.
pub const MAGIC: [u8; 4] = *b"ORCH";
/// The version of the protocols spoken here. A reader refuses any other.
pub const VERSION: u16 = 1;

/// One frame as it came from the stream. Kinds a reader does not know are its to skip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What the payload is; the protocol on top gives it meaning.
    pub kind: u8,
    /// The bytes after the kind, at most [`MAX_FRAME`] − 1.
    pub payload: Vec<u8>,
}

/// Why bytes are not a frame.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stream announces a frame beyond [`MAX_FRAME`]; nothing after it can be read.
    #[error("read a frame of {0} bytes: the limit is {MAX_FRAME}, so the other side speaks something else")]
    Oversize(usize),
    /// A frame of no bytes has no kind.
    #[error("read a frame without a kind: the other side speaks something else")]
    Empty,
    /// A payload to be sent is beyond [`MAX_FRAME`].
    #[error("send a frame of {0} bytes: the limit is {MAX_FRAME}; split it")]
    TooLong(usize),
    /// The stream ended within a frame.
    #[error("read a whole frame: the stream ended in the middle of one")]
    Cut,
    /// A payload is not what its kind says.
    #[error("read a {0} frame: its payload is malformed")]
    Malformed(&'static str),
    /// The greeting does not begin with [`MAGIC`].
    #[error("greet the other side: it is not orchestra")]
    Stranger,
    /// The greeting has another version.
    #[error("greet the other side: it speaks version {0}, this is version {VERSION}; restart the older one")]
    Version(u16),
    /// The stream itself failed.
    #[error("use the stream: {0}")]
    Io(#[from] io::Error),
}

/// The bytes of one frame.
///
/// # Errors
/// [`Error::TooLong`] when kind and payload exceed [`MAX_FRAME`].
pub fn encode(kind: u8, payload: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = header(kind, payload.len())?.to_vec();
    bytes.extend_from_slice(payload);
    Ok(bytes)
}

/// The bytes before a payload of `len` bytes.
///
/// # Errors
/// [`Error::TooLong`] when kind and payload exceed [`MAX_FRAME`].
pub fn header(kind: u8, len: usize) -> Result<[u8; FRAME_HEADER], Error> {
    let whole = len.saturating_add(1);
    let size = u32::try_from(whole).ok().filter(|_| whole <= MAX_FRAME).ok_or(Error::TooLong(whole))?;
    let [a, b, c, d] = size.to_le_bytes();
    Ok([a, b, c, d, kind])
}

/// Writes one frame to a blocking stream and flushes it.
///
/// # Errors
/// [`Error::TooLong`], or what the stream says.
pub fn write(stream: &mut impl Write, kind: u8, payload: &[u8]) -> Result<(), Error> {
    stream.write_all(&encode(kind, payload)?)?;
    Ok(stream.flush()?)
}

/// Reads one frame from a blocking stream; `None` at a clean end.
///
/// # Errors
/// [`Error::Cut`] when the stream ends within a frame, the errors of [`Decoder`], or what the stream says.
pub fn read(stream: &mut impl Read) -> Result<Option<Frame>, Error> {
    let mut size = [0; 4];
    let mut have = 0;
    while have < size.len() {
        match stream.read(&mut size[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(Error::Cut),
            Ok(n) => have += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e.into()),
        }
    }
    let len = checked(size)?;
    let mut kind = [0; 1];
    let mut payload = vec![0; len - 1];
    let cut = |e: io::Error| if e.kind() == io::ErrorKind::UnexpectedEof { Error::Cut } else { e.into() };
    stream.read_exact(&mut kind).map_err(cut)?;
    stream.read_exact(&mut payload).map_err(cut)?;
    Ok(Some(Frame { kind: kind[0], payload }))
}

fn checked(size: [u8; 4]) -> Result<usize, Error> {
    let len = usize::try_from(u32::from_le_bytes(size)).unwrap_or(usize::MAX);
    match len {
        0 => Err(Error::Empty),
        len if len > MAX_FRAME => Err(Error::Oversize(len)),
        len => Ok(len),
    }
}

/// Takes bytes in any portions and gives frames.
///
/// It holds at most what was pushed and not yet taken: push no more than one read at a time and take all
/// frames before the next. After an error it gives nothing more: the stream cannot be understood again.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    start: usize,
    broken: bool,
}

impl Decoder {
    /// Adds bytes in the order they came.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        if self.start > 0 && (self.start == self.bytes.len() || self.start >= 64 * 1024) {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether bytes of an unfinished frame wait for their rest.
    #[must_use]
    pub fn is_mid_frame(&self) -> bool {
        self.start < self.bytes.len()
    }
}

impl Iterator for Decoder {
    type Item = Result<Frame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.start..)?;
        let size: [u8; 4] = rest.get(..4)?.try_into().ok()?;
        let len = match checked(size) {
            Ok(len) => len,
            Err(e) => {
                self.broken = true;
                self.bytes = Vec::new();
                self.start = 0;
                return Some(Err(e));
            }
        };
        let body = rest.get(4..4 + len)?;
        let (kind, payload) = body.split_first()?;
        let frame = Frame { kind: *kind, payload: payload.to_vec() };
        self.start += 4 + len;
        Some(Ok(frame))
    }
}

/// The first frame of either side of every connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// The speaker's version; see [`VERSION`].
    pub version: u16,
    /// Who speaks.
    pub role: Role,
}

/// Who speaks on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The server of a session.
    Server,
    /// The holder of a pane.
    Holder,
    /// A terminal that shows the dashboard.
    Client,
    /// A subcommand that asks or tells one thing.
    Command,
    /// A role this version does not know.
    Other(u8),
}

impl Role {
    fn number(self) -> u8 {
        match self {
            Self::Server => 1,
            Self::Holder => 2,
            Self::Client => 3,
            Self::Command => 4,
            Self::Other(n) => n,
        }
    }

    fn from_number(n: u8) -> Self {
        match n {
            1 => Self::Server,
            2 => Self::Holder,
            3 => Self::Client,
            4 => Self::Command,
            n => Self::Other(n),
        }
    }
}

impl Hello {
    /// A greeting of this version.
    #[must_use]
    pub fn new(role: Role) -> Self {
        Self { version: VERSION, role }
    }

    /// The payload of the greeting; a protocol may append its own fields.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.push(self.role.number());
        bytes
    }

    /// Reads a greeting and gives the protocol's own fields after it.
    ///
    /// # Errors
    /// [`Error::Stranger`] without the magic, [`Error::Version`] for another version,
    /// [`Error::Malformed`] when it is too short.
    pub fn decode(payload: &[u8]) -> Result<(Self, &[u8]), Error> {
        let rest = payload.strip_prefix(&MAGIC).ok_or(Error::Stranger)?;
        let (version, rest) = rest.split_first_chunk::<2>().ok_or(Error::Malformed("hello"))?;
        let version = u16::from_le_bytes(*version);
        if version != VERSION {
            return Err(Error::Version(version));
        }
        let (role, rest) = rest.split_first().ok_or(Error::Malformed("hello"))?;
        Ok((Self { version, role: Role::from_number(*role) }, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn oversize_and_empty_frames_end_the_stream_once() {
        let mut decoder = Decoder::default();
        decoder.push(&(MAX_FRAME as u32 + 1).to_le_bytes());
        assert!(matches!(decoder.next(), Some(Err(Error::Oversize(_)))));
        decoder.push(&encode(1, b"after").unwrap());
        assert!(decoder.next().is_none());
        let mut decoder = Decoder::default();
        decoder.push(&[0; 4]);
        assert!(matches!(decoder.next(), Some(Err(Error::Empty))));
        assert!(encode(1, &vec![0; MAX_FRAME]).is_err());
        assert!(encode(1, &vec![0; MAX_FRAME - 1]).is_ok());
    }

    #[test]
    fn the_blocking_reader_tells_a_clean_end_from_a_cut() {
        let bytes = encode(7, b"abc").unwrap();
        let mut stream = &bytes[..];
        assert_eq!(read(&mut stream).unwrap(), Some(Frame { kind: 7, payload: b"abc".to_vec() }));
        assert_eq!(read(&mut stream).unwrap(), None);
        for cut in 1..bytes.len() {
            assert!(matches!(read(&mut &bytes[..cut]), Err(Error::Cut)), "{cut}");
        }
    }

    #[test]
    fn greetings_are_checked() {
        let hello = Hello::new(Role::Server);
        let mut bytes = hello.encode();
        bytes.extend_from_slice(b"more");
        assert_eq!(Hello::decode(&bytes).unwrap(), (hello, &b"more"[..]));
        assert!(matches!(Hello::decode(b"HTTP/1.1"), Err(Error::Stranger)));
        assert!(matches!(Hello::decode(b"ORCH\x09\x00\x01"), Err(Error::Version(9))));
        assert!(matches!(Hello::decode(b"ORCH\x01\x00"), Err(Error::Malformed(_))));
    }

    proptest! {
        #[test]
        fn frames_survive_any_portioning(
            frames in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..300)), 0..20),
            cuts in prop::collection::vec(1usize..97, 1..40),
        ) {
            let bytes: Vec<u8> = frames.iter().flat_map(|(k, p)| encode(*k, p).unwrap()).collect();
            let mut decoder = Decoder::default();
            let mut got = Vec::new();
            let (mut at, mut cut) = (0, cuts.iter().cycle());
            while at < bytes.len() {
                let end = (at + cut.next().unwrap()).min(bytes.len());
                decoder.push(&bytes[at..end]);
                got.extend(decoder.by_ref().map(|f| f.map(|f| (f.kind, f.payload)).unwrap()));
                at = end;
            }
            prop_assert_eq!(got, frames);
            prop_assert!(!decoder.is_mid_frame());
        }

        #[test]
        fn any_bytes_are_met_calmly(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let mut decoder = Decoder::default();
            decoder.push(&bytes);
            prop_assert!(decoder.count() <= bytes.len());
        }
    }
}
