//! All that a pane showed, as a page that needs nothing from elsewhere.

use std::io::{self, Write};

use super::super::markup::{escape, html};
use super::super::roll::Roll;
use super::{About, Happened, Sink};
use crate::domain::signal::printable;
use crate::screen::Row;

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n";
const STYLE: &str = "<style>\nbody { margin: 1rem; background: #16181d; color: #d8dadf }\n\
    pre { font: 13px/1.25 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere }\n\
    </style>\n";

pub(super) struct Page<'a> {
    roll: Roll,
    rows: Rows<'a>,
}

struct Rows<'a> {
    out: &'a mut dyn Write,
    head: String,
    html: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(about: &About, out: &'a mut dyn Write) -> Self {
        let mut title = String::new();
        escape(&printable(&about.title), &mut title);
        let head = format!("{HEAD}<title>{title}</title>\n{STYLE}</head>\n<body>\n<h1>{title}</h1>\n<pre>\n");
        Self { roll: Roll::new(), rows: Rows { out, head, html: String::new() } }
    }
}

impl Rows<'_> {
    fn row(&mut self, row: Row<'_>) -> io::Result<()> {
        self.html.clear();
        self.html.push_str(&std::mem::take(&mut self.head));
        html(&row, &mut self.html);
        self.out.write_all(self.html.as_bytes())
    }
}

impl Sink for Page<'_> {
    fn take(&mut self, us: u64, what: Happened<'_>) -> io::Result<()> {
        let rows = &mut self.rows;
        match what {
            Happened::Output(bytes) => self.roll.feed(bytes, us, &mut |row| rows.row(row)),
            Happened::Size(size) => self.roll.resize(size, &mut |row| rows.row(row)),
            Happened::Again => {
                self.roll.end(&mut |row| rows.row(row))?;
                self.roll = Roll::new();
                Ok(())
            }
            Happened::Chapter(_) | Happened::Exit(_) => Ok(()),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let rows = &mut self.rows;
        self.roll.end(&mut |row| rows.row(row))?;
        let head = std::mem::take(&mut rows.head);
        rows.out.write_all(format!("{head}</pre>\n</body>\n</html>\n").as_bytes())?;
        rows.out.flush()
    }
}
