//! A made-up system: what runs where, what uses what, and how specialists would name it.

/// A fixed sequence that looks random: the same for the same seed (splitmix64).
pub(in super::super) struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `from` to below `to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from((to - from).max(1)).unwrap();
        from + i64::try_from(self.next() % span).unwrap()
    }

    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.between(0, i64::try_from(most).unwrap())).unwrap()
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Whether something happens that does in so many of a hundred cases.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(0, 100) < percent
    }
}

/// What a finding is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum About {
    Group(usize),
    Node(usize),
    Service(usize),
    Db(usize),
    Cache(usize),
    Job(usize),
    /// The cost of a group, a service or a job.
    CostOfGroup(usize),
    CostOfService(usize),
    CostOfJob(usize),
}

pub(in super::super) struct Service {
    pub name: String,
    pub group: usize,
    pub nodes: Vec<usize>,
    pub db: Option<usize>,
    pub cache: Option<usize>,
}

pub(in super::super) struct World {
    pub groups: usize,
    /// The group of each node.
    pub nodes: Vec<usize>,
    /// The first is the resolver of names.
    pub services: Vec<Service>,
    /// How many.
    pub dbs: usize,
    /// The database behind each cache.
    pub caches: Vec<usize>,
    /// The node and the database of each job.
    pub jobs: Vec<(usize, usize)>,
}

impl World {
    pub fn of(dice: &mut Dice) -> Self {
        let groups = dice.below(2) + 2;
        let nodes: Vec<usize> = (0..groups * 3).map(|n| n / 3).collect();
        let dbs = dice.below(3) + 2;
        let caches: Vec<usize> = (0..2).map(|_| dice.below(dbs)).collect();
        let count = dice.below(4) + 5;
        let services = (0..count).map(|i| {
            let group = dice.below(groups);
            let own = [group * 3 + dice.below(3), group * 3 + dice.below(3)];
            let cache = (i > 0 && dice.chance(40)).then(|| dice.below(2));
            // Who uses a cache uses the database behind it; databases serve several.
            let db = cache
                .map(|c: usize| caches[c])
                .or_else(|| (i > 0 && dice.chance(80)).then(|| dice.below(dbs)));
            let mut nodes = own.to_vec();
            nodes.sort_unstable();
            nodes.dedup();
            let name = if i == 0 { "coredns".to_owned() } else { format!("s{i}") };
            Service { name, group, nodes, db, cache }
        });
        let services = services.collect();
        let jobs = (0..2).map(|_| (dice.below(nodes.len()), dice.below(dbs))).collect();
        Self { groups, nodes, services, dbs, caches, jobs }
    }

    /// Everything that a finding of that kind may be about.
    pub fn places(&self, kind: &str) -> Vec<About> {
        let all = |n: usize, of: fn(usize) -> About| (0..n).map(of).collect::<Vec<_>>();
        let area = kind.split('.').next().unwrap();
        match area {
            "autoscaling" => all(self.groups, About::Group),
            "node" => all(self.nodes.len(), About::Node),
            "db" => all(self.dbs, About::Db),
            "cache" => all(self.caches.len(), About::Cache),
            "job" => all(self.jobs.len(), About::Job),
            "dns" => vec![About::Service(0)],
            "cost" => [
                all(self.groups, About::CostOfGroup),
                all(self.services.len(), About::CostOfService),
                all(self.jobs.len(), About::CostOfJob),
            ]
            .concat(),
            // The resolver has pods, but nobody asks it for pages.
            "pod" | "deployment" | "hpa" | "limits" => all(self.services.len(), About::Service),
            "deploy" | "config" | "flag" | "traffic" | "api" | "thread_pool" | "circuit" | "memory"
            | "auth" | "tls" | "cert" | "dependency" => all(self.services.len(), About::Service).split_off(1),
            _ => Vec::new(),
        }
    }

    /// Whether one thing bears on another, as somebody knows who knows the system: the kinds tell who resolves names
    /// and who asks for capacity.
    pub fn bears(&self, (from, a): (&str, About), (to, b): (&str, About)) -> bool {
        use About::{Cache, CostOfGroup, CostOfJob, CostOfService, Db, Group, Job, Node, Service};
        let uses = |s: usize, d: usize| self.services[s].db == Some(d);
        match (a, b) {
            _ if a == b => true,
            // What was agreed on for the account.
            _ if from == "cost.commitment.expired" => to.starts_with("cost."),
            (Service(0), Service(_)) => from.starts_with("dns."),
            // Whatever comes up or is called asks for names.
            (Service(_), Service(0)) => {
                to.starts_with("dns.") && ["pod.scheduled", "traffic.spike"].contains(&from)
            }
            (Group(g), Node(n)) | (Node(n), Group(g)) => self.nodes[n] == g,
            (Node(n), Service(s)) | (Service(s), Node(n)) => self.services[s].nodes.contains(&n),
            (Service(s), Group(g)) => from == "pod.pending" && self.services[s].group == g,
            (Group(g), Service(s)) => to == "pod.pending" && self.services[s].group == g,
            (Service(s), Db(d)) | (Db(d), Service(s)) => uses(s, d),
            (Service(s), Cache(c)) | (Cache(c), Service(s)) => self.services[s].cache == Some(c),
            (Cache(c), Db(d)) => self.caches[c] == d,
            (Job(j), Node(n)) => self.jobs[j].0 == n,
            (Job(j), Db(d)) => self.jobs[j].1 == d,
            (Job(j), CostOfJob(k)) => j == k,
            (Group(g), CostOfGroup(h)) => g == h,
            (Service(s), CostOfService(t)) => s == t,
            _ => false,
        }
    }

    /// Whether somebody could think that it does: what a service runs in may have to do with it.
    pub fn may_bear(&self, a: (&str, About), b: (&str, About)) -> bool {
        let inside = match (a.1, b.1) {
            (About::Service(s), About::Group(g)) | (About::Group(g), About::Service(s)) => {
                self.services[s].group == g
            }
            _ => false,
        };
        inside || self.bears(a, b)
    }

    /// How the specialist would name it: first what it is about.
    pub fn entities(&self, kind: &str, about: About) -> Vec<String> {
        let node = |n: &usize| format!("node/n{n}");
        let instance = |n: &usize| format!("instance/i{n}");
        match about {
            About::Group(g) => {
                let own = (0..self.nodes.len()).filter(|n| self.nodes[*n] == g);
                std::iter::once(format!("asg/g{g}")).chain(own.map(|n| instance(&n))).collect()
            }
            About::Node(n) => vec![node(&n), instance(&n)],
            About::Service(s) => {
                let own = &self.services[s];
                let mut list = vec![format!("service/{}", own.name)];
                list.extend(own.db.map(|d| format!("db/d{d}")));
                if kind.starts_with("pod.") {
                    list.extend(own.nodes.iter().map(|n| format!("pod/{}-{n}", own.name)));
                    list.extend(own.nodes.iter().map(node));
                }
                if kind == "pod.pending" {
                    list.push(format!("asg/g{}", own.group));
                }
                if kind.starts_with("dns.") {
                    list.extend(self.services.iter().skip(1).map(|s| format!("service/{}", s.name)));
                }
                list
            }
            About::Db(d) => vec![format!("db/d{d}")],
            About::Cache(c) => {
                let users = self.services.iter().filter(|s| s.cache == Some(c));
                let users = users.map(|s| format!("service/{}", s.name));
                [format!("cache/c{c}"), format!("db/d{}", self.caches[c])].into_iter().chain(users).collect()
            }
            About::Job(j) => {
                let (n, d) = self.jobs[j];
                vec![format!("job/j{j}"), node(&n), format!("db/d{d}")]
            }
            About::CostOfGroup(g) => vec![format!("cost/ec2-g{g}"), format!("asg/g{g}")],
            About::CostOfService(s) => {
                let name = &self.services[s].name;
                vec![format!("cost/{name}"), format!("service/{name}")]
            }
            About::CostOfJob(j) => vec![format!("cost/j{j}"), format!("job/j{j}")],
        }
    }
}

/// Who finds that kind.
pub(in super::super) fn source(kind: &str) -> &'static str {
    match kind.split('.').next().unwrap_or_default() {
        "autoscaling" | "cost" | "job" => "finops-agent",
        "db" => "rds-health-agent",
        "cache" | "dns" | "tls" | "cert" => "network-agent",
        _ => "k8s-health-agent",
    }
}

/// For how many seconds a stamp of that kind stands: figures are counted over a minute, cost over an hour.
pub(in super::super) fn precision(kind: &str) -> i64 {
    const COUNTED: [&str; 16] = [
        "api.",
        "traffic.",
        "dns.",
        "tls.handshake",
        "auth.",
        "db.cpu",
        "db.memory",
        "db.swap",
        "db.iops",
        "db.latency",
        "db.connections.high",
        "db.replica",
        "cache.hit",
        "cache.evictions",
        "cache.memory",
        "pod.memory",
    ];
    match kind {
        _ if kind.starts_with("cost.") => 3600,
        _ if COUNTED.iter().any(|c| kind.starts_with(c)) => 60,
        "db.slow_queries" | "db.locks.waiting" | "db.connections.exhausted" | "db.deadlocks" => 1,
        _ => 0,
    }
}
