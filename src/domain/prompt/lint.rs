//! What can be wrong with prompts before anybody gets one.

use std::collections::{BTreeMap, BTreeSet};

use super::super::id::AgentName;
use super::super::near::did_you_mean;
use super::super::team::Config;
use super::library::{Library, unknown_variable};
use super::{LIBRARY, Vars, example, names, sendable, variables};

/// Most bytes of a rendered prompt: what an agent reads at one go. Longer ones hide the point.
pub const RENDERED_MOST: usize = 32 * 1024;

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// The template.
    pub prompt: String,
    /// Its line, from 1; 0 where it is about the whole.
    pub line: usize,
    /// What is wrong, and what was probably meant.
    pub what: String,
}

/// Checks templates one by one and as they would be sent to every agent of `config`'s team, with
/// nothing known of the branches and with everything. `tech` are the names of the known
/// technologies. Sorted, each problem once; empty when all is well.
#[must_use]
pub fn lint(prompts: &BTreeMap<String, String>, config: &Config, tech: &[String]) -> Vec<Problem> {
    let mut found = BTreeSet::new();
    for (name, source) in prompts {
        // By itself, so that every template that cannot be read is named.
        let alone = BTreeMap::from([(name.clone(), source.clone())]);
        if let Err(e) = Library::new(&alone) {
            found.insert(problem(&e.template, e.line, e.what));
        }
        controls(name, source, &mut found);
        technologies(name, source, tech, &mut found);
        templates(name, source, prompts, &mut found);
    }
    for name in LIBRARY.iter().filter(|name| !prompts.contains_key(**name)) {
        found.insert(problem(name, 0, String::from("it is missing")));
    }
    if let Ok(library) = Library::new(prompts) {
        for (name, source) in prompts {
            unknown_names(&library, name, source, &mut found);
        }
        for vars in cases(config, tech) {
            names(prompts).for_each(|name| rendered(&library, name, &vars, &mut found));
        }
    }
    found.into_iter().collect()
}

/// Every agent of the team and the orchestrator: with nothing known, with everything and every
/// technology, and with everything in a repository that has none of them.
#[must_use]
pub fn cases(config: &Config, tech: &[String]) -> Vec<Vars> {
    let agents = config.team.iter().map(|a| a.name.clone()).chain([AgentName::orchestrator()]);
    let of = |agent: AgentName| {
        let full = example::full();
        let base = Vars { base: full.base.clone(), code: full.code.clone(), ..Vars::of(config, &agent) };
        let mut team = base.team.clone();
        team.iter_mut().for_each(|m| m.work = full.work.clone());
        let filled = Vars {
            team,
            focus: full.focus,
            gates: full.gates,
            build: full.build,
            reasons: full.reasons,
            extra: full.extra,
            work: full.work,
            upstream: full.upstream,
            group: full.group,
            area: full.area,
            session_dir: full.session_dir,
            repository: full.repository,
            incident: full.incident,
            workflow: full.workflow,
            ..base.clone()
        };
        [Vars { tech: tech.to_vec(), ..filled.clone() }, filled, base]
    };
    agents.flat_map(of).collect()
}

fn problem(prompt: &str, line: usize, what: String) -> Problem {
    Problem { prompt: prompt.to_owned(), line, what }
}

fn controls(name: &str, source: &str, found: &mut BTreeSet<Problem>) {
    for (index, line) in source.lines().enumerate() {
        if let Some(c) = line.chars().find(|c| c.is_control() && *c != '\t') {
            let what =
                format!("it holds the control character U+{:04X}, which terminals act on", u32::from(c));
            found.insert(problem(name, index + 1, what));
        }
    }
}

/// Names in `'…' in tech`.
fn technologies(name: &str, source: &str, tech: &[String], found: &mut BTreeSet<Problem>) {
    for (index, line) in source.lines().enumerate() {
        for (at, _) in line.match_indices(" in tech") {
            let before = &line[..at];
            let quote = before.chars().next_back().filter(|c| matches!(c, '\'' | '"'));
            let asked = quote.and_then(|q| before.rsplit(q).nth(1));
            if let Some(asked) = asked.filter(|a| !tech.iter().any(|t| t == a)) {
                let near = did_you_mean(asked, tech.iter().map(String::as_str));
                found.insert(problem(name, index + 1, format!("there is no technology `{asked}`{near}")));
            }
        }
    }
}

