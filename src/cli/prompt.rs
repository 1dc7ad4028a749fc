//! `orchestra prompt`: the prompts by themselves, as they would be sent, and whether they are in order.

use std::collections::BTreeMap;

use serde::Serialize;

use super::answer::{self, Format};
use super::args::{Prompt as Args, PromptRender};
use super::exit::{Exit, Fail};
use super::table::{Side, Table};
use super::{out, place};
use crate::config::{self, Dirs, File};
use crate::domain::command::{Command, What};
use crate::domain::id::AgentName;
use crate::domain::near::did_you_mean;
use crate::domain::prompt::lint::{Problem, lint};
use crate::domain::prompt::{Vars, names, render, role_prompt, sendable};
use crate::domain::signal::printable;
use crate::domain::team::Config;
use crate::domain::view::{Answer, Rendered};

/// Stands where a claim's code would.
const NO_CODE: &str = "<code>";

/// Does one of them.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    match args {
        Args::List(out) => list(out.format()),
        Args::Show(a) => show(&a.name, a.out.format()),
        Args::Render(a) => rendered(a),
        Args::Lint(out) => check(out.format()),
    }
}

/// A prompt as `list` prints it.
#[derive(Serialize)]
struct Listed {
    name: String,
    agent: Option<String>,
    file: String,
    own: bool,
    replaces: bool,
    bytes: usize,
}

fn list(format: Format) -> anyhow::Result<Exit> {
    let (files, config) = here()?;
    let listed: Vec<Listed> = files
        .iter()
        .filter(|(name, _)| sendable(name))
        .map(|(_, f)| Listed {
            agent: whose(&config, &f.name),
            file: f.shown.clone(),
            own: f.own,
            replaces: files.contains_key(&format!("{}{}", crate::domain::prompt::BUILT_IN, f.name)),
            bytes: f.text.len(),
            name: f.name.clone(),
        })
        .collect();
    if format == Format::Json {
        out::json(&serde_json::json!({ "prompts": listed }))?;
        return Ok(Exit::Done);
    }
    let columns = [("prompt", Side::Left), ("for", Side::Left), ("bytes", Side::Right), ("from", Side::Left)];
    let mut table = Table::new(&columns);
    for l in listed {
        let from = match (l.own, l.replaces) {
            (true, true) => format!("{} (replaces the built-in one)", l.file),
            (true, false) => l.file,
            (false, _) => String::from("built in"),
        };
        table.row([l.name, l.agent.unwrap_or_default(), l.bytes.to_string(), from]);
    }
    out::result(&table.render())?;
    Ok(Exit::Done)
}

/// The agent whose own prompt that is.
fn whose(config: &Config, prompt: &str) -> Option<String> {
    let base = |name: &str| prompt.strip_suffix(&format!("-{}", name.to_lowercase())).map(str::to_owned);
    let of = |a: &&crate::domain::team::AgentSpec| {
        let base = base(a.name.as_str()).filter(|b| config.prompts.contains_key(b));
        base.is_some_and(|b| role_prompt(&config.prompts, &b, a.name.as_str()) == prompt)
    };
    config.team.iter().find(of).map(|a| a.name.to_string())
}

fn show(name: &str, format: Format) -> anyhow::Result<Exit> {
    let (files, _) = here()?;
    let Some(file) = files.get(name) else { return Err(unknown(name, files.keys()).into()) };
    match format {
        Format::Json => {
            out::json(&serde_json::json!({ "prompt": name, "file": file.shown, "text": file.text }))?
        }
        // As it is written, so that it can be put into a file; what a terminal would act on is left out.
        Format::Text => out::result(&plain(&file.text))?,
    }
    Ok(Exit::Done)
}

fn rendered(args: PromptRender) -> anyhow::Result<Exit> {
    let format = args.of.format();
    let running = args.of.session.is_some()
        || place::var(place::SOCKET_VAR).is_some()
        || place::known(None).is_ok_and(|all| all.iter().any(|f| f.state != crate::server::State::Ended));
    if running {
        let (what, group) = (What::Prompt(args.name), String::new());
        let ask = Command::Render { agent: args.agent, what, group };
        return answer::show(place::control(args.of.session.as_deref())?.ask(ask)?, format);
    }
    let (files, config) = here()?;
    let known = config.team.iter().map(|a| a.name.as_str()).chain([crate::domain::id::ORCHESTRATOR]);
    if !known.clone().any(|k| k == args.agent.as_str()) {
        let near = did_you_mean(args.agent.as_str(), known);
        return Err(Fail::usage(format!("find the agent `{}` in the team{near}", args.agent)).into());
    }
    if !files.contains_key(&args.name) || !sendable(&args.name) {
        return Err(unknown(&args.name, names(&config.prompts)).into());
    }
    let text = render(&config.prompts, &args.name, &alone(&config, &args.agent))
        .map_err(|e| Fail::usage(e.to_string()))?;
    out::note("no session runs here: the branches' facts are left out");
    let answer = Rendered { agent: args.agent, prompt: args.name, bytes: text.len(), text };
    answer::show(Answer::Rendered(answer), format)
}

