#!/usr/bin/env python3
"""Writes the scenarios beside this file: raw tool output, the report, and what is true.

Run it after a change and commit what it wrote; nothing in it is random. With a directory it writes there instead.
"""

import sys
from pathlib import Path

from raw import *

HERE = Path(__file__).parent
K8S, RDS, FINOPS = "k8s-health-agent", "rds-health-agent", "finops-agent"
ALL = [K8S, RDS, FINOPS]


class Scenario:
    """One incident. `root` is its root cause, `undecided` with `candidates`, or empty; `roots` has one for each chain
    where several have nothing to do with each other."""

    def __init__(self, name, title, report, route, root="", candidates=(), roots=()):
        self.name, self.title, self.report, self.route = name, title, report, route
        self.root, self.candidates, self.roots = root, candidates, roots
        self.files, self.findings, self.noted = {}, [], []
        self.causal, self.apart, self.left = [], {}, set()

    def put(self, path, value):
        self.files[path] = value if isinstance(value, str) else printed(value)

    def expect(self, *findings):
        """Each is `HH:MM[:SS] id`; the identity is `kind@entity`."""
        self.findings += [f.split() for f in findings]

    def chain(self, *ids):
        """Each brought about the next."""
        self.causal += zip(ids, ids[1:])

    def pair(self, kind, *both):
        """What does not follow from the chains."""
        self.apart.update({frozenset(p): kind for p in both})

    def leave(self, *both):
        """Pairs of which somebody who knows the incident would not say what they are."""
        self.left |= {frozenset(p) for p in both}

    def above(self, one):
        """All that led to a finding, and itself."""
        return {one}.union(*(self.above(a) for a, b in self.causal if b == one))

    def labels(self):
        """A class for every pair: what was said; correlated where both come from one cause; else independent. What
        follows from a chain by a longer way is implied, and not written."""
        names = [i for _, i in sorted(self.findings, key=lambda f: (at(f[0]), f[1]))]
        direct = [p for p in self.causal if frozenset(p) not in self.left]
        found = [(a, b, "causal") for a, b in direct]
        for n, a in enumerate(names):
            for b in names[n + 1:]:
                both = frozenset((a, b))
                implied = a in self.above(b) or b in self.above(a)
                if both in self.apart:
                    found.append((a, b, self.apart[both]))
                elif not implied and both not in self.left:
                    common = self.above(a) & self.above(b)
                    found.append((a, b, "correlated" if common else "independent"))
        return found

    def truth(self):
        quoted = lambda names: "[" + ", ".join(f'"{n}"' for n in names) + "]"
        known = {i for _, i in self.findings}
        named = {*self.roots, *self.candidates, *(i for p in self.causal for i in p), *(i for p in [*self.apart, *self.left] for i in p)}
        assert named <= known, (self.name, named - known)
        assert self.root in known | {"undecided", ""}, (self.name, self.root)
        lines = [f'title = "{self.title}"', f"route = {quoted(self.route)}"]
        lines += [f"roots = {quoted(self.roots)}"] if self.roots else [f'root = "{self.root}"']
        lines += [f"candidates = {quoted(self.candidates)}"] if self.candidates else []
        lines += [f"noted = {quoted(self.noted)}"] if self.noted else []
        for clock, identity in sorted(self.findings):
            lines += ["", "[[finding]]", f'id = "{identity}"', f'at = "{z(at(clock))}"']
        for a, b, kind in self.labels():
            lines += ["", "[[pair]]", f'a = "{a}"', f'b = "{b}"', f'class = "{kind}"']
        return "\n".join(lines) + "\n"

    def write(self, into):
        folder = into / self.name
        self.files["report.md"] = f"# {self.title}\n\n{self.report.strip()}\n"
        self.files["truth.toml"] = self.truth()
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())


NODES = ["ip-10-0-1-7", "ip-10-0-1-8", "ip-10-0-1-9", "ip-10-0-2-7", "ip-10-0-2-8"]
MACHINES = [f"i-0a7c{n}e41b2d90f3{n}5" for n in (1, 2, 3, 4, 5)]
PODS = [f"api-7f9c6d5b8-{n}" for n in ("2xk4p", "6hq9d", "b7wzt", "m4c8s", "tq5rn")]

OUT, ADDED = "autoscaling.scale_out@asg/web", "node.added@node/ip-10-0-1-7"
PODS_IN, CONNECTIONS = "pod.scheduled@service/api", "db.connections.high@db/orders"
LATENCY, COST = "api.latency.high@service/api", "cost.spike@cost/Amazon-Elastic-Compute-Cloud"
ERRORS = "api.errors.high@service/api"


