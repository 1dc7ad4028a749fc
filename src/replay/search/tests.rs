use super::*;
use crate::domain::record::Record;
use crate::replay::testkit::{Kit, name};
use crate::session::log::Kind;

/// What one pane of 20 columns and 5 rows printed, a record a millisecond.
fn session(prints: &[&str]) -> Kit {
    let mut kit = Kit::new(&["SEC", "OBS"]);
    kit.record(0, &Record::Opened { version: "0".into(), server: 1 });
    let mut records: Vec<(u64, Kind, &[u8])> = vec![(0, Kind::Resize, b"20x5")];
    records.extend((1..).zip(prints).map(|(ms, p)| (ms * 1_000_000, Kind::Output, p.as_bytes())));
    kit.log("SEC", &records);
    kit
}

fn find(kit: &Kit, query: &Query, most: usize) -> Found {
    let recording = Recording::open(kit.path()).unwrap();
    let search = Search::of(&recording, None, most).unwrap();
    search.run(query, &Progress::default(), &|_| {}).unwrap()
}

/// Second, row and column of each hit.
fn places(prints: &[&str], text: &str) -> Vec<(u64, i32, u16)> {
    let found = find(&session(prints), &Query::text(text).unwrap(), 200);
    found.hits.iter().map(|h| (h.us / 1_000_000, h.row, h.col)).collect()
}

#[test]
fn text_is_found_across_colours_cursor_moves_records_and_wraps() {
    assert_eq!(places(&["\x1b[31mer\x1b[0mr", "\x1b[1mor"], "error"), [(2, 0, 0)]);
    // Written backwards, letter by letter.
    assert_eq!(places(&["\x1b[3;9Hr\x1b[3;7Hr\x1b[3;5He\x1b[3;8Ho\x1b[3;6Hr"], "error"), [(1, 2, 4)]);
    // Wrapped after 20 columns.
    assert_eq!(places(&["a line of 17 chars error"], "error"), [(1, 0, 19)]);
    // After a wide character the column is that of the screen.
    assert_eq!(places(&["名前 error"], "error"), [(1, 0, 5)]);
}

#[test]
fn lower_case_finds_upper_case_and_not_the_other_way() {
    assert_eq!(places(&["Error"], "error").len(), 1);
    assert_eq!(places(&["error"], "Error").len(), 0);
    assert!(Query::regex(r"\Serr").unwrap().find("XERR").is_some(), "a class is no upper-case letter");
    assert!(Query::regex("Err").unwrap().find("xerr").is_none());
}

#[test]
fn what_is_passed_over_for_want_of_a_character_has_nothing() {
    // The signs that are other cases of k and s.
    assert_eq!(places(&["a \u{212a}i\u{17f}\u{17f}"], "kiss").len(), 1);
    assert_eq!(Query::text("ks").unwrap().rare(), None);
    assert_eq!(Query::text("the Zoo").unwrap().rare(), Some(('Z', 'Z')));
    assert_eq!(Query::text("the zoo").unwrap().rare(), Some(('z', 'Z')));
    assert_eq!(Query::regex("the z?").unwrap().rare(), None);
    // The rare character stands in another row of the line.
    assert_eq!(places(&["xxxxxxxxxxxxxxxxx the zoo is here"], "the zoo is"), [(1, 0, 18)]);
    assert_eq!(places(&["名 é\u{301} error"], "error"), [(1, 0, 5)]);
}

#[test]
fn what_scrolls_away_within_one_record_is_found_once() {
    let flood: String = (0..3000).map(|n| format!("line {n}\r\n")).collect();
    assert_eq!(
        places(&["before\r\n", &flood, "after"], "line 17").len(),
        111,
        "17, 170 to 179, 1700 to 1799"
    );
    assert_eq!(places(&[&flood], "line 2999").len(), 1);
    let again: String = (0..3000).map(|_| "the same\r\n").collect();
    let found = find(&session(&[&again]), &Query::text("same").unwrap(), 10_000);
    assert_eq!(found.hits.len(), 3000, "equal lines are lines all the same");
}

