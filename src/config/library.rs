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
    "_claim" "_enhance" "_extra" "_session" "_suggested" "_team" "_upstream" "_weak" "_who" "_work" "_wrap-up");

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
}

/// All presets.
pub(super) const PRESETS: &[Preset] = &[
    Preset { names: &["default", "sprint"], team: "", gates: "", prompts: &[] },
    Preset {
        names: &["eks"],
        team: include_str!("../data/presets/eks/team.toml"),
        gates: include_str!("../data/presets/eks/gates.toml"),
        prompts: texts!("src/data/presets/eks/prompts",
            "enhance-arch" "enhance-plat" "enhance-sec" "enhance-obs" "enhance-net" "enhance-ops" "enhance-qa"
            "enhance-docs"),
    },
];

/// What `prompts/README.md` says in a project.
pub(super) const README: &str = include_str!("../data/presets/prompts.md");

/// What `skills/README.md` says in a project.
pub(super) const SKILLS: &str = include_str!("../data/presets/skills.md");
