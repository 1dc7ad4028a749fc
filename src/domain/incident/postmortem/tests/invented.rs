use super::*;
use crate::domain::incident::postmortem::scan::{Token, scan};

/// What the check says against a text in which `from` stands as `to`.
fn with(case: &Case, from: &str, to: &str) -> Vec<String> {
    let text = write(case, NONE);
    assert!(text.contains(from), "{from}\n{text}");
    check(&text.replacen(from, to, 1), case, NONE)
}

#[test]
fn what_is_invented_is_named_with_its_line() {
    let case = named("scale-out");
    for (from, to, says) in [
        ("1437 ms", "1473 ms", "the number 1473 is in none of the findings that the line names"),
        ("latency of api went", "latency of api, 73 % more, went", "the number 73 % is in none"),
        ("02:12:00 node.added", "02:13:00 node.added", "the time 02:13:00 is in none"),
        ("2026-03-14 02:14:00 |", "2026-03-15 02:14:00 |", "the time 2026-03-15 02:14:00 is in none"),
        ("of asg/web", "of asg/wob", "the name `asg/wob` is in no"),
        ("[db.connections.high@db/orders]", "[db.connections.high@db/order]", "is the id of no finding"),
        ("pod scheduled of api", "pod api-7f9c6d5b8-2xk4q of api", "the name `api-7f9c6d5b8-2xk4q`"),
        ("[report]", "At 5:10 PM it was felt. [report]", "the time 5:10 PM is in no"),
        ("[report]", "It was felt at 02:16 CET. [report]", "the time 02:16 CET is not in UTC"),
        ("[report]", "Eleven pods died. [report]", "the number Eleven is in no"),
        ("[report]", "1,204 users left. [report]", "the number 1,204 is in no"),
        ("[report]", "It cost 3.7k USD. [report]", "the number 3.7k is in no"),
        ("[report]", "٧٣ users left. [report]", "digits that cannot be compared"),
        ("[report]", "On 15 March it went on. [report]", "the date 15 March is in no"),
        ("[report]", "`orders-replica` lagged. [report]", "the name `orders-replica` is in no"),
        ("[report]", "dns.errors were seen. [report]", "the name `dns.errors` is in no"),
        ("[report]", "The network-agent saw it. [report]", "the name `network-agent` is in no"),
        ("[report]", "Version 2.33.1 was out. [report]", "the name `2.33.1` is in no"),
        ("**Priority.** P2", "**Priority.** P1", "the name `P1` is in no"),
        ("| platform team | P2 |", "| Alice Smith | P2 |", "the owner `Alice Smith` is neither"),
        ("| platform team | P2 |", "| platform team | P5 |", "the priority `P5` is none of"),
        ("| P2 | 2026-03-21 |", "| P2 | 2026-03-01 |", "is no due date on or after 2026-03-14"),
        ("| P2 | 2026-03-21 |", "| P2 | soon |", "`soon` is no due date"),
    ] {
        let told = with(&case, from, to);
        assert!(told.iter().any(|t| t.contains(says)), "{to}: {told:?}");
    }
}

#[test]
fn an_honest_text_of_another_hand_passes() {
    let case = named("scale-out");
    let text = "# API latency after a scale-out\n\n**Executive Summary.** At 02:10 UTC the group asg/web grew by five instances; about six \
minutes later, at 2:16 AM, requests to the api took 1.4 s instead of 178 ms, about 8 times as long. \
[autoscaling.scale_out@asg/web, api.latency.high@service/api]\n\
**Impact:** customers of the api saw high latency since 02:16. All times are simulated. [report]\n**Priority** P2 [triage]\n\n\
## Timeline\n\n- 2026-03-14 02:10:00 (finops-agent): asg/web scaled out by 5 instances [autoscaling.scale_out@asg/web]\n\
- 02:12, k8s-health-agent: nodes joined, among them `node/ip-10-0-1-7`,\n  two minutes later [node.added@node/ip-10-0-1-7, autoscaling.scale_out@asg/web]\n\
- 02:15 ±60 s: connections of db/orders rose from 60 to 113, by 53.1 [db.connections.high@db/orders]\n\n\
## Root Cause\n\nThe scale-out, with a confidence of SCORE. Nobody saw what triggered it. [autoscaling.scale_out@asg/web]\n\n\
## Contributing Factors\n\n1. Every new pod opens its own pool of connections. [pod.scheduled@service/api]\n2. The p95 was not alarmed on, e.g. per replica.\n\n\
## Recommendations\n\n- Act on the first cause; a pooler and/or smaller pools come second.\n\n\
## Action Items\n\n| Item | Owner | Priority | Due | Finding |\n|---|---|---|---|---|\n\
| Bound the scale-out step | platform team | P1 | 2026-03-16 | [autoscaling.scale_out@asg/web] |\n";
    let score = format!("{:.0} %", case.correlation.groups[0].roots[0].score * 100.0);
    let text = &text.replace("SCORE", &score);
    assert_eq!(check(text, &case, NONE), Vec::<String>::new());
    // The same figures where the line names other findings are not theirs.
    let told = check(
        &text.replacen("connections of db/orders rose", "latency rose", 1).replacen(
            "to 113, by 53.1 [db.connections.high@db/orders]",
            "to 113 [node.added@node/ip-10-0-1-7]",
            1,
        ),
        &case,
        NONE,
    );
    assert!(told.iter().any(|t| t.contains("the number 113 is in none")), "{told:?}");
}

