"""Pauli twirling of two-qubit gates: Wallman and Emerson, Phys. Rev. A 94, 052325 (2016).

Random Paulis before each two-qubit gate, and those after it that leave the circuit as it is: for a
Clifford gate ``U`` any ``P``, and ``U P U†``; for ``rzz`` at any angle those that commute with ZZ.
Averaged over the choices the noise of the gates becomes a Pauli channel. The inserted gates are
run, with their noise.

Several random choices share the shots. Their values differ by more than their shots explain, so
that ``var = max(mean of var_j, variance between the choices) / J``. The covariance is that of the
shots; what the choices add counts as independent, since so few do not tell how it is correlated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.circuit import CLIFFORD, Gate
from backends.methods.covariance import Covariance
from backends.mitigation.gates import conjugated
from backends.mitigation.tape import Compilation, Tape
from backends.mitigation.task import Estimates, Estimator, Task
from backends.mitigation.technique import Technique, whole_number
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord

INSTANCES = "instances"
DEFAULT_INSTANCES = 16
COMMUTING_WITH_ZZ = tuple(PauliWord(x, z) for x in (0, 3) for z in range(4))


@dataclass(frozen=True, slots=True)
class Twirl:
    """A pass that puts random Paulis around every two-qubit gate.

    Raises:
        ProgramRejected: There is no such gate.
    """

    seed: int

    def __call__(self, source: Compilation) -> Compilation:
        if not source.two_qubit_gates:
            raise ProgramRejected(
                "the circuit has 0 two-qubit gates to twirl; allowed: 1 or more", field="/system"
            )
        random = np.random.default_rng(self.seed)
        tape = Tape(source)
        for gate in source.circuit.gates:
            if len(gate.qubits) == 2:
                before, after = _around(gate, random)
                _write(tape, before)
                tape.write(gate)
                _write(tape, after)
            else:
                tape.write(gate)
        return tape.finished()


class Twirling(Technique):
    """Setting ``instances``: how many random choices share the shots."""

    name = "twirling"
    title = "Pauli twirling"
    rank = 2
    own = ((INSTANCES, None),)

    def check(self, settings: Mapping[str, Any]) -> None:
        _instances(settings)

    def least_shots(self, settings: Mapping[str, Any], inner: int) -> int:
        return inner * _instances(settings)

    def circuits(self, settings: Mapping[str, Any]) -> float:
        return float(_instances(settings))

    def answers(self, tasks: Sequence[Task], inner: Estimator) -> list[Estimates]:
        asked = [one for task in tasks for one in _instances_of(task)]
        found = iter(inner.answers(asked))
        return [_answer([next(found) for _ in _instances_of(task)]) for task in tasks]


def _instances(settings: Mapping[str, Any]) -> int:
    return whole_number(settings, INSTANCES, DEFAULT_INSTANCES, 4, 256)


def _instances_of(task: Task) -> list[Task]:
    """The circuit as it is, for comparison, and its random instances."""
    assert task.shots is not None
    count = _instances(task.settings)
    share = replace(task, shots=task.shots // count)
    twirled = [share.seeded(j) for j in range(count)]
    return [share.seeded(count), *(one.passing(Twirl(one.seed)) for one in twirled)]


def _answer(found: list[Estimates]) -> Estimates:
    bare, *instances = found
    first, *others = [one.kept.labelled(instance=j) for j, one in enumerate(instances)]
    values = np.stack([one.values for one in instances])
    shot = np.mean([one.variances for one in instances], axis=0)
    variances = np.maximum(shot, values.var(axis=0, ddof=1)) / len(instances)
    notes = [
        [
            {
                "technique": "twirling",
                "unmitigated": bare.summary(row),
                "instances": values[:, row].tolist() if row not in _failures(found) else None,
            },
            *instances[0].notes[row],
        ]
        for row in range(values.shape[1])
    ]
    return Estimates(
        values=values.mean(axis=0),
        variances=variances,
        notes=notes,
        failures=_failures(found),
        covariance=_covariance(instances, variances),
        kept=first.plus(*others),
    )


def _covariance(instances: list[Estimates], variances: FloatArray) -> Covariance | None:
    known = [one.covariance for one in instances if one.covariance is not None]
    if len(known) < len(instances):
        return None
    return known[0].plus(*known[1:]).scaled(1 / len(known)).at_least(variances)


def _failures(found: list[Estimates]) -> dict[int, str]:
    return {row: reason for one in found for row, reason in one.failures.items()}


def _around(gate: Gate, random: np.random.Generator) -> tuple[PauliWord, PauliWord]:
    """Words on the circuit's qubits, before and after."""
    low, high = gate.qubits
    if gate.name in CLIFFORD:
        x, z = (int(bits) for bits in random.integers(0, 4, 2))
    else:
        local = COMMUTING_WITH_ZZ[int(random.integers(0, len(COMMUTING_WITH_ZZ)))]
        x, z = local.x, local.z
    before = PauliWord((x & 1) << low | (x >> 1) << high, (z & 1) << low | (z >> 1) << high)
    return before, conjugated(gate, before)[0] if gate.name in CLIFFORD else before


def _write(tape: Tape, word: PauliWord) -> None:
    for qubit in range(word.support.bit_length()):
        tape.pauli(word.letter(qubit), qubit)
