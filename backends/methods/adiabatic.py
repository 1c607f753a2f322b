"""Digitised adiabatic preparation of a ground state.

Start in the ground state of ``H_0 = -sum_q X_q``, which is ``|+...+>``, and follow
``H(s) = (1 - s) H_0 + s H`` with ``s = t / duration`` by Trotter's formula (Farhi, Goldstone,
Gutmann and Sipser, arXiv:quant-ph/0001106; Barends et al., Nature 534, 222 (2016)). The energy of
the state that is reached bounds the ground energy from above; it falls to it as the duration and
the knob ``trotter_steps`` grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from backends.errors import ProgramRejected
from backends.methods import trotter
from backends.methods.program import Program
from backends.schema import Experiment, RunOptions
from backends.schema.experiment import FloatArray
from backends.setting import Between
from backends.systems import ObservableSpec, QubitSystem, check
from backends.systems.expression import Expression
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.state import Evolved, Ground

DURATION = "duration"
DEFAULT_DURATION = 4.0
DURATIONS = Between(0.01, 1000.0)
"""In the inverse unit of the energy."""


@dataclass(frozen=True, kw_only=True)
class Ramp(QubitSystem):
    """A system whose Hamiltonian is switched on while ``H_0`` is switched off."""

    kind: ClassVar[str] = "ramp"
    target: QubitSystem
    duration: float

    @property
    def qubits(self) -> int:
        return self.target.qubits

    @property
    def driven(self) -> bool:
        return True

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        return self.target.observables

    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        return self.target.operators(points)

    def hamiltonians(self, points: FloatArray, times: FloatArray) -> list[PauliSum]:
        ends = QubitSystem.hamiltonians(self.target, points, times)
        shares = np.clip(times / self.duration, 0.0, 1.0).tolist()
        return [self._between(end, share) for end, share in zip(ends, shares, strict=True)]

    def _between(self, end: PauliSum, share: float) -> PauliSum:
        terms = {word: share * value for word, value in end.terms.items()}
        for qubit in range(self.qubits):
            word = PauliWord(1 << qubit, 0)
            terms[word] = terms.get(word, 0.0) - (1 - share)
        return PauliSum(self.qubits, terms)

    def to_dict(self) -> dict[str, Any]:
        return self.target.to_dict()


def validate(experiment: Experiment, options: RunOptions) -> QubitSystem:
    """Check what can be prepared, without loading a simulator.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = check(experiment)
    if not isinstance(system, QubitSystem) or not isinstance(system.state, Ground):
        raise ProgramRejected(
            f"adiabatic prepares ground states; this {system.kind} asks for another; allowed: a "
            "qubit system without a state",
            field="/system/state",
        )
    if system.sector:
        raise ProgramRejected(
            "the ramp does not conserve the numbers that this system fixes; allowed: systems that "
            "fix none",
            field="/system",
        )
    trotter.check_circuit(experiment, system)
    return system


def prepare(experiment: Experiment, system: QubitSystem) -> Program:
    """Circuits of every point."""
    duration = float(experiment.settings.get(DURATION, DEFAULT_DURATION))
    ramp = Ramp(
        controls=system.controls,
        target=system,
        own=system.own,
        duration=duration,
        state=Evolved(initial="+" * system.qubits, time=Expression(duration)),
    )
    program = trotter.prepare(experiment, ramp)
    program.facts["ramp_duration"] = duration
    return program
