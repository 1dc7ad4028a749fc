//! The terminal's state: taken over on attach, given back exactly once.

use std::io::{self, IsTerminal, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::wire::msg::Wants;
use rustix::termios::{InputModes, LocalModes, OptionalActions, OutputModes, QueueSelector};

/// Alternate screen, cleared; cursor hidden; bracketed paste; clicks, drags and the wheel; focus.
const ENTER: &[u8] =
    b"\x1b[?1049h\x1b[0m\x1b[2J\x1b[H\x1b[?25l\x1b[?2004h\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[?1004h";
/// Asks whether the terminal speaks the kitty keyboard protocol; the attributes, which every terminal tells, end the wait.
const ASK: &[u8] = b"\x1b[?u\x1b[c";
/// The same undone, the screen last, the keypad numeric, and an open synchronized update closed.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[?1004l\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?2004l\
    \x1b>\x1b[0m\x1b[0 q\x1b[?25h\x1b[?1049l";
/// Ambiguous keys as escapes, with the characters of a key that has several.
const KITTY_LEAST: u8 = 1 | 4;
/// xterm's way to tell of modifiers, at its fullest, for terminals without the kitty protocol.
const XTERM_KEYS: &[u8] = b"\x1b[>4;2m";
/// The same undone: as the user configured it.
const XTERM_KEYS_OFF: &[u8] = b"\x1b[>4m";
/// What [`reset`] adds for programs that died badly: character sets, scroll region, keypad, origin
/// mode, wrapping, old mouse encodings, the keyboard protocol's stack.
const MEND: &[u8] =
    b"\x1b[?9l\x1b[?1005l\x1b[?1015l\x1b[?1016l\x1b[?67l\x1b[<99u\x1b[>4;0m\x1b[!p\x0f\x1b(B\x1b[?1l\x1b>\x1b[?6l\x1b[r\x1b[?7h\x1b[4l";

/// Whether a terminal waits to be given back. One terminal a process, so one flag.
static TAKEN: Taken = Taken(AtomicBool::new(false));
static HOOK: Once = Once::new();
/// How keys were asked for: one of [`PLAIN`], [`KITTY`], [`XTERM`].
static KEYS: AtomicU8 = AtomicU8::new(PLAIN);
const PLAIN: u8 = 0;
const KITTY: u8 = 1;
const XTERM: u8 = 2;

/// Gives the terminal back when dropped, unless a panic did so before.
pub(super) struct Guard;

impl Guard {
    /// Takes the terminal over: raw mode, alternate screen, mouse, paste and focus reports.
    pub(super) fn enter() -> io::Result<Self> {
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                // First the terminal, or its alternate screen swallows the message.
                leave();
                before(info);
            }));
        });
        take()?;
        Ok(Self)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}

/// Takes the terminal over, once more after it was given back with [`leave`].
pub(super) fn take() -> io::Result<()> {
    // In the background this stops the process, before anything is written.
    crossterm::terminal::enable_raw_mode()?;
    TAKEN.set();
    forget_input();
    write(ENTER)?;
    write(ASK)
}

/// The terminal answered that it speaks the kitty keyboard protocol.
pub(super) fn speak_kitty() -> io::Result<()> {
    KEYS.store(KITTY, Ordering::SeqCst);
    write(format!("\x1b[>{KITTY_LEAST}u").as_bytes())
}

/// The terminal answered everything, and did not speak of the kitty keyboard protocol.
pub(super) fn speak_xterm() -> io::Result<()> {
    // The console of Linux takes the sequence for colours.
    if KEYS.load(Ordering::SeqCst) != PLAIN || std::env::var("TERM").is_ok_and(|t| t == "linux") {
        return Ok(());
    }
    KEYS.store(XTERM, Ordering::SeqCst);
    write(XTERM_KEYS)
}

/// Has the terminal tell what the program that is typed into asked for, as far as it can.
pub(super) fn want(wants: Wants) -> io::Result<()> {
    let mut bytes = Vec::new();
    if KEYS.load(Ordering::SeqCst) == KITTY {
        bytes.extend_from_slice(format!("\x1b[={};1u", wants.kitty | KITTY_LEAST).as_bytes());
    }
    bytes.extend_from_slice(if wants.keypad { b"\x1b=" } else { b"\x1b>" });
    // Some terminals take the end of one for the end of all.
    bytes.extend_from_slice(if wants.motion { b"\x1b[?1003h" } else { b"\x1b[?1003l\x1b[?1000h\x1b[?1002h" });
    write(&bytes)
}

/// Clears the screen for a server that begins anew.
pub(super) fn clear() -> io::Result<()> {
    write(b"\x1b[0m\x1b[2J\x1b[H")
}

/// Puts a terminal right that some program left in disorder.
///
/// # Errors
/// When standard output is no terminal or refuses.
pub fn reset() -> io::Result<()> {
    let input = io::stdin();
    if input.is_terminal() {
        let mut modes = rustix::termios::tcgetattr(&input)?;
        modes.input_modes |= InputModes::ICRNL | InputModes::IXON | InputModes::BRKINT;
        modes.output_modes |= OutputModes::OPOST | OutputModes::ONLCR;
        modes.local_modes |= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK;
        modes.local_modes |= LocalModes::ISIG | LocalModes::IEXTEN;
        rustix::termios::tcsetattr(&input, OptionalActions::Drain, &modes)?;
    }
    // Each screen has a stack of its own.
    write(b"\x1b[<99u")?;
    write(LEAVE)?;
    write(MEND)?;
    write(b"\r\x1b[J")?;
    forget_input();
    Ok(())
}

/// Gives the terminal back, if it was not yet.
pub(super) fn leave() {
    TAKEN.give_back(|| {
        // Each part is tried whatever came of the others: half a terminal is better than none.
        let _ = match KEYS.swap(PLAIN, Ordering::SeqCst) {
            KITTY => write(b"\x1b[<u"),
            XTERM => write(XTERM_KEYS_OFF),
            _ => Ok(()),
        };
        let _ = write(LEAVE);
        forget_input();
        let _ = crossterm::terminal::disable_raw_mode();
    });
}

/// Drops what the terminal sent and nobody read: mouse reports and late replies would be typed into
/// the next program.
fn forget_input() {
    let _ = rustix::termios::tcflush(io::stdin(), QueueSelector::IFlush);
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// A flag that lets exactly one of many leave.
struct Taken(AtomicBool);

impl Taken {
    fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn give_back(&self, how: impl FnOnce()) {
        if self.0.swap(false, Ordering::SeqCst) {
            how();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn the_terminal_is_given_back_exactly_once_by_whoever_comes_first() {
        let taken = Taken(AtomicBool::new(false));
        let times = AtomicUsize::new(0);
        let count = || {
            times.fetch_add(1, Ordering::SeqCst);
        };
        taken.give_back(count);
        assert_eq!(times.load(Ordering::SeqCst), 0, "nothing was taken");
        taken.set();
        std::thread::scope(|s| {
            for _ in 0..8 {
                s.spawn(|| taken.give_back(count));
            }
        });
        assert_eq!(times.load(Ordering::SeqCst), 1);
        taken.set();
        taken.give_back(count);
        assert_eq!(times.load(Ordering::SeqCst), 2, "a second attach is restored too");
    }

    /// What the next test runs in a terminal of its own.
    #[test]
    fn in_a_terminal_of_its_own() {
        if std::env::var_os("ORCHESTRA_TEST_PANIC").is_some() {
            let _guard = Guard::enter().unwrap();
            speak_kitty().unwrap();
            want(Wants { kitty: 31, keypad: true, motion: true }).unwrap();
            panic!("on purpose");
        }
    }

    #[test]
    fn a_panic_gives_the_terminal_back_before_it_speaks() {
        use crate::domain::time::Time;
        use crate::screen::{Modes, Screen, Size};
        use portable_pty::{CommandBuilder, PtySize, native_pty_system};
        let size = PtySize { rows: 200, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--exact", "--nocapture", "client::guard::tests::in_a_terminal_of_its_own"]);
        command.env("ORCHESTRA_TEST_PANIC", "1");
        let mut child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let mut screen = Screen::new(Size { rows: 200, cols: 80 }, 100);
        let mut all = Vec::new();
        let mut bytes = [0; 4096];
        // The end of the test's own report.
        while !String::from_utf8_lossy(&all).contains("test result") {
            let n = std::io::Read::read(&mut reader, &mut bytes).unwrap();
            all.extend_from_slice(&bytes[..n]);
            screen.feed(&bytes[..n], Time::default());
        }
        child.wait().unwrap();
        assert_eq!(format!("{:?}", pair.master.get_termios().unwrap()), before);
        assert_eq!(screen.modes(), Modes { alternate_scroll: true, ..Modes::default() });
        let text = String::from_utf8_lossy(&all);
        let (left, said) = (text.rfind("\x1b[?1049l").unwrap(), text.find("on purpose").unwrap());
        assert!(left < said && screen.text_rows().join("\n").contains("on purpose"), "{text}");
        assert_eq!((text.matches("\x1b[>5u").count(), text.matches("\x1b[<u").count()), (1, 1));
    }

    #[test]
    fn every_mode_set_is_unset() {
        let enter = String::from_utf8_lossy(ENTER).into_owned();
        let leave = String::from_utf8_lossy(LEAVE).into_owned();
        for mode in enter.split("\x1b[?").skip(1).filter_map(|s| s.split_once('h')).map(|(mode, _)| mode) {
            assert!(leave.contains(&format!("\x1b[?{mode}l")), "{mode}");
        }
        assert!(leave.contains("\x1b[?25h") && leave.ends_with("\x1b[?1049l"));
    }
}
