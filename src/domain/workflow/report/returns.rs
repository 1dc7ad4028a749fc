//! What a project cost and what it gives back: worked out from figures that were given, each shown with its formula.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amount::{amount, grouped, plain};
use super::impact::after;
use super::look::{Given, Look, give};
use crate::domain::workflow::project::Epoch;
use crate::domain::workflow::span::DAY;
use crate::domain::workflow::track::money;

/// Months of a year.
const MONTHS: f64 = 12.0;
/// Years of the return.
const YEARS: f64 = 3.0;

/// Something that was worked out, or why it was not.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Worked {
    /// The result with its unit; empty: it could not be worked out.
    pub value: String,
    /// How, with the figures that went in; empty where it could not.
    pub how: String,
    /// What is missing for it.
    pub missing: Vec<String>,
    /// The commands that give it.
    pub give: Vec<String>,
}

/// What it cost.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// The time of specialists.
    pub specialists: Worked,
    /// The infrastructure while the project ran.
    pub infrastructure: Worked,
    /// Both.
    pub total: Worked,
    /// What it might cost, in words; empty: not said.
    pub budget: String,
}

/// What comes back.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Returns {
    /// What was put in.
    pub investment: Worked,
    /// What is saved in a year.
    pub savings: Worked,
    /// Months until what was put in has come back.
    pub payback: Worked,
    /// The return over three years, in percent of what was put in.
    pub three_years: Worked,
}

/// An amount of money.
#[derive(Clone, PartialEq, Debug)]
struct Money {
    number: f64,
    decimals: usize,
    /// The currency; empty: nobody said.
    currency: String,
    /// What it is for, such as `month`; empty: in all.
    per: String,
}

impl Money {
    /// A figure as money; one without a currency is in the project's.
    fn of(given: &Given, currency: &str) -> Option<Self> {
        let read = amount(&given.value)?;
        let (unit, per) = read.unit.split_once('/').unwrap_or((&read.unit, ""));
        let unit = unit.trim();
        // `EUR a month` has one word before the slash; more are no currency.
        if unit.contains(' ') || ["%", "h", "d", "min", "s", "ms", "week", "month", "year"].contains(&unit) {
            return None;
        }
        let own = if unit.is_empty() { currency.to_uppercase() } else { unit.to_uppercase() };
        Some(Self { number: read.number, decimals: read.decimals, currency: own, per: per.trim().to_owned() })
    }

    fn whole(number: f64, currency: &str) -> Self {
        Self { number, decimals: 0, currency: currency.to_uppercase(), per: String::new() }
    }

    fn text(&self) -> String {
        format!("{} {}", grouped(self.number, self.decimals.min(2)), self.currency).trim_end().to_owned()
    }

    /// Both together; none where they are not of one currency.
    fn with(&self, other: &Self, by: impl Fn(f64, f64) -> f64) -> Option<Self> {
        let same = self.currency == other.currency && self.per == other.per;
        same.then(|| Self {
            number: by(self.number, other.number),
            decimals: self.decimals.max(other.decimals),
            ..self.clone()
        })
    }
}

fn missing(what: &str, give: Vec<String>) -> Worked {
    Worked { missing: vec![what.to_owned()], give, ..Worked::default() }
}

/// What the project cost so far.
pub(super) fn cost(look: &Look<'_>) -> Cost {
    let (specialists, time) = specialists(look);
    let (infrastructure, spent) = infrastructure(look);
    let total = match (&time, &spent) {
        (Some(t), Some(s)) => match t.with(s, |a, b| a + b) {
            Some(sum) => {
                worked(&sum, format!("{} for specialists + {} for infrastructure", t.text(), s.text()))
            }
            None => missing("the two are not of one currency", Vec::new()),
        },
        _ => {
            let both = [(&specialists, "the time of specialists"), (&infrastructure, "infrastructure")];
            let lack = both.iter().filter(|(w, _)| w.value.is_empty());
            Worked { missing: lack.map(|(_, what)| (*what).to_owned()).collect(), ..Worked::default() }
        }
    };
    let terms = &look.project.terms;
    let budget = terms.budget.map(|b| money(b, &terms.currency));
    Cost { specialists, infrastructure, total, budget: budget.unwrap_or_default() }
}

fn worked(money: &Money, how: String) -> Worked {
    Worked { value: money.text(), how, ..Worked::default() }
}

/// The time of specialists by the day rate.
fn specialists(look: &Look<'_>) -> (Worked, Option<Money>) {
    let terms = &look.project.terms;
    let Some(rate) = terms.rate else {
        return (missing("what a specialist costs a day", Vec::new()), None);
    };
    let Some(spent) = look.tracking.spent else {
        return (missing("what the tasks took", Vec::new()), None);
    };
    // Exact up to 2^53, far beyond any budget.
    #[allow(clippy::cast_precision_loss)]
    let spent = Money::whole(spent as f64, &terms.currency);
    let hours: u64 = look.tracking.tasks.iter().filter_map(|t| t.took).map(u64::from).sum();
    let how = format!("{} of work at {} a day", days(hours), money(rate, &terms.currency));
    (worked(&spent, how), Some(spent))
}

/// Hours as days.
pub(super) fn days(hours: u64) -> String {
    match (hours / u64::from(DAY), hours % u64::from(DAY)) {
        (0, h) => format!("{h} h"),
        (d, 0) => format!("{d} d"),
        (d, h) => format!("{d} d {h} h"),
    }
}

