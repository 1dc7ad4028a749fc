#!/usr/bin/env python3
"""codex in panes calls the tools of orchestra's MCP server: an agent its own, the orchestrator the wider set.

The model is on 127.0.0.1 and calls what this script says; the programs, the server and the rights are real. Two agents
and the orchestrator's tab run codex as the built-in profile starts it. Nothing is told to it but by its profile and by prompts:
the orchestrator begins with the prompt that a session sends it. Exits 0 when the journal has every call with its caller and the
right outcome (or when it cannot run here, and says so), else 1.

usage: mcp.py [--keep DIR] [--sandbox]
Environment: as run.py.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time

import scratch
from run import Model, missing, say
from scratch import Scratch, Trouble

TEAM = [
    ("SEC", "Security Engineer", ["policies/"], [], "codex"),
    ("OBS", "Observability Engineer", ["observability/"], [], "codex"),
]
# How long one thing may take, in seconds.
PATIENCE = 120

QUESTION = "Which limits do you state?"
# What SEC is told to call by the orchestrator: its own tools, one that is not for agents, and the same in a shell.
OWN = [
    ("my_briefing", {}),
    ("update_status", {"task": "limits"}),
    ("list_agents", {}),
    ("send_query", {"to": "OBS", "message": QUESTION}),
    ("start_merge", {"plan_id": "none"}),
    ("shell", {"command": "orchestra merge --yes"}),
]
TOLD = "Make these calls, one after the other:\n" + "\n".join(f"CALL {n} {json.dumps(a)}" for n, a in OWN)
# What the orchestrator calls once it is told to conduct.
CONDUCT = [
    ("list_agents", {}),
    ("suggest", {"agents": ["SEC"]}),
    ("send_prompt", {"agents": ["SEC"], "text": TOLD}),
    ("read_pane", {"agent": "SEC"}),
    ("stop_agent", {"agent": "OBS"}),
]
# Tool and outcome of each caller's calls by MCP, as the journal must have them. A tool that is not for agents is
# not offered to them at all; tried in a shell, it is refused.
WANTED = {
    "ORCHESTRATOR": [(name, "done") for name, _ in CONDUCT[:-1]] + [("stop_agent", "declined")],
    "SEC": [(name, "done") for name, _ in OWN[:-2]],
}


def until(what, holds):
    """Waits until something is so; what it gave."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.3)
    raise Trouble(f"see within {PATIENCE} s that {what}")


def ok(place, *args):
    """A command that must succeed; what it printed."""
    done = place.orchestra(*args, timeout=PATIENCE)
    if done.returncode != 0:
        raise Trouble(f"run `orchestra {' '.join(args)}` (status {done.returncode}): {done.stderr.strip()}")
    return done.stdout


def calls(place):
    """The calls that the journal has: caller's pane, program (none for a command), tool, outcome, reason."""
    found = []
    for event in place.journal():
        if event["kind"] == "call":
            body, caller = event["body"], event["body"]["caller"]
            caller = caller if isinstance(caller, dict) else {}
            mcp = caller.get("mcp", {})
            pane = mcp.get("pane") or caller.get("pane")
            found.append((pane, mcp.get("client"), body["tool"], body["outcome"], body.get("why", "")))
    return found


def model_log(place):
    """What the model was asked and said."""
    return [json.loads(line) for line in (place.root / "model.jsonl").read_text().splitlines()]


def of(place, pane):
    """Tool and outcome of each call from a pane."""
    wanted = {tool for tool, _ in WANTED[pane]}
    made = [(tool, outcome) for who, client, tool, outcome, _ in calls(place) if who == pane and client]
    # A tool may be made of several commands, each with its own record: send_prompt waits for its receipts.
    return [(tool, outcome) for tool, outcome in made if tool in wanted]


