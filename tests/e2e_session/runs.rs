//! A plan whose second agent builds on the first: shells that do what their prompts say.

use std::fs;

use crate::kit::{Place, log};

const PLAN: &str = r#"
name = "two"
title = "One, then the other"
stages = [["A"], ["B"]]
gates = "all"
confirm_red = true
then = { review = true }
[[task]]
id = "work"
each = true
prompt = "work"
done = "committed"
"#;

const MORE: &str = "after = [\"A\"]\n[run]\nripple = \"rebase\"\n\
    [[gate]]\nname = \"build\"\nrun = \"true\"\n[[gate]]\nname = \"alone\"\nrun = \"test ! -e B.txt\"\n";

#[test]
fn a_later_stage_stands_on_the_earlier_and_gates_are_known_at_its_end() {
    let place = Place::with_shells(&["A", "B"], MORE);
    for (path, text) in [
        ("plans/two.toml", PLAN),
        ("prompts/work.md", "ls; echo x > {{ agent }}.txt; git add -A; git commit -qm 'feat: {{ agent }}'\n"),
    ] {
        let path = place.repo().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    place.git(&["add", "-A"]);
    place.git(&["commit", "-q", "-m", "plan"]);
    place.up();
    let run = place.json(&["run", "two", "--wait", "--timeout", "120"]);
    assert_eq!((&run["ended"], &run["progress"]["done"]), (&true.into(), &2.into()), "{run}");
    assert!(run["tasks"][1]["upstream"].as_str().unwrap().starts_with("brought onto the work of A"), "{run}");
    assert_eq!(place.git(&["log", "--format=%s", "b-b"]), "feat: B\nfeat: A\nplan\nteam\nstart");
    assert!(place.worktree("B").join("A.txt").exists());
    let b = |place: &Place| {
        let b = place.agent("B");
        (b["ahead"].clone(), b["dirty"].clone(), b["gates"][1]["status"].clone())
    };
    assert_eq!(b(&place), (1.into(), false.into(), "red".into()));
    assert_eq!(log::events(&place.session(), "ripple_intent").len(), 1);
    place.run(&["run", "two"]).refused(4, &["B: alone is red at ", "--yes"]);
    // What its work counts from outlives the server, and the session.
    place.kill_server();
    assert_eq!(b(&place).0, 1);
    place.ok(&["down"]);
    place.up();
    assert_eq!(b(&place).0, 1);
    place.ok(&["down"]);
}
