"""The plug-in of pytest that hears of tests that end without their figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.benchmarks.bars.record import Record

RECORD = pytest.StashKey[Record]()
FOLDER = "benchmarks/"
LONGEST = 100


class Keeper:
    """Gives tests the run's record, and keeps there why others left nothing.

    Args:
        save: Called after each test, so that a run that is cut off loses none of its figures.
    """

    def __init__(self, record: Record, save: Callable[[], None]) -> None:
        self.record, self._save = record, save

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[RECORD] = self.record

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        done = [item for item in items if self.record.measured_before(place_of(item.nodeid))]
        items[:] = [item for item in items if item not in done]
        if done:
            config.hook.pytest_deselected(items=done)

    def pytest_runtest_logfinish(self) -> None:
        self._save()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._hear(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._hear(report)

    def _hear(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.passed:
            self.record.ended(place_of(report.nodeid), f"{report.outcome}: {_why(report.longrepr)}")


def place_of(nodeid: str) -> str:
    """What bars say that they are measured by."""
    return nodeid.rpartition(FOLDER)[2]


def _why(told: Any) -> str:
    """One line of what pytest tells at length."""
    if isinstance(told, tuple):
        return str(told[2]).removeprefix("Skipped: ")
    crash = getattr(told, "reprcrash", None)
    lines = str(crash.message if crash else told).strip().splitlines()
    line = lines[0 if crash else -1] if lines else "no reason given"
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
