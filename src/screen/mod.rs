//! (stub until the real one is merged)
#![allow(missing_docs)]
use crate::domain::time::Time;
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    pub rows: u16,
    pub cols: u16,
}
#[derive(Debug)]
pub struct Screen;
#[derive(Default, Debug)]
pub struct Feed {
    pub replies: Vec<u8>,
    pub signals: Vec<Signal>,
}
#[derive(Clone, PartialEq, Debug)]
pub enum Signal {
    Title(String),
    Notify(String),
    Progress(Progress),
    Mark(char, String),
    Bell,
    Cwd(String),
    ClipboardRefused,
    EmulatorReset,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    pub state: u8,
    pub percent: u8,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Modes {
    pub bracketed_paste: bool,
}
pub struct LogicalLine {
    pub text: String,
    pub finished: bool,
}
impl Screen {
    pub fn new(_: Size, _: usize) -> Self {
        Self
    }
    pub fn feed(&mut self, _: &[u8], _: Time) -> Feed {
        Feed::default()
    }
    pub fn resize(&mut self, _: Size) {}
    pub fn deadline(&self) -> Option<Time> {
        None
    }
    pub fn expire(&mut self, _: Time) -> Feed {
        Feed::default()
    }
    pub fn size(&self) -> Size {
        Size { rows: 24, cols: 80 }
    }
    pub fn title(&self) -> &str {
        ""
    }
    pub fn modes(&self) -> Modes {
        Modes::default()
    }
    pub fn text_rows(&self) -> Vec<String> {
        vec![]
    }
    pub fn last_lines(&self, _: usize) -> Vec<String> {
        vec![]
    }
    pub fn logical_lines(&self, _: usize) -> Vec<LogicalLine> {
        vec![]
    }
    pub fn changes(&self) -> u64 {
        0
    }
    pub fn is_blank(&self) -> bool {
        true
    }
}
pub mod keys {
    use super::Modes;
    pub fn paste(text: &str, _: &Modes) -> Vec<u8> {
        text.as_bytes().to_vec()
    }
}
