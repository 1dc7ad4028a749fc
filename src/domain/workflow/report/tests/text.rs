//! What agents and people wrote stays text, and reports are made of anything.

use proptest::prelude::*;

use super::kit::{at, figure};
use crate::domain::record::Workflowed;
use crate::domain::state::TaskState;
use crate::domain::workflow::project::{Cause, Epoch, Project, Stage, Verdict, sample};
use crate::domain::workflow::report::{Kind, TEMPLATES, markdown, report, told};
use crate::domain::workflow::watch::Seen;

const KINDS: [Kind; 3] = [Kind::Weekly(1), Kind::Milestone, Kind::Completion];
/// What a hostile text tries.
const NASTY: &str = "</li><script>alert(1)</script> **x** # Week 9 | `a` [l](http://e) \u{1b}[31m\u{202e} {{ 7*7 }} & ' \" \\";

/// A project in which every text of somebody is `text`.
fn saying(text: &str) -> Project {
    let mut p = sample::begun();
    let t = || text.to_owned();
    (p.name, p.context.request, p.ended) = (t(), t(), t());
    p.plan.title = t();
    p.task_changed("containers", TaskState::Running, "", at(0));
    let line = text.replace('\n', " ");
    let handover = format!(
        "## Done\n- {line}\n- # Week 9\n## Decisions\n- {line}: {line}\n## Risks\n- {line}: {line}\n## Next\n- {line}\n\
         ## Handover\n- {line}: {line}\n"
    );
    p.fold(&Workflowed::HandedOver { task: "containers".into(), text: handover }, at(1));
    p.task_changed("containers", TaskState::Done, "", at(1));
    p.task_changed("cluster", TaskState::Running, text, at(1));
    p.fold(&Workflowed::Percent { task: "cluster".into(), percent: 3, note: t() }, at(1));
    p.fold(&Workflowed::Held { task: "cluster".into(), reasons: vec![t()] }, at(1));
    p.fold(&Workflowed::Blocked { task: "cluster".into(), text: t(), mitigation: t() }, at(1));
    p.fold(&Workflowed::Asked { by: t(), text: t() }, at(1));
    p.fold(&Workflowed::Escalated { cause: Cause::Outage, key: t(), evidence: vec![t()] }, at(1));
    figure(&mut p, "mttr", Epoch::Now, text, 1);
    figure(&mut p, text, Epoch::Before, text, 1);
    let (work, review) = ("cluster".into(), "monitoring".into());
    p.fold(
        &Workflowed::Judged { work, review, round: 1, verdict: Verdict::Again, feedback: vec![t()] },
        at(1),
    );
    p
}

#[test]
fn hostile_texts_are_neither_markup_nor_headings_nor_control() {
    let mut p = saying(NASTY);
    for closed in [false, true] {
        if closed {
            p.fold(&Workflowed::Closed { stage: Stage::Closed, why: NASTY.into() }, at(2));
        }
        for kind in KINDS {
            let w = report(&p, &Seen::default(), kind, at(2));
            assert!(!w.markdown.contains("Failed to"), "{}", w.markdown);
            assert!(w.markdown.chars().chain(w.html.chars()).all(|c| c == '\n' || !c.is_control()));
            assert!(!w.markdown.contains('\u{202e}') && !w.html.contains('\u{202e}'));
            assert!(!w.markdown.contains("<script") && !w.html.contains("<script"));
            assert!(!w.html.contains("<a ") && !w.html.contains("<b>x</b>") && !w.html.contains("49"));
            let headings =
                |text: &str, mark: &str| text.lines().filter(|l| l.trim_start().starts_with(mark)).count();
            let plain = report(&saying("plain"), &Seen::default(), kind, at(2));
            assert_eq!(headings(&w.markdown, "#"), headings(&plain.markdown, "#"));
            assert_eq!(w.html.matches("<h").count(), plain.html.matches("<h").count());
            assert_eq!(w.html.matches("<table").count(), 0);
            for tag in ["ul", "li", "p", "h1", "h2", "h3", "code", "b"] {
                let (open, shut) = (format!("<{tag}>"), format!("</{tag}>"));
                assert_eq!(
                    w.html.matches(&open).count(),
                    w.html.matches(&shut).count(),
                    "{tag} in {}",
                    w.html
                );
            }
        }
    }
}

