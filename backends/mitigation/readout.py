"""Readout mitigation by twirling (TREX): van den Berg, Minev and Temme, PRA 105, 032620 (2022).

Before the measurement X is applied to a random set of qubits, and the read bits are flipped back.
Averaged over the sets, readout errors do nothing but damp each word ``P``: ``<P> -> d_P <P>``. The
damping is measured on the state 0, whose words all have the value 1, on the same qubits:
``<P> = m_P / d_P``. All ``2^n`` sets are used where they are no more than the instances; otherwise
random ones, whose differences are part of the variance.

Delta method, with ``w_k = c_k / d_k`` and ``u_k = c_k m_k / d_k^2``:
``var = w' Cov(m) w + u' Cov(d) u``. The calibration is shared by the points of a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends.methods.circuit import Circuit
from backends.methods.grouping import Group
from backends.mitigation.measurement import Measurement, Words, word_means
from backends.mitigation.tape import Compilation, Tape
from backends.mitigation.task import Estimates, Estimator, Task
from backends.mitigation.technique import Technique, whole_number
from backends.schema.experiment import FloatArray
from backends.simulators.compiled import Z_EVERYWHERE

INSTANCES = "readout_instances"
CALIBRATION = "calibration_shots"
DEFAULT_INSTANCES = 16
SHOTS_PER_SET = 4
SIGMAS = 5.0


@dataclass(frozen=True, slots=True)
class Flip:
    """A pass that flips some bits right before they are read."""

    bits: int

    def __call__(self, source: Compilation) -> Compilation:
        tape = Tape(source)
        tape.write(*source.circuit.gates)
        for bit, place in enumerate(source.places):
            if self.bits >> bit & 1:  # any Pauli that the measured one does not commute with
                tape.pauli("Z" if source.basis.letter(bit) in "XY" else "X", place)
        return tape.finished()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Damping:
    """Of the words of a group.

    Attributes:
        factors: Shape ``(W,)``.
        covariance: Shape ``(W, W)``.
    """

    factors: FloatArray
    covariance: FloatArray

    @property
    def known(self) -> bool:
        """Whether every factor is told from 0."""
        return bool((self.factors > SIGMAS * np.sqrt(np.diag(self.covariance))).all())


class Readout(Technique):
    """Settings ``readout_instances`` and ``calibration_shots`` (as many as all points use)."""

    name = "readout"
    title = "readout twirling"
    rank = 4
    own = ((INSTANCES, None), (CALIBRATION, None))

    def check(self, settings: Mapping[str, Any]) -> None:
        _instances(settings)
        whole_number(settings, CALIBRATION, 100, 100, 10_000_000)

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
        damping = _calibrations(tasks, flips, inner)
        return [
            _answer(
                task, one, [[words.unflipped(b) for words in next(seen)] for b in one.bits], learned
            )
            for task, one, learned in zip(tasks, flips, damping, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Flips:
    """The sets of qubits of a task, as bits, and whether they are all there are."""

    bits: list[int]
    complete: bool


def _answer(task: Task, flips: Flips, runs: list[list[Words]], damping: list[Damping]) -> Estimates:
    if not all(one.known for one in damping):
        return _unknown(task, damping)
    values, variances = _mitigated(task, runs, damping, flips)
    bare, bare_variances = _mitigated(task, runs, [_none(one) for one in damping], flips)
    unmitigated = Estimates(values=bare, variances=bare_variances, notes=[])
    named = _named(task, damping)
    notes = [
        [{"technique": "readout", "unmitigated": unmitigated.summary(row), "damping": named}]
        for row in range(len(values))
    ]
    return Estimates(values=values, variances=variances, notes=notes)


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


def _signs(group: Group, bits: int) -> FloatArray:
    """What flipping the bits does to each word, shape ``(W,)``."""
    return np.array([1.0 - 2.0 * ((word.support & bits).bit_count() & 1) for word in group.words])


def _mitigated(
    task: Task, runs: list[list[Words]], damping: list[Damping], flips: Flips
) -> tuple[FloatArray, FloatArray]:
    """Values and variances, shape ``(R, O)``."""
    values, variances = task.constants, np.zeros_like(task.constants)
    for index, (group, known) in enumerate(zip(task.groups, damping, strict=True)):
        weights = task.weights(group) / known.factors
        means = np.stack([run[index].means for run in runs])
        each = np.einsum("row,jrw->jro", weights, means)
        lows, highs = np.array([run[index].extremes(weights) for run in runs]).swapaxes(0, 1)
        seen = np.array([lows.min(axis=0), highs.max(axis=0)])
        shot = np.mean([run[index].variances(weights, seen) for run in runs], axis=0)
        # Random sets differ by more than their shots; complete ones differ by design.
        spread = shot if flips.complete else np.maximum(shot, each.var(axis=0, ddof=1))
        lever = weights * means.mean(axis=0)[:, None, :] / known.factors
        learned = np.einsum("row,wv,rov->ro", lever, known.covariance, lever, optimize=True)
        values = values + each.mean(axis=0)
        variances = variances + spread / len(runs) + learned
    return values, variances


def _calibrations(
    tasks: Sequence[Task], flips: list[Flips], inner: Measurement
) -> list[list[Damping]]:
    """Damping of each group's words, measured on the state 0 of the qubits that are read."""
    places = [[one.places for one in inner.compilations(task)] for task in tasks]
    asked = [
        (_calibrating(task, one, inner).seeded(len(one.bits), k, j), Flip(bits)(empty))
        for task, one, found in zip(tasks, flips, places, strict=True)
        for k, empty in enumerate(_prepared(task, found))
        for j, bits in enumerate(one.bits)
    ]
    seen = iter(inner.counts(asked))
    damping = []
    for task, one, found in zip(tasks, flips, places, strict=True):
        by_place = {place: [next(seen)[0] for _ in one.bits] for place in dict.fromkeys(found)}
        damping.append(
            [_damping(g, by_place[place], one) for g, place in zip(task.groups, found, strict=True)]
        )
    return damping


