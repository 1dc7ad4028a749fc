//! One ratatui terminal per client, drawing into memory.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell as BufferCell;
use ratatui::layout::{Position, Size};
use ratatui::style::Color;

/// What ends a link.
const LINK_END: &[u8] = b"\x1b]8;;\x1b\\";

/// A terminal that is somewhere else: its bytes are collected, its size is told.
pub type RemoteTerminal = Terminal<Remote>;

/// The writer under the crossterm backend.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes and the size of a remote terminal, shared with its backend.
#[derive(Clone)]
pub struct Wire {
    bytes: Shared,
    size: Rc<Cell<Size>>,
    links: Rc<RefCell<BTreeMap<u32, String>>>,
}

impl Wire {
    /// A terminal of that size and the handle to its bytes.
    ///
    /// # Errors
    /// Never in practice: nothing is written while it is made.
    pub fn terminal(rows: u16, cols: u16) -> io::Result<(Self, RemoteTerminal)> {
        let size = Rc::new(Cell::new(Size::new(cols, rows)));
        let wire = Self { bytes: Shared::default(), size, links: Rc::default() };
        let backend = Remote {
            inner: CrosstermBackend::new(wire.bytes.clone()),
            bytes: wire.bytes.clone(),
            size: wire.size.clone(),
            links: wire.links.clone(),
            cursor: Position::ORIGIN,
        };
        Ok((wire, Terminal::new(backend)?))
    }

    /// Tells the terminal's new size; the next draw follows.
    pub fn resize(&self, rows: u16, cols: u16) {
        self.size.set(Size::new(cols, rows));
    }

    /// Tells the links of the next draw: a cell whose underline has the colour of that number is part of one.
    pub fn link(&self, links: BTreeMap<u32, String>) {
        self.links.replace(links);
    }

    /// Takes what was drawn since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.bytes.0.borrow_mut())
    }
}

/// The backend. Size and cursor come from us: without a terminal crossterm would run `tput` for
/// the one and ask the server's own standard output for the other.
pub struct Remote {
    inner: CrosstermBackend<Shared>,
    bytes: Shared,
    size: Rc<Cell<Size>>,
    links: Rc<RefCell<BTreeMap<u32, String>>>,
    cursor: Position,
}

impl Backend for Remote {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a BufferCell)>,
    {
        let links = self.links.borrow();
        if links.is_empty() {
            return self.inner.draw(content);
        }
        let all: Vec<(u16, u16, BufferCell)> = content.map(|(x, y, cell)| (x, y, cell.clone())).collect();
        let mark = |cell: &BufferCell| match cell.underline_color {
            Color::Rgb(r, g, b) => Some(u32::from_be_bytes([0, r, g, b])),
            _ => None,
        };
        for mut run in all.chunk_by(|a, b| mark(&a.2) == mark(&b.2)).map(<[_]>::to_vec) {
            let link = run.first().and_then(|(_, _, cell)| mark(cell));
            let link = link.and_then(|mark| Some((mark, links.get(&mark)?)));
            if let Some((mark, link)) = link {
                write!(self.bytes, "\x1b]8;id={mark:x};{link}\x1b\\")?;
            }
            run.iter_mut().for_each(|(_, _, cell)| cell.underline_color = Color::Reset);
            self.inner.draw(run.iter().map(|(x, y, cell)| (*x, *y, cell)))?;
            if link.is_some() {
                self.bytes.write_all(LINK_END)?;
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor = position.into();
        self.inner.set_cursor_position(self.cursor)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size.get())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size.get(), pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
