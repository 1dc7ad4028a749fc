//! `orchestra verify`: what gates say of branches, or of what merging them would give.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::args::Verify as Args;
use super::exit::{Exit, Fail};
use super::table::{Side, Table};
use super::{answer, out, place};
use crate::client::Control;
use crate::domain::command::{Command, Subject};
use crate::domain::gates::{Part, Reuse};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::view::{Answer, GatingView, Verified};

/// How often what runs is looked at.
const PERIOD: Duration = Duration::from_millis(500);
/// Lines of a red gate's output that are shown.
const TAIL: usize = 10;

/// Runs gates and shows what they said.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let reuse = if args.again { Reuse::Never } else { Reuse::Known };
    let command = Command::Verify { subject: subject(args)?, gates: args.gates.clone(), reuse };
    let mut control = place::control(args.of.session.as_deref())?;
    let watcher = Control::connect(control.socket(), std::env::var(place::TOKEN_VAR).ok()).ok();
    let (over, ends) = channel::<()>();
    let watching = watcher.map(|watcher| std::thread::spawn(move || watch(watcher, &ends)));
    let answer = control.ask(command);
    drop(over);
    // It says nothing more once the result is printed.
    watching.map(std::thread::JoinHandle::join);
    answer::show(answer?, args.of.format())
}

fn subject(args: &Args) -> Result<Subject, Fail> {
    let what = &args.what;
    if what.iter().any(|w| w == "merged") {
        return match what.len() {
            1 if !args.open => Ok(Subject::Merged),
            _ => {
                Err(Fail::usage("verify: `merged` stands alone: it is what merging all ready branches gives"))
            }
        };
    }
    let name = |text: &String| AgentName::new(text).map_err(|e| Fail::usage(format!("verify: {e}")));
    let agents = what.iter().map(name).collect::<Result<_, _>>()?;
    Ok(if args.open { Subject::Open(agents) } else { Subject::Tips(agents) })
}

/// Says what runs whenever that changes, until the verification is over.
fn watch(mut control: Control, over: &Receiver<()>) {
    let mut said = BTreeMap::new();
    while over.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
        let Ok(Answer::Gating { jobs }) = control.ask(Command::Gating) else { return };
        for line in news(&mut said, &jobs) {
            out::progress(&line);
        }
    }
}

/// What is to be said of the jobs: once a part, and every half minute that it takes.
fn news(said: &mut BTreeMap<(String, String), (Part, u64)>, jobs: &[GatingView]) -> Vec<String> {
    let mut lines = Vec::new();
    for job in jobs {
        let key = (job.place.clone(), job.gate.clone());
        let now = (job.part, job.seconds / 30);
        if said.insert(key, now) == Some(now) || job.part == Part::Waiting {
            continue;
        }
        let last = job.tail.lines().last().unwrap_or_default();
        let since = if now.1 == 0 { String::new() } else { format!(" for {} s: {last}", job.seconds) };
        let line = format!("{} {}: {} {}{since}", job.place, job.oid.short(), job.part.word(), job.gate);
        lines.push(printable(&line));
    }
    lines
}

