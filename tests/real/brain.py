"""What the fake model decides: a sprint's prompts in, the next thing to say or to run out.

It knows nothing but the conversation, as a real model does: every request brings all of it, so
how far it is follows from the tool results since the last prompt that gives it work.
"""

import json
import re
import shlex
from dataclasses import dataclass, field

# Under which name agent programs offer the tools of orchestra's MCP server.
SERVER = "mcp__orchestra"
# Names under which agent programs offer a shell, best first.
SHELLS = ["exec_command", "shell_command", "shell", "bash", "run_shell_command", "local_shell"]


@dataclass
class Heard:
    """A conversation: turns ("user" or "tool", text), and the tools offered with their schemas."""

    turns: list
    tools: dict


@dataclass
class Say:
    """An answer: text, and perhaps a command for the shell tool."""

    text: str
    command: str = None
    tool: str = None
    arguments: dict = field(default_factory=dict)
    about: str = ""


@dataclass
class Task:
    """What a prompt asks for, as far as it can be read out of it."""

    kind: str
    name: str
    branch: str
    base: str
    code: str
    phrase: str
    build: str
    focus: list
    session: str


def first(pattern, text, group=1):
    """The first match of a pattern, or nothing."""
    found = re.search(pattern, text)
    return found.group(group) if found else ""


def read(prompt):
    """The task of a prompt; none for anything that is not one of orchestra's."""
    phrase = first(r"(\[AGENT\]\s+[A-Za-z][\w-]*\s+READY FOR MERGE)", prompt)
    name = first(r"\[AGENT\]\s+([A-Za-z][\w-]*)\s+READY", prompt)
    name = name or first(r"\b[Yy]ou are (?:the )?\**([A-Z][\w-]*)", prompt)
    base = first(r"git reset --soft\s+`?([0-9a-f]{7,40})", prompt)
    branch = first(r"branch\s+`([^`\s]+)`", prompt)
    if not name or not branch:
        return None
    kind = "enhance"
    if base:
        kind = "wrap-up" if re.search(r"(?i)\bwrap[- ]?up\b", prompt) else "repair"
    # Folders are given in back quotes, in a sentence or as a list.
    focus = list(dict.fromkeys(re.findall(r"`([\w.-][\w./-]*/)`", prompt)))
    build = first(r"(?i)\bbuild[^`\n]*`([^`\n]+)`", prompt)
    code = first(r"(?i)\bcode\b[^`\n]*`([a-z0-9]{4,16})`", prompt)
    session = first(r"Part of ([\w.-]+?)\.?[\"\s]", prompt)
    return Task(kind, name, branch, base, code, phrase, build, focus, session)


def fill(schema, command):
    """Arguments of a shell tool, whatever its fields are called."""
    properties = (schema or {}).get("properties", {})
    arguments = {}
    field_name = next((k for k in ("cmd", "command") if k in properties), "command")
    takes_list = properties.get(field_name, {}).get("type") == "array"
    arguments[field_name] = ["bash", "-c", command] if takes_list else command
    blanks = {"string": "run it", "number": 30000, "integer": 30000, "boolean": False, "array": []}
    for name in (schema or {}).get("required", []):
        arguments.setdefault(name, blanks.get(properties.get(name, {}).get("type"), ""))
    # Without it a program may hand back a session instead of the result.
    for name in ("yield_time_ms", "timeout_ms"):
        if name in properties:
            arguments[name] = 30000
    return arguments


