//! What prompts say of an agent's work, read from its branch and from those it builds on.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use git2::Repository;

use super::span::{self, Span};
use super::{Error, ReviewInput, facts, open};
use crate::domain::brief::{Brief, MOST, Upstream, Work};
use crate::domain::id::AgentName;
use crate::domain::review::{Review, git_reasons};
use crate::domain::signal::printable;
use crate::domain::source::untested;

/// The branches of a team, and who builds on whose.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Team {
    /// All of them.
    pub branches: Vec<ReviewInput>,
    /// Whose work each builds on.
    pub after: BTreeMap<AgentName, Vec<AgentName>>,
}

/// Names technologies from the paths of a tree and a way to read its files.
pub type Recognise<'f> = dyn Fn(&[&str], &mut dyn FnMut(&str) -> Option<String>) -> Vec<String> + 'f;

/// Says what the branches of `wanted` and those they build on hold beyond their recorded bases, one answer
/// each in the order of `wanted`. Nothing is written anywhere.
///
/// A branch to build on that cannot be read is left out: its owner's own brief says why. Lists hold at most
/// [`MOST`] entries; files over 1 MiB and binary ones are named, not read; after 200,000 lines of differences
/// no more are counted.
///
/// # Errors
/// [`Error::Tampered`] or [`Error::OffBranch`] for an agent whose worktree is not what it should be; others when
/// something of its own branch cannot be read.
pub fn briefs(
    repo: &Path,
    team: &Team,
    wanted: &[AgentName],
    target: &str,
    recognise: &Recognise<'_>,
) -> Vec<Result<Brief, Error>> {
    let mut reader = match open::main(repo) {
        Ok(main) => Reader { main, team, target, recognise, spans: HashMap::new() },
        // Each of them meets the same obstacle again and says so.
        Err(_) => return wanted.iter().map(|_| open::main(repo).map(|_| Brief::default())).collect(),
    };
    wanted.iter().map(|name| reader.brief(name)).collect()
}

/// The same texts, borrowed.
fn strs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

struct Reader<'a> {
    main: Repository,
    team: &'a Team,
    target: &'a str,
    recognise: &'a Recognise<'a>,
    /// A branch is often both somebody's own and others' to build on.
    spans: HashMap<(git2::Oid, git2::Oid), Span>,
}

impl Reader<'_> {
    fn brief(&mut self, name: &AgentName) -> Result<Brief, Error> {
        let team = self.team;
        let Some(own) = team.branches.iter().find(|b| b.agent == *name) else {
            return Err(Error::NoBranch(name.to_string()));
        };
        let facts = facts::facts_in(&self.main, &own.worktree, &own.branch, &own.base, self.target)?;
        let (base, head) = (open::theirs(&facts.base)?, open::theirs(&facts.head)?);
        let span = self.span(base, head)?;
        let open = facts.changed.iter().chain(&facts.untracked).take(MOST);
        let uncommitted = open.map(|p| printable(p)).collect();
        let review = Review::new(name.clone(), own.branch.clone(), facts);
        let now = span::paths(&self.main, head)?;
        let untested = self.untested(base, &now, &span)?;
        let upstream = self.upstream(name, &span);
        let work = Work {
            commits: span.commits,
            ahead: span.ahead,
            files: span.files,
            changed: span.changed,
            added: span.added,
            removed: span.removed,
            uncommitted,
            todos: span.todos,
            skipped_tests: span.skipped,
            untested,
            problems: git_reasons(&review),
        };
        Ok(Brief { work, upstream, tech: self.tech(head, &now)? })
    }

    fn span(&mut self, base: git2::Oid, head: git2::Oid) -> Result<Span, Error> {
        if let Some(known) = self.spans.get(&(base, head)) {
            return Ok(known.clone());
        }
        let span = span::span(&self.main, base, head)?;
        self.spans.insert((base, head), span.clone());
        Ok(span)
    }

    fn untested(&self, base: git2::Oid, now: &[String], span: &Span) -> Result<Vec<String>, Error> {
        if span.paths.is_empty() {
            return Ok(Vec::new());
        }
        let before = span::paths(&self.main, base)?;
        let mut found = untested(&strs(&before), &strs(now), &strs(&span.paths));
        found.truncate(MOST);
        Ok(found)
    }

    /// The branches that `name` builds on; `own` is what it did itself.
    fn upstream(&mut self, name: &AgentName, own: &Span) -> Vec<Upstream> {
        let team = self.team;
        let mut all = Vec::new();
        for agent in team.after.get(name).into_iter().flatten() {
            let Some(branch) = team.branches.iter().find(|b| b.agent == *agent) else { continue };
            let tip = open::tip(&self.main, &branch.branch);
            let base = open::commit(&self.main, &branch.base).map(|c| c.id());
            let Ok(span) = tip.and_then(|tip| self.span(base?, tip)) else { continue };
            let told = |(path, name): &(String, String)| format!("{path}: {name}");
            let unused = span.exports.iter().filter(|(_, name)| !own.words.contains(name));
            all.push(Upstream {
                agent: agent.to_string(),
                branch: branch.branch.clone(),
                unused: unused.map(told).collect(),
                exports: span.exports.iter().map(told).collect(),
                commits: span.commits,
                files: span.files,
                changed: span.changed,
                added: span.added,
                removed: span.removed,
            });
        }
        all
    }

    fn tech(&self, head: git2::Oid, paths: &[String]) -> Result<Vec<String>, Error> {
        let doing = || super::error::git(format!("read tree of {head}"));
        let tree = self.main.find_commit(head).and_then(|c| c.tree()).map_err(doing())?;
        let mut read = |path: &str| {
            let entry = tree.get_path(Path::new(path)).ok()?;
            span::text(&self.main, entry.id())
        };
        Ok((self.recognise)(&strs(paths), &mut read))
    }
}