/// What gates said, for people.
pub(super) fn text(places: &[Verified]) -> String {
    let columns = [
        ("tested", Side::Left),
        ("commit", Side::Left),
        ("gate", Side::Left),
        ("verdict", Side::Left),
        ("took", Side::Right),
        ("remark", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for place in places {
        let commit = place.oid.as_ref().map_or("", |o| o.short());
        for g in &place.gates {
            table.row([
                place.place.clone(),
                commit.to_owned(),
                g.gate.clone(),
                g.word().to_owned(),
                answer::duration(g.ms),
                g.remark(),
            ]);
        }
        if !place.why.is_empty() {
            let (what, commit) = (place.place.clone(), commit.to_owned());
            let why = printable(&place.why);
            table.row([what, commit, String::new(), "not tested".into(), String::new(), why]);
        }
    }
    let mut text = table.render();
    for place in places.iter().filter(|p| !p.of.is_empty()) {
        let of: Vec<&str> = place.of.iter().map(AgentName::as_str).collect();
        text.push_str(&format!("{} is {}, in this order\n", place.place, of.join(", ")));
    }
    for place in places {
        for gate in place.gates.iter().filter(|g| !g.passed()) {
            let folder = Path::new("gates").join(&gate.record);
            text.push_str(&format!("{} {}, whole in {}:\n", place.place, gate.gate, folder.display()));
            let lines: Vec<&str> = gate.tail.lines().collect();
            for line in lines.iter().skip(lines.len().saturating_sub(TAIL)) {
                text.push_str(&format!("  {}\n", printable(line)));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::gates::Place;
    use crate::domain::id::Oid;
    use crate::domain::review::{GateResult, GateStatus};

    fn args(what: &[&str], open: bool) -> Args {
        let what = what.iter().map(|t| (*t).to_owned()).collect();
        Args { what, gates: vec![], open, again: false, of: Default::default() }
    }

    #[test]
    fn merged_stands_alone_and_names_are_names() {
        assert_eq!(subject(&args(&[], false)).unwrap(), Subject::Tips(vec![]));
        assert_eq!(subject(&args(&["merged"], false)).unwrap(), Subject::Merged);
        let sec = || vec![AgentName::new("SEC").unwrap()];
        assert_eq!(subject(&args(&["SEC"], false)).unwrap(), Subject::Tips(sec()));
        assert_eq!(subject(&args(&["SEC"], true)).unwrap(), Subject::Open(sec()));
        for (bad, open) in [(&["merged", "SEC"][..], false), (&["merged"], true), (&["9SEC"], false)] {
            assert_eq!(subject(&args(bad, open)).unwrap_err().exit, Exit::Usage);
        }
    }

    #[test]
    fn a_table_says_what_was_red_before_and_shows_the_end_of_what_is_red() {
        let sec = Place::Tip(AgentName::new("SEC").unwrap());
        let oid = Oid("c0ffee0000".into());
        let result = |gate: &str, status| GateResult {
            ms: 1500,
            tail: "one\ntwo \u{1b}[2J".into(),
            record: "7".into(),
            ..GateResult::new(gate, oid.clone(), status)
        };
        let before =
            GateResult { baseline: Some(GateStatus::Red), excused: true, ..result("lint", GateStatus::Red) };
        let green = GateResult { reused_from: Some("3".into()), ..result("build", GateStatus::Green) };
        let gates = vec![green, result("test", GateStatus::Red), before];
        let tested = Verified { oid: Some(oid.clone()), gates, ..Verified::new(&sec) };
        let none = Verified { why: "nothing is ready to merge".into(), ..Verified::new(&Place::Merged) };
        assert!(!tested.passed() && !none.passed());
        let shown = text(&[tested, none]);
        let expected = "\
tested  commit   gate   verdict      took  remark
SEC     c0ffee0  build  green       1.5 s  known of the same tree from gates/3
SEC     c0ffee0  test   red         1.5 s
SEC     c0ffee0  lint   red before  1.5 s  red on the base already
merged                  not tested         nothing is ready to merge
SEC test, whole in gates/7:
  one
  two  [2J
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn progress_is_said_once_a_part_and_every_half_minute() {
        let job = |part, seconds| GatingView {
            place: "SEC".into(),
            oid: Oid("c0ffee0000".into()),
            gate: "test".into(),
            part,
            since: String::new(),
            seconds,
            left: vec![],
            tail: "a\nb".into(),
        };
        let mut said = BTreeMap::new();
        assert_eq!(news(&mut said, &[job(Part::Waiting, 0)]), Vec::<String>::new());
        assert_eq!(news(&mut said, &[job(Part::Running, 0)]), ["SEC c0ffee0: runs test"]);
        assert_eq!(news(&mut said, &[job(Part::Running, 20)]), Vec::<String>::new());
        assert_eq!(news(&mut said, &[job(Part::Running, 31)]), ["SEC c0ffee0: runs test for 31 s: b"]);
        assert_eq!(news(&mut said, &[job(Part::Baseline, 1)]), ["SEC c0ffee0: base runs test"]);
    }
}
