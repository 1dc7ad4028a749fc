"""What the scripts of this folder share: calls that page and back off, reports, and a log of changes.

Only the standard library. The command line that is called is `aws`, or what CLOUD_AWS names.
"""

import contextlib
import datetime
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

# Answers after which the same call may simply be made again: nothing was done.
THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "RequestThrottled",
    "SlowDown",
    "LimitExceededException",
}
# Answers after which that is so for a call that only reads.
PASSING = {"InternalError", "InternalFailure", "InternalServerError", "ServiceUnavailable", "RequestTimeout"}
ERROR = re.compile(r"An error occurred \((\w+)\) when calling the (\w+) operation")


class CloudError(Exception):
    """A call that failed for good: `code` is the service's word for it, empty where it gave none."""

    def __init__(self, call, code, message):
        super().__init__(f"{call}: {message}")
        self.code = code


class Cloud:
    """Calls of the cloud's command line.

    base, cap   seconds before the second attempt, and the most between two
    attempts    how often a call is made before it is given up
    timeout     seconds one attempt may take
    """

    def __init__(self, base=None, cap=20.0, attempts=7, timeout=60, program=None):
        self.program = program or os.environ.get("CLOUD_AWS", "aws")
        self.base = float(os.environ.get("CLOUD_BASE", "1")) if base is None else base
        self.cap, self.attempts, self.timeout = cap, attempts, timeout
        self.page = int(os.environ.get("CLOUD_PAGE", "100"))
        self.calls = self.retries = 0

    def pause(self, attempt):
        """Waits before the attempt after `attempt` (from 0): twice as long each time, up to the cap; half of it by
        chance, so that many callers do not come back at one moment."""
        most = min(self.cap, self.base * 2**attempt)
        time.sleep(most / 2 + random.uniform(0, most / 2))

    def read(self, *args):
        """The answer of a call that changes nothing."""
        return self._call(args, THROTTLED | PASSING)

    def change(self, *args):
        """The answer of a call that changes something. It is made again only where it cannot have been carried out."""
        return self._call(args, THROTTLED)

    def _call(self, args, again):
        call = " ".join(args[:2])
        for attempt in range(self.attempts):
            self.calls += 1
            try:
                done = subprocess.run(
                    [self.program, *args, "--output", "json"],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    timeout=self.timeout,
                )
            except FileNotFoundError:
                raise CloudError(call, "", f"there is no program `{self.program}`") from None
            except subprocess.TimeoutExpired:
                raise CloudError(call, "", f"no answer within {self.timeout} s") from None
            if done.returncode == 0:
                try:
                    return json.loads(done.stdout or "{}")
                except ValueError:
                    raise CloudError(call, "", "its answer is not JSON") from None
            found = ERROR.search(done.stderr)
            code = found.group(1) if found else ""
            last = attempt + 1 == self.attempts
            if last or not (code in again or "Rate exceeded" in done.stderr):
                raise CloudError(call, code, done.stderr.strip() or f"status {done.returncode}")
            self.retries += 1
            self.pause(attempt)
        raise CloudError(call, "", "never tried")

    def pages(self, *args, flag="--starting-token", key="NextToken", paged=True):
        """Every page of a listing. `flag` and `key`: how the next page is asked for and announced; `paged`: whether
        the size of a page can be chosen."""
        token, seen = None, set()
        size = ["--max-items", str(self.page)] if paged else []
        while True:
            page = self.read(*args, *size, *([flag, token] if token else []))
            yield page
            token = page.get(key)
            if not token:
                return
            if token in seen:
                raise CloudError(" ".join(args[:2]), "", "it names the same next page twice")
            seen.add(token)

    def all(self, member, *args, **how):
        """All entries below `member` of all pages."""
        return [entry for page in self.pages(*args, **how) for entry in page.get(member, [])]

    def sentence(self):
        return f"{self.calls} calls, {self.retries} of them again after a limit"


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")


class Reports:
    """The folder for what is too long to print."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def save(self, name, value):
        """Writes a report in one step; whoever reads meanwhile sees the old one. Its path."""
        path = os.path.join(self.folder, name)
        fd, new = tempfile.mkstemp(dir=self.folder, prefix=f".{name}.")
        with os.fdopen(fd, "w", encoding="utf-8") as out:
            json.dump(value, out, indent=2)
            out.write("\n")
        os.replace(new, path)
        return path

    def log(self, **entry):
        """Appends a line to the log of changes; it is on the disk when this returns."""
        with open(os.path.join(self.folder, "changes.jsonl"), "a", encoding="utf-8") as out:
            out.write(json.dumps({"when": now(), **entry}) + "\n")
            out.flush()
            os.fsync(out.fileno())

    @contextlib.contextmanager
    def changing(self, what, where, before, after):
        """Logs a change as begun before it is made, and as done or failed afterwards: also a script that is killed
        leaves a line that says what it was about to do."""
        entry = {"what": what, "where": where, "before": before, "after": after, "dry_run": False}
        self.log(**entry, result="begun")
        try:
            yield
        except BaseException as why:
            self.log(**entry, result=f"failed: {why or type(why).__name__}")
            raise
        self.log(**entry, result="done")

    def planned(self, what, where, before, after):
        """Logs a change that a run without --yes would have made."""
        self.log(what=what, where=where, before=before, after=after, dry_run=True, result="planned")


def main(run):
    """Runs a script: its status is 0 when all is well, 1 when what it looks after is not, 2 when it could not tell."""
    try:
        sys.exit(run())
    except CloudError as why:
        print(f"failed to {why}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("failed to finish: interrupted", file=sys.stderr)
        sys.exit(2)
