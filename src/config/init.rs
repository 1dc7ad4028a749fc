//! Writes the first configuration of a repository.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::data::{Dirs, PROFILES};
use super::detect::{Found, detect};
use super::error::{Error, did_you_mean, one_of};
use super::library::{PRESETS, Preset, README, SKILLS};
use super::routes::fleet_files;
use super::{FILE_NAME, default_text};
use crate::domain::team::Config;

/// The line of the default that names the target branch.
pub(super) const TARGET_LINE: &str = "target = \"main\"\n";
/// The line of the default that names everybody's profile.
pub(super) const PROFILE_LINE: &str = "profile = \"claude\"\n";
/// The heading before which gates are put.
pub(super) const AFTER_GATES: &str = "# ── Merge ─";
/// The heading of the section that a preset's team replaces.
pub(super) const TEAM: &str = "# ── Team ─";
/// The heading after it.
pub(super) const AFTER_TEAM: &str = "# ── Tabs of the dashboard ─";

/// What `init` is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InitOptions {
    /// The profile of the whole team; `None`: the default's.
    pub profile: Option<String>,
    /// Whether files that exist are overwritten.
    pub force: bool,
    /// The preset; `None`: `default`.
    pub preset: Option<String>,
}

/// What `init` did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// The files, relative to the repository's top.
    pub files: Vec<PathBuf>,
    /// The gates put in: name and command line.
    pub gates: Vec<(String, String)>,
    /// Sentences for the user: what was found and what is left to do.
    pub notes: Vec<String>,
}

/// Writes `orchestra.toml`, `prompts/` (a note on how to change prompts, and those of the preset; the
/// built-in ones stay where they get better with the program) and `skills/` (what the project's own scripts keep to,
/// unless the project says so already), and for an incident fleet `prompts/incident/` and `scenarios/`, at `repo_top`, with `target` as the branch that takes the work and gates for
/// the kind of project found there.
///
/// # Errors
/// [`Error::Exists`] before anything is written when a file is in the way and `force` is off;
/// [`Error::Unknown`] for a preset or profile nobody knows; [`Error::Wrong`] when what would be
/// written could not be used, as with a data file in the repository that is wrong.
pub fn init(repo_top: &Path, target: &str, options: &InitOptions) -> Result<Written, Error> {
    let preset = preset(options.preset.as_deref())?;
    let dirs = Dirs::beside(repo_top);
    if let Some(profile) = &options.profile {
        let built_in = PROFILES.iter().map(|(name, _)| (*name).to_owned());
        let own = dirs.files("profiles", "toml")?.into_iter().map(|f| f.name);
        known("profile", profile, &built_in.chain(own).collect::<Vec<_>>())?;
    }
    // A team that builds nothing has no gates.
    let found = if preset.is_none_or(Preset::needs_repository) { detect(repo_top) } else { Found::default() };
    let text = fill(preset, target, options.profile.as_deref(), &found);
    super::parse(&text, FILE_NAME, &dirs)?;

    let mut files = vec![(PathBuf::from(FILE_NAME), text)];
    files.push((Path::new("prompts").join("README.md"), README.to_owned()));
    for (name, text) in preset.map_or(&[][..], |p| p.prompts) {
        files.push((Path::new("prompts").join(format!("{name}.md")), (*text).to_owned()));
    }
    for (path, text) in preset.map_or(&[][..], |p| p.files).iter().copied().flatten() {
        files.push((PathBuf::from(path), (*text).to_owned()));
    }
    if !options.force
        && let Some((path, _)) = files.iter().find(|(path, _)| repo_top.join(path).symlink_metadata().is_ok())
    {
        return Err(Error::Exists { path: repo_top.join(path) });
    }
    let skills = Path::new("skills").join("README.md");
    if repo_top.join(&skills).symlink_metadata().is_err() {
        files.push((skills, SKILLS.to_owned()));
    }
    for (path, text) in &files {
        write(&repo_top.join(path), text)?;
    }
    Ok(Written {
        files: files.into_iter().map(|(path, _)| path).collect(),
        gates: found.gates.into_iter().map(|g| (g.name.to_owned(), g.run)).collect(),
        notes: found.notes,
    })
}

