use super::*;
use crate::domain::record::Marked;
use crate::replay::testkit::{Kit, name};
use crate::session::log::Kind as Log;

fn session() -> Kit {
    let mut kit = Kit::new(&["SEC", "OBS"]);
    kit.record(0, &Record::Opened { version: "0".into(), server: 1 });
    kit.record(1_000_000, &Record::AgentUp { agent: name("SEC"), pid: 7, holder: 6, log: 0 });
    let text = "half\u{1b}[2Jway".to_owned();
    kit.record(2_000_000, &Record::Marked(Marked { agent: name("SEC"), text }));
    kit.log(
        "SEC",
        &[
            (1_000_000, Log::Resize, b"20x5"),
            (1_500_000, Log::Output, b"\x1b]2;wo\x07first\r\n"),
            (3_000_000, Log::Output, b"\x1b[31msec\x1b[0mond"),
        ],
    );
    kit
}

fn at(kit: &Kit, at: &str, only: Option<&str>) -> Result<Shown, Fail> {
    let mut player = Player::open(kit.path()).unwrap();
    player.go(at.parse().unwrap()).unwrap();
    shown(&player, only.map(name).as_ref())
}

#[test]
fn the_object_tells_moment_state_and_screens() {
    let kit = session();
    let value = serde_json::to_value(at(&kit, "2.5s", None).unwrap()).unwrap();
    assert_eq!(value["answer"], "moment");
    assert_eq!((value["us"].as_u64(), value["at"].as_str()), (Some(2_500_000), Some("0:00:02.500")));
    assert_eq!(value["wall"], "2023-11-14T22:13:22.5Z");
    assert_eq!(value["length_us"], 3_000_000);
    assert_eq!(value["event"], serde_json::json!({ "seq": 3, "us": 2_000_000, "kind": "marked" }));
    assert_eq!(value["chapter"]["kind"], "mark");
    assert_eq!(value["status"]["session"], "sprint");
    assert_eq!(value["status"]["agents"][0]["state"], "starting");
    let names: Vec<_> = value["screens"].as_array().unwrap().iter().map(|s| s["agent"].clone()).collect();
    assert_eq!(names, ["SEC", "OBS", "ORCHESTRATOR"]);
    let sec = &value["screens"][0];
    assert_eq!((&sec["rows"], &sec["cols"], &sec["title"]), (&5.into(), &20.into(), &"wo".into()));
    assert_eq!(sec["cursor"], serde_json::json!({ "row": 1, "col": 0 }));
    assert_eq!(sec["lines"], serde_json::json!(["first", "", "", "", ""]));
}

#[test]
fn one_pane_alone_and_a_wrong_name() {
    let kit = session();
    let one = at(&kit, "end", Some("SEC")).unwrap();
    assert_eq!(one.screens.len(), 1);
    assert_eq!(one.screens[0].lines[1], "second");
    let wrong = at(&kit, "end", Some("SE")).unwrap_err();
    assert!(wrong.exit == Exit::Usage && wrong.why.contains("did you mean `SEC`"), "{wrong}");
}

#[test]
fn the_text_holds_no_control_characters_and_ends_where_the_screen_does() {
    let kit = session();
    let text = text(&at(&kit, "#3", Some("SEC")).unwrap());
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    assert!(text.starts_with("at    0:00:02.000 of 0:00:03.000"), "{text}");
    assert!(text.contains("chapter  half [2Jway (#3 at 0:00:02.000)"), "{text}");
    assert!(text.contains("── SEC starting · 20x5 · wo ─"), "{text}");
    assert!(text.ends_with("\nfirst\n"), "{text:?}");
}
