//! How gates ended, and what that means.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::id::Oid;

/// How a gate ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GateStatus {
    /// Exit status 0.
    Green,
    /// Any other exit status or signal.
    Red,
    /// Over its time limit; its processes were killed.
    Timeout,
    /// It could not be started, its checkout could not be made, or it was cancelled.
    Error,
}

impl GateStatus {
    /// The end in one or two words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Red => "red",
            Self::Timeout => "over time",
            Self::Error => "not run",
        }
    }

    /// Whether it says something of the tree, and would say so again: green or red.
    #[must_use]
    pub fn is_verdict(self) -> bool {
        matches!(self, Self::Green | Self::Red)
    }
}

/// One gate at one commit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct GateResult {
    /// The gate's name.
    pub gate: String,
    /// The commit that is judged.
    pub oid: Oid,
    /// The tree of that commit; empty where it was not read.
    #[serde(default)]
    pub tree: Oid,
    /// How it ended.
    pub status: GateStatus,
    /// Exit status, where there was one.
    pub code: Option<i32>,
    /// Milliseconds it took.
    pub ms: u64,
    /// Its last lines, at most 2 KiB.
    pub tail: String,
    /// The folder under `gates/` with the whole output.
    pub record: String,
    /// A digest of everything that decides the verdict: tree, command, folder, environment, setup, limit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The record of the run this verdict was taken from; none where the gate ran for this very result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reused_from: Option<String>,
    /// How the same gate ended on the base; none where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<GateStatus>,
    /// Whether it is not held against anybody, being red on the base in the same way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub excused: bool,
    /// How often it ran until it ended so; more than once where it was red before and is configured so.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub tries: u32,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_once(tries: &u32) -> bool {
    *tries == 1
}

impl GateResult {
    /// A result that says nothing beside how it ended.
    #[must_use]
    pub fn new(gate: impl Into<String>, oid: Oid, status: GateStatus) -> Self {
        Self {
            gate: gate.into(),
            oid,
            tree: Oid::default(),
            status,
            code: None,
            ms: 0,
            tail: String::new(),
            record: String::new(),
            key: String::new(),
            reused_from: None,
            baseline: None,
            excused: false,
            tries: 1,
        }
    }

    /// Whether it keeps nobody from anything: green, or red on the base already where that is excused.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.status == GateStatus::Green || self.excused
    }

    /// Whether it is red, and on the base too.
    #[must_use]
    pub fn was_red_before(&self) -> bool {
        self.status == GateStatus::Red && self.baseline == Some(GateStatus::Red)
    }

    /// The end in a few words: that of its status, and `before` behind it where the base ended so too.
    #[must_use]
    pub fn word(&self) -> &'static str {
        if self.was_red_before() { "red before" } else { self.status.word() }
    }

    /// What is to be said of a verdict beside its status, for people; empty where nothing is.
    #[must_use]
    pub fn remark(&self) -> String {
        let mut remarks = Vec::new();
        if self.was_red_before() {
            remarks.push("red on the base already".to_owned());
        }
        if let Some(record) = &self.reused_from {
            remarks.push(format!("known of the same tree from gates/{record}"));
        }
        if self.tries > 1 {
            let times = self.tries - 1;
            remarks.push(match self.status {
                GateStatus::Green => format!("only after {times} red before: it is not reliable"),
                _ => format!("tried {} times", self.tries),
            });
        }
        remarks.join("; ")
    }
}

/// Why the gates asked for do not agree at `oid`; empty means they do, or that what is red was so before.
#[must_use]
pub fn gate_reasons(results: &[GateResult], oid: &Oid) -> Vec<String> {
    let mut reasons = Vec::new();
    for r in results {
        if r.oid != *oid {
            reasons.push(format!("gate {} ran at {}, not at {}", r.gate, r.oid.short(), oid.short()));
            continue;
        }
        if r.excused {
            continue;
        }
        let last = r.tail.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or("no output").trim();
        let before = if r.was_red_before() { ", as it is on the base already" } else { "" };
        match r.status {
            GateStatus::Green => {}
            GateStatus::Red => {
                let code = r.code.map_or("a signal".to_owned(), |c| c.to_string());
                reasons.push(format!("gate {} is red (exit {code}){before}: {last}", r.gate));
            }
            GateStatus::Timeout => reasons.push(format!("gate {} ran over its time limit", r.gate)),
            GateStatus::Error => reasons.push(format!("gate {} could not run: {last}", r.gate)),
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(status: GateStatus, code: Option<i32>, at: &Oid) -> GateResult {
        let tail = "one\nlast words\n\n".into();
        GateResult { code, ms: 1, tail, ..GateResult::new("build", at.clone(), status) }
    }

    #[test]
    fn only_green_at_the_very_commit_counts() {
        let oid = Oid("aaaaaaaaaa".into());
        let cases = [
            (gate(GateStatus::Green, Some(0), &oid), ""),
            (
                gate(GateStatus::Green, Some(0), &Oid("bbbbbbbbbb".into())),
                "gate build ran at bbbbbbb, not at aaaaaaa",
            ),
            (gate(GateStatus::Red, Some(3), &oid), "gate build is red (exit 3): last words"),
            (gate(GateStatus::Red, None, &oid), "gate build is red (exit a signal): last words"),
            (gate(GateStatus::Timeout, None, &oid), "gate build ran over its time limit"),
            (gate(GateStatus::Error, None, &oid), "gate build could not run: last words"),
        ];
        for (result, expected) in cases {
            assert_eq!(gate_reasons(std::slice::from_ref(&result), &oid).join(";"), expected);
            assert_eq!(result.passed(), result.status == GateStatus::Green);
        }
    }

    #[test]
    fn what_is_red_on_the_base_already_is_said_and_held_against_nobody_where_it_is_excused() {
        let oid = Oid("aaaaaaaaaa".into());
        let told = GateResult { baseline: Some(GateStatus::Red), ..gate(GateStatus::Red, Some(3), &oid) };
        let reason = "gate build is red (exit 3), as it is on the base already: last words";
        assert_eq!(gate_reasons(std::slice::from_ref(&told), &oid), [reason]);
        let excused = GateResult { excused: true, ..told };
        assert!(excused.passed() && gate_reasons(std::slice::from_ref(&excused), &oid).is_empty());
        assert_eq!(excused.remark(), "red on the base already");
    }

    #[test]
    fn results_of_older_journals_are_read_and_plain_ones_written_as_before() {
        let old = r#"{"gate":"build","oid":"aa","status":"green","code":0,"ms":1,"tail":"","record":"1"}"#;
        let read: GateResult = serde_json::from_str(old).unwrap();
        assert_eq!((read.tries, read.reused_from.clone(), read.passed()), (1, None, true));
        let written = serde_json::to_string(&read).unwrap();
        assert!(!written.contains("tries") && !written.contains("excused"), "{written}");
    }
}
