use unicode_width::UnicodeWidthStr;

use super::*;
use crate::domain::workflow::catalogue::Catalogue;
use crate::domain::workflow::fit::fit;
use crate::domain::workflow::knowledge::Knowledge;
use crate::domain::workflow::pattern::Pattern;
use crate::domain::workflow::plan::{Options, Planned};
use crate::domain::workflow::project::sample;
use crate::domain::workflow::schedule::schedule;

fn plans() -> Vec<Planned> {
    let (catalogue, knowledge) = (Catalogue::built_in(), Knowledge::built_in());
    let options = Options { providers: vec!["aws".into()], production: true, ..Options::default() };
    Pattern::built_in().iter().map(|p| fit(p, &catalogue, &knowledge, &options).unwrap()).collect()
}

#[test]
fn bars_stand_where_their_days_are() {
    let plan = sample::plan();
    let text = gantt(&plan, &schedule(&plan.tasks), 60, Ink::Ascii);
    let expected = "\
week                      1         2          3          4
Phase build
  containers (docker)     #######   |          |          |
  cluster (kubernetes)           ###########   |          |
  pipeline (cicd)                   |       #########     |
Phase watch
  monitoring (monitoring)           |          |     #######
  logging (observability)           |          |     =====..
# must not be late  = may be later, as far as .
";
    assert_eq!(text, expected);
    assert!(!gantt(&Planned::default(), &schedule(&[]), 80, Ink::Unicode).is_empty());
}

#[test]
fn bars_fit_the_line() {
    for width in [40, 80, 200] {
        for plan in plans() {
            let s = schedule(&plan.tasks);
            for ink in [Ink::Unicode, Ink::Ascii] {
                let text = gantt(&plan, &s, width, ink);
                assert!(text.lines().all(|l| l.width() <= width), "{width}\n{text}");
                assert!(ink == Ink::Unicode || text.is_ascii(), "{text}");
                for task in &plan.tasks {
                    let start: String = format!("  {}", task.id).chars().take(13).collect();
                    assert!(text.lines().any(|l| l.starts_with(&start)), "{}\n{text}", task.id);
                }
            }
        }
    }
}

#[test]
fn mermaid_gets_a_gantt_it_can_read() {
    let mut plan = sample::plan();
    plan.tasks[1].title = "The cluster: a#b; c, %%{init}".into();
    let text = mermaid(&plan, &schedule(&plan.tasks), "2026-03-02");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["gantt", "    title A sample"]);
    assert_eq!(lines[4], "    section Phase build");
    assert_eq!(lines[5], "    The containers (docker-specialist) :crit, t-containers, 2026-03-02, 120h");
    assert_eq!(
        lines[6],
        "    The cluster a b c {init} (kubernetes-specialist) :crit, t-cluster, after t-containers, 168h"
    );
    assert_eq!(lines[10], "    The logging (observability-specialist) :t-logging, after t-pipeline, 72h");
    // A task stands behind those it comes after, or Mermaid does not know them.
    for plan in plans() {
        let text = mermaid(&plan, &schedule(&plan.tasks), "2026-03-02");
        assert_eq!(text.matches(" :").count(), plan.tasks.len());
    }
}

#[test]
fn graphviz_gets_a_digraph_it_can_read() {
    let mut plan = sample::plan();
    plan.tasks[1].title = "a \"b\" \\ c\u{1b}[31m".into();
    let text = dot(&plan, &schedule(&plan.tasks));
    assert!(text.starts_with("digraph \"sample\" {\n") && text.ends_with("}\n"), "{text}");
    assert!(
        text.contains(r#""cluster" [label="a \"b\" \\ c [31m\nkubernetes-specialist, 1w", style=bold];"#),
        "{text}"
    );
    assert!(text.contains("\"containers\" -> \"cluster\" [style=bold];"), "{text}");
    assert!(text.contains("\"pipeline\" -> \"logging\";"), "{text}");
    assert!(text.contains("\"monitoring\" -> \"cluster\" [style=dashed"), "{text}");
    for plan in plans() {
        let text = dot(&plan, &schedule(&plan.tasks));
        let quotes = text.replace("\\\"", "").matches('"').count();
        assert!(quotes.is_multiple_of(2) && text.matches('{').count() == text.matches('}').count(), "{text}");
        assert_eq!(text.matches("subgraph").count(), plan.phases.len());
    }
}

#[test]
fn what_waits_for_the_hands_of_its_specialist_is_shown() {
    let mut plan = sample::plan();
    plan.tasks[4].agent = plan.tasks[3].agent.clone();
    let times = schedule(&plan.tasks);
    // 25 days instead of 22, and one bar begins where the other ends.
    let text = gantt(&plan, &times, 60, Ink::Ascii);
    let bar = |id: &str| {
        let line = text.lines().find(|l| l.trim_start().starts_with(id)).unwrap();
        (line.find('#').unwrap(), line.rfind('#').unwrap())
    };
    assert_eq!((times.length, bar("monitoring").1 + 1), (25 * 24, bar("logging").0));
    let text = mermaid(&plan, &times, "2026-03-02");
    assert!(text.contains("crit, t-logging, after t-pipeline t-monitoring, 72h"), "{text}");
    let text = dot(&plan, &times);
    let arrow = "\"monitoring\" -> \"logging\" [style=\"dashed,bold\", label=\"the same specialist\"];";
    assert!(text.contains(arrow), "{text}");
}
