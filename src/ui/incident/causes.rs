//! What follows from the findings, as indented text: chains with lag and mechanism, root causes, what is only
//! correlated, what stands apart.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::digest::Digest;
use super::times::{coarse, lag, short};
use crate::domain::incident::correlate::{Class, Event, Group, Pair, Root};
use crate::ui::lines::Line;
use crate::ui::theme::{BOLD, DIM};

/// Steps of indentation at most: a longer chain goes on below its last.
const DEEP: usize = 8;
/// Correlated pairs of a group that are listed.
const CORRELATED_MOST: usize = 60;
/// Lines after which no further group is told: nobody reads more, and a frame is drawn at once.
const LINES_MOST: usize = 600;
/// How many of what nothing explains are told whatever stands before them.
const UNEXPLAINED_LEAST: usize = 60;
/// Where all of it is.
const ALL: &str = "`orchestra incident show --json` lists them";

/// What is looked up again and again.
struct Graph<'a, 'd> {
    digest: &'d Digest<'a>,
    events: HashMap<&'a str, &'a Event>,
    /// Causal pairs by their cause, by the time of the effect.
    out: HashMap<&'a str, Vec<&'a Pair>>,
    /// How many causes an event has.
    into: HashMap<&'a str, usize>,
    /// The group of each event.
    group: HashMap<&'a str, usize>,
}

