//! The command line: one file a subcommand, and the exit statuses.
//!
//! Architecture invariant: standard output carries results and nothing else; everything said to
//! people beside them goes to standard error. Without a terminal nothing prompts or paints.

pub mod answer;
pub mod args;
mod attach;
mod clean;
mod confirm;
mod demo;
mod diff;
mod doctor;
mod down;
mod events;
pub mod exit;
mod explain;
mod export;
mod file;
mod finding;
mod hook;
mod import;
mod incident;
mod init;
pub mod keymap;
mod keys;
mod ls;
mod matrix;
mod mcp;
mod merge;
mod out;
mod own;
pub mod paths;
mod place;
mod pr;
mod prompt;
mod read;
mod ready;
mod replay;
mod report;
mod restart;
mod review;
mod run;
pub mod schema;
mod search;
mod send;
mod serve;
mod status;
mod suggest;
pub mod table;
mod talk;
mod task;
mod trust;
mod unmerged;
mod up;
mod verify;
mod wait;
mod workflow;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

use self::args::{Cli, Cmd};
use self::exit::Exit;
use crate::domain::command::Command;
use crate::domain::view::Answer;
use crate::server::Wake;

/// Runs the program: reads the arguments, does what they say, and gives the exit status.
#[must_use]
pub fn run() -> ExitCode {
    let read = Cli::command().try_get_matches();
    let (cli, json) = match read.and_then(|m| Ok((Cli::from_arg_matches(&m)?, wants_json(&m)))) {
        Ok(read) => read,
        // No hook may fail an agent, not even one that is called wrongly.
        Err(_) if std::env::args_os().nth(1).is_some_and(|a| a == "hook") => return Exit::Done.into(),
        Err(e) => {
            // A closed pipe is no reason to fail once more.
            let _ = e.print();
            return if e.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    match dispatch(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let exit = exit::exit_of(&error);
            if json {
                // Who cannot be told reads the status.
                let _ = out::json(&Answer::Fault { fault: exit.fault(), why: format!("{error:#}") });
            }
            out::failed(&error);
            exit.into()
        }
    }
}

/// Whether one object is expected.
fn wants_json(matches: &ArgMatches) -> bool {
    let own = matches.try_get_one::<bool>("json").ok().flatten().copied().unwrap_or(false);
    own || matches.subcommand().is_some_and(|(_, below)| wants_json(below))
}

/// Every page of the help as one Markdown text: what `docs/cli.md` holds.
#[must_use]
pub fn reference() -> String {
    let mut text =
        String::from("# Command line\n\nThis page is what `orchestra help` prints; a test keeps it true.\n");
    text.push_str(
        "Exit statuses stand in the first section, the objects of `--json` in [json.md](json.md).\n",
    );
    let mut root = Cli::command().term_width(100).color(clap::ColorChoice::Never);
    root.build();
    page(&mut root, &mut text);
    text
}

fn page(command: &mut clap::Command, text: &mut String) {
    let title = command.get_bin_name().unwrap_or("orchestra").to_owned();
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    text.push_str(&format!("\n## `{title}`\n\n```text\n{}\n```\n", help.join("\n").trim_end()));
    for sub in command.get_subcommands_mut().filter(|s| !s.is_hide_set() && s.get_name() != "help") {
        page(sub, text);
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<Exit> {
    let agent_command = |a: args::OneAgent, make: fn(crate::domain::id::AgentName) -> Command| {
        answer::show(place::control(a.of.session.as_deref())?.ask(make(a.agent))?, a.of.format())
    };
    match cli.command {
        None => attach::here(),
        Some(Cmd::Demo(a)) => demo::run(a),
        Some(Cmd::Init(a)) => init::run(a),
        Some(Cmd::Up(a)) => up::run(&a),
        Some(Cmd::Attach(a)) => attach::run(&a),
        Some(Cmd::Keymap(a)) => keymap::run(&a),
        Some(Cmd::Ls(a)) => ls::run(&a),
        Some(Cmd::Down(a)) => down::run(&a),
        Some(Cmd::Clean(a)) => clean::run(&a),
        Some(Cmd::Reset) => attach::reset(),
        Some(Cmd::Status(a)) => status::run(&a),
        Some(Cmd::Explain(a)) => agent_command(a, |agent| Command::Explain { agent }),
        Some(Cmd::Pin(a)) => {
            let command = Command::Pin { agent: a.agent, state: a.state };
            answer::show(place::control(a.of.session.as_deref())?.ask(command)?, a.of.format())
        }
        Some(Cmd::Read(a)) => read::run(a),
        Some(Cmd::Keys(a)) => keys::run(a),
        Some(Cmd::Prompt(a)) => prompt::run(a),
        Some(Cmd::Send(a)) => send::run(a),
        Some(Cmd::Suggest(a)) => suggest::run(a),
        Some(Cmd::Run(a)) => run::run(a),
        Some(Cmd::Task(a)) => task::run(a),
        Some(Cmd::Wait(a)) => wait::run(a),
        Some(Cmd::Ready(a)) => ready::run(a),
        Some(Cmd::Skip(a)) => {
            let one = args::OneAgent { agent: a.agent, of: a.of };
            agent_command(
                one,
                if a.off { |agent| Command::TakeBack { agent } } else { |agent| Command::Skip { agent } },
            )
        }
        Some(Cmd::Reasons(a)) => agent_command(a, |agent| Command::SendReasons { agent }),
        Some(Cmd::Review(a)) => review::run(a),
        Some(Cmd::Diff(a)) => diff::run(a),
        Some(Cmd::Verify(a)) => verify::run(&a),
        Some(Cmd::Merge(a)) => merge::run(&a),
        Some(Cmd::Pr(a)) => pr::run(&a),
        Some(Cmd::Trust(a)) => trust::run(&a),
        Some(Cmd::Stop(a)) => agent_command(a, |agent| Command::Stop { agent }),
        Some(Cmd::Restart(a)) => restart::run(a),
        Some(Cmd::Doctor(a)) => doctor::run(&a),
        Some(Cmd::Replay(a)) => replay::run(&a),
        Some(Cmd::Search(a)) => search::run(&a),
        Some(Cmd::Export(a)) => export::run(&a),
        Some(Cmd::Import(a)) => import::run(&a),
        Some(Cmd::Report(a)) => report::run(&a),
        Some(Cmd::Ask(a)) => talk::ask(a),
        Some(Cmd::Answer(a)) => talk::answer(a),
        Some(Cmd::Queries(a)) => talk::queries(a),
        Some(Cmd::State(a)) => talk::state(a),
        Some(Cmd::Complete(a)) => talk::complete(a),
        Some(Cmd::Briefing(a)) => talk::briefing(a),
        Some(Cmd::Confirm(a)) => confirm::run(a),
        Some(Cmd::Events(a)) => events::run(a),
        Some(Cmd::Mcp(a)) => mcp::run(&a),
        Some(Cmd::Finding(a)) => finding::run(a),
        Some(Cmd::Incident(a)) => incident::run(a),
        Some(Cmd::Workflow(a)) => workflow::run(a),
        Some(Cmd::Hook(a)) => Ok(hook::run(a)),
        Some(Cmd::Hold) => Ok(Exit::Code(crate::hold::run())),
        Some(Cmd::RunGate { line }) => Ok(Exit::Code(crate::hold::run_command(&line))),
        Some(Cmd::Serve(a)) => serve::run(&a.dir, if a.lost { Wake::Lost } else { Wake::Up }),
        Some(Cmd::Rehearse(a)) => Ok(Exit::Code(crate::rehearse::run(a))),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_contract_parses() {
        for line in [
            "orchestra",
            "orchestra demo --headless --keep /tmp/d --speed 4",
            "orchestra init --preset default --profile shell --force",
            "orchestra up --session s --detach",
            "orchestra attach s",
            "orchestra ls --json",
            "orchestra down s",
            "orchestra clean s --record",
            "orchestra reset",
            "orchestra status --watch --json",
            "orchestra pin SEC idle",
            "orchestra pin SEC --off --json",
            "orchestra explain SEC",
            "orchestra diff SEC src/a.rs --open --stat --json",
            "orchestra suggest SEC --json",
            "orchestra run enhancement --prompt suggested --dry-run",
            "orchestra read SEC --lines 40 --json",
            "orchestra keys SEC C-c Enter",
            "orchestra prompt list --json",
            "orchestra prompt show enhance-sec",
            "orchestra prompt render SEC wrap-up --session s --json",
            "orchestra prompt lint",
            "orchestra send SEC stage:2 focus:security --text hello --wait --json",
            "orchestra send all --prompt wrap-up",
            "orchestra send all --file -",
            "orchestra run enhancement --order staged --focus security --dry-run",
            "orchestra run wrap-up --order broadcast --target SEC --target OBS --prompt short --wait",
            "orchestra task add --agent SEC --prompt enhance --id more --needs a --needs b",
            "orchestra task drop more",
            "orchestra task repeat more",
            "orchestra wait all --for idle --timeout 9",
            "orchestra ready --note done",
            "orchestra ready --for SEC --session s --json",
            "orchestra skip SEC",
            "orchestra skip SEC --off",
            "orchestra review SEC OBS --json",
            "orchestra verify",
            "orchestra verify SEC OBS --gate test --gate lint --again --json",
            "orchestra verify merged",
            "orchestra merge --dry-run --json",
            "orchestra merge --yes",
            "orchestra pr --out pr.md --session s --json",
            "orchestra pr --planned --script",
            "orchestra pr --open --head sprint-1 --yes",
            "orchestra trust --yes --session s --json",
            "orchestra stop SEC",
            "orchestra restart SEC --resume --text more",
            "orchestra restart SEC --prompt enhance",
            "orchestra doctor . --all --json",
            "orchestra ask SEC why --priority high --wait 9",
            "orchestra answer 3 because",
            "orchestra queries --all --json",
            "orchestra state blocked --note tests",
            "orchestra complete done",
            "orchestra briefing SEC --json",
            "orchestra confirm list --json",
            "orchestra confirm yes 3",
            "orchestra events --follow --json --kind ready --agent SEC",
            "orchestra mcp --session s",
            "orchestra incident triage report.md --symptom latency --started 02:16 --scope all --priority P1 --json",
            "orchestra incident correlate findings.jsonl --window 2m --mechanisms own.toml --json",
            "orchestra incident show --json",
            "orchestra incident open tests/scenarios/dns --data d --name n --priority P2 --session s --json",
            "orchestra incident submit - --json",
            "orchestra incident close --why enough",
            "orchestra incident analyse d --only k8s --json",
            "orchestra workflow specialists cloud --provider aws --json",
            "orchestra workflow list --json",
            "orchestra workflow show migration --json",
            "orchestra workflow plan migration --provider aws --provider gcp --without ansible --set kubernetes=false \
             --production --win tagging --waive recovery=later --start 2026-03-02 --format mermaid",
            "orchestra workflow plan migration --json",
            "orchestra workflow advise - --provider aws --with security --without docker --pattern none --json",
            "orchestra workflow progress 40 --note charts --task cluster --session s --json",
            "orchestra workflow done cluster --handover - --json",
            "orchestra workflow blocked quota --mitigation asked",
            "orchestra workflow figure lead-time 4h --before",
            "orchestra workflow escalate budget twice",
            "orchestra workflow answer rollback no --note tried",
            "orchestra workflow tick security/secrets --phase build",
            "orchestra workflow brief cluster --json",
            "orchestra workflow status --session s --json",
            "orchestra workflow status d",
            "orchestra finding --kind db.cpu.high --at 2026-03-14T02:12:00Z --entity db/a --entity db/b --summary s \
             --severity warning --before -1 --after 2 --unit % --precision 60 --evidence a.json:1 --id x --done",
            "orchestra finding --file - --done --note all",
            "orchestra finding --cannot-use a.json --why empty",
            "orchestra finding --list --json",
            "orchestra hook codex notify {}",
            "orchestra hook claude Stop",
        ] {
            assert!(Cli::try_parse_from(line.split_whitespace()).is_ok(), "{line}");
        }
        for line in [
            "orchestra send all",
            "orchestra send all --text a --file b",
            "orchestra send --text a",
            "orchestra wait all",
            "orchestra wait all --for ready-ish",
            "orchestra read 9SEC",
            "orchestra demo --speed 0",
            "orchestra ready --session s",
            "orchestra restart SEC --text a --prompt b",
            "orchestra finding",
            "orchestra finding --at 2026-03-14T02:12:00Z --summary s",
            "orchestra finding --kind db.cpu.high --at 02:12 --summary s",
            "orchestra finding --kind db.cpu.high --at 2026-03-14T02:12:00Z",
            "orchestra finding --list --done",
            "orchestra finding --cannot-use a.json",
            "orchestra finding --done --severity bad",
            "orchestra workflow plan migration --set kubernetes=maybe",
            "orchestra workflow plan migration --waive recovery=",
            "orchestra workflow plan migration --waive recovry=later",
            "orchestra workflow plan migration --start tomorrow",
            "orchestra workflow plan migration --format dot --json",
            "orchestra workflow progress 101",
            "orchestra workflow figure lead-time 4h --before --after",
            "orchestra workflow close",
            "orchestra workflow status d --session s",
        ] {
            let error = Cli::try_parse_from(line.split(' ')).err();
            assert!(error.is_some_and(|e| e.use_stderr()), "{line}");
        }
    }

    /// Commands that print no object, and why.
    const WITHOUT_JSON: [(&str, &str); 4] = [
        ("orchestra attach", "a dashboard"),
        ("orchestra demo", "a show for people"),
        ("orchestra mcp", "speaks a protocol of its own"),
        ("orchestra reset", "puts a terminal right"),
    ];

    #[test]
    fn whatever_has_a_result_gives_it_as_an_object() {
        let mut root = Cli::command();
        root.build();
        let (mut open, mut without) = (vec![&root], Vec::new());
        while let Some(command) = open.pop() {
            let subs: Vec<_> =
                command.get_subcommands().filter(|s| !s.is_hide_set() && s.get_name() != "help").collect();
            let json = command.get_arguments().any(|a| a.get_id() == "json");
            if subs.is_empty() && !json {
                without.push(command.get_bin_name().unwrap_or_default().to_owned());
            }
            open.extend(subs);
        }
        without.sort();
        assert_eq!(without, WITHOUT_JSON.map(|(name, _)| name));
    }

    #[test]
    fn an_object_is_expected_where_it_was_asked_for() {
        for (line, json) in [
            ("orchestra status --json", true),
            ("orchestra status", false),
            ("orchestra task list --json", true),
            ("orchestra", false),
        ] {
            let matches = Cli::command().try_get_matches_from(line.split(' ')).unwrap();
            assert_eq!(wants_json(&matches), json, "{line}");
        }
    }

    #[test]
    fn hidden_commands_stay_out_of_the_reference() {
        let text = reference();
        assert!(text.contains("## `orchestra merge`") && text.contains("## `orchestra task add`"));
        assert!(!text.contains("## `orchestra rehearse") && !text.contains("## `orchestra serve"));
        assert!(!text.contains("## `orchestra hook`") && text.contains("## `orchestra doctor`"));
    }
}
