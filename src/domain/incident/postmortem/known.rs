//! A case, looked up by id: what both the writer and the check ask.

use std::collections::BTreeMap;

use super::text;
use crate::domain::incident::case::Case;
use crate::domain::incident::correlate::{Class, Event, Group, Pair, Unexplained};
use crate::domain::incident::finding::{Finding, Severity};

/// The most incidents that are told one by one, and whose causes the check asks for.
pub const INCIDENTS_MOST: usize = 20;

/// What a postmortem tells as one incident: events that belong together, or one that belongs to nothing.
pub enum Incident<'c> {
    /// Events that belong together.
    Group(&'c Group),
    /// One that nothing explains.
    Lone(&'c Unexplained),
}

/// A case and its parts by id.
pub struct Known<'c> {
    pub case: &'c Case,
    pub findings: BTreeMap<&'c str, &'c Finding>,
    pub events: BTreeMap<&'c str, &'c Event>,
    /// The real ids behind an id as it is shown; several where hostile ids look alike.
    pub shown: BTreeMap<String, Vec<&'c str>>,
}

impl<'c> Known<'c> {
    pub fn of(case: &'c Case) -> Self {
        let findings: BTreeMap<&str, &Finding> =
            case.findings.iter().map(|a| (a.finding.id.as_str(), &a.finding)).collect();
        let events = case.correlation.events.iter().map(|e| (e.id.as_str(), e)).collect();
        let mut shown: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for id in findings.keys() {
            shown.entry(text::id(id)).or_default().push(id);
        }
        Self { case, findings, events, shown }
    }

    /// The findings of an event, or the one of that id.
    pub fn under(&self, id: &str) -> Vec<&'c Finding> {
        match self.events.get(id) {
            Some(e) => e.findings.iter().filter_map(|f| self.findings.get(f.as_str()).copied()).collect(),
            None => self.findings.get(id).copied().into_iter().collect(),
        }
    }

    /// What an event is about: the first entity of its first finding; its kind where it names none.
    pub fn on(&self, id: &str) -> String {
        let entity = self.under(id).first().and_then(|f| f.entities.first().cloned());
        let kind = || self.events.get(id).map_or_else(|| id.to_owned(), |e| e.kind.clone());
        text::inline(&entity.unwrap_or_else(kind), text::WIDTH)
    }

    /// The worst of its findings.
    pub fn severity(&self, id: &str) -> Severity {
        self.under(id).iter().map(|f| f.severity).max().unwrap_or_default()
    }

    /// The incidents, by time, each independent of the others. What lies alone and hurts nobody is none, unless there
    /// is nothing else.
    pub fn incidents(&self) -> Vec<Incident<'c>> {
        let c = &self.case.correlation;
        let mut all: Vec<(i64, Incident<'c>)> = Vec::new();
        let at = |id: &str| self.events.get(id).map_or(0, |e| e.at);
        for group in &c.groups {
            all.push((group.events.first().map_or(0, |e| at(e)), Incident::Group(group)));
        }
        let any = c.groups.is_empty();
        for one in &c.unexplained {
            let alone = !c.groups.iter().any(|g| g.events.contains(&one.event));
            if alone && (any || self.severity(&one.event) > Severity::Info) {
                all.push((at(&one.event), Incident::Lone(one)));
            }
        }
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, i)| i).collect()
    }

    /// Unexplained events that are no incident of their own.
    pub fn unexplained(&self) -> Vec<&'c Unexplained> {
        let incidents = self.incidents();
        let told = |id: &str| incidents.iter().any(|i| matches!(i, Incident::Lone(u) if u.event == id));
        self.case.correlation.unexplained.iter().filter(|u| !told(&u.event)).collect()
    }

    /// The pair of two events, if it is listed.
    pub fn pair(&self, from: &str, to: &str) -> Option<&'c Pair> {
        self.case.correlation.pairs.iter().find(|p| p.from == from && p.to == to)
    }

    /// The causal links of a group.
    pub fn links(&self, group: &Group) -> Vec<&'c Pair> {
        let pairs = self.case.correlation.pairs.iter();
        pairs.filter(|p| p.class == Class::Causal && group.events.contains(&p.to)).collect()
    }

    /// When it began, as far as anybody knows, in milliseconds since 1970: by triage, else by the first finding, else
    /// when it was taken on.
    pub fn began(&self) -> i64 {
        let told =
            self.case.triaged.started.as_ref().and_then(|g| crate::domain::incident::stamp::parse(&g.value));
        let first = self.findings.values().map(|f| f.at).min();
        told.or(first).unwrap_or(self.case.opened)
    }

    /// Whether some times are simulated, and whether all are.
    pub fn simulated(&self) -> (bool, bool) {
        let any = self.findings.values().any(|f| f.simulated);
        (any, any && self.findings.values().all(|f| f.simulated))
    }
}

impl<'c> Incident<'c> {
    /// Its events.
    pub fn events(&self) -> Vec<&'c str> {
        match self {
            Self::Group(g) => g.events.iter().map(String::as_str).collect(),
            Self::Lone(u) => vec![u.event.as_str()],
        }
    }

    /// The first cause, where it is decided.
    pub fn cause(&self) -> Option<&'c str> {
        match self {
            Self::Group(g) if g.undecided.is_empty() => g.roots.first().map(|r| r.event.as_str()),
            _ => None,
        }
    }

    /// The causes between which the findings do not decide.
    pub fn undecided(&self) -> Vec<&'c str> {
        match self {
            Self::Group(g) => g.undecided.iter().map(String::as_str).collect(),
            Self::Lone(_) => Vec::new(),
        }
    }
}

/// What the report, triage and the fleet say.
pub fn said(case: &Case) -> Vec<&str> {
    let t = &case.triaged;
    let mut all =
        vec![case.name.as_str(), &case.report, &t.symptom.value, &t.symptom.words, &t.why, &case.ended];
    all.extend(t.started.iter().flat_map(|g| [g.value.as_str(), &g.words]));
    all.extend(t.scope.iter().flat_map(|g| [g.value.name.as_str(), &g.words]));
    all.extend(t.priority.iter().map(|g| g.words.as_str()));
    all.extend(t.observables.iter().flat_map(|o| [o.name.as_str(), &o.words]));
    all.extend(t.rules.iter().chain(&t.doubts).map(String::as_str));
    all.extend(t.engaged.iter().chain(&t.not_engaged).flat_map(|e| [e.name.as_str(), &e.why]));
    all.extend(case.specialists.iter().flat_map(|s| [s.agent.as_str(), &s.why, &s.note]));
    all.extend(case.unusable.iter().flat_map(|u| [u.source.as_str(), &u.place, &u.why]));
    all
}
