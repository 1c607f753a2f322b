"""A migration that wants a table for itself gives way to those who read it."""

from __future__ import annotations

import pytest

from tests.printed import printed_by

pytestmark = pytest.mark.slow


def test_nobody_waits_for_a_change_that_waits_for_a_long_read() -> None:
    found = printed_by("tests.upgrade.locking", timeout_s=600)
    waited = found["waited"]
    assert waited["took"] > 2, "the reader was not in the way"
    assert waited["longest_read"] < 2, "longer than the change waits at a time"
    assert "a table is in use, and others go first: process " in waited["said"][0]
    assert "idle in transaction" in waited["said"][0]
    assert "in use each of 2 times: process " in found["gave_up"]
    assert found["after"] == "0"
