use super::*;
use crate::config::{Error, asks_for_worktrees, default_text, load};
use crate::domain::gates::{Baseline, Verify};
use crate::domain::team::{Config, Layout, Tab};

fn good(text: &str) -> Config {
    parse(text, "orchestra.toml", &Dirs::built_in()).unwrap()
}

fn words(names: &[crate::domain::id::AgentName]) -> Vec<&str> {
    names.iter().map(|n| n.as_str()).collect()
}

#[test]
fn the_default_describes_the_team_of_eight() {
    let config = good(default_text());
    let team: Vec<(&str, &str, Vec<&str>)> =
        config.team.iter().map(|a| (a.name.as_str(), a.branch.as_str(), words(&a.after))).collect();
    assert_eq!(
        team,
        [
            ("ARCH", "agent-1-arch", vec![]),
            ("PLAT", "agent-2-plat", vec!["ARCH"]),
            ("SEC", "agent-3-sec", vec!["ARCH"]),
            ("OBS", "agent-4-obs", vec!["ARCH"]),
            ("NET", "agent-5-net", vec!["ARCH", "PLAT"]),
            ("OPS", "agent-6-ops", vec!["ARCH", "PLAT"]),
            ("QA", "agent-7-qa", vec!["PLAT", "SEC", "OBS", "NET", "OPS"]),
            ("DOCS", "agent-8-docs", vec!["QA"]),
        ]
    );
    let order: Vec<Vec<&str>> = config.merge.order.iter().map(|g| words(g)).collect();
    let groups = [vec!["ARCH"], vec!["PLAT"], vec!["SEC", "OBS", "NET", "OPS"], vec!["QA"], vec!["DOCS"]];
    assert_eq!(order, groups);
    assert_eq!(config.merge.target, "main");
    assert!(config.gates.is_empty());
    for agent in &config.team {
        assert_eq!(agent.profile, "claude");
        assert!(!agent.role.is_empty() && !agent.domain.is_empty() && !agent.focus.is_empty());
    }
    assert!(config.team.iter().all(|a| a.message.is_empty()), "each branch's own commit says it");
}

#[test]
fn the_default_has_the_five_tabs_and_the_focus_groups() {
    let config = good(default_text());
    let tabs: Vec<(&str, Layout, u16, Vec<&str>)> =
        config.tabs.iter().map(|t| (t.name.as_str(), t.layout, t.columns, words(&t.panes))).collect();
    assert_eq!(
        tabs,
        [
            ("Orchestrator", Layout::Grid, 0, vec!["ORCHESTRATOR"]),
            ("Infrastructure", Layout::Grid, 0, vec!["ARCH", "PLAT"]),
            ("Addons", Layout::Grid, 2, vec!["SEC", "OBS", "NET", "OPS"]),
            ("Validation", Layout::Grid, 0, vec!["QA", "DOCS"]),
            ("Monitor", Layout::Monitor, 0, vec![]),
        ]
    );
    let focus: Vec<(&str, Vec<&str>)> = config.focus.iter().map(|(k, v)| (k.as_str(), words(v))).collect();
    assert_eq!(
        focus,
        [
            ("documentation", vec!["DOCS", "ARCH"]),
            ("observability", vec!["OBS", "DOCS"]),
            ("security", vec!["SEC", "NET", "PLAT"]),
            ("testing", vec!["QA", "OPS"]),
        ]
    );
}

