//! Templates that include and extend each other, ready to be rendered.

use std::collections::BTreeMap;
use std::error::Error as _;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, ErrorKind, UndefinedBehavior};

use super::super::near::did_you_mean;
use super::{Vars, variables};

/// What stands before the name of a built-in template that a project's own file replaces.
pub const BUILT_IN: &str = "built-in/";

/// Instructions one rendering may take: a template is a file an agent may have edited.
const FUEL: u64 = 2_000_000;

/// Why a template gives no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("render prompt `{name}`: {}{what}", self.place())]
pub struct PromptError {
    /// The template that was asked for.
    pub name: String,
    /// Where it went wrong, which may be a template that it uses.
    pub template: String,
    /// The line there, from 1; 0 where none is known.
    pub line: usize,
    /// The cause.
    pub what: String,
}

impl PromptError {
    fn place(&self) -> String {
        let whose =
            if self.template == self.name { String::new() } else { format!("in `{}`, ", self.template) };
        if self.line > 0 { format!("{whose}line {}: ", self.line) } else { whose }
    }
}

/// All templates of a configuration.
pub struct Library<'p> {
    env: Environment<'p>,
    prompts: &'p BTreeMap<String, String>,
}

impl<'p> Library<'p> {
    /// Reads all templates.
    ///
    /// # Errors
    /// When one of them is no template.
    pub fn new(prompts: &'p BTreeMap<String, String>) -> Result<Self, PromptError> {
        Self::read(prompts, prompts.keys().map(String::as_str))
    }

    /// Reads what rendering `name` takes: the template, those whose names stand in it in quotation marks,
    /// and so on. Reading all of them takes several times as long.
    ///
    /// # Errors
    /// When one of those is no template.
    pub fn of(prompts: &'p BTreeMap<String, String>, name: &str) -> Result<Self, PromptError> {
        let mut used: Vec<&str> = Vec::new();
        let mut next: Vec<&str> = prompts.get_key_value(name).into_iter().map(|(n, _)| n.as_str()).collect();
        while let Some(name) = next.pop() {
            let source = prompts.get(name).map(String::as_str).unwrap_or_default();
            used.push(name);
            for quoted in source.split(['"', '\'']) {
                let plain = quoted.strip_prefix(BUILT_IN).unwrap_or(quoted);
                let found = prompts.get_key_value(quoted).or_else(|| prompts.get_key_value(plain));
                next.extend(found.map(|(n, _)| n.as_str()).filter(|n| !used.contains(n)));
            }
            next.sort_unstable();
            next.dedup();
        }
        Self::read(prompts, used.into_iter())
    }

    fn read<'n>(
        prompts: &'p BTreeMap<String, String>,
        names: impl Iterator<Item = &'n str> + Clone,
    ) -> Result<Self, PromptError> {
        let mut library = Self { env: environment(), prompts };
        let all = names.filter_map(|name| prompts.get_key_value(name));
        for (name, source) in all.clone() {
            library.env.add_template(name, source).map_err(|e| library.explain(name, &e))?;
        }
        // Where nothing replaces a built-in template, its own name means the same.
        let builds_on = all.clone().any(|(_, source)| source.contains(BUILT_IN));
        for (name, source) in all.filter(|(name, _)| builds_on && !name.starts_with(BUILT_IN)) {
            let alias = format!("{BUILT_IN}{name}");
            if !prompts.contains_key(&alias) {
                library
                    .env
                    .add_template_owned(alias, source.clone())
                    .map_err(|e| library.explain(name, &e))?;
            }
        }
        Ok(library)
    }

    /// The template `name` with `vars` put in.
    ///
    /// # Errors
    /// As [`super::render`].
    pub fn render(&self, name: &str, vars: &Vars) -> Result<String, PromptError> {
        let template = self.env.get_template(name).map_err(|e| self.explain(name, &e))?;
        let text = template.render(Value::from(Serde(vars))).map_err(|e| self.explain(name, &e))?;
        Ok(text.trim_start_matches('\n').trim_end().to_owned())
    }

    /// The variables of a template that nothing in it sets, with their attributes, sorted.
    #[must_use]
    pub fn variables(&self, name: &str) -> Vec<String> {
        let used = self.env.get_template(name).map(|t| t.undeclared_variables(true));
        let mut used: Vec<String> = used.map(|u| u.into_iter().collect()).unwrap_or_default();
        used.sort();
        used
    }

    /// Says what is wrong where it is wrong, be it in a template that `name` uses.
    fn explain(&self, name: &str, error: &minijinja::Error) -> PromptError {
        let mut inner = error;
        let mut next = error.source();
        while let Some(e) = next {
            inner = e.downcast_ref().unwrap_or(inner);
            next = e.source();
        }
        let template = inner.name().unwrap_or(name).to_owned();
        let line = inner.line().unwrap_or(0);
        let said = match inner.kind() {
            ErrorKind::UndefinedError => self.undefined(&template, line),
            ErrorKind::TemplateNotFound => self.missing(inner.detail().unwrap_or_default()),
            ErrorKind::OutOfFuel => String::from("it takes too long; make its loops shorter"),
            kind => inner.detail().map_or_else(|| kind.to_string(), str::to_owned),
        };
        PromptError { name: name.to_owned(), template, line, what: said }
    }

    fn undefined(&self, template: &str, line: usize) -> String {
        let used = self.variables(template);
        let source = self.prompts.get(template).map(String::as_str).unwrap_or_default();
        let text = source.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
        let mut unknown = used.iter().filter(|v| !variables::known(v));
        let last = |v: &str| v.rsplit('.').next().unwrap_or_default().to_owned();
        match unknown.clone().find(|v| text.contains(&last(v))).or_else(|| unknown.next()) {
            Some(name) => unknown_variable(name),
            None => format!("something is undefined in `{}`", text.chars().take(80).collect::<String>()),
        }
    }

    fn missing(&self, detail: &str) -> String {
        // Some of the language's messages quote the name, all others end in it.
        let last = detail.rsplit(' ').next().unwrap_or_default();
        let name = detail.split('"').nth(1).unwrap_or(last).trim_matches('\'');
        format!(
            "there is no template `{name}`{}",
            did_you_mean(name, self.prompts.keys().map(String::as_str))
        )
    }
}

/// Says that no variable has that name, and which was probably meant.
pub(super) fn unknown_variable(name: &str) -> String {
    format!(
        "there is no variable `{name}`{}",
        did_you_mean(name, variables::dotted().iter().map(String::as_str))
    )
}

fn environment<'e>() -> Environment<'e> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    // These delimiters are the defaults, which cannot be at odds with each other.
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    env.set_syntax(syntax.unwrap_or_default());
    env.set_recursion_limit(100);
    env.set_fuel(Some(FUEL));
    env
}
