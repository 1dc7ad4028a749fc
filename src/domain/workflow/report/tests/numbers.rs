//! Reports contain no number that is not in the record, or worked out of it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;

use super::kit::{at, figure};
use crate::domain::incident::stamp;
use crate::domain::record::Workflowed;
use crate::domain::state::TaskState;
use crate::domain::workflow::pattern::Must;
use crate::domain::workflow::plan::Waiver;
use crate::domain::workflow::project::{Change, Epoch, Impact, Project, Reason, sample};
use crate::domain::workflow::report::{Kind, report};
use crate::domain::workflow::track::tracking;
use crate::domain::workflow::watch::{Seen, flags};

static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d[\d,]*(?:\.\d+)?").unwrap());
static ESCAPED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\\(.)").unwrap());
static DATE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?").unwrap());

/// The numbers of a text, in one spelling.
fn numbers(text: &str) -> BTreeSet<String> {
    let spelt = |t: &str| {
        let t = t.replace(',', "");
        let t = if t.contains('.') { t.trim_end_matches('0').trim_end_matches('.').to_owned() } else { t };
        let short = t.trim_start_matches('0');
        if short.is_empty() || short.starts_with('.') { format!("0{short}") } else { short.to_owned() }
    };
    NUMBER.find_iter(text).map(|m| spelt(m.as_str())).collect()
}