#[test]
fn the_built_in_data_files_are_right() {
    let config = good(default_text());
    let profiles: Vec<&str> = config.profiles.keys().map(String::as_str).collect();
    let known =
        ["aider", "analyst", "claude", "codex", "gemini", "generic", "opencode", "pi", "rehearsal", "shell"];
    assert_eq!(profiles, known);
    assert!(config.prompts.contains_key("enhance") && config.prompts.contains_key("wrap-up"));
    let stages = |plan: &str| {
        let bound = config.plans[plan].bind(&config.team, &config.focus).unwrap();
        let last = bound.iter().map(|b| b.stage).max().unwrap();
        let of = |s| bound.iter().filter(move |b| b.stage == s).map(|b| b.agent.to_string());
        (0..=last).map(|s| of(s).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(stages("enhancement"), ["ARCH", "PLAT SEC OBS", "NET OPS", "QA DOCS"]);
    assert!(!stages("wrap-up").is_empty());
}

#[test]
fn what_is_left_out_takes_its_default() {
    let config = good("[team]\nprofile = \"shell\"\n[[team.agent]]\nname = \"Solo\"\n");
    let solo = &config.team[0];
    assert_eq!((solo.role.as_str(), solo.branch.as_str()), ("Solo", "agent-1-solo"));
    assert_eq!(solo.message, "", "its own commit says it");
    assert_eq!(config.session, "sprint");
    assert_eq!(config.merge.target, "main");
    let tabs: Vec<&str> = config.tabs.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(tabs, ["Orchestrator", "Team", "Monitor"]);
}

#[test]
fn readiness_asks_for_the_build_unless_told_otherwise() {
    let gates = |more: &str| {
        let all = good(&format!(
            "{TEAM}[[gate]]\nname=\"lint\"\nrun=\"l\"\n[[gate]]\nname=\"build\"\nrun=\"b\"\n{more}"
        ));
        all.gates.iter().map(|g| (g.name.clone(), g.ready, g.timeout)).collect::<Vec<_>>()
    };
    assert_eq!(gates(""), [("lint".into(), false, 600), ("build".into(), true, 600)]);
    assert_eq!(
        gates("ready=false\ntimeout=86400"),
        [("lint".into(), false, 600), ("build".into(), false, 86400)]
    );
}

#[test]
fn gates_say_what_they_get_and_how_they_are_run() {
    let config = good(&format!("{TEAM}[[gate]]\nname=\"lint\"\nrun=\"l\"\n"));
    assert_eq!(config.gates[0], crate::domain::gates::Gate::new("lint", "l"));
    assert_eq!(config.verify, Verify { parallel: 0, baseline: Baseline::Excuse });
    let more = "env=[\"CI\"]\noutput=2\nretries=1\n[verify]\nparallel=16\nbaseline=\"tell\"";
    let config = good(&format!("{TEAM}[[gate]]\nname=\"lint\"\nrun=\"l\"\n{more}\n"));
    let gate = &config.gates[0];
    assert_eq!((gate.env.as_slice(), gate.output, gate.retries), (&["CI".to_owned()][..], 2, 1));
    assert_eq!(config.verify, Verify { parallel: 16, baseline: Baseline::Tell });
}

#[test]
fn a_profile_is_changed_by_the_configuration() {
    let config = good(&format!(
        "{TEAM}profile = \"claude\"\n[profile.claude]\nargv = [\"my-claude\", \"--fast\"]\nenv = {{ A = \"1\" }}\n"
    ));
    assert_eq!(config.profiles["claude"].argv, ["my-claude", "--fast"]);
    assert_eq!(config.profiles["claude"].env["A"], "1");
    assert_eq!(config.team[0].profile, "shell");
    assert_eq!(config.team[1].profile, "claude");
}

#[test]
fn no_configuration_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let error = load(dir.path()).unwrap_err();
    assert!(matches!(error, Error::Missing { .. }));
    let path = dir.path().join("orchestra.toml");
    assert_eq!(error.to_string(), format!("find {}: run `orchestra init` to write one", path.display()));
}

#[test]
fn files_that_are_no_files_no_text_or_too_large_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("orchestra.toml");
    std::fs::create_dir(&path).unwrap();
    assert!(matches!(load(dir.path()), Err(Error::NotAFile { .. })));
    std::fs::remove_dir(&path).unwrap();
    std::fs::write(&path, b"name = \"\xff\"").unwrap();
    assert!(matches!(load(dir.path()), Err(Error::NotText { .. })));
    std::fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert!(matches!(load(dir.path()), Err(Error::TooLarge { .. })));
}

#[test]
fn programs_are_settings_of_git_that_name_one() {
    let with = |program: &str| {
        let text = format!(
            "[team]\nprofile = \"shell\"\n[[team.agent]]\nname = \"Solo\"\n[merge.programs]\n{program} = \"x\"\n"
        );
        parse(&text, "orchestra.toml", &Dirs::built_in()).map_err(|e| e.to_string())
    };
    for name in ["filter.lfs.process", "merge.ours.driver", "gpg.program", "user.signingKey"] {
        assert_eq!(with(&format!("\"{name}\"")).unwrap().merge.programs[name], "x");
    }
    let error = with("\"core.fsmonitor\"").unwrap_err();
    assert!(error.contains("core.fsmonitor") && error.contains("orchestra.toml:6"), "{error}");
}