#[test]
fn a_template_of_ones_own_takes_the_place_of_one() {
    let r = told(&sample::ninth_day(), &Seen::default(), Kind::Weekly(2), at(9));
    assert_eq!(TEMPLATES.map(|(name, _)| name)[0], r.template());
    let own = "# {{ head.project }}: {{ weekly.in_progress | length }} under way, {{ weekly.from | when }}\n";
    assert_eq!(markdown(&r, Some(own)).unwrap(), "# shop: 1 under way, 2026-03-09 09:00 UTC\n");
    let why = markdown(&r, Some("{{ head.nothing.at.all }}")).unwrap_err();
    assert!(why.starts_with("fill in the template workflow-weekly.md"), "{why}");
    let endless = "{% for a in range(10000) %}{% for b in range(10000) %}{{ b }}{% endfor %}{% endfor %}";
    assert!(markdown(&r, Some(endless)).is_err());
}

/// Something that happens to a project.
fn happens() -> impl Strategy<Value = (u8, usize, i64, String)> {
    let moment = prop_oneof![-3..60_i64, Just(i64::MAX / sample::DAY / 2), Just(-40_000)];
    (any::<u8>(), 0..6_usize, moment, ".{0,12}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn nothing_panics_and_pages_are_whole(
        steps in prop::collection::vec(happens(), 0..25),
        day_ms in prop_oneof![Just(1), Just(1000), Just(sample::DAY), Just(i64::MAX)],
        week in prop_oneof![0..6_u32, Just(u32::MAX)],
        now in prop_oneof![0..40_i64, Just(-9)],
    ) {
        let mut p = sample::begun();
        p.day_ms = day_ms;
        for (what, task, day, text) in steps {
            let when = sample::START.saturating_add(day.saturating_mul(sample::DAY));
            let id = ["containers", "cluster", "pipeline", "monitoring", "logging", "none"][task].to_owned();
            let states = [TaskState::Queued, TaskState::Sent, TaskState::Running, TaskState::Done, TaskState::Failed, TaskState::Skipped];
            let step = match what % 12 {
                0..5 => {
                    p.task_changed(&id, states[usize::from(what / 12) % 6], &text, when);
                    continue;
                }
                5 => Workflowed::Percent { task: id, percent: what, note: text },
                6 => Workflowed::HandedOver { task: id, text: format!("## Done\n- {text}\n## Risks\n- {text}\n") },
                7 => Workflowed::Blocked { task: id, text, mitigation: String::new() },
                8 => Workflowed::Unblocked { id: u32::from(what / 12), by: String::new() },
                9 => {
                    let name = ["investment", "annual-savings", "mttr", "operational-cost"][usize::from(what / 12) % 4];
                    let epoch = [Epoch::Before, Epoch::Now, Epoch::After][task % 3];
                    let value = if what > 128 { format!("{day} EUR a month") } else { text };
                    Workflowed::Figure { name: name.into(), epoch, value, by: "x".into() }
                }
                10 => Workflowed::Asked { by: id, text },
                _ => Workflowed::Closed { stage: Stage::Closed, why: text },
            };
            p.fold(&step, when);
        }
        for kind in [Kind::Weekly(week), Kind::Milestone, Kind::Completion] {
            let now = sample::START + now * sample::DAY;
            let w = report(&p, &Seen::default(), kind, now);
            prop_assert!(!w.markdown.contains("Failed to"), "{}", w.markdown);
            prop_assert_eq!(w.html.matches("<ul>").count(), w.html.matches("</ul>").count());
            prop_assert_eq!(w.html.matches("<li>").count(), w.html.matches("</li>").count());
            prop_assert_eq!(&w, &report(&p, &Seen::default(), kind, now));
        }
    }
}
