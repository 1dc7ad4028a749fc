//! What one client looks at: its own size, tab, focus and open things. Nothing here is shared.

mod places;
mod taste;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use ratatui::layout::Rect;

use super::actions::Choice;
use super::arrange::{Axis, Kind, Sizes, arrange};
use super::calls::{Calls, Dialog};
use super::company::Guest;
use super::composer::{Composer, Part};
use super::copy::Copy;
use super::diff::Reading;
use super::incident;
use super::journal::Lens;
use super::keymap::{Keymap, When};
use super::layout::{self, Frame};
use super::plan::Trial;
use super::popup::{Chooser, Page, Question};
use super::receipts::Sent;
use super::replay::{Deck, Entry, Spot};
use super::roster::Roster;
use super::scroll::Scroll;
use super::sheet::Sheet;
use super::stroke::Pasting;
use super::theme::Look;
use super::workflow;
use crate::domain::command::Command;
use crate::domain::id::AgentName;
use crate::domain::key::Key;
use crate::domain::team::Layout;
use crate::domain::theme::Theme;
use crate::domain::time::Time;
use crate::domain::view::TrainView;
use crate::engine::state::{Agent, State};

/// Fewest rows and columns that are drawn on.
pub const SMALLEST: (u16, u16) = (5, 20);

/// One client's view of a session.
#[derive(Clone, Debug)]
pub struct View {
    pub(super) rows: u16,
    pub(super) cols: u16,
    pub(super) look: Look,
    pub(super) tab: usize,
    /// Tabs that are laid out otherwise than the configuration says.
    pub(super) layouts: BTreeMap<usize, Layout>,
    /// Columns and rows whose borders were moved, by tab and layout.
    pub(super) sizes: BTreeMap<(usize, Layout), Sizes>,
    /// The border that is being dragged.
    pub(super) drag: Option<(Axis, usize)>,
    /// The chosen pane (or row) of each tab that was visited.
    pub(super) chosen: BTreeMap<usize, usize>,
    pub(super) zoomed: Option<AgentName>,
    /// In which order it sees the agents, and what is new of them.
    pub(super) roster: Roster,
    /// Who else is here.
    pub(super) company: Vec<Guest>,
    /// Whether nothing that is pressed here reaches an agent or the session.
    pub(super) looks_only: bool,
    /// When something was last done here.
    pub(super) now: Time,
    /// What fills the body in place of the panes.
    pub(super) sheet: Option<Sheet>,
    pub(super) mode: Mode,
    pub(super) scroll: BTreeMap<AgentName, Scroll>,
    pub(super) message: Option<Message>,
    /// The keys in force.
    pub(super) keys: Arc<Keymap>,
    /// The theme, by its name, and all there are.
    pub(super) theme: String,
    pub(super) themes: Arc<BTreeMap<String, Theme>>,
    /// Whether what is copied may go to the clipboard of the client's terminal.
    pub(super) clipboard: bool,
    /// What was taken from all actions, the last first, at most so many as `taste` says.
    pub(super) recent: VecDeque<Choice>,
    /// The key just before, which begins something of two keys.
    pub(super) begun: Option<Key>,
    /// The key just before, by which typing was left.
    pub(super) just_left: Option<Key>,
    /// Something was done while typing: once it is over, typing goes on.
    pub(super) types_on: bool,
    /// The next plan that comes as an answer was asked for in order to do that.
    pub(super) merging: Option<Command>,
    /// The plan of a merge that was asked for last.
    pub(super) plan: Option<Box<TrainView>>,
    /// The composer, while something is chosen for it.
    pub(super) kept: Option<Box<Composer>>,
    /// A plan that is looked at before it runs.
    pub(super) trial: Option<Box<Trial>>,
    /// What is seen of the journal.
    pub(super) lens: Lens,
    /// What was sent from here and is followed.
    pub(super) sent: Sent,
    /// Text of a prompt that was closed without sending.
    pub(super) draft: Vec<String>,
    pub(super) click: Option<Click>,
    /// The branch that is read.
    pub(super) reading: Option<Box<Reading>>,
    /// A button went down over the pane that is typed into, and its program was told.
    pub(super) grabbed: bool,
    /// A long paste that its program has not read to the end.
    pub(super) pasting: Option<Pasting>,
    /// The controls of the recording that is looked at; none: a session that runs.
    pub(super) deck: Option<Box<Deck>>,
    /// Whether the client's terminal may be sent links.
    pub(super) links: bool,
    /// What is known of calls that wait for a person.
    pub(super) calls: Calls,
    /// What is seen of the incident.
    pub(super) incident: incident::Page,
    /// What is seen of the project that follows a workflow.
    pub(super) workflow: workflow::Page,
}

