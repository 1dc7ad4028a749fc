//! How a session is conducted: the claim's words, what a later stage sees, what happens at a
//! limit, and who is told of what.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::AgentName;
use super::rights::Policy;

/// The words of a claim where the configuration names no others.
pub const PHRASE: &str = "READY FOR MERGE";

/// What the phrase of a claim without its dispatch's code is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bare {
    /// A hint that the lead may accept.
    #[default]
    Hint,
    /// A claim: git and the gates decide.
    Claim,
}

/// How the work of earlier stages comes into the worktrees of later ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ripple {
    /// It does not.
    #[default]
    None,
    /// The agent's commits are put on top of it; the recorded base moves.
    Rebase,
    /// It is merged into the agent's branch; the recorded base moves.
    Merge,
}

/// What happens when a usage limit's time of reset has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AfterLimit {
    /// Nothing: somebody has to look.
    #[default]
    Wait,
    /// The agent is told to go on.
    Continue,
}

/// Something a person may want to be told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// An agent asks a question or for a permission.
    Asking,
    /// A call waits for a person.
    Confirm,
    /// A query waits for a person: nobody else will answer it.
    Query,
    /// An agent hit a usage limit.
    Limited,
    /// An agent's program or start failed.
    Failed,
    /// An agent claims readiness.
    Claimed,
    /// A claim was refused.
    Refused,
    /// A claim was proved.
    Ready,
    /// A merge train stopped at a conflict that nobody is solving; who wants to hear of [`Self::TrainStopped`]
    /// hears of this, too.
    Conflict,
    /// A merge train stopped for another reason, without moving the target.
    TrainStopped,
    /// The target moved.
    Merged,
    /// A run has no task left to do.
    RunEnded,
    /// A project raises something to a person, or asks one to decide.
    Escalated,
}

impl Occasion {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Asking,
        Self::Confirm,
        Self::Query,
        Self::Limited,
        Self::Failed,
        Self::Claimed,
        Self::Refused,
        Self::Ready,
        Self::Conflict,
        Self::TrainStopped,
        Self::Merged,
        Self::RunEnded,
        Self::Escalated,
    ];
}

impl Occasion {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Asking => "asking",
            Self::Confirm => "confirm",
            Self::Query => "query",
            Self::Limited => "limited",
            Self::Failed => "failed",
            Self::Claimed => "claimed",
            Self::Refused => "refused",
            Self::Ready => "ready",
            Self::Conflict => "conflict",
            Self::TrainStopped => "train-stopped",
            Self::Merged => "merged",
            Self::RunEnded => "run-ended",
            Self::Escalated => "escalated",
        }
    }

    /// Whether who wants to be told on these occasions is told on this one.
    #[must_use]
    pub fn wanted(self, on: &[Self]) -> bool {
        on.contains(&self) || (self == Self::Conflict && on.contains(&Self::TrainStopped))
    }
}

/// One thing to tell.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// What kind.
    pub occasion: Occasion,
    /// Whom it concerns; none for the whole session.
    pub agent: Option<AgentName>,
    /// What happened, safe to show, at most 200 characters.
    pub text: String,
}

impl Notice {
    /// It in a few words, such as `SEC asks: delete it?`.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.agent {
            Some(agent) => format!("{agent} {}", self.text),
            None => self.text.clone(),
        }
    }

    /// Several in one line of at most `most` characters; what does not fit is counted.
    #[must_use]
    pub fn line(notices: &[Self], most: usize) -> String {
        let mut line = String::new();
        for (i, notice) in notices.iter().enumerate() {
            let next = notice.sentence();
            let room = line.chars().count() + next.chars().count() + 2 <= most;
            if i > 0 && !room {
                line.push_str(&format!(" and {} more", notices.len() - i));
                break;
            }
            line.push_str(if i > 0 { "; " } else { "" });
            line.extend(next.chars().take(most));
        }
        line
    }
}

/// What a hook gets on standard input.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    /// The session's name.
    pub session: String,
    /// The repository's top.
    pub repository: String,
    /// The session's directory.
    pub record: String,
    /// What happened, oldest first.
    #[schemars(length(min = 1, max = 48))]
    pub items: Vec<Notice>,
}

/// A command of the user's that is run on occasions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hook {
    /// When; never empty.
    pub on: Vec<Occasion>,
    /// The command line, given to `sh -c`.
    pub run: String,
    /// Time limit in seconds, 1 to 600.
    pub timeout: u64,
}

/// How a client's terminal is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alert {
    /// Not at all.
    Off,
    /// By its bell.
    #[default]
    Bell,
    /// By a notification (`OSC 9`), as iTerm2, kitty, WezTerm, Ghostty and Windows Terminal show them.
    Osc9,
}

/// Everything of this page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Conduct {
    /// The words of a claim, one line without control characters.
    pub phrase: String,
    /// What the phrase is worth without its code.
    pub bare: Bare,
    /// How earlier work comes into later worktrees.
    pub ripple: Ripple,
    /// What happens when a limit is over.
    pub after_limit: AfterLimit,
    /// How clients are told.
    pub alert: Alert,
    /// Of what clients are told.
    pub alert_on: Vec<Occasion>,
    /// Commands run on occasions.
    pub hooks: Vec<Hook>,
    /// What programs and panes may do.
    pub policy: Policy,
}

impl Default for Conduct {
    fn default() -> Self {
        Self {
            phrase: PHRASE.to_owned(),
            bare: Bare::default(),
            ripple: Ripple::default(),
            after_limit: AfterLimit::default(),
            alert: Alert::default(),
            alert_on: vec![
                Occasion::Asking,
                Occasion::Confirm,
                Occasion::Query,
                Occasion::Limited,
                Occasion::Failed,
                Occasion::Claimed,
                Occasion::Ready,
                Occasion::TrainStopped,
                Occasion::Escalated,
            ],
            hooks: Vec::new(),
            policy: Policy::default(),
        }
    }
}
