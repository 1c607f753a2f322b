"""Circuits of known values that run beside a circuit, raw and mitigated.

Whether mitigation helped can be seen on them, where it cannot on the circuit itself. The Clifford
anchor has the circuit's structure with each angle rounded to the nearest multiple of pi/2 (at the
first point); the mirror anchor is the compiled circuit followed by its inverse, twice as deep,
after which every bit is 0 (Proctor et al., Nat. Phys. 18, 75 (2022)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends.mitigation import ideal
from backends.mitigation.tape import Compilation, Tape
from backends.mitigation.task import Estimator, Task
from backends.schema.experiment import FloatArray
from backends.simulators.compiled import Z_EVERYWHERE

SETTING = "anchors"
QUARTER = np.pi / 2
_EDGE = 1e-6
"""Halfway between two quarters is rounded down, whatever the last digits of an angle are."""


def snapped(angles: FloatArray) -> FloatArray:
    """The nearest multiples of pi/2, of the same shape: those of a Clifford circuit."""
    found: FloatArray = np.floor(angles / QUARTER + 0.5 - _EDGE) * QUARTER
    return found


def mirror(source: Compilation) -> Compilation:
    """A pass that undoes the whole circuit before a measurement of Z."""
    tape = Tape(source)
    tape.write(*source.circuit.gates)
    for gate in reversed(source.circuit.gates):
        tape.undo(gate)
    return replace(tape.finished(), basis=Z_EVERYWHERE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchor:
    """A circuit of one point with the values that it has without noise, shape ``(O,)``."""

    kind: str
    task: Task
    exact: FloatArray


def anchors(task: Task, *, mirrors: bool) -> list[Anchor]:
    """Those that can be made of a task."""
    first = replace(
        task,
        angles=task.angles[:1],
        operators=task.operators[:1],
        knobs={name: values[:1] for name, values in task.knobs.items()},
    )
    found = []
    if task.circuit.qubits <= ideal.MOST_QUBITS:
        rounded = first.spread()
        rounded = replace(rounded, angles=snapped(rounded.angles))
        exact = ideal.values(rounded.circuit, rounded.angles, rounded.operators)[0]
        found.append(Anchor(kind="clifford", task=rounded.seeded(11), exact=exact))
    if mirrors:
        # With shots every bit is 0, and so every word is 1, whatever its letters are.
        exact = np.array(
            [
                sum(c for word, c in one.terms.items() if task.shots is not None or not word.x)
                for one in first.operators[0]
            ]
        )
        folded = replace(first, passes=(mirror, *first.passes))
        found.append(Anchor(kind="mirror", task=folded.seeded(12), exact=exact))
    return found


def reports(found: Sequence[Anchor], bare: Estimator, mitigated: Estimator) -> list[dict[str, Any]]:
    """Known, raw and mitigated values of anchors, JSON values only."""
    before = bare.answers([one.task.seeded(1) for one in found])
    after = mitigated.answers([one.task for one in found])
    return [
        {
            "kind": one.kind,
            "ideal": one.exact.tolist(),
            "raw": raw.summary(0),
            "mitigated": better.summary(0),
        }
        for one, raw, better in zip(found, before, after, strict=True)
    ]
