#!/usr/bin/env python3
"""A DevOps workflow with real agent programs: five specialists as codex and pi in panes, a model on 127.0.0.1.

`orchestra workflow run kubernetes-pipeline --provider aws --headless --merge --yes` from its plan to merged branches. The model
is a script (specialist.py) that knows nothing but the briefs. One specialist forgets an item of its handover, one leaves
a file uncommitted and stops too early, one is blocked, one asks a person, one speaks by the tools of `orchestra mcp`, and the
work of a loop is done twice. Exits 0 when all of that is in the record and nothing was left behind (or when it cannot run here, and says so).

usage: workflow.py [--keep DIR] [--pace SECONDS] [--day TIME] [--sandbox]
Environment: as run.py.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import scratch
from run import Model, leftovers, missing, say
from scratch import Scratch, Trouble

PATTERN = "kubernetes-pipeline"
SESSION = f"workflow-{PATTERN}"
# Name, role, folders, whose work it builds on, profile; and what it does now and then.
TEAM = [
    ("docker-specialist", "Containers", ["work/"], [], "codex"),
    ("kubernetes-specialist", "Charts", ["work/"], [], "pi"),
    ("cicd-specialist", "Pipeline", ["work/"], [], "codex"),
    ("monitoring-specialist", "Monitoring", ["work/"], [], "pi"),
    ("observability-specialist", "Traces", ["work/"], [], "codex"),
]
HABITS = {
    "docker-specialist": ["forgets"],
    "kubernetes-specialist": ["untidy", "stops"],
    "cicd-specialist": ["blocked"],
    "monitoring-specialist": ["strict", "asks"],
    "observability-specialist": ["tools"],
}
CONTEXT = """
request = "Ship the shop to EKS, built and deployed by itself.\\nIt is two services and a database."
infrastructure = ["one cluster for staging", "a registry at registry.invalid/shop"]
issues = ["deployments are made by hand"]
constraints = ["no new vendors"]
assets = ["docs/guide.md"]
goals = ["a deployment takes minutes"]
"""
# The longest that the project may take, and the longest that one thing is waited for, in seconds.
LONGEST = 420
PATIENCE = 60


def ask(place, *args):
    """A command that reads, as JSON; nothing where it fails."""
    done = place.orchestra(*args, "--session", SESSION, "--json", timeout=PATIENCE)
    return json.loads(done.stdout) if done.returncode == 0 else {}


class Person(threading.Thread):
    """Whoever sits beside it: takes blockers away, decides, and does nothing else."""

    def __init__(self, place):
        super().__init__(daemon=True)
        self.place = place
        self.over = threading.Event()
        self.did = []

    def run(self):
        """Looks every second."""
        while not self.over.wait(1):
            project = ask(self.place, "workflow", "status").get("project", {})
            for blocker in project.get("blockers", []):
                if not blocker.get("until"):
                    self.do("workflow", "unblocked", str(blocker["id"]))
            for question in project.get("questions", []):
                if not question.get("decided"):
                    self.do("workflow", "decide", str(question["id"]), "No, a rolling update will do.")

    def do(self, *args):
        """Runs a command for the project."""
        done = self.place.orchestra(*args, "--session", SESSION, timeout=PATIENCE)
        self.did.append(" ".join(args))
        say(f"a person: orchestra {' '.join(args)}: {(done.stdout + done.stderr).strip()}")


def project(place, day):
    """The whole of it; what `workflow run --json` says at the end."""
    (place.root / "context.toml").write_text(CONTEXT)
    argv = ["workflow", "run", PATTERN, "--provider", "aws", "--context", str(place.root / "context.toml"), "--day", day]
    argv += ["--rate", "800", "--currency", "EUR", "--budget", "20000", "--headless", "--merge", "--yes", "--json"]
    say("orchestra " + " ".join(argv))
    person = Person(place)
    person.start()
    try:
        with open(place.root / "news.txt", "w", encoding="utf-8") as news:
            argv = [str(place.exe), *argv]
            options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": news, "text": True}
            done = subprocess.run(argv, cwd=place.repo, env=place.env, timeout=LONGEST, check=False, **options)
    except subprocess.TimeoutExpired:
        raise Trouble(f"finish the project within {LONGEST} s") from None
    finally:
        person.over.set()
        person.join()
        print((place.root / "news.txt").read_text())
    if not done.stdout.strip():
        raise Trouble(f"run the project (status {done.returncode})")
    return done.returncode, json.loads(done.stdout)


def look(place):
    """What everybody does, for whoever has to find out why it failed."""
    print(place.orchestra("workflow", "status", "--session", SESSION, timeout=30).stdout)
    for name, *_ in TEAM:
        explained = place.orchestra("explain", name, "--session", SESSION, timeout=30).stdout.strip()
        shown = place.orchestra("read", name, "--session", SESSION, timeout=30).stdout.rstrip()
        print(f"--- {name}: {explained}\n{shown}")


def same(text):
    """A text without what programs may do to its ends and blanks."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def heard(place):
    """What the model got as prompts."""
    lines = [json.loads(line) for line in (place.root / "model.jsonl").read_text().splitlines()]
    return [same(line["what"]) for line in lines if line["kind"] == "prompt"]


