"""A bar: what was measured, what it must reach, and whether it does. Printed by ``make bench``."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Bar = Callable[..., None]


@pytest.fixture
def bar(capsys: pytest.CaptureFixture[str]) -> Bar:
    """Print one row of the table, then hold the figure to its bar."""

    def hold(what: str, value: float, *, at_most: float, unit: str = "") -> None:
        verdict = "ok" if value <= at_most else "MISSED"
        with capsys.disabled():
            print(f"\n{what:<58} {value:>9.3g} {unit:<6} bar {at_most:<7g} {verdict}")  # noqa: T201
        assert value <= at_most, f"{what}: {value:g} {unit}, bar {at_most:g}"

    return hold
