//! The demo's project: a small toolbox in plain `sh` that eight agents work on.

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::config::{self, InitOptions};

/// The branch everything is merged into.
pub(super) const TARGET: &str = "main";
/// The agent that claims too early, so that a refusal is seen.
pub(super) const CARELESS: &str = "NET";

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../data/demo/", $path)))),*]
    };
}

const FILES: &[(&str, &str)] = files![
    ".gitignore",
    "README.md",
    "build.sh",
    "docs/CHECKLIST.md",
    "docs/guide.md",
    "docs/layout.md",
    "lib/types/CHECKLIST.md",
    "lib/types/names.sh",
    "lib/types/sizes.sh",
    "lint.sh",
    "network/CHECKLIST.md",
    "network/ports.sh",
    "network/routes.sh",
    "observability/CHECKLIST.md",
    "observability/alerts.sh",
    "observability/signals.sh",
    "ops/CHECKLIST.md",
    "ops/backup.sh",
    "ops/release.sh",
    "platform/CHECKLIST.md",
    "platform/pools.sh",
    "platform/spread.sh",
    "policies/CHECKLIST.md",
    "policies/images.sh",
    "policies/privilege.sh",
    "test.sh",
    "tests/CHECKLIST.md",
    "tests/platform.sh",
    "tests/rules.sh",
    "tests/running.sh",
    "tests/types.sh",
];

/// A tab with all agents.
const ALL: &str = "[[tab]]\nname = \"All\"\npanes = \
    [\"ARCH\", \"PLAT\", \"SEC\", \"OBS\", \"NET\", \"OPS\", \"QA\", \"DOCS\"]\ncolumns = 3\n";

/// Gates and pace, put behind what `init` wrote.
fn extra(speed: f64) -> String {
    let gates: String = ["build", "test", "lint"]
        .iter()
        .map(|name| format!("\n[[gate]]\nname = \"{name}\"\nrun = \"sh {name}.sh\"\ntimeout = 60\n"))
        .collect();
    format!(
        "\n# ── Added by the demo ──\n{gates}\n[profile.rehearsal]\nenv = {{ ORCHESTRA_REHEARSE_SPEED = \"{speed}\", \
         ORCHESTRA_REHEARSE_MISBEHAVE = \"{CARELESS}=no-squash\" }}\n"
    )
}

/// Makes the repository at `repo`: the project in one commit on `main`, then a configuration as
/// `orchestra init --profile rehearsal` writes it, with the gates filled in.
pub(super) fn write(repo: &Path, speed: f64) -> anyhow::Result<()> {
    for (path, text) in FILES {
        let file = repo.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        }
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    }
    commit(repo).context("make the demo's repository")?;
    let options = InitOptions { profile: Some("rehearsal".into()), ..InitOptions::default() };
    config::init(repo, TARGET, &options)?;
    let file = repo.join(config::FILE_NAME);
    let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
    // Everybody at once first: that is what a newcomer wants to watch.
    let text = text.replacen("[[tab]]", &format!("{ALL}\n[[tab]]"), 1);
    fs::write(&file, text + &extra(speed)).with_context(|| format!("write {}", file.display()))?;
    config::load(repo)?;
    Ok(())
}

fn commit(top: &Path) -> Result<(), git2::Error> {
    let mut options = git2::RepositoryInitOptions::new();
    options.initial_head(TARGET).external_template(false);
    let repo = git2::Repository::init_opts(top, &options)?;
    let mut config = repo.config()?.open_level(git2::ConfigLevel::Local)?;
    config.set_str("user.name", "Orchestra Demo")?;
    config.set_str("user.email", "demo@orchestra.invalid")?;
    // What the user set for all repositories must not change the demo.
    config.set_bool("commit.gpgsign", false)?;
    config.set_bool("core.autocrlf", false)?;
    let mut index = repo.index()?;
    for (path, _) in FILES {
        index.add_path(Path::new(path))?;
    }
    index.write()?;
    let tree = repo.find_tree(index.write_tree()?)?;
    let who = git2::Signature::now("Orchestra Demo", "demo@orchestra.invalid")?;
    repo.commit(Some("HEAD"), &who, &who, "chore: a small toolbox to work on", &tree, &[])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_whole_and_its_gates_are_green() {
        let listed = include_str!("../../data/demo/FILES");
        let embedded: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
        assert_eq!(listed.lines().collect::<Vec<_>>(), embedded);
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 8.0).unwrap();
        let config = config::load(dir.path()).unwrap();
        assert_eq!(config.gates.len(), 3);
        for gate in &config.gates {
            let mut sh = std::process::Command::new("sh");
            let out = sh.args(["-c", &gate.run]).current_dir(dir.path()).output().unwrap();
            assert!(out.status.success(), "{}: {}", gate.name, String::from_utf8_lossy(&out.stderr));
        }
        let rehearsal = &config.profiles["rehearsal"];
        assert_eq!(rehearsal.env["ORCHESTRA_REHEARSE_MISBEHAVE"], "NET=no-squash");
        assert!(config.team.iter().all(|a| a.profile == "rehearsal"));
        let info = crate::git::probe(dir.path(), TARGET).unwrap();
        assert_eq!(info.head.as_deref(), Some(TARGET));
        assert_eq!(crate::git::dirty(dir.path()).unwrap(), Vec::<String>::new());
    }
}
