//! `orchestra init`: the first configuration of a repository.

use anyhow::Context;

use super::args::Init as Args;
use super::exit::Exit;
use super::{answer, out, place};
use crate::config::{self, InitOptions};

/// Writes `orchestra.toml`, `prompts/` and `skills/`.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let preset = args.preset.as_deref();
    let top = match place::repository() {
        // A fleet needs none.
        Err(_) if !config::needs_repository(preset) => {
            std::env::current_dir().context("learn the current folder")?
        }
        found => found?,
    };
    let options = InitOptions { profile: args.profile, force: args.force, preset: args.preset };
    let written = config::init(&top, &branch(&top), &options)?;
    let mut text = String::new();
    for file in &written.files {
        text.push_str(&format!("wrote {}\n", file.display()));
    }
    for (name, run) in &written.gates {
        text.push_str(&format!("gate {name}: {run}\n"));
    }
    let exit = answer::done(text, args.json)?;
    for note in &written.notes {
        out::note(note);
    }
    out::note("look through orchestra.toml, then start the team with `orchestra up`");
    Ok(exit)
}

/// The branch that is checked out, born or not; `main` when none is.
fn branch(top: &std::path::Path) -> String {
    let head = git2::Repository::open(top).and_then(|repo| {
        let head = repo.find_reference("HEAD")?;
        Ok(head.symbolic_target().ok().flatten().map(str::to_owned))
    });
    let name = head.ok().flatten();
    name.as_deref().and_then(|n| n.strip_prefix("refs/heads/")).unwrap_or("main").to_owned()
}
