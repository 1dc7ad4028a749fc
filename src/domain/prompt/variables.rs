//! The variables of templates, each with what it is: what `docs/prompts.md` says of them.

/// Path and meaning; `[]` stands for each element of a list.
pub const VARIABLES: &[(&str, &str)] = &[
    ("agent", "The agent's name."),
    ("role", "Its role."),
    ("domain", "What it looks after; may be empty."),
    ("branch", "Its branch; empty for the orchestrator, and without worktrees."),
    ("base", "The commit to squash on, 12 digits."),
    ("target", "The branch that takes the work; empty without worktrees."),
    ("session", "The session's name."),
    ("session_dir", "The session's directory."),
    ("repository", "The repository's top."),
    ("focus[]", "Paths the agent mostly works in."),
    ("gates[].name", "A gate's name."),
    ("gates[].run", "Its command line."),
    ("build", "The command of the first gate that readiness asks for; may be empty."),
    ("code", "The code that goes with a claim made in answer to this prompt."),
    ("phrase", "The words of a claim, without the code."),
    ("reasons[]", "Why the last claim was refused."),
    ("extra", "Text that the sender adds; may be empty."),
    ("group", "The focus group this was sent to; may be empty."),
    ("area", "What that group is about; may be empty."),
    ("tech[]", "Technologies the repository has: `{% if 'kubernetes' in tech %}`."),
    ("order[][]", "The merge order: groups of agents' names."),
    ("stages[][]", "The stages of the enhancement plan: groups of agents' names."),
    ("asks[]", "Tools of which a person decides when this agent calls them, by the session's policy."),
    ("denied[]", "Tools this agent may not use."),
    ("work.ahead", "Commits of the branch beyond its base."),
    ("work.commits[].id", "A commit's id, 12 digits; oldest commit first."),
    ("work.commits[].subject", "First line of its message."),
    ("work.commits[].bullets[]", "The points of its message."),
    ("work.changed", "Files changed in all."),
    ("work.added", "Lines added in all."),
    ("work.removed", "Lines removed in all."),
    ("work.files[].path", "A changed file."),
    ("work.files[].how", "`added`, `modified`, `deleted`, `renamed` or `type`."),
    ("work.files[].added", "Lines added to it."),
    ("work.files[].removed", "Lines removed from it."),
    ("work.uncommitted[]", "Files with changes that are not committed, and untracked ones."),
    ("work.todos[].path", "Where an added line says TODO or FIXME: the file."),
    ("work.todos[].line", "Its line, from 1."),
    ("work.todos[].text", "What stands there."),
    ("work.skipped_tests[].path", "Where an added line skips a test: the file."),
    ("work.skipped_tests[].line", "Its line, from 1."),
    ("work.skipped_tests[].text", "What stands there."),
    ("work.untested[]", "Changed files without a test beside them."),
    ("work.problems[]", "What a review says against the branch."),
    ("upstream[].agent", "An agent whose work this one builds on."),
    ("upstream[].branch", "Its branch."),
    ("upstream[].commits[].id", "A commit's id."),
    ("upstream[].commits[].subject", "First line of its message."),
    ("upstream[].commits[].bullets[]", "The points of its message."),
    ("upstream[].changed", "Files changed in all."),
    ("upstream[].added", "Lines added in all."),
    ("upstream[].removed", "Lines removed in all."),
    ("upstream[].files[].path", "A changed file."),
    ("upstream[].files[].how", "As under `work`."),
    ("upstream[].files[].added", "Lines added to it."),
    ("upstream[].files[].removed", "Lines removed from it."),
    ("upstream[].exports[]", "A name it offers, `path: name`."),
    ("upstream[].unused[]", "One of them that no line this agent added names."),
    (
        "suggestions[]",
        "What to do next, told from the facts, the weightiest first, at most 7; only with `suggested`.",
    ),
    (
        "conflict.onto",
        "What the branch does not merge with: a whole commit id; empty in all prompts but `conflict`.",
    ),
    ("conflict.told", "Why the merge does not stand in the worktree; empty where it does."),
    ("conflict.message", "The message of the branch's own commit."),
    ("conflict.with[].agent", "Whose work it does not merge with."),
    ("conflict.with[].branch", "Its branch."),
    ("conflict.with[].message", "What its commit says it is for."),
    ("conflict.files[].path", "A file that does not merge."),
    ("conflict.files[].kind", "What both sides did to it."),
    ("conflict.files[].text", "The places with both sides, marked; may be empty."),
    ("query.number", "The query's number; 0 in all prompts but `query` and `answer`."),
    ("query.asker", "Who asked: an agent, `the lead` or `the program NAME`."),
    ("query.back", "The agent to ask back; empty where a person or a program outside asked."),
    ("query.to", "Who was asked."),
    ("query.priority", "`low`, `normal`, `high` or `urgent`."),
    ("query.lines[]", "The message, line by line."),
    ("query.by", "Who answered; only in `answer`."),
    ("query.answer[]", "The answer, line by line; only in `answer`."),
    ("incident.name", "The incident's name; empty in all sessions but those of incident fleets."),
    ("incident.report[]", "Its report, line by line."),
    ("incident.data", "The folder of all its data; empty: none."),
    ("incident.own_data", "The folder of this agent's data; empty: none."),
    ("incident.from", "The begin of the time that findings may be of."),
    ("incident.to", "Its end; empty: it goes on."),
    ("incident.started", "When it started; empty: not known."),
    ("incident.symptom", "What is seen first."),
    ("incident.scope", "How far it reaches, in words."),
    ("incident.priority", "`P1`, `P2`, `P3` or empty."),
    ("incident.route", "The rule of the route, and why."),
    ("incident.why", "Why this agent was engaged."),
    ("incident.engaged[]", "Who was engaged."),
    ("incident.minutes", "Minutes this agent has."),
    ("incident.kinds[].name", "A kind of finding."),
    ("incident.kinds[].what", "What it says."),
    (
        "incident.correlation[]",
        "What the findings have to do with each other, line by line; for the coordinator.",
    ),
    ("incident.missing[]", "What is missing of the answer; for the coordinator."),
    ("incident.sections[]", "The sections a postmortem has to have, in their order."),
    ("incident.problems[]", "What the check says against the postmortem that was handed in."),
    ("incident.attempts", "How many attempts are left."),
    ("workflow.project", "The project's name; empty where the agent has no task of one."),
    ("workflow.request[]", "What is wanted, in the words of who asked, line by line."),
    ("workflow.goals[]", "What is to be better afterwards."),
    ("workflow.task", "The id of the agent's task."),
    ("workflow.title", "What it is, in a line."),
    ("workflow.phase", "The phase it belongs to."),
    ("workflow.specialist", "The specialist: the agent's own name."),
    ("workflow.duration", "How long it is meant to take: `1w3d`."),
    ("workflow.priority", "`critical`, `high` or `medium`."),
    ("workflow.environment", "Where its work lands; may be empty."),
    ("workflow.objectives[]", "What it is to reach."),
    ("workflow.infrastructure[]", "The infrastructure there is."),
    ("workflow.issues[]", "What is known to be wrong with it."),
    ("workflow.constraints[]", "Limits of budget, time and technology."),
    ("workflow.outcomes[]", "What is there afterwards."),
    ("workflow.requires[].task", "A task it needs."),
    ("workflow.requires[].title", "What that is."),
    ("workflow.requires[].agent", "Who did it."),
    ("workflow.requires[].file", "The file below `session_dir` that holds its handover; may be empty."),
    ("workflow.requires[].items[].key", "Something it handed over to this task: its key."),
    ("workflow.requires[].items[].value", "What it says of that."),
    ("workflow.requires[].handover[]", "Its whole handover, line by line."),
    ("workflow.blocks[].task", "A task that waits for it."),
    ("workflow.blocks[].title", "What that is."),
    ("workflow.blocks[].agent", "Who does it."),
    ("workflow.assets[]", "What there is to work with."),
    ("workflow.criteria[]", "How one sees that it succeeded."),
    ("workflow.checks[]", "Gates that have to be green on its commit."),
    ("workflow.hands_over[].key", "Something it hands over: its key."),
    ("workflow.hands_over[].what", "What that is."),
    ("workflow.hands_over[].to[]", "The tasks it is for."),
    ("workflow.points[]", "Open points of checklists that concern its phase: `LIST/POINT: text`."),
    ("workflow.beside[].task", "A task beside it."),
    ("workflow.beside[].agent", "Who does that."),
    ("workflow.beside[].sync", "What they tell each other."),
    ("workflow.beside[].said[]", "What the other one said."),
    ("workflow.round", "Which round this is, from 1."),
    ("workflow.rounds", "How many there are at the most; 0: it is in no loop."),
    ("workflow.until", "When the loop is over."),
    ("workflow.judges", "The task it judges; may be empty."),
    ("workflow.feedback[]", "What its review wants to be better."),
    ("workflow.held[]", "Why it is not taken as done though its agent said so."),
    ("workflow.changed", "What was changed of the plan since the brief; may be empty."),
    (
        "workflow.answers[]",
        "What a person settled that its agent asked or waited for, and does not know yet.",
    ),
    ("team[].name", "An agent of the team, in team order."),
    ("team[].role", "Its role."),
    ("team[].domain", "What it looks after."),
    ("team[].branch", "Its branch."),
    ("team[].after[]", "Whose work it builds on."),
    ("team[].state", "Its state; empty without a session."),
    ("team[].message", "The message of its merge."),
    ("team[].work", "The same as `work`, of that agent; only in prompts for the orchestrator."),
];