#[test]
fn sections_are_there_once_in_order_and_not_empty() {
    let case = named("scale-out");
    let text = write(&case, NONE);
    for (from, to, says) in [
        (
            "## Contributing Factors",
            "### Contributing Factors",
            "the section Contributing Factors is missing",
        ),
        (
            "## Recommendations",
            "## Advice",
            "there is no section `Advice`; the sections are Timeline, Root Cause",
        ),
        ("## Recommendations", "## Root Cause", "the section Root Cause is there more than once"),
        ("**Impact.**", "**Effect.**", "the header says nothing under Impact"),
        ("## Action Items", "## Action Items\n<!--", "HTML comment"),
        ("simulated", "real", "the times are simulated"),
    ] {
        let told = check(&text.replace(from, to), &case, NONE);
        assert!(told.iter().any(|t| t.contains(says)), "{to}: {told:?}");
    }
    let (before, after) = text.split_once("## Contributing Factors").unwrap();
    let (_, after) = after.split_once("## Recommendations").unwrap();
    let told = check(
        &format!("{before}## Contributing Factors\n\n### Nothing\n\n## Recommendations{after}"),
        &case,
        NONE,
    );
    assert!(told.iter().any(|t| t.contains("Contributing Factors is empty")), "{told:?}");
    let told = check(
        &format!(
            "{before}## Recommendations\n\nx\n\n## Contributing Factors\n\nx\n{}",
            &after[after.find("## Action").unwrap()..]
        ),
        &case,
        NONE,
    );
    assert!(
        told.iter().any(|t| t.contains("the section Recommendations stands too late")
            || t.contains("Contributing Factors stands too late")),
        "{told:?}"
    );
    assert!(check("", &case, NONE).len() >= 8);
    // A statement without ids, and a root cause that is not the one the findings have.
    let told = check(&text.replace("[autoscaling.scale_out@asg/web]", ""), &case, NONE);
    assert!(told.iter().any(|t| t.contains("rests on nothing")), "{told:?}");
    let told =
        check(&text.replace("[autoscaling.scale_out@asg/web", "[node.added@node/ip-10-0-1-7"), &case, NONE);
    assert!(
        told.iter().any(|t| t.contains("the root cause says nothing of [autoscaling.scale_out@asg/web]")),
        "{told:?}"
    );
    assert!(told.iter().any(|t| t.contains("no action item is linked")) || told.len() > 1, "{told:?}");
    let open = named("undecided");
    let told = check(&write(&open, NONE).replace("ndecided", "ecided"), &open, NONE);
    assert!(told.iter().any(|t| t.contains("it is undecided between")), "{told:?}");
}

/// One digit, or one letter of a name, changed at a place that the seed chooses; nothing where that is no change.
fn mutated(text: &str, seed: u64) -> Option<(String, String)> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    let mut next = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % n
    };
    // Due dates and priorities of actions are for whoever writes to choose.
    let end = text.find("## Action Items").unwrap();
    let found = scan(&text[..end]);
    let facts: Vec<&str> = found
        .iter()
        .filter(|f| match f.token {
            Token::Word(w) => w.contains(['/', '@', '_']) || w.contains(|c: char| c.is_ascii_digit()),
            _ => true,
        })
        .map(|f| f.text)
        .collect();
    let word = facts[next(facts.len())];
    let start = word.as_ptr() as usize - text.as_ptr() as usize;
    let digits = word
        .bytes()
        .enumerate()
        .filter(|(_, b)| b.is_ascii_digit() || (b.is_ascii_lowercase() && word.contains('/')));
    let places: Vec<usize> = digits.map(|(i, _)| i).collect();
    let at = start + *places.get(next(places.len().max(1)))?;
    let old = text.as_bytes()[at];
    let new = if old.is_ascii_digit() {
        b'0' + (old - b'0' + 1 + u8::try_from(next(9)).unwrap()) % 10
    } else {
        b'a' + (old - b'a' + 1 + u8::try_from(next(25)).unwrap()) % 26
    };
    // A list's own number says nothing.
    let line = text[..at].rfind('\n').map_or(0, |i| i + 1);
    if text[line..=at].bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut changed = text.to_owned();
    changed.replace_range(at..=at, &char::from(new).to_string());
    Some((changed, format!("{word} at {}", start)))
}

#[test]
fn a_digit_or_a_letter_changed_anywhere_is_told() {
    let (mut caught, mut all, mut missed) = (0, 0, Vec::new());
    for dir in scenarios() {
        let case = scenario(&dir);
        let text = write(&case, NONE);
        for seed in 0..14 {
            let Some((changed, what)) = mutated(&text, seed + 1000 * all) else { continue };
            all += 1;
            if check(&changed, &case, NONE).is_empty() {
                missed.push(format!("{}: {what}", case.name));
            } else {
                caught += 1;
            }
        }
    }
    println!("{caught} of {all} mutations are told; missed: {missed:#?}");
    assert!(all >= 200 && caught * 100 >= all * 95, "{caught} of {all}: {missed:#?}");
}
