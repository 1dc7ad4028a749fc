//! Root causes and contributing factors in sentences.

use super::known::{INCIDENTS_MOST, Incident, Known};
use super::tell::{Part, event, missing, way};
use super::text::{WIDTH, count, inline, mark, number};
use crate::domain::incident::correlate::{Chain, Class, Group, Pair, Root};

/// The most links of a chain, root causes and sentences of one sort that are told.
const LINKS_MOST: usize = 12;
const ROOTS_MOST: usize = 5;
const SORT_MOST: usize = 10;

/// The causes, an incident each. There is at least one part.
pub fn causes(known: &Known<'_>, nothing: &str) -> Vec<Part> {
    let incidents = known.incidents();
    let mut parts: Vec<Part> = Vec::new();
    if incidents.is_empty() {
        let lead = format!("None is known. {nothing}");
        return vec![Part { lead, ..Part::default() }];
    }
    if incidents.len() > 1 {
        let ids = incidents.iter().take(INCIDENTS_MOST).filter_map(|i| i.events().first().copied());
        let lead = format!(
            "Independent: {} separate incidents. Neither a mechanism nor an entity links one with another, so that each has its own cause and its own actions. {}",
            incidents.len(),
            mark(ids)
        );
        parts.push(Part { lead, ..Part::default() });
    }
    for (n, incident) in incidents.iter().take(INCIDENTS_MOST).enumerate() {
        let mut part = match incident {
            Incident::Lone(u) => Part {
                title: String::new(),
                lead: format!(
                    "No cause was found for {}. {}",
                    event(known, &u.event),
                    mark([u.event.as_str()])
                ),
                lines: vec![
                    format!("Looked for: {}. {}", inline(&u.why, WIDTH), mark([u.event.as_str()])),
                    format!(
                        "Conclusion: nothing found explains it; it is an incident of its own. {}",
                        mark([u.event.as_str()])
                    ),
                ],
            },
            Incident::Group(g) => group(known, g),
        };
        if incidents.len() > 1 {
            let first = incident.cause().or(incident.events().first().copied()).unwrap_or_default();
            let kind = known.events.get(first).map_or("", |e| e.kind.as_str());
            part.title = format!("Incident {}: {} on {}", n + 1, inline(kind, WIDTH), known.on(first));
        }
        parts.push(part);
    }
    let more = incidents.len().saturating_sub(INCIDENTS_MOST);
    if more > 0 {
        let ids = incidents.iter().skip(INCIDENTS_MOST).filter_map(|i| i.events().first().copied());
        let lead = format!("{more} more incidents stand only in the timeline. {}", mark(ids.take(SORT_MOST)));
        parts.push(Part { title: "Further incidents".into(), lead, lines: Vec::new() });
    }
    parts
}

/// Events of a group that its links do not reach.
pub fn unlinked<'g>(known: &Known<'_>, group: &'g Group) -> Vec<&'g str> {
    if group.roots.is_empty() {
        return Vec::new();
    }
    let alone = |e: &&String| known.case.correlation.unexplained.iter().any(|u| u.event == **e);
    group.events.iter().filter(alone).map(String::as_str).collect()
}

fn group(known: &Known<'_>, g: &Group) -> Part {
    let mut part = if !g.undecided.is_empty() {
        undecided(known, g)
    } else if let Some(root) = g.roots.first() {
        causal(known, g, root)
    } else {
        correlated(known, g)
    };
    for id in unlinked(known, g).into_iter().take(SORT_MOST) {
        let why = known.case.correlation.unexplained.iter().find(|u| u.event == id);
        let why = why.map_or_else(String::new, |u| inline(&u.why, WIDTH));
        part.lines.push(format!("Not explained by it: {}: {why}. {}", event(known, id), mark([id])));
    }
    part
}

fn causal(known: &Known<'_>, g: &Group, root: &Root) -> Part {
    let id = root.event.as_str();
    let others = g.events.len().saturating_sub(1);
    let lead = format!(
        "The first cause is {}: confidence {}, it explains {} of {}. {}",
        event(known, id),
        number(root.score),
        root.explains,
        count(others, "other event"),
        mark([id])
    );
    let mut lines = Vec::new();
    let chain = known.case.correlation.chains.iter().find(|c| c.events.first() == Some(&root.event));
    if let Some(chain) = chain {
        lines.extend(links(known, chain));
    }
    for other in g.roots.iter().skip(1).take(ROOTS_MOST) {
        lines.push(format!(
            "Less likely: {}, confidence {}, explains {}. {}",
            event(known, &other.event),
            number(other.score),
            other.explains,
            mark([other.event.as_str()])
        ));
    }
    lines.extend(disproof(root));
    if let Some(chain) = chain.filter(|c| !c.trigger.is_empty()) {
        lines.push(format!("No observed trigger: {}. {}", inline(&chain.trigger, WIDTH), mark([id])));
    }
    let whole = if unlinked(known, g).is_empty() {
        "Act on the first cause; its effects end with it"
    } else {
        "Act on the first cause; it does not explain all of what was found, so look on"
    };
    lines.push(format!("Conclusion: causal. {whole}. {}", mark([id])));
    Part { title: String::new(), lead, lines }
}

