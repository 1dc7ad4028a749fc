//! Numbers and strings of a snapshot. What is read is believed in nothing: every length has its limit.

use super::Broken;

/// Adds a number, seven bits a byte, the lowest first.
pub(super) fn put(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// Adds a count.
pub(super) fn put_len(out: &mut Vec<u8>, n: usize) {
    put(out, u64::try_from(n).unwrap_or(u64::MAX));
}

/// Adds a length and so many bytes.
pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_len(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Adds a character.
pub(super) fn put_char(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// What is left of a snapshot.
pub(super) struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn byte(&mut self) -> Result<u8, Broken> {
        let (first, rest) = self.0.split_first().ok_or(Broken("it ends too soon"))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn number(&mut self) -> Result<u64, Broken> {
        let mut n = 0_u64;
        for shift in (0..64).step_by(7) {
            let b = self.byte()?;
            n |= u64::from(b & 0x7f) << shift;
            if b < 0x80 {
                return Ok(n);
            }
        }
        Err(Broken("a number is too long"))
    }

    /// A count of at most `max`.
    pub(super) fn len(&mut self, max: usize) -> Result<usize, Broken> {
        let n = usize::try_from(self.number()?).map_err(|_| Broken("a count is too large"))?;
        if n > max { Err(Broken("a count is too large")) } else { Ok(n) }
    }

    pub(super) fn bytes(&mut self, max: usize) -> Result<&'a [u8], Broken> {
        let n = self.len(max)?;
        let (bytes, rest) = self.0.split_at_checked(n).ok_or(Broken("it ends too soon"))?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn text(&mut self, max: usize) -> Result<String, Broken> {
        let text = std::str::from_utf8(self.bytes(max)?).map_err(|_| Broken("a text is not UTF-8"))?;
        Ok(text.to_owned())
    }

    pub(super) fn char(&mut self) -> Result<char, Broken> {
        let len = match self.0.first() {
            None => return Err(Broken("it ends too soon")),
            Some(0..=0x7f) => 1,
            Some(0..=0xdf) => 2,
            Some(0..=0xef) => 3,
            Some(_) => 4,
        };
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(Broken("it ends too soon"))?;
        self.0 = rest;
        let text = std::str::from_utf8(bytes).map_err(|_| Broken("a text is not UTF-8"))?;
        text.chars().next().ok_or(Broken("a text is not UTF-8"))
    }

    pub(super) fn flag(&mut self) -> Result<bool, Broken> {
        Ok(self.byte()? != 0)
    }
}