/// The dates of a Markdown text, and the text without them, without the escapes and without names that hold a number.
fn read(markdown: &str) -> (BTreeSet<String>, String) {
    let mut text =
        markdown.replace("<!---->", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text = ESCAPED.replace_all(&text, "$1").into_owned();
    let dates = DATE.find_iter(&text).map(|m| m.as_str().to_owned()).collect();
    text = DATE.replace_all(&text, "").into_owned();
    for name in ["Response time (p95)", "response-time-p95", "3-year return"] {
        text = text.replace(name, "");
    }
    (dates, text)
}

/// What a report of a project may say.
#[derive(Default)]
struct Allowed {
    numbers: BTreeSet<String>,
    dates: BTreeSet<String>,
}

impl Allowed {
    fn number(&mut self, n: impl ToString) {
        self.numbers.extend(numbers(&n.to_string()));
    }

    fn hours(&mut self, hours: i64) {
        self.number(hours / 24);
        self.number(hours % 24);
    }

    fn moment(&mut self, at: i64) {
        let text = stamp::text(at).replace('T', " ");
        self.dates.insert(text[..16].to_owned());
        // Reasons of the standing name days.
        self.dates.insert(text[..10].to_owned());
    }

    /// All that the record holds.
    fn record(&mut self, value: &Value) {
        match value {
            Value::String(text) => match stamp::parse(text) {
                Some(at) => self.moment(at),
                None => self.numbers.extend(numbers(text)),
            },
            Value::Number(n) => self.number(n),
            Value::Array(all) => all.iter().for_each(|v| self.record(v)),
            Value::Object(all) => all.values().for_each(|v| self.record(v)),
            _ => {}
        }
    }

    /// What is worked out of the record, in another way than reports do.
    fn worked(&mut self, p: &Project, kind: Kind, now: i64) {
        let end = |week: i64| sample::START + week * 7 * sample::DAY;
        let at = match kind {
            Kind::Weekly(n) => {
                self.number(n);
                self.moment(end(i64::from(n) - 1));
                self.moment(end(i64::from(n)));
                now.min(end(i64::from(n)) - 1)
            }
            _ => now,
        };
        self.moment(now);
        p.terms.deadline.into_iter().for_each(|d| self.moment(d));
        let done =
            p.current().filter(|t| t.state == TaskState::Done && t.ended.is_some_and(|e| e <= at)).count();
        self.number(done);
        self.number(p.plan.tasks.len());
        self.lengths(p, at);
        self.money(p, at);
        // What others have tests for: how far it is and why, and red flags.
        let (then, _) = super::super::as_of(p, at, now);
        let t = tracking(&then, at);
        self.number(t.percent);
        for task in &t.tasks {
            self.number(task.percent);
            self.moment(task.from);
            self.moment(task.to);
        }
        let flagged = flags(&then, &Seen::default(), at);
        for text in t.why.iter().chain(flagged.iter().flat_map(|f| f.evidence.iter().chain([&f.title]))) {
            let (dates, text) = read(text);
            self.dates.extend(dates);
            self.numbers.extend(numbers(&text));
        }
    }

    fn lengths(&mut self, p: &Project, at: i64) {
        let hours = |ms: i64| ms / 3_600_000;
        let mut sum = 0;
        for t in &p.tasks {
            if let (Some(from), Some(to)) = (t.began, t.ended) {
                self.hours(hours(to - from));
                sum += hours(to - from);
            } else if let Some(from) = t.began {
                sum += hours(p.over.unwrap_or(at) - from).max(0);
            }
        }
        p.plan.tasks.iter().for_each(|t| self.hours(i64::from(t.duration.as_hours())));
        p.blockers.iter().filter_map(|b| Some(b.until? - b.since)).for_each(|ms| self.hours(hours(ms)));
        let took = hours(p.over.unwrap_or(at) - p.started);
        let planned = i64::from(p.baseline.iter().map(|b| b.to).max().unwrap_or(0));
        let now = i64::from(crate::domain::workflow::schedule::schedule(&p.plan.tasks).length);
        for h in [took, planned, now, (took - planned).abs(), sum] {
            self.hours(h);
        }
        for c in &p.changes {
            self.hours(c.impact.length_before.into());
            self.hours(c.impact.length_after.into());
        }
        if let Some(rate) = p.terms.rate {
            self.number(sum * i64::try_from(rate).unwrap() / 24);
        }
    }

    /// Changes, sums and returns: of each figure by its first number, as all of these tests give them.
    fn money(&mut self, p: &Project, at: i64) {
        let first = |value: &str| {
            numbers(value.split(' ').next().unwrap()).pop_first().and_then(|n| n.parse::<f64>().ok())
        };
        let of = |name: &str, epoch| p.figure(name, epoch).and_then(|f| first(&f.value));
        let since = |name: &str| of(name, Epoch::After).or(of(name, Epoch::Now));
        let latest =
            |name: &str| p.figures.iter().rev().find(|f| f.name == name).and_then(|f| first(&f.value));
        let mut put = |n: f64, decimals: usize| self.number(format!("{n:.decimals$}"));
        for f in &p.figures {
            let (Some(b), Some(a)) = (of(&f.name, Epoch::Before), since(&f.name)) else { continue };
            put(((a - b) / b * 100.0).abs(), 1);
            put((a - b).abs(), 2);
        }
        let end = p.over.unwrap_or(at);
        let worked: i64 = p.tasks.iter().filter_map(|t| Some(t.ended.unwrap_or(end) - t.began?)).sum();
        let hours = (worked / 3_600_000) as f64;
        let time = p.terms.rate.map(|r| hours * r as f64 / 24.0);
        let spend = latest("infrastructure-spend");
        let sum = time.map(|t| t + spend.unwrap_or(0.0));
        sum.into_iter().for_each(|s| put(s, 0));
        let monthly = of("operational-cost", Epoch::Before).zip(since("operational-cost"));
        let savings = latest("annual-savings").or(monthly.map(|(b, a)| (b - a) * 12.0));
        savings.into_iter().for_each(|s| put(s, 0));
        if let (Some(i), Some(s)) = (latest("investment").or(sum), savings) {
            put(i / (s / 12.0), 1);
            put((s * 3.0 / i - 1.0) * 100.0, 1);
            // A formula names its months and years.
            put(3.0, 0);
        }
        if savings.is_some() {
            put(12.0, 0);
        }
    }
}

/// The numbers and dates of a report that nothing accounts for.
fn invented(p: &Project, kind: Kind, now: i64) -> Vec<String> {
    check(p, kind, now, &report(p, &Seen::default(), kind, now).markdown)
}

fn check(p: &Project, kind: Kind, now: i64, markdown: &str) -> Vec<String> {
    let mut allowed = Allowed::default();
    allowed.record(&serde_json::to_value(p).unwrap());
    allowed.worked(p, kind, now);
    let (dates, text) = read(markdown);
    let dates = dates.difference(&allowed.dates).cloned();
    dates.chain(numbers(&text).difference(&allowed.numbers).cloned()).collect()
}

fn kinds() -> impl Iterator<Item = Kind> {
    (1..6).map(Kind::Weekly).chain([Kind::Milestone, Kind::Completion])
}

/// A project that has all there is.
fn rich() -> Project {
    let mut p = sample::complete();
    for (name, epoch, value) in [
        ("mttr", Epoch::Before, "47 min"),
        ("mttr", Epoch::After, "13 min"),
        ("uptime", Epoch::Before, "98.31 %"),
        ("uptime", Epoch::Now, "99.97 %"),
        ("response-time-p95", Epoch::Before, "731 ms"),
        ("response-time-p95", Epoch::After, "257 ms"),
        ("time-saved", Epoch::Now, "19 h a week"),
        ("compliance-standards", Epoch::After, "SOC 2, HIPAA"),
        ("queue-length", Epoch::Before, "8181"),
        ("infrastructure-spend", Epoch::Now, "1733 EUR"),
        ("operational-cost", Epoch::Before, "9191 EUR a month"),
        ("operational-cost", Epoch::After, "5353 EUR a month"),
    ] {
        figure(&mut p, name, epoch, value, 20);
    }
    p.plan.options.waivers.push(Waiver { must: Must::Recovery, reason: "rebuilt in 17 min".into() });
    let impact =
        Impact { length_before: 480, length_after: 541, cost_before: Some(70_707), ..Impact::default() };
    p.changes.push(Change {
        id: 1,
        reason: Reason::Security,
        note: "CVE 9999".into(),
        asked: "a scan".into(),
        chosen: "as asked".into(),
        others: vec!["2 more people".into()],
        impact: Impact { cost_after: Some(80_808), ..impact },
        by: "lead".into(),
        at: at(15),
    });
    p
}

#[test]
fn reports_contain_no_number_that_is_not_in_the_record() {
    let all = [
        (sample::begun(), [0, 1, 9]),
        (sample::ninth_day(), [9, 14, 30]),
        (sample::complete(), [22, 23, 40]),
        (rich(), [22, 23, 40]),
    ];
    for (p, days) in all {
        for (kind, day) in kinds().flat_map(|k| days.map(|d| (k, d))) {
            let n = p.figures.len();
            assert_eq!(invented(&p, kind, at(day)), Vec::<String>::new(), "{kind:?} on day {day} of {n}");
        }
    }
    // The reports of the rich one do have what is worked out: 5353 − 9191 a month, and what that gives back.
    let text = report(&rich(), &Seen::default(), Kind::Completion, at(40)).markdown.replace('\\', "");
    for number in [
        "down 72.3 %",
        "up 1.66 percentage points",
        "46,056 EUR",
        "20,933 EUR",
        "5.5 months",
        "560 %",
        "8181",
    ] {
        assert!(text.contains(number), "{number} in {text}");
    }
}

#[test]
fn without_a_figure_its_number_and_all_that_came_of_it_are_gone() {
    let whole = rich();
    for left_out in 0..whole.figures.len() {
        let mut p = whole.clone();
        p.figures.remove(left_out);
        for kind in [Kind::Weekly(4), Kind::Completion] {
            assert_eq!(invented(&p, kind, at(40)), Vec::<String>::new(), "{:?}", whole.figures[left_out]);
        }
    }
    let mut p = whole.clone();
    (p.terms.rate, p.terms.budget) = (None, None);
    assert_eq!(invented(&p, Kind::Completion, at(40)), Vec::<String>::new());
    p.figures.clear();
    assert_eq!(invented(&p, Kind::Completion, at(40)), Vec::<String>::new());
    let text = report(&p, &Seen::default(), Kind::Completion, at(40)).markdown;
    assert!(
        text.contains("**3-year return**: not known; missing: the investment, the annual savings"),
        "{text}"
    );
}

#[test]
fn the_check_sees_what_is_invented() {
    let p = rich();
    let text = report(&p, &Seen::default(), Kind::Completion, at(40)).markdown;
    for (line, found) in
        [("- 4711 EUR", "4711"), ("- up 72.4 %", "72.4"), ("- 2026-03-03 09:01 UTC", "2026-03-03 09:01")]
    {
        assert_eq!(check(&p, Kind::Completion, at(40), &format!("{text}{line}\n")), [found]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn of_any_project(
        ends in prop::collection::vec((0..30_i64, 0..12_i64, any::<bool>()), 5),
        figures in prop::collection::vec((0..8_usize, 0..3_usize, 1_000..9_999_u32), 0..12),
        said in prop::collection::vec(10_000..99_999_u32, 0..6),
        rate in prop::option::of(1..2_000_u64),
        day in 0..45_i64,
    ) {
        let mut p = sample::begun();
        p.terms.rate = rate;
        for ((from, long, ended), task) in ends.into_iter().zip(["containers", "cluster", "pipeline", "monitoring", "logging"]) {
            if from > day {
                continue;
            }
            p.task_changed(task, TaskState::Running, "", at(from));
            if ended && from + long <= day {
                p.task_changed(task, TaskState::Done, "", at(from + long));
            }
        }
        for (name, epoch, value) in figures {
            let name = ["mttr", "uptime", "time-saved", "own", "investment", "annual-savings", "operational-cost", "infrastructure-spend"][name];
            let unit = if name == "operational-cost" { "EUR a month" } else if name == "uptime" { "%" } else { "EUR" };
            figure(&mut p, name, [Epoch::Before, Epoch::Now, Epoch::After][epoch], &format!("{value} {unit}"), 0);
        }
        for (n, number) in said.iter().enumerate() {
            let text = format!("said {number}");
            let step = match n % 3 {
                0 => Workflowed::Asked { by: "lead".into(), text },
                1 => Workflowed::Blocked { task: "cluster".into(), text, mitigation: String::new() },
                _ => Workflowed::HandedOver { task: "cluster".into(), text: format!("## Next\n- {text}\n") },
            };
            p.fold(&step, at(0));
        }
        for kind in [Kind::Weekly(1), Kind::Weekly(3), Kind::Completion] {
            prop_assert_eq!(invented(&p, kind, at(day)), Vec::<String>::new());
        }
    }
}
