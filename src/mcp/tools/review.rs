//! Tools that look at branches.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::args::{agent, agents};
use super::{About, Def, Effect, Gives, out_of_turn};
use crate::domain::command::{Command, Subject};
use crate::domain::diff::BranchDiff;
use crate::domain::gates::Reuse;
use crate::domain::guard::Tampering;
use crate::domain::id::Oid;
use crate::domain::review::Matrix;
use crate::domain::rights::Tool;
use crate::domain::view::{Answer, ReviewView, Verified};
use crate::mcp::call::{Call, Trouble};
use crate::mcp::untrusted::Place;

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::Review,
        title: "Review branches",
        text: "What every branch holds as git sees it, what speaks against it, its gates, and which branches touch the \
               same files. Runs gates that have not run, so that it may take minutes.",
        effect: Effect::Looks,
        untrusted: &[
            Place { path: "reviews.*.message", by: "branch" },
            Place { path: "reviews.*.facts.subject", by: "branch" },
            Place { path: "reviews.*.commits.*.subject", by: "branch" },
            Place { path: "reviews.*.commits.*.message", by: "branch" },
            Place { path: "reviews.*.concerns.*.evidence", by: "branch" },
            Place { path: "reviews.*.gates.*.tail", by: "gate of" },
        ],
    };
    all.push(Def::new(about, review));
    let about = About {
        tool: Tool::BranchFacts,
        title: "What a branch changes",
        text: "The files that one branch changes, with lines added and removed; with `path` the lines of that file. \
               With `open` uncommitted work counts in.",
        effect: Effect::Looks,
        untrusted: &[Place { path: "lines", by: "branch" }],
    };
    all.push(Def::new(about, branch_facts));
    let about = About {
        tool: Tool::Conflicts,
        title: "Conflicts",
        text: "Which pairs of branches would conflict, whether each merges into the target and in which order. With \
               `theirs` the very lines that keep that branch from merging with `ours`, or with the target.",
        effect: Effect::Looks,
        untrusted: &[Place { path: "lines", by: "branch" }],
    };
    all.push(Def::new(about, conflicts));
    let about = About {
        tool: Tool::Verify,
        title: "Run gates",
        text: "Runs the project's gates (build, tests, lint) on the tips of branches, on uncommitted work, or on what \
               merging all ready branches would give, and waits for the verdicts.",
        effect: Effect::Sets,
        untrusted: &[Place { path: "places.*.gates.*.tail", by: "gate of" }],
    };
    all.push(Def::new(about, verify));
}

/// Whose branches.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Some {
    /// Names of agents; none: all.
    #[serde(default)]
    agents: Vec<String>,
}

/// Branches as git sees them.
#[derive(Serialize, JsonSchema)]
struct Reviewed {
    /// One a branch.
    reviews: Vec<ReviewView>,
    /// What any agent may have changed of shared git configuration and hooks; null where nothing was.
    tampering: Option<Box<Tampering>>,
}

fn review(call: &mut Call, args: Some) -> Gives<Reviewed> {
    let (reviews, _, tampering) = reviewed(call, &args.agents)?;
    let against = reviews.iter().filter(|r| !r.reasons.is_empty()).count();
    let text = format!("{} branches; against {against} of them something is to be said", reviews.len());
    Ok((Reviewed { reviews, tampering }, text))
}

type Found = (Vec<ReviewView>, Option<Box<Matrix>>, Option<Box<Tampering>>);

/// What a review found.
pub(in crate::mcp) fn reviewed(call: &mut Call, whose: &[String]) -> Result<Found, Trouble> {
    call.tell("branches are looked at, and gates run where they have not");
    match call.ask(Command::Review { agents: agents("agents", whose)? })? {
        Answer::Review { reviews, matrix, tampering } => Ok((reviews, matrix, tampering)),
        other => Err(out_of_turn(&other)),
    }
}

/// Whose branch.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Facts {
    /// The agent.
    agent: String,
    /// Whether uncommitted work of its worktree counts in.
    #[serde(default)]
    open: bool,
    /// The one file whose lines are wanted; none: only which files.
    #[serde(default)]
    path: Option<String>,
}

/// What a branch changes.
#[derive(Serialize, JsonSchema)]
struct Changes {
    /// Whose.
    agent: String,
    /// The branch.
    branch: String,
    /// Where it is measured from.
    base: Oid,
    /// Its tip.
    head: Oid,
    /// Why uncommitted work that was asked for is not in it; empty where it is.
    why: String,
    /// Lines added in all files.
    added: u32,
    /// Lines removed in them.
    removed: u32,
    /// The files.
    files: Vec<File>,
    /// Files that are not named.
    more: u32,
    /// The lines of the file that was asked for, as a patch; null: none were.
    lines: String,
}