/// What a template may call beside the variables: the template language's own.
const FUNCTIONS: [&str; 5] = ["range", "dict", "namespace", "self", "super"];

/// Whether a template may name that path, such as `work.ahead` or `work`.
#[must_use]
pub fn known(path: &str) -> bool {
    FUNCTIONS.contains(&path) || dotted().iter().any(|k| k == path)
}

/// Every path that can be written down in a template, and what stands above each.
pub(super) fn dotted() -> Vec<String> {
    let mut all = Vec::new();
    for (path, _) in VARIABLES {
        // Below a list it takes a loop, whose variable has a name of the template's own.
        let reachable = path.split("[]").next().unwrap_or_default();
        for (at, _) in reachable.match_indices('.') {
            all.push(reachable[..at].to_owned());
        }
        all.push(reachable.to_owned());
    }
    all.sort();
    all.dedup();
    all
}

/// `docs/prompts.md`'s table.
#[must_use]
pub fn table() -> String {
    let mut text = String::from("| variable | is |\n|---|---|\n");
    for (path, about) in VARIABLES {
        text.push_str(&format!("| `{path}` | {about} |\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::example::full;
    use super::*;

    fn paths(at: &str, value: &Value, all: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (key, below) in map {
                    let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    // Described once, under `work`.
                    if path == "team[].work" {
                        all.insert(path);
                    } else {
                        paths(&path, below, all);
                    }
                }
            }
            Value::Array(items) => {
                items.iter().for_each(|item| paths(&format!("{at}[]"), item, all));
            }
            other => {
                assert!(other != "" && other != 0, "{at} is empty in the example");
                all.insert(at.to_owned());
            }
        }
    }

    #[test]
    fn every_variable_is_documented_and_no_other() {
        let mut all = BTreeSet::new();
        paths("", &serde_json::to_value(full()).unwrap(), &mut all);
        let told: BTreeSet<String> = VARIABLES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(all, told);
        assert_eq!(told.len(), VARIABLES.len());
    }

    #[test]
    fn paths_up_to_a_list_can_be_named() {
        for path in ["agent", "work", "work.commits", "team", "tech", "range"] {
            assert!(known(path), "{path}");
        }
        for path in ["agnet", "work.comits", "work.commits.subject", "agent.name"] {
            assert!(!known(path), "{path}");
        }
    }
}
