//! Whether every agent's program is there, said before anything is started.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::cli::exit::Fail;
use crate::domain::team::Config;
use crate::server::spawn::places;

/// Checks the programs of the whole team.
///
/// # Errors
/// [`Fail`] naming every agent whose program is missing, and where it was looked for.
pub(super) fn check(config: &Config, exe: &Path) -> Result<(), Fail> {
    let shell = std::env::var("SHELL").unwrap_or_default();
    check_in(config, exe, std::env::var_os("PATH").as_deref(), &shell)
}

fn check_in(config: &Config, exe: &Path, path: Option<&OsStr>, shell: &str) -> Result<(), Fail> {
    let mut missing = Vec::new();
    let places = places(exe, shell);
    for agent in &config.team {
        let profile = config.profiles.get(&agent.profile);
        let Some(program) = profile.and_then(|p| p.program(&places)) else {
            missing.push(format!("{} (profile `{}` names no program)", agent.name, agent.profile));
            continue;
        };
        if find(&program, path).is_none() {
            missing.push(format!("{} (`{program}`, profile `{}`)", agent.name, agent.profile));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let looked = path.map_or("nothing, as PATH is not set".into(), |p| p.to_string_lossy().into_owned());
    Err(Fail::usage(format!(
        "find the programs of {}: looked in {looked}; install them, or choose another profile in orchestra.toml \
         (`orchestra doctor` says more)",
        missing.join(", ")
    )))
}

/// The file of a program, by its path or looked up in `path`; none when there is none that runs.
pub(in crate::cli) fn find(program: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|p| runs(p));
    }
    std::env::split_paths(path?).map(|dir: PathBuf| dir.join(program)).find(|p| runs(p))
}

fn runs(path: &Path) -> bool {
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_path_and_must_be_executable() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("agent");
        std::fs::write(&file, "#!/bin/sh\n").unwrap();
        let path = dir.path().as_os_str();
        assert_eq!(find("agent", Some(path)), None);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(find("agent", Some(path)).as_deref(), Some(&*file));
        assert_eq!(find(&file.to_string_lossy(), None).as_deref(), Some(&*file));
        assert_eq!(find("agent", None), None);
        assert_eq!(find(&dir.path().to_string_lossy(), None), None, "a folder is no program");
    }

    #[test]
    fn whoever_lacks_a_program_is_named_with_the_folders_searched() {
        let text = crate::config::default_text();
        let dirs = crate::config::Dirs::built_in();
        let config = crate::config::parse(text, "orchestra.toml", &dirs).unwrap();
        let fail =
            check_in(&config, Path::new("/bin/sh"), Some(OsStr::new("/nowhere:/else")), "").unwrap_err();
        assert!(fail.why.contains("ARCH (`claude`, profile `claude`)"), "{fail}");
        assert!(fail.why.contains("looked in /nowhere:/else"), "{fail}");
    }
}
