"""What tasks found, put together over all points of one state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backends.methods.covariance import Covariance
from backends.methods.program import Program
from backends.mitigation.kept import Kept, Record, outcomes
from backends.mitigation.task import Estimates
from backends.schema import Experiment
from backends.schema.experiment import FloatArray
from backends.simulators.answer import Answer

MOST_OUTCOMES = 500_000
"""Whose counts are kept of one state's mitigated values: some 12 MB of JSON."""


class Table:
    """Collects the estimates of tasks over all points of one state."""

    def __init__(self, program: Program, experiment: Experiment) -> None:
        self._experiment = experiment
        self.values = np.full(experiment.shape, np.nan)
        self.errors = np.full(experiment.shape, np.nan)
        self.notes: list[list[dict[str, Any]]] = [[] for _ in experiment.points]
        self.failures: dict[int, str] = dict(program.failures)
        self.anchors: list[dict[str, Any]] = []
        self.truncation: FloatArray | None = None
        self._parts: list[tuple[Sequence[int], Covariance]] = []
        self._kept: list[dict[str, Any]] = [{} for _ in experiment.points]
        self._outcomes = 0

    def take(self, rows: Sequence[int], found: Estimates) -> None:
        self.values[rows] = found.values
        self.errors[rows] = np.sqrt(found.variances)
        if found.covariance is not None:
            self._parts.append((rows, found.covariance))
        if found.kept.rows:
            self._keep(rows, found.kept)
        for place, row in enumerate(rows):
            self.notes[row] = found.notes[place]
            if place in found.failures:
                self.failures[row] = found.failures[place]

    def _keep(self, rows: Sequence[int], kept: Kept) -> None:
        """Counts of each point's circuits, as long as they are not too many."""
        for row, records in zip(rows, kept.rows, strict=True):
            self._kept[row] = self._bounded("circuits", records)
            if kept.calibration and row != rows[0]:
                self._kept[row]["calibration_at"] = rows[0]
        if kept.calibration:
            self._kept[rows[0]] |= self._bounded("calibration", kept.calibration)

    def _bounded(self, name: str, records: Sequence[Record]) -> dict[str, Any]:
        size = outcomes(records)
        if self._outcomes + size > MOST_OUTCOMES:
            return {f"{name}_left_out": f"{size} outcomes"}
        self._outcomes += size
        return {name: list(records)}

    def cut(self, rows: Sequence[int], errors: FloatArray | None) -> None:
        """Truncation errors of the circuit without mitigation."""
        if errors is not None:
            if self.truncation is None:
                self.truncation = np.full_like(self.values, np.nan)
            self.truncation[rows] = errors

    def answer(self, program: Program) -> Answer:
        raw = [
            _raw(program, self._experiment, row, notes) | kept
            for row, (notes, kept) in enumerate(zip(self.notes, self._kept, strict=True))
        ]
        covariance = Covariance.assembled(self._parts, self._experiment.shape)
        return Answer(self.values, self.errors, raw, self.truncation, covariance=covariance)


def _raw(
    program: Program, experiment: Experiment, row: int, notes: list[dict[str, Any]]
) -> dict[str, Any]:
    kept = dict(program.raw[row]) if program.raw else {}
    return kept | {
        "knobs": dict(zip(experiment.knobs, experiment.knob_values[row].tolist(), strict=True)),
        "mitigation": notes,
    }
