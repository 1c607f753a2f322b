"""From rows of a project's measurements to the data of its device.

Only a source that sees the device can speak of it. An exact solver or a simulator of the system as
it is written says what the document says, and nothing of the machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from backends.systems.qubit_system import QubitSystem
from qtwin.fusion.base import FloatArray, Role
from qtwin.worlds.calibration.data import CalibrationData
from qtwin.worlds.calibration.readable import diagonals

GAIN = "noise_gain"
SAME_POINT = 12
"""Decimals to which equal settings agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement, with what the calibration needs to know of it.

    Attributes:
        role: Of its source, as in `qtwin.fusion.base.Role`.
        point: Controls in their canonical units.
        std: Statistical error of the value; 0 where all shots agreed, or there were none.
        shots: None where it is exact, or unknown.
        knobs: Those of the source; a noise gain other than 1 is not the machine as it is.
        counts: Bit strings that were read and how often, qubit 0 rightmost, if they are kept.
    """

    source: str
    role: str
    point: tuple[float, ...]
    observable: str
    value: float
    std: float
    shots: int | None = None
    knobs: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Rows that share shots: their indices, and the covariance of their errors."""

    rows: tuple[int, ...]
    covariance: FloatArray


class NothingOfTheDevice(ValueError):
    """No row is of a source that sees the device."""


def calibration_data(
    system: QubitSystem, rows: Sequence[Row], blocks: Sequence[Block] = ()
) -> CalibrationData:
    """The rows that speak of the device, as arrays.

    Rows with counts are read from them, once for all observables of the same shots; the others from
    their values. What is left out is counted by its reason.

    Args:
        blocks: Of rows that share shots; others are independent.

    Raises:
        NothingOfTheDevice: No row is left.
        ValueError: Counts are not of the system's qubits.
    """
    wanted = sorted({row.observable for row in rows if row.role == Role.DEVICE})
    readable = diagonals(system, wanted)
    reasons = [_reason(row, readable) for row in rows]
    used = [index for index, reason in enumerate(reasons) if not reason]
    if not used:
        told = "; ".join(sorted(set(filter(None, reasons)))) or "there are no rows"
        raise NothingOfTheDevice(f"nothing speaks of the device: {told}")
    places, points = _places([rows[index].point for index in used], len(system.controls))
    place = dict(zip(used, places, strict=True))
    counted = [index for index in used if rows[index].counts]
    histograms = _histograms(system, rows, counted, place)
    valued = [index for index in used if not rows[index].counts]
    return CalibrationData(
        points=points,
        observables=tuple(rows[index].observable for index in valued),
        value_points=np.array([place[index] for index in valued], dtype=np.int64),
        values=np.array([rows[index].value for index in valued]),
        covariance=_covariance(rows, valued, blocks, readable),
        count_points=np.array([where for where, _ in histograms], dtype=np.int64),
        counts=np.array([table for _, table in histograms], dtype=np.int64).reshape(
            len(histograms), 2**system.qubits
        ),
        sources=dict(sorted(Counter(rows[index].source for index in used).items())),
        left_out=dict(sorted(Counter(filter(None, reasons)).items())),
    )


def _reason(row: Row, readable: Mapping[str, FloatArray]) -> str:
    """Why a row is left out; empty where it is used."""
    if row.role != Role.DEVICE:
        return "its source does not see the device"
    if row.knobs.get(GAIN, 1.0) != 1.0:
        return "noise was amplified"
    if row.observable not in readable:
        return f"{row.observable} is not read along z"
    if not row.counts and row.std <= 0 and not row.shots:
        return "it has no statistical error"
    return ""


def _places(points: Sequence[tuple[float, ...]], width: int) -> tuple[list[int], FloatArray]:
    """Index of each row's setting among the different ones, and these, shape ``(P, C)``."""
    found: dict[tuple[float, ...], int] = {}
    places = [found.setdefault(tuple(np.round(p, SAME_POINT).tolist()), len(found)) for p in points]
    return places, np.array(list(found), dtype=np.float64).reshape(len(found), width)


def _histograms(
    system: QubitSystem, rows: Sequence[Row], counted: Sequence[int], place: Mapping[int, int]
) -> list[tuple[int, FloatArray]]:
    """Setting and counts, of each run once: two observables may be read from the same shots."""
    found: dict[tuple[object, ...], tuple[int, FloatArray]] = {}
    for index in counted:
        counts = rows[index].counts or {}
        table = np.zeros(2**system.qubits)
        for word, count in counts.items():
            if len(word) != system.qubits or set(word) - {"0", "1"}:
                raise ValueError(
                    f"counts of row {index}: {word!r}; allowed: {system.qubits} of 0 and 1"
                )
            table[int(word, 2)] = count
        key = (rows[index].source, place[index], tuple(sorted(counts.items())))
        found.setdefault(key, (place[index], table))
    return list(found.values())


def _covariance(
    rows: Sequence[Row],
    valued: Sequence[int],
    blocks: Sequence[Block],
    readable: Mapping[str, FloatArray],
) -> FloatArray:
    """Shape ``(R, R)``; where all shots agreed, the error is that of one more that does not."""
    stds = []
    for index in valued:
        row, values = rows[index], readable[rows[index].observable]
        least = (values.max() - values.min()) / (row.shots + 2) if row.shots else 0.0
        stds.append(max(row.std, least))
    matrix: FloatArray = np.diag(np.square(stds)) if stds else np.empty((0, 0))
    at = {index: number for number, index in enumerate(valued)}
    for block in blocks:
        inside = [i for i, index in enumerate(block.rows) if index in at]
        chosen = [at[block.rows[i]] for i in inside]
        shared = block.covariance[np.ix_(inside, inside)]
        off = ~np.eye(len(inside), dtype=bool)
        grid = np.ix_(chosen, chosen)
        matrix[grid] = np.where(off, shared, matrix[grid])
    return matrix
