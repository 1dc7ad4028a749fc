//! What follows from the findings: recommendations and action items, by the class of each incident.

use super::actions::{Actions, Entry};
use super::known::{INCIDENTS_MOST, Incident, Known};
use super::tell::{Item, event, level};
use super::text::{DAY_MS, WIDTH, date, inline, mark};
use crate::domain::incident::correlate::Group;
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::triage::Priority;

/// The most things that follow from one incident.
const EACH_MOST: usize = 6;

/// One thing that follows.
struct Follow<'a> {
    recommend: String,
    item: String,
    owner: String,
    priority: Option<Priority>,
    ids: Vec<&'a str>,
}

/// Recommendations, each with the findings it rests on.
pub fn recommendations(known: &Known<'_>, actions: &Actions) -> Vec<String> {
    let all = follows(known, actions);
    if all.is_empty() {
        return vec![format!("None: nothing was found that calls for one. {}", mark(["fleet"]))];
    }
    let mut lines: Vec<String> =
        all.iter().map(|f| format!("{} {}", f.recommend, mark(f.ids.iter().copied()))).collect();
    let mut seen = std::collections::BTreeSet::new();
    lines.retain(|l| seen.insert(l.clone()));
    lines
}

/// Action items, each with owner, priority, due date and findings.
pub fn items(known: &Known<'_>, actions: &Actions) -> Vec<Item> {
    let usual = known.case.triaged.priority.as_ref().map_or(Priority::P3, |g| g.value);
    let item = |f: Follow<'_>| {
        let priority = f.priority.unwrap_or(usual);
        let due = known.began().saturating_add(i64::from(actions.days(priority)) * DAY_MS);
        Item {
            item: f.item,
            owner: f.owner,
            priority: level(priority).to_owned(),
            due: date(due),
            ids: mark(f.ids.iter().copied()),
        }
    };
    follows(known, actions).into_iter().map(item).collect()
}

fn follows<'k>(known: &Known<'k>, actions: &Actions) -> Vec<Follow<'k>> {
    let kinds = Kinds::built_in();
    let mut all: Vec<Follow<'k>> = Vec::new();
    let incidents = known.incidents();
    for incident in incidents.iter().take(INCIDENTS_MOST) {
        let from = all.len();
        match incident {
            Incident::Lone(u) => all.extend(by_kind(known, actions, &kinds, &u.event, "")),
            Incident::Group(g) if !g.undecided.is_empty() => all.extend(decide(known, g)),
            Incident::Group(g) => match g.roots.first() {
                Some(root) => {
                    all.extend(by_kind(known, actions, &kinds, &root.event, "Act on the first cause. "));
                    all.extend(by_links(known, actions, g));
                    let others = g.contributing.iter().take(EACH_MOST);
                    all.extend(others.filter_map(|e| by_kind(known, actions, &kinds, e, "Beside it: ")));
                }
                None => all.extend(common(known, g)),
            },
        }
        let mut names = std::collections::BTreeSet::new();
        let mut own: Vec<Follow<'k>> = all.drain(from..).collect();
        // The same recommendation once, with all it rests on.
        let again: Vec<Follow<'k>> = own.extract_if(.., |f| !names.insert(f.recommend.clone())).collect();
        for late in again {
            if let Some(first) = own.iter_mut().find(|f| f.recommend == late.recommend) {
                let more = late.ids.into_iter().filter(|i| !first.ids.contains(i)).collect::<Vec<_>>();
                first.ids.extend(more);
            }
        }
        own.truncate(EACH_MOST);
        all.extend(own);
    }
    let open = super::causes::unlinked;
    for id in known.case.correlation.groups.iter().flat_map(|g| open(known, g)).take(EACH_MOST) {
        all.push(Follow {
            recommend: format!("Explain {}, which nothing found leads to.", event(known, id)),
            item: format!("Find what brought about {}", event(known, id)),
            owner: "incident manager".into(),
            priority: None,
            ids: vec![id],
        });
    }
    if !known.case.missing().is_empty() {
        all.push(Follow {
            recommend: "Get what is missing, and look at the conclusions again with it.".into(),
            item: "Get what the specialists could not see or use, and correlate again".into(),
            owner: "incident manager".into(),
            priority: None,
            ids: vec!["fleet"],
        });
    }
    all
}

fn filled(text: &str, on: &str, cause: &str) -> String {
    inline(&text.replace("{on}", on).replace("{cause}", cause), WIDTH * 2)
}

fn of<'k>(entry: &Entry, before: &str, on: &str, cause: &str, ids: Vec<&'k str>) -> Follow<'k> {
    Follow {
        recommend: format!("{before}{}", filled(&entry.recommend, on, cause)),
        item: filled(&entry.item, on, cause),
        owner: inline(&entry.owner, WIDTH),
        priority: entry.priority,
        ids,
    }
}

fn by_kind<'k>(
    known: &Known<'k>,
    actions: &Actions,
    kinds: &Kinds,
    id: &'k str,
    before: &str,
) -> Option<Follow<'k>> {
    let kind = known.events.get(id).map_or("", |e| e.kind.as_str());
    let on = known.on(id);
    actions.of_kind(kind, kinds).map(|e| of(e, before, &on, &on, vec![id]))
}

fn by_links<'k>(known: &Known<'k>, actions: &Actions, g: &Group) -> Vec<Follow<'k>> {
    let follow = |p: &'k crate::domain::incident::correlate::Pair| {
        let entry = actions.of_mechanism(p.mechanism.as_deref()?)?;
        Some(of(entry, "", &known.on(&p.to), &known.on(&p.from), vec![p.from.as_str(), p.to.as_str()]))
    };
    known.links(g).into_iter().filter_map(follow).collect()
}

fn decide<'k>(known: &Known<'k>, g: &'k Group) -> Vec<Follow<'k>> {
    let ids = || g.undecided.iter().map(String::as_str);
    let first = Follow {
        recommend: "Decide between the candidates before acting on either.".into(),
        item: "Decide between the candidates by what would disprove each".into(),
        owner: "incident manager".into(),
        priority: None,
        ids: ids().collect(),
    };
    let each = ids().map(|id| Follow {
        recommend: format!("Test {} by what would disprove it.", event(known, id)),
        item: format!("Look for what would disprove {}", event(known, id)),
        owner: known
            .under(id)
            .first()
            .map_or_else(|| "incident manager".into(), |f| inline(&f.source, WIDTH)),
        priority: None,
        ids: vec![id],
    });
    std::iter::once(first).chain(each).collect()
}

fn common<'k>(known: &Known<'k>, g: &'k Group) -> Vec<Follow<'k>> {
    let ids: Vec<&str> = g.events.iter().take(EACH_MOST).map(String::as_str).collect();
    let on = ids.first().map_or_else(String::new, |e| known.on(e));
    vec![Follow {
        recommend: "Find the common cause and mend that; what is seen are its effects.".into(),
        item: format!("Find the common cause of what happened to {on} and to what shares its window"),
        owner: "incident manager".into(),
        priority: None,
        ids,
    }]
}
