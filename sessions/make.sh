#!/bin/sh
# Makes sessions/demo anew: the record of one `orchestra demo`, without anything of the machine it ran on.
# What it shows is made by the program given, or else by target/release/orchestra.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
program=${1:-$top/target/release/orchestra}
# Paths of the demo stand in its record, so they are the same wherever it is made.
keep=/tmp/orchestra-demo
if [ -e "$keep" ]; then
    echo "$keep is in the way: remove it first" >&2
    exit 1
fi
home=$(mktemp -d)
trap 'rm -rf "$keep" "$home"' EXIT
env -i PATH="$PATH" HOME="$home" XDG_RUNTIME_DIR="$home" SHELL=/bin/sh TERM=xterm-256color LANG=C.UTF-8 \
    "$program" demo --headless --keep "$keep"
made=$(dirname "$(ls -d "$keep"/data/sessions/*/*/FORMAT)")
rm -rf "$top/sessions/demo"
cp -R "$made" "$top/sessions/demo"
rm -f "$top"/sessions/demo/server.*
# Which start of which machine it was is nobody's business.
sed -i 's/^boot = .*/boot = ""/' "$top/sessions/demo/session.toml"
chmod -R go=rX "$top/sessions/demo"
du -sh --apparent-size "$top/sessions/demo"
