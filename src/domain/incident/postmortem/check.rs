//! What is wrong with a postmortem that somebody wrote.

use super::actions::Actions;
use super::blocks::{self, Block, Kind, Section};
use super::facts::All;
use super::known::{INCIDENTS_MOST, Known};
use super::layout::{Role, Shape};
use super::scan::{Found, Token, scan};
use super::text;
use super::{House, MARKS};
use crate::domain::incident::case::{Case, Progress};
use crate::domain::incident::kind::Kinds;
use crate::domain::signal::printable;

/// The most problems that are told.
const PROBLEMS_MOST: usize = 40;

/// Where a token stands.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// Its line, from 1.
    pub line: usize,
    /// Whether its statement names findings.
    pub named: bool,
    /// Whether it is advice, which has priorities of its own.
    pub advice: bool,
}

pub(super) struct Check<'x, 'a> {
    pub(super) all: &'x All<'a>,
    /// Findings that causes and actions name.
    causes: std::collections::BTreeSet<&'a str>,
    acted: std::collections::BTreeSet<&'a str>,
    pub(super) actions: Actions,
    pub(super) kinds: Kinds,
    /// The first day on which something can be due.
    from: String,
    told: Vec<String>,
}

/// All of it.
pub(super) fn check(text: &str, case: &Case, shape: &Shape, template: &str, house: House<'_>) -> Vec<String> {
    let actions = Actions::with(house.actions);
    let own: Vec<&str> = actions.texts().chain([template]).collect();
    let all = All::of(Known::of(case), &own);
    let from = text::date(all.known.began());
    let (causes, acted) = Default::default();
    let mut it =
        Check { all: &all, causes, acted, actions, kinds: Kinds::built_in(), from, told: Vec::new() };
    let sections = blocks::sections(text);
    if text.contains("<!--") {
        it.say("leave out the HTML comment; nobody sees it".to_owned());
    }
    it.shape(&sections, shape);
    for section in &sections {
        let role = shape.sections.iter().find(|s| s.name == section.name).map_or(Role::Other, |s| s.role);
        it.section(section, role);
    }
    it.honest(text, shape);
    let mut told = it.told;
    let mut seen = std::collections::BTreeSet::new();
    told.retain(|t| seen.insert(t.clone()));
    let more = told.len().saturating_sub(PROBLEMS_MOST);
    told.truncate(PROBLEMS_MOST);
    if more > 0 {
        told.push(format!("and {more} more of the kind"));
    }
    told
}

impl<'x, 'a> Check<'x, 'a> {
    pub(super) fn say(&mut self, what: String) {
        self.told.push(what);
    }

    /// Sections: all of them, once, in order, none empty; and what introduces the header's parts.
    fn shape(&mut self, sections: &[Section], shape: &Shape) {
        let names = || shape.sections.iter().map(|s| s.name.as_str());
        let mut last = 0;
        for section in sections.iter().filter(|s| !s.name.is_empty()) {
            let name = printable(&section.name);
            match names().position(|n| n == section.name) {
                None => {
                    let all: Vec<&str> = names().collect();
                    self.say(format!(
                        "line {}: there is no section `{name}`; the sections are {}",
                        section.line,
                        all.join(", ")
                    ));
                }
                Some(place) if place < last => {
                    self.say(format!("line {}: the section {name} stands too late", section.line))
                }
                Some(place) => last = place,
            }
            if !section.blocks.iter().any(|b| b.kind != Kind::Heading && b.kind != Kind::Head) {
                self.say(format!("line {}: the section {name} is empty", section.line));
            }
        }
        for name in names() {
            match sections.iter().filter(|s| s.name == name).count() {
                0 => self.say(format!("the section {name} is missing; it begins with `## {name}`")),
                1 => {}
                _ => self.say(format!("the section {name} is there more than once")),
            }
        }
        let header: Vec<String> =
            sections.iter().take(1).flat_map(|s| &s.blocks).map(|b| b.text.to_lowercase()).collect();
        let header = header.join("\n");
        for label in &shape.labels {
            let said = header.split_once(&label.to_lowercase());
            let rest = said.map_or("", |(_, rest)| rest.trim_start_matches(['*', '.', ':', '_', ' ', '\n']));
            if rest.is_empty() {
                self.say(format!("the header says nothing under {label}; write `**{label}.**` and what there is to say before the first section"));
            }
        }
    }