def _calibrating(task: Task, flips: Flips, inner: Measurement) -> Task:
    assert task.shots is not None
    default = task.shots * len(task.angles)
    total = whole_number(task.settings, CALIBRATION, default, 2, 10**12)
    most = inner.backend.capabilities.max_shots or total
    return replace(task, shots=min(max(2, total // len(flips.bits)), most))


def _prepared(task: Task, places: list[tuple[int, ...]]) -> list[Compilation]:
    """Nothing but the measurement, of each different choice of qubits."""
    return [
        Compilation(
            circuit=Circuit(max(place) + 1, ()),
            angles=np.empty((1, 0)),
            places=place,
            basis=Z_EVERYWHERE,
        )
        for place in dict.fromkeys(places)
    ]


def _damping(group: Group, seen: list[dict[str, int]], flips: Flips) -> Damping:
    supports = [word.support for word in group.words]
    read = [word_means(counts, supports) for counts in seen]
    signs = np.array([_signs(group, bits) for bits in flips.bits])
    means = np.array([mean for mean, _ in read]) * signs
    shot = np.mean([c * np.outer(s, s) for (_, c), s in zip(read, signs, strict=True)], axis=0)
    spread = shot if flips.complete else np.atleast_2d(np.cov(means.T))
    return Damping(factors=means.mean(axis=0), covariance=spread / len(flips.bits))


def _none(damping: Damping) -> Damping:
    return Damping(
        factors=np.ones_like(damping.factors), covariance=np.zeros_like(damping.covariance)
    )


def _named(task: Task, damping: list[Damping]) -> dict[str, float]:
    """Factor of each word by its label; a word of several groups is the same in all."""
    return {
        word.label(task.circuit.qubits): float(factor)
        for group, one in zip(task.groups, damping, strict=True)
        for word, factor in zip(group.words, one.factors, strict=True)
    }


def _unknown(task: Task, damping: list[Damping]) -> Estimates:
    empty = np.full_like(task.constants, np.nan)
    reason = "the damping of the readout is not told from 0 by the shots of its calibration"
    return Estimates(
        values=empty,
        variances=empty,
        notes=[[{"technique": "readout", "damping": _named(task, damping)}] for _ in empty],
        failures=dict.fromkeys(range(len(empty)), reason),
    )
