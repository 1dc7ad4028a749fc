//! `orchestra status`: who does what.

use std::io::{self, IsTerminal};
use std::time::Duration;

use super::args::Status as Args;
use super::exit::Exit;
use super::table::{Side, Table};
use super::{answer, out, place};
use crate::domain::command::Command;
use crate::domain::record::Recording;
use crate::domain::review::GateStatus;
use crate::domain::signal::printable;
use crate::domain::usage::Usage;
use crate::domain::view::{AgentView, Answer, ClientView, GateView, GatingView, Status};

/// How often a watched status is looked up.
const PERIOD: Duration = Duration::from_secs(1);

/// Shows the status, once or whenever it changes.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut control = place::control(args.of.session.as_deref())?;
    let answer = control.ask(Command::Status)?;
    if !args.watch {
        return answer::show(answer, args.of.format());
    }
    let paints = io::stdout().is_terminal() && !args.of.json;
    let mut last: Option<Answer> = None;
    let mut next = answer;
    loop {
        if last.as_ref() != Some(&next) {
            if paints {
                out::result("\x1b[H\x1b[2J\x1b[3J")?;
            }
            answer::show(next.clone(), args.of.format())?;
            last = Some(next);
        }
        std::thread::sleep(PERIOD);
        next = control.ask(Command::Status)?;
    }
}

/// Tokens, and money where the program says it.
fn used(usage: &Usage) -> String {
    let usd = |m: u64| format!(" ${}.{:02}", m / 1_000_000, m % 1_000_000 / 10_000);
    usage.short() + &usage.micro_usd.map(usd).unwrap_or_default()
}

/// A status for people.
pub(super) fn text(s: &Status) -> String {
    let columns = [
        ("agent", Side::Left),
        ("state", Side::Left),
        ("role", Side::Left),
        ("branch", Side::Left),
        ("ahead", Side::Right),
        ("behind", Side::Right),
        ("tree", Side::Left),
        ("gates", Side::Left),
        ("tokens", Side::Right),
        ("pid", Side::Right),
        ("last", Side::Left),
    ];
    let mut table = Table::new(&columns);
    // Columns that are empty for everybody are left out.
    let of_branch = |a: &AgentView, text: String| if a.branch.is_empty() { String::new() } else { text };
    for a in &s.agents {
        table.row([
            a.name.to_string(),
            state(a),
            a.role.clone(),
            a.branch.clone(),
            of_branch(a, a.ahead.to_string()),
            of_branch(a, a.behind.to_string()),
            of_branch(a, if a.dirty { "dirty" } else { "clean" }.to_owned()),
            gates(a),
            a.usage.as_ref().map_or(String::new(), used),
            a.pid.map_or(String::new(), |p| p.to_string()),
            a.last_activity.as_deref().map_or(String::new(), clock),
        ]);
    }
    let about = [&s.session, &s.target, &s.repository].map(String::as_str);
    let about: Vec<&str> = about.into_iter().filter(|t| !t.is_empty()).collect();
    let mut text = format!("{}\n{}", about.join(" · "), table.render());
    for a in &s.agents {
        if !a.need.is_empty() {
            text.push_str(&format!("{} needs you: {}\n", a.name, printable(&a.need)));
        }
    }
    for a in s.agents.iter().filter(|a| !a.task.is_empty()) {
        text.push_str(&format!("{}: {}\n", a.name, printable(&a.task)));
    }
    for q in &s.queries {
        let (id, from, to, how) = (q.query.id, &q.query.from, &q.query.to, q.stage.word());
        text.push_str(&format!("query {id}, {from} to {to}, {how}: {}\n", printable(&q.query.message)));
    }
    for line in s.unrecorded.iter().map(Recording::line) {
        text.push_str(&format!("NOT RECORDED: {}\n", printable(&line)));
    }
    for line in s.tampering.iter().flat_map(|t| t.lines()) {
        text.push_str(&format!("{line}\n"));
    }
    for run in &s.runs {
        text.push_str(&format!("run {}: {}\n", run.run, printable(&super::run::progress(run))));
        if !run.review.is_empty() {
            text.push_str(&format!("review after run {}: {}\n", run.run, printable(&run.review)));
        }
    }
    let red: Vec<&str> =
        s.base.iter().filter(|g| g.status == GateStatus::Red).map(|g| g.gate.as_str()).collect();
    if !red.is_empty() {
        text.push_str(&format!("red on {} already: {}\n", s.target, red.join(", ")));
    }
    text.push_str(&gating_text(&s.gating));
    for client in &s.clients {
        text.push_str(&attached(client));
    }
    if let Some(offer) = &s.offer {
        text.push_str(&format!(
            "{}: send ORCHESTRATOR the prompt with `orchestra send ORCHESTRATOR --prompt {}`\n",
            printable(&offer.why),
            offer.prompt
        ));
    }
    // A recording's names, branches and paths may be a stranger's.
    text.lines().map(|l| printable(l) + "\n").collect()
}

