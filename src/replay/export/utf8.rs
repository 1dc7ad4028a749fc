//! Bytes as text, characters that lie across two portions joined.

/// Joins portions of bytes into text. What is no UTF-8 becomes U+FFFD.
#[derive(Debug, Default)]
pub struct Joiner {
    part: Vec<u8>,
}

impl Joiner {
    /// Adds the text of `bytes` to `text`, but for the beginning of a character at their end.
    pub fn push(&mut self, bytes: &[u8], text: &mut String) {
        self.part.extend_from_slice(bytes);
        let mut rest: &[u8] = &self.part;
        loop {
            match std::str::from_utf8(rest) {
                Ok(good) => {
                    text.push_str(good);
                    self.part.clear();
                    return;
                }
                Err(e) => {
                    let (good, bad) = rest.split_at(e.valid_up_to());
                    text.push_str(std::str::from_utf8(good).unwrap_or_default());
                    let Some(len) = e.error_len() else {
                        self.part = bad.to_vec();
                        return;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = bad.get(len..).unwrap_or_default();
                }
            }
        }
    }

    /// What was begun and never ended.
    pub fn end(&mut self, text: &mut String) {
        if !std::mem::take(&mut self.part).is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}
