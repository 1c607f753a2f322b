"""The innermost estimator: compile, run, and read words from counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from backends.classical.basis import Indices
from backends.methods.estimator import ROUNDING
from backends.methods.grouping import Group
from backends.methods.program import Part
from backends.mitigation.symmetry import checks
from backends.mitigation.tape import Compilation
from backends.mitigation.task import Estimates, Task
from backends.schema.experiment import FloatArray
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.simulators.compiled import Z_EVERYWHERE, Compiled

Counts = dict[str, int]

LEAST_SHOTS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """What was measured of one group.

    Attributes:
        means: Shape ``(R, W)``; NaN where fewer than 2 shots were kept.
        covariances: Of the means, with an evenly spread pseudo-shot, shape ``(R, W, W)``.
        shots: That were kept, shape ``(R,)``.
        supports: Of the words, as bits.
        outcomes: That were kept, as bits, of each row.
        bare: The same before outcomes were dropped, if any were.
    """

    means: FloatArray
    covariances: FloatArray
    shots: FloatArray
    supports: tuple[int, ...]
    outcomes: tuple[Indices, ...]
    bare: Words | None = None

    @classmethod
    def of(cls, rows: Sequence[Counts], supports: Sequence[int]) -> Self:
        """Read the words of some supports from each row's counts."""
        read = [word_means(counts, supports) for counts in rows]
        return cls(
            means=np.array([mean for mean, _ in read]),
            covariances=np.array([covariance for _, covariance in read]),
            shots=np.array([sum(counts.values()) for counts in rows]),
            supports=tuple(supports),
            outcomes=tuple(outcomes_of(counts) for counts in rows),
        )

    def unflipped(self, bits: int) -> Self:
        """As if these bits of every outcome had been the other way."""
        signs = parities(np.array([bits], dtype=np.int64), self.supports)[0]
        return replace(
            self,
            means=self.means * signs,
            covariances=self.covariances * np.outer(signs, signs),
            outcomes=tuple(row ^ bits for row in self.outcomes),
        )

    def extremes(self, weights: FloatArray) -> FloatArray:
        """Lowest and highest value of weighted sums that were seen, shape ``(2, R, O)``.

        Args:
            weights: Shape ``(R, O, W)``.
        """
        found = np.zeros((2, *weights.shape[:2]))
        for row, (outcomes, some) in enumerate(zip(self.outcomes, weights, strict=True)):
            if len(outcomes):
                levels = parities(outcomes, self.supports) @ some.T
                found[:, row] = levels.min(axis=0), levels.max(axis=0)
        return found

    def variances(self, weights: FloatArray, extremes: FloatArray) -> FloatArray:
        """Of weighted sums, shape ``(R, O)``.

        The pseudo-shot lies no farther from the mean than the seen values from each other, as in
        `backends.methods.estimator`.

        Args:
            weights: Shape ``(R, O, W)``.
            extremes: As `extremes`, of these and perhaps of more shots.
        """
        plain: FloatArray = np.einsum(
            "row,rwv,rov->ro", weights, self.covariances, weights, optimize=True
        )
        shots = np.maximum(self.shots, LEAST_SHOTS)[:, None]
        means = np.nan_to_num(np.einsum("row,rw->ro", weights, self.means))
        even = (weights**2).sum(axis=2) + means**2 * shots / (shots + 1)
        width = extremes[1] - extremes[0]
        differ = width > ROUNDING * np.abs(weights).sum(axis=2)
        excess = np.where(differ, np.maximum(even - width**2, 0.0), 0.0)
        return np.asarray(np.maximum(plain - excess / (shots + 1) / shots, 0.0))


class Measurement:
    """Runs a task on a simulator as it is."""

    def __init__(self, backend: CircuitBackend) -> None:
        self.backend = backend

    def compilations(self, task: Task) -> list[Compilation]:
        """What runs for each group, all passes made."""
        bases = tuple(group.basis for group in task.groups)
        if not bases:
            return []
        compiled = self.backend.compiled(task.circuit, bases, task.settings)
        return [_compilation(task, one) for one in compiled]

    def words(self, tasks: Sequence[Task]) -> list[list[Words]]:
        """Means of every group's words, for each task."""
        compiled = [self.compilations(task) for task in tasks]
        asked = [
            (task.seeded(index), one)
            for task, made in zip(tasks, compiled, strict=True)
            for index, one in enumerate(made)
        ]
        seen = iter(self.counts(asked))
        return [[_read(task, group, next(seen)) for group in task.groups] for task in tasks]

    def answers(self, tasks: Sequence[Task]) -> list[Estimates]:
        if tasks and tasks[0].shots is None:
            return [self._exact(task) for task in tasks]
        return [
            _estimates(task, words) for task, words in zip(tasks, self.words(tasks), strict=True)
        ]

    def _exact(self, task: Task) -> Estimates:
        """Expectation values with the inner backend's noise, all passes made."""
        (one,) = self.backend.compiled(task.circuit, (Z_EVERYWHERE,), task.settings)
        run = replace(_run(task, _compilation(task, one)), places=None)
        values = self.backend.expectations(run, task.operators)
        notes: list[list[dict[str, Any]]] = [[] for _ in values]
        return Estimates(values=values, variances=np.zeros_like(values), notes=notes)

    def truncation_errors(self, task: Task) -> FloatArray | None:
        """How far the simulation's limit moves the bare circuit's values, shape ``(R, O)``."""
        compiled = self.backend.compiled(task.circuit, (Z_EVERYWHERE,), task.settings)
        bare = replace(task, passes=())
        run = replace(_run(bare, _compilation(bare, compiled[0])), places=None)
        return self.backend.truncation_errors(run, task.operators, None)

    def counts(self, asked: Sequence[tuple[Task, Compilation]]) -> list[list[Counts]]:
        """Counts of each row of compiled circuits, with the shots and seeds of their tasks."""
        runs = [_run(task, compilation) for task, compilation in asked]
        seen = self.backend.counts_of(runs) if runs else []
        return [[counts for (counts,) in rows] for rows in seen]

    def pulses(self, task: Task) -> int:
        """How many pulses decoupling inserts."""
        return sum(self.backend.pulses(_run(task, one)) for one in self.compilations(task))

    def least_shots(self, settings: Mapping[str, Any]) -> int:
        return LEAST_SHOTS


