//! What belongs to what in a cluster: told by its pods and nodes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::entity;

/// A pod.
#[derive(Clone, Default)]
pub(super) struct Pod {
    /// The service it belongs to.
    pub service: String,
    /// The node it runs on, if any.
    pub node: Option<String>,
    /// Whether a job made it.
    pub job: bool,
}

/// Pods, nodes and services.
#[derive(Default)]
pub(super) struct Cluster {
    pods: BTreeMap<String, Pod>,
    /// Node to instance.
    instances: BTreeMap<String, String>,
    /// Service to the databases that its pods are told of.
    databases: BTreeMap<String, BTreeSet<String>>,
}

/// Texts along a path in JSON.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// The list at a path in JSON; empty where there is none.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The service that labels name.
pub(super) fn labelled(object: &Value) -> Option<&str> {
    let labels = object.pointer("/metadata/labels")?;
    ["app.kubernetes.io/name", "app", "k8s-app"].iter().find_map(|l| labels.get(*l)).and_then(Value::as_str)
}

impl Cluster {
    /// Learns from a pod or node; other objects say nothing.
    pub(super) fn learn(&mut self, object: &Value) {
        let Some(name) = text(object, "/metadata/name") else { return };
        match text(object, "/kind") {
            Some("Pod") => self.learn_pod(name, object),
            Some("Node") => {
                let instance = text(object, "/spec/providerID").and_then(|id| id.rsplit('/').next());
                if let Some(instance) = instance {
                    self.instances.insert(name.to_owned(), instance.to_owned());
                }
            }
            _ => {}
        }
    }

    fn learn_pod(&mut self, name: &str, object: &Value) {
        let service = labelled(object).map_or_else(|| stem(name), str::to_owned);
        for container in list(object, "/spec/containers") {
            let values = list(container, "/env").iter().filter_map(|e| text(e, "/value"));
            let databases = self.databases.entry(service.clone()).or_default();
            databases.extend(values.filter_map(database).map(str::to_owned));
        }
        let pod = Pod {
            service,
            node: text(object, "/spec/nodeName").map(str::to_owned),
            job: list(object, "/metadata/ownerReferences").iter().any(|o| text(o, "/kind") == Some("Job")),
        };
        self.pods.insert(name.to_owned(), pod);
    }

    /// The pod of that name; what is not known is told by the name.
    pub(super) fn pod(&self, name: &str) -> Pod {
        self.pods.get(name).cloned().unwrap_or_else(|| Pod { service: stem(name), ..Pod::default() })
    }

    /// A service and the databases it uses.
    pub(super) fn service(&self, name: &str) -> Vec<String> {
        let databases = self.databases.get(name).into_iter().flatten().map(|d| entity("db", d));
        std::iter::once(entity("service", name)).chain(databases).collect()
    }

    /// All services but `name`, which comes first.
    pub(super) fn all_services(&self, name: &str) -> Vec<String> {
        let others: BTreeSet<&str> = self.pods.values().map(|p| p.service.as_str()).collect();
        std::iter::once(name).chain(others).map(|s| entity("service", s)).collect()
    }

    /// A node and the instance it is.
    pub(super) fn node(&self, name: &str) -> Vec<String> {
        let instance = self.instances.get(name).map(|i| entity("instance", i));
        std::iter::once(entity("node", name)).chain(instance).collect()
    }

    /// The nodes that run pods of a service.
    pub(super) fn nodes_of(&self, service: &str) -> Vec<String> {
        let nodes = self.pods.values().filter(|p| p.service == service).filter_map(|p| p.node.as_deref());
        let once: BTreeSet<&str> = nodes.collect();
        once.into_iter().map(|n| entity("node", n)).collect()
    }
}

/// The name of an RDS instance or cluster in a host name.
fn database(value: &str) -> Option<&str> {
    let at = value.find(".rds.amazonaws.com")?;
    let host = value.get(..at)?;
    let host = host.rsplit(['/', '@']).next().unwrap_or(host);
    host.split('.').next().filter(|name| !name.is_empty())
}

/// `api` of `api-7f9c6d5b8-2xk4p`: without the marks of its replica set and its own.
fn stem(pod: &str) -> String {
    let is_mark = |part: &str| part.len() >= 4 && part.bytes().any(|b| b.is_ascii_digit());
    let mut parts: Vec<&str> = pod.split('-').collect();
    for _ in 0..2 {
        if parts.len() > 1 && parts.last().is_some_and(|p| is_mark(p) || p.len() == 5) {
            parts.pop();
        }
    }
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_belongs_together() {
        for (pod, service) in [
            ("api-7f9c6d5b8-2xk4p", "api"),
            ("order-api-7f9c6d5b8-bdwzt", "order-api"),
            ("postgres-0", "postgres-0"),
            ("api", "api"),
            ("", ""),
        ] {
            assert_eq!(stem(pod), service);
        }
        assert_eq!(database("postgres://u:p@orders.cx.eu-west-1.rds.amazonaws.com:5432/o"), Some("orders"));
        assert_eq!(database("orders.cx.eu-west-1.rds.amazonaws.com"), Some("orders"));
        assert_eq!(database("orders.example.com"), None);
    }
}
