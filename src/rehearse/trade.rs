//! What each specialist of a project makes, decides and fears.

/// A specialist's work.
pub(super) struct Trade {
    /// Its name in the catalogue.
    name: &'static str,
    /// The folder it works in.
    pub(super) folder: &'static str,
    /// Its files, with what stands in them.
    pub(super) files: [(&'static str, &'static str); 3],
    /// What it decides, and why.
    pub(super) decision: (&'static str, &'static str),
    /// What it fears, and what is done about it.
    pub(super) risk: (&'static str, &'static str),
    /// What should come next.
    pub(super) next: &'static str,
    /// A figure it gives: what it measures, before and now.
    pub(super) figure: Option<(&'static str, &'static str, &'static str)>,
}

const NETWORK: &str = "resource \"network\" \"main\" {\n  range = \"10.0.0.0/16\"\n}\n";
const ACCESS: &str =
    "roles:\n  - name: deployer\n    may: [read, deploy]\n  - name: reader\n    may: [read]\n";
const COSTS: &str =
    "# Costs\n\n- what runs all the time is reserved\n- what may stop runs on spot machines\n";

const TRADES: [Trade; 13] = [
    cloud("aws", "cloud/aws"),
    cloud("azure", "cloud/azure"),
    cloud("gcp", "cloud/gcp"),
    Trade {
        name: "terraform",
        folder: "terraform",
        files: [
            ("main.tf", "module \"network\" {\n  source = \"./network\"\n}\n"),
            ("variables.tf", "variable \"environment\" {\n  type = string\n}\n"),
            ("backend.tf", "terraform {\n  backend \"remote\" {}\n}\n"),
        ],
        decision: ("one module for each layer", "layers change at different times"),
        risk: ("somebody changes things by hand", "drift is looked for every night"),
        next: "put the state of the other environments beside it",
        figure: Some(("manual-steps", "14", "2")),
    },
    Trade {
        name: "ansible",
        folder: "ansible",
        files: [
            ("site.yml", "- hosts: all\n  roles:\n    - base\n"),
            ("inventory.ini", "[web]\nweb-1\nweb-2\n"),
            (
                "roles/base/tasks/main.yml",
                "- name: time is kept\n  service:\n    name: chrony\n    state: started\n",
            ),
        ],
        decision: ("roles without state", "a play can be run again at any time"),
        risk: ("old machines differ", "they are compared before the first run"),
        next: "run it on a schedule",
        figure: None,
    },
    Trade {
        name: "cicd",
        folder: "ci",
        files: [
            ("pipeline.yaml", "stages:\n  - build\n  - test\n  - scan\n  - deploy\n"),
            ("deploy.sh", "#!/bin/sh\nset -eu\necho \"deploying $1\"\n"),
            ("rollback.md", "# Taking a release back\n\nDeploy the tag before it; nothing else changes.\n"),
        ],
        decision: ("one pipeline for all services", "there is one place to put it right"),
        risk: ("a step that is flaky hides one that is red", "steps are tried again once, and counted"),
        next: "measure how long each stage takes",
        figure: Some(("deployment-frequency", "1 a week", "7 a week")),
    },
    Trade {
        name: "kubernetes",
        folder: "deploy",
        files: [
            ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
            ("values.yaml", "replicas: 3\nresources:\n  limits:\n    memory: 256Mi\n"),
            ("templates/deployment.yaml", "kind: Deployment\nmetadata:\n  name: web\n"),
        ],
        decision: ("three replicas on different nodes", "a node may go at any time"),
        risk: ("limits are guesses", "they are looked at again with a week of figures"),
        next: "scale by load",
        figure: None,
    },
    Trade {
        name: "monitoring",
        folder: "monitoring",
        files: [
            ("alerts.yaml", "alerts:\n  - name: error-rate\n    above: 2 %\n    for: 5m\n"),
            (
                "dashboard.json",
                "{\n  \"title\": \"Services\",\n  \"panels\": [\"rate\", \"errors\", \"duration\"]\n}\n",
            ),
            ("on-call.md", "# Who is called\n\nWhoever is on call, then the lead.\n"),
        ],
        decision: ("alerts on what users see", "causes are many, symptoms are few"),
        risk: ("too many alerts", "each has an owner, and is taken out where nobody acts on it"),
        next: "agree on objectives with the owners of services",
        figure: Some(("mttr", "240 min", "35 min")),
    },
    Trade {
        name: "docker",
        folder: "docker",
        files: [
            ("Dockerfile", "FROM scratch\nCOPY web /web\nUSER 1000\nENTRYPOINT [\"/web\"]\n"),
            (".dockerignore", ".git\ntarget\n"),
            ("build.sh", "#!/bin/sh\nset -eu\necho \"building $1\"\n"),
        ],
        decision: ("images with nothing but the program", "fewer packages to patch"),
        risk: ("the registry is a single one", "images are kept in a second one, too"),
        next: "sign the images",
        figure: None,
    },
    Trade {
        name: "security",
        folder: "security",
        files: [
            ("policy.yaml", "deny:\n  - privileged: true\n  - host-network: true\n"),
            ("scan.sh", "#!/bin/sh\nset -eu\necho \"scanning $1\"\n"),
            ("findings.md", "# Findings\n\nNone that is critical is open.\n"),
        ],
        decision: ("what is not named is denied", "a list of what is bad is never complete"),
        risk: ("rights grow over time", "they are looked at every quarter"),
        next: "have secrets changed by themselves",
        figure: None,
    },
    Trade {
        name: "observability",
        folder: "observability",
        files: [
            ("collector.yaml", "receive: [traces, logs, metrics]\nkeep: 14d\n"),
            ("sampling.yaml", "traces:\n  errors: 100 %\n  others: 5 %\n"),
            ("logs.md", "# What a log line has\n\nTime, level, service, trace.\n"),
        ],
        decision: ("one collector for all three", "they are only worth something together"),
        risk: ("the volume grows", "it is sampled, and its cost is on a dashboard"),
        next: "link alerts to traces",
        figure: None,
    },
    Trade {
        name: "devops-orchestrator",
        folder: "docs",
        files: [
            ("architecture.md", "# Architecture\n\nWhat there is, and what it talks to.\n"),
            ("runbook.md", "# Runbook\n\n1. Look at the dashboard.\n2. Take the release back.\n"),
            ("backup.md", "# Backups\n\nEvery night; a restore is tried every month.\n"),
        ],
        decision: ("documents lie beside the code", "they are changed together"),
        risk: ("they grow old", "each has a date and an owner"),
        next: "try the runbook with somebody who did not write it",
        figure: Some(("lead-time", "5 d", "1 d")),
    },
    Trade {
        name: "",
        folder: "work",
        files: [
            ("README.md", "# What this is\n\nWhat was asked for.\n"),
            ("settings.yaml", "enabled: true\n"),
            ("check.sh", "#!/bin/sh\nset -eu\necho \"checking $1\"\n"),
        ],
        decision: ("the simple way first", "it is there sooner"),
        risk: ("something was overlooked", "somebody else looks at it, too"),
        next: "look at it again in a month",
        figure: None,
    },
];

const fn cloud(name: &'static str, folder: &'static str) -> Trade {
    Trade {
        name,
        folder,
        files: [("network.tf", NETWORK), ("access.yaml", ACCESS), ("costs.md", COSTS)],
        decision: ("three zones", "one of them may fail"),
        risk: ("quotas are low", "more was asked for"),
        next: "look at the bill after a month",
        figure: None,
    }
}

/// The work of a specialist: `docker-specialist` or `docker`; what anybody makes where it is none of these.
pub(super) fn of(specialist: &str) -> &'static Trade {
    let short = specialist.strip_suffix("-specialist").unwrap_or(specialist);
    let [.., anybody] = &TRADES;
    TRADES.iter().find(|t| t.name == short).unwrap_or(anybody)
}
