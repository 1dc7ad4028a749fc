//! Keyframes and indexes of a session, made anew from its logs.

use std::path::Path;

use super::Error;
use super::course::{Bounds, Life};
use super::recording::Recording;
use super::story::Story;
use super::track::{Track, Until};
use crate::session::log::keyframe::{self, Keeper, anchor};

/// Bytes of a log after which what was made is written down.
const PORTION: u64 = 16 << 20;

/// Makes all keyframes and indexes of the session in `dir` anew. Gives how many keyframes there are now.
///
/// # Errors
/// When it is no session, somebody serves it, or a log cannot be read or written beside.
pub fn rebuild(dir: &Path) -> Result<usize, Error> {
    let recording = Recording::open(dir)?;
    let _lock = recording.dir().lock()?;
    let story = Story::of(&recording);
    let blank = recording.blank();
    let mut made = 0;
    for agent in &blank.agents {
        let path = recording.dir().pane(&agent.name);
        let lives = story.courses.starts(&agent.name, agent.pane.size);
        made += pane(&path, &lives).map_err(|source| Error::Log { path, source })?;
    }
    Ok(made)
}

fn pane(dir: &Path, lives: &[(Life, u64)]) -> std::io::Result<usize> {
    match keyframe::remove(dir) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    }
    let mut keeper = Keeper::open(dir)?;
    let mut made = 0;
    let mut track = Track::new(dir);
    for (life, end) in lives {
        let mut low = life.from.unwrap_or(0);
        loop {
            low = low.saturating_add(PORTION).min(*end);
            track.go(*life, Until { bounds: Bounds { low, high: low }, us: None, room: u64::MAX })?;
            for record in track.drain() {
                if let Some(anchor) = anchor(&record) {
                    keeper.add(&anchor, &record)?;
                    made += 1;
                }
            }
            if low >= *end || track.peek()?.is_none() {
                break;
            }
        }
    }
    Ok(made)
}
