//! What a commit's message should look like, as data, and what one lacks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CommitLine, Concern, Review, Severity};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;

/// The name of this check.
pub const MESSAGE: &str = "message";
/// Characters of a subject that are compared and shown.
const SUBJECT_MOST: usize = 200;
/// Commits of one branch whose messages are told of one by one.
const COMMITS_MOST: usize = 5;

/// What a message that does not fit does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageCheck {
    /// Nothing: messages are not looked at.
    Off,
    /// The review says so.
    #[default]
    Warn,
    /// The review says so, and the branch is not ready.
    Refuse,
}

/// How the messages of one phase are written.
///
/// In subjects and trailers `{agent}` is the agent's name in lower case, `{session}` the session's, and
/// `<words>` any text.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convention {
    /// Its name.
    pub name: String,
    /// The plans after whose runs it holds.
    #[serde(default)]
    pub plans: Vec<String>,
    /// Whether it holds, whatever ran last, once an agent claims that its branch is ready.
    #[serde(default)]
    pub ready: bool,
    /// Whether every commit of the branch is judged; else only its tip.
    #[serde(default)]
    pub every: bool,
    /// First lines, any of which will do.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// First lines for certain agents, in place of those.
    #[serde(default)]
    pub agents: BTreeMap<String, Vec<String>>,
    /// Words with one of which at least one bullet begins; none: there has to be a bullet.
    #[serde(default)]
    pub bullets: Vec<String>,
    /// Lines of their own, one of which has to be there; none: no such line is asked for.
    #[serde(default)]
    pub trailers: Vec<String>,
}

impl Convention {
    /// What `message` lacks, as parts of a sentence; empty when it fits.
    #[must_use]
    pub fn lacks(&self, message: &str, agent: &AgentName, session: &str) -> Vec<String> {
        let fill = |form: &String| {
            form.replace("{agent}", &agent.as_str().to_lowercase()).replace("{session}", session)
        };
        let mut lacks = Vec::new();
        let mut lines = message.lines();
        let subject = lines.next().unwrap_or_default().trim_end();
        let forms: Vec<String> =
            self.agents.get(agent.as_str()).unwrap_or(&self.subjects).iter().map(fill).collect();
        if !forms.is_empty() && !forms.iter().any(|form| fits(form, cut(subject))) {
            lacks.push(format!("a subject like `{}`", forms.join("` or `")));
        }
        let body: Vec<&str> = lines.map(str::trim).collect();
        if body.first().is_some_and(|l| !l.is_empty()) {
            lacks.push("an empty line after the subject".to_owned());
        }
        let mut bullets = body.iter().filter_map(|l| l.strip_prefix(['-', '*']).map(str::trim_start));
        let begins = |bullet: &str| {
            let word = bullet.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            self.bullets.iter().any(|b| b.eq_ignore_ascii_case(word))
        };
        if self.bullets.is_empty() && !bullets.clone().any(|b| !b.is_empty()) {
            lacks.push("a bullet (`- …`)".to_owned());
        } else if !self.bullets.is_empty() && !bullets.any(begins) {
            lacks.push(format!("a bullet that begins with {}", self.bullets.join(" or ")));
        }
        let trailers: Vec<String> = self.trailers.iter().map(fill).collect();
        let said = |form: &str| body.iter().any(|l| fits(stem(form), stem(cut(l))));
        if !trailers.is_empty() && !trailers.iter().any(|t| said(t)) {
            lacks.push(format!("the line `{}`", trailers.first().map_or("", String::as_str)));
        }
        lacks
    }

    /// What to say of a branch's messages.
    #[must_use]
    pub fn concerns(&self, review: &Review, session: &str) -> Vec<Concern> {
        if review.facts.ahead == 0 {
            return Vec::new();
        }
        let judge = |message: &str, of: &str| {
            let lacks = self.lacks(message, &review.agent, session);
            let first = printable(cut(message.lines().next().unwrap_or_default()));
            let evidence = if of.is_empty() { first } else { format!("{of} {first}") };
            (!lacks.is_empty()).then(|| Concern {
                check: MESSAGE.to_owned(),
                severity: Severity::Warning,
                path: String::new(),
                line: None,
                text: format!("by the convention `{}` its message lacks {}", self.name, lacks.join(", ")),
                evidence,
            })
        };
        if !self.every {
            return judge(&review.message, "").into_iter().collect();
        }
        let of = |c: &CommitLine| judge(&c.message, c.oid.short());
        let mut found: Vec<Concern> = review.commits.iter().filter_map(of).collect();
        let more = found.len().saturating_sub(COMMITS_MOST);
        found.truncate(COMMITS_MOST);
        if let Some(last) = found.last_mut().filter(|_| more > 0) {
            last.text.push_str(&format!("; so do those of {more} more commits"));
        }
        found
    }
}

/// The beginning of a line.
fn cut(line: &str) -> &str {
    line.char_indices().nth(SUBJECT_MOST).map_or(line, |(at, _)| line.get(..at).unwrap_or(line))
}

/// A trailer without its full stop.
fn stem(line: &str) -> &str {
    line.trim_end().trim_end_matches('.')
}

/// Whether `text` is `form`, in which `<words>` is any text that was really put there.
fn fits(form: &str, text: &str) -> bool {
    let place = form.find('<').and_then(|from| Some((from, from + form.get(from..)?.find('>')? + 1)));
    let Some((from, to)) = place else { return form == text };
    let (Some(before), Some(after)) = (form.get(..from), form.get(to..)) else { return false };
    let Some(rest) = text.strip_prefix(before) else { return false };
    let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    ends.filter_map(|at| rest.split_at_checked(at)).any(|(put, rest)| {
        let put = put.trim();
        let left = put.is_empty() || (put.starts_with('<') && put.ends_with('>'));
        !left && fits(after, rest)
    })
}