/// A chain, and each of its links.
fn links(known: &Known<'_>, chain: &Chain) -> Vec<String> {
    let ids = chain.events.iter().map(String::as_str);
    let mut lines = Vec::new();
    let events: Vec<String> = chain.events.iter().take(LINKS_MOST + 1).cloned().collect();
    let more = if chain.events.len() > events.len() { " → …" } else { "" };
    lines.push(format!(
        "Chain, confidence {}: {}{more}. {}",
        number(chain.confidence),
        way(known, &events),
        mark(ids.take(LINKS_MOST + 1))
    ));
    for (from, to) in events.iter().zip(events.iter().skip(1)) {
        if let Some(pair) = known.pair(from, to) {
            lines.push(link(known, pair));
        }
    }
    lines
}

fn link(known: &Known<'_>, pair: &Pair) -> String {
    let kind = |id: &str| known.events.get(id).map_or_else(String::new, |e| inline(&e.kind, WIDTH));
    let lag = if pair.lag_s >= 0.0 {
        format!("{} s later", number(pair.lag_s))
    } else {
        "within the precision of the times".to_owned()
    };
    format!(
        "{}, then {} {lag}; confidence {}: {}. {}",
        kind(&pair.from),
        kind(&pair.to),
        number(pair.confidence),
        inline(&pair.reason, WIDTH),
        mark([pair.from.as_str(), pair.to.as_str()])
    )
}

fn disproof(root: &Root) -> Vec<String> {
    let one = |why: &String| {
        format!("What would disprove it: {}. {}", inline(why, WIDTH), mark([root.event.as_str()]))
    };
    root.disproof.iter().take(ROOTS_MOST).map(one).collect()
}

fn undecided(known: &Known<'_>, g: &Group) -> Part {
    let names: Vec<String> = g.undecided.iter().map(|e| event(known, e)).collect();
    let ids = || g.undecided.iter().map(String::as_str);
    let lead =
        format!("Undecided between {}. The findings fit each of them. {}", names.join(" and "), mark(ids()));
    let mut lines = Vec::new();
    for root in g.roots.iter().filter(|r| g.undecided.contains(&r.event)) {
        lines.push(format!(
            "Candidate: {}, confidence {}, explains {}. {}",
            event(known, &root.event),
            number(root.score),
            count(root.explains, "event"),
            mark([root.event.as_str()])
        ));
        lines.extend(disproof(root).into_iter());
    }
    lines.push(format!("Conclusion: undecided. Decide first, by what would disprove either; then act on the one that stands. {}", mark(ids())));
    Part { title: String::new(), lead, lines }
}

fn correlated(known: &Known<'_>, g: &Group) -> Part {
    let ids = || g.events.iter().take(SORT_MOST).map(String::as_str);
    let names: Vec<String> = g.events.iter().take(SORT_MOST).map(|e| event(known, e)).collect();
    let more = if g.events.len() > names.len() { ", …" } else { "" };
    let lead = format!(
        "Not known: {} belong together: {}{more}. {}",
        count(g.events.len(), "event"),
        names.join(", "),
        mark(ids())
    );
    let lines = vec![
        format!("Why together: {}. {}", inline(&g.reason, WIDTH), mark(ids())),
        format!(
            "Conclusion: correlated. Find the common cause and mend that; none of these is known to be it. {}",
            mark(ids())
        ),
    ];
    Part { title: String::new(), lead, lines }
}

/// What had a part, what shares a cause, what only lies beside it, what is unexplained and what is missing.
pub fn contributing(known: &Known<'_>) -> Vec<String> {
    let c = &known.case.correlation;
    let mut lines = Vec::new();
    for id in c.groups.iter().flat_map(|g| &g.contributing).take(SORT_MOST) {
        lines.push(format!(
            "Had a part without being the first cause: {}. {}",
            event(known, id),
            mark([id.as_str()])
        ));
    }
    for g in &c.groups {
        let main = g.roots.first().and_then(|r| c.chains.iter().find(|k| k.events.first() == Some(&r.event)));
        for link in known
            .links(g)
            .into_iter()
            .filter(|p| main.is_some_and(|m| !m.events.contains(&p.to)))
            .take(SORT_MOST)
        {
            let line = format!(
                "Another effect: {}, out of {}. {}",
                event(known, &link.to),
                event(known, &link.from),
                mark([link.to.as_str(), link.from.as_str()])
            );
            lines.push(line);
        }
    }
    let apart = c.pairs.iter().filter(|p| p.class == Class::Independent);
    for pair in apart.take(SORT_MOST) {
        lines.push(format!(
            "Not connected: {} and {}: {}. {}",
            event(known, &pair.from),
            event(known, &pair.to),
            inline(&pair.reason, WIDTH),
            mark([pair.from.as_str(), pair.to.as_str()])
        ));
    }
    let open = known.unexplained();
    for one in open.iter().take(SORT_MOST) {
        let held = c.groups.iter().any(|g| g.events.contains(&one.event));
        // Of what belongs to a group the root cause says why.
        let why = if held { String::new() } else { format!(": {}", inline(&one.why, WIDTH)) };
        lines.push(format!("Unexplained: {}{why}. {}", event(known, &one.event), mark([one.event.as_str()])));
    }
    let doubts = known.case.triaged.doubts.iter().take(SORT_MOST);
    lines.extend(doubts.map(|d| format!("Doubt of triage: {}. {}", inline(d, WIDTH), mark(["triage"]))));
    lines.extend(missing(known.case));
    if lines.is_empty() {
        lines.push(format!("None was found, and nothing is missing. {}", mark(["fleet"])));
    }
    lines
}