def scaled(skew=0):
    """The Kubernetes side of a scale-out: five nodes at 02:12, five pods at 02:14."""
    found = [event("02:12", "RegisteredNode", "Node", n, f"Node {n} event: Registered Node {n} in Controller", skew=skew) for n in NODES]
    found += [
        event("02:14", "Scheduled", "Pod", p, f"Successfully assigned default/{p} to {n}", skew=skew)
        for p, n in zip(PODS, NODES)
    ]
    return found


def cluster(scenario, events, db="orders"):
    scenario.put("k8s/events.json", items(events))
    scenario.put("k8s/nodes.json", items([node(n, m) for n, m in zip(NODES, MACHINES)]))
    scenario.put("k8s/pods.json", items([pod(p, "api", n, db) for p, n in zip(PODS, NODES)]))


def base(scenario, skew=0, latency="02:16"):
    cluster(scenario, scaled(skew))
    scenario.put("k8s/metrics.json", metrics(series("api TargetResponseTime", 0.18, [(latency, "02:22", 1.4)], skew=skew)))
    scenario.put("rds/metrics.json", metrics(
        series("orders DatabaseConnections", 60, [("02:15", "02:25", 110)]),
        series("orders CPUUtilization", 31),
    ))
    scenario.put("finops/scaling.json", {"Activities": [activity("02:10", "web", m) for m in MACHINES]})
    return scenario


def scale_out():
    s = base(Scenario("scale-out", "API slow since 02:16", """
Received: 2026-03-14 02:20 UTC
Priority: P2

Customers of one service, api, report high latency since 02:16 UTC. Service is degraded, requests still succeed.
""", ALL, OUT))
    s.put("finops/cost.json", cost({"Amazon Elastic Compute Cloud": [4.1, 4.1, 8.9, 9.0, 9.0], "Amazon RDS": [2.2] * 5}))
    s.expect("02:10 " + OUT, "02:12 " + ADDED, "02:14 " + PODS_IN, "02:15 " + CONNECTIONS, "02:16 " + LATENCY, "02:00 " + COST)
    s.chain(OUT, ADDED, PODS_IN, CONNECTIONS, LATENCY)
    # Instances are billed from their launch, whether or not they join the cluster.
    s.chain(OUT, COST)
    return s


def analytics_job():
    s = Scenario("analytics-job", "Orders slow, pods evicted, bill up", """
Received: 2026-03-14 02:30 UTC
Priority: P2

Since about 02:03 UTC latency of api is high and its pods are evicted; the spend alert fired too. All of it
began after 02:00. Service is degraded.
""", ALL, "job.started@service/analytics")
    job, second = "analytics-rollup-29562840-9gq7z", "analytics-rollup-29562840-k2f8w"
    s.put("k8s/events.json", items([
        event("02:00", "Scheduled", "Pod", job, f"Successfully assigned batch/{job} to {NODES[0]}", "batch"),
        event("02:03", "NodeHasInsufficientMemory", "Node", NODES[0], f"Node {NODES[0]} status is now: NodeHasInsufficientMemory", warning=True),
        event("02:04", "Evicted", "Pod", PODS[0], "The node was low on resource: memory.", warning=True),
        event("02:04:20", "Evicted", "Pod", PODS[1], "The node was low on resource: memory.", warning=True),
        event("02:05", "FailedScheduling", "Pod", second, "0/5 nodes are available: 5 Insufficient memory.", "batch", warning=True, count=3, last="02:06"),
        event("02:06:10", "TriggeredScaleUp", "Pod", second, "pod triggered scale-up: [{batch 1->3 (max: 6)}]", "batch"),
    ]))
    s.put("k8s/nodes.json", items([node(NODES[0], MACHINES[0])]))
    s.put("k8s/pods.json", items(
        [pod(job, "analytics", NODES[0], "orders", "batch", owner="Job"), pod(second, "analytics", None, "orders", "batch", owner="Job")]
        + [pod(p, "api", NODES[0], "orders") for p in PODS[:2]]
    ))
    s.put("rds/metrics.json", metrics(series("orders CPUUtilization", 28, [("02:02", "02:25", 94)], start="01:50")))
    s.put("rds/postgresql-orders.log", "\n".join(
        slow(f"02:03:{n:02}", 9.4 + n / 10, "SELECT customer_id, sum(total) FROM orders GROUP BY 1", user="analytics") for n in (5, 19, 33, 47)
    ) + "\n")
    s.put("finops/scaling.json", {"Activities": [activity("02:07", "batch", MACHINES[3]), activity("02:07", "batch", MACHINES[4])]})
    s.put("finops/cost.json", tagged({"analytics": [0.4, 0.4, 5.2, 5.3, 5.3], "api": [3.0] * 5}))
    job, cpu, query = "job.started@service/analytics", "db.cpu.high@db/orders", "db.slow_queries@db/orders"
    memory, evicted = "node.memory.pressure@node/ip-10-0-1-7", "pod.evicted@service/api"
    more, bill = "autoscaling.scale_out@asg/batch", "cost.spike@cost/analytics"
    waits = "pod.pending@service/analytics"
    s.expect("02:00 " + job, "02:02 " + cpu, "02:03:05 " + query, "02:03 " + memory, "02:04 " + evicted, "02:05 " + waits, "02:07 " + more, "02:00 " + bill)
    s.chain(job, cpu)
    s.chain(job, memory, evicted)
    # What costs is the capacity that was added for the job.
    s.chain(job, waits, more, bill)
    # The statements are the job's: whether they busied the processors or were slowed by them, nothing says.
    s.chain(job, query)
    s.leave((job, query), (cpu, query))
    return s