fn infrastructure(look: &Look<'_>) -> (Worked, Option<Money>) {
    let name = "infrastructure-spend";
    let Some(given) = look.latest(name) else {
        return (missing("what the infrastructure cost while the project ran", vec![give(name)]), None);
    };
    match Money::of(&given, &look.project.terms.currency).filter(|m| m.per.is_empty()) {
        Some(money) => (worked(&money, format!("given by {}", given.by)), Some(money)),
        None => (missing(&format!("`{}` is no amount of money in all", given.value), vec![give(name)]), None),
    }
}

/// What comes back.
pub(super) fn returns(look: &Look<'_>, cost: &Cost) -> Returns {
    let (investment, put_in) = investment(look, cost);
    let (savings, saved) = savings(look);
    let mut lack = Vec::new();
    if put_in.is_none() {
        lack.push("the investment".to_owned());
    }
    if saved.is_none() {
        lack.push("the annual savings".to_owned());
    }
    let none = Worked { missing: lack, ..Worked::default() };
    let (payback, three_years) = match (put_in, saved) {
        (Some(i), Some(s)) if i.currency != s.currency => {
            let no = missing("investment and savings are not of one currency", Vec::new());
            (no.clone(), no)
        }
        (Some(i), Some(s)) if i.number > 0.0 => (payback(&i, &s), three_years(&i, &s)),
        (Some(_), Some(_)) => {
            let no = missing("an investment above nothing", Vec::new());
            (no.clone(), no)
        }
        _ => (none.clone(), none),
    };
    Returns { investment, savings, payback, three_years }
}

fn payback(invested: &Money, saved: &Money) -> Worked {
    if saved.number <= 0.0 {
        return missing("savings above nothing: as it is, nothing comes back", Vec::new());
    }
    let months = invested.number / saved.number * MONTHS;
    Worked {
        value: format!("{} months", plain(months, 1)),
        how: format!("{} ÷ {} a year × {MONTHS}", invested.text(), saved.text()),
        ..Worked::default()
    }
}

fn three_years(invested: &Money, saved: &Money) -> Worked {
    let share = (YEARS * saved.number - invested.number) / invested.number * 100.0;
    let (i, s) = (invested.text(), saved.text());
    Worked {
        value: format!("{} %", plain(share, 1)),
        how: format!("({YEARS} × {s} − {i}) ÷ {i}"),
        ..Worked::default()
    }
}

/// What was put in: as it was given, else what the project cost.
fn investment(look: &Look<'_>, cost: &Cost) -> (Worked, Option<Money>) {
    let currency = &look.project.terms.currency;
    if let Some(given) = look.latest("investment") {
        return match Money::of(&given, currency).filter(|m| m.per.is_empty()) {
            Some(money) => (worked(&money, format!("given by {}", given.by)), Some(money)),
            None => {
                let what = format!("`{}` is no amount of money in all", given.value);
                (missing(&what, vec![give("investment")]), None)
            }
        };
    }
    let (_, time) = specialists(look);
    let (_, spent) = infrastructure(look);
    match (time, spent) {
        (Some(t), Some(s)) => match t.with(&s, |a, b| a + b) {
            Some(sum) => (worked(&sum, cost.total.how.clone()), Some(sum)),
            None => (missing("its parts are not of one currency", vec![give("investment")]), None),
        },
        (Some(t), None) => {
            let how = format!("{}; infrastructure is not in it: not given", cost.specialists.how);
            (Worked { give: cost.infrastructure.give.clone(), ..worked(&t, how) }, Some(t))
        }
        _ => (missing("what was put in", vec![give("investment")]), None),
    }
}

/// What is saved in a year: as it was given, else by the operational cost before and after.
fn savings(look: &Look<'_>) -> (Worked, Option<Money>) {
    let currency = &look.project.terms.currency;
    let name = "annual-savings";
    if let Some(given) = look.latest(name) {
        let money = Money::of(&given, currency);
        let how = format!("given by {}", given.by);
        return match money {
            Some(m) if m.per.is_empty() || m.per == "year" => {
                let m = Money { per: String::new(), ..m };
                (worked(&m, how), Some(m))
            }
            _ => {
                (missing(&format!("`{}` is no amount of money a year", given.value), vec![give(name)]), None)
            }
        };
    }
    let cost = "operational-cost";
    let before = look.figure(cost, Epoch::Before).and_then(|g| Money::of(&g, currency));
    let after = after(look, cost).and_then(|g| Some((Money::of(&g, currency)?, g.epoch)));
    let (Some(b), Some((a, epoch))) = (before, after) else {
        return (missing("what is saved in a year", vec![give(name)]), None);
    };
    let (times, unit) = match b.per.as_str() {
        "month" => (MONTHS, "month"),
        "year" => (1.0, "year"),
        _ => {
            let what = "what is saved in a year: the operational cost says neither `a month` nor `a year`";
            return (missing(what, vec![give(name)]), None);
        }
    };
    let Some(less) = b.with(&a, |b, a| (b - a) * times) else {
        return (missing("operational costs of one unit before and after", vec![give(name)]), None);
    };
    let less = Money { per: String::new(), ..less };
    let in_all = if times > 1.0 { format!(" × {times}") } else { String::new() };
    let of = if epoch == Epoch::After { "after" } else { "now" };
    let how = format!("operational cost before {} − {of} {} a {unit}{in_all}", b.text(), a.text());
    (worked(&less, how), Some(less))
}
