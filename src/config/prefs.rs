//! How people want the dashboard: `[ui]`, `[keys]` and `[theme.NAME]`, in `orchestra.toml` for everybody and in
//! `config.toml` among the user's own files for one; and the themes and sets of keys that come along.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

use super::data::read_text;
use super::doc::Doc;
use super::doc::Step::{self, Key};
use super::error::{Error, Wrong, did_you_mean, one_of};
use super::names;
use crate::domain::prefs::{KEYS_MOST, KeyChange, KeyPrefs, Prefs, THEMES_MOST, Wanted};
use crate::domain::theme::{Colour, Paint, Role, Theme};

/// The name of a user's own file, in `orchestra` below where the system keeps such files.
pub const OWN_FILE: &str = "config.toml";

/// The themes that come along: name and text. The first is the one without any choice.
const THEMES: &[(&str, &str)] = &[
    ("terminal", include_str!("../data/themes/terminal.toml")),
    ("dark", include_str!("../data/themes/dark.toml")),
    ("light", include_str!("../data/themes/light.toml")),
    ("high-contrast", include_str!("../data/themes/high-contrast.toml")),
    ("16-colour", include_str!("../data/themes/16-colour.toml")),
];

/// The keys as they are without any change.
pub const OWN_KEYS: &str = "orchestra";

/// The sets of keys that come along beside [`OWN_KEYS`]: name and text.
const KEYS: &[(&str, &str)] =
    &[("tmux", include_str!("../data/keys/tmux.toml")), ("zellij", include_str!("../data/keys/zellij.toml"))];

/// `[ui]`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Ui {
    pub theme: Option<String>,
    pub ascii: Option<bool>,
    pub clipboard: Option<bool>,
}

/// `[keys]`: `preset`, and a table for each mode.
pub(super) type Keys = BTreeMap<String, KeyEntry>;

/// One entry of `[keys]`.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a table of actions with their keys, or `preset = \"tmux\"`")]
pub(super) enum KeyEntry {
    Preset(String),
    Mode(BTreeMap<String, Keyed>),
}

/// The keys of one action.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a key such as \"ctrl-b z\", or a list of keys")]
pub(super) enum Keyed {
    One(String),
    Many(Vec<String>),
}

/// `[theme.NAME]`: `title`, `base`, `plain`, `background`, and roles.
pub(super) type Themes = BTreeMap<String, BTreeMap<String, String>>;

/// What a file of one's own may say.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Own {
    ui: Ui,
    keys: Keys,
    #[serde(rename = "theme")]
    themes: Themes,
}

/// A set of keys that comes along.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preset {
    title: String,
    keys: Keys,
}

/// What a file says, as far as it is sound, and what is not.
struct Reading<'d, 't> {
    doc: &'d Doc<'t>,
    wrong: Vec<Wrong>,
}