/// Coloured lines, cut into records anywhere.
fn flood() -> Vec<String> {
    let line = |n: usize| format!("\u{1b}[3{}mline\u{1b}[0m {n} of a lo─ng flood, 名 wrapped\r\n", n % 8);
    let all: Vec<char> = (0..12_000).flat_map(|n| line(n).chars().collect::<Vec<_>>()).collect();
    all.chunks(9_973).map(|c| c.iter().collect()).collect()
}

#[test]
fn plain_lines_that_are_not_fed_give_what_they_give_when_fed() {
    let found = |before: &str, query: &Query, way: sweep::Way| {
        let mut prints = vec![before.to_owned()];
        prints.extend(flood());
        prints.push("the line 39 after\x1b[1;1H\x1b[Kline 39 of the end".to_owned());
        let kit = session(&prints.iter().map(String::as_str).collect::<Vec<_>>());
        let mut hits = Vec::new();
        let whole =
            sweep::pane(&kit.path().join("panes/SEC"), query, &Progress::default(), way, &mut |hit| {
                hits.push(hit);
                true
            });
        assert!(whole.unwrap());
        hits
    };
    let query = Query::text("line 39").unwrap();
    let agree = |before: &str| {
        let (skimmed, fed) =
            (found(before, &query, sweep::Way::Skim), found(before, &query, sweep::Way::Feed));
        assert_eq!(skimmed.len(), fed.len(), "{before:?}");
        for (a, b) in skimmed.iter().zip(&fed) {
            assert_eq!((a.us, a.row, a.col, &a.found), (b.us, b.row, b.col, &b.found), "{before:?}");
            // A line that is cut by a record is known whole only where it is not fed.
            assert!(a.text.starts_with(&b.text), "{before:?}: {a:?} {b:?}");
        }
        skimmed.len()
    };
    assert_eq!(agree(""), 111 + 2);
    // Where lines do not come out as they are they are fed after all.
    for before in
        ["\x1b(0", "\x1b[1;3r\x1b[3;1H", "\x1b[2;4r\x1b[4;1H", "\x1b[?1049h", "\x1b[?7l", "\x1b]0;x"]
    {
        agree(before);
    }
    let regex = Query::regex("line 3.9 of .*d$").unwrap();
    assert_eq!(found("", &regex, sweep::Way::Skim).len(), 10);
}

#[test]
fn plain_is_what_takes_a_place_in_a_line() {
    for (text, plain) in [
        ("a line\r\nand \x1b[1;38:5:1mmore\r\n", true),
        ("名前 ─ é\r\n", true),
        ("a\rb", false),
        ("a\nb", false),
        ("\x1b[2K", false),
        ("\x1b]0;x\x07", false),
        ("tab\t", false),
        ("e\u{301}", false),
        ("\u{85}", false),
        ("\u{200d}", false),
    ] {
        assert_eq!(plain::Scan::default().plain(text.as_bytes()), plain, "{text:?}");
        // Cut anywhere it is the same.
        let mut scan = plain::Scan::default();
        assert_eq!(text.bytes().all(|b| scan.plain(&[b])), plain, "{text:?}");
    }
    assert!(!plain::Scan::default().plain(b"\xff"));
}

#[test]
fn what_moves_or_is_drawn_anew_counts_once() {
    // Scrolled up by other lines, and out of the screen.
    assert_eq!(places(&["error\r\n", "a\r\nb\r\nc\r\n", "d\r\ne\r\nf\r\ng"], "error"), [(1, 0, 0)]);
    // A spinner with a counter that also moves down.
    let spins = ["* Working (1s)", "\r+ Working (2s)", "\r\x1b[2Kdone\r\n* Working (13s)"];
    assert_eq!(places(&spins, "working"), [(1, 0, 2)]);
    // The line grows.
    assert_eq!(places(&["err", "or", ": not", " found"], "error"), [(2, 0, 0)]);
    // A line above it is taken out, then the size changes.
    assert_eq!(places(&["a\r\nerror here", "\x1b[H\x1b[M"], "error"), [(1, 1, 0)]);
}

