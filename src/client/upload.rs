//! Texts too long for one frame, in parts.

use super::Error;
use super::link::Link;
use crate::domain::signal::MAX_PROMPT;
use crate::wire::msg::{Input, Up};

/// A text up to this many bytes goes in one message: as JSON, each byte of it may become six.
const WHOLE: usize = 64 * 1024;

/// The paste that is under way.
#[derive(Default)]
pub(super) struct Paste {
    /// What was not sent yet.
    waits: Vec<u8>,
    /// Bytes that went in parts.
    sent: usize,
}

impl Paste {
    /// Takes a part. What is beyond the limit is counted and not sent: a paste is taken whole or not at all.
    pub(super) fn part(&mut self, mut part: Vec<u8>, link: &mut Link) -> Result<(), Error> {
        self.waits.append(&mut part);
        if self.waits.len() > WHOLE {
            self.send(link)?;
        }
        Ok(())
    }

    /// The paste is complete.
    pub(super) fn end(&mut self, link: &mut Link) -> Result<(), Error> {
        if self.sent == 0 {
            let text = std::mem::take(&mut self.waits);
            let text = String::from_utf8_lossy(&text).into_owned();
            return link.put(&Up::Input(Input::Paste(text)));
        }
        self.send(link)?;
        let bytes = std::mem::take(&mut self.sent);
        link.put(&Up::Input(Input::Pasted { bytes }))
    }

    fn send(&mut self, link: &mut Link) -> Result<(), Error> {
        let part = std::mem::take(&mut self.waits);
        self.sent += part.len();
        if part.is_empty() || self.sent > MAX_PROMPT {
            return Ok(());
        }
        link.put(&Up::Part(part))
    }
}

/// Sends what became of a text in the editor.
pub(super) fn edited(text: Option<String>, link: &mut Link) -> Result<(), Error> {
    match text {
        Some(text) if text.len() > WHOLE => {
            for part in text.as_bytes().chunks(WHOLE) {
                link.put(&Up::Part(part.to_vec()))?;
            }
            link.put(&Up::EditedParts { bytes: text.len() })
        }
        text => link.put(&Up::Edited { text }),
    }
}
