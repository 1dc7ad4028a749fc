use super::*;
use crate::domain::incident::correlate::{How, Timestamps, WINDOW, correlate, correlate_how};
use crate::domain::incident::finding::{Bounds, Finding, read};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;

const FINDINGS: &str = r#"
{"id":"scale","source":"finops","at":"2026-03-14T02:10:00Z","kind":"autoscaling.scale_out","entities":["asg/web"],"summary":"s"}
{"id":"node","source":"k8s","at":"2026-03-14T02:12:00Z","kind":"node.added","entities":["asg/web","node/n1"],"summary":"s"}
{"id":"pods","source":"k8s","at":"2026-03-14T02:14:00Z","kind":"pod.scheduled","entities":["node/n1","deployment/api"],"summary":"s"}
{"id":"conn","source":"rds","at":"2026-03-14T02:15:00Z","kind":"db.connections.high","entities":["db/orders","deployment/api"],"summary":"s"}
{"id":"other","source":"rds","at":"2026-03-14T02:15:00Z","kind":"db.restarted","entities":["db/old"],"summary":"s"}
"#;

const TRUTH: &str = r#"
title = "t"
route = []
root = "scale"
finding = [
  { id = "scale", at = "2026-03-14T02:10:00Z" }, { id = "node", at = "2026-03-14T02:12:00Z" },
  { id = "pods", at = "2026-03-14T02:14:00Z" }, { id = "conn", at = "2026-03-14T02:15:00Z" },
  { id = "other", at = "2026-03-14T02:15:00Z" }, { id = "gone", at = "2026-03-14T02:15:00Z" },
]
pair = [
  { a = "scale", b = "node", class = "causal" }, { a = "node", b = "pods", class = "causal" },
  { a = "pods", b = "conn", class = "causal" }, { a = "conn", b = "other", class = "independent" },
]
"#;

fn findings() -> Vec<Finding> {
    read(FINDINGS, &Bounds { kinds: &Kinds::built_in(), now: None, window: None }).0
}

fn found(timestamps: Timestamps) -> Correlation {
    let how = How { window_s: WINDOW, timestamps };
    correlate_how(&findings(), &Mechanisms::built_in(), &Kinds::built_in(), how)
}

#[test]
fn what_is_said_is_counted_against_what_is_true() {
    let all = found(Timestamps::Used);
    assert_eq!(all, correlate(&findings(), &Mechanisms::built_in(), &Kinds::built_in(), WINDOW));
    let whole = score(&all, &Truth::read(TRUTH).unwrap());
    assert_eq!(whole.classes.all(), Count { right: 4, said: 4, labelled: 4 });
    assert_eq!((whole.links.found.len(), whole.links.count().f1()), (3, 1.0));
    assert_eq!((whole.roots.verdict, &whole.roots.said), (Verdict::Right, &vec![vec!["scale".to_owned()]]));
    // The same answer against another truth: each way to be wrong once.
    let other = TRUTH
        .replace("\"scale\", b = \"node\", class = \"causal\"", "\"node\", b = \"scale\", class = \"causal\"")
        .replace("\"node\", b = \"pods\", class = \"causal\"", "\"scale\", b = \"pods\", class = \"causal\"")
        .replace(
            "\"pods\", b = \"conn\", class = \"causal\"",
            "\"pods\", b = \"conn\", class = \"correlated\"",
        )
        .replace("\"other\", class = \"independent\"", "\"gone\", class = \"causal\"")
        .replace("root = \"scale\"", "root = \"node\"");
    let wrong = score(&all, &Truth::read(&other).unwrap());
    let got: Vec<Said> = wrong.pairs.iter().map(|p| p.got).collect();
    assert_eq!(got, [Said::Reversed, Said::Implied, Said::Causal, Said::Absent]);
    assert_eq!(wrong.classes.causal, Count { right: 0, said: 3, labelled: 3 });
    assert_eq!(wrong.classes.correlated, Count { right: 0, said: 0, labelled: 1 });
    assert_eq!((wrong.links.missed.len(), wrong.links.independent.len()), (3, 0));
    assert_eq!((wrong.links.invented.len(), wrong.roots.verdict), (3, Verdict::Wrong));
    let sums = Scores::of([&whole, &wrong]);
    assert_eq!(
        (sums.of, sums.roots_right, sums.classes.all()),
        (2, 1, Count { right: 4, said: 7, labelled: 8 })
    );
}