def steps(events, kind):
    """The steps of a project of one kind, in the order of the record."""
    found = [event["body"] for event in events if event["kind"] == "workflow"]
    return [body for body in found if body.get("step") == kind or kind in body]


def check_prompts(place, events):
    """Each prompt that was submitted came to the model whole, once."""
    wrong = []
    outcome = {e["body"]["dispatch"]: e["body"] for e in events if e["kind"] == "receipt"}
    got = heard(place)
    for event in events:
        if event["kind"] != "queued":
            continue
        sent = event["body"]
        receipt = outcome.get(sent["dispatch"], {})
        if receipt.get("outcome") == "refused":
            continue
        times = got.count(same(sent["text"]))
        if receipt.get("outcome") != "submitted" or times != 1:
            what = f"{sent['prompt']} ({len(sent['text'])} bytes) to {sent['agent']}"
            wrong.append(f"{what}: {receipt.get('outcome', 'no receipt')}, heard {times} times")
    return wrong


def check(place, events, ended, sandbox):
    """What is not as it has to be."""
    status, done = ended
    wrong = check_prompts(place, events)
    if status != 0 or not done["complete"]:
        wrong.append(f"it ended with status {status}, {'complete' if done['complete'] else 'not complete'}")
    shop = done["project"]
    rounds = [(r["work"], r["verdict"]) for r in shop["rounds"]]
    if rounds != [("manifests", "again"), ("manifests", "met")]:
        wrong.append(f"rounds: {rounds}")
    if not all(b.get("until") and b["told"] for b in shop["blockers"]) or len(shop["blockers"]) != 1:
        wrong.append(f"blockers: {shop['blockers']}")
    if not all(q["decided"] and q["told"] for q in shop["questions"]) or len(shop["questions"]) != 1:
        wrong.append(f"questions: {shop['questions']}")
    if {(s["task"], s["with"]) for s in shop["syncs"]} != {("monitoring", "observability"), ("observability", "monitoring")}:
        wrong.append(f"what was said at sync points: {shop['syncs']}")
    told = [(e["body"]["agent"], e["body"]["prompt"]) for e in events if e["kind"] == "queued"]
    if any(prompt == "workflow-resting" and agent != "kubernetes-specialist" for agent, prompt in told):
        wrong.append("somebody was reminded who had not stopped")
    for prompt in ["workflow-held", "workflow-resting"]:
        if told.count(("kubernetes-specialist", prompt)) != 1:
            wrong.append(f"kubernetes-specialist had {told.count(('kubernetes-specialist', prompt))} times {prompt}")
    calls = [e["body"] for e in events if e["kind"] == "call"]
    by_tool = [c["tool"] for c in calls if isinstance(c["caller"], dict) and c["caller"].get("mcp", {}).get("pane") == "observability-specialist"]
    for tool in ["workflow_status", "workflow_tell"]:
        if tool not in by_tool:
            wrong.append(f"observability-specialist did not call {tool}")
    files = [Path(file).name for file in done["reports"]]
    for name in ["project-completion.md", "project-completion.html", "project-milestones.md", "project-weekly-01.md"]:
        if name not in files:
            wrong.append(f"{name} was not kept")
    completion = next((Path(file).read_text() for file in done["reports"] if file.endswith("project-completion.md")), "")
    lines = [line for line in completion.splitlines() if "Lead time" in line]
    if not any("120 min" in line and "12 min" in line and "90 %" in line for line in lines):
        wrong.append(f"the lead time in the completion report: {lines}")
    merges = place.git("log", "--first-parent", "--merges", "--format=%s", "main").splitlines()
    if len(merges) != len(TEAM):
        wrong.append(f"{len(merges)} merges on main, {len(TEAM)} expected")
    on_main = set(place.git("ls-tree", "-r", "--name-only", "main", "work").split())
    needed = {f"work/{t}/round-1.md" for t in ["containers", "manifests", "pipeline", "monitoring", "observability"]}
    needed.add("work/manifests/round-2.md")
    if not needed <= on_main or any("notes" in file for file in on_main):
        wrong.append(f"on main: {sorted(on_main)}")
    if place.git("status", "--porcelain"):
        wrong.append("the checked-out target is not clean after the merge")
    return wrong


