"""The runs of a plan, as jobs ask for them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Runs of one source that have the same shots and name the same knobs.

    Attributes:
        points: Shape (P, C), in the order of the project's controls.
        knobs: One value per point, by knob.
    """

    source: str
    shots: int | None
    points: list[list[float]]
    knobs: dict[str, list[float]]


def planned_runs(steps: Sequence[Mapping[str, Any]]) -> list[Planned]:
    """The steps of a plan, grouped; sources in the order in which the plan names them first."""
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for step in steps:
        place = (step["source"], step["shots"], tuple(_finite(step)))
        groups.setdefault(place, []).append(step)
    return [
        Planned(
            source=source,
            shots=shots,
            points=[list(step["at"]) for step in group],
            knobs={knob: [_finite(step)[knob] for step in group] for knob in knobs},
        )
        for (source, shots, knobs), group in groups.items()
    ]


def _finite(step: Mapping[str, Any]) -> dict[str, float]:
    """A knob at an infinite limit is not given: the source's own default is as far as it goes."""
    values = {name: float(step["knobs"][name]) for name in sorted(step["knobs"])}
    return {name: value for name, value in values.items() if math.isfinite(value)}