    fn section(&mut self, section: &Section, role: Role) {
        let mut head: Vec<String> = Vec::new();
        for block in &section.blocks {
            let (ids, marks, rest) = self.marks(block);
            let heading = matches!(block.kind, Kind::Heading | Kind::Head);
            if block.kind == Kind::Head {
                head = blocks::cells(&block.text).iter().map(|c| c.to_lowercase()).collect();
                continue;
            }
            let bare = ids.is_empty() && marks == 0;
            if bare && !heading && matches!(role, Role::Timeline | Role::Causes) {
                let what: String = printable(&block.text).chars().take(60).collect();
                self.say(format!(
                    "line {}: \"{what}\" rests on nothing; end it with the ids of its findings, such as [id], or with [report], [triage] or [fleet]",
                    block.line
                ));
            }
            match role {
                Role::Causes => self.causes.extend(&ids),
                Role::Actions => self.acted.extend(&ids),
                _ => {}
            }
            let all: &'x All<'a> = self.all;
            let facts = if ids.is_empty() && marks > 0 { all.beside() } else { all.under(&ids) };
            let rest = match &block.kind {
                Kind::Row(cells) if role == Role::Actions => self.item(block, cells, &head, bare, &rest),
                _ => rest,
            };
            let advice = matches!(role, Role::Advice | Role::Actions);
            let at = At { line: block.line, named: !ids.is_empty(), advice };
            for found in scan(&rest) {
                self.token(&found, &facts, at);
            }
            self.quoted(&rest, at);
        }
    }

    /// The findings a statement names, how many other marks it has, and its text without them.
    fn marks(&mut self, block: &Block) -> (Vec<&'a str>, usize, String) {
        let (mut ids, mut marks, mut rest) = (Vec::new(), 0, String::new());
        let mut left = block.text.as_str();
        while let Some((before, after)) = left.split_once('[') {
            rest.push_str(before);
            let Some((inner, then)) = after.split_once(']') else {
                left = after;
                continue;
            };
            let parts: Vec<&str> = inner.split(',').map(str::trim).collect();
            let box_ = matches!(inner, " " | "x" | "X" | "…" | "...");
            // A link, or words in brackets.
            let prose = then.starts_with('(')
                || parts.iter().any(|p| p.is_empty() || p.contains(char::is_whitespace));
            let known = parts.iter().any(|p| self.all.known.shown.contains_key(*p));
            if (box_ || prose) && !known {
                rest.push(' ');
                left = after;
                continue;
            }
            for part in parts {
                match self.all.known.shown.get(part) {
                    Some(real) => ids.extend(real.iter().copied()),
                    None if MARKS.contains(&part) => marks += 1,
                    None => {
                        let part = printable(part);
                        self.say(format!("line {}: `{part}` is the id of no finding", block.line));
                    }
                }
            }
            rest.push(' ');
            left = then;
        }
        rest.push_str(left);
        (ids, marks, rest)
    }