def coincidence():
    s = Scenario("coincidence", "Two alarms in one minute", """
Received: 2026-03-14 02:15 UTC
Priority: P2

At 02:10 pods of billing began to crash; the cost alert on backups came in the same minute. We do not know whether they belong together.
Affected: service billing.
""", [K8S, FINOPS], roots=("pod.crash_loop@service/billing", "cost.spike@cost/AWS-Backup"))
    s.put("k8s/events.json", items([
        event("02:10", "BackOff", "Pod", "billing-6d4f7b9c5-zz8kd", "Back-off restarting failed container billing in pod billing-6d4f7b9c5-zz8kd", warning=True, count=14, last="02:24"),
    ]))
    s.put("k8s/pods.json", items([pod("billing-6d4f7b9c5-zz8kd", "billing", NODES[2], restarts=14)]))
    s.put("finops/cost.json", cost({"AWS Backup": [0.6, 0.6, 7.5, 7.4, 0.6], "Amazon RDS": [2.2] * 5}))
    s.expect("02:10 pod.crash_loop@service/billing", "02:00 cost.spike@cost/AWS-Backup")
    return s


def shared_root():
    root, api, shop = "db.failover@db/orders", ERRORS, "api.errors.high@service/checkout"
    s = Scenario("shared-root", "Errors in api and checkout after 02:05", """
Received: 2026-03-14 02:08 UTC
Priority: P1

5xx error rate of two services, api and checkout, rose at 02:05 UTC. Customers cannot order.
""", [K8S, RDS], root)
    s.put("k8s/events.json", items([]))
    s.put("k8s/pods.json", items([pod(PODS[0], "api", NODES[0], "orders"), pod("checkout-5c9d8-7p2vw", "checkout", NODES[1], "orders")]))
    s.put("k8s/metrics.json", metrics(
        series("api HTTPCode_Target_5XX_Count", 2, [("02:05", "02:09", 140)]),
        series("checkout HTTPCode_Target_5XX_Count", 1, [("02:05", "02:09", 85)]),
    ))
    s.put("rds/events.json", {"Events": [
        rds_event("02:04", "orders", "Multi-AZ instance failover started.", "failover"),
        rds_event("02:05:30", "orders", "Multi-AZ instance failover completed", "failover"),
    ]})
    s.put("finops/scaling.json", {"Activities": []})
    s.expect("02:04 " + root, "02:05 " + api, "02:05 " + shop)
    s.chain(root, api)
    s.chain(root, shop)
    return s


def red_herring():
    deploy, disk, io = "deploy.started@service/blog", "db.iops.saturated@db/orders", "db.latency.high@db/orders"
    s = Scenario("red-herring-deploy", "Latency just after a deploy", """
Received: 2026-03-14 02:20 UTC
Priority: P2

High latency on service api since 02:12 UTC. Blog was deployed at 02:09, which looks suspicious.
""", ALL, disk)
    s.put("k8s/helm.json", [release(41, "01:20", "blog", "3.8.0", "superseded"), release(42, "02:09", "blog", "3.9.0")])
    s.put("k8s/pods.json", items([pod(PODS[0], "api", NODES[0], "orders"), pod("blog-79d5f-k2m4x", "blog", NODES[1], "content")]))
    s.put("k8s/metrics.json", metrics(series("api TargetResponseTime", 0.2, [("02:12", "02:25", 2.6)])))
    s.put("rds/metrics.json", metrics(
        series("orders DiskQueueDepth", 2, [("02:08", "02:25", 64)]),
        series("orders WriteLatency", 0.002, [("02:10", "02:25", 0.09)]),
    ))
    old = "deploy.started@service/blog#2"
    s.expect("01:20 " + deploy, "02:09 " + old, "02:08 " + disk, "02:10 " + io, "02:12 " + LATENCY)
    s.chain(disk, io, LATENCY)
    return s


