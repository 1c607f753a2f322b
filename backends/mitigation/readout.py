"""Readout mitigation by twirling (TREX): van den Berg, Minev and Temme, PRA 105, 032620 (2022).

Before the measurement X is applied to a random set of qubits, and the read bits are flipped back.
Averaged over the sets, readout errors do nothing but damp each word ``P``: ``<P> -> d_P <P>``. The
damping is measured on the state 0, whose words all have the value 1, on the same qubits:
``<P> = m_P / d_P``. All ``2^n`` sets are used where they are no more than the instances; otherwise
random ones, whose differences are part of the variance.

Delta method, with ``w_k = c_k / d_k`` and ``u_k = c_k m_k / d_k^2``, for any two numbers:
``cov = w' Cov(m) w + u' Cov(d) u``. The calibration is shared by the points of a run, and by the
groups that are read from the same qubits; ``Cov(m)`` is 0 between points and between groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backends.methods.covariance import Covariance
from backends.mitigation.calibration import (
    SHOTS,
    Calibration,
    Damping,
    Flip,
    Flips,
    calibrations,
)
from backends.mitigation.kept import Kept
from backends.mitigation.measurement import Measurement, records
from backends.mitigation.task import Estimates, Estimator, Task
from backends.mitigation.technique import Technique, whole_number
from backends.mitigation.words import Words
from backends.schema.experiment import FloatArray

INSTANCES = "readout_instances"
DEFAULT_INSTANCES = 16
SHOTS_PER_SET = 4


class Readout(Technique):
    """Settings ``readout_instances`` and ``calibration_shots`` (as many as all points use)."""

    name = "readout"
    title = "readout twirling"
    rank = 4
    own = ((INSTANCES, None), (SHOTS, None))

    def check(self, settings: Mapping[str, Any]) -> None:
        _instances(settings)
        whole_number(settings, SHOTS, 100, 100, 10_000_000)

    def least_shots(self, settings: Mapping[str, Any], inner: int) -> int:
        return max(inner, SHOTS_PER_SET) * _instances(settings)

    def circuits(self, settings: Mapping[str, Any]) -> float:
        return 2.0 * _instances(settings)

    def shots(self, settings: Mapping[str, Any]) -> float:
        return 2.0

    def answers(self, tasks: Sequence[Task], inner: Estimator) -> list[Estimates]:
        assert isinstance(inner, Measurement)
        flips = [_flips(task) for task in tasks]
        asked = [
            _share(task, len(one.bits)).seeded(j).passing(Flip(bits))
            for task, one in zip(tasks, flips, strict=True)
            for j, bits in enumerate(one.bits)
        ]
        seen = iter(inner.words(asked))
        learned = calibrations(tasks, flips, inner)
        return [
            _answer(task, one, [next(seen) for _ in one.bits], known)
            for task, one, known in zip(tasks, flips, learned, strict=True)
        ]


def _answer(task: Task, flips: Flips, read: list[list[Words]], known: Calibration) -> Estimates:
    damping = known.damping
    runs = [
        [words.unflipped(bits) for words in run] for bits, run in zip(flips.bits, read, strict=True)
    ]
    kept = _kept(task, flips, read, known)
    if not all(one.known for one in damping):
        return _unknown(task, damping, kept)
    values, covariance = _mitigated(task, runs, damping, flips)
    bare, without = _mitigated(task, runs, [one.none for one in damping], flips)
    unmitigated = Estimates(values=bare, variances=without.variances, notes=[])
    named = _named(task, damping)
    notes = [
        [{"technique": "readout", "unmitigated": unmitigated.summary(row), "damping": named}]
        for row in range(len(values))
    ]
    return Estimates(
        values=values,
        variances=covariance.variances,
        notes=notes,
        covariance=covariance,
        kept=kept,
    )


def _kept(task: Task, flips: Flips, read: list[list[Words]], known: Calibration) -> Kept:
    """Records of the circuits, as they were read, and of the calibration."""
    first, *others = [
        records(task, run).labelled(flipped=flips.label(bits, task))
        for bits, run in zip(flips.bits, read, strict=True)
    ]
    places = [list(place) for place in known.places] * len(flips.bits)
    rows = tuple(
        tuple({"places": place, **record} for place, record in zip(places, row, strict=True))
        for row in first.plus(*others).rows
    )
    return Kept(rows=rows, calibration=known.records)


def _share(task: Task, parts: int) -> Task:
    assert task.shots is not None
    return replace(task, shots=task.shots // parts)


def _instances(settings: Mapping[str, Any]) -> int:
    return whole_number(settings, INSTANCES, DEFAULT_INSTANCES, 4, 1024)


def _flips(task: Task) -> Flips:
    count, qubits = _instances(task.settings), task.circuit.qubits
    if 2**qubits <= count:
        return Flips(list(range(2**qubits)), complete=True)
    draws = np.random.default_rng(task.seeded(0, 0).seed).integers(0, 2, (count, qubits))
    bits = [sum(int(bit) << q for q, bit in enumerate(row)) for row in draws]
    return Flips(bits, complete=False)


def _mitigated(
    task: Task, runs: list[list[Words]], damping: list[Damping], flips: Flips
) -> tuple[FloatArray, Covariance]:
    """Values, shape ``(R, O)``, and their covariance."""
    values, shape = task.constants, task.constants.shape
    covariance = Covariance.zeros(*shape)
    learned = np.zeros((*shape, damping[0].loadings.shape[1] if damping else 0))
    for index, (group, known) in enumerate(zip(task.groups, damping, strict=True)):
        weights = task.weights(group) / known.factors
        means = np.stack([run[index].means for run in runs])
        each = np.einsum("row,jrw->jro", weights, means)
        lows, highs = np.array([run[index].extremes(weights) for run in runs]).swapaxes(0, 1)
        seen = np.array([lows.min(axis=0), highs.max(axis=0)])
        own = np.mean([run[index].sums(weights, seen) for run in runs], axis=0) / len(runs)
        part = Covariance.of_points(own)
        if not flips.complete:  # random sets differ by more than their shots, others by design
            part = part.at_least(each.var(axis=0, ddof=1) / len(runs))
        lever = weights * means.mean(axis=0)[:, None, :] / known.factors
        learned += lever @ known.loadings
        values = values + each.mean(axis=0)
        covariance = covariance.plus(part)
    return values, replace(covariance, shared=learned)


def _named(task: Task, damping: list[Damping]) -> dict[str, float]:
    """Factor of each word by its label; a word of several groups is the same in all."""
    return {
        word.label(task.circuit.qubits): float(factor)
        for group, one in zip(task.groups, damping, strict=True)
        for word, factor in zip(group.words, one.factors, strict=True)
    }


def _unknown(task: Task, damping: list[Damping], kept: Kept) -> Estimates:
    empty = np.full_like(task.constants, np.nan)
    reason = "the damping of the readout is not told from 0 by the shots of its calibration"
    return Estimates(
        values=empty,
        variances=empty,
        notes=[[{"technique": "readout", "damping": _named(task, damping)}] for _ in empty],
        failures=dict.fromkeys(range(len(empty)), reason),
        kept=kept,
    )