/// Whether the preset of that name is for a team that works on a repository. One that nobody knows is taken to be, so
/// that [`init`] names it.
#[must_use]
pub fn needs_repository(name: Option<&str>) -> bool {
    preset(name).ok().flatten().is_none_or(Preset::needs_repository)
}

fn known(kind: &'static str, name: &str, all: &[String]) -> Result<(), Error> {
    if all.iter().any(|k| k == name) {
        return Ok(());
    }
    let list = one_of(all.iter().map(String::as_str));
    let near = did_you_mean(name, all.iter().map(String::as_str));
    Err(Error::Unknown { kind, name: name.to_owned(), expected: format!("expected {list}{near}") })
}

/// The preset of that name; the first for none.
fn preset(name: Option<&str>) -> Result<Option<&'static Preset>, Error> {
    let Some(name) = name else { return Ok(PRESETS.first()) };
    let all: Vec<String> = PRESETS.iter().flat_map(|p| p.names).map(|n| (*n).to_owned()).collect();
    known("preset", name, &all)?;
    Ok(PRESETS.iter().find(|p| p.names.contains(&name)))
}

/// The default with team, target, profile and gates filled in; its comments stay as they are.
fn fill(preset: Option<&Preset>, target: &str, profile: Option<&str>, found: &Found) -> String {
    if let Some(whole) = preset.map(|p| p.whole).filter(|w| !w.is_empty()) {
        let profile = profile.map(|p| format!("profile = {}\n", quoted(p)));
        return whole.replacen(PROFILE_LINE, profile.as_deref().unwrap_or(PROFILE_LINE), 1);
    }
    let mut text = default_text().to_owned();
    let team = preset.map(|p| p.team).filter(|t| !t.is_empty());
    if let (Some(team), Some((before, rest))) = (team, text.split_once(TEAM))
        && let Some((_, after)) = rest.split_once(AFTER_TEAM)
    {
        text = format!("{before}{team}{AFTER_TEAM}{after}");
    }
    text = text.replacen(TARGET_LINE, &format!("target = {}\n", quoted(target)), 1);
    if let Some(profile) = profile {
        text = text.replacen(PROFILE_LINE, &format!("profile = {}\n", quoted(profile)), 1);
    }
    let mut gates = String::new();
    if let (Some(kind), false) = (&found.kind, found.gates.is_empty()) {
        gates.push_str(&format!("# Found in this repository ({kind}):\n\n"));
    }
    if found.gates.is_empty() {
        gates.push_str(preset.map_or("", |p| p.gates));
    }
    for gate in &found.gates {
        gates.push_str(&format!("[[gate]]\nname = {}\nrun = {}\n\n", quoted(gate.name), quoted(&gate.run)));
    }
    text.replacen(AFTER_GATES, &format!("{gates}{AFTER_GATES}"), 1)
}

/// The team of a preset as a configuration, without anything being written: as it comes, but for the data files of an
/// incident fleet, which are those of the project at `top` where it has them.
///
/// # Errors
/// [`Error::Unknown`] for a preset nobody knows; [`Error::Wrong`] when a data file of the project is wrong.
pub fn team_of_preset(top: &Path, name: &str) -> Result<Config, Error> {
    let text = fill(preset(Some(name))?, "main", None, &Found::default());
    let mut config = super::parse(&text, &format!("the preset {name}"), &Dirs::built_in())?;
    if let Some(fleet) = &mut config.fleet {
        let (routes, own) = fleet_files(&Dirs::beside(top))?;
        fleet.routes = routes;
        own.into_fleet(fleet);
    }
    Ok(config)
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Writes a file in one step: whoever reads it meanwhile sees the old text or the new one.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    let io = |source| Error::Io { doing: "write", path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(io)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.prefix(".orchestra-").tempfile_in(folder).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)?;
    file.persist(path).map_err(|e| io(e.error))?;
    Ok(())
}
