//! What is shown of a recording, and how it goes on: fulfils wishes, lets time pass, follows what still grows.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::ahead::Ahead;
use super::notes::{Note, Notes};
use super::show::Options;
use super::{Error, Player};
use crate::domain::id::AgentName;
use crate::domain::moment::{Moment, told};
use crate::engine::state::State;
use crate::ui::replay::{Deck, Mark, Play, Sign, Story, Way, Wish};
use crate::ui::{Look, View};

/// How often what plays is shown anew, at most.
const STEP: Duration = Duration::from_millis(33);
/// How often a recording that grows is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// A recording and how it is shown.
pub(super) struct Stage {
    player: Player,
    options: Options,
    notes: Option<Notes>,
    /// Why notes cannot be kept, to be told to whoever writes one.
    unkept: String,
    ahead: Ahead,
    clock: Option<Tick>,
    /// When a recording that grows is looked at next.
    look: Option<Instant>,
    play: Play,
}

/// Where playing stands.
#[derive(Clone, Copy, Debug)]
struct Tick {
    /// When it was there.
    at: Instant,
    /// The moment of the recording, in microseconds with a fraction that slow playing needs.
    us: f64,
    /// Since which moment nothing was printed or happened, as far as it was seen.
    quiet: u64,
}

impl Stage {
    pub fn new(mut player: Player, options: Options) -> Result<Self, Error> {
        let at = options.at.unwrap_or(if options.live { Moment::End } else { Moment::After(0) });
        player.go(at)?;
        let (notes, unkept) = match &options.notes {
            Some(folder) => match Notes::open(folder, player.recording().file()) {
                Ok(notes) => (Some(notes), String::new()),
                Err(e) => (None, e.to_string()),
            },
            None => (None, "keep a note: this user has no data directory".to_owned()),
        };
        let look = options.live.then(Instant::now);
        let (ahead, clock, play) = (Ahead::default(), None, Play::Paused);
        Ok(Self { player, options, notes, unkept, ahead, clock, look, play })
    }

    pub fn title(&self) -> &str {
        &self.options.title
    }

    pub fn state(&self) -> &State {
        self.player.state()
    }

    /// A fresh view of it.
    pub fn view(&mut self, rows: u16, cols: u16, look: Look) -> View {
        let mut deck = Deck::new(self.story(), self.options.speed, self.options.idle);
        deck.live = self.options.live;
        let at_end = self.player.now() >= self.player.span().1;
        if deck.live && at_end {
            deck.play = Play::Following;
        }
        deck.at(self.player.now(), self.player.line());
        self.play = deck.play;
        let mut view = View::of_recording(rows, cols, look, deck);
        let orchestrator = AgentName::orchestrator();
        let first = || self.state().config.tabs.iter().flat_map(|t| &t.panes).find(|p| **p != orchestrator);
        if let Some(name) = self.options.agent.clone().or_else(|| first().cloned()) {
            view.focus(self.player.state(), &name);
        }
        view
    }

    /// What whoever leaves is told.
    pub fn farewell(&self) -> String {
        let (begin, _) = self.player.span();
        let at = told(self.player.now().saturating_sub(begin));
        format!("left at {at}; `--at {at}` begins there again")
    }

    fn story(&self) -> Story {
        let recording = self.player.recording();
        let chapters = recording.chapters().into_iter().filter_map(|(place, chapter)| {
            let line = recording.lines().get(place)?;
            Some(Mark {
                us: line.time.mono,
                event: Some((place, line.seq)),
                what: Sign::Chapter(chapter.kind),
                agent: chapter.agent,
                text: chapter.text,
            })
        });
        let notes = self.notes.iter().flat_map(|n| n.all()).map(|n| Mark {
            us: n.us,
            event: None,
            what: Sign::Note,
            agent: None,
            text: n.text.clone(),
        });
        let mut marks: Vec<Mark> = chapters.chain(notes).collect();
        marks.sort_by_key(|m| m.us);
        Story {
            title: self.options.title.clone(),
            span: self.player.span(),
            rows: self.player.timeline().rows.clone(),
            marks,
        }
    }

    /// Does what was wished for; the answer is whether it could be done.
    pub fn fulfil(&mut self, view: &mut View, wish: Wish) -> bool {
        let done = match wish {
            Wish::Go(moment) => self.player.go(moment),
            Wish::To(us) => self.player.seek(us),
            Wish::Event(place) => self.player.seek_line(place),
            Wish::Frame(Way::On) => self.frame_on(),
            Wish::Frame(Way::Back) => self.player.frame_back(),
            Wish::Note(text) => return self.note(view, text),
            Wish::Search(_) | Wish::Hit(_) | Wish::EndSearch => {
                view.complain("searching is not built yet");
                return false;
            }
        };
        self.clock = None;
        self.tell(view);
        self.told(view, done)
    }