    /// An action item: it has all that belongs to it. What is left to check of its text.
    fn item(&mut self, block: &Block, cells: &[String], head: &[String], bare: bool, rest: &str) -> String {
        let place = |name: &str, usual: usize| {
            head.iter().position(|h| h.trim_end_matches('s').starts_with(name)).unwrap_or(usual)
        };
        let cell = |n: usize| cells.get(n).map_or("", String::as_str);
        let (item, owner, priority, due) = (
            cell(place("item", 0)),
            cell(place("owner", 1)),
            cell(place("priority", 2)),
            cell(place("due", 3)),
        );
        let line = block.line;
        if item.is_empty() {
            self.say(format!("line {line}: the action has no item"));
        }
        if bare {
            self.say(format!(
                "line {line}: the action is linked to no finding; its last cell holds the ids in brackets"
            ));
        }
        if !["P1", "P2", "P3"].contains(&priority) {
            self.say(format!("line {line}: the priority `{}` is none of P1, P2, P3", printable(priority)));
        }
        let date = matches!(scan(due).as_slice(), [Found { token: Token::Date(d), .. }] if *d >= self.from && d.len() == 10);
        if !date {
            let from = &self.from;
            let what = format!(
                "line {line}: `{}` is no due date on or after {from}; write it as {from}",
                printable(due)
            );
            self.say(what);
        }
        let case = self.all.known.case;
        let roles = self.actions.owners().chain(case.specialists.iter().map(|s| s.agent.as_str()));
        let others = case.triaged.not_engaged.iter().map(|e| e.name.as_str());
        let sources = self.all.known.findings.values().map(|f| f.source.as_str());
        let known = roles
            .chain(others)
            .chain(sources)
            .any(|o| text::inline(o, text::WIDTH).eq_ignore_ascii_case(owner));
        if owner.is_empty() {
            self.say(format!("line {line}: the action has no owner"));
        } else if !known {
            let mut all: Vec<&str> = self.actions.owners().collect();
            all.sort_unstable();
            all.dedup();
            let what = format!(
                "line {line}: the owner `{}` is neither a specialist nor a role; roles are {}",
                printable(owner),
                all.join(", ")
            );
            self.say(what);
        }
        let mut rest = rest.replacen(due, " ", usize::from(!due.is_empty()));
        rest = rest.replacen(owner, " ", usize::from(!owner.is_empty()));
        rest
    }

    /// Whether the text says what has to be said of the times, of what is undecided, and of what is missing, and
    /// follows each incident to a cause and an action.
    fn honest(&mut self, text: &str, shape: &Shape) {
        let lower = text.to_lowercase();
        let case = self.all.known.case;
        if self.all.known.simulated().0 && !lower.contains("simulated") {
            self.say("the times are simulated, and the text does not say `simulated`".to_owned());
        }
        if let Some(skew) = &case.correlation.skew
            && !(lower.contains("clock") || lower.contains("skew"))
        {
            self.say(format!(
                "the clock of {} is assumed to be off, and the text does not say so",
                printable(&skew.source)
            ));
        }
        for one in &case.specialists {
            let silent = match one.progress {
                Progress::Reported => one.findings == 0,
                _ => true,
            };
            if silent && !lower.contains(&one.agent.as_str().to_lowercase()) {
                self.say(format!(
                    "{} was late, failed or found nothing, and the text does not say so",
                    one.agent
                ));
            }
        }
        let has = |role: Role| shape.sections.iter().any(|s| s.role == role);
        let mut said = Vec::new();
        for incident in self.all.known.incidents().iter().take(INCIDENTS_MOST) {
            let events = incident.events();
            let under = |ids: &[&'a str], cited: &std::collections::BTreeSet<&'a str>| {
                ids.iter().any(|e| {
                    cited.contains(e) || self.all.known.under(e).iter().any(|f| cited.contains(f.id.as_str()))
                })
            };
            let first = text::id(incident.cause().or(events.first().copied()).unwrap_or_default());
            if has(Role::Causes) {
                let wanted: Vec<&'a str> = incident.cause().map_or_else(|| events.clone(), |c| vec![c]);
                if !under(&wanted, &self.causes) {
                    said.push(format!("the root cause says nothing of [{first}]"));
                }
                let undecided = incident.undecided();
                let open = undecided.iter().any(|u| !under(&[*u], &self.causes));
                if !undecided.is_empty() && (open || !lower.contains("undecided")) {
                    let all: Vec<String> = undecided.iter().map(|u| text::id(u)).collect();
                    said.push(format!(
                        "it is undecided between [{}]; say so, and name all of them",
                        all.join(", ")
                    ));
                }
            }
            if has(Role::Actions) && !under(&events, &self.acted) {
                said.push(format!("no action item is linked to the incident of [{first}]"));
            }
        }
        self.told.extend(said);
    }
}
