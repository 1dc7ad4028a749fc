//! What each well-known agent finds to improve, and how a task is cut into commits.

use super::seed::Dice;

/// One improvement: the name of its file, and what a commit says of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Change {
    pub(super) slug: &'static str,
    pub(super) said: &'static str,
}

/// What will be done for one task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Outline {
    /// What the commits say was enhanced.
    pub(super) area: &'static str,
    /// The changes of each commit, in order; 1 to 3 commits of 1 or 2 changes.
    pub(super) commits: Vec<Vec<Change>>,
    /// Things looked at before the first change.
    pub(super) looks: usize,
}

type Topics = (&'static str, [(&'static str, &'static str); 6]);

const KNOWN: [(&str, Topics); 8] = [
    (
        "ARCH",
        (
            "shared types",
            [
                ("limits", "Added limits that every type states"),
                ("errors", "Added errors with names of their own"),
                ("defaults", "Added one place for defaults"),
                ("retry", "Added a retry helper with a growing pause"),
                ("compare", "Added a comparison of two configurations"),
                ("surroundings", "Added a check of where we run"),
            ],
        ),
    ),
    (
        "PLAT",
        (
            "the platform",
            [
                ("budgets", "Added disruption budgets for shared parts"),
                ("quotas", "Added quotas for every space"),
                ("priorities", "Added priorities for what must run"),
                ("drain", "Added draining of spot nodes in time"),
                ("audit", "Added audit records of the control plane"),
                ("taints", "Added taints that keep workloads apart"),
            ],
        ),
    ),
    (
        "SEC",
        (
            "security policies",
            [
                ("owners", "Added a policy that requires owner labels"),
                ("registries", "Added a policy for known registries only"),
                ("resources", "Added a policy that requires resource limits"),
                ("signatures", "Added a check of image signatures"),
                ("miners", "Added an alarm for odd processes"),
                ("mounts", "Added a policy against mounts of the node"),
            ],
        ),
    ),
    (
        "OBS",
        (
            "observability",
            [
                ("dashboard", "Added a dashboard for the whole platform"),
                ("crash-loops", "Added an alarm for crash loops"),
                ("node-pressure", "Added an alarm for node pressure"),
                ("log-form", "Added a form for structured logs"),
                ("sampling", "Added sampling rules for traces"),
                ("objectives", "Added service objectives to alarm on"),
            ],
        ),
    ),
    (
        "NET",
        (
            "network rules",
            [
                ("closed", "Added rules that close everything by default"),
                ("lookups", "Added a cache for name lookups"),
                ("egress", "Added a list of allowed calls out"),
                ("health", "Added one health path for all services"),
                ("trial", "Added a script that tries the rules out"),
                ("ingress", "Added patterns for traffic coming in"),
            ],
        ),
    ),
    (
        "OPS",
        (
            "operations",
            [
                ("restore", "Added a practice run for restoring backups"),
                ("checks", "Added checks before a change is merged"),
                ("take-back", "Added steps to take a release back"),
                ("cost", "Added an estimate of cost"),
                ("drift", "Added a look for drift"),
                ("announce", "Added an announcement of releases"),
            ],
        ),
    ),
    (
        "QA",
        (
            "test coverage",
            [
                ("edges", "Added edge cases for names and sizes"),
                ("fixtures", "Added fixtures for common cases"),
                ("failures", "Added tests of what must fail"),
                ("slow", "Added a finder of slow tests"),
                ("coverage", "Added a report of coverage"),
                ("manifests", "Added validation of manifests"),
            ],
        ),
    ),
    (
        "DOCS",
        (
            "documentation",
            [
                ("glossary", "Added a glossary"),
                ("questions", "Added answers to common questions"),
                ("decisions", "Added a record of decisions"),
                ("first-steps", "Added first steps for newcomers"),
                ("incidents", "Added a runbook for incidents"),
                ("releases", "Added a form for release notes"),
            ],
        ),
    ),
];

const ANYBODY: Topics = (
    "the code",
    [
        ("input-checks", "Added checks of input"),
        ("error-texts", "Added error texts that name the remedy"),
        ("bounds", "Added bounds to what grows"),
        ("edge-cases", "Added cases at the edges"),
        ("usage", "Added notes on usage"),
        ("safety", "Added a second look at what is unsafe"),
    ],
);

/// The same outline for the same seed, agent and task, always.
pub(super) fn outline(seed: u64, agent: &str, task: &str, least_commits: usize) -> Outline {
    let (area, topics) = of(agent);
    let mut dice = Dice::new(seed, &[agent, task]);
    let mut left: Vec<Change> = topics.iter().map(|&(slug, said)| Change { slug, said }).collect();
    let commits = dice.between(least_commits.clamp(1, 3), 3);
    let commits = (0..commits)
        .map(|_| (0..dice.between(1, 2)).map(|_| left.remove(dice.between(0, left.len() - 1))).collect())
        .collect();
    Outline { area, commits, looks: dice.between(1, 3) }
}

/// The first line of a squashed commit: conventional, of the type the agent's work has.
pub(super) fn summary(agent: &str) -> String {
    let (area, _) = of(agent);
    match agent.to_ascii_uppercase().as_str() {
        "QA" => format!("test: enhance {area}"),
        "DOCS" => format!("docs: enhance {area}"),
        _ => format!("feat({}): enhance {area}", agent.to_ascii_lowercase()),
    }
}

/// Whether the file names need no prefix because no other agent uses them.
pub(super) fn well_known(agent: &str) -> bool {
    KNOWN.iter().any(|(name, _)| name.eq_ignore_ascii_case(agent))
}

fn of(agent: &str) -> &'static Topics {
    KNOWN.iter().find(|(name, _)| name.eq_ignore_ascii_case(agent)).map_or(&ANYBODY, |(_, topics)| topics)
}
