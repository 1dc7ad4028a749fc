//! The terminal's state: taken over on attach, given back exactly once.

use std::io::{self, IsTerminal, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::termios::{InputModes, LocalModes, OptionalActions, OutputModes, QueueSelector};

/// Alternate screen, cleared; cursor hidden; bracketed paste; clicks, drags and the wheel; focus.
const ENTER: &[u8] =
    b"\x1b[?1049h\x1b[0m\x1b[2J\x1b[H\x1b[?25l\x1b[?2004h\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[?1004h";
/// The same undone, the screen last, and an open synchronized update closed.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[?1004l\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?2004l\
    \x1b[0m\x1b[0 q\x1b[?25h\x1b[?1049l";
/// What [`reset`] adds for programs that died badly: character sets, scroll region, keypad, origin
/// mode, wrapping, old mouse encodings, the keyboard protocol's stack.
const MEND: &[u8] =
    b"\x1b[?1005l\x1b[?1015l\x1b[<99u\x1b[>4;0m\x1b[!p\x0f\x1b(B\x1b[?1l\x1b>\x1b[?6l\x1b[r\x1b[?7h\x1b[4l";

/// Whether a terminal waits to be given back. One terminal a process, so one flag.
static TAKEN: Taken = Taken(AtomicBool::new(false));
static HOOK: Once = Once::new();

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
        crossterm::terminal::enable_raw_mode()?;
        TAKEN.set();
        let guard = Self;
        forget_input();
        write(ENTER)?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
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
    write(LEAVE)?;
    write(MEND)?;
    write(b"\r\x1b[J")?;
    forget_input();
    Ok(())
}

fn leave() {
    TAKEN.give_back(|| {
        // Each part is tried whatever came of the others: half a terminal is better than none.
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
