//! Templates of postmortems: the sections they ask for, and the text they make of a case.

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};

use super::blocks;
use super::tell::Vars;

/// The template that comes along.
pub const BUILT_IN: &str = include_str!("../../../data/incident/postmortem.md");
/// Instructions one rendering may take.
const FUEL: u64 = 4_000_000;

/// What a section is of, by the variables that stand in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Events: each statement rests on findings.
    Timeline,
    /// Causes: so do these.
    Causes,
    /// Recommendations.
    Advice,
    /// A table of action items.
    Actions,
    /// Anything else.
    Other,
}

/// A section that a template asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// Its heading.
    pub name: String,
    /// What it is of.
    pub role: Role,
    /// Its line in the template, from 1.
    pub line: usize,
}

/// What a template asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shape {
    /// The sections, in their order.
    pub sections: Vec<Wanted>,
    /// The words in bold of its header, each of which introduces something.
    pub labels: Vec<String>,
}

/// What is wrong with a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub what: String,
}

impl Shape {
    /// That of a template.
    pub fn of(template: &str) -> Self {
        let mut shape = Self::default();
        for section in blocks::sections(template) {
            let source: String =
                section.blocks.iter().map(|b| b.text.as_str()).collect::<Vec<_>>().join("\n");
            if section.name.is_empty() {
                let mut parts = source.split("**").skip(1);
                while let Some(label) = parts.next() {
                    let label = label.trim().trim_end_matches(['.', ':']).to_owned();
                    if !label.is_empty() && !label.contains(['{', '\n']) {
                        shape.labels.push(label);
                    }
                    parts.next();
                }
                continue;
            }
            let uses = |name: &str| source.contains(name);
            let role = match () {
                () if uses("timeline") => Role::Timeline,
                () if uses("causes") => Role::Causes,
                () if uses("in actions") => Role::Actions,
                () if uses("recommendations") => Role::Advice,
                () => Role::Other,
            };
            shape.sections.push(Wanted { name: section.name, role, line: section.line });
        }
        shape
    }
}

/// Renders a template.
pub fn render(template: &str, vars: &Vars) -> Result<String, Refused> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_recursion_limit(100);
    env.set_fuel(Some(FUEL));
    let syntax = minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    env.set_syntax(syntax.unwrap_or_default());
    let text =
        env.render_named_str("postmortem", template, Value::from(Serde(vars))).map_err(|e| Refused {
            line: e.line().unwrap_or(1).max(1),
            what: e.detail().map_or_else(|| e.kind().to_string(), str::to_owned),
        })?;
    Ok(text.trim().to_owned() + "\n")
}

/// Whether a template can be used, told from an example: it renders, and has sections that are named once.
///
/// # Errors
/// What is wrong with it.
pub fn sound(template: &str, example: &Vars) -> Result<Shape, Refused> {
    let text = render(template, example)?;
    let shape = Shape::of(template);
    let wrong = |line: usize, what: String| Err(Refused { line, what });
    if shape.sections.is_empty() {
        return wrong(1, "it has no section: a section begins with `## ` and its name".to_owned());
    }
    for (n, one) in shape.sections.iter().enumerate() {
        if one.name.contains('{') {
            return wrong(one.line, format!("the heading `{}` of a section has to stand as it is", one.name));
        }
        if shape.sections.iter().take(n).any(|o| o.name == one.name) {
            return wrong(one.line, format!("the section `{}` is there twice", one.name));
        }
    }
    let made: Vec<String> = blocks::sections(&text).into_iter().skip(1).map(|s| s.name).collect();
    let named = shape.sections.iter().map(|s| &s.name);
    if !named.clone().eq(made.iter()) {
        let gone = named.clone().find(|n| !made.contains(n));
        let line = shape.sections.iter().find(|s| Some(&s.name) == gone).map_or(1, |s| s.line);
        return wrong(line, "headings of sections stand outside of conditions and loops".to_owned());
    }
    Ok(shape)
}