/// Names of templates that are included, extended or imported.
fn templates(name: &str, source: &str, prompts: &BTreeMap<String, String>, found: &mut BTreeSet<Problem>) {
    for (index, line) in source.lines().enumerate() {
        for tag in line.split("{%").skip(1) {
            let mut words = tag.trim_start_matches(['-', '+']).split_whitespace();
            let uses = matches!(words.next(), Some("include" | "extends" | "import" | "from"));
            let asked = words.next().filter(|_| uses).and_then(|w| {
                let quote = w.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
                w[1..].strip_suffix(quote)
            });
            let quoted = tag.split("%}").next().is_some_and(|t| t.contains(['"', '\'']));
            if uses && !quoted {
                let what = String::from("a template that is used is named in quotation marks");
                found.insert(problem(name, index + 1, what));
            }
            let Some(asked) = asked else { continue };
            let plain = asked.strip_prefix(super::BUILT_IN).unwrap_or(asked);
            if !prompts.contains_key(asked) && !prompts.contains_key(plain) {
                let near = did_you_mean(asked, prompts.keys().map(String::as_str));
                found.insert(problem(name, index + 1, format!("there is no template `{asked}`{near}")));
            }
        }
    }
}

fn unknown_names(library: &Library<'_>, name: &str, source: &str, found: &mut BTreeSet<Problem>) {
    for variable in library.variables(name).iter().filter(|v| !variables::known(v)) {
        let says = |(_, line): &(usize, &str)| {
            line.match_indices(variable.as_str()).any(|(at, _)| {
                let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                let after = line[at + variable.len()..].chars().next();
                !word(line[..at].chars().next_back()) && !word(after)
            })
        };
        let line = source.lines().enumerate().find(says).map_or(0, |(index, _)| index + 1);
        found.insert(problem(name, line, unknown_variable(variable)));
    }
}

fn rendered(library: &Library<'_>, name: &str, vars: &Vars, found: &mut BTreeSet<Problem>) {
    let text = match library.render(name, vars) {
        Ok(text) => text,
        Err(e) => {
            // An unknown variable is told already, by name.
            let told = found.iter().any(|p| p.prompt == e.template && p.what == e.what);
            if !told {
                found.insert(problem(&e.template, e.line, format!("for {}: {}", vars.agent, e.what)));
            }
            return;
        }
    };
    let mut say = |what: String| {
        found.insert(problem(name, 0, what));
    };
    if text.is_empty() {
        say(String::from("it is empty for some agents"));
    }
    if text.len() > RENDERED_MOST {
        say(format!(
            "it comes to {} bytes for {}; at most {RENDERED_MOST} are sensible",
            text.len(),
            vars.agent
        ));
    }
    if claims(name) && sendable(name) {
        claim(&text, vars).into_iter().for_each(say);
    }
}

/// Whether a prompt of that name has to ask for a claim.
fn claims(name: &str) -> bool {
    name == "refused" || name == "wrap-up" || name.starts_with("wrap-up-")
}

/// What keeps a rendered wrap-up from asking for a claim that can be told from its own echo.
fn claim(text: &str, vars: &Vars) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    expect(text.contains("orchestra ready"), "it does not ask for `orchestra ready`");
    expect(text.contains(&vars.code), "it does not give the code: `{{ code }}`");
    expect(text.contains(&vars.phrase), "it does not give the words of a claim: `{{ phrase }}`");
    let together = text.lines().any(|l| l.contains(&vars.phrase) && l.contains(&vars.code));
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let spelt = joined.contains(&format!("{} {}", vars.phrase, vars.code));
    expect(
        !together && !spelt,
        "it gives words and code of a claim together, so its echo could not be told from one",
    );
    wrong
}
