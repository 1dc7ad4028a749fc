//! Gates as a lead sees them: asked for by name, known again, and red before anybody began.

use crate::kit::Place;

const GATES: &str = "[[gate]]\nname = \"build\"\nrun = \"echo looked; test ! -e broken\"\n\
    [[gate]]\nname = \"lint\"\nrun = \"test -e never\"\n[verify]\nparallel = 2\n";

#[test]
fn verify_says_what_is_red_whose_it_is_and_runs_nothing_twice() {
    let place = Place::with_shells(&["A", "B"], GATES);
    place.up();
    place.commit("A", "a/x", "1\n");
    place.commit("B", "broken", "2\n");
    let told = |args: &[&str], code: i32| {
        let ran = place.run(&[&["verify"], args, &["--json"]].concat());
        assert_eq!(ran.code, Some(code), "{ran:#?}");
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()["places"].clone()
    };
    let found = told(&["A"], 0);
    let (build, lint) = (&found[0]["gates"][0], &found[0]["gates"][1]);
    assert_eq!((&build["status"], &build["reused_from"]), (&"green".into(), &().into()), "{found}");
    assert_eq!(
        (&lint["status"], &lint["baseline"], &lint["excused"]),
        (&"red".into(), &"red".into(), &true.into())
    );
    assert!(place.ok(&["status"]).contains("red on main already: lint"));
    // The same tree is known again, also by the next server.
    let record = build["record"].clone();
    place.kill_server();
    assert_eq!(told(&["A"], 0)[0]["gates"][0]["reused_from"], record);
    assert_ne!(told(&["A", "--gate", "build", "--again"], 0)[0]["gates"][0]["record"], record);
    // What is a branch's own counts.
    let ran = place.run(&["verify", "B"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.out.contains("red before") && ran.out.contains("\n  looked\n"), "{}", ran.out);
    // What merging would give is that of the branches that are ready, and leaves no ref behind.
    place.run(&["verify", "merged"]).refused(1, &[]);
    place.ok(&["ready", "--for", "A"]);
    place.ok(&["wait", "A", "--for", "ready", "--timeout", "60"]);
    let merged = told(&["merged"], 0);
    assert_eq!(merged[0]["of"], serde_json::json!(["A"]), "{merged}");
    crate::kit::wait_until("the ref of the trial is gone", || {
        place.git(&["for-each-ref", "refs/orchestra/train"]).is_empty()
    });
    place.run(&["verify", "--gate", "biuld"]).refused(2, &["did you mean build?"]);
    place.ok(&["down"]);
    assert!(place.git(&["worktree", "list"]).contains("/scratch/"));
    place.git(&["merge", "-q", "b-a", "b-b"]);
    place.ok(&["clean"]);
    assert!(!place.git(&["worktree", "list"]).contains("/scratch/"), "the checkouts of gates stay behind");
}
