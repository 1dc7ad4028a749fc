//! `orchestra prompt`: the library, a project's own prompts, and what is wrong with them.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::fs;

use kit::{Place, proc, wait_until};
use serde_json::Value;

#[test]
fn the_library_and_what_a_project_makes_of_it() {
    let place = Place::repository();
    let before = place.ok(&["prompt", "lint"]);
    assert!(before.starts_with("34 prompts are in order for 8 agents"), "{before}");
    place.ok(&["init", "--preset", "eks", "--profile", "shell"]);
    let lint = place.json(&["prompt", "lint"]);
    assert_eq!(
        (&lint["prompts"], &lint["agents"], &lint["problems"]),
        (&34.into(), &8.into(), &Value::Array(vec![]))
    );

    let shown = place.ok(&["prompt", "show", "enhance-sec"]);
    assert!(shown.contains("built-in/enhance-sec") && shown.contains("Falco"), "{shown}");
    let own =
        "{% extends \"built-in/enhance-obs\" %}{% block specific %}\n- Ours: {{ agent }}\n{% endblock %}";
    fs::write(place.repo().join("prompts/enhance-obs.md"), own).unwrap();
    fs::write(place.repo().join("prompts/audit.md"), "Audit {{ branch }}, {{ agent }}.\n").unwrap();
    let list = place.json(&["prompt", "list"]);
    let all = list["prompts"].as_array().unwrap();
    assert_eq!(all.len(), 35);
    let of = |name: &str| all.iter().find(|p| p["name"] == name).unwrap();
    assert_eq!((&of("enhance-obs")["agent"], &of("enhance-obs")["replaces"]), (&"OBS".into(), &true.into()));
    assert_eq!((&of("audit")["own"], &of("audit")["replaces"]), (&true.into(), &false.into()));
    assert_eq!(of("wrap-up-qa")["own"], false);

    let obs = place.ok(&["prompt", "render", "OBS", "enhance-obs"]);
    assert!(obs.contains("golden signals") && obs.contains("- Ours: OBS"), "{obs}");
    place.ok(&["up", "--detach"]);
    let audit = place.json(&["prompt", "render", "SEC", "audit"]);
    assert_eq!(audit["text"], "Audit agent-3-sec, SEC.");
    assert_eq!(audit["answer"], "rendered");
    place.run(&["prompt", "render", "SEC", "audt"]).refused(2, &["prompt `audt`", "audit"]);
    place.ok(&["down"]);
    wait_until("nothing is left", || proc::marked(&place.mark()).is_empty());
}

#[test]
fn what_is_wrong_with_a_prompt_has_its_place() {
    let place = Place::repository();
    place.ok(&["init"]);
    let put = |name: &str, text: &str| fs::write(place.repo().join("prompts").join(name), text).unwrap();
    put("own.md", "one\n{{ agnet }}\n");
    let ran = place.run(&["prompt", "lint"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(ran.out, "prompts/own.md:2: there is no variable `agnet`; did you mean `agent`?\n");
    place.run(&["prompt", "render", "SEC", "own"]).refused(2, &["line 2", "`agnet`", "`agent`"]);
    put("broken.md", "fine\n{% if %}\n");
    let ran = place.run(&["prompt", "lint"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.out.starts_with("prompts/broken.md:2: unexpected end of block\n"), "{}", ran.out);
    place.run(&["prompt", "list"]).refused(2, &["prompts/broken.md:2:1", "expected a template"]);
    for (args, parts) in [
        (["prompt", "show", "enhence"], ["`enhence`", "`enhance`"]),
        (["prompt", "show", "zebra"], ["`zebra`", "orchestra prompt list"]),
    ] {
        fs::remove_file(place.repo().join("prompts/broken.md")).ok();
        place.run(&args).refused(2, &parts);
    }
    place.run(&["prompt", "render", "SECC", "enhance"]).refused(2, &["`SECC`", "`SEC`"]);
}
