//! The specialists of DevOps work: those that come along, and a project's own over them.

use std::fs;
use std::path::Path;

use super::data::{Dirs, File, read_text};
use super::doc::{Doc, Step};
use super::error::Error;
use crate::domain::workflow::advise::guide::Guide;
use crate::domain::workflow::catalogue::{BUILT_IN, Catalogue, Flaw, SPECIALISTS_MOST, Specialist};

/// Where a project keeps its own.
const FOLDER: &str = "catalogue";
/// Where a project keeps its own words about requests and patterns.
const GUIDE: &str = "workflow/advise.toml";

/// The specialists of the project at `top`: its `catalogue/NAME.toml` replaces the built-in one of that name, or is
/// added.
///
/// # Errors
/// When a file of it cannot be read, or says something wrong, with its line and what was expected.
pub fn catalogue(top: &Path) -> Result<Catalogue, Error> {
    let own = Dirs::beside(top).files(FOLDER, "toml")?;
    let read = |file: &File| {
        let one: Specialist = Doc::parse(&file.shown, &file.text)?.read()?;
        let doc = Doc::parse(&file.shown, &file.text)?;
        if !one.name.is_empty() && one.name != file.name {
            let what = format!("expected `{}`, which is the name of its file, or no name at all", file.name);
            return Err(doc.wrong(&[Step::Key("name")], what));
        }
        Ok(Specialist { name: file.name.clone(), ..one })
    };
    let specialists = own.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let all = Catalogue::built_in().with(specialists);
    if all.all().len() > SPECIALISTS_MOST {
        return Err(Error::TooMany { path: top.join(FOLDER), limit: SPECIALISTS_MOST - BUILT_IN.len() });
    }
    // What a project adds may name what another file of it adds, so that all are read before one is checked.
    for file in &own {
        let doc = Doc::parse(&file.shown, &file.text)?;
        if let Some(Err(flaw)) = all.get(&file.name).map(|one| all.check(one)) {
            return Err(placed(&doc, &flaw));
        }
    }
    Ok(all)
}

