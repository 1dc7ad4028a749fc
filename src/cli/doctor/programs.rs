//! The agent programs: where they are, which version, and what they would be given.

use std::collections::BTreeSet;
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Level;
use crate::cli::up::programs::find;
use crate::domain::id::ORCHESTRATOR;
use crate::domain::profile::{Dialogs, Launch, Places, Profile};
use crate::domain::signal::printable;
use crate::domain::team::Config;
use crate::server::spawn;

/// How long a program may take to say its version.
const LIMIT: Duration = Duration::from_secs(5);
/// How often its end is looked for.
const PAUSE: Duration = Duration::from_millis(10);

/// One profile and its program.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Program {
    pub profile: String,
    /// Who uses it.
    pub agents: Vec<String>,
    pub level: Level,
    /// Its file; none when it is not found.
    pub program: Option<String>,
    /// What it says of its version; empty when it says nothing.
    pub version: String,
    /// What the profile was tried with.
    pub verified: String,
    /// The command before anything is injected.
    pub argv: Vec<String>,
    /// What is injected: `hook`, `mcp`.
    pub injected: Vec<String>,
    /// Arguments that are injected.
    pub injects: Vec<String>,
    /// Names of variables that the profile sets.
    pub sets: Vec<String>,
    /// Names of variables that are injected.
    pub variables: Vec<String>,
    /// Files that are written, below the session's directory.
    pub files: Vec<String>,
    /// What else the profile knows to do.
    pub can: Vec<String>,
}

/// Looks at the profiles the team uses, or at all. Without a configuration (`used` is false) nobody uses any.
pub(super) fn look(config: &Config, exe: &Path, all: bool, used: bool) -> Vec<Program> {
    let shell = std::env::var("SHELL").unwrap_or_default();
    let places = spawn::places(exe, &shell);
    let agents = |name: &str| -> Vec<String> {
        let own = config.team.iter().filter(|a| a.profile == name).map(|a| a.name.to_string());
        let conducts = config.conductor().is_some_and(|p| p.name == name);
        own.chain(conducts.then(|| ORCHESTRATOR.to_owned())).filter(|_| used).collect()
    };
    let wanted: Vec<(&Profile, Vec<String>)> = config
        .profiles
        .iter()
        .map(|(name, profile)| (profile, agents(name)))
        .filter(|(_, agents)| all || !agents.is_empty())
        .collect();
    // Each may take seconds to say its version.
    std::thread::scope(|scope| {
        let looks: Vec<_> = wanted
            .into_iter()
            .map(|(profile, agents)| {
                let places = &places;
                scope.spawn(move || look_at(profile, agents, places, &config.pass_env))
            })
            .collect();
        looks.into_iter().filter_map(|l| l.join().ok()).collect()
    })
}

fn look_at(profile: &Profile, agents: Vec<String>, places: &Places, asked: &[String]) -> Program {
    let program = profile.program(places).unwrap_or_default();
    let found = find(&program, std::env::var_os("PATH").as_deref());
    let version = found.as_deref().map(|p| version(p, profile, asked)).unwrap_or_default();
    let whole = profile.command(places, &Launch::default());
    let argv = whole.iter().take(profile.argv.len()).cloned().collect();
    let policy = match profile.dialogs {
        Dialogs::Ask => "asks about dialogs",
        Dialogs::AcceptTrust => "accepts trust dialogs",
        Dialogs::Stop => "stops at dialogs",
    };
    let can = [
        (!profile.first_prompt.is_empty()).then_some("start with a prompt,"),
        (!profile.resume.is_empty()).then_some("resume,"),
        (!profile.headless.is_empty()).then_some("work without a screen,"),
        (!profile.stop.keys.is_empty()).then_some("quit by keys,"),
        Some(policy),
    ];
    // A profile nobody uses may well be without its program.
    let level = match (&found, agents.is_empty()) {
        (Some(_), _) => Level::Ok,
        (None, true) => Level::Note,
        (None, false) => Level::Problem,
    };
    let variables: BTreeSet<&String> = profile.injects().flat_map(|i| i.env.keys()).collect();
    let injects = [("hook", &profile.hook), ("mcp", &profile.mcp)];
    Program {
        profile: profile.name.clone(),
        agents,
        level,
        program: found.map(|p| p.display().to_string()),
        version,
        verified: if profile.verified.is_empty() { "nothing".into() } else { profile.verified.clone() },
        argv,
        injects: whole.into_iter().skip(profile.argv.len()).collect(),
        sets: profile.env.keys().cloned().collect(),
        variables: variables.into_iter().cloned().collect(),
        injected: injects.iter().filter(|(_, i)| !i.is_empty()).map(|(what, _)| (*what).to_owned()).collect(),
        files: profile.files(places).into_keys().collect(),
        can: can.into_iter().flatten().map(str::to_owned).collect(),
    }
}

/// The first line a program prints (best on standard output) when asked for its version, within five seconds, given no more than its
/// profile hands on.
fn version(program: &Path, profile: &Profile, asked: &[String]) -> String {
    let known = std::env::vars_os().filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?)));
    let mut command = Command::new(program);
    command.arg("--version").env_clear().envs(spawn::handed_on(Some(profile), asked, known));
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.envs(&profile.env).env("TERM", "dumb").stdin(Stdio::null());
    first_line(command, LIMIT).unwrap_or_default()
}

fn first_line(mut command: Command, limit: Duration) -> Option<String> {
    // A file rather than a pipe: whatever it leaves running cannot hold this up.
    let (output, errors) = (tempfile::tempfile().ok()?, tempfile::tempfile().ok()?);
    command.stdout(output.try_clone().ok()?).stderr(errors.try_clone().ok()?);
    let mut child = command.process_group(0).spawn().ok()?;
    let until = Instant::now() + limit;
    while child.try_wait().ok()?.is_none() {
        if Instant::now() >= until {
            let group = rustix::process::Pid::from_child(&child);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(PAUSE);
    }
    first_of(output).or_else(|| first_of(errors))
}

fn first_of(mut file: std::fs::File) -> Option<String> {
    let mut bytes = Vec::new();
    file.rewind().ok()?;
    file.take(4096).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let line = text.lines().map(printable).find(|l| !l.trim().is_empty())?;
    Some(line.trim().chars().take(100).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command
    }

    #[test]
    fn a_version_is_one_clean_line_in_time_or_nothing() {
        let line = |script| first_line(sh(script), LIMIT);
        assert_eq!(line("echo; printf 'x \\033[1m1.2\\n more'").as_deref(), Some("x  [1m1.2"));
        assert_eq!(line("exit 3"), None);
        assert_eq!(line("echo warning >&2; echo 1.2").as_deref(), Some("1.2"));
        assert_eq!(line("echo 0.73.1 >&2").as_deref(), Some("0.73.1"));
        assert_eq!(first_line(sh("sleep 600 & sleep 600"), Duration::from_millis(50)), None);
        // What it leaves running holds nobody up.
        assert_eq!(line("(trap '' HUP; sleep 3) & echo 7").as_deref(), Some("7"));
    }

    #[test]
    fn a_program_is_asked_with_what_its_profile_hands_on_alone() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("agent");
        let script = "#!/bin/sh\necho \"$1 ${OWN-unset} ${CARGO_MANIFEST_DIR-unset} $TERM\"\n";
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let text = "name = \"p\"\ntitle = \"P\"\nargv = [\"agent\"]\nenv = { OWN = \"1\" }\n";
        let profile: Profile = toml::from_str(text).unwrap();
        assert_eq!(version(&program, &profile, &[]), "--version 1 unset dumb");
    }
}