impl<'a, 'd> Graph<'a, 'd> {
    fn of(digest: &'d Digest<'a>) -> Self {
        let c = &digest.case.correlation;
        let events: HashMap<&str, &Event> = c.events.iter().map(|e| (e.id.as_str(), e)).collect();
        let mut out: HashMap<&str, Vec<&Pair>> = HashMap::new();
        let mut into: HashMap<&str, usize> = HashMap::new();
        for pair in c.pairs.iter().filter(|p| p.class == Class::Causal) {
            out.entry(&pair.from).or_default().push(pair);
            *into.entry(&pair.to).or_default() += 1;
        }
        let at = |id: &str| events.get(id).map(|e| e.at);
        out.values_mut().for_each(|all| all.sort_by_key(|p| (at(&p.to), p.to.as_str())));
        let of = |(i, g): (usize, &'a Group)| g.events.iter().map(move |e| (e.as_str(), i));
        let group = c.groups.iter().enumerate().flat_map(of).collect();
        Self { digest, events, out, into, group }
    }

    /// An event as `02:10` and `asg/web autoscaling.scale_out`.
    fn told(&self, id: &str) -> (String, String) {
        let Some(event) = self.events.get(id) else { return (String::new(), id.to_owned()) };
        let finding = self.digest.named(id).and_then(|i| self.digest.finding(i));
        let entity = finding.and_then(|f| f.entities.first()).map_or(String::new(), |e| format!("{e} "));
        let when = match self.is_coarse(id) {
            true => format!("{} +{}", short(event.at), coarse(event.precision)),
            false => short(event.at),
        };
        let more = event.findings.len();
        let times = if more > 1 { format!(" ×{more}") } else { String::new() };
        (when, format!("{entity}{}{times}", event.kind))
    }

    fn is_coarse(&self, id: &str) -> bool {
        self.events.get(id).is_some_and(|e| i64::from(e.precision) * 1000 > self.digest.window)
    }

    fn line(&self, id: &str) -> String {
        let (when, what) = self.told(id);
        format!("{when} {what}")
    }

    fn names(&self, ids: &[String]) -> String {
        ids.iter().map(|id| self.line(id)).collect::<Vec<_>>().join(", ")
    }

    /// What a group's events brought about, each told once.
    fn tree(&self, group: &'a Group, lines: &mut Vec<Line>) {
        let first = group.roots.first().filter(|_| group.undecided.is_empty());
        let root = |id: &str| match first {
            Some(r) if r.event == id => Some("most likely root cause"),
            None if group.undecided.iter().any(|u| u == id) => Some("it or another is the root cause"),
            _ => None,
        };
        let causal = |id: &&str| self.out.contains_key(id) || self.into.contains_key(id);
        let members: Vec<&str> = group.events.iter().map(String::as_str).filter(causal).collect();
        let begins = members.iter().copied().filter(|id| !self.into.contains_key(id));
        // Where all of them have causes, they go round in a circle.
        let begins: Vec<&str> = begins.chain(members.iter().copied()).collect();
        let mut told: HashSet<&str> = HashSet::new();
        for begin in begins {
            if lines.len() >= LINES_MOST || !told.insert(begin) {
                continue;
            }
            let (when, what) = self.told(begin);
            let (text, style) = match root(begin) {
                Some(says) => (format!("{what} · {says}"), BOLD),
                None => (what, Default::default()),
            };
            lines.push(Line::new(format!("{when} "), text, style).of(self.digest.named(begin)));
            self.below(begin, &mut told, lines);
        }
    }

    /// The effects of an event. No recursion: chains may be as long as there are findings.
    fn below(&self, begin: &'a str, told: &mut HashSet<&'a str>, lines: &mut Vec<Line>) {
        let effects = |id: &str| self.out.get(id).map_or(&[][..], Vec::as_slice);
        let mut open: Vec<(&'a Pair, usize)> = effects(begin).iter().rev().map(|p| (*p, 1)).collect();
        while let Some((pair, depth)) = open.pop() {
            if lines.len() >= LINES_MOST {
                return lines.push(Line::quiet(format!("  and what else came of it: {ALL}")));
            }
            let id = pair.to.as_str();
            let (when, what) = self.told(id);
            // From within an hour there is no lag to the second.
            let later = if self.is_coarse(id) { when } else { lag(pair.lag_s) };
            let lead = format!("{}→ {later} ", "  ".repeat(depth.min(DEEP)));
            let why = pair.reason.split(';').next().unwrap_or_default();
            let known = !told.insert(id);
            let text = if known { format!("{what} ({why}), told above") } else { format!("{what} ({why})") };
            let style = if known { DIM } else { Default::default() };
            lines.push(Line::new(lead, text, style).of(self.digest.named(id)));
            if !known {
                open.extend(effects(id).iter().rev().map(|p| (*p, depth + 1)));
            }
        }
    }

    fn roots(&self, group: &'a Group, lines: &mut Vec<Line>) {
        if !group.undecided.is_empty() {
            lines.push(Line::warn(format!("undecided between {}", self.names(&group.undecided))));
        }
        for Root { event, rank, score, explains, disproof } in &group.roots {
            let text = format!("{} · explains {explains} · {score:.2}", self.line(event));
            let style = if *rank == 1 { BOLD } else { Default::default() };
            lines.push(Line::new(format!("root {rank} "), text, style).of(self.digest.named(event)));
            lines.extend(disproof.iter().map(|d| Line::new("  disproved by ", d, DIM)));
        }
        if !group.contributing.is_empty() {
            lines.push(Line::new("had a part: ", self.names(&group.contributing), DIM));
        }
    }
}

/// All of it.
pub(super) fn lines(digest: &Digest<'_>) -> Vec<Line> {
    let c = &digest.case.correlation;
    if c.events.is_empty() {
        let text = match digest.case.findings.len() {
            0 => "nothing to compare yet: findings come in as specialists submit them",
            _ => "the findings are not compared yet",
        };
        return vec![Line::quiet(text)];
    }
    let graph = Graph::of(digest);
    let mut lines = Vec::new();
    if let Some(skew) = &c.skew {
        lines.push(Line::warn(format!(
            "the clock of {} is taken to be off by {}: {}",
            skew.source,
            lag(skew.by_s),
            skew.why
        )));
    }
    for cycle in &c.cycles {
        lines.push(Line::warn(format!(
            "by their times each is the other's cause, their order is a guess: {}",
            graph.names(cycle)
        )));
    }
    if c.groups.len() > 1 {
        lines.push(Line::quiet(format!("{} groups that have nothing to do with each other", c.groups.len())));
    }
    let mut correlated: Vec<Vec<&Pair>> = vec![Vec::new(); c.groups.len()];
    for pair in c.pairs.iter().filter(|p| p.class == Class::Correlated) {
        let group = graph.group.get(pair.from.as_str()).and_then(|g| correlated.get_mut(*g));
        group.into_iter().for_each(|g| g.push(pair));
    }
    let mut triggers: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); c.groups.len()];
    for chain in c.chains.iter().filter(|chain| !chain.trigger.is_empty()) {
        let group = chain.events.first().and_then(|e| graph.group.get(e.as_str()));
        if let Some(all) = group.and_then(|g| triggers.get_mut(*g)) {
            all.insert(&chain.trigger);
        }
    }
    for ((n, group), correlated) in c.groups.iter().enumerate().zip(&correlated) {
        if lines.len() >= LINES_MOST {
            lines.push(Line::quiet(format!("{} more groups: {ALL}", c.groups.len() - n)));
            break;
        }
        if !lines.is_empty() {
            lines.push(Line::plain(""));
        }
        let class = match group.class {
            Class::Causal => "cause and effect",
            Class::Correlated => "correlated",
            Class::Independent => "independent",
        };
        let number = if c.groups.len() > 1 { format!("{} · ", n + 1) } else { String::new() };
        let reason = if group.undecided.is_empty() { &group.reason } else { "undecided" };
        lines.push(Line::head(format!("{number}{class}: {reason}")));
        graph.tree(group, &mut lines);
        let triggers = triggers.get(n).into_iter().flatten();
        lines.extend(triggers.map(|t| Line::new("  trigger: ", t, DIM)));
        graph.roots(group, &mut lines);
        for pair in correlated.iter().take(CORRELATED_MOST) {
            let common =
                pair.common.as_ref().map_or(String::new(), |c| format!("; common cause {}", graph.line(c)));
            let text = format!(
                "{} with {}: {}{common}",
                graph.line(&pair.from),
                graph.told(&pair.to).1,
                pair.reason
            );
            lines.push(Line::new("~ ", text, DIM).of(digest.named(&pair.from)));
        }
        let more = correlated.len().saturating_sub(CORRELATED_MOST);
        if more > 0 {
            lines.push(Line::quiet(format!("~ {more} more pairs like these")));
        }
    }
    if !c.unexplained.is_empty() {
        lines.push(Line::plain(""));
        lines.push(Line::quiet(format!("not explained by anything: {}", c.unexplained.len())));
        let room = LINES_MOST.saturating_sub(lines.len()).max(UNEXPLAINED_LEAST);
        lines.extend(c.unexplained.iter().take(room).map(|u| {
            let (when, what) = graph.told(&u.event);
            Line::new(format!("  {when} "), format!("{what}: {}", u.why), DIM).of(digest.named(&u.event))
        }));
        let more = c.unexplained.len().saturating_sub(room);
        lines.extend((more > 0).then(|| Line::quiet(format!("  {more} more: {ALL}"))));
    }
    lines
}

/// What is most likely, in a few words.
pub(super) fn title(digest: &Digest<'_>) -> String {
    let c = &digest.case.correlation;
    let undecided = c.groups.iter().any(|g| !g.undecided.is_empty());
    let root = c.groups.iter().find_map(|g| g.roots.first());
    let kind = |id: &str| c.events.iter().find(|e| e.id == id).map(|e| e.kind.clone());
    match root.and_then(|r| kind(&r.event)) {
        _ if undecided => "undecided".to_owned(),
        Some(kind) => kind,
        None if c.events.is_empty() => "not yet".to_owned(),
        None => "none found".to_owned(),
    }
}
