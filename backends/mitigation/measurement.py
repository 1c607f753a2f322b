"""The innermost estimator: compile, run, and read words from counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backends.methods.covariance import Covariance
from backends.methods.grouping import Group
from backends.methods.program import Part
from backends.mitigation.kept import Kept
from backends.mitigation.symmetry import checks
from backends.mitigation.tape import Compilation
from backends.mitigation.task import Estimates, Task
from backends.mitigation.words import LEAST_SHOTS, Counts, Words
from backends.schema.experiment import FloatArray
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.simulators.compiled import Z_EVERYWHERE, Compiled


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
    return replace(Words.of(kept, supports), counts=tuple(seen), bare=bare)


def _estimates(task: Task, words: list[Words]) -> Estimates:
    values, covariance = combined(task, words)
    least = np.min([one.shots for one in words], axis=0) if words else np.full(len(values), np.inf)
    failures = {
        int(row): f"the symmetry check kept {least[row]} of {task.shots} shots"
        for row in np.flatnonzero(least < LEAST_SHOTS)
    }
    return Estimates(
        values=values,
        variances=covariance.variances,
        notes=_notes(task, words),
        failures=failures,
        covariance=covariance,
        kept=records(task, words),
    )


def records(task: Task, words: list[Words]) -> Kept:
    """What was counted for each row, one record for each group."""
    qubits = task.circuit.qubits
    labels: list[dict[str, Any]] = []
    for group in task.groups:
        checked = checks(task, group) if task.checked else None
        labels.append({"basis": group.basis.label(qubits)})
        if checked:
            labels[-1]["checks"] = {"parities": checked.parities, "numbers": checked.numbers}
    return Kept(
        rows=tuple(
            tuple(
                {**label, "counts": one.counts[row]}
                for label, one in zip(labels, words, strict=True)
            )
            for row in range(len(task.angles))
        )
    )


def _notes(task: Task, words: list[Words]) -> list[list[dict[str, Any]]]:
    if not task.checked:
        return [[] for _ in task.operators]
    shares = np.array([one.shots for one in words]).T / (task.shots or 1)
    bare, covariance = combined(task, [one.bare or one for one in words])
    unmitigated = Estimates(values=bare, variances=covariance.variances, notes=[])
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


def combined(task: Task, words: list[Words]) -> tuple[FloatArray, Covariance]:
    """Observables, shape ``(R, O)``, and their covariance; different groups are independent."""
    values, covariance = task.constants, Covariance.zeros(*task.constants.shape)
    for group, one in zip(task.groups, words, strict=True):
        weights = task.weights(group)
        values = values + np.einsum("row,rw->ro", weights, one.means)
        covariance = covariance.plus(Covariance.of_points(one.sums(weights, one.extremes(weights))))
    return values, covariance