def _compilation(task: Task, compiled: Compiled) -> Compilation:
    """At the task's angles, all passes made."""
    made = Compilation(
        circuit=compiled.circuit,
        angles=compiled.angles(task.angles),
        places=compiled.places,
        basis=compiled.basis,
    )
    for change in task.passes:
        made = change(made)
    return made


def _read(task: Task, group: Group, seen: list[Counts]) -> Words:
    checked = checks(task, group) if task.checked else None
    supports = [word.support for word in group.words]
    bare = Words.of(seen, supports)
    if checked is None:
        return bare
    kept = [
        {bits: times for bits, times in counts.items() if checked.passes(int(bits, 2))}
        for counts in seen
    ]
    return replace(Words.of(kept, supports), bare=bare)


def _estimates(task: Task, words: list[Words]) -> Estimates:
    values, variances = combined(task, words)
    least = np.min([one.shots for one in words], axis=0) if words else np.full(len(values), np.inf)
    failures = {
        int(row): f"the symmetry check kept {least[row]} of {task.shots} shots"
        for row in np.flatnonzero(least < LEAST_SHOTS)
    }
    return Estimates(
        values=values, variances=variances, notes=_notes(task, words), failures=failures
    )


def _notes(task: Task, words: list[Words]) -> list[list[dict[str, Any]]]:
    if not task.checked:
        return [[] for _ in task.operators]
    shares = np.array([one.shots for one in words]).T / (task.shots or 1)
    bare, variances = combined(task, [one.bare or one for one in words])
    unmitigated = Estimates(values=bare, variances=variances, notes=[])
    return [
        [
            {
                "technique": "postselect",
                "unmitigated": unmitigated.summary(row),
                "kept": shares[row].tolist() if words else [],
            }
        ]
        for row in range(len(bare))
    ]


def _run(task: Task, compilation: Compilation) -> Run:
    part = Part(
        rows=np.arange(len(compilation.angles)),
        circuit=compilation.circuit,
        angles=compilation.angles,
    )
    return Run(
        part=part,
        bases=(compilation.basis,),
        shots=task.shots or 0,
        seed=task.seed,
        settings=task.settings,
        knobs={name: values[: len(compilation.angles)] for name, values in task.knobs.items()},
        places=compilation.places,
        decoupling=task.decoupling,
    )


def outcomes_of(counts: Counts) -> Indices:
    """Bit strings as integers."""
    return np.array([int(bits, 2) for bits in counts], dtype=np.int64)


def parities(outcomes: Indices, supports: Sequence[int]) -> FloatArray:
    """1 or -1 for each outcome and word, shape ``(outcomes, W)``."""
    odd = np.bitwise_count(outcomes[:, None] & np.array(supports, dtype=np.int64)) & 1
    signs: FloatArray = 1.0 - 2.0 * odd
    return signs


def word_means(counts: Counts, supports: Sequence[int]) -> tuple[FloatArray, FloatArray]:
    """Mean of each parity, shape ``(W,)``, and the covariance of the means, shape ``(W, W)``.

    As in `backends.methods.estimator`, the covariance counts one pseudo-shot that is spread evenly
    over all outcomes, in which the words have mean 0 and covariance 1.
    """
    signs = parities(outcomes_of(counts), supports)
    times = np.array(list(counts.values()), dtype=np.float64)
    shots = times.sum()
    total = times @ signs
    if shots < LEAST_SHOTS:
        return np.full(len(supports), np.nan), np.zeros((len(supports),) * 2)
    square = ((signs.T * times) @ signs + np.eye(len(supports))) / (shots + 1)
    centre = total / (shots + 1)
    return total / shots, (square - np.outer(centre, centre)) / shots


def combined(task: Task, words: list[Words]) -> tuple[FloatArray, FloatArray]:
    """Observables and their variances, shape ``(R, O)``; different groups are independent."""
    values, variances = task.constants, np.zeros_like(task.constants)
    for group, one in zip(task.groups, words, strict=True):
        weights = task.weights(group)
        values = values + np.einsum("row,rw->ro", weights, one.means)
        variances = variances + one.variances(weights, one.extremes(weights))
    return values, variances
