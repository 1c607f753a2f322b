"""Clifford data regression: Czarnik, Arrasmith, Coles and Cincio, Quantum 5, 592 (2021).

Training circuits have the structure of the circuit, most of its angles replaced by multiples of
pi/2, from near ones in the first circuit to random ones in the last. Their exact values ``y_i`` are
computed, their noisy ones ``x_i`` measured, and the line ``y = a x + b`` through them (see
`backends.mitigation.regression`) corrects the circuit's own value ``x_0``. With ``s^2`` the
variance about the line, ``var = a^2 var(x_0) + s^2 (1/M + (x_0 - mean x)^2 / S_xx)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.mitigation import ideal
from backends.mitigation.regression import Line
from backends.mitigation.task import Estimates, Estimator, Task
from backends.mitigation.technique import Technique, whole_number
from backends.schema.experiment import FloatArray

CIRCUITS = "training_circuits"
DEFAULT_CIRCUITS = 24
KEPT_SHARE = 0.25
WIDTH = 0.5  # of the choice among multiples of pi/2, in radians


class CliffordDataRegression(Technique):
    """Setting ``training_circuits``: how many for each point, each with the circuit's shots."""

    name = "cdr"
    title = "Clifford data regression"
    rank = 0
    mirrors = False
    own = ((CIRCUITS, None),)

    def check(self, settings: Mapping[str, Any]) -> None:
        _count(settings)

    def circuits(self, settings: Mapping[str, Any]) -> float:
        return 1.0 + _count(settings)

    def shots(self, settings: Mapping[str, Any]) -> float:
        return 1.0 + _count(settings)

    def answers(self, tasks: Sequence[Task], inner: Estimator) -> list[Estimates]:
        targets = [task.spread() for task in tasks]
        training = [_training(task) for task in targets]
        found = inner.answers([*targets, *training])
        own, learned = found[: len(tasks)], found[len(tasks) :]
        return [
            _answer(task, taught, one, noisy)
            for task, taught, one, noisy in zip(targets, training, own, learned, strict=True)
        ]


def _count(settings: Mapping[str, Any]) -> int:
    return whole_number(settings, CIRCUITS, DEFAULT_CIRCUITS, 8, 500)


def _training(task: Task) -> Task:
    """``M`` training circuits of each point, as rows of one task.

    Raises:
        ProgramRejected: Their exact values are out of reach, or no angle can be replaced.
    """
    if task.circuit.qubits > ideal.MOST_QUBITS or not task.circuit.angles:
        raise ProgramRejected(
            f"Clifford data regression of {task.circuit.qubits} qubits with {task.circuit.angles} "
            f"rotations; allowed: at most {ideal.MOST_QUBITS} qubits and 1 or more rotations",
            field="/system",
        )
    count = _count(task.settings)
    random = np.random.default_rng(task.seeded(1).seed)
    angles = np.concatenate([_replaced(row, count, random) for row in task.angles])
    return replace(
        task.seeded(2),
        angles=angles,
        operators=[row for row in task.operators for _ in range(count)],
        knobs={name: np.repeat(values, count) for name, values in task.knobs.items()},
    )


def _replaced(angles: FloatArray, count: int, random: np.random.Generator) -> FloatArray:
    """Angles of training circuits, shape ``(M, T)``, for those of one point, shape ``(T,)``."""
    quarters = np.arange(4) * np.pi / 2
    apart = np.abs((angles[:, None] - quarters + np.pi) % (2 * np.pi) - np.pi)
    near = np.exp(-((apart / WIDTH) ** 2)) + 1e-9
    near /= near.sum(axis=1, keepdims=True)
    far = np.linspace(0, 1, count)[:, None, None]
    chances = (1 - far) * near + far / len(quarters)
    drawn = (random.random((count, len(angles), 1)) > chances.cumsum(axis=2)).sum(axis=2)
    replaced = quarters[np.minimum(drawn, 3)]
    order = random.random((count, len(angles))).argsort(axis=1).argsort(axis=1)
    kept = order < int(KEPT_SHARE * len(angles))
    return np.where(kept, angles, replaced)


def _answer(task: Task, training: Task, own: Estimates, learned: Estimates) -> Estimates:
    exact = ideal.values(training.circuit, training.angles, training.operators)
    shape = (len(task.angles), _count(task.settings), exact.shape[1])
    answers = [
        _row(own, row, exact.reshape(shape)[row], noisy, noise)
        for row, (noisy, noise) in enumerate(
            zip(learned.values.reshape(shape), learned.variances.reshape(shape), strict=True)
        )
    ]
    failures = dict(own.failures)
    for row, (_, note) in enumerate(answers):
        if None in note["slopes"]:
            failures[row] = "the values of the training circuits are not told apart by their shots"
    return Estimates(
        values=np.array([[value for value, _ in fitted] for fitted, _ in answers]),
        variances=np.array([[variance for _, variance in fitted] for fitted, _ in answers]),
        notes=[[note, *own.notes[row]] for row, (_, note) in enumerate(answers)],
        failures=failures,
        kept=own.kept.plus(learned.kept.folded(_count(task.settings), "training")),
    )


def _row(
    own: Estimates, row: int, exact: FloatArray, noisy: FloatArray, noise: FloatArray
) -> tuple[list[tuple[float, float]], dict[str, Any]]:
    """Value and variance of each observable at one point, and what is kept of the fits.

    Args:
        exact: Values of the training circuits, shape ``(M, O)``, like the others.
    """
    fitted: list[tuple[float, float]] = []
    slopes: list[float | None] = []
    for o in range(exact.shape[1]):
        measured = float(own.values[row, o]), float(own.variances[row, o])
        if not noise[:, o].any():  # a constant
            fitted.append(measured)
            slopes.append(1.0)
            continue
        line = Line.through(noisy[:, o], exact[:, o], noise[:, o])
        fitted.append(line.at(*measured) if line else (np.nan, 0.0))
        slopes.append(line.slope if line else None)
    return fitted, {
        "technique": "cdr",
        "unmitigated": own.summary(row),
        "slopes": slopes,
        "training_exact": exact.tolist(),
        "training_noisy": np.where(np.isfinite(noisy), noisy, 0.0).tolist(),
    }
