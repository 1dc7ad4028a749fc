//! What panes printed before what is kept of it in memory, read from their logs for whoever looks that far back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use std::{io, thread};

use super::clients::{ClientId, Kind};
use super::run::Server;
use super::waker::Waker;
use crate::domain::id::AgentName;
use crate::engine::state::HISTORY;
use crate::screen::{Gather, Gathered, Screen, Size};
use crate::session::log::keyframe::Keyframes;
use crate::session::log::{Bytes, How, Kind as Entry, Reader};
use crate::ui::{self, Past};

/// Most bytes of a log that are read: its last ones.
const PAST_BYTES: u64 = 64 << 20;
/// Logs that are read at a time.
const READERS: usize = 4;
/// How often it is told how far that is.
const TOLD: Duration = Duration::from_millis(250);
/// What stands where a program was started again.
const AGAIN: &str = "──── it ended here, and was started again ────";

/// Something became of a log.
struct News {
    client: ClientId,
    agent: AgentName,
    ticket: u64,
    past: Past,
}

/// The logs that are being read.
pub(super) struct Pasts {
    sender: Sender<News>,
    news: Receiver<News>,
    waker: Waker,
    /// Ends the reading for a client.
    reading: BTreeMap<ClientId, Arc<AtomicBool>>,
}

impl Pasts {
    pub fn new(waker: &Waker) -> Self {
        let (sender, news) = channel();
        Self { sender, news, waker: waker.clone(), reading: BTreeMap::new() }
    }

    fn stop(&mut self, client: ClientId) {
        if let Some(stop) = self.reading.remove(&client) {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

/// Which part of a log is read, and for a screen of which size.
struct Wanted {
    dir: PathBuf,
    until: u64,
    /// Bytes of the record there that are on the screen too.
    part: usize,
    size: Size,
}

impl Server {
    /// Reads the log of a pane, up to what is on its screen now, for a client.
    pub(super) fn look_back(&mut self, client: ClientId, agent: AgentName, ticket: u64) {
        self.pasts.stop(client);
        let Some(size) = self.state.agent(&agent).map(|a| a.pane.screen.size()) else { return };
        let holder = self.holders.iter().find(|h| h.name == agent);
        let link = holder.and_then(|h| h.link.as_ref());
        let (until, part) = match holder.and_then(|h| h.pending.unseen()) {
            Some(unseen) => unseen,
            None => (link.map_or(u64::MAX, crate::hold::Connection::offset), 0),
        };
        let wanted = Wanted { dir: self.log_dir(&agent), until, part, size };
        let pasts = &mut self.pasts;
        let (sender, waker) = (pasts.sender.clone(), pasts.waker.clone());
        let tell = move |past| {
            // The server may be gone; then nobody waits.
            let _ = sender.send(News { client, agent: agent.clone(), ticket, past });
            waker.wake();
        };
        if pasts.reading.len() >= READERS {
            return tell(Past::Unread(format!("{READERS} logs are being read already; try again")));
        }
        let stop = Arc::new(AtomicBool::new(false));
        pasts.reading.insert(client, stop.clone());
        let again = tell.clone();
        let read = move || match read(&wanted, &stop, &tell) {
            Ok(Some((gathered, more))) => tell(Past::Read(Box::new(gathered), more)),
            Ok(None) => {}
            Err(e) => tell(Past::Unread(e.to_string())),
        };
        if let Err(e) = thread::Builder::new().name("past".into()).spawn(read) {
            again(Past::Unread(e.to_string()));
        }
    }

    /// Hands out what became of logs.
    pub(super) fn take_pasts(&mut self) {
        while let Ok(News { client, agent, ticket, past }) = self.pasts.news.try_recv() {
            if !matches!(past, Past::Reading(_)) {
                self.pasts.reading.remove(&client);
            }
            let state = &self.state;
            let client = self.clients.iter_mut().find(|c| c.id == client);
            if let Some(Kind::Dashboard(d)) = client.map(|c| &mut c.kind) {
                ui::on_past(state, &mut d.view, &agent, ticket, past);
                (d.dirty, d.eager) = (true, true);
            }
        }
        let here = |id: &ClientId| self.clients.iter().any(|c| c.id == *id);
        let gone: Vec<ClientId> = self.pasts.reading.keys().filter(|id| !here(id)).copied().collect();
        gone.into_iter().for_each(|id| self.pasts.stop(id));
    }
}

/// Reads a log and keeps what is not shown any more. Gives that, and whether there is more of it further back; none
/// when it was stopped.
fn read(wanted: &Wanted, stop: &AtomicBool, tell: &dyn Fn(Past)) -> io::Result<Option<(Gathered, bool)>> {
    let mut bytes = Bytes::open(&wanted.dir)?;
    let until = wanted.until.min(bytes.end());
    let from = until.saturating_sub(PAST_BYTES);
    let first = bytes.segments().first().map_or(0, |s| s.start);
    let more = from > first;
    let (mut gather, begin) = if more { middle(wanted, &mut bytes, from) } else { start(wanted.size, first) };
    let mut reader = Reader::open(&wanted.dir, begin)?;
    let (mut told, mut printed) = (Instant::now(), false);
    while let Some(entry) = reader.next().transpose()? {
        if entry.end > until {
            let seen = entry.record.payload.get(..wanted.part).unwrap_or_default();
            if entry.offset == until && entry.record.kind == Entry::Output {
                gather.output(seen, entry.record.us);
            }
            break;
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match entry.record.kind {
            Entry::Output => {
                gather.output(&entry.record.payload, entry.record.us);
                printed = true;
            }
            Entry::Resize => {
                if let Some((rows, cols)) = entry.record.size() {
                    gather.resize(Size { rows, cols });
                }
            }
            Entry::Begin if entry.record.begin().is_some_and(|b| b.how == How::Start) => {
                gather.begin(if printed { AGAIN } else { "" });
            }
            _ => {}
        }
        if told.elapsed() >= TOLD {
            told = Instant::now();
            let part = entry.end.saturating_sub(begin) * 100 / until.saturating_sub(begin).max(1);
            tell(Past::Reading(u8::try_from(part).unwrap_or(100)));
        }
    }
    Ok(Some((gather.end(), more)))
}

fn start(size: Size, from: u64) -> (Gather, u64) {
    (Gather::new(size, HISTORY), from)
}

/// Begins in the middle of a log: at the first screen that is kept there.
fn middle(wanted: &Wanted, bytes: &mut Bytes, from: u64) -> (Gather, u64) {
    let mut keys = Keyframes::of(bytes);
    let places = keys.places();
    let place = places.get(places.partition_point(|p| p.end < from)).copied();
    let found = place.filter(|p| p.end < wanted.until).and_then(|p| keys.load(&p, bytes));
    let screen = found.and_then(|(anchor, s)| Some((Screen::restore(&s, HISTORY).ok()?.screen, anchor.end)));
    match screen {
        Some((screen, at)) => (Gather::of(screen, HISTORY), at),
        None => start(wanted.size, from),
    }
}