/// Who is attached, and where they look.
fn attached(c: &ClientView) -> String {
    let at = c.agent.as_ref().map_or(String::new(), |agent| match c.typing {
        true => format!(", types into {agent}"),
        false => format!(", at {agent}"),
    });
    let looks = if c.read_only { ", read-only" } else { "" };
    format!("attached: {} ({}×{}{looks}){at}\n", printable(&c.name), c.cols, c.rows)
}

/// The gates that run now.
pub(super) fn gating_text(jobs: &[GatingView]) -> String {
    let line = |j: &GatingView| {
        let last = j.tail.lines().last().map(|l| format!(": {}", printable(l))).unwrap_or_default();
        let left = if j.left.is_empty() { String::new() } else { format!(", then {}", j.left.join(", ")) };
        let (place, part) = (&j.place, j.part.word());
        format!("{place} {}: {part} {} for {} s{left}{last}\n", j.oid.short(), j.gate, j.seconds)
    };
    jobs.iter().map(line).collect()
}

/// The gates known at an agent's tip: those that are not green by name, else how many are.
fn gates(agent: &AgentView) -> String {
    let bad = agent.gates.iter().filter(|g| g.status != GateStatus::Green);
    let before = |g: &GateView| if g.baseline == Some(g.status) { " before" } else { "" };
    let bad: Vec<String> = bad.map(|g| format!("{} {}{}", g.gate, g.status.word(), before(g))).collect();
    match (bad.is_empty(), agent.gates.len()) {
        (true, 0) => String::new(),
        (true, n) => format!("{n} green"),
        (false, _) => bad.join(", "),
    }
}

/// The state, since a person's word or until when.
fn state(a: &AgentView) -> String {
    match &a.until {
        Some(until) => format!("{} until {}", a.state, clock(until).chars().take(5).collect::<String>()),
        None if a.pinned => format!("{} (pinned)", a.state),
        None => a.state.to_string(),
    }
}

/// The clock time of an RFC 3339 moment in the user's own zone.
pub(super) fn clock(moment: &str) -> String {
    match moment.parse::<jiff::Timestamp>() {
        Ok(at) => at.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M:%S").to_string(),
        Err(_) => moment.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentName;
    use crate::domain::state::AgentState;
    use crate::domain::view::{GateView, OfferView};

    #[test]
    fn a_row_an_agent_and_what_waits_for_a_human() {
        let agent = |name: &str, state, need: &str| AgentView {
            name: AgentName::new(name).unwrap(),
            role: "Engineer".into(),
            task: String::new(),
            state,
            pinned: state == AgentState::Idle,
            until: None,
            need: need.into(),
            branch: format!("agent-{name}"),
            worktree: "/w".into(),
            pid: None,
            head: None,
            ahead: 2,
            behind: 0,
            dirty: true,
            last_activity: None,
            usage: (state == AgentState::Idle).then(|| Usage {
                input: 12_345,
                output: 55,
                micro_usd: Some(1_239_000),
                ..Usage::default()
            }),
            reasons: vec![],
            tampered: String::new(),
            gates: vec![GateView {
                gate: "build".into(),
                status: GateStatus::Red,
                baseline: None,
                excused: false,
            }],
        };
        let status = Status {
            gating: vec![],
            base: vec![],
            session: "sprint".into(),
            dir: "/s".into(),
            server_pid: 1,
            repository: "/r".into(),
            target: "main".into(),
            agents: vec![agent("SEC", AgentState::Asking, "permission"), agent("QA", AgentState::Idle, "")],
            runs: vec![],
            tampering: None,
            clients: vec![],
            confirmations: vec![],
            queries: vec![],
            unrecorded: vec![Recording { agent: None, lost: 0, why: "No space left on device".into() }],
            offer: Some(OfferView { prompt: "review".into(), why: "wrap-up has ended".into() }),
        };
        let expected = "sprint · main · /r\n\
            agent  state          role      branch     ahead  behind  tree   gates           tokens\n\
            SEC    asking         Engineer  agent-SEC      2       0  dirty  build red\n\
            QA     idle (pinned)  Engineer  agent-QA       2       0  dirty  build red  12.4k $1.23\n\
            SEC needs you: permission\n\
            NOT RECORDED: the journal cannot be written: No space left on device\n\
            wrap-up has ended: send ORCHESTRATOR the prompt with `orchestra send ORCHESTRATOR --prompt review`\n";
        assert_eq!(text(&status), expected);
    }
}
