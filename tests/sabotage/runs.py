"""Runs of the integration tests against one mutant."""

import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ENGINES = ("sqlite", "postgres")
# What notices a rule before the first case: the world of the tests cannot be made without it.
NO_WORLD = "the world of the tests"
# Areas of tests that are most likely to notice that a rule of a kind is gone, and of a domain, by words of its files and tables.
# Long cases come last.
KINDS = {
    "scope": "views,walls,worlds,shares,sharing",
    "tenant": "access::writers,walls,members,agreements",
    "state": "access::rights,agreements,mutations",
    "view": "views,worlds,sharing",
    "policy": "worlds,views,members,sharing,shares,feeds,preview,access::rights",
}
DOMAINS = {
    "place|organisation|external_id|merge|offer": "places,offers,directory,merges,open_data",
    "plan|round|proposal|coordination|conflict": "planning",
    "project|document|work_package|milestone|funding|budget|obligation|status_report|own_share|indicator_measurement": "projects",
    "dataset|data_request|tables|catalogue": "datasets,tables,dataset_files,open_data,dataset_imports,disclosure",
    "calendar|entry": "calendars,feeds,caldav,external,imports,trail",
    "member|role_grant|feed|closure": "members,feeds,holidays,sign_in",
    "agreement|share": "agreements,shares,sharing,preview",
}
LAST = "nodes,access::matrix,access::sweep,access::coverage,access"


def first(kind, path, what):
    """Areas of tests in the order in which they run for a place."""
    words = path.split("/src/")[-1] + " " + what.split(":")[0]
    domains = [areas for pattern, areas in DOMAINS.items() if re.search(pattern, words)]
    return ",".join([KINDS[kind], *domains, LAST] if kind in ("tenant", "policy", "view") else [*domains, KINDS[kind], LAST])


@dataclass
class Outcome:
    """What became of a mutant."""

    caught: dict = field(default_factory=dict)
    seconds: dict = field(default_factory=dict)
    stopped_by: str = ""
    reached: bool = False
    ran: int = 0
    cut_short: bool = False

    def verdict(self, engine):
        if engine in self.caught:
            return f"{self.caught[engine]} ({self.seconds[engine]:.0f} s)"
        if engine == "postgres" and self.stopped_by:
            return f"row-level security ({self.stopped_by})"
        if self.cut_short:
            return "NOT CAUGHT in the time given"
        return "SURVIVED" if self.reached else "SURVIVED, not reached"

    def survived(self):
        return any(it.startswith(("SURVIVED", "NOT")) for it in map(self.verdict, ENGINES))


class Runs:
    """Runs the test binary of the copy."""

    def __init__(self, binary, folder, threads, minutes, say):
        self.binary, self.folder, self.threads, self.minutes, self.say = binary, folder, threads, minutes, say
        self.healthy = {}

    def start(self, number, *arguments, **more):
        env = dict(os.environ, VERBUND_SABOTAGE=str(number), VERBUND_REQUIRE_POSTGRES="1", **more)
        command = [self.binary, "--test-threads", str(self.threads), *arguments]
        return subprocess.Popen(command, cwd=self.folder / "tests", env=env, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True, start_new_session=True)

    def passing(self, case, number, **more):
        """The databases on which one case passes with a mutant; 0 = with none."""
        process = self.start(number, case, **more)
        text = process.stdout.read()
        process.wait()
        return {engine for engine in ENGINES if re.search(rf"^test {engine}::{case}\s+\.\.\. ok$", text, re.MULTILINE)}

    def is_healthy(self, engine, case, **more):
        """Whether the case passes while nothing is taken away, so that its failure says something."""
        key = (case, *more)
        if key not in self.healthy:
            self.healthy[key] = self.passing(case, 0, **more)
        return engine in self.healthy[key]

    def judge(self, number, place):
        """Runs the suite until a case of each database has failed, or row-level security turns out to be what stops it."""
        outcome, passed, asked, since = Outcome(), set(), set(), time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            reached = Path(folder) / "reached"
            more = {"VERBUND_FIRST": first(place.kind, place.path, place.what), "VERBUND_SABOTAGE_REACHED": str(reached)}
            process = self.start(number, **more)
            try:
                for line in process.stdout:
                    self.read(line, outcome, passed, since)
                    if len(outcome.caught) == 2 or self.is_stopped(number, outcome, passed, asked):
                        break
                    if time.monotonic() - since > 60 * self.minutes:
                        outcome.cut_short = True
                        break
                else:
                    if process.wait() and not outcome.ran:
                        # The world of the tests could not even be built.
                        outcome.caught = dict.fromkeys(ENGINES, NO_WORLD)
                        outcome.seconds = dict.fromkeys(ENGINES, time.monotonic() - since)
            finally:
                end(process)
            outcome.reached = reached.exists()
        return outcome

    def read(self, line, outcome, passed, since):
        """Takes in one line of the test binary."""
        told = re.match(r"test (\S+)\s+\.\.\. (ok|FAILED)", line)
        if not told:
            return
        outcome.ran += 1
        engine, case = told.group(1).split("::", 1)
        if told.group(2) == "ok":
            passed.add((engine, case))
        elif engine not in outcome.caught and self.is_healthy(engine, case):
            # A case that fails while nothing is taken away says nothing.
            outcome.caught[engine], outcome.seconds[engine] = case, time.monotonic() - since

    def is_stopped(self, number, outcome, passed, asked):
        """Whether what a case sees on SQLite is stopped by row-level security: it passes on PostgreSQL, but not when
        row-level security lets everything through."""
        case = outcome.caught.get("sqlite")
        if case is None or ("postgres", case) not in passed or case in asked:
            return False
        asked.add(case)
        opened = {"VERBUND_SABOTAGE_OPEN": "1"}
        if "postgres" in self.passing(case, number, **opened) or not self.is_healthy("postgres", case, **opened):
            return False
        outcome.stopped_by = "without it: " + case
        return True


def end(process):
    """Ends a run and what it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    process.stdout.close()
