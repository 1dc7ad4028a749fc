//! What clients and the server say to each other, as kinds and payloads of frames.
//!
//! Types of our own (and of `domain`), never those of a terminal library or of the engine. JSON
//! but for screen bytes, which go as they are. A reader skips kinds it does not know.

use serde::{Deserialize, Serialize};

use crate::domain::command::{Caller, Command};
use crate::domain::conduct::Alert;
use crate::domain::key::{Mouse, Stroke};
use crate::domain::prefs::Prefs;
use crate::domain::theme::Depth;
use crate::domain::view::Answer;

/// Version of this conversation. A server refuses another with both numbers in its [`Down::Bye`].
pub const VERSION: u16 = 1;

/// What a terminal sends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Input {
    /// A key.
    Key(Stroke),
    /// A mouse event.
    Mouse(Mouse),
    /// Pasted text.
    Paste(String),
    /// Pasted text of so many bytes that came before in parts; see [`Up::Part`].
    Pasted {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The terminal's new size.
    Resize {
        /// Rows.
        rows: u16,
        /// Columns.
        cols: u16,
    },
    /// The terminal gained or lost the focus.
    Focus(bool),
}

/// What a connection is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Role {
    /// A dashboard on a terminal of that size.
    Attach {
        /// Rows.
        rows: u16,
        /// Columns.
        cols: u16,
        /// How it wants to be drawn.
        look: Box<Look>,
        /// Whether it only looks: nothing it presses reaches an agent or the session.
        #[serde(default)]
        read_only: bool,
        /// What others are to know it by.
        #[serde(default)]
        name: String,
    },
    /// Commands and answers, one answer a command, in order.
    Control,
    /// The same for a program that speaks MCP.
    Mcp {
        /// What it calls itself; may be empty.
        client: String,
    },
}

/// What a client's terminal and user want of the drawing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Look {
    /// No colour at all (`NO_COLOR`).
    pub plain: bool,
    /// ASCII borders and signs (a locale that is not UTF-8).
    pub ascii: bool,
    /// How many colours the terminal has.
    #[serde(default)]
    pub depth: Depth,
    /// The theme asked for now; none: as the files say.
    #[serde(default)]
    pub theme: Option<String>,
    /// What the user's own file says.
    #[serde(default)]
    pub prefs: Prefs,
    /// What was left out of it, each with its place.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// Minutes that clocks on the wall are ahead of UTC there.
    #[serde(default)]
    pub utc_offset: i16,
    /// How it wants to be told that somebody is needed; none: as the session says.
    #[serde(default)]
    pub alert: Option<Alert>,
    /// Its clipboard is not to be written (`ORCHESTRA_CLIPBOARD=off`).
    #[serde(default)]
    pub no_clipboard: bool,
    /// Its terminal is to be sent no links (`ORCHESTRA_LINKS=off`).
    #[serde(default)]
    pub no_links: bool,
}

/// What a terminal is to tell beyond what the dashboard itself needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Wants {
    /// Flags of the kitty keyboard protocol.
    #[serde(default)]
    pub kitty: u8,
    /// The keypad's keys apart from others.
    #[serde(default)]
    pub keypad: bool,
    /// Moves of the mouse without a button.
    #[serde(default)]
    pub motion: bool,
}

/// From a client to the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Up {
    /// The first frame of every connection.
    Hello {
        /// [`VERSION`].
        version: u16,
        /// What the connection is for.
        role: Role,
        /// The pane's token, when the caller runs in a pane.
        token: Option<String>,
    },
    /// Something from the terminal.
    Input(Input),
    /// A command.
    Command(Box<Command>),
    /// A part of a text too long for one frame, for the command (`What::Parts`) or the input
    /// ([`Input::Pasted`]) that follows.
    Part(Vec<u8>),
    /// The last screen frame was written to the terminal: the next may come.
    Shown,
    /// What became of the text of a [`Down::Edit`]; none when the editor failed or there is none.
    Edited {
        /// The text as it is now.
        text: Option<String>,
    },
    /// The same for a text of so many bytes that came before in parts.
    EditedParts {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The client leaves.
    Detach,
    /// The terminal was in other hands: everything is to be drawn anew.
    Redraw {
        /// Why it did not step aside when it was told to; empty: nothing is to be said.
        why: String,
    },
}

/// From the server to a client.
#[derive(Clone, PartialEq, Debug)]
pub enum Down {
    /// The hello was accepted.
    Welcome {
        /// The session's name.
        session: String,
        /// Who the server takes the caller for.
        caller: Caller,
    },
    /// Bytes for the terminal: one screen frame, already filtered.
    Screen(Vec<u8>),
    /// The answer to the oldest unanswered command.
    Answer(Box<Answer>),
    /// The text is to be opened in the user's editor; the answer is [`Up::Edited`].
    Edit {
        /// The text.
        text: String,
    },
    /// The client is to step aside, as a program does on Ctrl-Z, until its shell brings it back.
    Suspend,
    /// What the program that is typed into wants to be told; nothing when nobody types.
    Wants(Wants),
    /// What the command that is under way waits for; its answer is still to come.
    Note {
        /// For people.
        text: String,
    },
    /// The connection ends.
    Bye {
        /// Why, for people.
        why: String,
    },
}

/// Why a frame is not a message.
#[derive(Debug, thiserror::Error)]
#[error("read a message of kind {kind}: {why}")]
pub struct MsgError {
    /// The frame's kind.
    pub kind: u8,
    /// What was wrong with it.
    pub why: String,
}

