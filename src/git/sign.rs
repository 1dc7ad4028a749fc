//! Signing merges as the user's git signs: openpgp, x509 or ssh, with the programs and keys of the system and
//! global configuration.
//!
//! Architecture invariant: where signing is wanted there is a signature or an error, never an unsigned commit.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use git2::{ObjectType, Repository};

use super::error::{git, io};
use super::user::User;
use super::{Error, kinds, program};
use crate::domain::id::TrainId;
use crate::domain::team::Signing;
use crate::domain::train::{DRY, TrainPlan};

/// How long one signature may take: a person may have to touch a key or type into a window.
const PATIENCE: Duration = Duration::from_secs(120);
/// The most merges of an earlier build that are looked at.
const MAX_EARLIER: usize = 10_000;

/// What makes signatures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    OpenPgp,
    X509,
    Ssh,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::OpenPgp => "openpgp",
            Self::X509 => "x509",
            Self::Ssh => "ssh",
        }
    }
}

/// A way to sign commits.
#[derive(Debug)]
pub(super) struct Signer {
    format: Format,
    program: OsString,
    key: String,
    /// Unsigned text of commits that were signed before, and their ids: signatures differ each time.
    earlier: BTreeMap<Vec<u8>, git2::Oid>,
}

impl Signer {
    /// How merges of this repository are signed; `None` when they are not. The user's `commit.gpgSign` asks for
    /// it, and so does the repository's; a `false` of the repository's does not take back the user's own word,
    /// since agents can write it, but [`Signing::Never`] does.
    pub(super) fn of(repo: &Repository, wanted: Signing) -> Result<Option<Self>, Error> {
        let user = User::of(repo)?;
        let asked = user.flag("commit.gpgsign") || kinds::on(&kinds::configs(repo)?, "commit.gpgsign");
        if wanted == Signing::Never || !asked {
            return Ok(None);
        }
        let format = match user.get("gpg.format").map(str::to_lowercase).as_deref() {
            None | Some("openpgp") => Format::OpenPgp,
            Some("x509") => Format::X509,
            Some("ssh") => Format::Ssh,
            Some(other) => {
                let text = format!("gpg.format is `{other}`, which is none of openpgp, x509 and ssh");
                return Err(failed("sign", text));
            }
        };
        let (names, usual): (&[&str], _) = match format {
            Format::OpenPgp => (&["gpg.openpgp.program", "gpg.program"], "gpg"),
            Format::X509 => (&["gpg.x509.program"], "gpgsm"),
            Format::Ssh => (&["gpg.ssh.program"], "ssh-keygen"),
        };
        let program =
            names.iter().find_map(|name| user.path(name)).map_or(usual.into(), PathBuf::into_os_string);
        let key = key(&user, format)?;
        Ok(Some(Self { format, program, key, earlier: BTreeMap::new() }))
    }

    /// What will be done, for people.
    pub(super) fn describe(&self) -> String {
        let program = self.program.to_string_lossy();
        format!("merges are signed by {program} ({}) with the key {}", self.format.name(), self.key)
    }

    /// How the merges of a train are signed; those that an earlier build of it left are taken again. A train that is
    /// only shown is not signed: nobody should be asked for a passphrase by it.
    pub(super) fn for_train(repo: &Repository, plan: &TrainPlan) -> Result<Option<Self>, Error> {
        if plan.id & DRY != 0 {
            return Ok(None);
        }
        let Some(mut signer) = Self::of(repo, plan.sign)? else { return Ok(None) };
        signer.remember(repo, plan.id)?;
        Ok(Some(signer))
    }

    fn remember(&mut self, repo: &Repository, train: TrainId) -> Result<(), Error> {
        let Ok(built) = repo.find_reference(&format!("refs/orchestra/train/{train}/built")) else {
            return Ok(());
        };
        let odb = repo.odb().map_err(git("open the object database"))?;
        let mut at = built.target();
        for _ in 0..MAX_EARLIER {
            let Some(oid) = at else { break };
            let Ok(object) = odb.read(oid) else { break };
            let Some(unsigned) = without_signature(object.data()) else { break };
            self.earlier.insert(unsigned, oid);
            at = repo.find_commit(oid).ok().and_then(|c| c.parent_id(0).ok());
        }
        Ok(())
    }

    /// The signature of a commit's text.
    fn sign(&self, text: &str) -> Result<String, Error> {
        match self.format {
            Format::OpenPgp | Format::X509 => self.gpg(text),
            Format::Ssh => self.ssh(text),
        }
    }

    fn gpg(&self, text: &str) -> Result<String, Error> {
        let mut command = self.command();
        command.args(["--status-fd=2", "-bsau", &self.key]);
        let done = self.run(&mut command, Some(text.as_bytes().to_vec()))?;
        let signature = String::from_utf8_lossy(&done.out).replace('\r', "");
        let made = done.err.lines().any(|line| line.starts_with("[GNUPG:] SIG_CREATED "));
        if done.status.success() && made && !signature.trim().is_empty() {
            return Ok(signature);
        }
        Err(self.refused(&done.err))
    }

