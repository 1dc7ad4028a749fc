//! What to suggest to an agent, told from the facts of its branch and of the work it builds on.
//! The same facts give the same suggestions, in order of weight.

use super::brief::{Brief, Place};

/// The most suggestions made at one time.
pub const MOST: usize = 7;
/// Of one kind, while others wait for their turn.
const EACH: usize = 2;
/// A file to which more lines were added is called big.
const BIG: usize = 400;
/// Most characters of a line that are quoted.
const QUOTED: usize = 80;

/// What the session knows of an agent's work beside what its branch shows: whole sentences, safe to show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    /// Why its last claim was refused.
    pub refused: Vec<String>,
    /// The gates that are red at its tip.
    pub gates: Vec<String>,
    /// What the last review of this very tip found.
    pub found: Vec<String>,
    /// Where the branch does not merge.
    pub conflicts: Vec<String>,
    /// How far the target has gone on without it; none or one.
    pub behind: Option<String>,
}

/// Concrete points for the agent whose branch `brief` tells of, the weightiest first, at most
/// [`MOST`]: why its claim was refused, red gates, what a review says against the branch, conflicts, what a review
/// found in it, uncommitted files, skipped tests, work left for later, files without a test, new names of
/// others it does not use yet, big files, and a target that went on. Where there is more of a kind than there is room,
/// each kind gets its turn first.
#[must_use]
pub fn suggest(brief: &Brief, known: &Known) -> Vec<String> {
    let kinds = kinds(brief, known);
    let mut taken: Vec<usize> = kinds.iter().map(|points| points.len().min(EACH)).collect();
    let mut room = MOST;
    for n in &mut taken {
        *n = (*n).min(room);
        room -= *n;
    }
    for (n, points) in taken.iter_mut().zip(&kinds) {
        let more = (points.len() - *n).min(room);
        *n += more;
        room -= more;
    }
    kinds.into_iter().zip(taken).flat_map(|(points, n)| points.into_iter().take(n)).collect()
}

/// All points, one list a kind, in order of weight.
fn kinds(brief: &Brief, known: &Known) -> [Vec<String>; 12] {
    let work = &brief.work;
    // That nothing was done yet is no suggestion.
    let problems: Vec<String> = if work.ahead == 0 { Vec::new() } else { work.problems.clone() };
    let refused = &known.refused;
    let problems: Vec<String> = problems.into_iter().filter(|p| !refused.contains(p)).collect();
    let said = |path: &str| problems.iter().chain(refused).any(|p| p.contains(path));
    let reasons = refused.iter().map(|why| format!("settle why your last claim was refused: {why}"));
    let open = work.uncommitted.iter().filter(|p| !said(p));
    let open = open.map(|p| format!("commit `{p}` or throw it away")).collect();
    let at = |what: &str, places: &[Place]| -> Vec<String> {
        places.iter().map(|p| format!("{what} {}:{}: `{}`", p.path, p.line, quoted(&p.text))).collect()
    };
    let untested = work.untested.iter().map(|p| format!("write a test for `{p}`; its neighbours have one"));
    let unused = brief.upstream.iter().filter(|u| !u.unused.is_empty()).map(|u| {
        let names: Vec<&str> = u.unused.iter().take(3).map(String::as_str).collect();
        let more = u.unused.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("see whether you can build on what {} now exports: {}{more}", u.agent, names.join(", "))
    });
    let big = work.files.iter().filter(|f| f.added > BIG);
    let big = big.map(|f| format!("look whether `{}` is better split: {} lines added", f.path, f.added));
    [
        reasons.collect(),
        known.gates.clone(),
        problems.clone(),
        known.conflicts.clone(),
        known.found.clone(),
        open,
        at("mend or remove the skipped test at", &work.skipped_tests),
        at("finish what is left at", &work.todos),
        untested.collect(),
        unused.collect(),
        big.collect(),
        known.behind.iter().cloned().collect(),
    ]
}

/// The beginning of a line; a backquote in it would end the quotation.
#[must_use]
pub fn quoted(text: &str) -> String {
    text.trim().chars().take(QUOTED).map(|c| if c == '`' { '\'' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::brief::{File, Upstream, Work};

    #[test]
    fn every_kind_has_its_turn_in_order_of_weight() {
        assert_eq!(
            suggest(&Brief::example(), &Known::default()),
            [
                "untracked files: notes.txt",
                "mend or remove the skipped test at src/example.rs:7: `#[ignore]`",
                "finish what is left at src/example.rs:7: `// TODO: example`",
                "write a test for `src/example.rs`; its neighbours have one",
                "see whether you can build on what OTHER now exports: src/example.rs: example",
            ],
            "what a problem names is not named twice"
        );
    }

    #[test]
    fn seven_at_most_and_no_kind_crowds_out_the_others() {
        let place = |n: usize| Place { path: "a.ts".into(), line: n, text: "// TODO `x`".into() };
        let work = Work {
            ahead: 1,
            todos: (1..=20).map(place).collect(),
            untested: (1..=20).map(|n| format!("{n}.ts")).collect(),
            files: vec![File { path: "big.ts".into(), added: 401, ..File::default() }],
            ..Work::default()
        };
        let unused: Vec<String> = ["a.ts: A", "a.ts: B", "a.ts: C", "a.ts: D"].map(str::to_owned).into();
        let upstream = vec![Upstream { agent: "ARCH".into(), unused, ..Upstream::default() }];
        let made = suggest(&Brief { work, upstream, tech: vec![] }, &Known::default());
        assert_eq!(
            made,
            [
                "finish what is left at a.ts:1: `// TODO 'x'`",
                "finish what is left at a.ts:2: `// TODO 'x'`",
                "finish what is left at a.ts:3: `// TODO 'x'`",
                "write a test for `1.ts`; its neighbours have one",
                "write a test for `2.ts`; its neighbours have one",
                "see whether you can build on what ARCH now exports: a.ts: A, a.ts: B, a.ts: C and 1 more",
                "look whether `big.ts` is better split: 401 lines added",
            ]
        );
    }

    #[test]
    fn what_the_session_knows_comes_in_its_weight_and_nothing_is_said_twice() {
        let texts = |of: &[&str]| of.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let known = Known {
            refused: texts(&["untracked files: notes.txt"]),
            gates: texts(&["make the gate `build` pass"]),
            found: texts(&["look at a.ts:3"]),
            conflicts: texts(&["see how `a.ts` goes together with SEC"]),
            behind: Some("see what `main` has new".into()),
        };
        assert_eq!(
            suggest(&Brief::example(), &known),
            [
                "settle why your last claim was refused: untracked files: notes.txt",
                "make the gate `build` pass",
                "see how `a.ts` goes together with SEC",
                "look at a.ts:3",
                "mend or remove the skipped test at src/example.rs:7: `#[ignore]`",
                "finish what is left at src/example.rs:7: `// TODO: example`",
                "write a test for `src/example.rs`; its neighbours have one",
            ]
        );
    }

    #[test]
    fn nothing_done_and_nothing_to_build_on_gives_nothing() {
        assert!(suggest(&Brief::default(), &Known::default()).is_empty());
        let problems = vec!["branch x has no commit on 0123456; commit the work first".to_owned()];
        let work = Work { problems, uncommitted: vec!["a".into()], ..Work::default() };
        let made = suggest(&Brief { work, ..Brief::default() }, &Known::default());
        assert_eq!(made, ["commit `a` or throw it away"]);
    }
}