/// What is known of an agent without a session.
fn alone(config: &Config, agent: &AgentName) -> Vars {
    Vars { base: String::from("<base>"), code: NO_CODE.to_owned(), ..Vars::of(config, agent) }
}

/// What `lint` prints for one problem.
#[derive(Serialize)]
struct Wrong {
    prompt: String,
    file: String,
    line: usize,
    what: String,
}

fn check(format: Format) -> anyhow::Result<Exit> {
    let (dirs, top) = dirs();
    let files = dirs.prompts()?;
    let texts = files.iter().map(|(name, f)| (name.clone(), f.text.clone())).collect();
    let tech: Vec<String> = config::tech()?.into_iter().map(|r| r.name).collect();
    // A template that cannot be read keeps the configuration from loading: the built-in team stands
    // in, so that the template is named, and everything else that is wrong with it.
    let (config, fault) = match &top {
        Some(top) => match config::load(top) {
            Ok(config) => (config, None),
            Err(e) => (built_in()?, Some(e)),
        },
        None => (built_in()?, None),
    };
    let problems = lint(&texts, &config, &tech);
    if let (Some(fault), true) = (fault, problems.is_empty()) {
        return Err(fault.into());
    }
    let wrong: Vec<Wrong> = problems.into_iter().map(|p| placed(&files, p)).collect();
    let count = |sends: bool| files.keys().filter(|n| sendable(n) == sends).count();
    if format == Format::Json {
        out::json(&serde_json::json!({
            "prompts": count(true), "parts": count(false), "agents": config.team.len(), "problems": wrong
        }))?;
    } else if wrong.is_empty() {
        out::result(&format!(
            "{} prompts are in order for {} agents and the orchestrator, the {} of the library among them",
            count(true),
            config.team.len(),
            crate::domain::prompt::LIBRARY.len()
        ))?;
    } else {
        let lines: Vec<String> =
            wrong.iter().map(|w| printable(&format!("{}:{}: {}", w.file, w.line, w.what))).collect();
        out::result(&lines.join("\n"))?;
    }
    Ok(if wrong.is_empty() { Exit::Done } else { Exit::Usage })
}

fn placed(files: &BTreeMap<String, File>, problem: Problem) -> Wrong {
    let file = files.get(&problem.prompt).map(|f| f.shown.clone());
    Wrong {
        file: file.unwrap_or_else(|| format!("prompts/{}.md", problem.prompt)),
        // A file's own complaint is shown where one begins to read.
        line: problem.line.max(1),
        what: problem.what,
        prompt: problem.prompt,
    }
}

/// The prompts and the configuration of this repository; the built-in ones where it has none.
fn here() -> anyhow::Result<(BTreeMap<String, File>, Config)> {
    let (dirs, top) = dirs();
    let config = match top {
        Some(top) => config::load(&top)?,
        None => built_in()?,
    };
    Ok((dirs.prompts()?, config))
}

/// Where data files are looked for, and the repository's top where it has a configuration.
fn dirs() -> (Dirs, Option<std::path::PathBuf>) {
    let top = place::project().ok().filter(|top| top.join(config::FILE_NAME).exists());
    (top.as_deref().map_or_else(Dirs::built_in, Dirs::beside), top)
}

fn built_in() -> anyhow::Result<Config> {
    Ok(config::parse(config::default_text(), config::FILE_NAME, &Dirs::built_in())?)
}

fn unknown<S: AsRef<str>>(name: &str, known: impl Iterator<Item = S>) -> Fail {
    let known: Vec<S> = known.collect();
    let near = did_you_mean(name, known.iter().map(AsRef::as_ref));
    let list = if near.is_empty() { "; `orchestra prompt list` names them" } else { "" };
    Fail::usage(format!("find the prompt `{name}`{near}{list}"))
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_prompts_are_in_order() {
        let config = built_in().unwrap();
        let tech: Vec<String> = config::tech().unwrap().into_iter().map(|r| r.name).collect();
        assert_eq!(lint(&config.prompts, &config, &tech), []);
    }

    #[test]
    fn a_prompt_belongs_to_the_agent_it_is_named_after() {
        let config = built_in().unwrap();
        assert_eq!(whose(&config, "enhance-sec").as_deref(), Some("SEC"));
        assert_eq!(whose(&config, "wrap-up"), None);
        assert_eq!(whose(&config, "orchestrator-review"), None);
        let fail = unknown("enhance-sek", config.prompts.keys());
        assert_eq!(fail.why, "find the prompt `enhance-sek`; did you mean `enhance-sec`?");
    }

    #[test]
    fn without_a_session_there_is_still_a_text() {
        let config = built_in().unwrap();
        let agent = AgentName::new("QA").unwrap();
        let text = render(&config.prompts, "wrap-up-qa", &alone(&config, &agent)).unwrap();
        assert!(text.contains("git reset --soft <base>") && text.contains("`<code>`"), "{text}");
        assert_eq!(plain("a\x1b[2Jb\n"), "a[2Jb\n");
    }
}
