//! The cluster: its events, pods, certificates and releases, and what the balancer measured before it.

use serde_json::Value;

use super::super::finding::{Finding, Severity};
use super::super::stamp;
use super::cluster::{Cluster, labelled, list, text};
use super::group::{Sighting, grouped};
use super::metrics::{self, Watch};
use super::shape::{Release, Shape};
use super::{Notes, drafted, entity, evidence};

/// What an event's reason says, when its message has the words.
struct Reason {
    reason: &'static str,
    words: &'static str,
    kind: &'static str,
    severity: Severity,
}

const fn reason(reason: &'static str, words: &'static str, kind: &'static str, severity: Severity) -> Reason {
    Reason { reason, words, kind, severity }
}

/// All reasons of events that are findings; the others are the cluster's daily work.
const REASONS: &[Reason] = &[
    reason("RegisteredNode", "", "node.added", Severity::Info),
    reason("RemovingNode", "", "node.removed", Severity::Info),
    reason("NodeNotReady", "", "node.not_ready", Severity::Critical),
    reason("NodeHasInsufficientMemory", "", "node.memory.pressure", Severity::Warning),
    reason("NodeHasDiskPressure", "", "node.disk.pressure", Severity::Warning),
    reason("Scheduled", "", "pod.scheduled", Severity::Info),
    reason("FailedScheduling", "", "pod.pending", Severity::Warning),
    reason("TriggeredScaleUp", "", "pod.pending", Severity::Info),
    reason("Evicted", "", "pod.evicted", Severity::Warning),
    reason("BackOff", "restarting failed container", "pod.crash_loop", Severity::Critical),
    reason("BackOff", "pulling image", "pod.image_pull_failed", Severity::Critical),
    reason("Failed", "pull image", "pod.image_pull_failed", Severity::Critical),
    reason("Unhealthy", "Liveness", "pod.probe_failed", Severity::Warning),
    reason("Unhealthy", "Readiness", "pod.not_ready", Severity::Warning),
    reason("SuccessfulRescale", "", "hpa.scaled", Severity::Info),
];

/// What the metrics of services show.
const WATCHES: &[Watch] = &[
    Watch {
        metric: "TargetResponseTime",
        kind: "api.latency.high",
        words: "latency",
        unit: "ms",
        scale: 1000.0,
        ratio: 2.0,
        floor: 100.0,
        severity: Severity::Critical,
    },
    counted("HTTPCode_Target_5XX_Count", "api.errors.high", "errors", Severity::Critical),
    counted("HTTPCode_ELB_5XX_Count", "api.errors.high", "errors", Severity::Critical),
    counted(
        "ClientTLSNegotiationErrorCount",
        "tls.handshake.errors",
        "failed handshakes",
        Severity::Critical,
    ),
    counted("SERVFAIL", "dns.errors", "names not resolved", Severity::Critical),
    counted("upstream_rq_retry", "api.retries.high", "retries", Severity::Warning),
    Watch {
        ratio: 2.0,
        floor: 100.0,
        ..counted("RequestCount", "traffic.spike", "requests", Severity::Warning)
    },
];

const fn counted(metric: &'static str, kind: &'static str, words: &'static str, severity: Severity) -> Watch {
    Watch { metric, kind, words, unit: "a period", scale: 1.0, ratio: 3.0, floor: 20.0, severity }
}

/// What the files show.
pub(super) fn find(files: &[(&str, Shape)], notes: &mut Notes) -> Vec<Finding> {
    let mut cluster = Cluster::default();
    for (_, shape) in files {
        if let Shape::Kube(items) = shape {
            items.iter().for_each(|(_, object)| cluster.learn(object));
        }
    }
    let mut found = Vec::new();
    let mut sightings = Vec::new();
    for (path, shape) in files {
        match shape {
            Shape::Kube(items) => {
                let mut wrong = 0_usize;
                for (number, object) in items {
                    let at = Place { path, number: *number };
                    match text(object, "/kind") {
                        Some("Event") => match event(object, &at, &cluster) {
                            Some(seen) => sightings.extend(seen),
                            None => wrong += 1,
                        },
                        Some("Pod") => sightings.extend(killed(object, &at, &cluster)),
                        Some("Certificate") => found.extend(certificate(object, &at, &cluster)),
                        Some(_) => {}
                        None => wrong += 1,
                    }
                }
                if wrong > 0 {
                    notes.add(
                        path,
                        &format!("{wrong} of its `items` have no kind, or are events without a time"),
                    );
                }
            }
            Shape::Metrics(all) => {
                let about = |kind: &str, name: &str| match kind {
                    // Every service resolves names there.
                    "dns.errors" => cluster.all_services(name),
                    _ => cluster.service(name),
                };
                found.extend(metrics::find(path, all, WATCHES, about, notes));
            }
            Shape::Releases(all) => {
                found.extend(all.iter().filter_map(|(n, one)| released(one, path, *n, &cluster, notes)));
            }
            other => notes.stranger(path, other),
        }
    }
    found.extend(grouped(sightings, |kind, count, subject| {
        format!("{} of {subject}, {count} times", kind.replace(['.', '_'], " "))
    }));
    found
}

struct Place<'a> {
    path: &'a str,
    number: usize,
}

