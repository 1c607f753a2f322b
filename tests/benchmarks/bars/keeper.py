"""The plug-in of pytest that hears of tests that end without their figures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks.bars.record import Record

RECORD = pytest.StashKey[Record]()
FOLDER = "benchmarks/"
LONGEST = 100


class Keeper:
    """Gives tests the run's record, and keeps there why others left nothing."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[RECORD] = self.record

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._hear(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._hear(report)

    def _hear(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.passed:
            test = report.nodeid.rpartition(FOLDER)[2]
            self.record.ended(test, f"{report.outcome}: {_why(report.longrepr)}")


def _why(told: Any) -> str:
    """One line of what pytest tells at length."""
    if isinstance(told, tuple):
        return str(told[2]).removeprefix("Skipped: ")
    crash = getattr(told, "reprcrash", None)
    lines = str(crash.message if crash else told).strip().splitlines()
    line = lines[0 if crash else -1] if lines else "no reason given"
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
