"""What the fake model decides as a specialist of a project: briefs in, the next thing to say or to run out.

Everything it runs stands in the brief: the task, the branch, the files to read, the commands, the form of the handover.
What is not found there is not guessed but told ("I do not know …"), so that a brief that leaves it out fails the run. Its
habits are what models do now and then: forget an item, leave a file uncommitted, wait for a person, want work done again.
"""

import re
import shlex
from dataclasses import dataclass, field

from brain import SERVER, SHELLS, Say, fill

# What a model can have as habits.
HABITS = ["forgets", "untidy", "blocked", "asks", "strict", "tools", "stops"]
# What a program says of a command that its sandbox does not let reach the session.
SHUT = re.compile(r"failed to connect to .* nothing may use sockets here")


@dataclass
class Brief:
    """A brief, as far as it can be read."""

    agent: str
    task: str
    title: str
    branch: str
    done: str
    files: list
    sections: list
    keys: list
    points: list
    beside: bool
    judges: str
    round: int
    feedback: list
    missing: list = field(default_factory=list)


def found(pattern, text, otherwise=""):
    """The first group of the first match."""
    match = re.search(pattern, text, re.M | re.S)
    return match.group(1) if match else otherwise


def read(prompt):
    """The brief in a prompt; none where it is none."""
    agent = found(r"^\s*You are ([\w-]+)[^\n]*This is your brief for one task", prompt)
    if not agent:
        return None
    form = found(r"^```sh\n(orchestra workflow done[^\n]*<<'END'\n.*?^END)$", prompt)
    needs = found(r"\*\*Requires\*\*\n(.*?)\n\*\*", prompt)
    brief = Brief(
        agent=agent,
        task=found(r"^## [^\n]*\(`([\w-]+)`\)$", prompt),
        title=found(r"^## ([^\n]*) \(`[\w-]+`\)$", prompt),
        branch=found(r"Commit your work on `([^`]+)`", prompt),
        done=form.splitlines()[0] if form else "",
        files=re.findall(r"all of it is in `([^`]+)`", needs),
        sections=re.findall(r"(?m)^## (.+)$", form),
        keys=re.findall(r"(?m)^- ([\w-]+): ", found(r"^## Handover\n(.*?)(?:^##|^END)", form)),
        points=re.findall(r"(?m)^- ([\w-]+/[\w-]+): ", found(r"`orchestra workflow tick LIST/POINT`(.*?)\n\*\*", prompt)),
        beside="orchestra workflow sync" in prompt,
        judges=found(r"You judge `([\w-]+)`", prompt),
        round=int(found(r"^- round (\d+) of", prompt, "1")),
        feedback=re.findall(r"(?m)^> (.+)$", found(r"review of the last round wants to be better:\n(.*?)\n\n\*\*", prompt)),
    )
    wanted = {"task": brief.task, "branch": brief.branch, "command to hand over": brief.done}
    wanted["end"] = "`workflow_status` shows the project" in prompt
    brief.missing = [name for name, there in wanted.items() if not there]
    return brief


def kind_of(prompt):
    """What another prompt of orchestra's is about."""
    for kind, words in [("held", "is not taken as done:"), ("sync", "who works beside your task"), ("answered", "this is settled"), ("resting", "you stopped, and nothing")]:
        if words in prompt[:400]:
            return kind
    return ""


class Specialist:
    """Decides for all specialists. `habits`: those of each agent."""

    def __init__(self, habits):
        self.habits = habits

    def answer(self, heard):
        """The next thing to say; none where the last prompt is none of a project."""
        brief, talk = None, []
        for kind, text in heard.turns:
            new = read(text) if kind == "user" else None
            if new:
                brief, talk = new, []
            elif brief and kind == "user" and re.search(r"(?m)^WRAP-UP for|is not ready yet\.$", text[:300]):
                brief = None
            elif brief:
                talk.append((kind, text))
        if brief is None or not heard.tools:
            return None
        return Turn(brief, talk, heard, self.habits.get(brief.agent, [])).next()