/// What keys mean.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    Normal,
    Typing,
    Composer(Box<Composer>),
    Confirm(Box<Question>),
    Page(Box<Page>),
    Choose(Box<Chooser>),
    Entry(Box<Entry>),
    Copy(Box<Copy>),
    Calls(Box<Dialog>),
    Triage(Box<incident::Form>),
}

/// A line at the foot until the next key.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub text: String,
    pub good: bool,
}

/// The last press of the left button.
#[derive(Clone, Copy, Debug)]
pub(super) struct Click {
    pub at: Time,
    pub column: u16,
    pub row: u16,
    /// Whether keys went into a pane before it, and how far back the pane under it was seen.
    pub before: (bool, usize),
}

impl View {
    /// A fresh view on a terminal of that size.
    #[must_use]
    pub fn new(rows: u16, cols: u16, look: Look) -> Self {
        Self {
            rows,
            cols,
            look,
            tab: 0,
            layouts: BTreeMap::new(),
            sizes: BTreeMap::new(),
            drag: None,
            chosen: BTreeMap::new(),
            zoomed: None,
            roster: Roster::default(),
            company: Vec::new(),
            looks_only: false,
            now: Time::default(),
            sheet: None,
            mode: Mode::Normal,
            scroll: BTreeMap::new(),
            message: None,
            keys: Arc::default(),
            theme: String::new(),
            recent: VecDeque::new(),
            themes: Arc::default(),
            clipboard: true,
            begun: None,
            just_left: None,
            types_on: false,
            merging: None,
            plan: None,
            kept: None,
            trial: None,
            lens: Lens::default(),
            sent: Sent::default(),
            draft: Vec::new(),
            click: None,
            reading: None,
            grabbed: false,
            pasting: None,
            deck: None,
            links: true,
            calls: Calls::default(),
            incident: incident::Page::default(),
            workflow: workflow::Page::default(),
        }
    }

    /// A fresh view of a recording.
    #[must_use]
    pub fn of_recording(rows: u16, cols: u16, look: Look, deck: Deck) -> Self {
        Self { deck: Some(Box::new(deck)), ..Self::new(rows, cols, look) }
    }

    /// The controls of the recording that is looked at, if one is.
    pub fn deck(&mut self) -> Option<&mut Deck> {
        self.deck.as_deref_mut()
    }

    /// Focuses an agent, on whatever tab it is.
    pub fn focus(&mut self, state: &State, name: &AgentName) {
        self.go_to(state, name);
    }

    /// Points at a place of a recording, scrolled to where it has scrolled away.
    pub fn point_at(&mut self, state: &State, spot: Spot) {
        self.go_to(state, &spot.agent);
        if let Some(agent) = state.agent(&spot.agent) {
            let area = self.pane_areas(state).into_iter().find(|(name, _)| *name == spot.agent);
            let hidden = area.map_or(0, |(_, area)| super::part::skipped(&agent.pane.screen, area));
            let back = i64::from(hidden) - i64::from(spot.row);
            self.scroll_to(agent, usize::try_from(back).unwrap_or(0));
        }
        if let Some(deck) = &mut self.deck {
            deck.spot = Some(spot);
        }
    }

    /// Takes in what has become of the agents; `looking` says whether somebody sees this. To be called before drawing.
    /// The answer is when it is to be called and drawn again although nothing else happens.
    pub fn observe(&mut self, state: &State, looking: bool, now: Time) -> Option<Time> {
        self.settle(state);
        let by_time = [self.observe_incident(state, now), self.observe_workflow(state, now)];
        let panes = if looking && self.sheet.is_none() { self.pane_areas(state) } else { Vec::new() };
        let seen = panes.into_iter().map(|(name, _)| name).collect();
        let rows = self.roster.observe(state, &seen, now);
        by_time.into_iter().chain([rows, self.observe_calls(state, now)]).flatten().min()
    }

    /// Something is being done here.
    pub fn at(&mut self, now: Time) {
        self.now = now;
    }

