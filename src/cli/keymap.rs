//! `orchestra keymap`: the keys in force here, and what of the files is not.

use serde::Serialize;

use super::args::Keymap as Args;
use super::exit::{Exit, Fail};
use super::{out, place};
use crate::client;
use crate::config;
use crate::domain::prefs::{Prefs, Wanted};
use crate::domain::team::Config;
use crate::ui::keymap::{Keymap, SECTIONS, keys_name};

/// The object that `--json` prints.
#[derive(Serialize)]
struct Shown<'a> {
    answer: &'static str,
    /// The set of keys that files change.
    preset: &'a str,
    /// The sets there are.
    presets: Vec<&'static str>,
    /// The user's own file; null where no home is known.
    own_file: Option<String>,
    bindings: Vec<Bound>,
    /// What of the files is not in force, each with its place.
    left_out: &'a [String],
}

/// The keys of one action.
#[derive(Serialize)]
struct Bound {
    when: &'static str,
    op: &'static str,
    keys: Vec<String>,
    what: &'static str,
}

/// Shows the keys in force.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    // Outside a repository, and before there is a configuration, a user's own keys hold all the same.
    let project = match place::project().ok().map(|top| config::load(&top)) {
        None | Some(Err(config::Error::Missing { .. })) => Prefs::default(),
        Some(loaded) => loaded?.prefs,
    };
    let file = client::own_file();
    let (mut own, mut left_out) = file.as_deref().map(config::own).unwrap_or_default();
    if let Some(preset) = &args.preset {
        own.keys.preset = Some(preset.clone());
    }
    let Wanted { keys, left_out: more, .. } = config::wanted(&project, &own, None);
    let (keymap, problems) = Keymap::changed(&keys);
    left_out.extend(more);
    left_out.extend(problems.iter().map(ToString::to_string));
    let preset = own.keys.preset.as_deref().or(project.keys.preset.as_deref()).unwrap_or(config::OWN_KEYS);
    let presets = config::presets();
    if args.preset.is_some() && !presets.iter().any(|(name, _)| *name == preset) {
        let known: Vec<&str> = presets.iter().map(|(name, _)| *name).collect();
        return Err(
            Fail::usage(format!("use the keys `{preset}`: expected one of {}", known.join(", "))).into()
        );
    }
    if args.json {
        let bound = |b: &crate::ui::keymap::Binding| Bound {
            when: b.when.word(),
            op: b.op.word(),
            keys: b.keys.iter().map(|k| k.name()).collect(),
            what: b.what,
        };
        let own_file = file.map(|f| f.display().to_string());
        let bindings = keymap.all().map(bound).collect();
        let presets = presets.iter().map(|(name, _)| *name).collect();
        out::json(&Shown { answer: "keymap", preset, presets, own_file, bindings, left_out: &left_out })?;
    } else {
        out::result(text(&keymap).trim_end())?;
        for wrong in &left_out {
            out::note(&format!("left out: {wrong}"));
        }
    }
    Ok(if left_out.is_empty() { Exit::Done } else { Exit::Usage })
}

fn text(keymap: &Keymap) -> String {
    let mut text = String::new();
    for (when, title) in SECTIONS {
        let bindings: Vec<_> = keymap.all().filter(|b| b.when == when).collect();
        if bindings.is_empty() {
            continue;
        }
        text.push_str(&format!("[keys.{}]  # {title}\n", when.word()));
        for b in bindings {
            let keys = if b.keys.is_empty() { "–".to_owned() } else { keys_name(&b.keys) };
            text.push_str(&format!("{:<18} {keys:<28} {}\n", b.op.word(), b.what));
        }
        text.push('\n');
    }
    text
}

/// Whether the keys of a project's configuration are all sound.
///
/// # Errors
/// The first that is not, with file, line and what to do.
pub(super) fn check(config: &Config) -> Result<(), Fail> {
    let keys = config::wanted(&config.prefs, &Prefs::default(), None).keys;
    match Keymap::changed(&keys).1.first() {
        Some(problem) => Err(Fail::usage(format!("use {problem}"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Dirs, parse};

    fn checked(keys: &str) -> String {
        let team = "[team]\nprofile = \"shell\"\n[[team.agent]]\nname = \"SEC\"\n";
        let config = parse(&format!("{team}{keys}"), "orchestra.toml", &Dirs::built_in()).unwrap();
        check(&config).map_or_else(|e| e.to_string(), |()| String::new())
    }

    #[test]
    fn a_projects_keys_are_checked_with_their_place() {
        assert_eq!(checked("[keys]\npreset = \"tmux\"\n[keys.normal]\npin = \"ctrl-x\"\n"), "");
        let told = checked("[keys.normal]\nzoom = [\"b\"]\n");
        assert!(told.contains("orchestra.toml:6: `zoom`: b is already the key of `broadcast`"), "{told}");
    }

    #[test]
    fn all_keys_are_printed_by_the_names_that_files_use() {
        let text = text(&Keymap::default());
        assert!(text.contains("[keys.typing]"), "{text}");
        assert!(text.contains("leave-typing       Ctrl-q"), "{text}");
        assert!(text.lines().any(|l| l.starts_with("end-session ") && l.contains('–')), "{text}");
    }
}
