//! What is suggested: told from the branch and from all that the session knows, with the whole prompt.

use std::sync::Arc;

use super::kit::{Stage, config, name, oid};
use crate::domain::brief::Brief;
use crate::domain::command::Command;
use crate::domain::review::{
    Along, BranchFacts, Concern, Conflict, ConflictKind, GateResult, GateStatus, Matrix, Pair, Review,
    Severity, Verdict,
};
use crate::domain::suggest::suggest;
use crate::domain::view::{Answer, Suggestions};
use crate::engine::gaps::known;
use crate::engine::state::{Info, State};

fn facts(behind: u32) -> BranchFacts {
    let mut s = Stage::new();
    let known = s.git.branch("SEC").clone();
    BranchFacts { head: oid("abcdef0123456"), behind, ..known }
}

fn gate(gate: &str, at: &str, status: GateStatus, tail: &str) -> GateResult {
    GateResult { status, tail: tail.into(), ..super::kit::result(gate, &oid(at), false) }
}

/// SEC's gaps, of every kind, and some that are none any more.
fn gaps(state: &mut State) {
    let tip = "abcdef0123456";
    let verdict = |path: &str| Verdict {
        conflicts: vec![
            Conflict::new(path, ConflictKind::Content),
            Conflict::new("other", ConflictKind::Content),
        ],
        ..Verdict::default()
    };
    state.matrix = Some(Box::new(Matrix {
        onto: vec![Along { agent: name("SEC"), with: vec![], verdict: verdict("lib/a") }],
        pairs: vec![
            Pair { a: name("PLAT"), b: name("SEC"), verdict: verdict("lib/b") },
            Pair { a: name("SEC"), b: name("OBS"), verdict: Verdict::default() },
            Pair { a: name("OBS"), b: name("NET"), verdict: verdict("lib/c") },
        ],
        ..Matrix::default()
    }));
    let concern = |severity, text: &str| Concern {
        check: "secret".into(),
        severity,
        path: "lib/k".into(),
        line: Some(3),
        text: text.into(),
        evidence: String::new(),
    };
    let mut review = Review::new(name("SEC"), "agent-3-sec", facts(2));
    review.concerns =
        vec![concern(Severity::Error, "it looks like a key"), concern(Severity::Note, "a note")];
    state.reviews = vec![review];
    let agent = state.agents.iter_mut().find(|a| a.name == "SEC").unwrap();
    agent.facts = Some(facts(2));
    agent.reasons = vec!["2 commits above the base".into()];
    agent.gates = vec![
        gate("build", "0000000", GateStatus::Red, "of another commit"),
        gate("test", tip, GateStatus::Red, "mended since"),
        gate("test", tip, GateStatus::Green, ""),
        gate("lint", tip, GateStatus::Red, "one\n\u{1b}[2Jerror in `x`\n\n"),
    ];
}

fn suggested(s: &mut Stage) -> Suggestions {
    let Answer::Suggestions { suggestions } = s.ask(Command::Suggest { agents: vec![name("SEC")] }) else {
        panic!()
    };
    suggestions.into_iter().next().unwrap()
}

fn points(state: &State) -> Vec<String> {
    let agent = state.agents.iter().find(|a| a.name == "SEC").unwrap();
    suggest(&Brief::default(), &known(state, agent))
}

#[test]
fn the_session_knows_gaps_that_the_branch_does_not_show() {
    let mut state = State::new(Arc::new(config()), Info::default());
    assert!(points(&state).is_empty());
    gaps(&mut state);
    assert_eq!(
        points(&state),
        [
            "settle why your last claim was refused: 2 commits above the base",
            "make the gate `lint` pass: it is red at abcdef0; its output ends with `[2Jerror in 'x'`",
            "see how `lib/a` and 1 more can go together with `main`: they do not merge (content)",
            "see how `lib/b` and 1 more can go together with the work of PLAT: they do not merge (content)",
            "look at what a review found (secret): `lib/k:3`: it looks like a key",
            "see what `main` has new (2 commits that your branch does not have) and whether it touches your work",
        ]
    );
    // At another commit nothing of gates and reviews is known.
    let agent = state.agents.iter_mut().find(|a| a.name == "SEC").unwrap();
    agent.facts = Some(BranchFacts { head: oid("fedcba9"), ..facts(0) });
    let points = points(&state);
    assert!(
        points.len() == 3 && !points.iter().any(|p| p.contains("gate") || p.contains("review")),
        "{points:?}"
    );
}

#[test]
fn the_whole_prompt_comes_with_its_points() {
    let mut c = config();
    let text = "Improve it.{% for p in suggestions %} * {{ p }}{% endfor %} {{ code }}";
    c.prompts.retain(|name, _| !name.starts_with("enhance-"));
    c.prompts.insert("enhance".into(), text.into());
    let mut s = Stage::of(c);
    s.git.brief = Brief::example();
    let made = suggested(&mut s);
    let points: String = made.points.iter().map(|p| format!(" * {p}")).collect();
    assert_eq!(made.prompt, format!("Improve it.{points} <code>"));
    assert!(made.unwritten.is_empty() && made.points.len() == 5);
    s.git.unread.insert("SEC".into(), "gone".into());
    let made = suggested(&mut s);
    assert!(made.prompt.is_empty() && made.unwritten.contains("gone") && made.why == "gone");
}

#[test]
fn a_prompt_that_does_not_fit_into_the_answer_is_left_out_with_the_reason() {
    let mut c = config();
    c.prompts.retain(|name, _| !name.starts_with("enhance-"));
    c.prompts.insert("enhance".into(), "x".repeat(400 * 1024));
    let mut s = Stage::of(c);
    let Answer::Suggestions { suggestions } = s.ask(Command::Suggest { agents: vec![] }) else { panic!() };
    let written: Vec<usize> = suggestions.iter().map(|s| s.prompt.len()).collect();
    assert_eq!(written, [400 * 1024, 0, 0, 0, 0, 0, 0, 0]);
    assert!(suggestions[1].unwritten.contains("alone"), "{}", suggestions[1].unwritten);
}
