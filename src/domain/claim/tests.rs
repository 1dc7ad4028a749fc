use super::*;
use proptest::prelude::*;

const CODE: &str = "k7f3m2";
const SEC: Words<'static> = Words { agent: "SEC", phrase: "READY FOR MERGE", code: CODE };
const BARE: Words<'static> = Words { code: "", ..SEC };
const LINE: &str = "[AGENT] SEC READY FOR MERGE k7f3m2";
/// Pane widths from very narrow to wide.
const WIDTHS: [usize; 8] = [16, 20, 24, 30, 37, 52, 80, 200];

fn claims(screen: &str, columns: usize, words: &Words<'_>) -> usize {
    let lines: Vec<Line<'_>> = screen.lines().map(|text| Line { text, finished: true }).collect();
    count(&lines, columns, words)
}

/// How programs dress what their model says: the first row's beginning, that of the rows after it,
/// and the right edge.
const DRESSES: [(&str, &str, &str); 8] = [
    ("", "", ""),
    ("● ", "  ", ""),
    ("  ⎿  ", "     ", ""),
    ("• ", "  ", ""),
    ("  └ ", "    ", ""),
    ("│ ", "│ ", " │"),
    ("┃  ", "┃  ", ""),
    ("║  ", "║  ", "  ║"),
];

