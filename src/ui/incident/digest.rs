//! An incident in the orders in which it is drawn, made anew for each frame in time that is near-linear in its findings.

use std::collections::{BTreeMap, HashMap};

use super::Page;
use crate::domain::id::AgentName;
use crate::domain::incident::case::{Case, Engagement, Progress, Stage};
use crate::domain::incident::correlate::WINDOW;
use crate::domain::incident::finding::Finding;
use crate::engine::state::State;
use crate::ui::view::View;

/// Who found something, or is to.
pub(super) struct Source<'a> {
    pub name: &'a str,
    /// How far it is; none: it was not engaged.
    pub engagement: Option<&'a Engagement>,
    /// Its findings, by time.
    pub findings: Vec<usize>,
}

/// The orders.
pub(super) struct Digest<'a> {
    pub case: &'a Case,
    /// All findings, by time.
    pub order: Vec<usize>,
    /// The specialists in team order, then whoever else found something.
    pub sources: Vec<Source<'a>>,
    /// The row of each finding's source, in the order of arrival.
    pub row_of: Vec<usize>,
    /// The places of findings by their names.
    pub by_id: HashMap<&'a str, usize>,
    /// The window around an event, in milliseconds.
    pub window: i64,
    /// What is looked at.
    pub chosen: Option<usize>,
}

impl<'a> Digest<'a> {
    /// The incident there is, as `page` sees it.
    pub fn of(state: &'a State, case: &'a Case, page: &Page) -> Self {
        let finding = |i: usize| case.findings.get(i).map(|a| &a.finding);
        let mut order: Vec<usize> = (0..case.findings.len()).collect();
        order.sort_by_key(|i| finding(*i).map(|f| (f.at, f.id.as_str())));
        let mut sources: Vec<Source<'a>> = case
            .specialists
            .iter()
            .map(|s| Source { name: s.agent.as_str(), engagement: Some(s), findings: Vec::new() })
            .collect();
        let mut rows: BTreeMap<&str, usize> = sources.iter().enumerate().map(|(i, s)| (s.name, i)).collect();
        let others: std::collections::BTreeSet<&str> = case
            .findings
            .iter()
            .map(|a| a.finding.source.as_str())
            .filter(|s| !rows.contains_key(s))
            .collect();
        for name in others {
            rows.insert(name, sources.len());
            sources.push(Source { name, engagement: None, findings: Vec::new() });
        }
        let row = |a: &crate::domain::incident::case::Arrived| {
            rows.get(a.finding.source.as_str()).copied().unwrap_or_default()
        };
        let row_of: Vec<usize> = case.findings.iter().map(row).collect();
        for i in &order {
            if let Some(source) = row_of.get(*i).and_then(|r| sources.get_mut(*r)) {
                source.findings.push(*i);
            }
        }
        let by_id = case.findings.iter().enumerate().map(|(i, a)| (a.finding.id.as_str(), i)).collect();
        let fleet = state.config.fleet.as_ref().map_or(WINDOW, |f| f.window_s);
        let seconds = if case.correlation.window_s > 0 { case.correlation.window_s } else { fleet };
        let chosen = page.chosen.filter(|c| *c < case.findings.len());
        let mut digest =
            Self { case, order, sources, row_of, by_id, window: i64::from(seconds) * 1000, chosen };
        // An instant says more than an hour does.
        let mut exact =
            digest.order.iter().filter(|i| digest.finding(**i).is_some_and(|f| !digest.is_coarse(f)));
        let first = exact.next().or(digest.order.first()).copied();
        digest.chosen = digest.chosen.or(first);
        digest
    }

    pub fn finding(&self, place: usize) -> Option<&'a Finding> {
        self.case.findings.get(place).map(|a| &a.finding)
    }

    /// The finding by whose name an event goes.
    pub fn named(&self, event: &str) -> Option<usize> {
        self.by_id.get(event).copied()
    }

    /// Whether its time is no instant within a window.
    pub fn is_coarse(&self, finding: &Finding) -> bool {
        i64::from(finding.precision) * 1000 > self.window
    }

    /// The time around what is looked at in which others count as together with it.
    pub fn around(&self) -> Option<(i64, i64)> {
        let chosen = self.chosen.and_then(|c| self.finding(c))?;
        Some((chosen.at.saturating_sub(self.window), chosen.latest().saturating_add(self.window)))
    }

    /// Whether a finding may have begun within the window around what is looked at.
    pub fn is_near(&self, finding: &Finding) -> bool {
        self.around().is_some_and(|(from, to)| finding.latest() >= from && finding.at <= to)
    }

    /// The finding so many places later.
    pub fn by_time(&self, by: isize) -> Option<usize> {
        let at = self.chosen.and_then(|c| self.order.iter().position(|i| *i == c)).unwrap_or(0);
        let last = self.order.len().checked_sub(1)?;
        self.order.get(at.saturating_add_signed(by).min(last)).copied()
    }

    /// The finding of the next specialist (or the one before) that has any, nearest in time.
    pub fn by_source(&self, onward: bool) -> Option<usize> {
        let chosen = self.chosen?;
        let (row, at) = (self.row_of.get(chosen).copied()?, self.finding(chosen)?.at);
        let mut rows: Box<dyn Iterator<Item = usize>> =
            if onward { Box::new(row + 1..self.sources.len()) } else { Box::new((0..row).rev()) };
        let next = rows.find_map(|r| self.sources.get(r).filter(|s| !s.findings.is_empty()))?;
        let far = |i: &usize| self.finding(*i).map_or(u64::MAX, |f| f.at.abs_diff(at));
        next.findings.iter().copied().min_by_key(far)
    }
}

/// The specialist that is looked at: whose finding is chosen, else the first.
pub(in crate::ui) fn agent(state: &State, view: &View) -> Option<AgentName> {
    let case = state.incident.as_deref()?;
    let page = view.incident.of(case);
    let digest = Digest::of(state, case, &page);
    let source = digest.chosen.and_then(|c| digest.finding(c)).map(|f| f.source.as_str());
    let found = source.and_then(|s| state.agents.iter().find(|a| a.name == *s));
    let first = || case.specialists.first().and_then(|s| state.agent(&s.agent));
    found.or_else(first).map(|a| a.name.clone())
}

/// How far a specialist of the incident that is open is, in a word or two.
pub(in crate::ui) fn beside(state: &State, agent: &AgentName) -> Option<String> {
    let case = state.incident.as_deref().filter(|c| c.stage != Stage::Closed)?;
    let one = case.engagement(agent)?;
    let (_, word, _) = super::axis::progress(Some(one.progress));
    let left = one.until.filter(|_| one.progress == Progress::Looking);
    let left = left.map_or(String::new(), |u| {
        format!(" {}", super::times::span(u.saturating_sub(state.now.wall).max(0) / 1000))
    });
    Some(format!("{word}{left}"))
}
