//! Answers to what a client asked for, shown to it alone.

use super::popup::Page;
use super::text::{Text, hint};
use super::view::{Mode, View};
use crate::domain::command::Order;
use crate::domain::review::{GateResult, GateStatus};
use crate::domain::signal::printable;
use crate::domain::state::Outcome;
use crate::domain::view::{Answer, Explained, Receipt, RunView, Status, Suggestions, Verified};

/// Shows the answer to a command that this view asked for: short ones at the foot, long ones as a text, the plan
/// of a merge as a question. What is being typed or written is not disturbed.
pub fn notify(view: &mut View, answer: &Answer) {
    match answer {
        Answer::Done { text } => view.say(line(text)),
        Answer::Fault { why, .. } => {
            view.merging = None;
            if super::incident::failed(view, why) {
                return;
            }
            super::diff::failed(view, &line(why));
            super::review::failed(view, &line(why));
            if super::composer::unrendered(view, why) || super::plan::refused(view, why) {
                return;
            }
            let text = view.sent.pending.take().filter(|text| view.draft.is_empty() && !text.is_empty());
            let kept = text.is_some();
            if let Some(text) = text {
                view.draft = text;
            }
            let kept = if kept {
                hint(view, "; the text is kept: ‹broadcast› goes on with it")
            } else {
                String::new()
            };
            view.complain(format!("failed to {}{kept}", line(why)));
        }
        Answer::Receipts { receipts } => receipts_came(view, receipts),
        Answer::Run(run) if run.run > 0 => {
            view.trial = None;
            view.say(line(&format!("{} runs: {} tasks", run.plan, run.tasks.len())));
        }
        Answer::Run(run) if super::plan::planned(view, run) => {}
        Answer::Run(run) => open(view, Page::new(format!("{}, if it ran", line(&run.plan)), run_lines(run))),
        Answer::Status(status) => open(view, Page::new("status", status_lines(status))),
        Answer::Pane(pane) => {
            let lines = pane.lines.iter().map(|l| Text::Plain(line(l))).collect();
            open(view, Page::new(format!("{} as text", pane.agent), lines));
        }
        Answer::Explained(why) => {
            open(view, Page::new(format!("why {} is {}", why.agent, why.state), explained(why)))
        }
        Answer::Rendered(r) if super::composer::rendered(view, r) => {}
        Answer::Rendered(r) => {
            let lines = r.text.lines().map(|l| Text::Plain(line(l))).collect();
            open(view, Page::new(format!("{} for {}", r.prompt, r.agent), lines));
        }
        // The review draws from the state, which has it by now.
        Answer::Review { reviews, .. } if reviews.is_empty() => view.say("there is no branch to review yet"),
        Answer::Review { tampering: Some(t), .. } => {
            let first = t.lines().first().map(|l| line(l.as_str())).unwrap_or_default();
            view.complain(format!("{first}; see `orchestra trust`"));
        }
        Answer::Review { reviews, .. } => view.say(format!("git was asked about {} branches", reviews.len())),
        Answer::Pr(pr) => {
            let lines = pr.text.lines().map(|l| Text::Plain(line(l))).collect();
            open(view, Page::new("pull request", lines));
        }
        Answer::Guard { tampering, .. } => {
            let lines = tampering.lines().iter().map(|l| Text::Plain(line(l))).collect();
            open(view, Page::new("shared git configuration", lines));
        }
        Answer::Diff(diff) => super::diff::answered(view, diff),
        Answer::Unmerged(found) => super::review::answered(view, found),
        Answer::Train(train) => super::train::answered(view, train),
        // What is open shows them as they end.
        Answer::Verified { places } if view.sheet.is_some() => verified_line(view, places),
        Answer::Verified { places } => open(view, Page::new("gates", verified_lines(places))),
        Answer::Query(q) => {
            view.say(line(&format!("query {} of {} is {}", q.query.id, q.query.from, q.stage.word())))
        }
        Answer::Incident(case) => super::incident::answered(view, case),
        // The tab draws from the state, which has it by now.
        Answer::Project(_) => {}
        Answer::Gating { .. }
        | Answer::Queries { .. }
        | Answer::Confirmations { .. }
        | Answer::History(_)
        | Answer::Briefing(_)
        | Answer::Findings(_)
        | Answer::Library(_) => {}
        Answer::Suggestions { suggestions } => {
            open(view, Page::new("suggestions", suggestion_lines(suggestions)));
        }
    }
}

fn verified_line(view: &mut View, places: &[Verified]) {
    let bad: Vec<String> = places
        .iter()
        .filter(|p| !p.passed())
        .map(|p| {
            if p.why.is_empty() {
                format!("{} {}", p.place, gates(&p.gates))
            } else {
                format!("{}: {}", p.place, p.why)
            }
        })
        .collect();
    if bad.is_empty() {
        view.say("all gates are green");
    } else {
        view.complain(line(&bad.join(" · ")));
    }
}

fn verified_lines(places: &[Verified]) -> Vec<Text> {
    let mut lines = Vec::new();
    for place in places {
        let commit = place.oid.as_ref().map_or("", |o| o.short());
        let said = if place.why.is_empty() { gates(&place.gates) } else { place.why.clone() };
        lines.push(Text::Plain(line(&format!("{:<12} {commit:<8} {said}", place.place))));
        for gate in place.gates.iter().filter(|g| !g.remark().is_empty()) {
            lines.push(Text::Plain(line(&format!("  {}: {}", gate.gate, gate.remark()))));
        }
    }
    lines
}

