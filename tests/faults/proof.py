"""The checks of ``make faults``: what each runs, and what it must find."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.dev.options import ROOT

LONGEST_S = 280.0
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One program of ours, and what is wrong with what it found.

    Attributes:
        show: Names of what is printed.
        within: Words before the command.
        wrong: Sentences; empty when the check is passed.
    """

    title: str
    scenario: str
    show: tuple[str, ...] = ()
    wrong: Callable[[Found], list[str]] = field(default=lambda found: list(found["problems"]))
    within: tuple[str, ...] = ()

    def run(self) -> Outcome:
        command = [*self.within, sys.executable, "-m", "tests.faults.chaos", self.scenario]
        began = time.monotonic()
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST_S
            )
        except subprocess.TimeoutExpired:
            return Outcome(self, {}, [f"took longer than {LONGEST_S:g} s"], LONGEST_S)
        seconds = time.monotonic() - began
        if done.returncode:
            return Outcome(self, {}, [done.stderr[-3000:]], seconds)
        found: Found = json.loads(done.stdout.splitlines()[-1])
        return Outcome(self, found, self.wrong(found), seconds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found."""

    check: Check
    found: Found
    wrong: list[str]
    seconds: float

    def lines(self) -> list[str]:
        """A line for people, and one for each thing that is wrong."""
        shown = ", ".join(f"{name} {self.found.get(name)}" for name in self.check.show)
        verdict = "FAILED" if self.wrong else "ok"
        head = f"{self.check.title:<44} {verdict:<6} {self.seconds:4.0f} s  "
        return [f"{head}seed {self.found.get('seed')}: {shown}", *(f"    {w}" for w in self.wrong)]


def whole(found: Found) -> list[str]:
    """The books are right, and everything that can be killed was."""
    wanted = {"node", "worker", "sweeper", "broker"} - set(found["kills"])
    wanted |= {name for name in ("crashes", "pauses") if not found[name]}
    return [*found["problems"], *(f"nothing is shown: no {name}" for name in sorted(wanted))]


def whole_postgres(found: Found) -> list[str]:
    twice = found["kills"].get("postgres") == 2
    return [*whole(found), *([] if twice else ["PostgreSQL was not killed twice"])]


def survives(found: Found) -> list[str]:
    """A mutant must buy something twice."""
    return [] if found["duplicates"] else [f"the mutant was not caught: {found}"]


def overtaken(found: Found) -> list[str]:
    """A mutant must buy something twice, or go on at a fence that another one has passed."""
    late = any("at fence" in line for line in found["broken"])
    return [] if late else survives(found)


def overspends(found: Found) -> list[str]:
    """A mutant must accept more than there is money for."""
    return [] if found["accepted"] > 20 else [f"the mutant was not caught: {found}"]


RACE = ("accepted", "refused", "rows", "reserved", "other")
TWINS = ("measurements", "reordered", "apart", "kills", "crashes")
BOOKS = ("jobs", "states", "lost", "duplicates", "spent", "charged", "illegal", "kills", "crashes")
ALL = (*BOOKS, "corrected", "pauses", "posts")
MUTANT = ("duplicates", "pauses")
CLIENTS = ("clients", "submissions", "posts", "runs")
CHECKS = (
    Check("200 jobs on SQLite, everything killed", "sqlite", ALL, whole),
    Check("120 jobs on PostgreSQL, everything killed", "postgres", ALL, whole_postgres),
    Check("tags only, workers that stand still", "tags-only", (*BOOKS, "pauses")),
    Check("the twin after chaos is that after calm", "twins", TWINS),
    Check("budget for 20 of 200, SQLite", "race-sqlite", RACE),
    Check("budget for 20 of 200, PostgreSQL", "race-postgres", RACE),
    Check("mutant: reads, checks, writes budgets", "race-mutant", RACE, overspends),
    Check("no broker: 100 posts", "broker", ("accepted", "p95_ms", "done")),
    Check("50 cancels without a worker", "cancels", ("posts", "states")),
    Check("vendors' real clients: one post each", "clients", CLIENTS),
    Check("mutant: IBM's client as it comes", "clients-mutant", ("posts", "duplicates"), survives),
    Check("mutant: a fresh token for each post", "fresh_token", MUTANT, survives),
    Check("mutant: no fence", "no_fence", (*MUTANT, "broken"), overtaken),
    Check("mutant: buys again what may be bought", "automatic_resubmission", MUTANT, survives),
)