/// A file.
#[derive(Serialize, JsonSchema)]
struct File {
    /// Its path.
    path: String,
    /// `added`, `removed`, `modified`, `renamed` or `retyped`.
    change: String,
    /// Lines added.
    added: u32,
    /// Lines removed.
    removed: u32,
}

fn branch_facts(call: &mut Call, args: Facts) -> Gives<Changes> {
    let (agent, wants) = (agent("agent", &args.agent)?, args.path.is_some());
    let answer = call.ask(Command::Diff { agent, open: args.open, path: args.path })?;
    let lines = if wants { call.desk().text(&answer) } else { String::new() };
    let Answer::Diff(diff) = answer else { return Err(out_of_turn(&answer)) };
    let BranchDiff { agent, branch, base, head, why, files, more, added, removed, .. } = *diff;
    let files = files.into_iter().map(|f| File {
        path: f.path,
        change: f.change.word().to_owned(),
        added: f.added,
        removed: f.removed,
    });
    let files: Vec<File> = files.collect();
    let text = format!("{agent} changes {} files: +{added} -{removed}", files.len());
    let agent = agent.to_string();
    Ok((Changes { agent, branch, base, head, why, added, removed, files, more, lines }, text))
}

/// Which branches.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Between {
    /// The branch whose conflict is wanted line by line; none: all pairs in short.
    #[serde(default)]
    theirs: Option<String>,
    /// The branch it is merged with; none: the target. Only with `theirs`.
    #[serde(default)]
    ours: Option<String>,
}

/// What merging would meet.
#[derive(Serialize, JsonSchema)]
struct Met {
    /// All pairs, the merge order, and a better one where there is one; null where a pair was asked for.
    matrix: Option<Box<Matrix>>,
    /// The paths in conflict of the pair that was asked for.
    paths: Vec<String>,
    /// The lines that do not merge, as git marks them; null: none were asked for.
    lines: String,
}

fn conflicts(call: &mut Call, args: Between) -> Gives<Met> {
    let Some(theirs) = args.theirs else {
        if args.ours.is_some() {
            return Err(Trouble::Argument("find argument `theirs`: with `ours` it is needed".into()));
        }
        let (_, matrix, _) = reviewed(call, &[])?;
        let text = matrix.as_ref().map_or_else(String::new, |m| {
            let bad = m.pairs.iter().filter(|p| !p.verdict.conflicts.is_empty()).count();
            format!("{bad} of {} pairs conflict", m.pairs.len())
        });
        return Ok((Met { matrix, paths: Vec::new(), lines: String::new() }, text));
    };
    let theirs = agent("theirs", &theirs)?;
    let ours = args.ours.map(|name| agent("ours", &name)).transpose()?;
    let answer = call.ask(Command::Unmerged { ours, theirs })?;
    let lines = call.desk().text(&answer);
    let Answer::Unmerged(found) = answer else { return Err(out_of_turn(&answer)) };
    let paths: Vec<String> = found.files.iter().map(|f| f.conflict.to_string()).collect();
    let text = match paths.as_slice() {
        [] => "they merge".to_owned(),
        paths => format!("{} paths conflict", paths.len()),
    };
    Ok((Met { matrix: None, paths, lines }, text))
}

/// What to test.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Verify {
    /// `tips`: the branches; `open`: what the worktrees hold; `merged`: what merging all ready branches gives.
    #[serde(default)]
    subject: Tested,
    /// Names of agents; none: all. Without use for `merged`.
    #[serde(default)]
    agents: Vec<String>,
    /// Names of gates; none: all.
    #[serde(default)]
    gates: Vec<String>,
    /// Whether gates run again whose verdict on the same tree is known.
    #[serde(default)]
    again: bool,
}

/// What is tested.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Tested {
    #[default]
    Tips,
    Open,
    Merged,
}

/// What gates said.
#[derive(Serialize, JsonSchema)]
struct Verdicts {
    /// Whether everything was tested and passed.
    passed: bool,
    /// One a commit.
    places: Vec<Verified>,
}

fn verify(call: &mut Call, args: Verify) -> Gives<Verdicts> {
    let whose = agents("agents", &args.agents)?;
    let subject = match args.subject {
        Tested::Tips => Subject::Tips(whose),
        Tested::Open => Subject::Open(whose),
        Tested::Merged => Subject::Merged,
    };
    call.tell("gates run");
    let reuse = if args.again { Reuse::Never } else { Reuse::Known };
    match call.ask(Command::Verify { subject, gates: args.gates, reuse })? {
        Answer::Verified { places } => {
            let passed = places.iter().all(Verified::passed);
            let red = places.iter().filter(|p| !p.passed()).map(|p| p.place.clone()).collect::<Vec<_>>();
            let text =
                if passed { "all gates passed".into() } else { format!("not passed: {}", red.join(", ")) };
            Ok((Verdicts { passed, places }, text))
        }
        other => Err(out_of_turn(&other)),
    }
}
