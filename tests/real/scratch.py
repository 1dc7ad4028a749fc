"""The scratch place of a run: programs from npm, a throw-away HOME, a repository, a team."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
# What is tried, exactly: another version may show other screens.
PACKAGES = {"@openai/codex": "0.169.0", "@mariozechner/pi-coding-agent": "0.73.1"}
# Name, role, folders, whose work it builds on, profile. Both programs in every kind of stage.
TEAM = [
    ("ARCH", "Lead Architect", ["lib/"], [], "codex"),
    ("PLAT", "Platform Engineer", ["platform/"], ["ARCH"], "pi"),
    ("SEC", "Security Engineer", ["policies/"], ["ARCH"], "codex"),
    ("OBS", "Observability Engineer", ["observability/"], ["ARCH"], "pi"),
    ("NET", "Network Engineer", ["network/"], ["PLAT"], "codex-unhooked"),
    ("OPS", "Operations Engineer", ["ops/"], ["PLAT"], "pi-unhooked"),
    ("QA", "Quality Engineer", ["tests/"], ["SEC", "OBS", "NET", "OPS"], "pi"),
    ("DOCS", "Technical Writer", ["docs/"], ["QA"], "codex"),
]
# Those who print their claim instead of running the command. The hooks of the first two hand it over; of
# the others, started without hooks, it is read from the pane.
PRINTING = ["SEC", "QA", "NET", "OPS"]


class Trouble(Exception):
    """What went wrong, completing "failed to …"."""


def run(argv, **options):
    """Runs a program to its end; its output as text."""
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(argv, text=True, capture_output=True, errors="replace", check=False, **options)


def cache():
    """Where programs stay between runs."""
    target = os.environ.get("CARGO_TARGET_DIR") or TOP / "target"
    return Path(os.environ.get("ORCHESTRA_REAL_CACHE") or Path(target) / "real-agents").resolve()


def install(say):
    """The folder of the agent programs, installed unless they are there already."""
    prefix = cache() / "npm"
    wanted = [name for name, version in PACKAGES.items() if installed(prefix, name) != version]
    if wanted:
        specs = [f"{name}@{version}" for name, version in PACKAGES.items()]
        say(f"installing {' '.join(specs)} into {prefix}")
        prefix.mkdir(parents=True, exist_ok=True)
        # Neither npm's cache nor its logs go to the user's HOME; no package's scripts run.
        quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel=error"]
        places = ["--prefix", str(prefix), "--cache", str(cache() / "npm-cache")]
        done = run(["npm", "install", *quiet, *places, *specs])
        if done.returncode != 0:
            raise Trouble(f"install the agent programs (npm, status {done.returncode}): {done.stderr.strip()}")
    return prefix / "node_modules" / ".bin"


def installed(prefix, name):
    """The version of a package that is installed, or nothing."""
    try:
        return json.loads((prefix / "node_modules" / name / "package.json").read_text()).get("version")
    except (OSError, ValueError):
        return None


def binary(say):
    """The program under test: `ORCHESTRA_BIN`, else the release build, made where it is missing."""
    named = os.environ.get("ORCHESTRA_BIN")
    if named:
        if not os.access(named, os.X_OK):
            raise Trouble(f"find the program that ORCHESTRA_BIN names: {named}")
        return Path(named).resolve()
    target = Path(os.environ.get("CARGO_TARGET_DIR") or TOP / "target").resolve()
    program = target / "release" / "orchestra"
    if not program.exists():
        say("building the release program")
        done = subprocess.run(["cargo", "build", "--release", "--locked"], cwd=TOP, check=False)
        if done.returncode != 0:
            raise Trouble("build the program")
    return program


class Scratch:
    """Folders of one run below `root`: repo, home, data, run."""

    def __init__(self, root, programs, exe):
        self.root = Path(root)
        self.exe = exe
        for folder in ["repo", "home", "data", "run"]:
            (self.root / folder).mkdir()
        (self.root / "run").chmod(0o700)
        self.repo = self.root / "repo"
        self.home = self.root / "home"
        # Nothing of the caller's environment but where programs are: no keys, no settings.
        path = [str(programs), *os.environ.get("PATH", "/usr/bin:/bin").split(os.pathsep)]
        self.env = {
            "PATH": os.pathsep.join(path),
            "HOME": str(self.home),
            "ORCHESTRA_DATA_DIR": str(self.root / "data"),
            "XDG_RUNTIME_DIR": str(self.root / "run"),
            "CODEX_HOME": str(self.home / ".codex"),
            "OPENAI_API_KEY": "dummy",
            "SHELL": "/bin/sh",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def orchestra(self, *args, timeout=600):
        """Runs a command of the program under test in the repository."""
        return run([str(self.exe), *args], cwd=self.repo, env=self.env, timeout=timeout)

    def git(self, *args):
        """What git says in the repository."""
        done = run(["git", *args], cwd=self.repo, env=self.env)
        if done.returncode != 0:
            raise Trouble(f"run git {' '.join(args)}: {done.stderr.strip()}")
        return done.stdout

    def write_repository(self, team=TEAM, session=""):
        """The project of `orchestra demo` with this team, in one commit."""
        source = TOP / "src" / "data" / "demo"
        for name in (source / "FILES").read_text().split():
            to = self.repo / name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, to)
        (self.repo / "orchestra.toml").write_text(team_file(team, session))
        (self.repo / "profiles").mkdir()
        for name in ["codex", "pi"]:
            (self.repo / "profiles" / f"{name}-unhooked.toml").write_text(unhooked(name))
        self.git("init", "-q", "-b", "main")
        for key, value in [("user.name", "Real Agents"), ("user.email", "real@orchestra.invalid")]:
            self.git("config", key, value)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "chore: a small toolbox to work on")

    def write_homes(self, port, sandbox, approval="never"):
        """Settings of both programs: the model on 127.0.0.1, a dummy key, nothing to be sent home.

        The programs start exactly as the built-in profiles say. What is set here is what a user
        has settled before: which model, that the repository is trusted, that nothing is asked.
        """
        codex, pi = self.home / ".codex", self.home / ".pi" / "agent"
        codex.mkdir(parents=True)
        pi.mkdir(parents=True)
        (codex / "config.toml").write_text(
            f"""model = "fake"
