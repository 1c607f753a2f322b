"""A million jobs and ten million measurements in PostgreSQL (bars 6 and 7 of the design)."""

from __future__ import annotations

import pytest

from tests.benchmarks.conftest import Bar
from tests.printed import printed_by

LONGEST_S = 3600


@pytest.mark.slow
def test_lists_and_counters_of_a_million_jobs(bar: Bar) -> None:
    found = printed_by("tests.benchmarks.million", timeout_s=LONGEST_S)
    assert found["jobs"] >= 10**6
    assert found["measurements"] >= 10**7
    bar("6", found["list"], note=f"{1e3 * found['list_s']:.0f} ms")
    bar("6 queries", found["queries"])
    bar("6 fit", found["fit"])
    anew = f"{found['counters_anew']:.1f} x when counted anew"
    bar("7", found["counters"], note=f"{anew}; due {found['due_ms']:.0f} ms; {found['slow']}")
