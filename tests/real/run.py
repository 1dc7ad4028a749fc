#!/usr/bin/env python3
"""A whole sprint with real agent programs: four panes of codex, four of pi, a model on 127.0.0.1.

Needs node, npm, git and Python 3.8; the network only to install the programs the first time. Touches
nothing of the user's: HOME, settings and keys are throw-away. Exits 0 when all eight branches
were merged and nothing was left behind (or when it cannot run here, and says so), else 1.

usage: run.py [--keep DIR] [--order broadcast|staged] [--pace SECONDS] [--sandbox]
Environment: ORCHESTRA_BIN names the program under test, ORCHESTRA_REAL_CACHE the programs' folder.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import scratch
from scratch import PRINTING, TEAM, Scratch, Trouble

# The longest one plan may take, in seconds.
PLAN = 180
# How long processes have to be gone after `orchestra down`, in seconds.
FAREWELL = 20

BEGAN = time.monotonic()


def say(text):
    """One line of progress."""
    print(f"[{time.monotonic() - BEGAN:6.1f} s] {text}", file=sys.stderr, flush=True)


def missing():
    """Why it cannot run here; empty when it can."""
    lacking = [name for name in ["node", "npm", "git"] if shutil.which(name) is None]
    if lacking:
        return f"{', '.join(lacking)} not found; install Node.js 20 or newer and git"
    if not Path("/proc/self/environ").exists():
        return "there is no /proc, by which left-over processes are found"
    return ""


class Model:
    """The fake model while it runs."""

    def __init__(self, root, pace, more=()):
        port_file = root / "port"
        script = Path(__file__).with_name("fake_model.py")
        argv = [sys.executable, "-B", str(script), "--port-file", str(port_file), "--log", str(root / "model.jsonl")]
        argv += ["--printing", ",".join(PRINTING), "--pace", str(pace), *more]
        with open(root / "model.err", "wb") as errors:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        end = time.monotonic() + 20
        while not port_file.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.end()
                raise Trouble(f"start the model: {(root / 'model.err').read_text().strip()}")
            time.sleep(0.05)
        self.port = int(port_file.read_text())

    def end(self):
        """Ends it."""
        self.process.terminate()
        self.process.wait()


def step(place, *args, timeout=PLAN):
    """One command of the sprint; must succeed."""
    say("orchestra " + " ".join(args))
    try:
        done = place.orchestra(*args, timeout=timeout + 30)
    except subprocess.TimeoutExpired:
        raise Trouble(f"finish `orchestra {' '.join(args)}` within {timeout + 30} s") from None
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()
        raise Trouble(f"run `orchestra {' '.join(args)}` (status {done.returncode}): {said}")
    return done.stdout


def sprint(place, order):
    """From `up` to a merged target."""
    step(place, "up", "--detach")
    step(place, "run", "enhancement", "--order", order, "--wait", "--timeout", str(PLAN))
    step(place, "run", "wrap-up", "--order", order, "--wait", "--timeout", str(PLAN))
    review = json.loads(step(place, "review", "--json"))
    for view in review["reviews"]:
        if view["state"] != "ready":
            raise Trouble(f"find {view['agent']} ready: it is {view['state']}: {'; '.join(view['reasons'])}")
    step(place, "merge", "--yes")


def look(place):
    """What everybody does, for whoever has to find out why it failed."""
    print(place.orchestra("status", timeout=30).stdout)
    for name, *_ in TEAM:
        explained = place.orchestra("explain", name, timeout=30).stdout.strip()
        shown = place.orchestra("read", name, timeout=30).stdout.rstrip()
        print(f"--- {name}: {explained}\n{shown}")


def leftovers(place):
    """Ends the session; processes that outlive it."""
    say("orchestra down")
    down = place.orchestra("down", timeout=120)
    end = time.monotonic() + FAREWELL
    while place.processes() and time.monotonic() < end:
        time.sleep(0.2)
    left = place.processes()
    say("nothing is left" if not left else f"{len(left)} processes are left")
    for pid, _ in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return down, left


def path_of(events, name):
    """The states an agent went through, as the journal has them: runs of them, shortened."""
    states = []
    for event in events:
        body = event["body"]
        state = {"claimed": "claimed", "ready": "ready", "refused": "refused", "withdrawn": "withdrawn"}.get(event["kind"])
        if event["kind"] == "activity":
            state = body["state"]
        if state and body.get("agent") == name and (not states or states[-1] != state):
            states.append(state)
    return states


def short(states):
    """Many turns of the same kind, said once."""
    text = " ".join(states)
    for pair in ["working idle", "idle working"]:
        while f"{pair} {pair} {pair}" in text:
            text = text.replace(f"{pair} {pair} {pair}", f"{pair} {pair}")
    return text.replace(" ", " > ")


def row_of(events, name, profile):
    """One agent's line of the table."""
    own = [e for e in events if e["body"].get("agent") == name]
    receipts = [e["body"] for e in own if e["kind"] == "receipt"]
    claims = [e["body"]["via"] for e in own if e["kind"] == "claimed"]
    ready = [e["us"] for e in own if e["kind"] == "ready"]
    asked = [e["us"] for e in own if e["kind"] == "queued"]
    took = f"{(ready[-1] - asked[0]) / 1e6:.1f} s" if ready and asked else "-"
    shown = ", ".join(f"{r['outcome']} {r['ms'] / 1000:.1f} s" for r in receipts) or "-"
    return [name, profile, shown, ",".join(claims) or "-", took, short(path_of(events, name))]


