"""Finds asked points among those that were recorded.

Shapes use ``P`` for asked points, ``R`` for recorded rows and ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backends import systems
from backends.qpu.recording import Recording
from backends.schema import Experiment
from backends.schema.experiment import FloatArray

TOLERANCE = 1e-9
"""A point is the recorded one when no control is further off than this share of its range."""

NAMED = 2
"""How many of the nearest points a refusal names."""

AS_IT_IS = {"noise_gain": 1.0}
"""Knobs that have a value where nobody names them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answered:
    """What the recording says of P points.

    Attributes:
        rows: Which recorded row a point is; -1 for none.
        values: Shape ``(P, O)``, as the errors; NaN where there is no answer.
        mixed_values: None unless all answers have one.
    """

    rows: tuple[int, ...]
    values: FloatArray
    std_errors: FloatArray
    mixed_values: FloatArray | None
    failures: Mapping[int, str]


def look_up(recording: Recording, experiment: Experiment) -> Answered:
    """The recorded numbers at an experiment's points.

    A point that was recorded several times answers with its rows in turn when it is asked for
    several times: nothing recorded is given twice.
    """
    controls = systems.check(experiment).controls
    span = np.array([control.upper - control.lower for control in controls])
    columns = [recording.observables.index(name) for name in experiment.observables]
    taken: set[int] = set()
    rows, failures = [], {}
    for index, point in enumerate(experiment.points):
        knobs = dict(zip(experiment.knobs, experiment.knob_values[index].tolist(), strict=True))
        apart = np.max(np.abs(recording.points - point) / span, axis=1)
        near = np.flatnonzero(apart <= TOLERANCE).tolist()
        same = [row for row in near if _is(recording, row, knobs)]
        left = [row for row in same if row not in taken]
        row = left[0] if left else -1
        taken.add(row)
        if row < 0:
            failures[index] = _reason(recording, apart, experiment, index, len(same))
        elif row in recording.failures:
            failures[index] = recording.failures[row]
        rows.append(row)
    values, errors, mixed = (
        _taken(table, rows, columns)
        for table in (recording.values, recording.std_errors, recording.mixed_values)
    )
    answered = [index for index in range(len(rows)) if index not in failures]
    known = bool(answered) and bool(np.isfinite(mixed[answered]).all())
    return Answered(
        rows=tuple(rows),
        values=values,
        std_errors=errors,
        mixed_values=mixed if known else None,
        failures=failures,
    )


def _is(recording: Recording, row: int, asked: Mapping[str, float]) -> bool:
    """Whether a row has the asked knobs; one that is not named is as it is without it."""
    known = recording.knobs[row]
    return all(
        _same(known.get(name, AS_IT_IS.get(name)), asked.get(name, AS_IT_IS.get(name)))
        for name in {*known, *asked}
    )


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def _taken(table: FloatArray, rows: list[int], columns: list[int]) -> FloatArray:
    found = np.full((len(rows), len(columns)), np.nan)
    for index, row in enumerate(rows):
        if row >= 0:
            found[index] = table[row, columns]
    return found


def _reason(
    recording: Recording, apart: FloatArray, experiment: Experiment, index: int, same: int
) -> str:
    """Why there is no answer, with the nearest points that were recorded."""
    if same:
        times = "once" if same == 1 else f"{same} times"
        return f"the point was recorded {times}, and is asked for more often"
    knobs = dict(zip(experiment.knobs, experiment.knob_values[index].tolist(), strict=True))
    asked = _written(experiment.controls, experiment.points[index], knobs)
    places: list[str] = []
    for row in np.argsort(apart, kind="stable"):
        place = _written(recording.controls, recording.points[row], recording.knobs[row])
        if place not in places:
            places.append(place)
        if len(places) == NAMED:
            break
    return f"nothing was recorded at {asked}; the nearest are {' and '.join(places)}"


def _written(controls: tuple[str, ...], point: FloatArray, knobs: Mapping[str, float]) -> str:
    pairs = [*zip(controls, point.tolist(), strict=True), *sorted(knobs.items())]
    return ", ".join(f"{name} = {value:g}" for name, value in pairs)
