"""A million jobs and ten million measurements in PostgreSQL (bars 6 and 7 of the design)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from infra.dev.options import ROOT
from tests.benchmarks.conftest import Bar

LONGEST_S = 3600


@pytest.mark.slow
def test_lists_and_counters_of_a_million_jobs(bar: Bar) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.million"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    assert not done.returncode, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["jobs"] >= 10**6
    assert found["measurements"] >= 10**7
    bar("6", found["list"], note=f"{1e3 * found['list_s']:.0f} ms")
    bar("6 queries", found["queries"])
    bar("6 fit", found["fit"])
    anew = f"{found['counters_anew']:.1f} x when counted anew"
    bar("7", found["counters"], note=f"{anew}; due {found['due_ms']:.0f} ms; {found['slow']}")
