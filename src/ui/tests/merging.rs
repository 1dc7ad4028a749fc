//! A session whose branches were reviewed and compared, made by hand.

use super::fixture::{agent, busy, name, names};
use crate::domain::id::Oid;
use crate::domain::record::Record;
use crate::domain::review::{
    Along, BranchFacts, Concern, Conflict, ConflictKind, Engines, FileChange, Hunk, Matrix, Overlap, Pair,
    Proposal, Review, Severity, Tip, Verdict,
};
use crate::domain::train::{Built, Halt, Merged, Step, Stuck, TrainPlan};
use crate::domain::view::TrainView;
use crate::engine::event::Event;
use crate::engine::state::State;

fn conflict(path: &str, kind: ConflictKind, ours: [u32; 2], theirs: [u32; 2]) -> Conflict {
    Conflict { hunks: vec![Hunk { ours, theirs }], ..Conflict::new(path, kind) }
}

fn clash(conflicts: Vec<Conflict>) -> Verdict {
    Verdict { conflicts, engines: Engines::Agree, ..Verdict::default() }
}

fn clean() -> Verdict {
    clash(vec![])
}

fn egress() -> Verdict {
    let first = conflict("policies/egress.yaml", ConflictKind::Content, [14, 31], [12, 20]);
    clash(vec![first, Conflict::new("policies/old.yaml", ConflictKind::ModifyDelete)])
}

/// What merging ARCH, PLAT, SEC, OBS and OPS would meet.
pub(super) fn matrix() -> Matrix {
    let who = ["ARCH", "PLAT", "SEC", "OBS", "OPS"];
    let tip = |n: &&str| Tip {
        agent: name(n),
        oid: Oid("77b0aa1".into()),
        open: *n == "SEC",
        files: 4,
        why: if *n == "OPS" { "its worktree is locked by another git".into() } else { String::new() },
    };
    let unsure = || Verdict { why: "its worktree is locked by another git".into(), ..Verdict::default() };
    let along = |n: &&str, with: &[&str], verdict| Along { agent: name(n), with: names(with), verdict };
    let mut pairs = Vec::new();
    for (i, a) in who.iter().enumerate() {
        for b in &who[i + 1..] {
            let verdict = match (*a, *b) {
                (_, "OPS") => unsure(),
                ("SEC", "OBS") => egress(),
                ("ARCH", "PLAT") => {
                    Verdict { engines: Engines::Disagree("2 paths conflict".into()), ..clean() }
                }
                _ => clean(),
            };
            pairs.push(Pair { a: name(a), b: name(b), verdict });
        }
    }
    let turn = |n: &&str| match *n {
        "OBS" => along(n, &["SEC"], egress()),
        "OPS" => along(n, &[], unsure()),
        _ => along(n, &[], clean()),
    };
    Matrix {
        target: Oid("1b1c6aa0000".into()),
        tips: who.iter().map(tip).collect(),
        onto: who.iter().map(|n| along(n, &[], if *n == "OPS" { unsure() } else { clean() })).collect(),
        pairs,
        order: names(&who),
        along: who.iter().map(turn).collect(),
        disorder: vec!["PLAT builds on SEC, which comes after it".into()],
        proposal: Some(Proposal {
            order: names(&["ARCH", "PLAT", "OBS", "SEC", "OPS"]),
            conflicts: 0,
            instead_of: 1,
            moves: "OBS before SEC".into(),
        }),
        ms: 12,
        partial: false,
    }
}

fn concern(check: &str, severity: Severity, path: &str, text: &str, evidence: &str) -> Concern {
    let line = (!path.is_empty()).then_some(12);
    let (check, path, text, evidence) = (check.into(), path.into(), text.into(), evidence.into());
    Concern { check, severity, path, line, text, evidence }
}

