//! The lines that keep two branches from merging.

use insta::assert_snapshot;

use super::fixture::*;
use super::merging::merging;
use super::replay::recorded;
use crate::domain::command::Command;
use crate::domain::diff::{Part, Place, Unmerged, UnmergedFile};
use crate::domain::review::{Conflict, ConflictKind, Lines};
use crate::domain::view::{Answer, Fault};
use crate::ui::{Action, Look, notify};

/// Keys that open where SEC and OBS do not merge.
pub(super) const OPEN: &str = "v j j <Tab> l l l l <Enter>";

fn part(lines: Lines, text: &[&str], more: u32) -> Option<Part> {
    Some(Part { lines, text: text.iter().map(|t| (*t).to_owned()).collect(), more })
}

pub(super) fn of_sec_and_obs() -> Unmerged {
    let matrix = merging().matrix.unwrap();
    let tip = |agent: &str| matrix.tips.iter().find(|t| t.agent == name(agent)).unwrap().oid.clone();
    let sides = |one: &str, other: &str| [one.to_owned(), other.to_owned()];
    let egress = Place {
        ours: part([14, 31], &["- to: 10.0.0.0/8", "\tports: [443]"], 16),
        before: part([12, 13], &["- to: 0.0.0.0/0", "  ports: [80, 443]"], 0),
        theirs: part([12, 20], &["- to: metrics.internal", "  ports: [9090]"], 7),
    };
    let old = Place {
        ours: None,
        before: part([3, 3], &["allow: all"], 0),
        theirs: part([3, 3], &["allow: some"], 0),
    };
    let file = |path: &str, kind, sides, places, more| {
        let conflict = Conflict::new(path, kind);
        UnmergedFile { conflict, sides, places, more }
    };
    Unmerged {
        ours: Some(name("SEC")),
        theirs: name("OBS"),
        tips: [tip("SEC"), tip("OBS")],
        why: String::new(),
        files: vec![
            file("policies/egress.yaml", ConflictKind::Content, sides("a", "b"), vec![egress], 2),
            file("policies/old.yaml", ConflictKind::ModifyDelete, sides("nothing", "b"), vec![old], 0),
            file(
                "policies/seal.bin",
                ConflictKind::Binary,
                sides("a file of 6 bytes", "a file of 8 bytes"),
                vec![],
                0,
            ),
        ],
        more: 1,
    }
}

#[test]
fn enter_on_a_cell_shows_the_lines_of_both_sides() {
    let mut d = desk(merging(), 80, 24);
    d.press(OPEN);
    let asked = Command::Unmerged { ours: Some(name("SEC")), theirs: name("OBS") };
    assert_eq!(d.took().last(), Some(&Action::Do(asked)));
    let shot = d.shot();
    assert!(shot.contains("reading the lines…") && shot.contains("lines 14–31 of SEC"), "{shot}");
    // The answer of another pair is not shown here.
    notify(&mut d.view, &Answer::Unmerged(Box::new(Unmerged { ours: None, ..of_sec_and_obs() })));
    assert!(d.shot().contains("reading the lines…"));
    notify(&mut d.view, &Answer::Unmerged(Box::new(of_sec_and_obs())));
    d.view.message = None;
    assert_snapshot!(d.shot());
    assert_snapshot!(d.press("<End>").shot());
    d.view.resize(40, 120);
    assert_snapshot!(d.press("<Home>").shot());
}

#[test]
fn lines_of_a_branch_that_moved_say_so() {
    let mut d = desk(merging(), 80, 24);
    d.press(OPEN);
    let tips = [of_sec_and_obs().tips[0].clone(), crate::domain::id::Oid("0000001".into())];
    let mut hostile = Unmerged { tips, ..of_sec_and_obs() };
    hostile.files[0].places[0].theirs = part([12, 12], &["a\u{1b}[31mb\tc\u{202e}"], 0);
    notify(&mut d.view, &Answer::Unmerged(Box::new(hostile)));
    assert!(!d.shot().contains(['\u{1b}', '\u{202e}', '\t']), "{}", d.shot());
    assert!(d.shot().contains("▲ a branch has moved since these lines were read"), "{}", d.shot());
}

#[test]
fn what_cannot_be_read_leaves_the_places() {
    let mut d = desk(merging(), 80, 24);
    d.press(OPEN);
    let why = "read the branch of OBS: it has none".to_owned();
    notify(&mut d.view, &Answer::Fault { fault: Fault::Failed, why });
    let shot = d.shot();
    assert!(shot.contains("✘ failed to read the branch of OBS"), "{shot}");
    assert!(shot.contains("lines 14–31 of SEC"), "{shot}");
}

#[test]
fn a_recording_has_the_places_alone() {
    let mut d = recorded(merging(), 80, 24, Look::default());
    d.press(OPEN);
    let shot = d.shot();
    assert!(shot.contains("lines 14–31 of SEC") && !shot.contains("reading the lines"), "{shot}");
}
