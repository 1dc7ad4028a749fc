//! Who is engaged for an incident: the routes that come along, and a project's own over them.

use std::fs;
use std::path::Path;

use super::data::{Dirs, read_text};
use super::doc::Doc;
use super::error::{Error, Wrong};
use crate::domain::incident::case::Fleet;
use crate::domain::incident::compare::Keywords;
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::postmortem::actions::Actions;
use crate::domain::incident::postmortem::{self, Refused};
use crate::domain::incident::triage::Routes;

/// Where a project keeps its own, the first that is there.
const OWN: &[&str] = &["prompts/incident", "incident"];

/// The routes of the project at `top`: what its file names like a built-in one replaces it, the rest is added.
///
/// # Errors
/// When its file cannot be read, or says something wrong.
pub fn routes(top: &Path) -> Result<Routes, Error> {
    let built_in = built_in()?;
    let Some((own, text)) = own(top, "routes.toml")? else { return Ok(built_in) };
    let doc = Doc::parse(&own, &text)?;
    let all = built_in.with(doc.read()?);
    all.check().map(|()| all).map_err(|why| doc.wrong(&[], why))
}

fn built_in() -> Result<Routes, Error> {
    let doc = Doc::parse("routes.toml (built in)", include_str!("../data/incident/routes.toml"))?;
    let all: Routes = doc.read()?;
    all.check().map(|()| all).map_err(|why| doc.wrong(&[], why))
}

/// The words of the project at `top` that route without triage, checked against its `routes`: its own file goes over
/// the built-in one word by word.
///
/// # Errors
/// When its file cannot be read, or says something wrong.
pub fn keywords(top: &Path, routes: &Routes) -> Result<Keywords, Error> {
    let doc = Doc::parse("keywords.toml (built in)", include_str!("../data/incident/keywords.toml"))?;
    let built_in: Keywords = doc.read()?;
    let Some((own, text)) = own(top, "keywords.toml")? else {
        return built_in.check(routes).map(|()| built_in).map_err(|why| doc.wrong(&[], why));
    };
    let doc = Doc::parse(&own, &text)?;
    let all = built_in.with(doc.read()?);
    all.check(routes).map(|()| all).map_err(|why| doc.wrong(&[], why))
}

/// The data files of a fleet, checked; only what is compiled in counts where `dirs` has no folder.
pub(super) fn fleet_files(dirs: &Dirs) -> Result<(Routes, Own), Error> {
    match dirs.top() {
        Some(top) => Ok((routes(top)?, house(top)?)),
        None => Ok((built_in()?, Own::default())),
    }
}

/// What the project at `top` says of incidents beside its routes; texts are empty where it has none of its own.
#[derive(Default)]
pub struct Own {
    /// Its kinds and mechanisms.
    pub mechanisms: String,
    /// Its template of a postmortem.
    pub template: String,
    /// Its recommendations and actions.
    pub actions: String,
}

impl Own {
    /// Puts them into a fleet.
    pub(super) fn into_fleet(self, fleet: &mut Fleet) {
        (fleet.mechanisms, fleet.template, fleet.actions) = (self.mechanisms, self.template, self.actions);
    }
}

/// What the project at `top` says of incidents beside its routes.
///
/// # Errors
/// When a file of it cannot be read or used, with its line.
pub fn house(top: &Path) -> Result<Own, Error> {
    let mechanisms = mechanisms(top)?;
    let (template, actions) = words(top, &mechanisms)?;
    Ok(Own { mechanisms, template, actions })
}

fn mechanisms(top: &Path) -> Result<String, Error> {
    let Some((name, text)) = own(top, "mechanisms.toml")? else { return Ok(String::new()) };
    let doc = Doc::parse(&name, &text)?;
    let added = Mechanisms::built_in().add(&text, &mut Kinds::built_in());
    added.map_err(|why| doc.wrong(&[], why))?;
    Ok(text)
}

/// Template and actions, where the project has those mechanisms.
fn words(top: &Path, mechanisms: &str) -> Result<(String, String), Error> {
    let template = match own(top, "postmortem.md")? {
        Some((file, text)) => {
            let wrong =
                |why: Refused| Wrong { file, line: why.line, column: 1, key: String::new(), what: why.what };
            postmortem::refuse(&text).map_err(|why| Error::Wrong(Box::new(wrong(why))))?;
            text
        }
        None => String::new(),
    };
    let Some((name, actions)) = own(top, "actions.toml")? else { return Ok((template, String::new())) };
    let doc = Doc::parse(&name, &actions)?;
    let (mut all, mut kinds) = (Mechanisms::built_in(), Kinds::built_in());
    // What is wrong with them is told where they are read.
    let _ = all.add(mechanisms, &mut kinds);
    Actions::checked(&actions, &kinds, &all).map_err(|why| doc.wrong(&[], why))?;
    Ok((template, actions))
}

/// A project's own file of that name, the first that is there, and how errors name it.
fn own(top: &Path, name: &str) -> Result<Option<(String, String)>, Error> {
    for folder in OWN {
        let shown = format!("{folder}/{name}");
        if fs::symlink_metadata(top.join(&shown)).is_ok() {
            let text = read_text(&top.join(&shown))?;
            return Ok(Some((shown, text)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_projects_routes_go_over_the_built_in_ones() {
        let top = tempfile::tempdir().unwrap();
        let count = routes(top.path()).unwrap().routes.len();
        let dir = top.path().join("incident");
        fs::create_dir_all(&dir).unwrap();
        let write = |text: &str| fs::write(dir.join("routes.toml"), text).unwrap();
        write(
            "[[specialist]]\nname = \"net\"\nsees = [\"errors\"]\n[[route]]\nname = \"errors\"\nall = [\"errors\"]\n\
             engage = [\"net\"]\n[[route]]\nname = \"mine\"\npriority = [\"p1\"]\nengage = [\"net\"]\n",
        );
        let all = routes(top.path()).unwrap();
        assert_eq!(all.routes.len(), count + 1);
        assert_eq!(all.routes.iter().find(|r| r.name == "errors").unwrap().engage, ["net"]);
        for (text, says) in [
            ("[[route]]\nname = \"x\"\nall = [\"latancy\"]\n", "did you mean `latency`"),
            ("[[route]]\nname = \"x\"\nengage = [\"nobody\"]\n", "specialist `nobody`"),
            ("[[route]]\nname = \"x\"\nal = []\n", "incident/routes.toml"),
            ("[[route]]\nname = \"catch-all\"\nall = [\"cost\"]\n", "without conditions"),
        ] {
            write(text);
            let why = routes(top.path()).unwrap_err().to_string();
            assert!(why.contains(says), "{why}");
        }
        write("");
        let words = |text: &str| {
            fs::write(dir.join("keywords.toml"), text).unwrap();
            keywords(top.path(), &routes(top.path()).unwrap())
        };
        assert_eq!(words("[words]\npod = \"finops-agent\"").unwrap().words["pod"], "finops-agent");
        let why = words("[words]\npod = \"finop-agent\"").unwrap_err().to_string();
        assert!(
            why.contains("incident/keywords.toml") && why.contains("did you mean `finops-agent`"),
            "{why}"
        );
        // The one of the prompts is looked for first.
        fs::create_dir_all(top.path().join("prompts/incident")).unwrap();
        fs::write(top.path().join("prompts/incident/routes.toml"), "").unwrap();
        assert_eq!(routes(top.path()).unwrap().routes.len(), count);
    }
}
