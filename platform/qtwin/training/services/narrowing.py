"""By how much the gap between two stages fell from one round of a loop to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qtwin.worlds.transfer.intervals import Interval


def fall_of(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The gap of the round before less that of this one, as of independent reports.

    Args:
        before: ``gap`` of a transfer report's document: ``absolute`` with ``lower`` and ``upper``.
    """
    from qtwin.worlds.transfer.recovered import difference
    from qtwin.worlds.transfer.stage import interval_document

    return interval_document(difference(_interval(before), _interval(now)))


def _interval(gap: Mapping[str, Any]) -> Interval:
    from qtwin.worlds.transfer.intervals import Interval

    return Interval(
        value=gap["absolute"],
        lower=gap["lower"],
        upper=gap["upper"],
        method=gap["method"],
        level=gap["level"],
    )