#[test]
fn what_was_gone_and_comes_back_counts_again() {
    assert_eq!(places(&["error", "\x1b[2J\x1b[H", "ok", "\x1b[H\x1b[2Kerror"], "error").len(), 2);
    // The alternate screen covers it and gives it back.
    let covered = ["error", "\x1b[?1049h\x1b[Hother", "x", "\x1b[?1049l"];
    assert_eq!(places(&covered, "error").len(), 1);
    assert_eq!(places(&["\x1b[?1049h\x1b[Herror"], "error"), [(1, 0, 0)]);
}

#[test]
fn a_resize_brings_nothing_new_and_a_new_start_does() {
    let kit = session(&[]);
    let many: &[u8] = b"error one\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng\r\nh";
    kit.log(
        "OBS",
        &[
            (0, Kind::Resize, b"20x5"),
            (1_000_000, Kind::Output, many),
            (2_000_000, Kind::Resize, b"6x12"),
            (3_000_000, Kind::Resize, b"40x12"),
            (4_000_000, Kind::Exit, b"exit 0"),
            (5_000_000, Kind::Resize, b"20x5"),
            (6_000_000, Kind::Output, b"error one"),
        ],
    );
    let found = find(&kit, &Query::text("error one").unwrap(), 9);
    let told: Vec<_> = found.hits.iter().map(|h| (h.pane.as_str(), h.us, h.row)).collect();
    assert_eq!(told, [("OBS", 1_000_000, -3), ("OBS", 6_000_000, 0)]);
}

#[test]
fn hits_come_by_time_with_the_event_before_and_no_more_than_asked_for() {
    let mut kit = session(&["hit a", "\r\nhit b"]);
    kit.log("OBS", &[(0, Kind::Resize, b"20x5"), (1_500_000, Kind::Output, b"hit c")]);
    kit.record(1_200_000, &Record::Note { text: "x".into() });
    let query = Query::text("hit").unwrap();
    let found = find(&kit, &query, 9);
    let told: Vec<_> = found.hits.iter().map(|h| (h.text.as_str(), h.seq)).collect();
    assert_eq!(told, [("hit a", 1), ("hit c", 2), ("hit b", 2)]);
    assert!(!found.more);
    assert_eq!(found.after(1_000_000, None).map(|h| h.text.as_str()), Some("hit c"));
    assert_eq!(found.after(1_000_000, Some(&name("SEC"))).map(|h| h.text.as_str()), Some("hit b"));
    assert_eq!(found.before(1_500_000, None).map(|h| h.text.as_str()), Some("hit a"));
    let found = find(&kit, &query, 2);
    assert!(found.more && found.hits.len() == 2 && found.hits[1].text == "hit c");
}

#[test]
fn it_can_be_ended_and_says_so() {
    let kit = session(&["hit"]);
    let search = Search::of(&Recording::open(kit.path()).unwrap(), None, 9).unwrap();
    let progress = Progress::default();
    progress.cancelled.store(true, Ordering::Relaxed);
    let found = search.run(&Query::text("hit").unwrap(), &progress, &|_| {}).unwrap();
    assert!(found.cancelled && found.hits.is_empty() && !found.more);
}

#[test]
fn what_cannot_be_looked_for_is_refused_with_the_place() {
    for (text, says) in [
        ("", "nothing to look for"),
        ("a(b", "at character 2"),
        ("x*", "every empty line"),
        ("(a{1000}){1000}", "exceeds"),
    ] {
        let said = Query::regex(text).unwrap_err().to_string();
        assert!(said.contains(says), "{text}: {said}");
    }
    let recording = Recording::open(session(&[]).path()).unwrap();
    let said = Search::of(&recording, Some(&name("SCE")), 1).unwrap_err().to_string();
    assert!(said.contains("did you mean `SEC`"), "{said}");
}

#[test]
fn what_is_told_holds_no_control_characters_and_has_a_limit() {
    let long = format!("{}needle{}", "x".repeat(1500), "y".repeat(1500));
    let found = find(&session(&[&long]), &Query::text("needle").unwrap(), 9);
    let hit = &found.hits[0];
    assert!(hit.text.contains("needle") && hit.text.chars().count() <= TEXT_MAX, "{}", hit.text);
}
