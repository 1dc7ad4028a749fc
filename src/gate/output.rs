//! The output of a command: whole while it is small, else its head and its tail.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, PipeReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{Error, io};
use crate::domain::mask::{Mask, Masker};

/// Bytes of the last lines in the result.
const TAIL: usize = 2048;
/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// Writes the head to a file at once and holds the tail back until the end is known.
pub(super) struct Output {
    file: File,
    /// Bytes kept of the beginning, and as many of the end.
    half: usize,
    head: usize,
    tail: VecDeque<u8>,
    dropped: u64,
    last: VecDeque<u8>,
    /// Whether something came since the last lines were asked for.
    news: bool,
    buffer: Vec<u8>,
    masker: Masker,
}

impl Output {
    /// Begins a record of which `kept` bytes are kept, and a line that says what was not.
    pub(super) fn create(path: &Path, kept: usize, mask: &Arc<Mask>) -> Result<Self, Error> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .map_err(io(format!("write {}", path.display())))?;
        let (tail, last) = (VecDeque::new(), VecDeque::new());
        let half = kept / 2;
        let (buffer, masker) = (vec![0; CHUNK], Masker::new(mask.clone()));
        Ok(Self { file, half, head: 0, tail, dropped: 0, last, news: false, buffer, masker })
    }

    /// Takes what comes within `wait`; false at the end of the stream.
    pub(super) fn pump(&mut self, mut pipe: &PipeReader, wait: Duration) -> Result<bool, Error> {
        let mut fds = [PollFd::new(pipe, PollFlags::IN)];
        let wait = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
        match poll(&mut fds, Some(&wait)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(true),
            Ok(_) => {}
            Err(e) => return Err(io("wait for output")(e.into())),
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let read = pipe.read(&mut buffer);
        let taken = match read {
            Ok(0) => Ok(false),
            Ok(n) => self.take(buffer.get(..n).unwrap_or_default()).map(|()| true),
            Err(e) if e.kind() == ErrorKind::Interrupted => Ok(true),
            Err(e) => Err(io("read output")(e)),
        };
        self.buffer = buffer;
        taken
    }

    /// Takes some bytes, without what is secret in them.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut out = Vec::new();
        let plain = self.masker.feed(bytes, &mut out);
        self.keep(if plain { bytes } else { &out })
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Error> {
        push(&mut self.last, bytes, TAIL);
        self.news = true;
        let (now, later) = bytes.split_at(bytes.len().min(self.half - self.head));
        self.file.write_all(now).map_err(io("write output"))?;
        self.head += now.len();
        self.dropped += push(&mut self.tail, later, self.half);
        Ok(())
    }

    /// Whether something came since the last lines were asked for.
    pub(super) fn news(&self) -> bool {
        self.news
    }

    /// The last lines until now, as plain text.
    pub(super) fn last_lines(&mut self) -> String {
        self.news = false;
        plain(self.last.make_contiguous())
    }

    /// Writes the tail and gives the last lines as plain text.
    pub(super) fn finish(mut self) -> Result<String, Error> {
        let mut rest = Vec::new();
        self.masker.finish(&mut rest);
        self.keep(&rest)?;
        if self.dropped > 0 {
            let marker = format!("\n[orchestra: {} bytes dropped here]\n", self.dropped);
            self.file.write_all(marker.as_bytes()).map_err(io("write output"))?;
        }
        let (a, b) = self.tail.as_slices();
        for part in [a, b] {
            self.file.write_all(part).map_err(io("write output"))?;
        }
        self.file.sync_all().map_err(io("write output"))?;
        Ok(plain(self.last.make_contiguous()))
    }
}

/// Appends to a queue of bounded length and says how many bytes fell out.
fn push(queue: &mut VecDeque<u8>, bytes: &[u8], max: usize) -> u64 {
    let skipped = bytes.len().saturating_sub(max);
    let kept = bytes.get(skipped..).unwrap_or_default();
    let excess = (queue.len() + kept.len()).saturating_sub(max);
    queue.drain(..excess);
    queue.extend(kept);
    (skipped + excess) as u64
}

/// A note as the last line after the tail, within the limit.
pub(super) fn with_note(tail: &str, note: &str) -> String {
    let text = if tail.is_empty() { note.to_owned() } else { format!("{}\n{note}", tail.trim_end()) };
    let mut from = text.len().saturating_sub(TAIL);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or_default().to_owned()
}

/// The end of a text without escape sequences and control characters: it is shown on terminals and sent to agents.
pub(super) fn plain(bytes: &[u8]) -> String {
    with_note("", &clean(bytes))
}

/// All of such a text, without blanks at its end.
pub(super) fn clean(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\x1b' => match chars.next() {
                Some('[') => while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
                Some(']') => while chars.next().is_some_and(|c| c != '\x07' && c != '\x1b') {},
                _ => {}
            },
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mask::Secrets;

    const HALF: usize = 512 * 1024;

    #[test]
    fn the_tail_is_plain_text_within_its_limit() {
        assert_eq!(plain(b"a\x1b[31mred\x1b[0m\x1b]0;title\x07b\r\n\x07"), "aredb");
        assert_eq!(plain(b"\x1b[31"), "");
        let long = plain("é".repeat(2000).as_bytes());
        assert!(long.len() <= TAIL && long.len() > TAIL - 4 && long.chars().all(|c| c == 'é'));
        assert_eq!(with_note("out\n", "why"), "out\nwhy");
        assert_eq!(with_note(&"x".repeat(5000), "why").len(), TAIL);
    }

    #[test]
    fn what_is_secret_is_masked_in_the_file_and_in_the_last_lines() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = Secrets { values: vec!["hunter2!".into()], shapes: Vec::new() };
        let mask = Arc::new(Mask::new(&secrets));
        for cut in 0.."token hunter2!".len() {
            let path = dir.path().join(format!("output-{cut}"));
            let mut output = Output::create(&path, HALF, &mask).unwrap();
            let (a, b) = "token hunter2!".split_at(cut);
            output.take(a.as_bytes()).unwrap();
            assert!(!output.last_lines().contains("hunter2!"));
            output.take(b.as_bytes()).unwrap();
            let last = output.finish().unwrap();
            assert_eq!(std::fs::read_to_string(path).unwrap(), last);
            assert!(last.ends_with("*******") && last.len() == 14, "{last}");
        }
    }

    #[test]
    fn output_over_the_limit_keeps_head_and_tail_and_says_what_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("output");
        let mut output = Output::create(&path, 2 * HALF, &Arc::new(Mask::new(&Secrets::default()))).unwrap();
        output.take(&vec![b'h'; HALF - 1]).unwrap();
        output.take(&vec![b'm'; 2 * HALF]).unwrap();
        output.take(&vec![b't'; HALF - 1]).unwrap();
        assert_eq!(output.finish().unwrap(), "t".repeat(TAIL));
        let text = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
        let (head, rest) = text.split_once("\n[orchestra: ").unwrap();
        let (count, tail) = rest.split_once(" bytes dropped here]\n").unwrap();
        assert_eq!((head.len(), tail.len()), (HALF, HALF));
        assert_eq!(count.parse::<usize>().unwrap(), 2 * HALF - 2);
        assert!(
            head.starts_with('h') && head.ends_with("hm") && tail.starts_with("mt") && tail.ends_with('t')
        );
    }
}