def late_scrape():
    s = base(Scenario("late-scrape", "Latency reported before its cause", """
Received: 2026-03-14 02:20 UTC
Priority: P2

High latency on one service, api, since 02:14 UTC by the balancer's own figures. Degraded.
""", ALL, OUT), latency="02:14")
    s.expect("02:10 " + OUT, "02:12 " + ADDED, "02:14 " + PODS_IN, "02:15 " + CONNECTIONS, "02:14 " + LATENCY)
    s.chain(OUT, ADDED, PODS_IN, CONNECTIONS, LATENCY)
    return s


def clock_skew():
    s = base(Scenario("clock-skew", "The cluster's clock is 90 seconds early", """
Received: 2026-03-14 02:20 UTC
Priority: P2

High latency on one service, api, since 02:15 UTC. The cluster's clocks are known to be off.
""", ALL, OUT), skew=-90)
    s.expect("02:10 " + OUT, "02:10:30 " + ADDED, "02:12:30 " + PODS_IN, "02:15 " + CONNECTIONS, "02:14:30 " + LATENCY)
    s.chain(OUT, ADDED, PODS_IN, CONNECTIONS, LATENCY)
    return s


def slow_burn():
    deploy, full = "deploy.started@service/api", "db.connections.exhausted@db/orders"
    s = Scenario("slow-burn", "No connections left an hour after a deploy", """
Received: 2026-03-14 02:10 UTC
Priority: P1

Error rate on service api since 02:05 UTC, customers see 500s. Last change: api 2.31.0 at 01:10 UTC.
""", [K8S, RDS], deploy)
    s.put("k8s/helm.json", [release(88, "01:10", "api", "2.31.0")])
    s.put("k8s/pods.json", items([pod(PODS[0], "api", NODES[0], "orders")]))
    s.put("k8s/metrics.json", metrics(series("api HTTPCode_Target_5XX_Count", 2, [("02:05", "02:20", 160)], start="01:00", end="02:20", period=300)))
    s.put("rds/metrics.json", metrics(series("orders DatabaseConnections", 60, [("01:15", "02:20", (60, 200))], start="00:45", end="02:20", period=300, spread=0.01)))
    s.put("rds/postgresql-orders.log", "\n".join(
        logged(f"02:04:{n:02}", "remaining connection slots are reserved for non-replication superuser connections", "FATAL") for n in (2, 15, 31, 58)
    ) + "\n")
    s.put("finops/scaling.json", {"Activities": []})
    s.expect("01:10 " + deploy, "01:30 " + CONNECTIONS, "02:04:02 " + full, "02:05 " + ERRORS)
    s.chain(deploy, CONNECTIONS, full, ERRORS)
    return s


def two_incidents():
    locks, slow_api = "db.locks.waiting@db/orders", LATENCY
    gone, back = "node.not_ready@node/ip-10-0-1-9", "pod.pending@service/search"
    s = Scenario("two-incidents", "Api slow, search short of pods", """
Received: 2026-03-14 02:25 UTC
Priority: P2

High latency on api since 02:12 UTC; since 02:14 search runs with too few pods. Two teams were paged.
""", ALL, roots=(locks, gone))
    s.put("k8s/events.json", items([
        event("02:13", "NodeNotReady", "Node", NODES[2], f"Node {NODES[2]} status is now: NodeNotReady"),
        event("02:14", "FailedScheduling", "Pod", "search-84b6c-4tx9j", "0/5 nodes are available: 5 Insufficient memory.", warning=True, count=6, last="02:20"),
    ]))
    s.put("k8s/nodes.json", items([node(NODES[2], MACHINES[2])]))
    s.put("k8s/pods.json", items([pod(PODS[0], "api", NODES[0], "orders"), pod("search-84b6c-9lq2z", "search", NODES[2]), pod("search-84b6c-4tx9j", "search", None)]))
    s.put("k8s/metrics.json", metrics(series("api TargetResponseTime", 0.2, [("02:12", "02:22", 3.1)])))
    s.put("rds/postgresql-orders.log", "\n".join(
        logged(f"02:11:{n:02}", f"process 21{n} still waiting for ShareLock on transaction 88231 after 1000.101 ms") for n in (4, 12, 39, 51)
    ) + "\n")
    s.expect("02:11:04 " + locks, "02:12 " + slow_api, "02:13 " + gone, "02:14 " + back)
    s.chain(locks, slow_api)
    s.chain(gone, back)
    return s


