//! An incident that a fleet works on: what is known of it, how far it is, and what its specialists found so far.
//!
//! It is the fold of the records of [`Incidented`](crate::domain::record::Incidented) and what `incident show`
//! answers; the dashboard draws it, live as in replay.

mod fleet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::fleet::{Approve, Fleet, LOOK_BACK_S, folder_of};
use super::correlate::{Class, Correlation};
use super::finding::Finding;
use super::stamp;
use super::triage::Triaged;
use crate::domain::id::{AgentName, RunId};

/// The most findings of one incident that a session takes from all of its specialists.
pub const FINDINGS_MOST: usize = 2_000;
/// The most entries of [`Case::unusable`]; what is beyond is counted in [`Case::unusable_more`].
pub const UNUSABLE_MOST: usize = 200;
/// The longest postmortem that is taken, in bytes.
pub const POSTMORTEM_MOST: usize = 256 * 1024;
/// How often a coordinator whose text fails the check is told why and tries again.
pub const RETRIES: u8 = 2;

/// How far an incident is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The route is shown to a person; it goes ahead when they say yes, or say nothing for long enough.
    Approval,
    /// Specialists look for findings.
    Investigating,
    /// All of them have reported or are late; the coordinator writes.
    Writing,
    /// It is over.
    Closed,
}

impl Stage {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Investigating => "investigating",
            Self::Writing => "writing",
            Self::Closed => "closed",
        }
    }
}

/// Who let a route go ahead that was shown for approval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// A person said yes.
    Person,
    /// Nobody said anything in time.
    Silence,
    /// The policy asks for none at this priority.
    Policy,
}

/// How far a specialist is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Its brief is on its way.
    Waiting,
    /// It has its brief.
    Looking,
    /// It says that it has found all it can.
    Reported,
    /// Its deadline passed before it said so; what it found counts.
    Late,
    /// Its program or its prompt failed.
    Failed,
}

/// A specialist that was engaged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Engagement {
    /// Who.
    pub agent: AgentName,
    /// Why it was engaged.
    pub why: String,
    /// Seconds it has from the moment at which its brief was submitted.
    pub deadline_s: u32,
    /// How far it is.
    pub progress: Progress,
    /// When its deadline is (RFC 3339); none before it has its brief.
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<i64>,
    /// When it reported, was late or failed (RFC 3339).
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub ended: Option<i64>,
    /// How many of the findings are its own.
    pub findings: usize,
    /// What it said at its end, or why it failed; may be empty.
    #[serde(default)]
    pub note: String,
}

/// A finding, and when it came in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Arrived {
    /// When it was taken (RFC 3339), by the session's clock: later than it happened.
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub received: i64,
    /// The finding.
    pub finding: Finding,
}

/// Something that could not be used: a finding, or a file of the data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Unusable {
    /// Whose.
    pub source: String,
    /// The file, or the line of what was submitted; may be empty.
    pub place: String,
    /// What is wrong with it and what would be right.
    pub why: String,
}

/// A postmortem that was handed in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Draft {
    /// By whom; `built-in` where the program wrote it itself.
    pub by: String,
    /// Its number, from 1.
    pub attempt: u8,
    /// What the check says against it; empty: it stands.
    pub problems: Vec<String>,
}

/// An incident.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Its number in the session, from 1.
    pub number: u32,
    /// What it is called: the name of its folder, or of its report.
    pub name: String,
    /// The report, as it came.
    pub report: String,
    /// The folder that holds its data, a folder for each specialist in it; empty: none was given.
    pub data: String,
    /// When the session took it on (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub opened: i64,
    /// What triage said.
    pub triaged: Triaged,
    /// The begin of the time that findings may be of (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub from: i64,
    /// The end of it; none while the incident may still go on.
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub to: Option<i64>,
    /// How far it is.
    pub stage: Stage,
    /// Who let its route go ahead; none before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// The run of its plan; none before it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The specialists that were engaged, in team order.
    pub specialists: Vec<Engagement>,
    /// Findings, in the order in which they came.
    pub findings: Vec<Arrived>,
    /// What could not be used, in the order in which it came.
    pub unusable: Vec<Unusable>,
    /// How much more of it there was.
    #[serde(default)]
    pub unusable_more: usize,
    /// What the findings have to do with each other, as far as they are here.
    pub correlation: Correlation,
    /// The postmortems that were handed in.
    pub drafts: Vec<Draft>,
    /// The postmortem that stands; empty before there is one.
    #[serde(default)]
    pub postmortem: String,
    /// Why it was closed; empty while it is open.
    #[serde(default)]
    pub ended: String,
}

impl Case {
    /// Its findings without their arrivals.
    #[must_use]
    pub fn found(&self) -> Vec<Finding> {
        self.findings.iter().map(|a| a.finding.clone()).collect()
    }

    /// The specialist of that name, if it was engaged.
    #[must_use]
    pub fn engagement(&self, agent: &AgentName) -> Option<&Engagement> {
        self.specialists.iter().find(|s| s.agent == *agent)
    }

    /// The folder of a specialist's data; empty where the incident has none.
    #[must_use]
    pub fn data_of(&self, agent: &AgentName) -> String {
        if self.data.is_empty() {
            return String::new();
        }
        format!("{}/{}", self.data.trim_end_matches('/'), folder_of(agent.as_str()))
    }

    /// The same in at most so many bytes of JSON, for an answer that has to fit: first without the pairs that are not
    /// causal, then without evidence, then with the first findings only. What is left out is said in
    /// [`Case::unusable`].
    #[must_use]
    pub fn within(mut self, bytes: usize) -> Self {
        let fits = |case: &Self| serde_json::to_string(case).is_ok_and(|text| text.len() <= bytes);
        if fits(&self) {
            return self;
        }
        let pairs = self.correlation.pairs.len();
        self.correlation.pairs.retain(|p| p.class == Class::Causal);
        self.correlation.unlisted += pairs - self.correlation.pairs.len();
        if !fits(&self) {
            self.findings.iter_mut().for_each(|f| f.finding.evidence.clear());
        }
        let all = self.findings.len();
        while !self.findings.is_empty() && !fits(&self) {
            self.findings.truncate(self.findings.len() / 2);
            // What is told of findings that are not there helps nobody.
            self.correlation = Correlation::default();
            self.unusable_more += self.unusable.len();
            self.unusable.clear();
        }
        let left = all - self.findings.len();
        if left > 0 {
            let why = format!("{left} of {all} findings are only in the record");
            self.unusable.push(Unusable { source: "orchestra".into(), place: String::new(), why });
        }
        self
    }

    /// What is missing of the answer, sentence by sentence: specialists that were late, failed or found nothing, and
    /// what could not be used.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let mut all = Vec::new();
        for one in &self.specialists {
            let note = if one.note.is_empty() { String::new() } else { format!(" ({})", one.note) };
            match one.progress {
                Progress::Late => all.push(format!("{} was past its deadline{note}", one.agent)),
                Progress::Failed => all.push(format!("{} failed{note}", one.agent)),
                Progress::Reported if one.findings == 0 => {
                    all.push(format!("{} found nothing{note}", one.agent))
                }
                Progress::Waiting | Progress::Looking => all.push(format!("{} has not reported", one.agent)),
                Progress::Reported => {}
            }
        }
        for one in &self.unusable {
            let place = if one.place.is_empty() { String::new() } else { format!(", {}", one.place) };
            all.push(format!("{}{place}: {}", one.source, one.why));
        }
        if self.unusable_more > 0 {
            all.push(format!("{} more could not be used", self.unusable_more));
        }
        all
    }
}
