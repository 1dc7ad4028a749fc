//! Which words of changed lines differ.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Line, Sign};

/// Lines of one run of changes that are compared word by word.
const RUN_MOST: usize = 100;
/// Words of a line beyond which it is not looked into.
const WORDS_MOST: usize = 400;
/// Of a pair of lines at least this share, in percent, must be the same for marks to tell anything.
const ALIKE: usize = 30;

/// Marks what differs between removed lines and the added ones that stand for them: in a run of both, the first
/// removed goes with the first added, and so on.
pub fn mark(lines: &mut [Line]) {
    let mut at = 0;
    while at < lines.len() {
        let run = |from: usize, sign: Sign| {
            lines.get(from..).map_or(0, |rest| rest.iter().take_while(|l| l.sign == sign).count())
        };
        let removed = run(at, Sign::Removed);
        let added = run(at + removed, Sign::Added);
        let pairs = removed.min(added);
        if pairs > 0 && removed.max(added) <= RUN_MOST {
            for n in 0..pairs {
                let (head, tail) = lines.split_at_mut(at + removed);
                if let (Some(old), Some(new)) = (head.get_mut(at + n), tail.get_mut(n)) {
                    pair(old, new);
                }
            }
        }
        at += (removed + added).max(1);
    }
}

fn pair(old: &mut Line, new: &mut Line) {
    let (before, after) = (words(&old.text), words(&new.text));
    if before.len().max(after.len()) > WORDS_MOST {
        return;
    }
    let ops = capture_diff_slices(Algorithm::Myers, &before, &after);
    let (mut gone, mut come, mut same) = (Vec::new(), Vec::new(), 0);
    for op in ops {
        match op {
            DiffOp::Equal { old_index, len, .. } => {
                same += bytes(&before, old_index, len).trim().len();
            }
            DiffOp::Delete { old_index, old_len, .. } => gone.push((old_index, old_len)),
            DiffOp::Insert { new_index, new_len, .. } => come.push((new_index, new_len)),
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                gone.push((old_index, old_len));
                come.push((new_index, new_len));
            }
        }
    }
    let longer = old.text.trim().len().max(new.text.trim().len());
    if same * 100 < longer * ALIKE {
        return;
    }
    old.marks = ranges(&before, &gone);
    new.marks = ranges(&after, &come);
}

fn bytes(words: &[&str], at: usize, len: usize) -> String {
    words.get(at..at + len).map_or(String::new(), <[&str]>::concat)
}

fn ranges(words: &[&str], runs: &[(usize, usize)]) -> Vec<[u32; 2]> {
    let place =
        |n: usize| u32::try_from(words.iter().take(n).map(|w| w.len()).sum::<usize>()).unwrap_or(u32::MAX);
    runs.iter().map(|(at, len)| [place(*at), place(at + len)]).collect()
}

/// A line as words, runs of blanks, and single other characters.
fn words(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 0,
        c if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let of = kind(first);
        let more = rest.char_indices().skip(1).find(|(_, c)| of == 2 || kind(*c) != of);
        let (word, after) = rest.split_at(more.map_or(rest.len(), |(i, _)| i));
        all.push(word);
        rest = after;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diff::Ending;

    fn line(sign: Sign, text: &str) -> Line {
        let (text, ending) = (text.to_owned(), Ending::Lf);
        Line { sign, old: 1, new: 1, text, ending, cut: false, marks: vec![], inks: vec![] }
    }

    fn marked(line: &Line) -> Vec<&str> {
        line.marks.iter().map(|[a, b]| &line.text[*a as usize..*b as usize]).collect()
    }

    #[test]
    fn the_words_that_differ_are_marked() {
        let mut lines = [
            line(Sign::Same, "fn f() {"),
            line(Sign::Removed, "    let größe = read(path, 10);"),
            line(Sign::Removed, "    done()"),
            line(Sign::Added, "    let größe = read(path, limit)?;"),
            line(Sign::Added, "    finished()"),
            line(Sign::Added, "    // more"),
        ];
        mark(&mut lines);
        assert_eq!(marked(&lines[1]), ["10"]);
        assert_eq!(marked(&lines[3]), ["limit", "?"]);
        assert!(lines[0].marks.is_empty() && lines[5].marks.is_empty());
    }

    #[test]
    fn lines_with_nothing_in_common_have_no_marks() {
        let mut lines = [line(Sign::Removed, "alpha beta"), line(Sign::Added, "gamma(1);")];
        mark(&mut lines);
        assert!(lines.iter().all(|l| l.marks.is_empty()));
        let mut same = [line(Sign::Removed, "alpha"), line(Sign::Added, "alpha")];
        mark(&mut same);
        assert!(same.iter().all(|l| l.marks.is_empty()));
    }
}
