"""The twin on every case of its design, beside the libraries' models where they are installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from infra.dev.options import ROOT
from tests.benchmarks.bars.of_twin import BY, TWIN
from tests.benchmarks.bars.record import Record
from tests.benchmarks.conftest import Bar

LONGEST_S = 4 * 3600
QUICK = "--quick"
CASES = {"quantum": "h2", "stored": "scale-200"}
"""One case of each bar that is not named after its own."""


@pytest.mark.slow
def test_the_twin_on_its_cases(bar: Bar, record: Record) -> None:
    """Few seeds of each case; all of them under ``make bench ARGS=--full``."""
    full = "QTWIN_BENCH_FULL" in os.environ
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.twin", "--json", *([] if full else [QUICK])],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=LONGEST_S,
    )
    found = json.loads(done.stdout)
    for one in found["bars"]:
        note = one["note"] if full else f"{one['note']} (few seeds)".strip()
        bar(one["name"], one["value"], note=note, at_most=one["most"])
    measured = {one["name"] for one in found["bars"]}
    for missing in (one for one in TWIN if one.by == BY and one.name not in measured):
        record.leave_out(missing.name, _why(missing.name, found["results"]))


def _why(name: str, results: list[dict[str, str]]) -> str:
    """The remark of a method that was left out of the bar's case."""
    case = CASES.get(name.partition(" ")[0], name.partition(" ")[0])
    remarks = [one["remark"] for one in results if one["case"] == case and one["remark"]]
    return remarks[0] if remarks else "the libraries are not installed: make bench-libraries"