def figures(events, seconds):
    """How long tasks took, and what was sent."""
    prompts = {}
    for event in events:
        if event["kind"] == "queued":
            of = prompts.setdefault(event["body"]["prompt"] or "free text", [])
            of.append(len(event["body"]["text"]))
    lines = [f"{name}: {len(sizes)}, {min(sizes)} to {max(sizes)} bytes" for name, sizes in sorted(prompts.items())]
    receipts = [e["body"]["ms"] for e in events if e["kind"] == "receipt" and e["body"]["outcome"] == "submitted"]
    lines.append(f"receipts: {len(receipts)} submitted, the slowest after {max(receipts, default=0) / 1000:.1f} s")
    lines.append(f"the project took {seconds:.0f} s")
    return lines


def perform(args, root):
    """The whole run in a folder; the exit status."""
    programs = scratch.install(say)
    place = Scratch(root, programs, scratch.binary(say))
    habits = place.root / "habits.json"
    habits.write_text(json.dumps(HABITS))
    model = Model(place.root, args.pace, ["--habits", str(habits)])
    wrong, ended = [], None
    try:
        place.write_repository(TEAM)
        place.write_homes(model.port, "workspace-write" if args.sandbox else "danger-full-access")
        try:
            ended = project(place, args.day)
        except (Trouble, subprocess.TimeoutExpired) as trouble:
            wrong.append(f"failed to {trouble}")
            look(place)
        events = place.journal()
        down, left = leftovers(place)
        if down.returncode != 0:
            wrong.append(f"failed to end the session: {down.stderr.strip()}")
        wrong += [f"left over after `orchestra down`: {pid} {command}" for pid, command in left]
        if ended:
            wrong += check(place, events, ended, args.sandbox)
            print("\n".join(figures(events, ended[1]["seconds"])))
            merged = place.git("log", "--first-parent", "--merges", "--format=%h %s", "main").splitlines()
            print(f"{len(merged)} merges on main:\n  " + "\n  ".join(reversed(merged)))
    finally:
        for pid, _ in place.processes():
            os.kill(pid, signal.SIGKILL)
        model.end()
    for reason in wrong:
        print(f"WRONG: {reason}")
    versions = ", ".join(f"{name} {version}" for name, version in scratch.PACKAGES.items())
    print(f"\n{versions}: {'all well' if not wrong else 'not as it has to be'}")
    return 1 if wrong else 0


def main():
    """Arguments, a folder, a run."""
    args = argparse.ArgumentParser(description="a DevOps workflow with real agent programs and a fake model")
    args.add_argument("--keep", metavar="DIR", help="work in DIR, which must be missing or empty, and keep it")
    args.add_argument("--pace", type=float, default=0.5, help="seconds that an answer of the model takes")
    args.add_argument("--day", default="10s", help="how long a planned day lasts")
    args.add_argument("--sandbox", action="store_true", help="have codex run its commands in its own sandbox")
    args = args.parse_args()
    return scratch.within(args.keep, "workflow", missing, lambda root: perform(args, root))


if __name__ == "__main__":
    sys.exit(main())
