//! The data files: compiled in, and those a project adds or overrides.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::doc::Doc;
use super::error::Error;
use super::library::PROMPTS;
use crate::domain::prompt::BUILT_IN;
use crate::domain::review::RuleFile;
use crate::domain::tech::{Rule, Rules};

/// The largest file of a configuration, in bytes.
pub const FILE_LIMIT: u64 = 1 << 20;

/// The most files of one kind that a project may add.
pub const COUNT_LIMIT: usize = 256;

/// The built-in profiles: name and text.
pub const PROFILES: &[(&str, &str)] = &[
    ("rehearsal", include_str!("../data/profiles/rehearsal.toml")),
    ("analyst", include_str!("../data/profiles/analyst.toml")),
    ("shell", include_str!("../data/profiles/shell.toml")),
    ("claude", include_str!("../data/profiles/claude.toml")),
    ("codex", include_str!("../data/profiles/codex.toml")),
    ("opencode", include_str!("../data/profiles/opencode.toml")),
    ("gemini", include_str!("../data/profiles/gemini.toml")),
    ("pi", include_str!("../data/profiles/pi.toml")),
    ("aider", include_str!("../data/profiles/aider.toml")),
    ("generic", include_str!("../data/profiles/generic.toml")),
];

/// The built-in plans: name and text.
pub const PLANS: &[(&str, &str)] = &[
    ("enhancement", include_str!("../data/plans/enhancement.toml")),
    ("wrap-up", include_str!("../data/plans/wrap-up.toml")),
    ("incident", include_str!("../data/plans/incident.toml")),
];

/// Where a project keeps what the prompts of an incident fleet include, and the fleet's other files.
pub(super) const INCIDENT: &str = "prompts/incident";

/// Where a project keeps its own data files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Dirs {
    top: Option<PathBuf>,
}

impl Dirs {
    /// `plans/`, `profiles/` and `prompts/` in `top`, as far as they exist.
    #[must_use]
    pub fn beside(top: &Path) -> Self {
        Self { top: Some(top.to_owned()) }
    }

    /// Only what is compiled in.
    #[must_use]
    pub fn built_in() -> Self {
        Self::default()
    }

    /// The project's folder; none where only what is compiled in counts.
    pub(super) fn top(&self) -> Option<&Path> {
        self.top.as_deref()
    }

    /// The files of `folder` that end in `.extension`.
    pub(super) fn files(&self, folder: &str, extension: &str) -> Result<Vec<File>, Error> {
        let Some(top) = &self.top else { return Ok(Vec::new()) };
        let dir = top.join(folder);
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && fs::symlink_metadata(&dir).is_err() => {
                return Ok(Vec::new());
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(nowhere(&dir)),
            Err(source) => return Err(Error::Io { doing: "read", path: dir, source }),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|source| Error::Io { doing: "read", path: dir.clone(), source })?;
            let path = PathBuf::from(entry.file_name());
            let stem = path.file_stem().and_then(|s| s.to_str());
            let end = path.extension().unwrap_or_default();
            if (stem.is_none() && end == extension)
                || (end != extension && end.eq_ignore_ascii_case(extension))
            {
                let what = format!("expected a name in UTF-8 that ends in `.{extension}`; rename it");
                return Err(Error::Name { path: dir.join(&path), what });
            }
            let hidden = stem.is_none_or(|s| s.starts_with('.'));
            // What a folder says of itself is no prompt.
            let hidden = hidden || (extension == "md" && stem == Some("README"));
            if let (Some(stem), false, true) =
                (stem, hidden, path.extension().is_some_and(|e| e == extension))
            {
                names.push(stem.to_owned());
            }
            if names.len() > COUNT_LIMIT {
                return Err(Error::TooMany { path: dir, limit: COUNT_LIMIT });
            }
        }
        names.sort();
        let load = |stem: String| {
            let shown = format!("{folder}/{stem}.{extension}");
            let text = read_text(&top.join(&shown))?;
            Ok(File { name: stem, shown, text, own: true })
        };
        names.into_iter().map(load).collect()
    }

    /// The prompt templates: built in, then the project's own. Those in `prompts/incident/` are parts that others include
    /// by `incident/NAME`. What a project replaces stays there
    /// under its name with [`BUILT_IN`] before it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn prompts(&self) -> Result<BTreeMap<String, File>, Error> {
        let built_in = PROMPTS.iter().map(|(name, text)| File::built_in(name, "prompts", "md", text));
        let mut all: BTreeMap<String, File> = built_in.map(|f| (f.name.clone(), f)).collect();
        let mut parts = self.files(INCIDENT, "md")?;
        // The template of a postmortem is no prompt, though it stands beside them.
        parts.retain(|f| f.name != "postmortem");
        parts.iter_mut().for_each(|f| f.name = format!("incident/{}", f.name));
        for own in self.files("prompts", "md")?.into_iter().chain(parts) {
            if let Some(replaced) = all.insert(own.name.clone(), own) {
                all.insert(format!("{BUILT_IN}{}", replaced.name), replaced);
            }
        }
        Ok(all)
    }
}

/// One data file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its name without folder and extension.
    pub name: String,
    /// How errors name it.
    pub shown: String,
    /// What it holds.
    pub text: String,
    /// Whether it is the project's own.
    pub own: bool,
}

impl File {
    /// A file that is compiled in.
    pub fn built_in(name: &str, folder: &str, extension: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            shown: format!("{folder}/{name}.{extension} (built in)"),
            text: text.to_owned(),
            own: false,
        }
    }
}

/// A project's own text in place of one that comes along: `templates/NAME.md` beside `orchestra.toml`, where there is one.
///
/// # Errors
/// When it cannot be read.
pub fn template(top: &Path, name: &str) -> Result<Option<String>, Error> {
    let path = top.join("templates").join(format!("{name}.md"));
    if fs::symlink_metadata(&path).is_err() {
        return Ok(None);
    }
    read_text(&path).map(Some)
}

fn nowhere(path: &Path) -> Error {
    Error::Nowhere { path: path.to_owned() }
}

/// The text of a file, refusing what is no regular file, too large, or not UTF-8.
pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    let io = |source| Error::Io { doing: "read", path: path.to_owned(), source };
    // A pipe or device in place of the file would make the reading wait for ever.
    let about = match fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && fs::symlink_metadata(path).is_ok() => {
            return Err(nowhere(path));
        }
        about => about.map_err(io)?,
    };
    if !about.is_file() {
        return Err(Error::NotAFile { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(io)?.take(FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(Error::TooLarge { path: path.to_owned(), limit: FILE_LIMIT });
    }
    String::from_utf8(bytes).map_err(|_| Error::NotText { path: path.to_owned() })
}

/// How technologies are recognised in a repository, for [`crate::domain::tech::recognise`].
///
/// # Errors
/// [`Error::Wrong`] when the built-in rules are not in order, which a test excludes.
pub fn tech() -> Result<Vec<Rule>, Error> {
    let doc = Doc::parse("tech.toml (built in)", include_str!("../data/tech.toml"))?;
    doc.read::<Rules>().map(|r| r.rules)
}

/// What a review points out by itself: message conventions, files, and how secrets look.
///
/// # Errors
/// [`Error::Wrong`] when the built-in rules are not in order, which a test excludes.
pub(super) fn review() -> Result<RuleFile, Error> {
    Doc::parse("review.toml (built in)", include_str!("../data/review.toml"))?.read()
}
