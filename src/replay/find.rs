//! A search of the recording that is shown, in a thread of its own: what it finds is looked at as it comes.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use super::search::{Hit, Progress, Query, Search};
use super::{Error, Player};
use crate::ui::replay::{Found, Way};

/// The most places that are gone through.
const MOST: usize = 10_000;

/// A search and what it found so far.
pub(super) struct Finder {
    text: String,
    shared: Arc<Shared>,
    /// Hits by time.
    hits: Vec<Hit>,
    /// Which of them is shown.
    shown: Option<usize>,
    done: bool,
}

#[derive(Default)]
struct Shared {
    progress: Progress,
    news: Mutex<News>,
}

#[derive(Default)]
struct News {
    hits: Vec<Hit>,
    done: bool,
    failed: Option<Error>,
}

impl Finder {
    /// Begins to look for `text` in all panes.
    ///
    /// # Errors
    /// When it cannot be looked for, in words that complete "failed to".
    pub fn start(player: &Player, text: &str) -> Result<Self, String> {
        let query = Query::text(text).map_err(|e| e.to_string())?;
        let search = Search::of(player.recording(), None, MOST).map_err(|e| e.to_string())?;
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let work = move || {
            let each = |hit: &Hit| theirs.news().hits.push(hit.clone());
            let found = search.run(&query, &theirs.progress, &each);
            let mut news = theirs.news();
            news.done = true;
            news.failed = found.err();
        };
        // It ends by itself, or soon after it is cancelled: nobody waits for it.
        let spawned = std::thread::Builder::new().name("search".into()).spawn(work);
        spawned.map_err(|e| format!("start a search: {e}"))?;
        Ok(Self { text: text.to_owned(), shared, hits: Vec::new(), shown: None, done: false })
    }

    /// Whether it still looks.
    pub fn is_busy(&self) -> bool {
        !self.done
    }

    /// Takes in what was found since. The answer is whether something was, or whether it has ended.
    ///
    /// # Errors
    /// Why it could not look everywhere.
    pub fn news(&mut self) -> Result<bool, Error> {
        if self.done {
            return Ok(false);
        }
        let news = std::mem::take(&mut *self.shared.news());
        if !news.hits.is_empty() {
            let shown = self.shown.and_then(|i| self.hits.get(i)).cloned();
            self.hits.extend(news.hits);
            self.hits.sort_by(|a, b| (a.us, &a.pane, a.row).cmp(&(b.us, &b.pane, b.row)));
            self.shown = shown.and_then(|s| self.hits.iter().position(|h| *h == s));
        }
        self.done = news.done;
        news.failed.map_or(Ok(true), Err)
    }

    /// Goes to the next place after `now`, or to the one before; past the last, to the first again.
    pub fn go(&mut self, now: u64, way: Way) -> Option<&Hit> {
        let here = self.shown.filter(|i| self.hits.get(*i).is_some_and(|h| h.us == now));
        let last = self.hits.len().checked_sub(1)?;
        let next = match (way, here) {
            (Way::On, Some(i)) => i + 1,
            (Way::On, None) => self.hits.partition_point(|h| h.us <= now),
            (Way::Back, Some(i)) => i.checked_sub(1).unwrap_or(last),
            (Way::Back, None) => self.hits.partition_point(|h| h.us < now).checked_sub(1).unwrap_or(last),
        };
        self.shown = Some(if next > last { 0 } else { next });
        self.shown.and_then(|i| self.hits.get(i))
    }

    /// The first place at `now` or after it, else the first of all.
    pub fn first(&mut self, now: u64) -> Option<&Hit> {
        let at = self.hits.partition_point(|h| h.us < now);
        self.shown = (!self.hits.is_empty()).then_some(if at < self.hits.len() { at } else { 0 });
        self.shown.and_then(|i| self.hits.get(i))
    }

    /// What is told of it.
    pub fn told(&self) -> Found {
        let at = self.shown.map_or(0, |i| i + 1);
        Found { text: self.text.clone(), hits: self.hits.len(), at, busy: !self.done }
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.shared.progress.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn news(&self) -> std::sync::MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