def silent():
    s = base(Scenario("silent-specialist", "Api slow, nothing from the database", """
Received: 2026-03-14 02:20 UTC
Priority: P2

High latency on one service, api, since 02:16 UTC. The database's figures cannot be fetched.
""", ALL, OUT))
    del s.files["rds/metrics.json"]
    s.put("rds/metrics.json", "")
    s.noted = ["rds/metrics.json"]
    s.expect("02:10 " + OUT, "02:12 " + ADDED, "02:14 " + PODS_IN, "02:16 " + LATENCY)
    s.chain(OUT, ADDED, PODS_IN)
    # They belong together, and what lies between them is what nobody could look at.
    s.pair("correlated", (PODS_IN, LATENCY))
    s.leave((OUT, LATENCY), (ADDED, LATENCY))
    return s


def wrong():
    s = base(Scenario("wrong-specialist", "Api slow, the wrong database looked at", """
Received: 2026-03-14 02:20 UTC
Priority: P2

High latency on one service, api, since 02:16 UTC.
""", ALL, OUT))
    other = "db.connections.high@db/reporting"
    s.put("rds/metrics.json", metrics(series("reporting DatabaseConnections", 12, [("02:15", "02:25", 48)])))
    s.put("rds/events.json", "An error occurred (AccessDenied) when calling the DescribeEvents operation\n")
    s.noted = ["rds/events.json"]
    s.expect("02:10 " + OUT, "02:12 " + ADDED, "02:14 " + PODS_IN, "02:16 " + LATENCY, "02:15 " + other)
    s.chain(OUT, ADDED, PODS_IN)
    s.pair("correlated", (PODS_IN, LATENCY))
    s.leave((OUT, LATENCY), (ADDED, LATENCY))
    return s


def retry_storm():
    locks, traffic, full = "db.locks.waiting@db/orders", "api.retries.high@service/api", "db.connections.exhausted@db/orders"
    s = Scenario("retry-storm", "Retries on top of a slow api", """
Received: 2026-03-14 02:10 UTC
Priority: P1

Error rate of service api since 02:06 UTC, requests have tripled. Customers are affected.
""", ALL, locks)
    s.put("k8s/pods.json", items([pod(PODS[0], "api", NODES[0], "orders")]))
    s.put("k8s/metrics.json", metrics(
        series("api TargetResponseTime", 0.2, [("02:02", "02:20", 4.2)], start="01:50", end="02:20"),
        series("api upstream_rq_retry", 12, [("02:03", "02:20", 2900)], start="01:50", end="02:20"),
        series("api HTTPCode_Target_5XX_Count", 3, [("02:06", "02:20", 420)], start="01:50", end="02:20"),
    ))
    s.put("rds/postgresql-orders.log", "\n".join(
        [logged(f"02:01:{n:02}", f"process 31{n} still waiting for ShareLock on transaction 90417 after 1000.077 ms") for n in (10, 22, 40)]
        + [logged(f"02:05:{n:02}", "sorry, too many clients already", "FATAL") for n in (3, 4, 20, 45)]
    ) + "\n")
    s.put("finops/scaling.json", {"Activities": []})
    s.expect("02:01:10 " + locks, "02:02 " + LATENCY, "02:03 " + traffic, "02:05:03 " + full, "02:06 " + ERRORS)
    s.chain(locks, LATENCY, traffic, full, ERRORS)
    return s


