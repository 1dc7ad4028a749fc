//! What findings have to do with each other, for people: 80 columns, without control characters.

use std::collections::BTreeMap;

use crate::cli::table::wrapped;
use crate::domain::incident::correlate::{Chain, Class, Correlation, Event, Group, Pair};
use crate::domain::incident::stamp;
use crate::domain::signal::printable;

/// The most pairs of a class that are told, other than causal ones; all that there are, are in the JSON.
const PAIRS_TOLD: usize = 20;

/// All of it.
pub(super) fn text(found: &Correlation) -> String {
    let mut text = Text::of(found);
    if found.events.is_empty() {
        text.say("no findings: nothing to correlate");
    } else {
        text.summary(found);
        text.chains(found);
        text.groups(found);
        text.unexplained(found);
        text.pairs("Causal", &found.pairs, Class::Causal, usize::MAX);
        text.pairs("Correlated", &found.pairs, Class::Correlated, PAIRS_TOLD);
        text.pairs("Independent", &found.pairs, Class::Independent, PAIRS_TOLD);
        if found.unlisted > 0 {
            text.head(&format!("{} pairs are not listed for their number", found.unlisted));
        }
    }
    text.lines.join("\n") + "\n"
}

/// What was assumed, and the chains.
pub(super) fn chains(found: &Correlation) -> Vec<String> {
    let mut text = Text::of(found);
    text.chains(found);
    text.lines
}

/// The groups with their root causes, and what is unexplained.
pub(super) fn groups(found: &Correlation) -> Vec<String> {
    let mut text = Text::of(found);
    text.groups(found);
    text.unexplained(found);
    text.lines
}

/// The day on which all events began, if it is one.
fn one_day(events: &[Event]) -> Option<String> {
    let day = |e: &Event| stamp::text(e.at).get(..10).map(str::to_owned);
    let first = day(events.first()?)?;
    (day(events.last()?)? == first).then_some(first)
}

struct Text<'a> {
    events: BTreeMap<&'a str, &'a Event>,
    one_day: Option<String>,
    lines: Vec<String>,
}

impl<'a> Text<'a> {
    fn of(found: &'a Correlation) -> Self {
        let events = found.events.iter().map(|e| (e.id.as_str(), e)).collect();
        Self { events, one_day: one_day(&found.events), lines: Vec::new() }
    }

    /// A line, wrapped below the text that follows two blanks. Control characters are taken out.
    fn say(&mut self, line: &str) {
        self.lines.extend(wrapped(printable(line).trim_end()).split('\n').map(str::to_owned));
    }

    fn summary(&mut self, found: &Correlation) {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let day = self.one_day.as_ref().map_or_else(String::new, |day| format!("{day}: "));
        self.say(&format!(
            "{day}{}, {}, window {} s",
            count(found.findings, "finding"),
            count(found.events.len(), "event"),
            found.window_s
        ));
    }

    fn chains(&mut self, found: &Correlation) {
        if let Some(skew) = &found.skew {
            let by = skew.by_s.abs();
            let how = if skew.by_s > 0.0 { "behind" } else { "ahead" };
            self.say(&format!("Assumed:  the clock of {} is {by} s {how} ({})", skew.source, skew.why));
        }
        for cycle in &found.cycles {
            self.say(&format!(
                "Circle:  by their times each causes the next, so their order is a guess: {}",
                cycle.join(", ")
            ));
        }
        for (n, chain) in found.chains.iter().enumerate() {
            self.chain(n + 1, chain);
        }
        if found.more_chains > 0 {
            self.head(&format!("{} more chains are not listed for their number", found.more_chains));
        }
    }

    fn groups(&mut self, found: &Correlation) {
        for (n, group) in found.groups.iter().enumerate() {
            self.group(n + 1, group);
        }
    }

    fn unexplained(&mut self, found: &Correlation) {
        if !found.unexplained.is_empty() {
            self.head("Unexplained");
        }
        for one in &found.unexplained {
            self.event("  ", &one.event);
            self.say(&format!("            {}", one.why));
        }
    }

    fn head(&mut self, line: &str) {
        self.lines.push(String::new());
        self.say(line);
    }

    /// When an event began, and how coarse that is.
    fn when(&self, event: &Event) -> String {
        let at = stamp::text(event.at);
        let at = match self.one_day {
            Some(_) => at.get(11..19).unwrap_or(&at).to_owned(),
            None => at.get(..19).unwrap_or(&at).replace('T', " "),
        };
        match event.precision {
            0 => at,
            s => format!("{at} +{s} s"),
        }
    }

    fn event(&mut self, before: &str, id: &str) {
        let Some(event) = self.events.get(id) else { return self.say(&format!("{before}{id}")) };
        let kind = if event.id.contains(&event.kind) { String::new() } else { format!(" {}", event.kind) };
        let more = match event.findings.len() {
            1 => String::new(),
            n => format!(", {n} findings"),
        };
        // Names bear blanks in the findings of others; two of them would be taken for the end of the time.
        let name = event.id.split_whitespace().collect::<Vec<_>>().join(" ");
        let line =
            format!("{before}{}  {name}{kind}: {} ({}{more})", self.when(event), event.summary, event.source);
        self.say(&line);
    }

    fn chain(&mut self, n: usize, chain: &Chain) {
        self.head(&format!("Chain {n}, confidence {}", chain.confidence));
        for (k, id) in chain.events.iter().enumerate() {
            self.event(if k == 0 { "     " } else { "  -> " }, id);
        }
        if !chain.trigger.is_empty() {
            self.say(&format!("     {}", chain.trigger));
        }
    }

    fn group(&mut self, n: usize, group: &Group) {
        self.head(&format!("Group {n}, {} events: {}", group.events.len(), group.reason));
        for root in &group.roots {
            self.say(&format!(
                "  root cause {}  {} (score {}, explains {})",
                root.rank, root.event, root.score, root.explains
            ));
            for line in &root.disproof {
                self.say(&format!("     disproved by  {line}"));
            }
        }
        for (what, events) in [("undecided", &group.undecided), ("contributing", &group.contributing)] {
            if !events.is_empty() {
                self.say(&format!("  {what}  {}", events.join(", ")));
            }
        }
    }

    fn pairs(&mut self, head: &str, pairs: &[Pair], class: Class, most: usize) {
        let of: Vec<&Pair> = pairs.iter().filter(|p| p.class == class).collect();
        if of.is_empty() {
            return;
        }
        self.head(head);
        let arrow = if class == Class::Causal { "->" } else { "and" };
        for p in of.iter().take(most) {
            self.say(&format!("  {} {arrow} {}", p.from, p.to));
            self.say(&format!("     {} s, confidence {}: {}", p.lag_s, p.confidence, p.reason));
        }
        if of.len() > most {
            self.say(&format!("  and {} more; --json lists them", of.len() - most));
        }
    }
}
