//! What a dashboard's connection draws.

use crate::domain::conduct::Alert;
use crate::domain::id::AgentName;
use crate::domain::time::Time;
use crate::paint::{RemoteTerminal, Wire};
use crate::ui::View;
use crate::wire::msg::Wants;

/// A dashboard's drawing.
pub(in crate::server) struct Dashboard {
    /// What it is called, by others too.
    pub name: String,
    pub view: View,
    /// The panes that its last frame showed.
    pub shown: Vec<AgentName>,
    pub terminal: RemoteTerminal,
    pub wire: Wire,
    /// Something it shows changed.
    pub dirty: bool,
    /// Parts of a frame that are on their way: no other frame until all were shown.
    pub in_flight: usize,
    /// When it was last drawn.
    pub drawn: Time,
    /// When it is to be drawn anew although nothing happens.
    pub again: Option<Time>,
    /// Its person has just done something: draw at once.
    pub eager: bool,
    /// What its terminal was last told that the pane typed into wants.
    pub wants: Wants,
    /// The last key that went to a pane.
    pub echo: Option<Echo>,
    /// A bell of our own goes with the next frame.
    pub beep: bool,
    /// A text for its clipboard goes with the next frame.
    pub copy: Option<String>,
    /// How this terminal is told that somebody is needed.
    pub alert: Alert,
    /// That it is to be told with the next frame, in words where it takes words.
    pub ring: Option<String>,
    /// Whether the terminal has lost the focus, as far as it tells.
    pub away: bool,
}

/// A key that went to a pane, whose echo is to be seen soon.
pub(in crate::server) struct Echo {
    pub pane: AgentName,
    /// When it went there.
    pub since: Time,
    /// Since when frames wait for the echo of it, or of keys before it.
    pub held: Time,
    /// Something came from the pane since, and is not drawn yet.
    pub came: bool,
    /// Something of it was drawn: the next frame need not wait for it.
    pub drawn: bool,
}
