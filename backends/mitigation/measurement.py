"""The innermost estimator: compile, run, and read words from counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends.methods.grouping import Group
from backends.methods.program import Part
from backends.mitigation.symmetry import Checks, checks
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
        means: Shape ``(R, W)``.
        covariances: Of the means, shape ``(R, W, W)``.
        bare_means: The same before outcomes were dropped.
        bare_covariances: The same before outcomes were dropped.
        kept: Shots that were kept, shape ``(R,)``; the means are NaN where they are fewer than 2.
    """

    means: FloatArray
    covariances: FloatArray
    kept: FloatArray
    bare_means: FloatArray
    bare_covariances: FloatArray

    @property
    def bare(self) -> Words:
        """With all outcomes."""
        return replace(self, means=self.bare_means, covariances=self.bare_covariances)


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
    bare = [word_means(counts, supports) for counts in seen]
    rows = [_kept(counts, checked) for counts in seen]
    read = [word_means(counts, supports) for counts in rows] if checked else bare
    return Words(
        means=np.array([mean for mean, _ in read]),
        covariances=np.array([covariance for _, covariance in read]),
        kept=np.array([sum(counts.values()) for counts in rows]),
        bare_means=np.array([mean for mean, _ in bare]),
        bare_covariances=np.array([covariance for _, covariance in bare]),
    )


def _estimates(task: Task, words: list[Words]) -> Estimates:
    values, variances = combined(task, words)
    least = np.min([one.kept for one in words], axis=0) if words else np.full(len(values), np.inf)
    failures = {
        int(row): f"the symmetry check kept {least[row]} of {task.shots} shots"
        for row in np.flatnonzero(least < LEAST_SHOTS)
    }
    return Estimates(
        values=values, variances=variances, notes=_notes(task, words), failures=failures
    )


def _kept(counts: Counts, checked: Checks | None) -> Counts:
    if checked is None:
        return counts
    return {bits: times for bits, times in counts.items() if checked.passes(int(bits, 2))}


def _notes(task: Task, words: list[Words]) -> list[list[dict[str, Any]]]:
    if not task.checked:
        return [[] for _ in task.operators]
    shares = np.array([one.kept for one in words]).T / (task.shots or 1)
    bare, variances = combined(task, [one.bare for one in words])
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


def word_means(counts: Counts, supports: list[int]) -> tuple[FloatArray, FloatArray]:
    """Mean of each parity, shape ``(W,)``, and the covariance of the means, shape ``(W, W)``.

    As in `backends.methods.estimator`, the covariance counts one pseudo-shot that is spread evenly
    over all outcomes, in which the words have mean 0 and covariance 1.
    """
    outcomes = np.array([int(bits, 2) for bits in counts], dtype=np.int64)
    times = np.array(list(counts.values()), dtype=np.float64)
    odd = np.bitwise_count(outcomes[:, None] & np.array(supports, dtype=np.int64)) & 1
    signs = 1.0 - 2.0 * odd
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
        variances = variances + np.einsum(
            "row,rwv,rov->ro", weights, one.covariances, weights, optimize=True
        )
    return values, variances
