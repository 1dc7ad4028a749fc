//! Profiles that change while a session runs.

use super::kit::*;
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;

const PROFILE: &str = "name = \"mine\"\ntitle = \"Mine\"\nargv = [\"mine\"]\n";

#[test]
fn a_changed_file_is_taken_over_and_a_wrong_one_is_told() {
    let stage = Stage::running();
    let _holders = [stage.hold("SEC", vec![], None), stage.hold("ORCHESTRATOR", vec![], None)];
    let repository = stage.dir.with_file_name("repo");
    let server = stage.serve();
    assert_eq!(server.status().agents.len(), 1);
    std::fs::write(repository.join("orchestra.toml"), crate::config::default_text()).unwrap();
    let journal = |what: &str| {
        wait_until(what, || stage.journal_text().contains(what).then_some(()));
    };
    journal("profiles_changed");
    std::fs::create_dir(repository.join("profiles")).unwrap();
    std::fs::write(repository.join("profiles/mine.toml"), PROFILE).unwrap();
    journal("\"profiles\":[\"mine\"]");
    // A server that takes over begins with it.
    let file = wait_until("session.toml has it", || {
        let file: SessionFile = SessionDir::open(&stage.dir).unwrap().read_toml().unwrap();
        file.config.profiles.contains_key("mine").then_some(file)
    });
    assert_eq!(file.config.team.len(), 1, "nothing but profiles is taken over");
    std::fs::write(repository.join("profiles/mine.toml"), format!("{PROFILE}argw = 1\n")).unwrap();
    journal("the profiles stay as they were: use profiles/mine.toml:4:1");
    let rule = "[[rule]]\nname = \"mine/a\"\nsource = \"title\"\npattern = '('\nstate = \"idle\"\n";
    std::fs::write(repository.join("profiles/mine.toml"), format!("{PROFILE}{rule}")).unwrap();
    journal("left out of a profile: profiles/mine.toml:7:11");
    assert_eq!(server.status().agents.len(), 1);
}