def conduct(place):
    """From `up` to the end of both scripts."""
    ok(place, "up", "--detach")
    say("the session runs; the orchestrator's program gets its prompt when it is ready")
    found = lambda: json.loads(ok(place, "confirm", "list", "--json"))["open"]
    waiting = until("a call waits for a person", found)
    say(f"a person is asked: {waiting[0]['title']}")
    # From inside a pane nobody answers for a person; from outside, no is an answer.
    ok(place, "confirm", "no", str(waiting[0]["id"]))
    for pane, wanted in WANTED.items():
        until(f"{pane} made {len(wanted)} calls", lambda p=pane, n=len(wanted): len(of(place, p)) >= n)
        say(f"{pane} made its calls")
    ends = f"{len(OWN)} calls made"
    until("SEC is through", lambda: any(e.get("about") == ends for e in model_log(place)))
    asked = lambda: any(e["kind"] == "talk" and QUESTION in json.dumps(e["body"]) for e in place.journal())
    until("the query is in the journal", asked)


def check(place, sandbox):
    """What is not as it has to be."""
    wrong = []
    for pane, wanted in WANTED.items():
        made = of(place, pane)
        if made[: len(wanted)] != wanted:
            wrong.append(f"calls of {pane}: {made}; expected {wanted}")
    if not any((tool, outcome) == ("start_merge", "refused") for who, _, tool, outcome, _ in calls(place) if who == "SEC"):
        if not sandbox:
            wrong.append("`orchestra merge --yes` in SEC's pane is not told as refused")
    told = next((e["about"] for e in model_log(place) if e.get("tool") == "mcp__orchestra.start_merge"), "")
    if "not offered" not in told:
        wrong.append(f"start_merge was offered to SEC: {told}")
    firsts = [e for e in place.journal() if e["kind"] == "queued" and e["body"].get("prompt") == "orchestrate"]
    if len(firsts) != 1:
        wrong.append(f"the orchestrator was told {len(firsts)} times what to do")
    merges = place.git("log", "--merges", "--format=%s", "main").splitlines()
    if merges:
        wrong.append(f"main was moved: {merges}")
    if place.git("status", "--porcelain"):
        wrong.append("the checkout is not clean")
    return wrong


def perform(args, root):
    """The whole run in a folder; the exit status."""
    programs = scratch.install(say)
    place = Scratch(root, programs, scratch.binary(say))
    script = place.root / "conduct.json"
    script.write_text(json.dumps(CONDUCT))
    model = Model(place.root, 0.2, ["--conduct", str(script)])
    wrong = []
    try:
        place.write_repository(TEAM, 'orchestrator = "codex"\n')
        place.write_homes(model.port, "workspace-write" if args.sandbox else "danger-full-access", "on-request")
        try:
            conduct(place)
        except (Trouble, subprocess.TimeoutExpired) as trouble:
            wrong.append(f"failed to {trouble}")
            for name in ["ORCHESTRATOR", "SEC", "OBS"]:
                print(f"--- {name}\n{place.orchestra('read', name, timeout=30).stdout.rstrip()}")
        wrong += [] if wrong else check(place, args.sandbox)
        for pane, client, tool, outcome, why in calls(place):
            print(f"{pane or '-':13} {client or '-':18} {tool:14} {outcome:9} {why[:100]}")
        down = place.orchestra("down", timeout=120)
        if down.returncode != 0:
            wrong.append(f"failed to end the session: {down.stderr.strip()}")
    finally:
        for pid, _ in place.processes():
            os.kill(pid, signal.SIGKILL)
        model.end()
    for reason in wrong:
        print(f"WRONG: {reason}")
    print(f"codex {scratch.PACKAGES['@openai/codex']}: {'all well' if not wrong else 'not as it has to be'}")
    return 1 if wrong else 0


def main():
    """Arguments, a folder, a run."""
    args = argparse.ArgumentParser(description="codex in panes calls the tools of orchestra's MCP server")
    args.add_argument("--keep", metavar="DIR", help="work in DIR, which must be missing or empty, and keep it")
    args.add_argument("--sandbox", action="store_true", help="have codex run in its own sandbox")
    args = args.parse_args()
    return scratch.within(args.keep, "mcp", missing, lambda root: perform(args, root))


if __name__ == "__main__":
    sys.exit(main())
