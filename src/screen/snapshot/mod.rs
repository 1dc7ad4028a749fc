//! A screen written down, so that it can be taken up again later: what follows then does what it would have done.
//!
//! A snapshot may be anybody's: nothing in it is believed, every count has its limit. What it can do at worst is to show
//! another screen.

mod bytes;
mod cells;

use alacritty_terminal::term::TermMode;
use alacritty_terminal::vte::ansi::{CursorShape, CursorStyle};

use self::bytes::{Bytes, put, put_bytes, put_char, put_len};
use self::cells::{CHARSETS, Styles, grid, put_grid};
use super::core::{Core, HOLD_BYTES, Hold};
use super::guard::{Side, TITLES_MAX};
use super::modes::{Flags, KITTY_DEPTH, Keys};
use super::osc::{NOTICE_MAX, Progress, ProgressState, TITLE_MAX};
use super::shadow::Shadow;
use super::sieve::{CSI_MAX, OSC_MAX, Sieve, State};
use super::{Screen, Size};
use crate::domain::time::Time;

/// The form described here; others are not read.
const VERSION: u8 = 2;
const SHAPES: [CursorShape; 5] = [
    CursorShape::Block,
    CursorShape::Underline,
    CursorShape::Beam,
    CursorShape::HollowBlock,
    CursorShape::Hidden,
];
const STATES: [State; 5] = [State::Ground, State::Escape, State::Csi, State::Osc, State::Ignored];
const PROGRESS: [ProgressState; 4] =
    [ProgressState::Normal, ProgressState::Error, ProgressState::Indeterminate, ProgressState::Paused];

/// A snapshot that cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("read the snapshot of a screen: {0}")]
pub struct Broken(&'static str);

/// A screen taken up from a snapshot.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The screen.
    pub screen: Screen,
    /// Whether all its history is there. Where it is not, the screen is right only up to the next change of its size.
    pub whole: bool,
}

impl Screen {
    /// Writes the screen down, with the nearest `history` rows above it. Links are left out.
    #[must_use]
    pub fn snapshot(&self, history: usize) -> Vec<u8> {
        let mut out = vec![VERSION];
        let core = &self.core;
        put(&mut out, u64::from(core.size.rows));
        put(&mut out, u64::from(core.size.cols));
        put(&mut out, u64::from(core.term.mode().bits()));
        put(&mut out, self.changes);
        put_style(&mut out, core.term.cursor_style());
        put_sieve(&mut out, &self.sieve);
        put_core(&mut out, core);
        put_side(&mut out, &core.side);
        let mut styles = Styles::default();
        put_grid(&mut out, &mut styles, core.term.grid(), history);
        if let Some(main) = &core.side.shadow.main {
            put_grid(&mut out, &mut styles, main, history);
        }
        if let Some(report) = &core.side.report {
            put_bytes(&mut out, report.as_bytes());
        }
        out
    }

    /// Takes a screen up that [`Self::snapshot`] wrote down. It keeps `history` rows above itself.
    ///
    /// # Errors
    /// When the bytes are no such thing.
    pub fn restore(bytes: &[u8], history: usize) -> Result<Restored, Broken> {
        let from = &mut Bytes(bytes);
        if from.byte()? != VERSION {
            return Err(Broken("it is of another version"));
        }
        let side = |n: u64| u16::try_from(n).map_err(|_| Broken("its size is beyond all bounds"));
        let size = Size { rows: side(from.number()?)?, cols: side(from.number()?)? };
        if size != size.clamped() {
            return Err(Broken("its size is beyond all bounds"));
        }
        let mode = TermMode::from_bits_truncate(u32::try_from(from.number()?).unwrap_or(0));
        let changes = from.number()?;
        let style = style(from)?;
        let sieve = sieve(from)?;
        let mut core = Core::new(size, history);
        take_core(from, &mut core)?;
        take_side(from, &mut core.side, size)?;
        let alternate = mode.contains(TermMode::ALT_SCREEN);
        let mut styles = Styles::default();
        let (shown, mut whole) = grid(from, &mut styles, size, if alternate { 0 } else { history })?;
        if alternate {
            let (main, all) = grid(from, &mut styles, size, history)?;
            core.side.shadow.main = Some(main);
            whole = all;
        }
        // Last, as earlier versions wrote nothing there.
        if !from.0.is_empty() {
            core.side.report = Some(from.text(NOTICE_MAX * 4)?);
        }
        core.set_up(mode, style, shown);
        Ok(Restored { screen: Self { sieve, core, changes }, whole })
    }
}

/// One of a list by its place.
fn pick<T: Copy>(list: &[T], at: u8) -> Result<T, Broken> {
    list.get(usize::from(at)).copied().ok_or(Broken("a value is not known"))
}

/// The place of one in a list.
fn place<T: PartialEq>(list: &[T], of: &T) -> u8 {
    list.iter().position(|x| x == of).and_then(|n| u8::try_from(n).ok()).unwrap_or(0)
}