    fn ssh(&self, text: &str) -> Result<String, Error> {
        let dir =
            tempfile::Builder::new().prefix("orchestra-sign-").tempdir().map_err(io("temporary folder"))?;
        let put = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::write(&path, text).map_err(io(&path)).map(|()| path)
        };
        let mut command = self.command();
        command.args(["-Y", "sign", "-n", "git", "-f"]);
        // The public half alone: an agent of the user's has the private one.
        match literal(&self.key) {
            Some(public) => command.arg(put("key", public)?).arg("-U"),
            None => command.arg(&self.key),
        };
        let content = put("commit", text)?;
        let done = self.run(command.arg(&content), None)?;
        let file = dir.path().join("commit.sig");
        match fs::read_to_string(&file) {
            Ok(signature) if done.status.success() && !signature.trim().is_empty() => {
                Ok(signature.replace('\r', ""))
            }
            _ => Err(self.refused(&done.err)),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // The user's environment, as git would give it, but no terminal to ask on and no git of somebody's.
        for (name, _) in std::env::vars_os().filter(|(n, _)| n.as_encoded_bytes().starts_with(b"GIT_")) {
            command.env_remove(name);
        }
        command.env_remove("GPG_TTY").env("LC_ALL", "C").current_dir("/").stdin(std::process::Stdio::null());
        command
    }

    fn run(&self, command: &mut Command, input: Option<Vec<u8>>) -> Result<program::Done, Error> {
        program::run(command, input, PATIENCE).map_err(|e| {
            let text = match e.kind() {
                std::io::ErrorKind::TimedOut => format!("no signature within {} s", PATIENCE.as_secs()),
                _ => e.to_string(),
            };
            self.refused(&text)
        })
    }

    fn refused(&self, said: &str) -> Error {
        let words: Vec<&str> = said.lines().filter(|l| !l.starts_with("[GNUPG:]")).map(str::trim).collect();
        let said = words.join("; ");
        Error::NotSigned {
            program: self.program.to_string_lossy().into_owned(),
            key: self.key.clone(),
            text: if said.is_empty() { "it said nothing".to_owned() } else { said },
        }
    }
}

/// Writes a commit, signed where there is a signer, and says whether it did not exist before.
pub(super) fn write(
    repo: &Repository,
    signer: Option<&Signer>,
    text: &[u8],
) -> Result<(git2::Oid, bool), Error> {
    let doing = || git("write a merge");
    if let Some(signer) = signer {
        if let Some(known) = signer.earlier.get(text) {
            return Ok((*known, false));
        }
        let text =
            std::str::from_utf8(text).map_err(|_| signer.refused("the merge's message is not UTF-8"))?;
        let made = repo.commit_signed(text, &signer.sign(text)?, None).map_err(doing())?;
        return Ok((made, true));
    }
    let odb = repo.odb().map_err(doing())?;
    let oid = git2::Oid::hash_object(ObjectType::Commit, text).map_err(doing())?;
    let fresh = !odb.exists(oid);
    odb.write(ObjectType::Commit, text).map(|made| (made, fresh)).map_err(doing())
}

/// What the repository says of signing that is passed over, as sentences.
pub(super) fn ignored(repo: &Repository) -> Result<Vec<String>, Error> {
    let user = User::of(repo)?;
    let mut said = Vec::new();
    for key in [
        "gpg.program",
        "gpg.openpgp.program",
        "gpg.x509.program",
        "gpg.ssh.program",
        "gpg.ssh.defaultkeycommand",
        "gpg.format",
        "user.signingkey",
    ] {
        let found = kinds::configs(repo)?.iter().rev().find_map(|c| c.get_string(key).ok());
        if let Some(value) = found.filter(|value| user.get(key) != Some(value)) {
            said.push(format!(
                "{key} = {value} of the repository's configuration is passed over: agents can write it; \
                 programs and keys are taken from your global configuration"
            ));
        }
    }
    Ok(said)
}

fn failed(command: &str, text: String) -> Error {
    Error::Program { command: command.to_owned(), text }
}

/// Which key signs.
fn key(user: &User, format: Format) -> Result<String, Error> {
    let missing = |what: &str| {
        Error::NoKey(format!(
            "{what}; run `git config --global user.signingKey KEY`, or set merge.sign = \"never\""
        ))
    };
    if let Some(key) = user.get("user.signingkey").filter(|k| !k.is_empty()) {
        if format == Format::Ssh && literal(key).is_none() {
            let path = user.path("user.signingkey").unwrap_or_else(|| key.into());
            return Ok(path.to_string_lossy().into_owned());
        }
        return Ok(key.to_owned());
    }
    if format != Format::Ssh {
        return match (user.get("user.name"), user.get("user.email")) {
            (Some(name), Some(email)) => Ok(format!("{name} <{email}>")),
            _ => Err(missing("neither user.signingKey nor user.name and user.email are set globally")),
        };
    }
    let Some(line) = user.get("gpg.ssh.defaultkeycommand") else {
        return Err(missing("neither user.signingKey nor gpg.ssh.defaultKeyCommand is set globally"));
    };
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir("/").stdin(std::process::Stdio::null());
    let done = program::run(&mut command, None, PATIENCE)
        .map_err(|e| missing(&format!("gpg.ssh.defaultKeyCommand (`{line}`) failed: {e}")))?;
    let out = String::from_utf8_lossy(&done.out);
    let first = out.lines().next().unwrap_or_default().trim();
    if done.status.success() && literal(first).is_some() {
        return Ok(first.to_owned());
    }
    Err(missing(&format!("gpg.ssh.defaultKeyCommand (`{line}`) gave no key: {}", done.err)))
}

/// The public key that is written out in place of a file's name.
fn literal(key: &str) -> Option<&str> {
    key.strip_prefix("key::").or_else(|| key.starts_with("ssh-").then_some(key))
}

/// A commit's text as it was before it was signed; `None` for one that was not.
fn without_signature(raw: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(raw.len());
    let (mut head, mut within, mut found) = (true, false, false);
    for line in raw.split_inclusive(|b| *b == b'\n') {
        within = head && (line.starts_with(b"gpgsig ") || (within && line.starts_with(b" ")));
        found |= within;
        if !within {
            head &= line != b"\n";
            text.extend_from_slice(line);
        }
    }
    found.then_some(text)
}
