//! `orchestra suggest`: what agents could do next.

use super::args::Suggest as Args;
use super::exit::Exit;
use super::{answer, out, place};
use crate::domain::command::Command;
use crate::domain::signal::printable;
use crate::domain::view::{Answer, Suggestions};

/// Prints suggestions for the agents named, for all without names.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let command = Command::Suggest { agents: args.agents };
    let answer = place::control(args.of.session.as_deref())?.ask(command)?;
    if let (true, false, Answer::Suggestions { suggestions }) = (args.full, args.of.json, &answer) {
        for one in suggestions {
            out::result(&format!("{}\n{}", text(std::slice::from_ref(one)), whole(one)))?;
        }
        return Ok(answer::verdict(&answer));
    }
    answer::show(answer, args.of.format())
}

/// The prompt, between two lines that are none of it.
fn whole(of: &Suggestions) -> String {
    if of.prompt.is_empty() {
        return format!("  there is no prompt: {}\n", printable(&of.unwritten));
    }
    let lines: Vec<String> = of.prompt.lines().map(printable).collect();
    format!("---- the prompt for {} ----\n{}\n---- end ----\n", of.agent, lines.join("\n"))
}

/// Suggestions for people.
pub(super) fn text(all: &[Suggestions]) -> String {
    let mut text = String::new();
    for s in all {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("{}\n", s.agent));
        match (s.why.is_empty(), s.points.is_empty()) {
            (false, _) => text.push_str(&format!("  its branch cannot be read: {}\n", printable(&s.why))),
            (true, true) => text.push_str("  nothing stands out\n"),
            (true, false) => {
                let points = s.points.iter().enumerate();
                text.extend(points.map(|(i, p)| format!("  {}. {}\n", i + 1, printable(p))));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentName;

    #[test]
    fn suggestions_are_numbered_by_agent() {
        let of = |agent: &str, points: &[&str], why: &str| Suggestions {
            agent: AgentName::new(agent).unwrap(),
            points: points.iter().map(|p| (*p).to_owned()).collect(),
            why: why.into(),
            prompt: String::new(),
            unwritten: String::new(),
        };
        let all = [of("SEC", &["one\u{1b}[2J", "two"], ""), of("OBS", &[], ""), of("QA", &[], "no branch")];
        let expected = "SEC\n  1. one [2J\n  2. two\n\nOBS\n  nothing stands out\n\n\
                        QA\n  its branch cannot be read: no branch\n";
        assert_eq!(text(&all), expected);
        let mut one = of("SEC", &[], "");
        one.unwritten = "no task".into();
        assert_eq!(whole(&one), "  there is no prompt: no task\n");
        one.prompt = "You are SEC.\n\u{1b}[2JGo.".into();
        assert_eq!(whole(&one), "---- the prompt for SEC ----\nYou are SEC.\n [2JGo.\n---- end ----\n");
    }
}
