//! A recording in the dashboard: its time line, its chapters, and the keys that move through it.
//!
//! Pure, as all of this layer: a key changes the deck (playing or not, how fast) or asks for a [`Wish`], which whoever
//! has the recording fulfils and tells the deck of by [`Deck::at`].

mod act;
mod entry;
mod lists;
mod strip;

use std::sync::Arc;

use crate::domain::chapter::Kind;
use crate::domain::id::AgentName;
use crate::domain::moment::Moment;
use crate::domain::state::AgentState;

pub(super) use self::act::{counterpart, drag, enter, go_to, keys, on_key, perform, pressed};
pub(super) use self::entry::{Asked, Entry, draw as draw_entry, draw_line};
pub(super) use self::strip::{draw, height};

/// How many times faster than life a recording plays, from slow to fast.
pub const PACES: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// What there is to see of a recording beside its moments.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Story {
    /// What it is called.
    pub title: String,
    /// The first and the last moment, in microseconds of the session's clock.
    pub span: (u64, u64),
    /// One row an agent in team order: each state with the moment it began.
    pub rows: Vec<(AgentName, Vec<(u64, AgentState)>)>,
    /// Chapters and notes in order.
    pub marks: Vec<Mark>,
}

/// A chapter or a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Its moment, in microseconds of the session's clock.
    pub us: u64,
    /// The place of its event among the events of the recording and its number; none for a note.
    pub event: Option<(usize, u64)>,
    /// What it is.
    pub what: Sign,
    /// Whom it is about; none: everybody.
    pub agent: Option<AgentName>,
    /// One line for people.
    pub text: String,
}

/// What a mark marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// A chapter.
    Chapter(Kind),
    /// A note of whoever looks back.
    Note,
}

impl Sign {
    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Chapter(kind) => kind.word(),
            Self::Note => "note",
        }
    }
}

/// What a person wants of whoever has the recording.
#[derive(Clone, PartialEq, Debug)]
pub enum Wish {
    /// To be shown a moment that was named.
    Go(Moment),
    /// To be shown a moment of the session's clock, in microseconds.
    To(u64),
    /// To be shown just after the event at that place.
    Event(usize),
    /// To be shown what was printed or done next, or before.
    Frame(Way),
    /// To have a text looked for in what panes showed, from here on.
    Search(String),
    /// To be shown the next place where it was found, or the one before.
    Hit(Way),
    /// To have the search forgotten.
    EndSearch,
    /// To keep a note on this moment.
    Note(String),
}

/// Which way in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Later.
    On,
    /// Earlier.
    Back,
}

/// Whether time goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Play {
    /// It stands still.
    Paused,
    /// It goes on.
    Playing,
    /// It is at the end of a session that runs, and goes with it.
    Following,
}

/// What was found of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The text.
    pub text: String,
    /// How many places are known.
    pub hits: usize,
    /// Which of them is shown, from 1; 0: none.
    pub at: usize,
    /// Whether it is still being looked for.
    pub busy: bool,
}

/// A place on an agent's screen that is pointed at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spot {
    /// Whose.
    pub agent: AgentName,
    /// The row from the top of the screen; below 0 it has scrolled away.
    pub row: i32,
    /// The column, from 0.
    pub col: u16,
    /// How many columns.
    pub width: u16,
}

/// The controls of a recording, for one view.
#[derive(Clone, PartialEq, Debug)]
pub struct Deck {
    /// What is played.
    pub story: Arc<Story>,
    /// Whether time goes on.
    pub play: Play,
    /// How many times faster than life.
    pub speed: f64,
    /// Seconds to which times without anything are cut, where [`Self::cuts`] says so.
    pub idle: u64,
    /// Whether they are.
    pub cuts: bool,
    /// Whether the session still runs.
    pub live: bool,
    /// What is looked for.
    pub found: Option<Found>,
    /// What is pointed at, as long as that moment is shown.
    pub(super) spot: Option<Spot>,
    now: u64,
    line: usize,
    strip: Option<strip::Size>,
}

impl Deck {
    /// A deck at the beginning of `story`, paused. `idle` 0 cuts nothing.
    #[must_use]
    pub fn new(story: Story, speed: f64, idle: u64) -> Self {
        let now = story.span.0;
        Self {
            story: Arc::new(story),
            play: Play::Paused,
            speed: speed.clamp(PACES[0], PACES[PACES.len() - 1]),
            idle: if idle == 0 { 2 } else { idle },
            cuts: idle > 0,
            live: false,
            found: None,
            spot: None,
            now,
            line: 0,
            strip: None,
        }
    }

    /// The moment `now` is shown, after so many events.
    pub fn at(&mut self, now: u64, line: usize) {
        if (self.now, self.line) != (now, line) {
            self.spot = None;
        }
        (self.now, self.line) = (now, line);
    }

    /// The moment that is shown, in microseconds of the session's clock.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The microseconds to which times without anything are cut, if they are.
    #[must_use]
    pub fn cut(&self) -> Option<u64> {
        self.cuts.then(|| self.idle.saturating_mul(1_000_000))
    }

    /// How many marks lie before what is shown, or at it.
    fn passed(&self) -> usize {
        self.story.marks.iter().filter(|m| self.is_past(m)).count()
    }

    fn is_past(&self, mark: &Mark) -> bool {
        match mark.event {
            Some((place, _)) => place < self.line,
            None => mark.us <= self.now,
        }
    }

    /// Whether what is shown is exactly what a mark marks.
    fn is_here(&self, mark: &Mark) -> bool {
        match mark.event {
            Some((place, _)) => place + 1 == self.line && mark.us == self.now,
            None => mark.us == self.now,
        }
    }

    /// Microseconds since the beginning.
    fn since(&self, us: u64) -> u64 {
        us.saturating_sub(self.story.span.0)
    }
}
