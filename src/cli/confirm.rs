//! `orchestra confirm`: what a person says to calls that wait for one.

use super::args::Confirm;
use super::exit::Exit;
use super::{answer, place};
use crate::domain::command::{Command, Confirming, Silence};
use crate::domain::signal::printable;
use crate::domain::view::ConfirmView;

/// Lists or answers.
pub(super) fn run(args: Confirm) -> anyhow::Result<Exit> {
    let (of, what) = match args {
        Confirm::List(of) => (of, Confirming::List),
        Confirm::Yes(a) => (a.of, Confirming::Yes { id: a.id }),
        Confirm::No(a) => (a.of, Confirming::No { id: a.id }),
    };
    answer::show(place::control(of.session.as_deref())?.ask(Command::Confirm(what))?, of.format())
}

/// What waits, for people.
pub(super) fn text(open: &[ConfirmView]) -> String {
    if open.is_empty() {
        return "nothing waits for a person\n".into();
    }
    let mut text = String::new();
    for c in open {
        let left = answer::duration(c.left_ms);
        let time = match c.silence {
            Silence::No => format!("{left} left"),
            Silence::Yes => format!("goes ahead in {left} unless a person says no"),
        };
        text.push_str(&printable(&format!("{}  {} ({}, {time}): {}", c.id, c.caller, c.tool, c.title)));
        text.push('\n');
        for line in &c.lines {
            text.push_str(&format!("   {}\n", printable(line)));
        }
    }
    text.push_str("answer with `orchestra confirm yes ID` or `orchestra confirm no ID`\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::Caller;
    use crate::domain::id::AgentName;

    #[test]
    fn what_waits_is_listed_with_its_consequence() {
        assert_eq!(text(&[]), "nothing waits for a person\n");
        let open = ConfirmView {
            id: 3,
            caller: Caller::Pane(AgentName::orchestrator()),
            tool: "stop_agent".into(),
            title: "Stop SEC\u{1b}[2J".into(),
            lines: vec!["Its program (pid 7) is ended.".into()],
            asked: String::new(),
            left_ms: 61_500,
            silence: Silence::No,
        };
        let route = ConfirmView { silence: Silence::Yes, ..open.clone() };
        assert!(
            text(&[route])
                .starts_with("3  ORCHESTRATOR (stop_agent, goes ahead in 61 s unless a person says no): ")
        );
        assert_eq!(
            text(&[open]),
            "3  ORCHESTRATOR (stop_agent, 61 s left): Stop SEC [2J\n   Its program (pid 7) is ended.\n\
             answer with `orchestra confirm yes ID` or `orchestra confirm no ID`\n"
        );
    }
}