    fn told(&mut self, view: &mut View, done: Result<(), Error>) -> bool {
        let Err(e) = done else { return true };
        if let Some(deck) = view.deck() {
            deck.play = Play::Paused;
        }
        view.complain(format!("failed to {e}"));
        false
    }

    fn frame_on(&mut self) -> Result<(), Error> {
        match self.ahead.after(&self.player, self.player.now()) {
            Some(us) => self.player.seek(us),
            None => self.player.go(Moment::End),
        }
    }

    fn note(&mut self, view: &mut View, text: String) -> bool {
        let Some(notes) = &mut self.notes else {
            view.complain(format!("failed to {}", self.unkept));
            return false;
        };
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
        let note = Note { us: self.player.now(), text, wall: i64::try_from(wall).unwrap_or(0) };
        match notes.add(note) {
            Ok(()) => view.say(format!("kept in {}", notes.path().display())),
            Err(e) => {
                view.complain(format!("failed to {e}"));
                return false;
            }
        }
        let story = self.story();
        if let Some(deck) = view.deck() {
            deck.story = story.into();
        }
        true
    }

    /// Tells the deck what is shown.
    fn tell(&self, view: &mut View) {
        if let Some(deck) = view.deck() {
            deck.at(self.player.now(), self.player.line());
        }
    }

    /// When time must go on although nobody asks; none: never.
    pub fn due(&self) -> Option<Instant> {
        let step = self.clock.filter(|_| self.play == Play::Playing).map(|tick| tick.at + STEP);
        let begin = (self.play == Play::Playing && self.clock.is_none()).then(Instant::now);
        [step, begin, self.look].into_iter().flatten().min()
    }

    /// Lets time pass until `now`; the answer is whether something else is to be seen.
    pub fn pass(&mut self, view: &mut View, now: Instant) -> bool {
        let mut changed = self.grow(view, now);
        let Some(deck) = view.deck() else { return changed };
        (self.play, changed) = (deck.play, changed);
        if deck.play != Play::Playing {
            self.clock = None;
            return changed;
        }
        let (speed, cut, live) = (deck.speed, deck.cut(), deck.live);
        let here = self.player.now();
        let tick = self.clock.unwrap_or(Tick { at: now, us: micros(here), quiet: here });
        if self.clock.is_some() && now < tick.at + STEP {
            return changed;
        }
        let passed = now.saturating_duration_since(tick.at).as_secs_f64() * 1e6;
        let mut us = tick.us + passed * speed;
        let mut quiet = tick.quiet;
        let (_, end) = self.player.span();
        let next = self.ahead.after(&self.player, here);
        match (next, cut) {
            (Some(next), _) if micros(next) <= us => quiet = whole(us),
            (next, Some(cut)) if us - micros(quiet) >= micros(cut) => {
                let to = next.unwrap_or(end);
                // Only what is longer than it may be is cut.
                us = us.max(micros(to));
                quiet = to;
            }
            _ => {}
        }
        self.clock = Some(Tick { at: now, us, quiet });
        let to = whole(us).min(end);
        if to != here {
            let done = self.player.seek(to);
            self.tell(view);
            changed = true;
            self.told(view, done);
        }
        if let Some(deck) = view.deck().filter(|_| whole(us) >= end) {
            deck.play = if live { Play::Following } else { Play::Paused };
            self.play = deck.play;
            changed = true;
        }
        changed
    }

    /// Takes in what was recorded since, of a session that still runs.
    fn grow(&mut self, view: &mut View, now: Instant) -> bool {
        if self.look.is_none_or(|at| now < at) {
            return false;
        }
        self.look = Some(now + LOOK);
        let before = (self.player.span(), self.player.recording().lines().len());
        if let Err(e) = self.player.refresh() {
            self.look = None;
            return !self.told(view, Err(e));
        }
        let open = self.player.is_open();
        if !open {
            self.look = None;
        }
        let grown = before != (self.player.span(), self.player.recording().lines().len());
        if !grown && open {
            return false;
        }
        self.ahead.forget();
        let story = self.story();
        let Some(deck) = view.deck() else { return true };
        deck.story = story.into();
        deck.live = open;
        if deck.play == Play::Following {
            if !open {
                deck.play = Play::Paused;
            }
            let done = self.player.go(Moment::End);
            self.tell(view);
            self.told(view, done);
        }
        true
    }
}

#[expect(clippy::cast_precision_loss, reason = "2^53 µs are 285 years")]
fn micros(us: u64) -> f64 {
    us as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturating is meant")]
fn whole(us: f64) -> u64 {
    us as u64
}
