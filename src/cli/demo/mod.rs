//! stub
use super::args::Demo; use super::exit::Exit;
pub(super) fn run(_a: Demo) -> anyhow::Result<Exit> { Ok(Exit::Done) }