def table(rows):
    """Rows under a head, aligned."""
    rows = [["agent", "profile", "receipts", "claim", "asked to ready", "states"], *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def expected_claim(name, profile, sandbox):
    """How an agent has to have claimed. The sandbox of codex lets nobody reach a socket, so there
    the command cannot be run, and the line that the prompt names instead is printed."""
    if name not in PRINTING and not (sandbox and profile.startswith("codex")):
        return "command"
    return "text" if profile.endswith("-unhooked") else "hook"


def check(place, events, sandbox):
    """What is not as it has to be after the merge."""
    wrong = []
    merges = place.git("log", "--first-parent", "--merges", "--format=%s", "main").splitlines()
    if len(merges) != len(TEAM):
        wrong.append(f"{len(merges)} merges on main, {len(TEAM)} expected")
    if place.git("status", "--porcelain"):
        wrong.append("the checked-out target is not clean after the merge")
    for name, _, _, _, profile in TEAM:
        receipts = [e["body"]["outcome"] for e in events if e["kind"] == "receipt" and e["body"]["agent"] == name]
        if len(receipts) < 2 or any(outcome != "submitted" for outcome in receipts):
            wrong.append(f"receipts of {name}: {', '.join(receipts) or 'none'}")
        via = [e["body"]["via"] for e in events if e["kind"] == "claimed" and e["body"]["agent"] == name]
        expected = expected_claim(name, profile, sandbox)
        if via != [expected]:
            wrong.append(f"claims of {name}: {', '.join(via) or 'none'}; expected one by {expected}")
    return wrong


def perform(args, root):
    """The whole run in a folder; the exit status."""
    programs = scratch.install(say)
    place = Scratch(root, programs, scratch.binary(say))
    model = Model(place.root, args.pace)
    wrong = []
    try:
        place.write_repository()
        place.write_homes(model.port, "workspace-write" if args.sandbox else "danger-full-access")
        try:
            sprint(place, args.order)
        except Trouble as trouble:
            wrong.append(f"failed to {trouble}")
            look(place)
        down, left = leftovers(place)
        if down.returncode != 0:
            wrong.append(f"failed to end the session: {down.stderr.strip()}")
        wrong += [f"left over after `orchestra down`: {pid} {command}" for pid, command in left]
        events = place.journal()
        print(table([row_of(events, name, profile) for name, _, _, _, profile in TEAM]))
        merged = place.git("log", "--first-parent", "--merges", "--format=%h %s", "main").splitlines()
        print(f"\n{len(merged)} merges on main:\n  " + "\n  ".join(reversed(merged)))
        if not wrong:
            wrong = check(place, events, args.sandbox)
    finally:
        for pid, _ in place.processes():
            os.kill(pid, signal.SIGKILL)
        model.end()
    for reason in wrong:
        print(f"WRONG: {reason}")
    versions = ", ".join(f"{name} {version}" for name, version in scratch.PACKAGES.items())
    print(f"\n{versions}: {'all well' if not wrong else 'not as it has to be'} after {time.monotonic() - BEGAN:.0f} s")
    return 1 if wrong else 0


def main():
    """Arguments, a folder, a run."""
    args = argparse.ArgumentParser(description="a whole sprint with real agent programs and a fake model")
    args.add_argument("--keep", metavar="DIR", help="work in DIR, which must be missing or empty, and keep it")
    args.add_argument("--order", default="broadcast", choices=["broadcast", "staged"])
    args.add_argument("--pace", type=float, default=1.0, help="seconds that an answer of the model takes")
    args.add_argument("--sandbox", action="store_true", help="have codex run its commands in its own sandbox")
    args = args.parse_args()
    return scratch.within(args.keep, "real", missing, lambda root: perform(args, root))


if __name__ == "__main__":
    sys.exit(main())