/// The busy session, its branches reviewed and compared.
pub(super) fn merging() -> State {
    let mut state = busy();
    for (who, files, overlaps) in [
        ("ARCH", 12, &[][..]),
        ("PLAT", 7, &["config/a.yaml", "config/b.yaml"]),
        ("SEC", 5, &["policies/egress.yaml"]),
    ] {
        let facts = agent(&mut state, who).facts.clone().unwrap();
        let facts = BranchFacts { base: Oid("1b1c6aa".into()), ..facts };
        let mut review = Review::new(name(who), format!("agent-{}", who.to_lowercase()), facts);
        review.files = (0..files)
            .map(|i| FileChange {
                path: format!("src/some/deep/folder/of/{who}/with/a/long/name/{i}.ts"),
                added: 30 + i,
                removed: i,
            })
            .collect();
        review.overlaps =
            overlaps.iter().map(|p| Overlap { path: (*p).into(), with: names(&["OBS"]) }).collect();
        review.message = format!("feat({}): its part\n\nAdded:\n- labels", who.to_lowercase());
        state.reviews.push(review);
    }
    let sec = state.reviews.last_mut().unwrap();
    sec.concerns = vec![
        concern("imports", Severity::Unknown, "", "imports of .jinja files are not read", ""),
        concern("message", Severity::Error, "", "no trailer", "feat(sec): its part"),
        concern("ci", Severity::Warning, ".github/workflows/ci.yml", "changes what CI runs", "run: make all"),
        concern("tests", Severity::Note, "src/labels.ts", "has no test beside it", ""),
    ];
    state.matrix = Some(Box::new(matrix()));
    state
}

/// Five merges into main.
pub(super) fn plan() -> TrainPlan {
    let step = |who: &&str| Step {
        agent: name(who),
        branch: format!("agent-{}", who.to_lowercase()),
        oid: Oid("9f3e21c0000".into()),
        message: format!(
            "feat({}): its part of the work, told in a line that is long enough",
            who.to_lowercase()
        ),
    };
    TrainPlan {
        id: 7,
        target: "main".into(),
        base: Oid("1b1c6aa0000".into()),
        steps: ["ARCH", "PLAT", "SEC", "OBS", "OPS"].iter().map(step).collect(),
        date: 0,
        author: None,
        resolved: vec![],
        sign: Default::default(),
    }
}

fn merged(who: &str, engines: Engines) -> Merged {
    Merged { engines, ..Merged::new(name(who), Oid("a41c0de0000".into())) }
}

/// All five merges made.
pub(super) fn built() -> Built {
    let steps = vec![
        merged("ARCH", Engines::Agree),
        merged("PLAT", Engines::Disagree("2 paths conflict".into())),
        merged("SEC", Engines::Git("a filter named lfs is set".into())),
        merged("OBS", Engines::Library("git is too old".into())),
        Merged { how: "by hand".into(), ..merged("OPS", Engines::Agree) },
    ];
    Built::Clean { steps, result: Oid("5e0d9c20000".into()), files: 46 }
}

/// OBS does not merge.
pub(super) fn stuck() -> Stuck {
    let steps = ["ARCH", "PLAT", "SEC"].map(|n| merged(n, Engines::Agree)).to_vec();
    let conflicts = egress().conflicts;
    Stuck { engines: Engines::Agree, steps, ..Stuck::new(name("OBS"), names(&["SEC"]), conflicts) }
}

/// The plan as it is shown before anything is started.
pub(super) fn planned(built: Option<Built>) -> TrainView {
    TrainView { built, left_out: names(&["NET"]), ..TrainView::planned(plan()) }
}

/// What records of a train make of a session.
pub(super) fn recorded(state: &mut State, records: Vec<Record>) {
    for record in records {
        let now = state.now;
        crate::engine::step(state, Event::Recorded(record), now);
    }
}

/// A train that stands still because OBS does not merge.
pub(super) fn halted() -> State {
    let mut state = merging();
    let halt = Halt::conflict(&stuck(), None);
    recorded(
        &mut state,
        vec![
            Record::TrainPlanned { plan: plan(), skipped: vec![] },
            Record::TrainBuilt { train: 7, built: Built::Conflict(stuck()) },
            Record::TrainHalted { train: 7, halt },
        ],
    );
    state
}

/// A train whose gates run, and then landed.
pub(super) fn gating() -> State {
    let mut state = merging();
    recorded(
        &mut state,
        vec![
            Record::TrainPlanned { plan: plan(), skipped: names(&["QA"]) },
            Record::TrainBuilt { train: 7, built: built() },
        ],
    );
    state
}
