//! Figures that are worked out: by hand, and what is missing where something is.

use super::kit::{at, completion, figure};
use crate::domain::workflow::project::{Epoch, Project, sample};
use crate::domain::workflow::report::impact::Row;
use crate::domain::workflow::report::{Kind, report};
use crate::domain::workflow::watch::Seen;

fn row(p: &Project, section: &str, name: &str) -> Row {
    let c = completion(p, 40);
    let section = c.impact.iter().find(|s| s.name == section).unwrap();
    section.rows.iter().find(|r| r.name == name).cloned().unwrap()
}

#[test]
fn a_change_is_worked_out_of_two_figures_of_one_unit() {
    let mut p = sample::complete();
    let r = row(&p, "efficiency", "deployment-frequency");
    assert_eq!((r.change.as_str(), r.judged.as_str()), ("up 100 %", "better"));
    assert_eq!(r.give, ["orchestra workflow figure deployment-frequency VALUE --after"][..0]);
    for (name, before, after, section, change, judged) in [
        ("mttr", "45 min", "12 min", "reliability", "down 73.3 %", "better"),
        ("uptime", "99.2 %", "99.95 %", "reliability", "up 0.75 percentage points", "better"),
        ("error-rate", "0.4%", "0.5 %", "performance", "up 0.1 percentage points", "worse"),
        ("throughput", "400 req/s", "400 req / s", "performance", "unchanged", "same"),
        ("security-incidents", "0 a year", "2 a year", "security", "up 2 /year", "worse"),
        ("cost-per-transaction", "0.02 EUR", "0.015 EUR", "cost", "down 25 %", "better"),
    ] {
        figure(&mut p, name, Epoch::Before, before, 0);
        assert_eq!(row(&p, section, name).change, "", "{name}: one figure is no change");
        figure(&mut p, name, Epoch::After, after, 22);
        let r = row(&p, section, name);
        assert_eq!((r.change.as_str(), r.judged.as_str()), (change, judged), "{name}");
        assert_eq!((r.before.unwrap().value, r.after.unwrap().value), (before.to_owned(), after.to_owned()));
    }
    figure(&mut p, "lead-time", Epoch::Before, "2 d", 0);
    figure(&mut p, "lead-time", Epoch::After, "4 h", 22);
    let r = row(&p, "efficiency", "lead-time");
    assert_eq!((r.change.as_str(), r.judged.as_str()), ("not computed: the units differ", ""));
    // One figure, a word, and a name of its own.
    figure(&mut p, "time-saved", Epoch::Now, "12 h a week", 22);
    assert!(row(&p, "efficiency", "time-saved").single);
    figure(&mut p, "cache-hits", Epoch::Before, "few", 0);
    figure(&mut p, "cache-hits", Epoch::After, "many", 22);
    assert!(row(&p, "other", "cache-hits").change.starts_with("not computed: it takes a plain number"));
}

#[test]
fn a_missing_figure_has_its_command_and_no_number() {
    let p = sample::complete();
    let r = row(&p, "reliability", "mttr");
    assert_eq!((r.before, r.after, r.change.as_str()), (None, None, ""));
    let both = ["--before", "--after"].map(|when| format!("orchestra workflow figure mttr VALUE {when}"));
    assert_eq!(r.give, both);
    let written = report(&p, &Seen::default(), Kind::Completion, at(40)).markdown;
    let line = written.lines().find(|l| l.starts_with("- MTTR")).unwrap();
    assert_eq!(line, format!("- MTTR: not given → not given: `{}`, `{}`", both[0], both[1]));
}

