//! What is shown of a recording, and how it goes on: fulfils wishes, lets time pass, follows what still grows.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use unicode_width::UnicodeWidthStr;

use super::find::Finder;
use super::notes::{Note, Notes};
use super::search::Hit;
use super::show::Options;
use super::{Error, Player, Stride};
use crate::domain::id::AgentName;
use crate::domain::moment::{Moment, told as clock};
use crate::engine::state::State;
use crate::ui::replay::{Deck, Mark, Play, Sign, Spot, Story, Way, Wish};
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
    clock: Option<Tick>,
    /// When a recording that grows is looked at next.
    look: Option<Instant>,
    play: Play,
    finder: Option<Finder>,
    /// The moment that was shown when the search began.
    from: u64,
    /// When what was found was last asked for.
    looked: Instant,
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
        let (clock, play) = (None, Play::Paused);
        let (finder, from, looked) = (None, 0, Instant::now());
        Ok(Self { player, options, notes, unkept, clock, look, play, finder, from, looked })
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
        let at = clock(self.player.now().saturating_sub(begin));
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
            Wish::Frame(way) => self.frame(view, way),
            Wish::Note(text) => return self.note(view, text),
            Wish::Search(text) => return self.search(view, &text),
            Wish::Hit(way) => return self.hit(view, way),
            Wish::EndSearch => {
                self.finder = None;
                return true;
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

    fn frame(&mut self, view: &mut View, way: Way) -> Result<(), Error> {
        let (stride, over) = match way {
            Way::On => (Stride::Forward, "it ends here"),
            Way::Back => (Stride::Back, "it begins here"),
        };
        if !self.player.step(stride)? {
            view.say(over);
        }
        Ok(())
    }

    /// Whoever has scrolled to the oldest line that is known of a pane is given those before it; `all`: goes to the very
    /// first.
    pub fn deepen(&mut self, view: &mut View, all: bool) {
        let Some((name, back)) = view.oldest(self.player.state()) else { return };
        let done = self.player.deepen(&name);
        if let Some(agent) = self.player.state().agent(&name).filter(|_| matches!(done, Ok(true))) {
            view.look_back(agent, if all { usize::MAX } else { back });
        }
        self.told(view, done.map(|_| ()));
    }

    /// Begins to look for a text.
    fn search(&mut self, view: &mut View, text: &str) -> bool {
        match Finder::start(&self.player, text) {
            Ok(finder) => {
                self.from = self.player.now();
                if let Some(deck) = view.deck() {
                    deck.found = Some(finder.told());
                }
                self.finder = Some(finder);
                true
            }
            Err(why) => {
                view.complain(format!("failed to {why}"));
                false
            }
        }
    }

    /// Goes to another place where it was found.
    fn hit(&mut self, view: &mut View, way: Way) -> bool {
        let now = self.player.now();
        let Some(hit) = self.finder.as_mut().and_then(|f| f.go(now, way)).cloned() else {
            view.complain("nothing was found so far");
            return false;
        };
        self.show_hit(view, &hit)
    }

    fn show_hit(&mut self, view: &mut View, hit: &Hit) -> bool {
        let done = self.player.seek(hit.us);
        self.clock = None;
        self.tell(view);
        let told = self.finder.as_ref().map(Finder::told);
        if let Some(deck) = view.deck() {
            deck.play = Play::Paused;
            deck.found = told;
        }
        let width = u16::try_from(hit.found.width()).unwrap_or(u16::MAX).max(1);
        let spot = Spot { agent: hit.pane.clone(), row: hit.row, col: hit.col, width };
        view.point_at(self.player.state(), spot);
        let at = hit.us.saturating_sub(self.player.span().0);
        view.say(format!("{} at {}: {}", hit.pane, clock(at), hit.text.trim()));
        self.told(view, done)
    }

    /// Takes in what was found since; the answer is whether something was.
    fn found(&mut self, view: &mut View) -> bool {
        let Some(finder) = self.finder.as_mut().filter(|f| f.is_busy()) else { return false };
        let news = finder.news();
        let first = if finder.is_busy() { None } else { finder.first(self.from).cloned() };
        if let Some(deck) = view.deck() {
            deck.found = Some(finder.told());
        }
        match (news, first) {
            (Err(e), _) => !self.told(view, Err(e)),
            (Ok(_), Some(hit)) if self.player.now() == self.from => {
                self.show_hit(view, &hit);
                true
            }
            (Ok(news), _) => news,
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
        let search = self.finder.as_ref().filter(|f| f.is_busy()).map(|_| self.looked + STEP);
        [step, begin, self.look, search].into_iter().flatten().min()
    }

    /// Lets time pass until `now`; the answer is whether something else is to be seen.
    pub fn pass(&mut self, view: &mut View, now: Instant) -> bool {
        self.looked = now;
        let mut changed = self.found(view);
        changed |= self.grow(view, now);
        let Some(deck) = view.deck() else { return changed };
        self.play = deck.play;
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
        let next = match self.player.next_moment() {
            Ok(next) => next,
            Err(e) => return !self.told(view, Err(e)),
        };
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
        let grown = match self.player.refresh() {
            Ok(grown) => grown,
            Err(e) => {
                self.look = None;
                return !self.told(view, Err(e));
            }
        };
        let open = self.player.is_open();
        if !open {
            self.look = None;
        }
        if !grown && open {
            return false;
        }
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
