#!/bin/sh
# Rehearses a whole sprint with pretended agents and keeps its record; run by ci-rehearsal.yml, or by hand.
#
#   ORCHESTRA   the program; without it, it is built here
#   OUT         folder for rehearsal.log and record.tar.gz (rehearsal-out); kept whatever happens
#   SPEED       how many times faster than life the agents pretend to work (4)
#   LIMIT       seconds it may take (900)
#
# Status: the rehearsal's own; 124 when the time was up; else 1 when the record cannot be kept.
set -eu

OUT=${OUT:-rehearsal-out}
SPEED=${SPEED:-4}
LIMIT=${LIMIT:-900}
mkdir -p "$OUT"
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ -z "${ORCHESTRA:-}" ]; then
    cargo build --release --locked
    ORCHESTRA=target/release/orchestra
fi

status=0
timeout -k 30 "$LIMIT" "$ORCHESTRA" demo --headless --speed "$SPEED" --keep "$kept/demo" >"$OUT/rehearsal.log" 2>&1 || status=$?
cat "$OUT/rehearsal.log"

# The record also of a rehearsal that failed: it says why, and `orchestra replay` shows it.
if [ -d "$kept/demo/data/sessions" ]; then
    tar -C "$kept/demo/data" -czf "$OUT/record.tar.gz" sessions || [ "$status" -ne 0 ] || status=1
elif [ "$status" -eq 0 ]; then
    echo 'the rehearsal left no record' >&2
    status=1
fi
[ "$status" -eq 0 ] || printf 'the rehearsal failed with status %s; its record is in %s\n' "$status" "$OUT" >&2
exit "$status"
