"""A bar: what was measured, what it must reach, and whether it does. Printed by ``make bench``."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

Bar = Callable[..., None]


@pytest.fixture
def bar(capsys: pytest.CaptureFixture[str]) -> Bar:
    """Print one row of the table, then hold the figure to its bar: ``at_most`` or ``at_least``.

    With ``must=False`` a figure that misses its bar is printed as such and fails nothing.
    """

    def hold(
        what: str,
        value: float,
        *,
        at_most: float = math.inf,
        at_least: float = -math.inf,
        unit: str = "",
        must: bool = True,
    ) -> None:
        allowed = f"<= {at_most:g}" if at_most < math.inf else f">= {at_least:g}"
        holds = at_least <= value <= at_most
        verdict = "HELD" if holds else "MISSED"
        with capsys.disabled():
            print(f"\n{what:<62} {value:>9.3g} {unit:<6} bar {allowed:<10} {verdict}")  # noqa: T201
        assert holds or not must, f"{what}: {value:g} {unit}, bar {allowed}"

    return hold