/// The text as a program draws it that wraps between words; longer ones are cut.
fn drawn(text: &str, columns: usize, (head, next, right): (&str, &str, &str)) -> String {
    let room = columns - head.chars().count().max(next.chars().count()) - right.chars().count();
    let mut rows: Vec<String> = Vec::new();
    let mut row = String::new();
    for word in text.split(' ') {
        if !row.is_empty() && row.chars().count() + 1 + word.chars().count() > room {
            rows.push(std::mem::take(&mut row));
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
        while row.chars().count() > room {
            let rest = row.chars().skip(room).collect();
            row = row.chars().take(room).collect();
            rows.push(std::mem::replace(&mut row, rest));
        }
    }
    rows.push(row);
    dressed(&rows, room, (head, next, right))
}

/// As [`drawn`], cut wherever the row is full.
fn chopped(text: &str, columns: usize, (head, next, right): (&str, &str, &str)) -> String {
    let room = columns - head.chars().count().max(next.chars().count()) - right.chars().count();
    let all: Vec<char> = text.chars().collect();
    let rows: Vec<String> = all.chunks(room).map(|c| c.iter().collect::<String>()).collect();
    dressed(&rows, room, (head, next, right))
}

fn dressed(rows: &[String], room: usize, (head, next, right): (&str, &str, &str)) -> String {
    let row = |(i, text): (usize, &String)| {
        let pad = if right.trim().is_empty() { 0 } else { room };
        format!("{}{text:<pad$}{right}", if i == 0 { head } else { next })
    };
    rows.iter().enumerate().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn printed_for_real_it_counts_once_in_any_dress_at_any_width() {
    let mut tried = 0;
    for columns in WIDTHS {
        for dress in DRESSES {
            for text in [LINE, &LINE[8..], "**[AGENT] SEC READY FOR MERGE k7f3m2**"] {
                for said in [drawn(text, columns, dress), chopped(text, columns, dress)] {
                    let screen = format!("● The build is green.\n\n{said}\n\n> \n");
                    assert_eq!(claims(&screen, columns, &SEC), 1, "{columns} columns:\n{screen}");
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 8 * 8 * 3 * 2);
}

#[test]
fn twice_is_counted_twice() {
    assert_eq!(claims(&format!("{LINE}\nmore work\n{LINE}"), 80, &SEC), 2);
    assert_eq!(claims(&format!("{LINE}\n{LINE}"), 80, &SEC), 2);
}

#[test]
fn what_is_drawn_again_with_all_before_it_is_counted_once() {
    let said = format!("● I looked at all of it.\n  └ 3 tests passed\n\n{LINE}\n");
    for times in 1..4 {
        assert_eq!(claims(&said.repeat(times), 80, &SEC), 1);
    }
    let narrow =
        "● I looked\n  at all of it.\n  └ 3 tests\n    passed\n\n[AGENT] SEC READY\nFOR MERGE k7f3m2\n";
    assert_eq!(claims(&format!("{said}{narrow}"), 22, &SEC), 1, "at another width");
    assert_eq!(claims(&format!("{said}● Squashed.\n{LINE}"), 80, &SEC), 2);
}

#[test]
fn whatever_else_is_said_does_not_count() {
    let said = [
        "[AGENT] SEC READY FOR MERGE",
        "[AGENT] SEC READY FOR MERGE k7f3m3",
        "[AGENT] SEC READY FOR MERGE K7F3M2",
        "[AGENT] OBS READY FOR MERGE k7f3m2",
        "[AGENT] SECOND READY FOR MERGE k7f3m2",
        "then print [AGENT] SEC READY FOR MERGE k7f3m2",
        "When all of it builds I shall print [AGENT] SEC READY FOR MERGE k7f3m2 and stop there.",
        "[AGENT] SEC READY FOR MERGE k7f3m2 when you are done",
        "$ echo \"[AGENT] SEC READY FOR MERGE k7f3m2\"",
        "Bash(echo '[AGENT] SEC READY FOR MERGE k7f3m2')",
        "READY FOR MERGE k7f3m2",
        "k7f3m2",
        "[AGENT] SEC not READY FOR MERGE k7f3m2",
        "[AGENT] SEC READY MERGE k7f3m2",
        "12  [AGENT] SEC READY FOR MERGE k7f3m2",
        "+[AGENT] SEC READY FOR MERGE <code>",
        "",
    ];
    let mut tried = 0;
    for columns in WIDTHS {
        for dress in DRESSES {
            for text in said {
                let screen = format!("● Looking.\n\n{}\n\n> \n", drawn(text, columns, dress));
                assert_eq!(claims(&screen, columns, &SEC), 0, "{columns} columns:\n{screen}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 8 * 8 * 17);
}

#[test]
fn a_line_that_may_still_grow_does_not_count() {
    let lines = |finished| {
        [Line { text: "[AGENT] SEC READY FOR", finished: true }, Line { text: "MERGE k7f3m2", finished }]
    };
    assert_eq!(count(&lines(false), 22, &SEC), 0);
    assert_eq!(count(&lines(true), 22, &SEC), 1);
}

#[test]
fn an_empty_row_or_another_line_breaks_it() {
    for between in ["", "…", "│", "then", "● "] {
        let screen = format!("[AGENT] SEC READY FOR MERGE\n{between}\nk7f3m2");
        assert_eq!(claims(&screen, 80, &SEC), 0, "{between:?}");
    }
}

#[test]
fn a_phrase_of_other_words_and_names_with_marks_work_alike() {
    let words = Words { agent: "sec_2-b", phrase: "fertig zur Übergabe 2.0", code: CODE };
    for columns in WIDTHS {
        for dress in DRESSES {
            let screen = drawn(&words.line(), columns, dress);
            assert_eq!(claims(&screen, columns, &words), 1, "{columns}:\n{screen}");
        }
    }
}

const PROMPT: &str = "Your code for this is `k7f3m2`.\n\nWhen all of that holds, and not before, say so by running\n\n    \
    orchestra ready --note \"<one line: what you made>\"\n\nOnly if that command cannot be run, print one line of its own \
    instead: `[AGENT] SEC READY FOR MERGE`\nfollowed by a space and your code. Do not merge or push.";

#[test]
fn the_echo_of_the_prompt_is_neither_claim_nor_hint_at_any_width() {
    let plain = PROMPT.replace('`', "");
    for columns in 16..120 {
        for dress in DRESSES {
            for prompt in [PROMPT, &plain] {
                for draw in [drawn, chopped] {
                    let echo: Vec<String> = prompt.lines().map(|l| draw(l, columns, dress)).collect();
                    let echo = echo.join("\n");
                    assert_eq!(claims(&echo, columns, &SEC), 0, "{echo}");
                    let lines: Vec<Line<'_>> =
                        echo.lines().map(|text| Line { text, finished: true }).collect();
                    assert_eq!(count_outside_echo(&lines, columns, &BARE, prompt), 0, "{columns}:\n{echo}");
                }
            }
        }
    }
}

#[test]
fn the_bare_phrase_counts_as_a_line_of_its_own_unless_quoted() {
    let hints = |screen: &str| {
        let lines: Vec<Line<'_>> = screen.lines().map(|text| Line { text, finished: true }).collect();
        count_outside_echo(&lines, 80, &BARE, PROMPT)
    };
    for yes in [
        "[AGENT] SEC READY FOR MERGE",
        "● Done.\n\n  [AGENT] SEC READY FOR MERGE\n\n>",
        "│ **[AGENT] SEC READY FOR MERGE** │",
    ] {
        assert_eq!(hints(yes), 1, "{yes}");
    }
    for no in [
        "`[AGENT] SEC READY FOR MERGE`",
        "\"[AGENT] SEC READY FOR MERGE\"",
        "> [AGENT] SEC READY FOR MERGE",
        "SEC READY FOR MERGE",
        "[AGENT] OBS READY FOR MERGE",
        "[AGENT] SEC READY FOR MERGE soon",
        "I print [AGENT] SEC READY FOR MERGE",
    ] {
        assert_eq!(hints(no), 0, "{no}");
    }
}

#[test]
fn a_prompt_that_spells_it_out_is_known_however_it_is_dressed() {
    for text in [
        "print [AGENT] SEC READY FOR MERGE k7f3m2",
        "`READY FOR MERGE` `k7f3m2`",
        "**READY FOR MERGE**\n> k7f3m2",
    ] {
        assert!(spelt_out(text, &SEC), "{text}");
    }
    assert!(!spelt_out(PROMPT, &SEC));
}

proptest! {
    #[test]
    fn text_without_the_code_never_claims(rows in proptest::collection::vec(
        "(│ |● |  |> )?(\\[AGENT\\]|SEC|READY|FOR|MERGE|k7f3m|m2| ){0,6}( │)?", 0..8), columns in 2usize..100
    ) {
        let screen = rows.join("\n");
        prop_assume!(!letters(&screen).contains(CODE));
        prop_assert_eq!(claims(&screen, columns, &SEC), 0);
    }

    #[test]
    fn what_a_prompt_may_say_never_claims_by_its_echo(rows in proptest::collection::vec(
        "(\\[AGENT\\]|SEC|READY|FOR|MERGE|k7f3m2|or|`| ){0,8}", 0..6), columns in 2usize..100, dress in 0usize..8
    ) {
        let prompt = rows.join("\n");
        prop_assume!(!spelt_out(&prompt, &SEC));
        let (head, next, right) = DRESSES[dress];
        let columns = columns + head.chars().count() + next.chars().count() + right.chars().count();
        let echo: Vec<String> = rows.iter().map(|r| drawn(r, columns, DRESSES[dress])).collect();
        prop_assert_eq!(claims(&echo.join("\n"), columns, &SEC), 0);
    }

    #[test]
    fn nothing_panics(rows in proptest::collection::vec(any::<String>(), 0..6), columns in any::<usize>()) {
        let lines: Vec<Line<'_>> = rows.iter().map(|text| Line { text, finished: true }).collect();
        let _ = count(&lines, columns / 2, &SEC);
        let _ = count_outside_echo(&lines, columns / 2, &BARE, &rows.concat());
    }
}
