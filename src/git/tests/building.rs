//! What a plan says of its merges beside their order.

use crate::domain::id::Oid;
use crate::domain::review::Engines;
use crate::domain::train::{Built, Resolution, TrainPlan, Who};
use crate::git::merge::Means;
use crate::git::testkit::{Kit, agent, edited, write};
use crate::git::{build, build_by};

/// Two branches that change one line, and a third that follows.
fn clash() -> (Kit, TrainPlan) {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 3, "one")));
    let two = kit.work("TWO", |at| write(&at.join("src/a.txt"), &edited(20, 3, "two")));
    let three = kit.work("THREE", |at| write(&at.join("src/b.txt"), &edited(20, 9, "three")));
    let plan = kit.plan(&[&one, &two, &three]);
    (kit, plan)
}

#[test]
fn a_resolution_is_taken_where_it_was_made_and_nowhere_else() {
    let (kit, plan) = clash();
    let Built::Conflict(stuck) = build(&kit.top, &plan).unwrap() else { panic!("merged") };
    // Somebody solves it.
    kit.git(&["checkout", "-q", "--detach", &stuck.onto.0]);
    kit.write("src/a.txt", &edited(20, 3, "both"));
    kit.commit("solved");
    let tree = kit.oid("HEAD^{tree}");
    kit.git(&["checkout", "-q", "main"]);
    let (onto, tip) = (stuck.onto, plan.steps[1].oid.clone());
    let solved = Resolution { agent: agent("TWO"), onto, tip, tree: tree.clone(), how: "by hand".into() };
    let with = |r: Resolution| TrainPlan { resolved: vec![r], ..plan.clone() };
    let built = build(&kit.top, &with(solved.clone())).unwrap();
    let Built::Clean { steps, result, .. } = &built else { panic!("{built:?}") };
    assert_eq!(kit.oid(&format!("{}^{{tree}}", steps[1].oid.0)), tree);
    assert_eq!((steps[1].how.as_str(), steps[2].how.as_str()), ("by hand", ""));
    assert_eq!(steps[2].engines, Engines::Agree);
    assert_eq!(kit.oid("refs/orchestra/train/1/built"), *result);
    kit.git(&["fsck", "--connectivity-only", &result.0]);
    assert_eq!(build(&kit.top, &with(solved.clone())).unwrap(), built, "the same plan gives the same ids");
    // On another merge, of another commit, or of another agent it does not hold.
    let elsewhere = [
        Resolution { onto: plan.base.clone(), ..solved.clone() },
        Resolution { tip: plan.steps[0].oid.clone(), ..solved.clone() },
        Resolution { agent: agent("THREE"), ..solved.clone() },
    ];
    for other in elsewhere {
        assert!(matches!(build(&kit.top, &with(other)).unwrap(), Built::Conflict(_)));
    }
    // A tree that is not there is an error, and leaves nothing new.
    let (refs, gone) = (kit.refs(), Resolution { tree: Oid("1".repeat(40)), ..solved });
    build(&kit.top, &with(gone)).unwrap_err();
    assert_eq!(kit.refs(), refs);
}

#[test]
fn merges_have_the_author_of_the_plan() {
    let (kit, mut plan) = clash();
    plan.steps.truncate(1);
    plan.author = Some(Who { name: "Ada Löve".into(), email: "ada@example.org".into() });
    let Built::Clean { result, .. } = build(&kit.top, &plan).unwrap() else { panic!("stuck") };
    let who = kit.git(&["log", "-1", "--format=%an <%ae> %cn <%ce> %at", &result.0]);
    assert_eq!(who, "Ada Löve <ada@example.org> Ada Löve <ada@example.org> 1700000100");
    plan.author = Some(Who { name: String::new(), email: "x".into() });
    assert!(build(&kit.top, &plan).unwrap_err().to_string().contains("agent-one"));
}

#[test]
fn git_alone_makes_the_same_merges_where_it_has_to() {
    let (kit, plan) = clash();
    let means = Means { git_only: Some("of a reason".into()), ..Means::default() };
    let by_git = Engines::Git("of a reason".into());
    let Built::Conflict(stuck) = build_by(&kit.top, &plan, &means).unwrap() else { panic!("merged") };
    let Built::Conflict(both) = build(&kit.top, &plan).unwrap() else { panic!("merged") };
    assert_eq!((stuck.onto, stuck.conflicts, stuck.with), (both.onto, both.conflicts, both.with));
    assert_eq!((&stuck.engines, &stuck.steps[0].engines), (&by_git, &by_git));
    let plan = TrainPlan { steps: vec![plan.steps[0].clone(), plan.steps[2].clone()], ..plan };
    let Built::Clean { steps, result, .. } = build_by(&kit.top, &plan, &means).unwrap() else {
        panic!("stuck")
    };
    let Built::Clean { result: other, .. } = build(&kit.top, &plan).unwrap() else { panic!("stuck") };
    assert_eq!((result, &steps[1].engines), (other, &by_git));
    kit.git(&["fsck", "--full", "--strict"]);
}
