//! One line, with its checksum.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{At, Entry, Error};
use crate::domain::time::Time;

const CRC_MEMBER: usize = r#","crc":"00000000"}"#.len();

#[derive(Serialize, Deserialize)]
pub(super) struct Line<K, B> {
    pub seq: u64,
    pub us: u64,
    pub wall: i64,
    pub kind: K,
    pub body: B,
    #[serde(default, skip_serializing_if = "At::is_empty")]
    pub at: At,
}

pub(super) fn encode<K: Serialize, B: Serialize>(line: &Line<K, B>) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec(line)?;
    let crc = crc32fast::hash(&bytes);
    bytes.pop();
    bytes.extend_from_slice(format!(",\"crc\":\"{crc:08x}\"}}\n").as_bytes());
    Ok(bytes)
}

pub(super) fn decode(line: &[u8]) -> Option<Entry> {
    let (text, member) = line.split_at_checked(line.len().checked_sub(CRC_MEMBER)?)?;
    let digits = member.strip_prefix(b",\"crc\":\"")?.strip_suffix(b"\"}")?;
    let crc = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    let mut whole = text.to_vec();
    whole.push(b'}');
    if crc32fast::hash(&whole) != crc {
        return None;
    }
    let line: Line<String, Value> = serde_json::from_slice(&whole).ok()?;
    let time = Time { mono: line.us, wall: line.wall };
    Some(Entry { seq: line.seq, time, kind: line.kind, body: line.body, at: line.at })
}
