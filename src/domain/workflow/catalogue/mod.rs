//! The specialists of DevOps work: what each can do, when to choose it, what it needs and hands over.
//!
//! They are data: `src/data/catalogue/NAME.toml` comes with the program, and a project adds its own or replaces one.

mod check;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::check::{Flaw, LIST_MOST, TEXT_MOST, WORDS_MOST, is_phrase};
use crate::domain::id::AgentName;
use crate::domain::near::did_you_mean;

/// Stands for every specialist where two are said to work together.
pub const ANYBODY: &str = "*";
/// The name of the one who coordinates, and has no ending.
pub const COORDINATOR: &str = "devops-orchestrator";
/// What is put after a name to make it the one that people see.
const ENDING: &str = "-specialist";
/// The most specialists of a catalogue.
pub const SPECIALISTS_MOST: usize = 64;

/// The files that come with the program: name and text, in the order in which they are shown.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("aws", include_str!("../../../data/catalogue/aws.toml")),
    ("azure", include_str!("../../../data/catalogue/azure.toml")),
    ("gcp", include_str!("../../../data/catalogue/gcp.toml")),
    ("terraform", include_str!("../../../data/catalogue/terraform.toml")),
    ("ansible", include_str!("../../../data/catalogue/ansible.toml")),
    ("docker", include_str!("../../../data/catalogue/docker.toml")),
    ("kubernetes", include_str!("../../../data/catalogue/kubernetes.toml")),
    ("cicd", include_str!("../../../data/catalogue/cicd.toml")),
    ("monitoring", include_str!("../../../data/catalogue/monitoring.toml")),
    ("observability", include_str!("../../../data/catalogue/observability.toml")),
    ("security", include_str!("../../../data/catalogue/security.toml")),
    (COORDINATOR, include_str!("../../../data/catalogue/devops-orchestrator.toml")),
];

/// What a request can be about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    /// What runs at a cloud provider.
    Cloud,
    /// Infrastructure and configuration written down as code.
    InfrastructureAsCode,
    /// Containers, and what orchestrates them.
    Containers,
    /// Builds, tests and deployments that run by themselves.
    CiCd,
    /// Metrics, logs, traces, alerts.
    Monitoring,
    /// Security and compliance.
    Security,
    /// Databases and other stores.
    Data,
    /// Design, assessment, documentation, recovery.
    Coordination,
}

impl Domain {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Cloud,
        Self::InfrastructureAsCode,
        Self::Containers,
        Self::CiCd,
        Self::Monitoring,
        Self::Security,
        Self::Data,
        Self::Coordination,
    ];

    /// As it is written in a file and for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::InfrastructureAsCode => "infrastructure-as-code",
            Self::Containers => "containers",
            Self::CiCd => "ci-cd",
            Self::Monitoring => "monitoring",
            Self::Security => "security",
            Self::Data => "data",
            Self::Coordination => "coordination",
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One thing that is handed over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// A short name, such as `images`.
    pub key: String,
    /// What it is, in words.
    pub what: String,
}

/// What another needs of a specialist's work before it can begin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandsOver {
    /// To whom.
    pub to: String,
    /// What.
    pub items: Vec<Item>,
}

/// With whom a specialist works at the same time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// A specialist, an alias such as `cloud`, or `*` for anybody.
    pub with: String,
    /// Who does what.
    pub how: String,
    /// What they tell each other.
    pub sync: String,
}

/// With whom a specialist goes round until both are content.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Loops {
    /// A specialist, an alias, or `*`.
    pub with: String,
    /// Who does what.
    pub how: String,
    /// When it ends.
    pub until: String,
}

/// Words by which a request is recognised, and where they count.
///
/// A phrase is words in their order, in lower case; `*` at the end of a word stands for any ending, `a|b_c` for
/// "a" or "b c", `#` for a number, `..` for up to four words between.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Words {
    /// The phrases.
    pub say: Vec<String>,
    /// They count only where the request also says one of these; empty: everywhere.
    pub with: Vec<String>,
    /// They count only where something of each of these lists is said near by, before or behind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<Vec<String>>,
    /// They do not count where it says one of these.
    pub unless: Vec<String>,
    /// They count only where one of these specialists was chosen by words of its own; empty: everywhere.
    pub beside: Vec<String>,
    /// Why they choose it, where the words alone do not tell.
    pub why: String,
}

/// One specialist.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Specialist {
    /// Its short name, such as `kubernetes`: that of its file.
    #[serde(default)]
    pub name: String,
    /// What it is for, in a word or two.
    pub title: String,
    /// What its work is about.
    pub domain: Domain,
    /// Another name, which several may share: `cloud` is whichever provider is used. None: it has only its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// What it can do.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// When to choose it.
    #[serde(default)]
    pub choose: Vec<String>,
    /// What it needs to begin.
    #[serde(default)]
    pub needs: Vec<String>,
    /// What looks like one of its words and is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<String>,
    /// What it hands over, and to whom.
    #[serde(default)]
    pub hands_over: Vec<HandsOver>,
    /// With whom it works at the same time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
    /// With whom it goes round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loops: Vec<Loops>,
    /// By which words of a request it is chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Words>,
}