def dns():
    killed, failing = "pod.oom_killed@service/coredns", "dns.errors@service/coredns"
    api, shop = ERRORS, "api.errors.high@service/checkout"
    s = Scenario("dns", "Errors everywhere at once", """
Received: 2026-03-14 02:15 UTC
Priority: P1

5xx error rate on all services since 02:09 UTC. Logs say "no such host". Customers are affected.
""", [K8S, RDS], killed)
    s.put("k8s/events.json", items([]))
    s.put("k8s/pods.json", items([
        pod("coredns-6f8d9-hx2lq", "coredns", NODES[3], namespace="kube-system", killed="02:08", restarts=3),
        pod(PODS[0], "api", NODES[0], "orders"),
        pod("checkout-5c9d8-7p2vw", "checkout", NODES[1], "orders"),
    ]))
    s.put("k8s/metrics.json", metrics(
        series("coredns SERVFAIL", 1, [("02:08", "02:16", 310)]),
        series("api HTTPCode_Target_5XX_Count", 2, [("02:09", "02:16", 210)]),
        series("checkout HTTPCode_Target_5XX_Count", 2, [("02:09", "02:16", 180)]),
    ))
    s.put("rds/metrics.json", metrics(series("orders DatabaseConnections", 60)))
    s.expect("02:08 " + killed, "02:08 " + failing, "02:09 " + api, "02:09 " + shop)
    s.chain(killed, failing, api)
    s.chain(failing, shop)
    return s


def certificate_expiry():
    failed, expired, shaken = "cert.renewal_failed@service/api", "tls.cert.expired@service/api", "tls.handshake.errors@service/api"
    s = Scenario("certificate", "Every request to api fails at 02:00", """
Received: 2026-03-14 02:06 UTC
Priority: P1

Error rate of service api is 100% since 02:00 UTC, clients report a certificate error.
""", [K8S, RDS], failed)
    s.put("k8s/certificates.json", items([certificate("api-tls", "api", "02:00", failed="00:21")]))
    s.put("k8s/metrics.json", metrics(
        series("api ClientTLSNegotiationErrorCount", 1, [("02:00", "02:15", 1900)], start="01:50", end="02:15"),
        series("api HTTPCode_ELB_5XX_Count", 1, [("02:01", "02:15", 900)], start="01:50", end="02:15"),
    ))
    s.expect("00:21 " + failed, "02:00 " + expired, "02:00 " + shaken, "02:01 " + ERRORS)
    s.chain(failed, expired, shaken, ERRORS)
    return s


def cost_only():
    s = Scenario("cost-only", "Spend alert on compute", """
Received: 2026-03-14 05:00 UTC
Priority: P3

Cost spike on EC2 since about 02:00 UTC. No user impact. Internal only.
""", [FINOPS], OUT)
    s.put("finops/scaling.json", {"Activities": [activity("02:10", "web", m, cause="a scheduled action") for m in MACHINES[:3]]})
    s.put("finops/cost.json", cost({"Amazon Elastic Compute Cloud": [4.1, 4.0, 11.8, 12.1, 12.0], "Amazon S3": [0.9] * 5}))
    s.expect("02:10 " + OUT, "02:00 " + COST)
    s.chain(OUT, COST)
    return s


def undecided():
    deploy, traffic = "deploy.started@service/api", "traffic.spike@service/api"
    s = Scenario("undecided", "A deploy and a rush in the same minute", """
Received: 2026-03-14 02:20 UTC
Priority: P2

High latency on service api since 02:12 UTC. api 2.32.0 went out at 02:11, and a campaign began at that time.
""", ALL, "undecided", (deploy, traffic))
    s.put("k8s/helm.json", [release(89, "02:11", "api", "2.32.0")])
    s.put("k8s/metrics.json", metrics(
        series("api RequestCount", 900, [("02:11", "02:25", 2600)]),
        series("api TargetResponseTime", 0.2, [("02:12", "02:25", 1.9)]),
    ))
    s.put("k8s/pods.json", items([pod(PODS[0], "api", NODES[0], "orders")]))
    s.expect("02:11 " + deploy, "02:11 " + traffic, "02:12 " + LATENCY)
    s.chain(deploy, LATENCY)
    s.chain(traffic, LATENCY)
    return s


def bad_image():
    deploy, pull = "deploy.started@service/billing", "pod.image_pull_failed@service/billing"
    s = Scenario("bad-image", "Pods of billing do not start", """
Received: 2026-03-14 02:12 UTC
Priority: P3

Pod failures in billing since 02:05 UTC: ImagePullBackOff. Old pods still serve, nobody outside notices.
""", [K8S], deploy)
    name = "billing-5f6d7c8b9-n4jq8"
    s.put("k8s/helm.json", [release(12, "02:04", "billing", "1.4.2")])
    s.put("k8s/events.json", items([
        event("02:05", "Failed", "Pod", name, 'Failed to pull image "registry.example.com/billing:1.4.2": not found', warning=True, count=5, last="02:10"),
    ]))
    s.put("k8s/pods.json", items([pod(name, "billing", NODES[1])]))
    s.expect("02:04 " + deploy, "02:05 " + pull)
    s.chain(deploy, pull)
    return s