#[test]
fn returns_are_worked_out_of_what_was_given() {
    let mut p = sample::complete();
    let of = |p: &Project| completion(p, 40).returns;
    let r = of(&p);
    // Without more, only the time of specialists is known.
    assert_eq!(r.investment.value, "19,200 EUR");
    assert!(r.investment.how.ends_with("infrastructure is not in it: not given"), "{}", r.investment.how);
    assert_eq!(
        (r.savings.value.as_str(), r.payback.value.as_str(), r.three_years.value.as_str()),
        ("", "", "")
    );
    assert_eq!(r.payback.missing, ["the annual savings"]);

    figure(&mut p, "infrastructure-spend", Epoch::Now, "$1,800", 20);
    let c = completion(&p, 40);
    assert_eq!(c.overview.cost.total.missing, ["the two are not of one currency"]);
    figure(&mut p, "infrastructure-spend", Epoch::Now, "1800", 21);
    let c = completion(&p, 40);
    assert_eq!(c.overview.cost.total.value, "21,000 EUR");
    assert_eq!(c.overview.cost.total.how, "19,200 EUR for specialists + 1,800 EUR for infrastructure");
    assert_eq!(c.returns.investment.value, "21,000 EUR");

    // 9000 − 5500 a month is 42,000 a year; 21,000 are back after half of one; (3 × 42,000 − 21,000) ÷ 21,000 is 5.
    figure(&mut p, "operational-cost", Epoch::Before, "9000 EUR a month", 0);
    figure(&mut p, "operational-cost", Epoch::Now, "9800 EUR a month", 21);
    let r = of(&p);
    assert_eq!(r.savings.value, "-9,600 EUR");
    assert_eq!(r.savings.how, "operational cost before 9,000 EUR − now 9,800 EUR a month × 12");
    figure(&mut p, "operational-cost", Epoch::After, "5500 EUR/month", 22);
    let r = of(&p);
    assert_eq!(r.savings.value, "42,000 EUR");
    assert_eq!(r.savings.how, "operational cost before 9,000 EUR − after 5,500 EUR a month × 12");
    assert_eq!((r.payback.value.as_str(), r.three_years.value.as_str()), ("6 months", "500 %"));
    assert_eq!(r.payback.how, "21,000 EUR ÷ 42,000 EUR a year × 12");
    assert_eq!(r.three_years.how, "(3 × 42,000 EUR − 21,000 EUR) ÷ 21,000 EUR");

    // What was given goes before what is worked out.
    figure(&mut p, "investment", Epoch::Now, "24000 EUR", 22);
    figure(&mut p, "annual-savings", Epoch::Now, "36,000 EUR a year", 22);
    let r = of(&p);
    assert_eq!((r.investment.how.as_str(), r.savings.how.as_str()), ("given by lead", "given by lead"));
    assert_eq!((r.payback.value.as_str(), r.three_years.value.as_str()), ("8 months", "350 %"));

    for (name, value, investment, savings) in [
        ("annual-savings", "0 EUR", "24,000 EUR", "0 EUR"),
        ("annual-savings", "30 % a year", "24,000 EUR", ""),
        ("annual-savings", "3000 EUR a month", "24,000 EUR", ""),
        ("investment", "a lot", "", ""),
        ("investment", "0 EUR", "0 EUR", ""),
    ] {
        figure(&mut p, name, Epoch::Now, value, 22);
        let r = of(&p);
        assert_eq!(
            (r.investment.value.as_str(), r.savings.value.as_str()),
            (investment, savings),
            "{name} {value}"
        );
        assert_eq!((r.payback.value.as_str(), r.payback.missing.is_empty()), ("", false), "{name} {value}");
        if savings.is_empty() || investment.is_empty() || investment == "0 EUR" {
            assert_eq!(
                (r.three_years.value.as_str(), r.three_years.missing.is_empty()),
                ("", false),
                "{value}"
            );
        }
    }
}

#[test]
fn savings_need_a_time_that_the_unit_says() {
    let mut p = sample::complete();
    p.terms.rate = None;
    let r = completion(&p, 40).returns;
    assert_eq!(
        (r.investment.value.as_str(), r.investment.missing.as_slice()),
        ("", ["what was put in".to_owned()].as_slice())
    );
    for (before, after, saved) in [
        ("9000 EUR", "5500 EUR", ""),
        ("9000 EUR a year", "5500 EUR a year", "3,500 EUR"),
        ("9000 EUR a year", "5500 USD a year", ""),
        ("9000 EUR a month", "5500 EUR a year", ""),
        ("90 % a month", "5 % a month", ""),
        ("9 h a month", "5 h a month", ""),
    ] {
        figure(&mut p, "operational-cost", Epoch::Before, before, 0);
        figure(&mut p, "operational-cost", Epoch::After, after, 22);
        let r = completion(&p, 40).returns;
        assert_eq!(r.savings.value, saved, "{before} {after}");
        assert_eq!(r.savings.missing.is_empty(), !saved.is_empty());
        assert_eq!(r.payback.value, "");
    }
}
