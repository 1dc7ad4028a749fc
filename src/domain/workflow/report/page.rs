//! A report as one page of HTML, made from its Markdown.
//!
//! Only the Markdown that templates of reports use becomes markup: headings, lists within lists, tables, `**bold**` and
//! code. All else is text, whatever it looks like.

const FRAME: &str = include_str!("../../../data/templates/workflow.html");

/// The page of a report in Markdown.
#[must_use]
pub fn html(title: &str, markdown: &str) -> String {
    let title = escaped(&crate::domain::report::clean(title, 200));
    let mut page = String::with_capacity(FRAME.len() + markdown.len() * 2);
    // The parts are put in once each: what they say is looked at no more.
    let mut rest = FRAME;
    for (mark, part) in [("{title}", title), ("{body}", body(markdown))] {
        if let Some((before, after)) = rest.split_once(mark) {
            page.push_str(before);
            page.push_str(&part);
            rest = after;
        }
    }
    page + rest
}

/// What is open while a text is gone through.
#[derive(Default)]
struct Open {
    html: String,
    /// Lists that are open.
    lists: usize,
    paragraph: bool,
    /// Rows of the table so far, the one of dashes left out.
    table: Vec<Vec<String>>,
}

fn body(markdown: &str) -> String {
    let mut open = Open::default();
    for line in markdown.lines() {
        let inner = line.trim_start();
        if inner.starts_with('|') {
            open.text_ends();
            open.open_to(0);
            open.table.push(cells(inner));
            continue;
        }
        open.table_ends();
        let level = inner.bytes().take_while(|b| *b == b'#').count();
        let heading =
            inner.get(level..).and_then(|t| t.strip_prefix(' ')).filter(|_| (1..=6).contains(&level));
        if let Some(text) = heading {
            open.text_ends();
            open.open_to(0);
            open.html.push_str(&format!("<h{level}>{}</h{level}>\n", inlined(text)));
        } else if let Some(text) = inner.strip_prefix("- ") {
            open.text_ends();
            open.open_to((line.len() - inner.len()) / 2 + 1);
            open.html.push_str(&format!("<li>{}", inlined(text)));
        } else if inner.is_empty() {
            open.text_ends();
        } else if open.paragraph || (open.lists > 0 && line.starts_with("  ")) {
            open.html.push_str(&format!("\n{}", inlined(inner)));
        } else {
            open.open_to(0);
            open.paragraph = true;
            open.html.push_str(&format!("<p>{}", inlined(inner)));
        }
    }
    open.text_ends();
    open.table_ends();
    open.open_to(0);
    open.html
}

impl Open {
    fn text_ends(&mut self) {
        if std::mem::take(&mut self.paragraph) {
            self.html.push_str("</p>\n");
        }
    }

    /// Opens or closes lists, so that an entry of that depth can follow; 0: none.
    fn open_to(&mut self, depth: usize) {
        // An entry is at most one deeper than the one it belongs to.
        let depth = depth.min(self.lists + 1);
        if depth > self.lists {
            self.html.push_str("\n<ul>\n");
            self.lists += 1;
            return;
        }
        while self.lists > depth {
            self.html.push_str("</li>\n</ul>\n");
            self.lists -= 1;
        }
        if depth > 0 {
            self.html.push_str("</li>\n");
        }
    }

    fn table_ends(&mut self) {
        let rows = std::mem::take(&mut self.table);
        if rows.is_empty() {
            return;
        }
        self.html.push_str("<div class=\"wide\"><table>\n");
        for (n, row) in rows.iter().enumerate().filter(|(n, row)| !(*n == 1 && dashes(row))) {
            let tag = if n == 0 { "th" } else { "td" };
            let cells: String = row.iter().map(|c| format!("<{tag}>{}</{tag}>", inlined(c))).collect();
            self.html.push_str(&format!("<tr>{cells}</tr>\n"));
        }
        self.html.push_str("</table></div>\n");
    }
}

fn dashes(row: &[String]) -> bool {
    row.iter().all(|c| !c.is_empty() && c.bytes().all(|b| b == b'-' || b == b':'))
}

/// The cells of a row: between bars that are not escaped.
fn cells(line: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut chars = line.trim().trim_start_matches('|').chars();
    while let Some(c) = chars.next() {
        match (c, all.last_mut()) {
            ('|', _) => all.push(String::new()),
            ('\\', Some(cell)) => {
                cell.push('\\');
                cell.extend(chars.next());
            }
            (c, Some(cell)) => cell.push(c),
            (_, None) => {}
        }
    }
    // Behind the last bar is nothing.
    if all.last().is_some_and(|c| c.trim().is_empty()) {
        all.pop();
    }
    all.into_iter().map(|c| c.trim().to_owned()).collect()
}

/// A line's markup.
fn inlined(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut bold = false;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\\' => match after.chars().next().filter(char::is_ascii_punctuation) {
                Some(taken) => {
                    out.push_str(&escaped(&taken.to_string()));
                    rest = after.get(1..).unwrap_or_default();
                    continue;
                }
                None => out.push('\\'),
            },
            '`' => {
                let fence = rest.len() - rest.trim_start_matches('`').len();
                let (open, inside) = rest.split_at(fence);
                if let Some((code, behind)) = inside.split_once(open) {
                    let trimmed = code.strip_prefix(' ').and_then(|t| t.strip_suffix(' ')).unwrap_or(code);
                    out.push_str(&format!("<code>{}</code>", escaped(trimmed)));
                    rest = behind;
                } else {
                    out.push_str(open);
                    rest = inside;
                }
                continue;
            }
            '*' if after.starts_with('*') => {
                out.push_str(if bold { "</b>" } else { "<b>" });
                bold = !bold;
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            '<' if rest.starts_with("<!---->") => {
                rest = rest.strip_prefix("<!---->").unwrap_or_default();
                continue;
            }
            // What was escaped for Markdown stays so.
            '&' => {
                let known = ["&amp;", "&lt;", "&gt;", "&#47;"].into_iter().find(|e| rest.starts_with(e));
                let known = known.unwrap_or("&");
                out.push_str(if known == "&" { "&amp;" } else { known });
                rest = rest.get(known.len()..).unwrap_or_default();
                continue;
            }
            c => out.push_str(&escaped(&c.to_string())),
        }
        rest = after;
    }
    if bold {
        out.push_str("</b>");
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_markdown_of_templates_becomes_markup_and_all_else_text() {
        let of = |t: &str| body(t).replace('\n', "");
        assert_eq!(
            of("# A\n\ntext **b** `c<d`\nmore"),
            "<h1>A</h1><p>text <b>b</b> <code>c&lt;d</code>more</p>"
        );
        assert_eq!(
            of("- a\n  - b\n  - c\n- d\n\n# E"),
            "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul><h1>E</h1>"
        );
        assert_eq!(
            of("| a | b\\|c |\n|---|---:|\n| 1 | 2 |\n"),
            "<div class=\"wide\"><table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td><td>2</td></tr></table></div>"
        );
        assert_eq!(
            of("&lt;script> <b onclick='x'> \\*\\* #<!----> &copy; \\<"),
            "<p>&lt;script&gt; &lt;b onclick=&#39;x&#39;&gt; ** # &amp;copy; &lt;</p>"
        );
        assert_eq!(of("``a`b`` ` open **"), "<p><code>a`b</code> ` open <b></b></p>");
        // A text that names a place of the frame is not filled in.
        let page = html("{body}<t>", "{title}");
        assert!(page.contains("<title>{body}&lt;t&gt;</title>") && page.contains("<p>{title}</p>"));
    }
}
