//! Where a train stands, and why it stands still.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Resolution, Stuck};
use crate::domain::id::{AgentName, Oid};

/// How far a train is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Only shown; nothing was started.
    #[default]
    Planned,
    /// Its merges are being made in the object database.
    Building,
    /// Gates run on what was built.
    Gating,
    /// The target is being moved.
    Applying,
    /// The target has all of it.
    Applied,
    /// It stands still until somebody decides; [`Halt`] says why.
    Halted,
    /// Somebody gave it up.
    Dropped,
    /// The target is being taken back.
    Undoing,
    /// The target was taken back to where it was before.
    Undone,
}

impl Phase {
    /// Whether something happens by itself now.
    #[must_use]
    pub fn moves(self) -> bool {
        matches!(self, Self::Building | Self::Gating | Self::Applying | Self::Undoing)
    }

    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Building => "building",
            Self::Gating => "gating",
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::Halted => "halted",
            Self::Dropped => "dropped",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Why a train stands still. The target is where it was, or at the last step that landed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "reason", rename_all = "lowercase")]
pub enum Halt {
    /// A step does not merge. What was built has the details.
    Conflict {
        /// Whose step.
        agent: AgentName,
        /// Earlier branches that touch the same paths.
        with: Vec<AgentName>,
        /// The paths, each with its places and kind.
        paths: Vec<String>,
        /// How the same conflict was solved before; going on takes it.
        #[serde(default)]
        remembered: Option<Resolution>,
        /// Where it is being solved.
        #[serde(default)]
        solving: Solving,
    },
    /// A gate is not green.
    Red {
        /// Their names.
        gates: Vec<String>,
        /// The commit on which.
        at: Oid,
        /// Whose step brought it about, where that is known.
        guilty: Option<AgentName>,
        /// What each said last, for people.
        said: Vec<String>,
        /// Gates that did not run any more.
        #[serde(default)]
        unrun: Vec<String>,
    },
    /// A branch or the target is not where it was planned.
    Moved {
        /// Which.
        branch: String,
        /// Where it was expected.
        expected: Oid,
        /// Where it is.
        found: Oid,
    },
    /// Moving the target would touch somebody's files, or something else forbids it.
    Blocked {
        /// The files; may be empty.
        files: Vec<String>,
        /// What to do.
        remedy: String,
    },
    /// The server was lost on the way; nothing was left half done.
    Lost {
        /// How far it was.
        during: Phase,
    },
    /// It could not be tried.
    Failed {
        /// Why.
        why: String,
    },
}

/// Where a conflict is being solved.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Solving {
    /// Nowhere yet.
    #[default]
    Nobody,
    /// By the agent whose step it is, in its own worktree.
    Owner {
        /// Whether the merge stands in its worktree, or it was asked to begin it itself: why.
        told: String,
    },
    /// By hand.
    Hand {
        /// The worktree outside the repository in which the merge stands.
        path: String,
    },
}

/// What can be done with a train.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// Go on: build what is left anew, prove it, move the target.
    Continue,
    /// Give the conflict to the agent whose step it is.
    Hand,
    /// Solve it by hand in a worktree of its own.
    Resolve,
    /// Go on without an agent.
    Skip,
    /// Give it up.
    Abort,
    /// Take the target back to where it was before.
    Undo,
}

impl Choice {
    /// How it is said on the command line; `AGENT` stands for a name.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Continue => "--continue",
            Self::Hand => "--hand",
            Self::Resolve => "--resolve",
            Self::Skip => "--skip AGENT",
            Self::Abort => "--abort",
            Self::Undo => "--undo",
        }
    }
}

impl Halt {
    /// A conflict, as building it found it.
    #[must_use]
    pub fn conflict(stuck: &Stuck, remembered: Option<Resolution>) -> Self {
        Self::Conflict {
            agent: stuck.agent.clone(),
            with: stuck.with.clone(),
            paths: stuck.conflicts.iter().map(ToString::to_string).collect(),
            remembered,
            solving: Solving::Nobody,
        }
    }

    /// Whose step it is about, where it is about one.
    #[must_use]
    pub fn whose(&self) -> Option<&AgentName> {
        match self {
            Self::Conflict { agent, .. } => Some(agent),
            Self::Red { guilty, .. } => guilty.as_ref(),
            _ => None,
        }
    }