def slow_queries():
    cpu, query = "db.cpu.high@db/orders", "db.slow_queries@db/orders"
    s = Scenario("slow-queries", "Slow queries behind a slow api", """
Received: 2026-03-14 02:20 UTC
Priority: P2

Slow queries in orders and latency on service api since 02:08 UTC. Degraded.
""", [RDS, K8S], query)
    s.put("k8s/events.json", items([]))
    s.put("k8s/pods.json", items([pod(PODS[0], "api", NODES[0], "orders")]))
    s.put("k8s/metrics.json", metrics(series("api TargetResponseTime", 0.2, [("02:09", "02:25", 2.2)])))
    s.put("rds/metrics.json", metrics(series("orders CPUUtilization", 30, [("02:08", "02:25", 91)])))
    s.put("rds/postgresql-orders.log", "\n".join(
        slow(f"02:0{m}:12", 4.2 + m, "SELECT * FROM orders WHERE lower(email) = $1") for m in (7, 8, 9)
    ) + "\n")
    s.expect("02:07:12 " + query, "02:08 " + cpu, "02:09 " + LATENCY)
    s.chain(query, cpu)
    s.chain(query, LATENCY)
    return s


def node_lost():
    gone, lag, deploy = "node.not_ready@node/ip-10-0-1-7", "db.replica.lag@db/reporting", "deploy.started@service/docs"
    shaky = {n: f"pod.not_ready@service/{n}" for n in ("api", "search")}
    waits = {n: f"pod.pending@service/{n}" for n in ("api", "search")}
    errors = {n: f"api.errors.high@service/{n}" for n in ("api", "search")}
    s = Scenario("node-lost", "Errors in api and search, a node is gone", """
Received: 2026-03-14 02:20 UTC
Priority: P2

5xx error rate of two services, api and search, since 02:11 UTC; one node does not answer. Degraded.
""", [K8S, RDS], gone)
    unready = "Readiness probe failed: Get http://10.0.3.11:8080/healthz: context deadline exceeded"
    pods = {"api": "api-7f9c6d5b8-2xk4p", "search": "search-84b6c-9lq2z"}
    anew = {"api": "api-7f9c6d5b8-zz7vd", "search": "search-84b6c-h8m5q"}
    s.put("k8s/events.json", items(
        [event("02:10", "NodeNotReady", "Node", NODES[0], f"Node {NODES[0]} status is now: NodeNotReady")]
        + [event("02:10:30", "Unhealthy", "Pod", p, unready, warning=True, count=8, last="02:14") for p in pods.values()]
        + [event("02:15:30", "FailedScheduling", "Pod", p, "0/4 nodes are available: 4 Insufficient memory.", warning=True, count=4, last="02:19") for p in anew.values()]
    ))
    s.put("k8s/nodes.json", items([node(n, m) for n, m in zip(NODES, MACHINES)]))
    s.put("k8s/pods.json", items(
        [pod(pods["api"], "api", NODES[0], "orders"), pod(pods["search"], "search", NODES[0], "catalog")]
        + [pod(anew["api"], "api", None, "orders"), pod(anew["search"], "search", None, "catalog")]
    ))
    s.put("k8s/metrics.json", metrics(
        series("api HTTPCode_Target_5XX_Count", 2, [("02:11", "02:20", 130)]),
        series("search HTTPCode_Target_5XX_Count", 1, [("02:12", "02:20", 75)]),
    ))
    s.put("k8s/helm.json", [release(7, "02:09", "docs", "1.1.0")])
    s.put("rds/metrics.json", metrics(series("reporting ReplicaLag", 4, [("02:12", "02:25", 210)])))
    s.expect("02:10 " + gone, "02:12 " + lag, "02:09 " + deploy)
    for name in pods:
        s.expect("02:10:30 " + shaky[name], "02:15:30 " + waits[name], ("02:11 " if name == "api" else "02:12 ") + errors[name])
        s.chain(gone, shaky[name], errors[name])
        s.chain(gone, waits[name])
    return s