    /// The terminal has that size now.
    pub fn resize(&mut self, rows: u16, cols: u16) {
        self.rows = rows;
        self.cols = cols;
    }

    /// Rows and columns of the terminal.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        (self.rows, self.cols)
    }

    /// The panes that can be seen, each with the area that shows its program's screen.
    #[must_use]
    pub fn pane_areas(&self, state: &State) -> Vec<(AgentName, Rect)> {
        self.areas(state, |kind| kind != Kind::Line)
    }

    /// The panes whose programs' screens are to have the size of their areas here. What is only peeked at is not among
    /// them. The server sizes PTYs by this.
    #[must_use]
    pub fn sized_areas(&self, state: &State) -> Vec<(AgentName, Rect)> {
        self.areas(state, |kind| kind == Kind::Whole)
    }

    fn areas(&self, state: &State, which: impl Fn(Kind) -> bool) -> Vec<(AgentName, Rect)> {
        let tiles = arrange(state, self, self.frame(state).body).tiles.into_iter();
        tiles.filter(|t| which(t.kind)).map(|t| (t.name, inner(t.area))).collect()
    }

    /// The agent whose pane (or row) has the focus.
    #[must_use]
    pub fn focused(&self, state: &State) -> Option<AgentName> {
        if let Some(sheet) = self.sheet {
            return sheet.agent(state, self);
        }
        if self.zoomed.is_some() {
            return self.zoomed.clone();
        }
        if let Some(sheet) = layout::by_tab(state, self) {
            return sheet.agent(state, self);
        }
        self.members(state).get(self.choice(state)).cloned()
    }

    /// Whose pane is shown over the whole screen, if one is.
    #[must_use]
    pub fn alone(&self) -> Option<&AgentName> {
        self.zoomed.as_ref()
    }

    /// Whose pane takes the keys, if one does.
    #[must_use]
    pub fn typing_into(&self, state: &State) -> Option<AgentName> {
        matches!(self.mode, Mode::Typing).then(|| self.focused(state)).flatten()
    }

    /// Shows a line at the foot until the next key.
    pub fn say(&mut self, text: impl Into<String>) {
        self.message = Some(Message { text: text.into(), good: true });
    }

    /// Shows what went wrong at the foot until the next key.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.message = Some(Message { text: text.into(), good: false });
    }

    /// The pane that is looked at, if it is that of an agent.
    pub(super) fn copying(&self, agent: &AgentName) -> Option<&Copy> {
        match &self.mode {
            Mode::Copy(copy) if copy.agent == *agent => Some(copy),
            _ => None,
        }
    }

    /// What keys mean now.
    pub(super) fn when(&self) -> When {
        match &self.mode {
            Mode::Normal if self.deck.is_some() => self.sheet.map_or(When::Replaying, Sheet::when),
            Mode::Normal => self.sheet.map_or(When::Normal, Sheet::when),
            Mode::Typing => When::Typing,
            Mode::Composer(c) => match c.part() {
                Part::Text => When::Composing,
                Part::People => When::Addressing,
                Part::Preview => When::Previewing,
            },
            Mode::Confirm(_) => When::Asked,
            Mode::Page(_) => When::Reading,
            Mode::Choose(_) => When::Choosing,
            Mode::Entry(entry) => entry.when(),
            Mode::Copy(c) if c.entry.is_some() => When::Seeking,
            Mode::Copy(_) => When::Copying,
            Mode::Calls(_) => When::Answering,
            Mode::Triage(_) => When::Triaging,
        }
    }

    /// Whether something is open over the body, down to the foot.
    pub(super) fn covered(&self) -> bool {
        matches!(
            self.mode,
            Mode::Composer(_) | Mode::Confirm(_) | Mode::Page(_) | Mode::Choose(_) | Mode::Triage(_)
        )
    }

    pub(super) fn frame(&self, state: &State) -> Frame {
        layout::frame(state, self)
    }

    pub(super) fn agent<'a>(&self, state: &'a State) -> Option<&'a Agent> {
        self.focused(state).and_then(|name| state.agent(&name))
    }
}

/// Whether an agent waits for a human.
pub(super) fn needs_me(agent: &Agent) -> bool {
    agent.state().needs_human() || !agent.need().is_empty()
}

/// What is inside the border of a pane.
pub(super) fn inner(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}