impl Reading<'_, '_> {
    fn leave_out(&mut self, path: &[Step<'_>], what: impl Into<String>) {
        self.wrong.push(self.doc.remark(path, what));
    }

    fn keys(&mut self, raw: &Keys) -> KeyPrefs {
        let mut prefs = KeyPrefs { file: self.doc.file().to_owned(), ..KeyPrefs::default() };
        for (name, entry) in raw {
            match entry {
                KeyEntry::Preset(preset) if name == "preset" => match preset_named(preset) {
                    Ok(_) => prefs.preset = Some(preset.clone()),
                    Err(what) => self.leave_out(&[Key("keys"), Key(name)], what),
                },
                KeyEntry::Preset(_) => {
                    let what = format!("expected a table of actions with their keys{}", near_preset(name));
                    self.leave_out(&[Key("keys"), Key(name)], what);
                }
                KeyEntry::Mode(ops) => {
                    let change = |(op, keys): (&String, &Keyed)| KeyChange {
                        when: name.clone(),
                        op: op.clone(),
                        keys: match keys {
                            Keyed::One(key) => vec![key.clone()],
                            Keyed::Many(keys) => keys.clone(),
                        },
                        line: self.doc.line_of(&[Key("keys"), Key(name), Key(op)]),
                    };
                    prefs.changes.extend(ops.iter().map(change));
                }
            }
        }
        prefs.changes.sort_by_key(|c| c.line);
        if prefs.changes.len() > KEYS_MOST {
            let what =
                format!("expected at most {KEYS_MOST} actions, found {}; take some out", prefs.changes.len());
            self.leave_out(&[Key("keys")], what);
            prefs.changes.truncate(KEYS_MOST);
        }
        prefs
    }

    fn themes(&mut self, raw: &Themes) -> BTreeMap<String, Theme> {
        let mut themes = BTreeMap::new();
        if raw.len() > THEMES_MOST {
            let what = format!("expected at most {THEMES_MOST} themes, found {}; take some out", raw.len());
            self.leave_out(&[Key("theme")], what);
        }
        for (name, entries) in raw.iter().take(THEMES_MOST) {
            if let Err(what) = names::word(name) {
                self.leave_out(&[Key("theme"), Key(name)], what);
                continue;
            }
            let base = entries.get("base").map_or("terminal", String::as_str);
            let mut theme = match built_in(base) {
                Some(theme) => theme,
                None => {
                    let known = THEMES.iter().map(|(n, _)| *n);
                    let what = format!(
                        "expected a theme that comes along ({}), found `{}`",
                        one_of(known.clone()),
                        base.escape_debug()
                    ) + &did_you_mean(base, known);
                    self.leave_out(&[Key("theme"), Key(name), Key("base")], what);
                    continue;
                }
            };
            theme.title = String::new();
            for (key, value) in entries.iter().filter(|(key, _)| *key != "base") {
                if let Err(what) = set(&mut theme, key, value) {
                    self.leave_out(&[Key("theme"), Key(name), Key(key)], what);
                }
            }
            themes.insert(name.clone(), theme);
        }
        themes
    }

    fn prefs(&mut self, ui: &Ui, keys: &Keys, themes: &Themes) -> Prefs {
        Prefs {
            theme: ui.theme.clone(),
            ascii: ui.ascii,
            clipboard: ui.clipboard,
            keys: self.keys(keys),
            themes: self.themes(themes),
        }
    }
}

/// Sets what an entry of a theme says.
fn set(theme: &mut Theme, key: &str, value: &str) -> Result<(), String> {
    match key {
        "title" => theme.title = value.chars().filter(|c| !c.is_control()).take(60).collect(),
        "plain" => theme.plain = Colour::parse(value)?,
        "background" => theme.background = Colour::parse(value)?,
        _ => match Role::ALL.iter().find(|r| r.word() == key) {
            Some(role) => {
                theme.roles.insert(*role, Paint::parse(value)?);
            }
            None => {
                let known =
                    || Role::ALL.iter().map(|r| r.word()).chain(["title", "base", "plain", "background"]);
                let near = did_you_mean(key, known());
                return Err(format!("nothing drawn has this name; expected {}{near}", one_of(known())));
            }
        },
    }
    Ok(())
}

/// A theme that comes along.
fn built_in(name: &str) -> Option<Theme> {
    let (_, text) = THEMES.iter().find(|(n, _)| *n == name)?;
    let entries: BTreeMap<String, String> = Doc::parse(name, text).ok()?.read().ok()?;
    let mut theme = Theme::default();
    for (key, value) in &entries {
        set(&mut theme, key, value).ok()?;
    }
    Some(theme)
}

/// The changes of a set of keys, and what it is; none for the keys as they are without any.
fn preset_named(name: &str) -> Result<Option<(String, KeyPrefs)>, String> {
    if name == OWN_KEYS {
        return Ok(None);
    }
    let known = || KEYS.iter().map(|(n, _)| *n).chain([OWN_KEYS]);
    let Some((_, text)) = KEYS.iter().find(|(n, _)| *n == name) else {
        let near = did_you_mean(name, known());
        return Err(format!("expected {}, found `{}`{near}", one_of(known()), name.escape_debug()));
    };
    let shown = format!("keys/{name}.toml (built in)");
    let doc = Doc::parse(&shown, text).map_err(|e| e.to_string())?;
    let raw: Preset = doc.read().map_err(|e| e.to_string())?;
    let mut reading = Reading { doc: &doc, wrong: Vec::new() };
    let keys = reading.keys(&raw.keys);
    Ok(Some((raw.title, keys)))
}

fn near_preset(name: &str) -> String {
    did_you_mean(name, ["preset"])
}

/// The names of the sets of keys that come along, and what each is.
#[must_use]
pub fn presets() -> Vec<(&'static str, String)> {
    let title = |name| preset_named(name).ok().flatten().map_or(String::new(), |(title, _)| title);
    let own = (OWN_KEYS, "this program's own: one key each, Ctrl-q leaves typing".to_owned());
    std::iter::once(own).chain(KEYS.iter().map(|(name, _)| (*name, title(name)))).collect()
}

/// What `orchestra.toml` says, all of it sound.
pub(super) fn of_project(doc: &Doc<'_>, ui: &Ui, keys: &Keys, themes: &Themes) -> Result<Prefs, Error> {
    let mut reading = Reading { doc, wrong: Vec::new() };
    let prefs = reading.prefs(ui, keys, themes);
    if let Some(name) = &prefs.theme
        && let Err(what) = theme_known(name, &all_themes(&[&prefs]))
    {
        reading.leave_out(&[Key("ui"), Key("theme")], what);
    }
    match reading.wrong.into_iter().next() {
        Some(wrong) => Err(Error::Wrong(Box::new(wrong))),
        None => Ok(prefs),
    }
}

/// What a user's own file says as far as it is sound, and what was left out of it. No file says nothing.
#[must_use]
pub fn own(path: &Path) -> (Prefs, Vec<String>) {
    let text = match read_text(path) {
        Ok(text) => text,
        Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => return Default::default(),
        Err(e) => return (Prefs::default(), vec![format!("failed to {e}")]),
    };
    own_text(&path.display().to_string(), &text)
}

/// As [`own`], of a text.
pub(super) fn own_text(shown: &str, text: &str) -> (Prefs, Vec<String>) {
    let read = || -> Result<(Prefs, Vec<String>), Error> {
        let doc = Doc::parse(shown, text)?;
        let raw: Own = doc.read()?;
        let mut reading = Reading { doc: &doc, wrong: Vec::new() };
        let prefs = reading.prefs(&raw.ui, &raw.keys, &raw.themes);
        Ok((prefs, reading.wrong.iter().map(ToString::to_string).collect()))
    };
    read().unwrap_or_else(|e| (Prefs::default(), vec![format!("failed to {e}")]))
}

/// All themes: those that come along, then those of the files.
fn all_themes(files: &[&Prefs]) -> BTreeMap<String, Theme> {
    let built_in = THEMES.iter().filter_map(|(name, _)| Some(((*name).to_owned(), built_in(name)?)));
    let own = files.iter().flat_map(|f| f.themes.iter().map(|(name, theme)| (name.clone(), theme.clone())));
    built_in.chain(own).collect()
}

fn theme_known(name: &str, themes: &BTreeMap<String, Theme>) -> Result<(), String> {
    if themes.contains_key(name) {
        return Ok(());
    }
    let known = || themes.keys().map(String::as_str);
    let near = did_you_mean(name, known());
    Err(format!("there is no theme `{}`; expected {}{near}", name.escape_debug(), one_of(known())))
}

/// Puts together what a project says, what a user says, and what was asked for as the client began: the later goes
/// before the earlier.
#[must_use]
pub fn wanted(project: &Prefs, own: &Prefs, theme: Option<&str>) -> Wanted {
    let themes = all_themes(&[project, own]);
    let mut left_out = Vec::new();
    let asked = theme.map(str::to_owned).or_else(|| own.theme.clone());
    let asked = asked.filter(|name| match theme_known(name, &themes) {
        Ok(()) => true,
        Err(what) => {
            left_out.push(what);
            false
        }
    });
    let theme = asked.or_else(|| project.theme.clone()).unwrap_or_else(|| THEMES[0].0.to_owned());
    let preset = own.keys.preset.as_deref().or(project.keys.preset.as_deref()).unwrap_or(OWN_KEYS);
    let preset = match preset_named(preset) {
        Ok(preset) => preset.map(|(_, keys)| keys),
        Err(what) => {
            left_out.push(format!("keys: {what}"));
            None
        }
    };
    Wanted {
        theme,
        themes,
        ascii: own.ascii.or(project.ascii).unwrap_or(false),
        clipboard: own.clipboard.or(project.clipboard).unwrap_or(true),
        keys: preset.into_iter().chain([project.keys.clone(), own.keys.clone()]).collect(),
        left_out,
    }
}
