"""What a job measured at one value of a control, as bit strings by basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Counts = Mapping[str, int]
COMPUTATIONAL = "Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The shots of one point.

    Attributes:
        value: Of the control that drives the transition.
        source: Name of the source.
        counts: By basis, such as ``ZZZZZZ``, how often each bit string was read.
    """

    value: float
    source: str
    counts: Mapping[str, Counts]


def counts_of(raw: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Counts by basis of what a backend kept of a point; empty where there are none.

    Circuits keep groups with their bases, analog devices the counts of the computational basis.
    Counts of mitigated runs, which belong to several circuits, are not read.
    """
    if _is_counts(raw.get("counts")):
        width = len(next(iter(raw["counts"])))
        return {COMPUTATIONAL * width: dict(raw["counts"])}
    groups = raw.get("groups")
    found: dict[str, dict[str, int]] = {}
    for group in groups if isinstance(groups, list) else []:
        named = isinstance(group, Mapping) and isinstance(group.get("basis"), str)
        if named and _is_counts(group.get("counts")):
            found[group["basis"]] = dict(group["counts"])
    return found


def _is_counts(counts: Any) -> bool:
    """Whether these are strings of 0 and 1 of one length, each with a whole number of shots."""
    return (
        isinstance(counts, Mapping)
        and bool(counts)
        and all(isinstance(key, str) and key and set(key) <= {"0", "1"} for key in counts)
        and len({len(key) for key in counts}) == 1
        and all(type(seen) is int and seen >= 0 for seen in counts.values())
    )