class Brain:
    """Decides. `printing`: agents that print their claim instead of running the command. `conduct`: the calls, tool and
    arguments, that it makes when it is told to conduct a team. `specialists`: decides about briefs of a project's tasks."""

    def __init__(self, printing, conduct=(), specialists=None):
        self.printing = printing
        self.specialists = specialists
        self.conduct = [tuple(call) for call in conduct]

    def calls(self, prompt):
        """The calls of tools that a prompt is about; none for most."""
        if prompt.startswith("You conduct "):
            return self.conduct
        lines = re.findall(r"(?m)^CALL (\w+) (\{.*\})\s*$", prompt)
        return [(name, json.loads(arguments)) for name, arguments in lines]

    def calling(self, heard):
        """The next of the calls that the last prompt is about; none where it is about something else."""
        script, results = [], 0
        for kind, text in heard.turns:
            if kind == "tool":
                results += 1
            elif self.calls(text) or read(text):
                script, results = self.calls(text), 0
        # Programs also ask for a title of the conversation, without any tools.
        if not script or not heard.tools:
            return None
        if results >= len(script):
            return Say("All calls were made.", about=f"{len(script)} calls made")
        name, arguments = script[results]
        if name == "shell":
            shell = next((name for name in SHELLS if name in heard.tools), SHELLS[0])
            arguments = fill(heard.tools.get(shell), arguments["command"])
            return Say("Now in a shell.", "shell", shell, arguments, f"call {results + 1} of {len(script)}")
        said = Say(f"Now {name}.", command=name, tool=f"{SERVER}.{name}", arguments=arguments)
        said.about = f"call {results + 1} of {len(script)}" + ("" if said.tool in heard.tools else ", not offered")
        return said

    def answer(self, heard):
        """The next thing to say."""
        briefed = self.specialists and self.specialists.answer(heard)
        if briefed:
            return briefed
        called = self.calling(heard)
        if called:
            return called
        work = None
        results = []
        for kind, text in heard.turns:
            found = read(text) if kind == "user" else None
            if found:
                work, results = found, []
            elif kind == "tool":
                results.append(text)
        if work is None:
            return Say("Tell me what to work on.", about="nothing asked")
        shell = next((name for name in SHELLS if name in heard.tools), None)
        if shell is None:
            # Programs also ask for a title of the conversation, without any tools.
            return Say(f"{work.name}: {work.kind}", about=f"{work.name} no shell")
        steps = {"enhance": self.enhance, "wrap-up": self.wrap_up, "repair": self.wrap_up}
        said = steps[work.kind](work, results)
        said.about = f"{work.name} {work.kind} {len(results)}"
        if said.command is not None:
            said.tool, said.arguments = shell, fill(heard.tools[shell], said.command)
        return said

    def enhance(self, work, results):
        """Look around, write, build and commit, tick it off, sum up."""
        low = work.name.lower()
        if not results:
            places = " ".join(shlex.quote(p) for p in work.focus) or "."
            look = f"find {places} -maxdepth 3 -type f -not -path '*/.git/*' 2>/dev/null | sort | head -n 20"
            return Say("I will look at what my area holds before I change anything.", look)
        place = folder_of(results[0])
        if not place:
            return Say(f"I found no folder of mine among {', '.join(work.focus) or 'none'}; nothing was done.")
        if len(results) == 1:
            file, text = improvement(low, place)
            write = f"cat > {shlex.quote(file)} <<'END'\n{text}END\n"
            build = f"{work.build} && " if work.build else ""
            commit = f"git add -A && git commit -q -m 'feat({low}): enhance {place}' && git log --oneline -n 1"
            return Say(
                f"The weakest spot in `{place}` is that limits are stated nowhere. I add `{file}`.",
                f"{write}{build}{commit}",
            )
        if len(results) == 2:
            note = f"{place}/CHECKLIST.md"
            tick = f"printf -- '- [x] Limits are stated\\n' >> {shlex.quote(note)}"
            commit = f"git add -A && git commit -q -m 'docs({low}): tick off what was done' && git status --short"
            return Say("Now I write down that this point is done.", f"{tick} && {commit}")
        return Say(
            f"Done in `{place}`:\n\n- limits are stated in one place\n- the checklist says so\n\n"
            "Everything is committed on my branch."
        )

    def wrap_up(self, work, results):
        """Look, squash, build, report; by a printed line where that is wanted."""
        low = work.name.lower()
        if not results:
            look = f"git status --short; git log --oneline {work.base}..HEAD"
            return Say("First I look at what I have.", look)
        if len(results) == 1:
            subject = {"qa": "test: state limits", "docs": "docs: state limits"}
            message = subject.get(low, f"feat({low}): state limits")
            body = f"- Added the limits of the area\n- Ticked it off\n\nPart of {work.session or 'the sprint'}."
            squash = f"git reset --soft {work.base} && git commit -q -m {shlex.quote(message)} -m {shlex.quote(body)}"
            show = f"git log --oneline {work.base}..HEAD && git status --short"
            return Say("Two commits become one on the recorded base.", f"{squash} && {show}")
        if len(results) == 2 and work.build:
            return Say("The build has to pass at that commit.", work.build)
        done = 3 if work.build else 2
        if work.name in self.printing:
            # So long that the claim has left the screen when the program comes to rest.
            points = "".join(f"\n- limit {number} is stated" for number in range(1, 61))
            return Say(f"One commit, clean tree, the build passes.\n\n{work.phrase} {work.code}\n{points}")
        if len(results) == done:
            return Say("All of it holds, so I say so.", 'orchestra ready --note "limits are stated in one place"')
        if re.search(r"(?i)not found|not permitted|failed to", results[-1]):
            return Say(f"That command cannot be run here, so in words:\n\n{work.phrase} {work.code}")
        return Say(f"Reported. It answered: {last_line(results[-1])}")


def last_line(text):
    """The last line of a tool's output that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"


def folder_of(listing):
    """The folder to work in: that of the first checklist, else of the first file."""
    paths = re.findall(r"(?m)^\.?/?((?:[\w-]+/)+)[\w.-]+$", listing)
    lists = re.findall(r"(?m)^\.?/?((?:[\w-]+/)+)CHECKLIST\.md$", listing)
    found = (lists or paths or [""])[0]
    return found.rstrip("/")


def improvement(low, place):
    """A small file that the project's gates accept, and what is in it."""
    if place == "docs":
        text = "# Limits\n\nEvery area states its limits in one place; ask it before you add more.\n"
        return f"{place}/limits.md", text
    if place == "tests":
        return f"{place}/{low}_limits.sh", "# Limits are numbers.\n[ 1 -le 2 ]\nrefuses [ 2 -le 1 ]\n"
    text = (
        f"# What {place} may grow to.\n\n# Succeeds when $1 is within the limit of this area.\n"
        f"{low}_within_limit() {{\n    [ \"$1\" -le 100 ]\n}}\n"
    )
    return f"{place}/{low}_limits.sh", text
