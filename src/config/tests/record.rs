use super::*;
use crate::config::default_text;
use crate::domain::recording::Rules;

const TEAM: &str = "[team]\nprofile = \"shell\"\n[[team.agent]]\nname = \"SEC\"\n";

fn read(more: &str) -> Result<crate::domain::team::Config, String> {
    parse(&format!("{TEAM}{more}"), "orchestra.toml", &Dirs::built_in()).map_err(|e| e.to_string())
}

#[test]
fn the_default_file_says_the_defaults() {
    let default = parse(default_text(), "orchestra.toml", &Dirs::built_in()).unwrap();
    assert_eq!(default.record, Rules::default());
    assert_eq!(read("").unwrap().record, Rules::default());
    assert!(default.team.iter().all(|a| a.record));
}

#[test]
fn every_key_is_taken() {
    let more = "record = false\n[record]\nkeys = true\nsecrets = [\"API_KEY\", \"_T2\"]\norchestrator = false\n\
                compress = false\npane_quota = 16\nsession_quota = 1048576\n";
    let config = read(more).unwrap();
    let rules = Rules {
        keys: true,
        secrets: vec!["API_KEY".into(), "_T2".into()],
        orchestrator: false,
        compress: false,
        pane_quota: 16 << 20,
        session_quota: 1 << 40,
    };
    assert_eq!(config.record, rules);
    assert!(!config.team[0].record);
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_no_value_of_a_secret() {
    let cases = [
        ("record = 1\n", "5:10: `team.agent.record`: expected a boolean, found integer `1`"),
        (
            "[record]\nsecrets = [\"A\", \"hunter2 is it\"]\n",
            "6:17: `record.secrets`: expected the name of an environment variable, never its value",
        ),
        ("[record]\npane_quota = 15\n", "6:14: `record.pane_quota`: expected 16 to 1048576 MiB, found 15"),
        (
            "[record]\nsession_quota = 2000000\n",
            "6:17: `record.session_quota`: expected 16 to 1048576 MiB, found 2000000",
        ),
        (
            "[record]\nsession_quota = 200\n",
            "6:17: `record.session_quota`: expected a session_quota of at least the pane_quota, found 200 and 256 MiB",
        ),
        (
            "[record]\npane_quota = 4096\n",
            "6:14: `record.pane_quota`: expected a session_quota of at least the pane_quota, found 2048 and 4096 MiB",
        ),
        (
            "[record]\nkey = true\n",
            "6:1: `record.key`: unknown key; expected `keys`, `secrets`, `orchestrator`, `compress`, `pane_quota` or \
             `session_quota`; did you mean `keys`?",
        ),
    ];
    for (more, expected) in cases {
        assert_eq!(
            read(more).err().unwrap_or_default(),
            format!("use orchestra.toml:{expected}"),
            "for {more}"
        );
    }
    let many: Vec<String> = (0..65).map(|i| format!("\"V{i}\"")).collect();
    let got = read(&format!("[record]\nsecrets = [{}]\n", many.join(", "))).unwrap_err();
    assert!(got.ends_with("expected at most 64 variables, found 65"), "{got}");
}