/// The convention that holds for an agent: the one for readiness once it claims that, else that of the plan
/// that last ran for it; none where nobody laid one down.
#[must_use]
pub fn convention<'c>(all: &'c [Convention], ready: bool, plan: Option<&str>) -> Option<&'c Convention> {
    let claimed = all.iter().find(|c| ready && c.ready);
    claimed.or_else(|| all.iter().find(|c| plan.is_some_and(|p| c.plans.iter().any(|known| known == p))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Oid;
    use crate::domain::review::BranchFacts;

    fn enhancement() -> Convention {
        Convention {
            name: "enhancement".into(),
            plans: vec!["enhancement".into()],
            every: true,
            subjects: vec!["feat({agent}): enhance <area>".into()],
            agents: BTreeMap::from([("QA".into(), vec!["test: <summary>".into()])]),
            bullets: vec!["Added".into(), "Fixed".into()],
            trailers: vec!["Part of the enhancement phase of {session}.".into()],
            ..Convention::default()
        }
    }

    fn lacks(agent: &str, message: &str) -> String {
        enhancement().lacks(message, &AgentName::new(agent).unwrap(), "sprint-1").join("; ")
    }

    const TRAILER: &str = "Part of the enhancement phase of sprint-1.";

    #[test]
    fn what_a_message_lacks_is_named() {
        let good = format!("feat(sec): enhance policies\n\n- Added a rule\n- Other\n\n{TRAILER}\n");
        let cases: &[(&str, &str, &str)] = &[
            ("SEC", &good, ""),
            ("SEC", &good.replace("- Added", "* fixed:"), ""),
            ("SEC", &good.replace("sprint-1.", "sprint-1"), ""),
            ("SEC", &format!("{good}\nCo-Authored-By: Someone <a@b>\n"), ""),
            ("NET", &good, "a subject like `feat(net): enhance <area>`"),
            ("QA", &good, "a subject like `test: <summary>`"),
            ("QA", &good.replace("feat(sec): enhance policies", "test: more"), ""),
            ("SEC", &good.replace(" policies", ""), "a subject like `feat(sec): enhance <area>`"),
            ("SEC", &good.replace("policies", "<area>"), "a subject like `feat(sec): enhance <area>`"),
            ("SEC", &good.replace("Added", "Adder"), "a bullet that begins with Added or Fixed"),
            ("SEC", &good.replace("sprint-1", "sprint-2"), &format!("the line `{TRAILER}`")),
            ("SEC", &good.replacen("\n\n", "\n", 1), "an empty line after the subject"),
            (
                "SEC",
                "wip",
                "a subject like `feat(sec): enhance <area>`; a bullet that begins with Added or Fixed; \
                 the line `Part of the enhancement phase of sprint-1.`",
            ),
            (
                "SEC",
                "",
                "a subject like `feat(sec): enhance <area>`; a bullet that begins with Added or Fixed; \
                 the line `Part of the enhancement phase of sprint-1.`",
            ),
        ];
        for (agent, message, expected) in cases {
            assert_eq!(lacks(agent, message), *expected, "{agent}: {message}");
        }
    }

    #[test]
    fn any_text_stands_for_a_place_but_nothing_does_not() {
        assert!(fits("a <b> c <d>", "a x y c z"));
        assert!(fits("a <b> c", "a ü c"));
        for (form, text) in [("a <b> c", "a  c"), ("a <b>", "a "), ("a <b", "a x"), ("a", "ab")] {
            assert!(!fits(form, text), "{form}: {text}");
        }
    }

    #[test]
    fn the_phase_decides_which_holds() {
        let wrap_up = Convention { name: "wrap-up".into(), ready: true, ..Convention::default() };
        let all = [enhancement(), wrap_up];
        let of = |ready, plan| convention(&all, ready, plan).map(|c| c.name.as_str());
        assert_eq!(of(false, None), None);
        assert_eq!(of(false, Some("other")), None);
        assert_eq!(of(false, Some("enhancement")), Some("enhancement"));
        assert_eq!(of(true, Some("enhancement")), Some("wrap-up"));
        assert_eq!(of(true, None), Some("wrap-up"));
    }

    #[test]
    fn every_commit_is_judged_where_it_says_so_and_the_evidence_is_the_first_line() {
        let facts = BranchFacts { ahead: 2, ..BranchFacts::default() };
        let mut review = Review::new(AgentName::new("SEC").unwrap(), "b", facts);
        let commit = |n: u32, message: &str| CommitLine {
            oid: Oid(format!("{n:040}")),
            subject: String::new(),
            message: message.into(),
            empty: false,
        };
        review.commits = (0..7).map(|n| commit(n, "wip \u{1b}[31m\n\nx")).collect();
        let found = enhancement().concerns(&review, "s");
        assert_eq!(found.len(), COMMITS_MOST);
        assert!(found[0].evidence.starts_with("0000000 wip ") && !found[0].evidence.contains('\u{1b}'));
        assert!(found[4].text.ends_with("so do those of 2 more commits"), "{}", found[4].text);
        let tip = Convention { every: false, ..enhancement() };
        review.message = "nothing".into();
        assert_eq!(tip.concerns(&review, "s").len(), 1);
        review.facts.ahead = 0;
        assert!(tip.concerns(&review, "s").is_empty(), "the tip is not this agent's");
    }
}
