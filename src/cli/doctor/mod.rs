//! `orchestra doctor`: whether agents can be started here, and what they would be given.

mod programs;
mod record;
mod surroundings;

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;

use self::programs::Program;
use super::args::Doctor as Args;
use super::exit::{Exit, Fail};
use super::{keymap, out, place};
use crate::config::{self, Dirs, FILE_NAME, Loaded};
use crate::domain::signal::printable;
use crate::domain::team::Config;

/// How one thing is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// As it should be.
    Ok,
    /// Agents can be started, but somebody should know.
    Note,
    /// Something will not work.
    Problem,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
struct Check {
    what: &'static str,
    level: Level,
    text: String,
}

impl Check {
    fn new(what: &'static str, level: Level, text: impl Into<String>) -> Self {
        Self { what, level, text: text.into() }
    }
}

/// All that was found out: what `--json` prints.
#[derive(Clone, Debug, Serialize)]
struct Report {
    version: &'static str,
    repository: String,
    /// Empty when the configuration can be used.
    configuration: String,
    left_out: Vec<String>,
    checks: Vec<Check>,
    profiles: Vec<Program>,
}

impl Report {
    fn exit(&self) -> Exit {
        if !self.configuration.is_empty() {
            return Exit::Usage;
        }
        let wrong = self.checks.iter().any(|c| c.level == Level::Problem)
            || self.profiles.iter().any(|p| p.level == Level::Problem)
            || !self.left_out.is_empty();
        if wrong { Exit::Failed } else { Exit::Done }
    }
}

/// Looks at everything and says so.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    if let Some(dir) = args.dir.as_deref().filter(|d| record::is_session(d)) {
        return record::run(dir, args);
    }
    if args.rebuild {
        return Err(
            Fail::usage("rebuild indexes: name the session's directory, which has a FORMAT file").into()
        );
    }
    let top = match &args.dir {
        Some(dir) => top_of(dir)?,
        None => place::project()?,
    };
    let report = look(&top, args.all)?;
    if args.json {
        out::json(&report)?;
    } else {
        out::result(&text(&report))?;
    }
    Ok(report.exit())
}

fn top_of(dir: &Path) -> anyhow::Result<PathBuf> {
    let dir = dir.canonicalize().with_context(|| format!("find {}", dir.display()))?;
    Ok(place::project_of(&dir).unwrap_or(dir))
}

fn look(top: &Path, all: bool) -> anyhow::Result<Report> {
    let (loaded, configuration) = match config::load_all(top) {
        Ok(loaded) => {
            let keys = keymap::check(&loaded.config).map_or_else(|e| e.to_string(), |()| String::new());
            (Some(loaded), keys)
        }
        Err(e) => (None, e.to_string()),
    };
    let left_out = loaded.iter().flat_map(|l| &l.left_out).map(ToString::to_string).collect();
    // What comes along can be looked at without a configuration.
    let config = match loaded {
        Some(Loaded { config, .. }) => Some(config),
        None if all => Some(config::parse(config::default_text(), FILE_NAME, &Dirs::built_in())?),
        None => None,
    };
    let exe = place::exe()?;
    let profiles = config.as_ref().map(|c| programs::look(c, &exe, all, configuration.is_empty()));
    let usable: Option<&Config> = config.as_ref().filter(|_| configuration.is_empty());
    Ok(Report {
        version: env!("CARGO_PKG_VERSION"),
        repository: top.display().to_string(),
        configuration,
        left_out,
        checks: surroundings::look(top, usable),
        profiles: profiles.unwrap_or_default(),
    })
}

fn text(report: &Report) -> String {
    let mut lines = vec![format!("orchestra {} in {}", report.version, report.repository), String::new()];
    let mark = |level| match level {
        Level::Ok => "  ok     ",
        Level::Note => "  note   ",
        Level::Problem => "  PROBLEM",
    };
    if report.configuration.is_empty() {
        lines.push(format!("{} {FILE_NAME}: can be used", mark(Level::Ok)));
    } else {
        lines.push(format!("{} {FILE_NAME}: failed to {}", mark(Level::Problem), report.configuration));
    }
    lines.extend(report.left_out.iter().map(|l| format!("{} left out: {l}", mark(Level::Problem))));
    lines.extend(report.checks.iter().map(|c| format!("{} {}: {}", mark(c.level), c.what, c.text)));
    for p in &report.profiles {
        lines.push(String::new());
        let used = if p.agents.is_empty() { String::new() } else { format!(" for {}", p.agents.join(", ")) };
        lines.push(format!("profile {}{used}", p.profile));
        let found = match (&p.program, p.version.is_empty()) {
            (Some(path), true) => path.clone(),
            (Some(path), false) => format!("{path}, {}", p.version),
            (None, _) => format!("`{}` is not found; install it or choose another profile", p.argv[0]),
        };
        lines.push(format!("{} program: {found}", mark(p.level)));
        lines.push(format!("          tried with: {}", p.verified));
        lines.push(format!("          starts as: {}", p.argv.join(" ")));
        for (title, list) in [
            ("sets", &p.sets),
            ("injects", &p.injected),
            ("injects arguments", &p.injects),
            ("injects variables", &p.variables),
            ("writes below the session's directory", &p.files),
            ("can", &p.can),
        ] {
            if !list.is_empty() {
                lines.push(format!("          {title}: {}", list.join(" ")));
            }
        }
    }
    lines.iter().map(|l| printable(l)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(more: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let text = config::default_text().replacen("profile = \"claude\"", "profile = \"shell\"", 1);
        std::fs::write(dir.path().join(FILE_NAME), format!("{text}{more}")).unwrap();
        dir
    }

    #[test]
    fn a_wrong_configuration_is_told_with_its_place_and_status_2() {
        let dir = project("\n[sesion]\n");
        let report = look(dir.path(), false).unwrap();
        assert_eq!(report.exit(), Exit::Usage);
        assert!(report.configuration.contains("orchestra.toml:") && report.configuration.contains("sesion"));
        assert!(report.profiles.is_empty());
        let missing = tempfile::tempdir().unwrap();
        let report = look(missing.path(), true).unwrap();
        assert!(report.exit() == Exit::Usage && report.configuration.contains("orchestra init"));
        assert_eq!(report.profiles.len(), 10, "what comes along is looked at all the same");
    }

    #[test]
    fn a_rule_that_is_left_out_is_a_problem_with_its_place() {
        let rule = "name = \"x\"\nsource = \"title\"\npattern = '('\nstate = \"idle\"\n";
        let dir = project(&format!("\n[[profile.shell.rule]]\n{rule}"));
        let report = look(dir.path(), false).unwrap();
        assert_ne!(report.exit(), Exit::Done);
        assert!(report.left_out[0].starts_with("orchestra.toml:"), "{:?}", report.left_out);
        assert!(text(&report).contains("left out: orchestra.toml:"));
    }

    #[test]
    fn the_profiles_in_use_are_told_with_their_agents() {
        let dir = project("");
        let report = look(dir.path(), false).unwrap();
        let [shell] = report.profiles.as_slice() else { panic!("{:?}", report.profiles) };
        assert_eq!((shell.profile.as_str(), shell.agents.len(), shell.level), ("shell", 8, Level::Ok));
        assert!(text(&report).contains("profile shell for ARCH, PLAT"));
        // No repository is here.
        let repository = report.checks.iter().find(|c| c.what == "repository").unwrap();
        assert_eq!(repository.level, Level::Problem);
        assert_eq!(report.exit(), Exit::Failed);
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["profiles"][0]["program"], shell.program.clone().unwrap());
    }
}
