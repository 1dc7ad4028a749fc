#!/bin/sh
# Follows a session and does what needs no person: sends back the reasons of refused claims, says where a merge halts,
# and tells of each plan that ends. It goes on where it stopped, and ends with the session.
#
#   watch.sh [FILE]    keeps the number of the last event in FILE (.git/orchestra-watch)
#
#   ORCHESTRA   the program (orchestra)
#   TRIES       how often one agent is told why it is not ready (3)
#
# Status: that of `orchestra events`: 0 when the session ended, 3 when there is none.
set -eu

ORCHESTRA=${ORCHESTRA:-orchestra}
TRIES=${TRIES:-3}
file=${1:-$(git rev-parse --git-path orchestra-watch)}
: >>"$file.told"
last=$(cat "$file" 2>/dev/null || echo 0)

told() { grep -c "^$1\$" "$file.told" || true; }

# Each line is an object whose first members are always seq, at, kind and agent, in this order.
{
    "$ORCHESTRA" events --follow --json --since $((last + 1)) --kind refused --kind train_halted --kind run_ended && echo 'end 0' || echo "end $?"
} | while IFS= read -r line; do
    case $line in 'end '*) exit "${line#end }" ;; esac
    part=$(printf '%s\n' "$line" | sed -n 's/^{"seq":\([0-9]*\),"at":"[^"]*","kind":"\([a-z_]*\)","agent":"\{0,1\}\([A-Za-z0-9_-]*\).*/\1 \2 \3/p')
    # shellcheck disable=SC2086
    set -- $part
    [ $# -eq 3 ] || continue
    case $2 in
    refused)
        if [ "$(told "$3")" -ge "$TRIES" ]; then
            echo "$3 was told $TRIES times why it is refused: look at it"
        elif "$ORCHESTRA" reasons "$3" </dev/null; then
            echo "$3" >>"$file.told"
        fi
        ;;
    train_halted) "$ORCHESTRA" merge --status </dev/null || true ;;
    run_ended) echo 'a plan has ended' ;;
    esac
    echo "$1" >"$file"
done
