"""Several hosts share a database, a broker and a bucket; what one suffers, no job does."""

from __future__ import annotations

import pytest

from tests.faults import network
from tests.faults.proof import Check

pytestmark = pytest.mark.slow
SHOWN = (
    *("jobs", "states", "attempts begun", "overtaken after", "dropped", "lost", "duplicates"),
    *("spent", "charged"),
)


def test_one_is_added_one_killed_and_one_cut_off_for_a_minute() -> None:
    if why := network.missing():
        pytest.skip(why)
    outcome = Check("three hosts", "hosts", SHOWN, within=network.NEW_NETWORK).run()
    report = "\n".join(outcome.lines())
    print(report)  # noqa: T201 - seeds and figures, shown when it fails
    assert not outcome.wrong, report
