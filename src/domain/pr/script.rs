//! A train as the git commands that make it again, in a POSIX shell script.

use super::{Made, Merge};
use crate::domain::signal::printable;
use crate::domain::train::TrainPlan;

/// What stands before the steps. Nothing in it depends on the train.
const HEAD: &str = r#"set -eu
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
# No hook, signature, log or setting of this clone may change what a merge gives.
git() {
    command git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c commit.gpgSign=false \
        -c merge.verifySignatures=false -c i18n.commitEncoding=utf-8 -c merge.renormalize=false -c rerere.enabled=false "$@"
}
stop() {
    echo "stopped: $*" >&2
    exit 1
}
# step COMMIT MERGE TREE MESSAGE: merges a branch's commit; the merge must come out as it did in the train.
step() {
    git cat-file -e "$1^{commit}" 2>/dev/null || stop "there is no commit $1 here; fetch the agents' branches"
    git merge -q --no-ff --no-commit "$1" >/dev/null 2>&1 || :
    if [ "$(git write-tree 2>/dev/null || :)" != "$3" ]; then
        # Somebody solved its conflicts, or this git merges differently: take what the train has.
        patch "$2" || stop "the merge of $1 gives another tree than $3"
        [ "$(git write-tree)" = "$3" ] || stop "the merge of $1 gives another tree than $3"
    fi
    commit=$(printf '%s' "$4" | git commit-tree "$3" -p "$(git rev-parse HEAD)" -p "$1")
    git update-ref -m "merge $1" HEAD "$commit"
    git reset -q --hard
    echo "merged $1: $commit"
}
same() {
    [ "$commit" = "$1" ] || stop "this merge is $commit, that of the train is $1"
}
"#;

/// A script that makes the merges of a train again in a clone that has its commits: the same trees, and the same
/// commits where they are not signed. It refuses a tree that is not clean or does not stand at the base.
#[must_use]
pub fn script(plan: &TrainPlan, merges: &[Merge]) -> String {
    let mut text = String::from("#!/bin/sh\n");
    text.push_str(&format!(
        "# The merge train into {} as git commands. Run it in a clone that stands at {}\n# and has these commits:\n",
        comment(&plan.target),
        plan.base.0
    ));
    for step in &plan.steps {
        text.push_str(&format!("#   {} {} ({})\n", step.oid.0, comment(&step.branch), step.agent));
    }
    text.push_str("# It moves what is checked out, nothing else.\n");
    text.push_str(HEAD);
    text.push_str(&patches(merges));
    text.push_str(&format!(
        "[ \"$(git rev-parse HEAD)\" = {} ] || stop \"HEAD is not at the base: git switch --detach {}\"\n",
        plan.base.0, plan.base.0
    ));
    text.push_str(
        "[ -z \"$(git status --porcelain)\" ] || stop \"there are uncommitted files; commit or stash them first\"\n",
    );
    for (step, merge) in plan.steps.iter().zip(merges) {
        text.push_str(&format!("\n# {}: {}\n", step.agent, comment(&step.branch)));
        match &merge.made {
            None => text.push_str("# contained already: nothing to merge\n"),
            Some(made) => text.push_str(&one(&step.oid.0, made)),
        }
    }
    text
}

fn one(tip: &str, made: &Made) -> String {
    let mut text = String::new();
    for (who, [name, email, date]) in [("AUTHOR", &made.author), ("COMMITTER", &made.committer)] {
        text.push_str(&format!("GIT_{who}_NAME={} ", quoted(name)));
        text.push_str(&format!("GIT_{who}_EMAIL={} GIT_{who}_DATE={}\n", quoted(email), quoted(date)));
        text.push_str(&format!("export GIT_{who}_NAME GIT_{who}_EMAIL GIT_{who}_DATE\n"));
    }
    let message = made.message.as_deref().unwrap_or("merge\n");
    text.push_str(&format!("step {tip} {} {} {}\n", made.oid.0, made.tree.0, quoted(message)));
    if made.signed || made.message.is_none() {
        text.push_str(&format!(
            "# {} is signed or not UTF-8: the id differs, the tree does not\n",
            made.oid.0
        ));
    } else {
        text.push_str(&format!("same {}\n", made.oid.0));
    }
    text
}

/// The function that gives a merge what somebody made of its conflicts.
fn patches(merges: &[Merge]) -> String {
    let mut text = String::from(
        "# patch MERGE: what the merge changes of the one before it, where that had to be solved.\npatch() {\n    \
         git merge --abort 2>/dev/null || git reset -q --hard\n    case $1 in\n",
    );
    for made in merges.iter().filter_map(|m| m.made.as_ref()) {
        let Some(patch) = &made.patch else { continue };
        let end = end_of(patch);
        text.push_str(&format!("    {})\n        git apply --index --binary <<'{end}'\n{patch}", made.oid.0));
        text.push_str(if patch.ends_with('\n') { "" } else { "\n" });
        text.push_str(&format!("{end}\n        ;;\n"));
    }
    text.push_str(
        "    *)\n        git cat-file -e \"$1^{tree}\" 2>/dev/null || return 1\n        \
         git read-tree -m -u HEAD \"$1\"\n        ;;\n    esac\n}\n",
    );
    text
}

/// A line that ends a text and stands nowhere in it.
fn end_of(text: &str) -> String {
    let mut end = "END".to_owned();
    while text.lines().any(|l| l == end) {
        end.push('_');
    }
    end
}

/// A word of the shell that is exactly this text.
pub(super) fn quoted(text: &str) -> String {
    // The shell takes no zero byte, and git none in a message.
    format!("'{}'", text.replace('\0', "").replace('\'', "'\\''"))
}

/// A text for the rest of a comment.
fn comment(text: &str) -> String {
    printable(text)
}