#[derive(Serialize, Deserialize)]
struct HelloBody {
    version: u16,
    role: Role,
    #[serde(default)]
    token: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct WelcomeBody {
    session: String,
    #[serde(default = "outside")]
    caller: Caller,
}

fn outside() -> Caller {
    Caller::Outside
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    // Our own types hold nothing JSON cannot: no map with keys other than text, no failing impl.
    serde_json::to_vec(value).unwrap_or_default()
}

fn parse<'a, T: Deserialize<'a>>(kind: u8, payload: &'a [u8]) -> Result<T, MsgError> {
    serde_json::from_slice(payload).map_err(|e| MsgError { kind, why: e.to_string() })
}

impl Up {
    /// The frame's kind and payload.
    #[must_use]
    pub fn encode(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Hello { version, role, token } => {
                (1, json(&HelloBody { version: *version, role: role.clone(), token: token.clone() }))
            }
            Self::Input(input) => (2, json(input)),
            Self::Command(command) => (3, json(command)),
            Self::Shown => (4, Vec::new()),
            Self::Detach => (5, Vec::new()),
            Self::Part(bytes) => (6, bytes.clone()),
            Self::Edited { text } => (7, json(text)),
            Self::Redraw { why } => (8, json(why)),
            Self::EditedParts { bytes } => (9, json(bytes)),
        }
    }

    /// The message of a frame; `None` for a kind that is not known here.
    ///
    /// # Errors
    /// When the payload does not fit its kind.
    pub fn decode(kind: u8, payload: &[u8]) -> Result<Option<Self>, MsgError> {
        Ok(Some(match kind {
            1 => {
                let HelloBody { version, role, token } = parse(kind, payload)?;
                Self::Hello { version, role, token }
            }
            2 => Self::Input(parse(kind, payload)?),
            3 => Self::Command(Box::new(parse(kind, payload)?)),
            4 => Self::Shown,
            5 => Self::Detach,
            6 => Self::Part(payload.to_vec()),
            7 => Self::Edited { text: parse(kind, payload)? },
            8 => Self::Redraw { why: parse(kind, payload)? },
            9 => Self::EditedParts { bytes: parse(kind, payload)? },
            _ => return Ok(None),
        }))
    }
}

impl Down {
    /// The frame's kind and payload.
    #[must_use]
    pub fn encode(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Welcome { session, caller } => {
                (1, json(&WelcomeBody { session: session.clone(), caller: caller.clone() }))
            }
            Self::Screen(bytes) => (2, bytes.clone()),
            Self::Answer(answer) => (3, json(answer)),
            Self::Bye { why } => (4, json(why)),
            Self::Edit { text } => (5, json(text)),
            Self::Suspend => (6, Vec::new()),
            Self::Wants(wants) => (7, json(wants)),
            Self::Note { text } => (8, json(text)),
        }
    }

    /// The message of a frame; `None` for a kind that is not known here.
    ///
    /// # Errors
    /// When the payload does not fit its kind.
    pub fn decode(kind: u8, payload: &[u8]) -> Result<Option<Self>, MsgError> {
        Ok(Some(match kind {
            1 => {
                let WelcomeBody { session, caller } = parse(kind, payload)?;
                Self::Welcome { session, caller }
            }
            2 => Self::Screen(payload.to_vec()),
            3 => Self::Answer(Box::new(parse(kind, payload)?)),
            4 => Self::Bye { why: parse(kind, payload)? },
            5 => Self::Edit { text: parse(kind, payload)? },
            6 => Self::Suspend,
            7 => Self::Wants(parse(kind, payload)?),
            8 => Self::Note { text: parse(kind, payload)? },
            _ => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::key::Key;

    #[test]
    fn every_message_survives_its_frame() {
        let look = Look {
            plain: true,
            ascii: false,
            utc_offset: -90,
            alert: Some(Alert::Osc9),
            no_clipboard: true,
            no_links: false,
            ..Look::default()
        };
        let look = Box::new(look);
        let role = Role::Attach { rows: 24, cols: 80, look, read_only: true, name: "ana".into() };
        for up in [
            Up::Hello { version: VERSION, role, token: Some("t".into()) },
            Up::Input(Input::Key(Key::ctrl('q').into())),
            Up::Input(Input::Pasted { bytes: 7 }),
            Up::Redraw { why: "no shell".into() },
            Up::EditedParts { bytes: 70_000 },
            Up::Command(Box::new(Command::Status)),
            Up::Shown,
            Up::Detach,
            Up::Part(vec![0, 255, 27]),
            Up::Edited { text: Some("t\n".into()) },
            Up::Edited { text: None },
        ] {
            let (kind, payload) = up.encode();
            assert_eq!(Up::decode(kind, &payload).unwrap(), Some(up));
        }
        for down in [
            Down::Welcome { session: "s".into(), caller: Caller::Mcp { client: "c".into(), pane: None } },
            Down::Screen(vec![27, 0, 255]),
            Down::Answer(Box::new(Answer::Done { text: "x".into() })),
            Down::Bye { why: "w".into() },
            Down::Edit { text: "é\n".into() },
            Down::Suspend,
            Down::Note { text: "waits".into() },
            Down::Wants(Wants { kitty: 3, keypad: true, motion: true }),
        ] {
            let (kind, payload) = down.encode();
            assert_eq!(Down::decode(kind, &payload).unwrap(), Some(down));
        }
        assert_eq!(Up::decode(99, b"??").unwrap(), None);
        assert!(Up::decode(2, b"{").is_err());
    }
}
