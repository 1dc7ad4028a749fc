//! The team of eight, by hand.

use std::collections::BTreeMap;

use super::{TEAM, name};
use crate::domain::gates::Verify;
use crate::domain::plan::Plan;
use crate::domain::profile::Profile;
use crate::domain::team::{AgentSpec, Config, Gate, Merge};

const PROFILES: [&str; 3] = [
    include_str!("../../../data/profiles/rehearsal.toml"),
    include_str!("../../../data/profiles/shell.toml"),
    include_str!("../../../data/profiles/generic.toml"),
];

/// Eight agents with the rehearsal profile, two gates, the plans that come along.
pub(in crate::engine::tests) fn config() -> Config {
    let agents = TEAM.iter().enumerate().map(|(i, n)| AgentSpec {
        name: name(n),
        role: format!("{n} role"),
        domain: String::new(),
        branch: format!("agent-{}-{}", i + 1, n.to_lowercase()),
        focus: vec![format!("{}/", n.to_lowercase())],
        after: vec![],
        profile: "rehearsal".into(),
        message: format!("Merge {n}"),
        record: true,
    });
    let groups = [
        ("security", "SEC NET PLAT"),
        ("observability", "OBS DOCS"),
        ("testing", "QA OPS"),
        ("documentation", "DOCS ARCH"),
    ];
    let names = |text: &str| text.split_whitespace().map(name).collect::<Vec<_>>();
    let profiles = PROFILES.iter().map(|t| {
        let mut profile = toml::from_str::<Profile>(t).unwrap();
        // The boxes of scripts are drawn once and never change.
        profile.submit.composer.clear();
        profile
    });
    let plans = [
        include_str!("../../../data/plans/enhancement.toml"),
        include_str!("../../../data/plans/wrap-up.toml"),
    ];
    let plans = plans.iter().map(|t| toml::from_str::<Plan>(t).unwrap());
    Config {
        session: "sprint".into(),
        session_dir: String::new(),
        worktrees: true,
        team: agents.collect(),
        tabs: vec![],
        focus: groups.iter().map(|(g, m)| ((*g).to_owned(), names(m))).collect::<BTreeMap<_, _>>(),
        gates: vec![gate("build", "sh build.sh", true), gate("test", "sh test.sh", false)],
        merge: Merge {
            target: "main".into(),
            order: ["ARCH", "PLAT", "SEC OBS NET OPS", "QA", "DOCS"].iter().map(|g| names(g)).collect(),
            ..Merge::default()
        },
        verify: Verify::default(),
        review: crate::domain::review::Rules::default(),
        record: crate::domain::recording::Rules::default(),
        setup: String::new(),
        pass_env: vec![],
        conduct: crate::domain::conduct::Conduct::default(),
        prefs: crate::domain::prefs::Prefs::default(),
        areas: std::collections::BTreeMap::new(),
        orchestrator: vec![],
        orchestrator_prompt: String::new(),
        profiles: profiles.map(|p| (p.name.clone(), p)).collect(),
        plans: plans.map(|p| (p.name.clone(), p)).collect(),
        prompts: crate::config::PROMPTS.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect(),
        fleet: None,
    }
}

fn gate(name: &str, run: &str, ready: bool) -> Gate {
    Gate { timeout: 60, ready, ..Gate::new(name, run) }
}
