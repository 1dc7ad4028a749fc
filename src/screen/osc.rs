//! Operating system commands: what the emulator drops or must not have.

use super::clean;
use super::guard::Side;
use super::replies::Slot;
use super::sieve::End;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 256;
/// Longest text of a notice or a mark, in characters.
pub const NOTICE_MAX: usize = 1024;
/// Longest working directory, in characters.
const CWD_MAX: usize = 4096;
/// Most colours answered for in one sequence.
const COLORS_MAX: usize = 16;

/// Something a pane's program said beside its text. Texts are free of control and direction characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Signal {
    /// The title changed (OSC 0, 2), at most [`TITLE_MAX`] characters.
    Title(String),
    /// A notice for the user (OSC 9, 777), at most [`NOTICE_MAX`] characters.
    Notify(String),
    /// Progress (OSC 9;4); `None` when it is taken away.
    Progress(Option<Progress>),
    /// A mark of shell integration (OSC 133): `A` to `D` and what follows.
    Mark(char, String),
    /// The program's own word on its state (OSC 7501), such as `state=working:app=codex`.
    Report(String),
    /// The bell rang; once a feed at most.
    Bell,
    /// The working directory as a URL (OSC 7), as claimed.
    Cwd(String),
    /// The program wanted to read or write the clipboard (OSC 52) and was not let.
    ClipboardRefused,
    /// The emulator failed and began anew with a blank screen. The program goes on.
    EmulatorReset,
}

/// How the work of a program stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// In which way.
    pub state: ProgressState,
    /// 0 to 100 where the program tells it.
    pub percent: Option<u8>,
}

/// The kinds of progress.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProgressState {
    /// Goes on.
    Normal,
    /// Went wrong.
    Error,
    /// Goes on, nobody knows how far.
    Indeterminate,
    /// Paused, or a warning.
    Paused,
}

/// Deals with one whole OSC.
pub(super) fn handle(body: &[u8], end: End, side: &mut Side) {
    let (code, rest) = split(body);
    match code {
        b"0" | b"2" => title(clean::line(rest, TITLE_MAX), side),
        b"4" => palette(rest, end, side),
        b"7" => side.signal(Signal::Cwd(clean::line(rest, CWD_MAX))),
        b"9" => nine(rest, side),
        b"10" | b"11" | b"12" => dynamic(code, rest, end, side),
        // Seen from codex 0.169: `state=` `idle`, `working`, `done`, and `clear` at its end.
        b"7501" => {
            let report = clean::line(rest, NOTICE_MAX);
            side.report = Some(report.clone());
            side.signal(Signal::Report(report));
        }
        b"52" => side.signal(Signal::ClipboardRefused),
        b"133" => {
            let (mark, text) = split(rest);
            if let [c @ b'A'..=b'Z'] = mark {
                side.signal(Signal::Mark(char::from(*c), clean::line(text, NOTICE_MAX)));
            }
        }
        b"777" => {
            if let Some(text) = rest.strip_prefix(b"notify;") {
                let (head, text) = split(text);
                let (head, text) = (clean::line(head, NOTICE_MAX), clean::line(text, NOTICE_MAX));
                let parts = [head, text].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>();
                notify(parts.join(": "), side);
            }
        }
        // Links (8) are dealt with before; the rest means nothing here.
        _ => {}
    }
}

/// Sets the title; tells of it only when it changed.
pub(super) fn title(title: String, side: &mut Side) {
    if side.title != title {
        side.title.clone_from(&title);
        side.signal(Signal::Title(title));
    }
}

fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b';', bytes) {
        Some(n) => (&bytes[..n], &bytes[n + 1..]),
        None => (bytes, &[]),
    }
}

fn number(bytes: &[u8]) -> Option<u8> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// A notice, or with a number first one of a family of commands of which progress alone is taken.
fn nine(rest: &[u8], side: &mut Side) {
    let (first, more) = split(rest);
    if first == b"4" {
        progress(more, side);
    } else if first.is_empty() || !first.iter().all(u8::is_ascii_digit) || first.len() == rest.len() {
        notify(clean::line(rest, NOTICE_MAX), side);
    }
}

fn notify(text: String, side: &mut Side) {
    if !text.is_empty() {
        side.signal(Signal::Notify(text.chars().take(NOTICE_MAX).collect()));
    }
}

fn progress(rest: &[u8], side: &mut Side) {
    let (state, percent) = split(rest);
    let state = match state {
        b"1" => Some(ProgressState::Normal),
        b"2" => Some(ProgressState::Error),
        b"3" => Some(ProgressState::Indeterminate),
        b"4" => Some(ProgressState::Paused),
        b"" | b"0" => None,
        _ => return,
    };
    let percent = number(split(percent).0).map(|p| p.min(100));
    let percent = percent.filter(|_| state != Some(ProgressState::Indeterminate));
    side.progress = state.map(|state| Progress { state, percent });
    side.signal(Signal::Progress(side.progress));
}

/// OSC 4: pairs of an index and a colour; only questions are answered, settings are not kept.
fn palette(rest: &[u8], end: End, side: &mut Side) {
    let mut parts = rest.split(|b| *b == b';');
    for _ in 0..COLORS_MAX {
        let (Some(index), Some(what)) = (parts.next(), parts.next()) else { break };
        if let (Some(n), b"?") = (number(index), what) {
            side.replies.color(&format!("4;{n}"), Slot::Palette(n), end);
        }
    }
}

/// OSC 10, 11, 12: each further parameter is about the next colour.
fn dynamic(code: &[u8], rest: &[u8], end: End, side: &mut Side) {
    const SLOTS: [(&str, Slot); 3] =
        [("10", Slot::Foreground), ("11", Slot::Background), ("12", Slot::Cursor)];
    let asked = SLOTS.iter().skip_while(|(name, _)| name.as_bytes() != code);
    for ((name, slot), what) in asked.zip(rest.split(|b| *b == b';')) {
        if what == b"?" {
            side.replies.color(name, *slot, end);
        }
    }
}