    /// What can be done about it, the likeliest first.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        use Choice::{Abort, Continue, Hand, Resolve, Skip};
        match self {
            Self::Conflict { solving: Solving::Nobody, remembered: None, .. } => {
                vec![Hand, Resolve, Skip, Abort]
            }
            Self::Conflict { solving: Solving::Nobody, .. } => vec![Continue, Hand, Resolve, Skip, Abort],
            Self::Conflict { .. } => vec![Continue, Skip, Abort],
            Self::Red { .. } => vec![Skip, Continue, Abort],
            Self::Moved { .. } | Self::Blocked { .. } | Self::Lost { .. } | Self::Failed { .. } => {
                vec![Continue, Skip, Abort]
            }
        }
    }
}

/// A list cut to what fits into a sentence.
fn some(all: &[String]) -> String {
    let shown = all.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(8) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

impl fmt::Display for Halt {
    /// One line for people: what is the matter, and where it is being solved.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict { agent, with, paths, solving, remembered } => {
                let names: Vec<String> = with.iter().map(ToString::to_string).collect();
                write!(f, "{agent} conflicts")?;
                if !names.is_empty() {
                    write!(f, " with {}", names.join(", "))?;
                }
                write!(f, " in {}", some(paths))?;
                match (solving, remembered) {
                    (Solving::Owner { .. }, _) => write!(f, "; {agent} was asked to solve it"),
                    (Solving::Hand { path }, _) => write!(f, "; being solved by hand in {path}"),
                    (Solving::Nobody, Some(r)) => write!(f, "; {} can be used", r.how),
                    (Solving::Nobody, None) => Ok(()),
                }
            }
            Self::Red { said, unrun, guilty, at, .. } => {
                write!(f, "{} at {}", said.join("; "), at.short())?;
                if let Some(guilty) = guilty {
                    write!(f, "; the step of {guilty} brought it about")?;
                }
                if !unrun.is_empty() {
                    write!(f, "; not run: {}", unrun.join(", "))?;
                }
                Ok(())
            }
            Self::Moved { branch, expected, found } => {
                write!(f, "{branch} moved from {} to {} meanwhile", expected.short(), found.short())
            }
            Self::Blocked { files, remedy } if files.is_empty() => f.write_str(remedy),
            Self::Blocked { files, remedy } => write!(f, "{}; {remedy}", some(files)),
            Self::Lost { during } => write!(f, "the server was lost while the train was {during}"),
            Self::Failed { why } => f.write_str(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_halt_reads_as_one_sentence_and_says_what_can_be_done() {
        let name = |n: &str| AgentName::new(n).unwrap();
        let mut halt = Halt::Conflict {
            agent: name("NET"),
            with: vec![name("SEC")],
            paths: vec!["a.yaml 3–5 (content)".into()],
            remembered: None,
            solving: Solving::Nobody,
        };
        assert_eq!(halt.to_string(), "NET conflicts with SEC in a.yaml 3–5 (content)");
        assert_eq!(halt.choices(), [Choice::Hand, Choice::Resolve, Choice::Skip, Choice::Abort]);
        if let Halt::Conflict { solving, .. } = &mut halt {
            *solving = Solving::Hand { path: "/x".into() };
        }
        assert!(halt.to_string().ends_with("; being solved by hand in /x"));
        assert_eq!(halt.choices()[0], Choice::Continue);
        let red = Halt::Red {
            gates: vec!["test".into()],
            at: Oid("0123456789".into()),
            guilty: Some(name("QA")),
            said: vec!["gate test is red (exit 1): boom".into()],
            unrun: vec!["lint".into()],
        };
        let text =
            "gate test is red (exit 1): boom at 0123456; the step of QA brought it about; not run: lint";
        assert_eq!(red.to_string(), text);
        assert_eq!(red.whose(), Some(&name("QA")));
        let many: Vec<String> = (0..10).map(|n| format!("f{n}")).collect();
        let blocked = Halt::Blocked { files: many, remedy: "stash them".into() };
        assert_eq!(blocked.to_string(), "f0, f1, f2, f3, f4, f5, f6, f7 and 2 more; stash them");
    }

    #[test]
    fn halts_are_data() {
        let halt = Halt::Lost { during: Phase::Gating };
        let json = serde_json::to_string(&halt).unwrap();
        assert_eq!(json, r#"{"reason":"lost","during":"gating"}"#);
        assert_eq!(serde_json::from_str::<Halt>(&json).unwrap(), halt);
        let json = serde_json::to_string(&Solving::Owner { told: "x".into() }).unwrap();
        assert_eq!(json, r#"{"by":"owner","told":"x"}"#);
    }
}