/// How requests are read and patterns are chosen in the project at `top`: its `workflow/advise.toml` over the built-in
/// guide.
///
/// # Errors
/// When its file cannot be read, or says something wrong, with its line and what was expected.
pub fn guide(top: &Path, catalogue: &Catalogue) -> Result<Guide, Error> {
    let built_in = Guide::built_in().knowing(&super::workflows(top)?.patterns);
    let path = top.join(GUIDE);
    if fs::symlink_metadata(&path).is_err() {
        return Ok(built_in);
    }
    let text = read_text(&path)?;
    let doc = Doc::parse(GUIDE, &text)?;
    let own: Guide = doc.read()?;
    // What it refers to may be built in, and where it is wrong has to be said of its own entries.
    let all = built_in.with(own.clone());
    let placed =
        |(key, at, what): (&'static str, Option<usize>, String)| placed(&doc, &Flaw { key, at, what });
    own.check(&all, catalogue).map_err(placed)?;
    Ok(all)
}

fn placed(doc: &Doc<'_>, flaw: &Flaw) -> Error {
    let mut path = vec![Step::Key(flaw.key)];
    path.extend(flaw.at.map(Step::At));
    doc.wrong(&path, flaw.what.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workflow::advise::{Wishes, advise};

    const OWN: &str = "title = \"Databases\"\ndomain = \"data\"\ncapabilities = [\"Postgres\"]\n";

    const BESIDE: &str = "[[beside]]\nwith = \"docker\"\nhow = \"h\"\nsync = \"s\"\n";

    #[test]
    fn a_projects_specialists_go_over_the_built_in_ones() {
        let top = tempfile::tempdir().unwrap();
        let count = catalogue(top.path()).unwrap().all().len();
        let dir = top.path().join("catalogue");
        fs::create_dir_all(&dir).unwrap();
        let write = |name: &str, text: &str| fs::write(dir.join(name), text).unwrap();
        // Two of them may name each other.
        write("databases.toml", &format!("{OWN}[[beside]]\nwith = \"lakes\"\nhow = \"h\"\nsync = \"s\"\n"));
        write("lakes.toml", &format!("{OWN}[[loops]]\nwith = \"databases\"\nhow = \"h\"\nuntil = \"u\"\n"));
        write("docker.toml", "title = \"Podman\"\ndomain = \"containers\"\ncapabilities = [\"Podman\"]\n");
        let all = catalogue(top.path()).unwrap();
        assert_eq!(all.all().len(), count + 2);
        assert_eq!(all.get("docker").unwrap().title, "Podman");
        assert_eq!(all.find("databases-specialist").unwrap().capabilities, ["Postgres"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let top = tempfile::tempdir().unwrap();
        let dir = top.path().join("catalogue");
        fs::create_dir_all(&dir).unwrap();
        for (text, says) in [
            ("title = \"x\"\ndomain = \"clouds\"\n", "catalogue/own.toml:2:10: `domain`: expected `cloud`"),
            ("domain = \"data\"\ncapabilities = [\"x\"]\n", "`title` is missing"),
            ("title = \"x\"\ndomain = \"data\"\n", "`capabilities`"),
            (&format!("{OWN}capabilties = []\n"), "did you mean `capabilities`"),
            (&format!("{OWN}name = \"other\"\n"), "catalogue/own.toml:4:8"),
            (&format!("{OWN}[[hands_over]]\nto = \"dokker\"\nitems = []\n"), "catalogue/own.toml:4:1"),
            (&format!("{OWN}[[hands_over]]\nto = \"dokker\"\nitems = []\n"), "did you mean `docker`"),
            (&format!("{OWN}[[words]]\nsay = [\"Postgres\"]\n"), "in lower case"),
            (&format!("{OWN}[[hands_over]]\nto = \"own\"\nitems = []\n"), "found `own` itself"),
            (&format!("{OWN}[[loops]]\nwith = \"own\"\nhow = \"h\"\nuntil = \"u\"\n"), "found `own` itself"),
            (&format!("{OWN}[[hands_over]]\nto = \"docker\"\nitems = []\n"), "at least one item"),
            (
                &format!("{OWN}{BESIDE}{BESIDE}"),
                "catalogue/own.toml:8:1: `beside`: `docker` stands there twice",
            ),
            (&format!("{OWN}alias = \"Store\"\n"), "lower-case"),
            (&format!("{OWN}alias = \"store-specialist\"\n"), "without the ending"),
            (&format!("{OWN}choose = [\"a\", \"a\"]\n"), "`a` stands there twice"),
            (&format!("{OWN}choose = [\"\\u001b[31m\"]\n"), "control characters"),
            ("title = [", "catalogue/own.toml:1"),
        ] {
            fs::write(dir.join("own.toml"), text).unwrap();
            let why = catalogue(top.path()).unwrap_err().to_string();
            assert!(why.contains(says), "{why}");
        }
        fs::remove_file(dir.join("own.toml")).unwrap();
        fs::write(dir.join("Own Thing.toml"), OWN).unwrap();
        let why = catalogue(top.path()).unwrap_err().to_string();
        assert!(why.contains("no name of a specialist"), "{why}");
        fs::remove_file(dir.join("Own Thing.toml")).unwrap();
        for (name, says) in [
            ("Docker", "did you mean docker.toml?"),
            ("docker-specialist", "did you mean docker.toml?"),
            ("cloud", "`cloud` stands for aws-specialist already"),
        ] {
            let path = dir.join(format!("{name}.toml"));
            fs::write(&path, OWN).unwrap();
            let why = catalogue(top.path()).unwrap_err().to_string();
            assert!(why.contains(says), "{why}");
            fs::remove_file(path).unwrap();
        }
    }

    const ASK: &str = "[[question]]\nkey = \"k\"\nask = \"a\"\nwhy = \"w\"\n";

    #[test]
    fn a_projects_guide_goes_over_the_built_in_one() {
        let top = tempfile::tempdir().unwrap();
        fs::create_dir_all(top.path().join("workflow")).unwrap();
        let all = Catalogue::built_in();
        let read = |text: &str| {
            fs::write(top.path().join(GUIDE), text).unwrap();
            guide(top.path(), &all)
        };
        let fit = "[[fit]]\npattern = \"migration\"\nwhy = \"the mill closes\"\nall = [[\"mill\"]]\n";
        let found = read(&format!("[reading]\nmisleading = [\"docker street\"]\n{fit}")).unwrap();
        let said = advise("The mill in Docker Street goes", &Wishes::default(), &all, &found).unwrap();
        assert!(said.specialists.is_empty(), "{said:?}");
        assert_eq!(said.pattern.unwrap().words, ["mill"]);
        for (text, says) in [
            (fit.replace("\"migration\"", "\"migrations\""), "workflow/advise.toml:1:1"),
            (fit.replace("\"migration\"", "\"migrations\""), "did you mean `migration`"),
            (fit.replace("\"mill\"", "\"Mill\""), "lower case"),
            (
                "[[question]]\nkey = \"k\"\nask = \"a\"\nwhy = \"w\"\nverdicts = [\"orchstra\"]\n".into(),
                "workflow/advise.toml:5:13",
            ),
            ("[readin]\n".into(), "did you mean `reading`"),
            (fit.replace("\"migration\"", "\"Migration\""), "did you mean `migration`"),
            (fit.replace("\"migration\"", "\"*\""), "expected a pattern of "),
            (fit.replace("\"the mill closes\"", "\" \""), "expected a text for `why`"),
            (fit.replace("[[\"mill\"]]", "[[\"mill\"], []]"), "at least one phrase in `all`"),
            (format!("{fit}providers = 99\n"), "providers of at most 3"),
            (format!("{ASK}{ASK}"), "two questions have the key `k`"),
            (ASK.replace("\"a\"", "\"\""), "expected a text for `ask`"),
            (
                "[[contradiction]]\nsay = []\nask = \"a\"\n".into(),
                "workflow/advise.toml:1:1: `contradiction`",
            ),
            ("[[domain]]\nname = \"data\"\nsay = []\n".into(), "at least one phrase in `say`"),
        ] {
            let why = read(&text).unwrap_err().to_string();
            assert!(why.contains(says), "{why}");
        }
    }
}