impl Specialist {
    /// As people see it: `aws-specialist`; the coordinator is `devops-orchestrator`.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.name)
    }

    /// The name of its agent and pane; none where its own name is too long or no name, which a check excludes.
    #[must_use]
    pub fn agent_name(&self) -> Option<AgentName> {
        AgentName::new(&self.shown()).ok()
    }

    /// Whether `name` means it: its own name, its alias, or `*`.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        name == ANYBODY || self.name == name || self.alias.as_deref() == Some(name)
    }
}

fn shown(name: &str) -> String {
    if name == COORDINATOR { name.to_owned() } else { format!("{name}{ENDING}") }
}

/// All specialists: those that come with the program in their order, then a project's own.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Catalogue {
    specialists: Vec<Specialist>,
}

impl Catalogue {
    /// Those that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        // A test reads each of them.
        static READ: LazyLock<Vec<Specialist>> = LazyLock::new(|| {
            let read = |(name, text): &(&str, &str)| {
                let one: Specialist = toml::from_str(text).ok()?;
                Some(Specialist { name: (*name).to_owned(), ..one })
            };
            BUILT_IN.iter().filter_map(read).collect()
        });
        Self { specialists: READ.clone() }
    }

    /// These with `own` put in: one of the same name is replaced, others are added in their order.
    #[must_use]
    pub fn with(mut self, own: impl IntoIterator<Item = Specialist>) -> Self {
        for one in own {
            match self.specialists.iter_mut().find(|s| s.name == one.name) {
                Some(there) => *there = one,
                None => self.specialists.push(one),
            }
        }
        self
    }

    /// All of them, in order.
    #[must_use]
    pub fn all(&self) -> &[Specialist] {
        &self.specialists
    }

    /// The one of exactly that short name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Specialist> {
        self.specialists.iter().find(|s| s.name == name)
    }

    /// The one that `name` means: `aws`, `aws-specialist`, in any case.
    ///
    /// # Errors
    /// When there is none, with the nearest, or when it is an alias of several, with their names: completes
    /// "failed to find the specialist …".
    pub fn find(&self, name: &str) -> Result<&Specialist, String> {
        self.resolve(name, None)
    }

    /// As [`Self::find`]; an alias is the one of `provider`.
    ///
    /// # Errors
    /// As [`Self::find`], and when the provider is not known or does not go by that alias.
    pub fn resolve(&self, name: &str, provider: Option<&str>) -> Result<&Specialist, String> {
        let short = name.trim().to_lowercase();
        let short = short.strip_suffix(ENDING).unwrap_or(&short);
        if let Some(one) = self.get(short) {
            return Ok(one);
        }
        let under: Vec<&str> = self.under(short).iter().map(|s| s.name.as_str()).collect();
        match (under.as_slice(), provider) {
            ([], _) => {
                let names = || {
                    let aliases = self.specialists.iter().filter_map(|s| s.alias.as_deref());
                    self.specialists.iter().map(|s| s.name.as_str()).chain(aliases)
                };
                let all = self.specialists.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
                let given = clipped(name);
                Err(format!(
                    "`{given}`: it is not in the catalogue, which has {all}{}",
                    did_you_mean(short, names())
                ))
            }
            ([_], None) => self.provider(short, under.first().copied().unwrap_or_default()),
            (_, None) => Err(format!(
                "`{short}`: it stands for {}; name one of them, or the provider with --provider",
                under.join(", ")
            )),
            (_, Some(provider)) => self.provider(short, provider),
        }
    }

    /// The specialist of a provider, by its name.
    fn provider(&self, alias: &str, provider: &str) -> Result<&Specialist, String> {
        let low = provider.trim().to_lowercase();
        let short = low.strip_suffix(ENDING).unwrap_or(&low);
        let under = self.under(alias);
        under.iter().copied().find(|s| s.name == short).ok_or_else(|| {
            let names: Vec<&str> = under.iter().map(|s| s.name.as_str()).collect();
            let near = did_you_mean(short, names.iter().copied());
            let given = clipped(provider);
            format!("`{alias}` for the provider `{given}`: expected {}{near}", names.join(", "))
        })
    }

    /// The cloud provider of that name.
    ///
    /// # Errors
    /// When there is none, with the names there are: completes "failed to find the specialist …".
    pub fn cloud(&self, provider: &str) -> Result<&Specialist, String> {
        self.provider(CLOUD, provider)
    }

    /// Those that go by an alias.
    #[must_use]
    pub fn under(&self, alias: &str) -> Vec<&Specialist> {
        self.specialists.iter().filter(|s| s.alias.as_deref() == Some(alias)).collect()
    }

    /// What `from` hands over to `to`, both short names; empty where nothing is.
    #[must_use]
    pub fn handover(&self, from: &str, to: &str) -> &[Item] {
        let (Some(from), Some(to)) = (self.get(from), self.get(to)) else { return &[] };
        from.hands_over.iter().find(|h| to.is(&h.to)).map_or(&[], |h| h.items.as_slice())
    }
}

/// The alias of whichever provider is used.
pub const CLOUD: &str = "cloud";

/// The beginning of what was given, safe to show.
fn clipped(given: &str) -> String {
    let safe = crate::domain::signal::printable(given);
    let mut text: String = safe.chars().take(40).collect();
    if safe.chars().count() > 40 {
        text.push('…');
    }
    text
}