#[test]
fn without_the_step_of_times_specialists_stand_alone() {
    let left = score(&found(Timestamps::Left), &Truth::read(TRUTH).unwrap());
    let one = |from: &str, to: &str| Between { from: from.to_owned(), to: to.to_owned() };
    assert_eq!(left.links.found, [one("node", "pods")]);
    assert_eq!(left.links.independent, [one("scale", "node"), one("pods", "conn")]);
    assert_eq!(left.links.invented, []);
    assert_eq!(left.roots.verdict, Verdict::Wrong);
}

#[test]
fn undecided_several_and_no_roots_are_told_apart() {
    let line = |id: &str, at: &str, kind: &str, on: &str| {
        format!(
            "{{\"id\":\"{id}\",\"source\":\"k8s\",\"at\":\"2026-03-14T{at}Z\",\"kind\":\"{kind}\",\"entities\":[\"{on}\"],\"summary\":\"s\"}}\n"
        )
    };
    let two = line("a", "02:00:00", "deploy.started", "service/x")
        + &line("b", "02:01:00", "config.changed", "service/x")
        + &line("c", "02:05:00", "api.errors.high", "service/x");
    let apart =
        line("a", "02:00:00", "job.failed", "job/x") + &line("b", "02:00:00", "cost.idle", "volume/y");
    let of = |text: &str, root: &str| {
        let kinds = Kinds::built_in();
        let list = read(text, &Bounds { kinds: &kinds, now: None, window: None }).0;
        let at = "at = \"2026-03-14T02:00:00Z\"";
        let known: Vec<String> = list.iter().map(|f| format!("{{ id = \"{}\", {at} }}", f.id)).collect();
        let truth = format!("title = \"t\"\nroute = []\n{root}\nfinding = [{}]\n", known.join(", "));
        score(&correlate(&list, &Mechanisms::built_in(), &kinds, WINDOW), &Truth::read(&truth).unwrap())
            .roots
            .verdict
    };
    assert_eq!(of(&two, "root = \"undecided\"\ncandidates = [\"a\", \"b\"]"), Verdict::Right);
    assert_eq!(of(&two, "root = \"undecided\"\ncandidates = [\"a\", \"c\"]"), Verdict::Wrong);
    assert_eq!(of(&two, "root = \"a\""), Verdict::Undecided);
    assert_eq!(of(&two, "root = \"c\""), Verdict::Wrong);
    assert_eq!(of(&two, ""), Verdict::Wrong);
    assert_eq!(of(&apart, "roots = [\"a\", \"b\"]"), Verdict::Right);
    assert_eq!(of(&apart, ""), Verdict::Right);
    assert_eq!(of(&apart, "root = \"undecided\"\ncandidates = [\"a\", \"b\"]"), Verdict::Wrong);
}

#[test]
fn a_truth_that_contradicts_itself_is_refused() {
    for (right, wrong, why) in [
        ("root = \"scale\"", "root = \"nothing\"", "`nothing` is none of its findings"),
        ("root = \"scale\"", "root = \"undecided\"", "`candidates` are two or more"),
        ("root = \"scale\"", "root = \"scale\"\nroots = [\"node\"]", "`root` and `roots`"),
        ("a = \"node\"", "a = \"node\", c = 1", "unknown field"),
        ("\"node\", b = \"pods\"", "\"node\", b = \"scale\"", "twice"),
        ("\"independent\"", "\"unrelated\"", "unrelated"),
    ] {
        let told = Truth::read(&TRUTH.replace(right, wrong)).unwrap_err();
        assert!(told.contains(why), "{told}");
    }
}
