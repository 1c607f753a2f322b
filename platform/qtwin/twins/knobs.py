"""What the knobs of measurements mean to the model.

- The noise gain of a device damps, and is a column of its own.
- A knob with a known limit acts in the discrepancy of its source. Where a row does not name it, it
  has its default. A source that ran at one value only has no such knob: a constant cannot be told
  from the rest of its discrepancy. A reference always keeps it, since it is one only at the limit.
- ``truncation`` says how far a value moved when such a limit was doubled. It is no statistical
  error, and no bound either, so it only says whether a row is at the limit: not truncated at all,
  or moved by less than `AT_LIMIT` of the spread of all values.
- A knob without a known limit makes each of its values a branch, with a discrepancy of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backends.schema import KnobKind, KnobLimit
from qtwin.fusion.base import FloatArray, Knob, Role
from qtwin.jobs.models import Measurement

NOISE_GAIN = "noise_gain"
AT_LIMIT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Knobs:
    """Knobs of N measurements.

    Attributes:
        of_source: The knobs that act in the discrepancy, by source.
        columns: Their values, each shape ``(N,)``; NaN for sources without the knob.
        gain: Noise gain of device rows, shape ``(N,)``; NaN for others.
        branch: Branch of each row, length N.
    """

    of_source: dict[str, tuple[Knob, ...]]
    columns: dict[str, FloatArray]
    gain: FloatArray
    branch: tuple[str, ...]


def knobs_of(measurements: Sequence[Measurement]) -> Knobs:
    """Read the knobs of some measurements."""
    limits = _limits(measurements)
    names = [measurement.source_revision.source.name for measurement in measurements]
    tolerance = AT_LIMIT * float(np.ptp([measurement.value for measurement in measurements]))
    of_source: dict[str, tuple[Knob, ...]] = {}
    columns: dict[str, FloatArray] = {}
    for source, known in limits.items():
        rows = [i for i, name in enumerate(names) if name == source]
        kept = []
        for limit in known:
            values = np.array([_value(measurements[i], limit, tolerance) for i in rows])
            if _role(measurements[rows[0]]) is Role.REFERENCE or np.any(values != values[0]):
                column = columns.setdefault(limit.name, np.full(len(names), np.nan))
                column[rows] = values
                kept.append(Knob(name=limit.name, limit=limit.limit, order=limit.order))
        of_source[source] = tuple(kept)
    return Knobs(
        of_source=of_source,
        columns=columns,
        gain=np.array([_gain(measurement) for measurement in measurements]),
        branch=tuple(
            _branch(measurement, limits[name])
            for measurement, name in zip(measurements, names, strict=True)
        ),
    )


def _limits(measurements: Sequence[Measurement]) -> dict[str, tuple[KnobLimit, ...]]:
    """Limits of each source's knobs; of revisions that differ, the slower law."""
    revisions = {m.source_revision_id: m.source_revision for m in measurements}
    found: dict[str, dict[str, KnobLimit]] = {}
    for revision in sorted(revisions.values(), key=lambda revision: revision.number):
        known = found.setdefault(revision.source.name, {})
        for limit in map(KnobLimit.from_dict, revision.knobs):
            if limit.kind is KnobKind.DAMPING and revision.source.role == Role.DEVICE:
                continue
            before = known.get(limit.name, limit)
            known[limit.name] = limit if limit.order <= before.order else before
    return {source: tuple(known[name] for name in sorted(known)) for source, known in found.items()}


def _value(measurement: Measurement, limit: KnobLimit, tolerance: float) -> float:
    if limit.states_truncation:
        moved = measurement.truncation
        if moved is None or not moved > tolerance:  # NaN: nothing was truncated
            return limit.limit
    return float(measurement.knobs.get(limit.name, limit.default))


def _gain(measurement: Measurement) -> float:
    if _role(measurement) is not Role.DEVICE:
        return float("nan")
    return float(measurement.knobs.get(NOISE_GAIN, 1.0))


def _branch(measurement: Measurement, limits: tuple[KnobLimit, ...]) -> str:
    known = {limit.name for limit in limits}
    if _role(measurement) is Role.DEVICE:
        known.add(NOISE_GAIN)
    unknown = sorted(set(measurement.knobs) - known)
    settings = [f"{name} = {float(measurement.knobs[name])!r}" for name in unknown]
    return ", ".join([part for part in (measurement.branch, *settings) if part])


def _role(measurement: Measurement) -> Role:
    return Role(measurement.source_revision.source.role)
