#!/bin/sh
# A whole sprint of this repository's team, from the first prompt to the report.
#
#   sprint.sh            in the repository; starts the session, or goes on with the one that runs
#
#   ORCHESTRA   the program (orchestra)
#   PROFILE     the agents' program, where there is no orchestra.toml yet (claude)
#   LIMIT       seconds each of the two plans may take (7200)
#   TRIES       how often one agent is told why it is not ready (3)
#   OUT         folder for review.txt, pr.md and report.md (sprint-out, which git ignores)
#   DOWN        `always` ends the session also when something failed (CI); else it stays, to be looked at
#
# Status: 0 merged; 1 something is not as it must be; 2 usage or configuration; 4 refused, to protect work;
# 124 the time was up. It asks nothing. What it runs can all be done by hand as well, before and after it.
set -eu

ORCHESTRA=${ORCHESTRA:-orchestra}
PROFILE=${PROFILE:-claude}
LIMIT=${LIMIT:-7200}
TRIES=${TRIES:-3}
OUT=${OUT:-sprint-out}
DOWN=${DOWN:-}
step=begin
tmp=$(mktemp -d)

say() { printf 'sprint: %s\n' "$*"; }

end() {
    status=$?
    trap - EXIT INT TERM HUP
    rm -rf "$tmp"
    [ "$status" -eq 0 ] && return
    say "$step did not succeed (status $status)" >&2
    if ! "$ORCHESTRA" status >/dev/null 2>&1; then
        say 'no session runs' >&2
    elif [ "$DOWN" = always ]; then
        "$ORCHESTRA" down >&2 || true
    else
        say 'the session goes on: orchestra status; orchestra attach; orchestra down ends it' >&2
    fi
    exit "$status"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Who claimed and was refused, and does nothing about it.
refused() { "$ORCHESTRA" status | awk '
    $2 == "idle" || $2 == "claimed" { rests[$1] = 1 }
    $2 == "needs" && $0 ~ /^[^ ]+ needs you: not ready: / && rests[$1] { print $1 }'; }

# Sends those the reasons; fails when one was told too often. The round in which each was told is kept in a file.
answer() {
    for agent in $(refused); do
        told=$tmp/$agent
        [ -e "$told" ] || : >"$told"
        # It gets some rounds to begin.
        last=$(tail -n 1 "$told")
        [ -n "$last" ] && [ $((round - last)) -lt 3 ] && continue
        if [ "$(wc -l <"$told")" -ge "$TRIES" ]; then
            "$ORCHESTRA" status >&2
            say "$agent was told $TRIES times why it is refused, and still is" >&2
            return 1
        fi
        "$ORCHESTRA" reasons "$agent"
        echo "$round" >>"$told"
    done
}

step=setup
mkdir -p "$OUT"
echo '*' >"$OUT/.gitignore"
[ -e orchestra.toml ] || "$ORCHESTRA" init --profile "$PROFILE"
"$ORCHESTRA" status >/dev/null 2>&1 || "$ORCHESTRA" up --detach

step='the enhancement'
say "$step: every agent improves its work, stage by stage"
"$ORCHESTRA" run enhancement --order staged --wait --timeout "$LIMIT"

step='the wrap-up'
say "$step: one commit each, and a claim that git and the gates judge"
"$ORCHESTRA" run wrap-up --order broadcast
end_at=$(($(date +%s) + LIMIT))
round=0
while :; do
    status=0
    "$ORCHESTRA" wait all --for ready --timeout 5 >"$tmp/wait" 2>&1 || status=$?
    case $status in
    0) break ;;
    124) ;;
    *)
        # What does not pass by waiting.
        cat "$tmp/wait" >&2
        exit "$status"
        ;;
    esac
    if [ "$(date +%s)" -ge "$end_at" ]; then
        "$ORCHESTRA" status >&2
        exit 124
    fi
    round=$((round + 1))
    answer
done

step='the review'
"$ORCHESTRA" review >"$OUT/review.txt" || {
    cat "$OUT/review.txt"
    exit 1
}
say "$step has no errors: $OUT/review.txt"

step='the proof of the merge'
"$ORCHESTRA" verify merged
"$ORCHESTRA" merge --dry-run

step='the merge'
"$ORCHESTRA" merge --yes

step='the report'
"$ORCHESTRA" pr --out "$OUT/pr.md" >/dev/null
"$ORCHESTRA" report --out "$OUT/report.md" >/dev/null
say "merged; $OUT has review.txt, pr.md and report.md"

step='the end'
"$ORCHESTRA" down