fn line(text: &str) -> String {
    printable(text).trim_end().to_owned()
}

/// Opens a text unless that would take keys away from something else.
fn open(view: &mut View, page: Page) {
    match view.mode {
        Mode::Normal | Mode::Page(_) => {
            view.message = None;
            view.mode = Mode::Page(Box::new(page));
        }
        _ => view.say(format!("{} is there: ask again once you are done here", page.title)),
    }
}

/// What was sent is followed at the foot from now on.
fn receipts_came(view: &mut View, receipts: &[Receipt]) {
    if receipts.is_empty() {
        return view.complain("nobody took it");
    }
    let text = view.sent.pending.take().filter(|_| receipts.iter().all(|r| r.dispatch == 0));
    if let Some(text) = text.filter(|text| view.draft.is_empty() && !text.is_empty()) {
        view.draft = text;
    }
    let refused = receipts.iter().find(|r| r.outcome == Some(Outcome::Refused) && r.dispatch == 0);
    if view.sent.came(receipts) {
        // What stood there would hide what is told from now on.
        view.message = None;
        if let (Some(r), 1) = (refused, receipts.len()) {
            view.complain(format!("{} refused: {}", r.agent, line(&r.why)));
        }
    } else if let Some(bad) = receipts.iter().find(|r| r.outcome != Some(Outcome::Submitted)) {
        let word = bad.outcome.map_or("on its way", Outcome::word);
        view.complain(format!("{} {word}: {}", bad.agent, line(&bad.why)));
    }
}

fn suggestion_lines(all: &[Suggestions]) -> Vec<Text> {
    let of = |s: &Suggestions| {
        let points = s.points.iter().enumerate().map(|(i, p)| format!("  {}. {}", i + 1, line(p)));
        let unread = (!s.why.is_empty()).then(|| format!("  its branch cannot be read: {}", line(&s.why)));
        let none = (s.why.is_empty() && s.points.is_empty()).then(|| "  nothing stands out".to_owned());
        [s.agent.to_string()].into_iter().chain(points).chain(unread).chain(none).collect::<Vec<_>>()
    };
    all.iter().flat_map(of).map(Text::Plain).collect()
}

fn run_lines(run: &RunView) -> Vec<Text> {
    let order = match run.order {
        Order::Broadcast => "all at once",
        Order::Staged => "stage by stage",
    };
    let mut lines = vec![Text::Head(format!("{} tasks, {order}", run.tasks.len()))];
    lines.extend(run.tasks.iter().map(|t| {
        let text = format!("{:>2} {:<10} {:<8} {:<18} {}", t.stage, t.agent, t.state.word(), t.prompt, t.why);
        Text::Plain(line(&text))
    }));
    lines
}

fn status_lines(status: &Status) -> Vec<Text> {
    let mut lines = vec![
        Text::Pair("session".into(), line(&status.session)),
        Text::Pair("record".into(), line(&status.dir)),
        Text::Pair("repository".into(), line(&status.repository)),
    ];
    lines.extend(status.agents.iter().map(|a| {
        let text = match a.branch.as_str() {
            "" => format!("{:<10} {:<9} {}", a.name, a.state, a.need),
            branch => {
                format!("{:<10} {:<9} {branch:<20} ↑{} ↓{} {}", a.name, a.state, a.ahead, a.behind, a.need)
            }
        };
        Text::Plain(line(&text))
    }));
    lines
}

fn explained(why: &Explained) -> Vec<Text> {
    let since = why.age_ms / 1000;
    let pair = |k: &str, v: &str| Text::Pair(k.into(), line(v));
    let mut lines = vec![
        pair("state", why.state.word()),
        pair("rule", if why.rule.is_empty() { "none: nothing trustworthy was seen" } else { &why.rule }),
        pair("matched", if why.evidence.is_empty() { "–" } else { &why.evidence }),
        pair("source", if why.source.is_empty() { "–" } else { &why.source }),
        pair("for", &format!("{}:{:02} min", since / 60, since % 60)),
    ];
    if why.pinned.is_some() {
        lines.push(pair("pinned", "by hand, until it is taken off or the program ends"));
    }
    for (i, other) in why.losers.iter().enumerate() {
        let text = format!("{} by {} ({}): {}", other.state, other.rule, other.source, other.evidence);
        lines.push(pair(if i == 0 { "stronger than" } else { "" }, &text));
        lines.push(pair("", &format!("  {}", other.why)));
    }
    lines
}

/// Gates in a few characters: `build✔ test✘`.
pub(super) fn gates(results: &[GateResult]) -> String {
    let mark = |g: &GateResult| match g.status {
        GateStatus::Green => format!("{}✔", g.gate),
        GateStatus::Red => format!("{}✘", g.gate),
        GateStatus::Timeout => format!("{} late", g.gate),
        GateStatus::Error => format!("{} error", g.gate),
    };
    let all: Vec<String> = results.iter().map(mark).collect();
    if all.is_empty() { "–".into() } else { line(&all.join(" ")) }
}