/// What an event says: nothing when it has no time, and an empty answer when it is daily work.
fn event(object: &Value, place: &Place<'_>, cluster: &Cluster) -> Option<Option<Sighting>> {
    let time = |name: &str| text(object, name).and_then(stamp::parse);
    let last = time("/lastTimestamp").or_else(|| time("/eventTime")).or_else(|| time("/firstTimestamp"))?;
    let at = time("/firstTimestamp").or_else(|| time("/eventTime")).unwrap_or(last).min(last);
    let (reason, message) = (text(object, "/reason")?, text(object, "/message").unwrap_or_default());
    let Some(rule) = REASONS.iter().find(|r| r.reason == reason && message.contains(r.words)) else {
        return Some(None);
    };
    let name = text(object, "/involvedObject/name")?;
    let mut kind = rule.kind;
    let (subject, entities) = match text(object, "/involvedObject/kind") {
        Some("Node") => ("nodes".to_owned(), cluster.node(name)),
        Some("Pod") => {
            let pod = cluster.pod(name);
            if pod.job && kind == "pod.scheduled" {
                kind = "job.started";
            }
            let mut entities = cluster.service(&pod.service);
            entities.push(entity("pod", name));
            // The scheduler names the node last.
            let placed = (reason == "Scheduled").then(|| message.rsplit(' ').next()).flatten();
            match placed.or(pod.node.as_deref()) {
                Some(node) => entities.push(entity("node", node)),
                None => entities.extend(cluster.nodes_of(&pod.service)),
            }
            if reason == "TriggeredScaleUp" {
                entities.extend(scaled(message).map(|group| entity("asg", group)));
            }
            (pod.service, entities)
        }
        _ => (name.to_owned(), cluster.service(name)),
    };
    Some(Some(Sighting {
        at,
        until: last,
        kind,
        severity: rule.severity,
        subject,
        entities,
        evidence: evidence(place.path, format!("items[{}]", place.number)),
        count: object.get("count").and_then(Value::as_u64).unwrap_or(1),
    }))
}

/// The groups that the cluster autoscaler says it grows: `pod triggered scale-up: [{batch 1->3 (max: 6)}]`.
fn scaled(message: &str) -> impl Iterator<Item = &str> {
    message.split('{').skip(1).filter_map(|group| group.split_whitespace().next())
}

/// Containers of a pod that were killed for want of memory.
fn killed(object: &Value, place: &Place<'_>, cluster: &Cluster) -> Option<Sighting> {
    let name = text(object, "/metadata/name")?;
    let dead = |status: &Value| {
        ["/lastState/terminated", "/state/terminated"].iter().find_map(|state| {
            let state = status.pointer(state)?;
            (text(state, "/reason")? == "OOMKilled").then_some(())?;
            stamp::parse(text(state, "/finishedAt")?)
        })
    };
    let at = list(object, "/status/containerStatuses").iter().filter_map(dead).min()?;
    let pod = cluster.pod(name);
    let mut entities = cluster.service(&pod.service);
    entities.push(entity("pod", name));
    entities.extend(pod.node.map(|n| entity("node", &n)));
    let place = evidence(place.path, format!("items[{}].status.containerStatuses", place.number));
    let severity = Severity::Critical;
    let subject = pod.service;
    Some(Sighting {
        at,
        until: at,
        kind: "pod.oom_killed",
        severity,
        subject,
        entities,
        evidence: place,
        count: 1,
    })
}

/// What is wrong with a certificate: it could not be renewed, or is no longer valid.
fn certificate(object: &Value, place: &Place<'_>, cluster: &Cluster) -> Vec<Finding> {
    let Some(name) = text(object, "/metadata/name") else { return Vec::new() };
    let time = |pointer: &str| text(object, pointer).and_then(stamp::parse);
    let one = |kind: &str, at: i64, what: &str, field: &str, severity: Severity| {
        let mut entities = cluster.service(labelled(object).unwrap_or(name));
        entities.push(entity("cert", name));
        let mut finding = drafted(kind, at, entities, &format!("the certificate {name} {what}"));
        finding.severity = severity;
        finding.evidence = vec![evidence(place.path, format!("items[{}].status.{field}", place.number))];
        finding
    };
    let over = |c: &Value| text(c, "/type") == Some("Ready") && text(c, "/reason") == Some("Expired");
    let expired =
        list(object, "/status/conditions").iter().any(over).then(|| time("/status/notAfter")).flatten();
    let failed = time("/status/lastFailureTime").map(|at| {
        one("cert.renewal_failed", at, "could not be renewed", "lastFailureTime", Severity::Warning)
    });
    let expired =
        expired.map(|at| one("tls.cert.expired", at, "is no longer valid", "notAfter", Severity::Critical));
    failed.into_iter().chain(expired).collect()
}

fn released(
    one: &Release,
    path: &str,
    number: usize,
    cluster: &Cluster,
    notes: &mut Notes,
) -> Option<Finding> {
    let Some(at) = stamp::parse(&one.updated) else {
        notes.add(path, &format!("revision {} has no time: `{}`", one.revision, one.updated));
        return None;
    };
    let service = chart(&one.chart);
    let (kind, severity) = match one.status.as_str() {
        "failed" => ("deploy.failed", Severity::Critical),
        _ if one.description.starts_with("Rollback") => ("deploy.rolled_back", Severity::Info),
        _ => ("deploy.started", Severity::Info),
    };
    let summary = format!("{service} {}, revision {}: {}", one.app_version, one.revision, one.description);
    let mut finding = drafted(kind, at, cluster.service(service), &summary);
    finding.severity = severity;
    finding.evidence = vec![evidence(path, format!("[{number}].updated"))];
    Some(finding)
}

/// `api` of `api-2.31.0`.
fn chart(chart: &str) -> &str {
    match chart.rsplit_once('-') {
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit() || c == 'v') => name,
        _ => chart,
    }
}