def busy_hour():
    less, gone, waits, errors = "autoscaling.scale_in@asg/shop", "node.removed@node/ip-10-0-1-8", "pod.pending@service/cart", "api.errors.high@service/cart"
    memory, swap, slow_db, slow_api = "db.memory.low@db/ledger", "db.swap.high@db/ledger", "db.latency.high@db/ledger", "api.latency.high@service/payments"
    rush, more, placed = "traffic.spike@service/images", "hpa.scaled@service/images", "pod.scheduled@service/images"
    deploy, bill = "deploy.started@service/blog", "cost.spike@cost/Amazon-Simple-Storage-Service"
    s = Scenario("busy-hour", "Errors in cart, payments slow, and much else", """
Received: 2026-03-14 02:20 UTC
Priority: P1

Error rate of cart since 02:07 UTC and high latency of payments since 02:11 UTC; images scaled out, blog was deployed,
and the spend on storage is up. Customers cannot pay.
""", ALL, roots=(less, memory, rush))
    s.put("finops/scaling.json", {"Activities": [activity("02:03", "shop", MACHINES[1], grow=False)]})
    s.put("finops/cost.json", cost({"Amazon Simple Storage Service": [1.1, 1.1, 4.6, 4.7, 4.6], "Amazon RDS": [2.2] * 5}))
    pictures = "images-5d7c9-w8r2t"
    s.put("k8s/events.json", items([
        event("02:04", "RemovingNode", "Node", NODES[1], f"Node {NODES[1]} event: Removing Node {NODES[1]} from Controller"),
        event("02:05", "FailedScheduling", "Pod", "cart-66b8f-5lk2m", "0/4 nodes are available: 4 Insufficient cpu.", warning=True, count=5, last="02:10"),
        event("02:09", "SuccessfulRescale", "HorizontalPodAutoscaler", "images", "New size: 6; reason: cpu resource utilization (percentage of request) above target"),
        event("02:09:20", "Scheduled", "Pod", pictures, f"Successfully assigned default/{pictures} to {NODES[4]}"),
    ]))
    s.put("k8s/nodes.json", items([node(n, m) for n, m in zip(NODES, MACHINES)]))
    s.put("k8s/pods.json", items([
        pod("cart-66b8f-9xqjz", "cart", NODES[1], "orders"), pod("cart-66b8f-5lk2m", "cart", None, "orders"),
        pod("payments-7b4d6-mm3cp", "payments", NODES[2], "ledger"), pod(pictures, "images", NODES[4]), pod("blog-79d5f-k2m4x", "blog", NODES[3], "content"),
    ]))
    s.put("k8s/helm.json", [release(43, "02:05", "blog", "3.9.1")])
    s.put("k8s/metrics.json", metrics(
        series("cart HTTPCode_Target_5XX_Count", 2, [("02:07", "02:20", 96)]),
        series("payments TargetResponseTime", 0.3, [("02:11", "02:25", 3.8)]),
        series("images RequestCount", 700, [("02:08", "02:25", 2300)]),
    ))
    s.put("rds/metrics.json", metrics(
        series("ledger FreeableMemory", 2.1e9, [("02:06", "02:25", 0.2e9)]),
        series("ledger SwapUsage", 40e6, [("02:08", "02:25", 900e6)]),
        series("ledger ReadLatency", 0.003, [("02:10", "02:25", 0.11)]),
        series("orders DatabaseConnections", 60),
    ))
    s.expect("02:03 " + less, "02:04 " + gone, "02:05 " + waits, "02:07 " + errors, "02:06 " + memory, "02:08 " + swap, "02:10 " + slow_db, "02:11 " + slow_api)
    s.expect("02:08 " + rush, "02:09 " + more, "02:09:20 " + placed, "02:05 " + deploy, "02:00 " + bill)
    s.chain(less, gone, waits, errors)
    s.chain(memory, swap, slow_db, slow_api)
    s.chain(rush, more, placed)
    return s


def quiet():
    s = Scenario("quiet", "Weekly look at the dashboards", """
Received: 2026-03-14 02:30 UTC

No incident: nothing stands out this week. Filed for the record.
""", [], "")
    s.put("k8s/events.json", items([]))
    s.put("k8s/metrics.json", metrics(series("api TargetResponseTime", 0.2)))
    s.put("rds/metrics.json", metrics(series("orders DatabaseConnections", 60)))
    s.put("finops/cost.json", cost({"Amazon RDS": [2.2, 2.3, 2.2, 2.2, 2.3]}))
    return s


SCENARIOS = [
    scale_out, analytics_job, coincidence, shared_root, red_herring, late_scrape, clock_skew, slow_burn, two_incidents,
    silent, wrong, retry_storm, dns, certificate_expiry, cost_only, undecided, bad_image, slow_queries,
    node_lost, busy_hour, quiet,
]

if __name__ == "__main__":
    sys.dont_write_bytecode = True
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for make in SCENARIOS:
        make().write(into)
