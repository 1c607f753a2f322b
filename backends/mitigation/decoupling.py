"""Dynamical decoupling: pulses on waiting qubits, which undo slow rotations about Z.

Viola, Knill and Lloyd, Phys. Rev. Lett. 82, 2417 (1999); Ezzell et al., Phys. Rev. Applied 20,
064027 (2023). Where the pulses go is told by `backends.simulators.schedule`. It is the outermost
technique, since it belongs to every circuit that those inside it run, after all that they fold and
insert. The variance is that of what is inside. The same without decoupling runs beside it, with as
many shots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backends.errors import ProgramRejected
from backends.mitigation.measurement import Measurement
from backends.mitigation.task import Estimates, Estimator, Task
from backends.mitigation.technique import Technique
from backends.simulators.idle import BOTH, DETUNED, IDLE_NOISE, NONE

SEQUENCE = "sequence"
SEQUENCES = ("XY4", "XX")


class DynamicalDecoupling(Technique):
    """Setting ``sequence``: which pulses."""

    name = "dd"
    title = "dynamical decoupling"
    rank = -1
    needs_idle_noise = True
    own = ((SEQUENCE, SEQUENCES),)

    def check(self, settings: Mapping[str, Any]) -> None:
        kind = settings.get(IDLE_NOISE, NONE)
        if kind not in {DETUNED, BOTH}:
            raise ProgramRejected(
                f"{IDLE_NOISE} = {kind} leaves dynamical decoupling nothing to undo; allowed: "
                f"{DETUNED}, {BOTH}",
                field=f"/settings/{IDLE_NOISE}",
            )

    def check_tasks(self, tasks: Sequence[Task], measurement: Measurement) -> None:
        decoupled = [_decoupled(task) for task in tasks if task.groups]
        if decoupled and not any(map(measurement.pulses, decoupled)):
            raise ProgramRejected(
                "no qubit waits long enough for the pulses; allowed: circuits in which one waits "
                "for at least twice as long as they take",
                field="/system",
            )

    def circuits(self, settings: Mapping[str, Any]) -> float:
        return 2.0

    def shots(self, settings: Mapping[str, Any]) -> float:
        return 2.0

    def answers(self, tasks: Sequence[Task], inner: Estimator) -> list[Estimates]:
        asked = [one for task in tasks for one in (_decoupled(task), task.seeded(21))]
        found = iter(inner.answers(asked))
        return [_answer(task, next(found), next(found)) for task in tasks]


def _decoupled(task: Task) -> Task:
    return replace(task, decoupling=str(task.settings.get(SEQUENCE, SEQUENCES[0])))


def _answer(task: Task, better: Estimates, bare: Estimates) -> Estimates:
    sequence = _decoupled(task).decoupling
    notes = [
        [{"technique": "dd", "sequence": sequence, "unmitigated": bare.summary(row)}, *inside]
        for row, inside in enumerate(better.notes)
    ]
    return replace(better, notes=notes)