class Turn:
    """One decision: what was done since the brief, and what comes next."""

    def __init__(self, brief, talk, heard, habits):
        self.brief = brief
        self.heard = heard
        self.habits = habits
        self.results = [text for kind, text in talk if kind == "tool"]
        shut = any(SHUT.search(text) for text in self.results)
        self.tools = f"{SERVER}.workflow_tell" in heard.tools and ("tools" in habits or shut)
        self.talk = talk
        self.low = brief.agent.removesuffix("-specialist")

    def next(self):
        """Goes through what was said; the first step without a result is the next."""
        brief = self.brief
        if brief.missing:
            return Say(f"I do not know the {', '.join(brief.missing)}: the brief does not say.", about=f"{brief.agent} lost")
        steps, at, stage = self.of_brief(), 0, "brief"
        rest = []
        for kind, text in self.talk:
            if kind == "tool":
                at += 1
                continue
            if not kind_of(text):
                # Programs add words of their own.
                continue
            # Another prompt came: what was left undone stays for later.
            rest = [*steps[at:], *rest]
            stage = kind_of(text)
            if stage == "held":
                steps, rest, at = self.of_held(text), [], 0
            elif stage == "sync":
                steps, at = self.of_sync(), 0
            else:
                steps, rest, at = [s for s in rest if s != "wait"], [], 0
        about = f"{brief.agent} {brief.task}#{brief.round} {stage} {at}"
        if at >= len(steps) or steps[at] == "wait":
            last = next((line for line in reversed(self.results[-1].splitlines()) if line.strip()), "") if self.results else ""
            return Say(f"That is it for now. The last answer was: {last.strip()}", about=about)
        said = steps[at]()
        said.about = about
        return said

    # Ways to say something to the project.

    def shell(self, text, command):
        """A command in the program's shell."""
        shell = next((name for name in SHELLS if name in self.heard.tools), SHELLS[0])
        return Say(text, command, shell, fill(self.heard.tools.get(shell), command))

    def tell(self, saying, command, **arguments):
        """A command that speaks to the project, or the tool of that name where the command cannot be run."""
        if not self.tools:
            return self.shell(saying, command)
        return Say(saying, arguments["what"], f"{SERVER}.workflow_tell", arguments)

    # What a prompt leads to.

    def of_brief(self):
        """Look, do it, say how far it is, hand over."""
        steps = [self.look]
        if "tools" in self.habits:
            steps.append(lambda: Say("How is the project?", "status", f"{SERVER}.workflow_status", {"task": self.brief.task}))
        steps += [self.make, self.progress]
        if self.brief.beside:
            steps.append(self.sync)
        if self.brief.points and self.brief.round == 1:
            steps.append(self.tick)
        if self.brief.round == 1 and "stops" in self.habits:
            steps.append("wait")
        if self.brief.round == 1 and "blocked" in self.habits:
            steps += [self.blocked, "wait"]
        if self.brief.round == 1 and "asks" in self.habits:
            steps += [self.ask, "wait"]
        steps += [*self.figures(), lambda: self.hand_over("forgets" in self.habits and self.brief.round == 1)]
        if "forgets" in self.habits and self.brief.round == 1:
            # The command's answer says what is missing: it is mended at once.
            steps.append(lambda: self.hand_over(False))
        return steps

    def of_held(self, prompt):
        """What is held against it is mended: read the reasons, do that, hand over again."""
        steps = []
        if "not committed" in prompt:
            files = found(r"files? (?:is|are) not committed: ([^\n]+)", prompt)
            gone = " ".join(shlex.quote(f.strip()) for f in files.split(","))
            steps.append(lambda: self.shell("That was only for me.", f"rm -f -- {gone} && git status --short"))
        if "nothing was said to" in prompt:
            steps.append(self.sync)
        return [*steps, lambda: self.hand_over(False)]

    def of_sync(self):
        """What others say is weighed; nothing follows for them, so that nothing is said."""
        return [lambda: self.shell("I look whether that changes anything of mine.", "git log --oneline -n 1")]

    # The steps.

    def look(self):
        """Reads what was handed over, where the brief says it is."""
        files = " ".join(shlex.quote(f) for f in self.brief.files)
        read_them = f" && head -n 60 -- {files}" if files else ""
        return self.shell("First I look at what is there.", f"git branch --show-current && git log --oneline -n 3{read_them}")

    def make(self):
        """A file of the task, built and committed."""
        brief = self.brief
        folder = f"work/{brief.task}"
        file = f"{folder}/round-{brief.round}.md"
        why = "".join(f"- {line}\n" for line in brief.feedback) or "- as the brief says\n"
        write = f"mkdir -p {folder} && cat > {file} <<'END'\n# {brief.title}\n\n{why}END\n"
        commit = f"sh build.sh && git add -A && git commit -q -m 'feat({self.low}): {brief.task}, round {brief.round}' && git log --oneline -n 1"
        untidy = f"\necho 'remember the limits' > {folder}/notes.txt" if "untidy" in self.habits and brief.round == 1 else ""
        return self.shell(f"I write `{file}`.", f"{write}{commit}{untidy}")

    def progress(self):
        """How far it is."""
        return self.tell("I say how far I am.", 'orchestra workflow progress 60 --note "written and built"', what="progress", percent=60, text="written and built")

    def sync(self):
        """What those beside it have to know."""
        text = f"{self.brief.task} collects its signals under the label app={self.low}"
        return self.tell("Those beside me have to know this.", f'orchestra workflow sync "{text}"', what="sync", text=text)

    def tick(self):
        """The first point of a checklist that the brief names."""
        point = self.brief.points[0]
        first, _, second = point.partition("/")
        return self.tell("This point was seen to.", f"orchestra workflow tick {point}", what="tick", list=first, point=second)

    def figures(self):
        """How long it takes from a commit to the cluster, before and after the pipeline; nobody else measured anything."""
        if self.low != "cicd":
            return []

        def give(epoch, value):
            command = f'orchestra workflow figure lead-time "{value}" --{epoch}'
            return self.tell("I measured this.", command, what="figure", name="lead-time", value=value, epoch=epoch)

        return [lambda: give("before", "120 min"), lambda: give("after", "12 min")]

    def blocked(self):
        """Something is in its way."""
        text = "no right to push to the registry"
        return self.tell("I cannot go on.", f'orchestra workflow blocked "{text}"', what="blocked", text=text)

    def ask(self):
        """A person is to decide."""
        text = "Is a canary wanted for every deployment?"
        return self.tell("A person has to decide that.", f'orchestra workflow ask "{text}"', what="ask", text=text)

    def hand_over(self, forgets):
        """The handover in the form of the brief; where it forgets, without its last item."""
        brief = self.brief
        keys = brief.keys[:-1] if forgets else brief.keys
        words = {
            "Done": [f"{brief.task} is written, built and committed (round {brief.round})"],
            "Decisions": ["one file for each round: it can be read on its own"],
            "Risks": ["it was only built here: the pipeline builds it once more"],
            "Next": [f"watch what {brief.task} does in staging"],
            "Handover": [f"{key}: work/{brief.task}/round-{brief.round}.md" for key in keys],
        }
        again = "strict" in self.habits and brief.round == 1
        text = ""
        for section in brief.sections:
            if section == "Verdict":
                text += "## Verdict\n" + ("again\n- requests and limits are not set\n" if again else "met\n")
            else:
                text += f"## {section}\n" + "".join(f"- {line}\n" for line in words.get(section, []))
        return self.tell("I hand over.", f"{brief.done}\n{text}END", what="done", text=text)