fn put_style(out: &mut Vec<u8>, style: CursorStyle) {
    out.extend_from_slice(&[place(&SHAPES, &style.shape), u8::from(style.blinking)]);
}

fn style(from: &mut Bytes<'_>) -> Result<CursorStyle, Broken> {
    Ok(CursorStyle { shape: pick(&SHAPES, from.byte()?)?, blinking: from.flag()? })
}

fn put_sieve(out: &mut Vec<u8>, sieve: &Sieve) {
    out.extend_from_slice(&[place(&STATES, &sieve.state), u8::from(sieve.too_long)]);
    let (seq, osc) =
        if sieve.state == State::Ground { (&[][..], &[][..]) } else { (&sieve.seq[..], &sieve.osc[..]) };
    put_bytes(out, seq);
    put_bytes(out, osc);
    put(out, sieve.seen);
}

fn sieve(from: &mut Bytes<'_>) -> Result<Sieve, Broken> {
    Ok(Sieve {
        state: pick(&STATES, from.byte()?)?,
        too_long: from.flag()?,
        seq: from.bytes(CSI_MAX)?.to_vec(),
        osc: from.bytes(OSC_MAX)?.to_vec(),
        seen: from.number()?,
    })
}

fn put_core(out: &mut Vec<u8>, core: &Core) {
    put_bytes(out, &core.part);
    put(out, core.repeats);
    put(out, core.earned);
    match &core.hold {
        Some(hold) => {
            out.push(1);
            put(out, hold.until.mono);
            put(out, hold.until.wall.cast_unsigned());
            put_bytes(out, &hold.bytes);
        }
        None => out.push(0),
    }
}

fn take_core(from: &mut Bytes<'_>, core: &mut Core) -> Result<(), Broken> {
    core.part = from.bytes(4)?.to_vec();
    core.repeats = from.number()?;
    core.earned = from.number()?;
    if from.flag()? {
        let until = Time { mono: from.number()?, wall: from.number()?.cast_signed() };
        core.hold = Some(Hold { until, bytes: from.bytes(HOLD_BYTES)?.to_vec() });
    }
    Ok(())
}

fn put_side(out: &mut Vec<u8>, side: &Side) {
    put_bytes(out, side.title.as_bytes());
    put_len(out, side.titles.len());
    side.titles.iter().for_each(|t| put_bytes(out, t.as_bytes()));
    match side.progress {
        Some(p) => {
            let percent = p.percent.unwrap_or(u8::MAX);
            out.extend_from_slice(&[1, place(&PROGRESS, &p.state), percent]);
        }
        None => out.push(0),
    }
    for flags in [&side.kitty.main, &side.kitty.alt] {
        out.push(flags.now);
        put_bytes(out, &flags.saved);
    }
    out.push(side.keys.bits());
    let shadow = &side.shadow;
    match shadow.region {
        Some((top, bottom)) => {
            out.push(1);
            put_len(out, top);
            put_len(out, bottom.map_or(0, |b| b.saturating_add(1)));
        }
        None => out.push(0),
    }
    if shadow.tabs == Shadow::new(shadow.tabs.len()).tabs {
        out.push(0);
    } else {
        out.push(1);
        out.extend(shadow.tabs.iter().map(|t| u8::from(*t)));
    }
    out.push(place(&CHARSETS, &shadow.charset));
    match shadow.last {
        Some(last) => {
            out.push(1);
            put_char(out, last);
        }
        None => out.push(0),
    }
}

fn take_side(from: &mut Bytes<'_>, side: &mut Side, size: Size) -> Result<(), Broken> {
    side.title = from.text(TITLE_MAX * 4)?;
    for _ in 0..from.len(TITLES_MAX)? {
        side.titles.push(from.text(TITLE_MAX * 4)?);
    }
    if from.flag()? {
        let state = pick(&PROGRESS, from.byte()?)?;
        let percent = Some(from.byte()?).filter(|p| *p <= 100);
        side.progress = Some(Progress { state, percent });
    }
    let mut flags = || Ok(Flags { now: from.byte()?, saved: from.bytes(KITTY_DEPTH)?.to_vec() });
    (side.kitty.main, side.kitty.alt) = (flags()?, flags()?);
    side.keys = Keys::of_bits(from.byte()?);
    let shadow = &mut side.shadow;
    if from.flag()? {
        let (top, bottom) = (from.len(usize::from(u16::MAX))?, from.len(usize::from(u16::MAX) + 1)?);
        shadow.region = Some((top.max(1), bottom.checked_sub(1)));
    }
    if from.flag()? {
        shadow.tabs = (0..size.cols).map(|_| from.flag()).collect::<Result<_, _>>()?;
    }
    shadow.charset = pick(&CHARSETS, from.byte()?)?;
    if from.flag()? {
        shadow.last = Some(from.char()?);
    }
    Ok(())
}
