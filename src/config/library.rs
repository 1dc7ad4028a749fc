//! The prompts that are compiled in, and the presets of `orchestra init`.

/// Name and text of files in one folder.
macro_rules! texts {
    ($folder:literal, $($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../", $folder, "/", $name, ".md")))),*]
    };
}

/// The built-in templates; names that begin with `_` are parts of others.
pub const PROMPTS: &[(&str, &str)] = texts!("prompts",
    "enhance" "enhance-arch" "enhance-plat" "enhance-sec" "enhance-obs" "enhance-net" "enhance-ops" "enhance-qa"
    "enhance-docs" "wrap-up" "wrap-up-arch" "wrap-up-plat" "wrap-up-sec" "wrap-up-obs" "wrap-up-net" "wrap-up-ops"
    "wrap-up-qa" "wrap-up-docs" "orchestrate" "orchestrator-review" "refused" "conflict" "continue" "query" "answer"
    "incident-brief" "incident-postmortem" "incident-retry" "incident/SOUL" "incident/SKILL"
    "workflow-brief" "workflow-held" "workflow-sync" "workflow-changed" "workflow-answered" "workflow-resting"
    "_claim" "_enhance" "_extra" "_session" "_suggested" "_team" "_upstream" "_weak" "_who" "_work" "_workflow" "_wrap-up");

/// A ready-made team.
pub(super) struct Preset {
    /// Its names, the first the one to show.
    pub names: &'static [&'static str],
    /// The section `[team]` with its agents and comments; empty: the default's.
    pub team: &'static str,
    /// Commented gates for a repository in which none were found.
    pub gates: &'static str,
    /// Prompts that replace built-in ones.
    pub prompts: &'static [(&'static str, &'static str)],
    /// The whole configuration, of a team that is no sprint; empty: the default with `team` in it.
    pub whole: &'static str,
    /// Further files, by path.
    pub files: &'static [&'static [(&'static str, &'static str)]],
}

impl Preset {
    /// Whether its team needs a repository.
    pub fn needs_repository(&self) -> bool {
        self.whole.is_empty()
    }
}

/// Path and text of files below `folder` that are written below `to`.
macro_rules! placed {
    ($to:literal, $folder:literal, $($name:literal)*) => {
        &[$((concat!($to, "/", $name), include_str!(concat!("../../", $folder, "/", $name)))),*]
    };
}

/// What a fleet makes its own, and the built-in texts it starts from.
const FLEET: &[(&str, &str)] = placed!("prompts/incident", "src/data/presets/incident",
    "README.md" "routes.toml" "mechanisms.toml" "actions.toml");
const FLEET_TEXTS: &[(&str, &str)] = placed!("prompts/incident", "prompts/incident", "SOUL.md" "SKILL.md");
const FLEET_TEMPLATE: &[(&str, &str)] = placed!("prompts/incident", "src/data/incident", "postmortem.md");
/// Incidents to try a fleet on.
const SCENARIOS: &[(&str, &str)] = placed!("scenarios", "tests/scenarios",
    "scale-out/report.md" "scale-out/truth.toml" "scale-out/finops/cost.json" "scale-out/finops/scaling.json"
    "scale-out/k8s/events.json" "scale-out/k8s/metrics.json" "scale-out/k8s/nodes.json" "scale-out/k8s/pods.json"
    "scale-out/rds/metrics.json" "cost-only/report.md" "cost-only/truth.toml" "cost-only/finops/cost.json"
    "cost-only/finops/scaling.json" "dns/report.md" "dns/truth.toml" "dns/k8s/events.json" "dns/k8s/metrics.json"
    "dns/k8s/pods.json" "dns/rds/metrics.json");

/// All presets.
pub(super) const PRESETS: &[Preset] = &[
    Preset { names: &["default", "sprint"], team: "", gates: "", prompts: &[], whole: "", files: &[] },
    Preset {
        names: &["eks"],
        team: include_str!("../data/presets/eks/team.toml"),
        gates: include_str!("../data/presets/eks/gates.toml"),
        prompts: texts!("src/data/presets/eks/prompts",
            "enhance-arch" "enhance-plat" "enhance-sec" "enhance-obs" "enhance-net" "enhance-ops" "enhance-qa"
            "enhance-docs"),
        whole: "",
        files: &[],
    },
    Preset {
        names: &["incident"],
        team: "",
        gates: "",
        prompts: &[],
        whole: include_str!("../data/presets/incident/orchestra.toml"),
        files: &[FLEET, FLEET_TEXTS, FLEET_TEMPLATE, SCENARIOS],
    },
];

/// What `prompts/README.md` says in a project.
pub(super) const README: &str = include_str!("../data/presets/prompts.md");

/// What `skills/README.md` says in a project.
pub(super) const SKILLS: &str = include_str!("../data/presets/skills.md");