model_provider = "fake"
approval_policy = "{approval}"
sandbox_mode = "{sandbox}"

[model_providers.fake]
name = "fake"
base_url = "http://127.0.0.1:{port}/v1"
wire_api = "responses"
env_key = "OPENAI_API_KEY"

[analytics]
enabled = false

[projects."{self.repo}"]
trust_level = "trusted"
"""
        )
        provider = {
            "baseUrl": f"http://127.0.0.1:{port}/v1",
            "api": "openai-completions",
            "apiKey": "dummy",
            "models": [{"id": "fake"}],
        }
        (pi / "models.json").write_text(json.dumps({"providers": {"fake": provider}}))
        settings = {"defaultProvider": "fake", "defaultModel": "fake", "enableInstallTelemetry": False}
        (pi / "settings.json").write_text(json.dumps(settings))

    def journal(self):
        """All events of the session, oldest first."""
        found = sorted((self.root / "data").rglob("journal.jsonl"))
        if not found:
            return []
        events = []
        for line in found[0].read_text(errors="replace").splitlines():
            try:
                events.append(json.loads(line))
            except ValueError:
                continue
        return events

    def processes(self):
        """Processes that belong to this run: id and command line. Programs are known by their
        environment; holders have none, but they are the only ones that write below `data`."""
        mark = f"HOME={self.home}".encode()
        data = str(self.root / "data")
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                own = mark in (folder / "environ").read_bytes().split(b"\0")
                own = own or any(points_below(fd, data) for fd in (folder / "fd").iterdir())
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if own and command:
                found.append((int(folder.name), command.strip()))
        return found


def points_below(link, folder):
    """Whether a link points into a folder; links of `/proc` come and go."""
    try:
        return os.readlink(link).startswith(folder)
    except OSError:
        return False


def unhooked(name):
    """A built-in profile under another name, without its hooks."""
    text = (TOP / "src" / "data" / "profiles" / f"{name}.toml").read_text()
    text = text.replace(f'name = "{name}"', f'name = "{name}-unhooked"', 1)
    return text.replace("[hook]\n", "[hook]\nenabled = false\n", 1)


def team_file(team=TEAM, session=""):
    """`orchestra.toml` of the run, with these lines about the session."""
    text = f'[session]\nname = "real"\n{session}\n[merge]\ntarget = "main"\n'
    for name in ["build", "test", "lint"]:
        text += f'\n[[gate]]\nname = "{name}"\nrun = "sh {name}.sh"\ntimeout = 120\n'
    for number, (name, role, focus, after, profile) in enumerate(team, 1):
        text += (
            f'\n[[team.agent]]\nname = "{name}"\nrole = "{role}"\nbranch = "agent-{number}-{name.lower()}"\n'
            f"focus = {json.dumps(focus)}\nafter = {json.dumps(after)}\nprofile = \"{profile}\"\n"
        )
    return text


def within(keep, name, missing, perform):
    """Runs `perform` in a folder: `keep`, which must be missing or empty and stays, or one of its own that goes.

    `missing` says why it cannot run here. Gives the exit status.
    """
    # However it is ended, it ends what it started. (A shell's background starts with interrupts ignored.)
    for ending in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
        signal.signal(ending, lambda *_: sys.exit(1))
    why = missing()
    if why:
        print(f"skipped: {why}")
        return 0
    root = Path(keep).resolve() if keep else Path(tempfile.mkdtemp(prefix=f"orchestra-{name}-"))
    root.mkdir(parents=True, exist_ok=True)
    if any(root.iterdir()):
        print(f"failed to use {root}: it is not empty", file=sys.stderr)
        return 2
    try:
        return perform(root)
    except Trouble as trouble:
        print(f"failed to {trouble}", file=sys.stderr)
        return 1
    finally:
        if keep:
            print(f"kept: {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)
