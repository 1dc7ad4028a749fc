//! What came of a recorded session.

use std::sync::Arc;

use super::{Error, Player, Recording, markup};
use crate::domain::moment::Moment;
use crate::domain::report::{Report, Shot};
use crate::domain::time::Time;
use crate::engine::report::{Known, report};

/// The facts of a recording; `now` is given where a server runs it.
#[must_use]
pub fn facts(recording: &Recording, now: Option<Time>) -> Report {
    let file = recording.file();
    let (unknown, damaged) = recording.passed_over();
    let known = Known {
        config: Arc::new(file.config.clone()),
        repository: file.repository.display().to_string(),
        version: file.version.clone(),
        now,
        unknown,
        damaged,
    };
    report(&known, recording.lines().iter().map(|l| (l.seq, l.time, &l.record)))
}

/// Rows and columns of a screen that are shown.
const ROWS: u16 = 120;
const COLUMNS: usize = 240;

/// The screens of a report's chapters, each of the agent it is about.
///
/// # Errors
/// When a log cannot be read.
pub fn shots(player: &mut Player, report: &Report) -> Result<Vec<Shot>, Error> {
    let mut shots = Vec::new();
    for mark in report.shown() {
        let Some(name) = &mark.chapter.agent else { continue };
        player.go(Moment::Event(mark.seq))?;
        let Some(agent) = player.state().agent(name) else { continue };
        let screen = &agent.pane.screen;
        let rows: Vec<_> = (0..screen.size().rows.min(ROWS)).map(|r| screen.row(usize::from(r), 0)).collect();
        let used = rows.iter().rposition(|r| !r.is_blank()).map_or(0, |i| i + 1);
        let mut html = String::new();
        for row in rows.iter().take(used) {
            markup::line(row, COLUMNS, &mut html);
        }
        if used > 0 {
            shots.push(Shot { seq: mark.seq, rows: html });
        }
    }
    Ok(shots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::page;
    use crate::engine::report::tests::story::{NASTY, Story, nasty, nasty_story, sprint};
    use crate::replay::testkit::Kit;
    use crate::session::log::Kind;

    /// A session with that story whose panes print `bytes` before anything happens.
    fn kit(story: &Story, bytes: &[u8]) -> Kit {
        let mut kit = Kit::new(&["SEC", "NET"]);
        for agent in ["SEC", "NET"] {
            kit.log(agent, &[(1, Kind::Resize, b"40x10".as_slice()), (2, Kind::Output, bytes)]);
        }
        for (_, time, record) in &story.0 {
            kit.record(time.mono, record);
        }
        kit
    }

    fn shown(story: &Story, bytes: &[u8]) -> (Report, Vec<Shot>) {
        let kit = kit(story, bytes);
        let mut player = Player::open(kit.path()).unwrap();
        let report = facts(player.recording(), None);
        let shots = shots(&mut player, &report).unwrap();
        (report, shots)
    }

    #[test]
    fn a_page_has_the_screens_of_chapters_in_their_colours() {
        let (report, shots) = shown(&sprint(), b"\x1b[1;31mred\x1b[0m plain \x1b[7mback\x1b[0m\r\n<b>&");
        assert_eq!(shots.len(), report.chapters.iter().filter(|c| c.chapter.agent.is_some()).count());
        let row = "<span style=\"color:#cd0000;font-weight:bold;\">red</span> plain ";
        assert!(shots[0].rows.starts_with(row), "{}", shots[0].rows);
        let page = page(&report, &shots).unwrap();
        assert!(page.contains(row) && page.contains("\n&lt;b&gt;&amp;\n"), "{page}");
        for said in [
            "Completion report of sprint",
            "taken back",
            "feat: sec",
            "2 commits; squash them",
            "net&#x2f;a.yaml",
        ] {
            assert!(page.contains(said), "{said}");
        }
        for mark in &report.chapters {
            assert!(page.contains(&format!("id=\"c-{}\"", mark.seq)), "{mark:?}");
        }
    }

    #[test]
    fn a_page_shows_whatever_a_record_says_as_text_and_needs_nothing_from_elsewhere() {
        let nothing = page(&Report::default(), &[]).unwrap();
        let tags = |page: &str, tag: &str| page.matches(&format!("<{tag}")).count();
        let (_, shots) = shown(&nasty_story(), format!("{NASTY}\u{1b}]8;;http://x\u{7}link").as_bytes());
        assert!(!shots.is_empty());
        let page = page(&nasty(), &shots).unwrap();
        for tag in ["script", "img", "iframe", "link", "object", "style", "meta", "base", "form"] {
            assert_eq!(tags(&page, tag), tags(&nothing, tag), "{tag}");
        }
        assert!(page.matches("alert(1)").count() > 20, "{page}");
        assert!(page.chars().all(|c| c == '\n' || !c.is_control()) && !page.contains('\u{202e}'));
        assert!(page.match_indices("href=\"").all(|(i, _)| page[i..].starts_with("href=\"#")));
        assert!(!page.contains("src=") && !page.contains("http:") && !page.contains("https:"));
        assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
    }

    #[test]
    fn of_too_many_chapters_the_weightiest_are_shown() {
        let mut story = Story::default();
        for n in 0..1000 {
            story = story.asked(n, "SEC", n, "do it");
        }
        let (report, shots) = shown(&story.claims(2000, "SEC", ""), b"x");
        assert_eq!((report.chapters.len(), report.shown().len(), shots.len()), (1001, 200, 200));
        let page = page(&report, &shots).unwrap();
        assert!(page.contains("200 of 1001") && page.contains("claims READY"));
        assert!(page.len() < 1 << 20, "{}", page.len());
    }
}