#[test]
fn the_orchestrators_program_is_a_name_or_a_list() {
    let of = |text: &str| {
        let text = format!("[session]\n{text}\n[team]\nprofile = \"shell\"\n[[team.agent]]\nname = \"A\"\n");
        let config = good(&text);
        let profile = config.conductor().map(|p| p.name.clone());
        (config.orchestrator, profile, config.orchestrator_prompt)
    };
    let (argv, profile, prompt) = of("");
    assert!(argv.is_empty() && profile.is_none() && prompt == "orchestrate");
    assert!(of("orchestrator = \"\"").0.is_empty());
    let (argv, profile, prompt) = of("orchestrator = \"codex\"\norchestrator_prompt = \"\"");
    assert!(argv == ["codex"] && profile.as_deref() == Some("codex") && prompt.is_empty());
    let (argv, profile, _) = of("orchestrator = [\"/opt/claude\", \"--model\", \"x\"]");
    assert!(argv == ["/opt/claude", "--model", "x"] && profile.as_deref() == Some("claude"));
    assert_eq!(of("orchestrator = [\"bash\", \"-l\"]").1, None);
}

#[test]
fn whether_worktrees_are_asked_for_is_known_without_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let said = |text: &str| {
        std::fs::write(dir.path().join("orchestra.toml"), text).unwrap();
        asks_for_worktrees(dir.path())
    };
    assert!(matches!(asks_for_worktrees(dir.path()), Err(Error::Missing { .. })));
    assert!(said("").unwrap() && said("[team]\nworktrees = true\n").unwrap());
    // What else is wrong is told by who loads it.
    assert!(!said("[team]\nworktrees = false\nprofil = 1\n").unwrap());
    assert!(said("[team]\nworktrees = \"no\"\n").unwrap());
    assert!(matches!(said("[team\n"), Err(Error::Wrong(_))));
}

#[test]
fn a_team_without_worktrees_has_no_branches() {
    assert!(good(default_text()).worktrees && good(TEAM).worktrees, "unless it is said");
    let team = TEAM.replacen("[team]\n", "[team]\nworktrees = false\n", 1);
    // What has a default, and what orders work, may stand.
    let more = "after = [\"ARCH\"]\nfocus = [\"lib\"]\n[merge]\ntarget = \"main\"\norder = []\n[session]\nsetup = \"true\"\n";
    let config = good(&format!("{team}{more}"));
    assert!(!config.worktrees);
    assert!(config.team.iter().all(|a| a.branch.is_empty()) && config.merge.target.is_empty());
    assert_eq!(words(&config.team[1].after), ["ARCH"]);
    assert!(config.plans.contains_key("enhancement"), "built-in plans are there; they are refused when run");
}

#[test]
fn a_fleet_has_a_tab_for_its_incident_whether_it_says_so_or_not() {
    let fleet = |tabs: &str| {
        let config = good(&format!("{TEAM}[incident]\ncoordinator = \"ARCH\"\n{tabs}"));
        let tabs = config.tabs.iter().map(|t| (t.name.clone(), t.layout, t.panes.len()));
        tabs.collect::<Vec<_>>()
    };
    let tab = |name: &str, layout, panes| (name.to_owned(), layout, panes);
    let usual = fleet("");
    assert_eq!(usual[0], tab("Incident", Layout::Incident, 0));
    assert_eq!(usual.len(), 4);
    let own = "[[tab]]\nname = \"Incident\"\npanes = [\"SEC\"]\n";
    assert_eq!(fleet(own), [tab("Incident 2", Layout::Incident, 0), tab("Incident", Layout::Grid, 1)]);
    let placed = format!("{own}[[tab]]\nname = \"Now\"\nlayout = \"incident\"\n");
    assert_eq!(fleet(&placed), [tab("Incident", Layout::Grid, 1), tab("Now", Layout::Incident, 0)]);
}

#[test]
fn any_team_may_have_a_tab_for_a_workflow() {
    let config = good(&format!("{TEAM}[[tab]]\nname = \"Now\"\nlayout = \"workflow\"\n"));
    let mut tabs = config.tabs.clone();
    assert_eq!(tabs, [Tab::new("Now", Layout::Workflow, Vec::new())]);
    // One is enough.
    Tab::put_first(&mut tabs, "Workflow", Layout::Workflow);
    assert_eq!(tabs.len(), 1);
    tabs[0] = Tab::new("Workflow", Layout::Grid, Vec::new());
    Tab::put_first(&mut tabs, "Workflow", Layout::Workflow);
    assert_eq!(tabs[0], Tab::new("Workflow 2", Layout::Workflow, Vec::new()));
}
