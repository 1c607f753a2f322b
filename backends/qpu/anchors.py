"""Anchors of a paid job: circuits of its own shape whose values are known, sent along with it.

They take a share of the job's circuits, and so of its cost: each has the shots of a point, and what
a task costs besides is paid anyhow. A tenth by default: it makes the error of each point 5 % larger
at equal cost, and one anchor of a thousand shots already tells the damping to about 0.03, ten
times better than the twin knows it before (0.3). A share is never exceeded, so that a job of fewer
than nine points has no anchor unless its source asks for more.

Shapes use ``K`` for anchors and ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends.methods import programs
from backends.methods.program import Part, Program
from backends.methods.variational.vqe import wanted_levels
from backends.mitigation.clifford_points import CliffordPoint, clifford_points
from backends.mitigation.damping import summary
from backends.qpu.ibm_share import NOISE_GAIN
from backends.schema import Experiment
from backends.schema.experiment import FloatArray
from backends.setting import Between

ANCHORS = "anchors"
MOST, DEFAULT = 0.5, 0.1
SETTING = (ANCHORS, Between(0.0, MOST))
_ROUNDING = 1e-9

Pair = tuple[FloatArray, FloatArray]
"""Values and their errors."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchors:
    """Anchors as a program of their own, whose points are the anchors.

    Attributes:
        experiment: Its points are those whose circuits and observables the anchors have, without
            amplified noise.
        exact: Without noise, shape ``(K, O)``.
        mixed: Of the maximally mixed state, shape ``(K, O)``.
        rows: Points of the job that they are of, shape ``(K,)``.
    """

    program: Program
    experiment: Experiment
    exact: FloatArray
    mixed: FloatArray
    rows: tuple[int, ...]

    def details(self, raw: Pair | None, mitigated: Pair | None) -> dict[str, Any]:
        """For the provenance: what each anchor gave, and what they say together.

        Args:
            raw: Shape ``(K, O)`` each; NaN where an anchor has no answer, None where there is none.
            mitigated: The same.
        """
        pairs = {"raw": raw, "mitigated": mitigated}
        reports = [
            {
                "kind": "clifford",
                "row": row,
                "ideal": self.exact[k].tolist(),
                "mixed": self.mixed[k].tolist(),
                **{name: _entry(pair, k) for name, pair in pairs.items()},
            }
            for k, row in enumerate(self.rows)
        ]
        return {ANCHORS: reports, **summary(self.experiment.observables, reports)}


def number(experiment: Experiment) -> int:
    """Most anchors of one job with these points, or of any jobs that they are cut into.

    With ``s`` the share and ``P`` points it is the largest ``K`` with ``K <= s (P + K)``. Levels
    and methods that solve for their observables have none: no single circuit damps them.
    """
    if experiment.method in programs.SOLVED or wanted_levels(experiment):
        return 0
    share = share_of(experiment.settings)
    return int(len(experiment.points) * share / (1.0 - share) + _ROUNDING)


def points_within(circuits: int, settings: Mapping[str, Any]) -> int:
    """Most points that fit with their anchors into so many circuits, at least 1."""
    return max(1, int(circuits * (1.0 - share_of(settings)) + _ROUNDING))


def share_of(settings: Mapping[str, Any]) -> float:
    """The share that anchors may take."""
    return float(settings.get(ANCHORS, DEFAULT))


def anchors(program: Program, experiment: Experiment, most: int) -> Anchors | None:
    """The first ``most`` anchors of a job; None where it has none."""
    found = clifford_points(program, min(most, number(experiment)))
    if not found:
        return None
    rows = [point.row for point in found]
    gains = experiment.knob_values[rows].copy()
    if NOISE_GAIN in experiment.knobs:
        gains[:, experiment.knobs.index(NOISE_GAIN)] = 1.0
    return Anchors(
        program=Program(
            parts=_parts(program, found),
            operators=[program.operators[row] for row in rows],
        ),
        experiment=replace(experiment, points=experiment.points[rows], knob_values=gains),
        exact=np.array([point.exact for point in found]),
        mixed=np.array([point.mixed for point in found]),
        rows=tuple(rows),
    )


def _parts(program: Program, found: Sequence[CliffordPoint]) -> tuple[Part, ...]:
    parts = []
    for index, part in enumerate(program.parts):
        own = [k for k, point in enumerate(found) if point.part == index]
        if own:
            angles = np.array([found[k].angles for k in own])
            rows = np.array(own, dtype=np.int64)
            parts.append(Part(rows=rows, circuit=part.circuit, angles=angles))
    return tuple(parts)


def _entry(pair: Pair | None, anchor: int) -> dict[str, Any] | None:
    """One anchor's values and errors; None where it has none."""
    if pair is None or not np.isfinite(pair[0][anchor]).all():
        return None
    return {"values": pair[0][anchor].tolist(), "std_errors": pair[1][anchor].tolist()}
