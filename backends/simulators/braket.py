"""Quantum circuits on Amazon Braket's local simulators ``braket_sv`` and ``braket_dm``.

Shots are drawn here from Braket's exact states: its own sampling takes no seed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

import numpy as np

from backends.base import Capabilities, Kind
from backends.methods import programs
from backends.simulators import noise
from backends.simulators.circuit_backend import Run
from backends.simulators.cost import Speed
from backends.simulators.noise import Noise
from backends.simulators.state_backend import StateBackend
from backends.systems.pauli import ComplexArray

METHODS = tuple(programs.METHODS)


class BraketBackend(StateBackend):
    """One of Braket's local simulators. Braket is not imported by `warm`: it starts threads."""

    packages = ("amazon-braket-sdk", "amazon-braket-default-simulator")
    speed = Speed(gate=6e-4, amplitude=1.5e-8)
    noisy_speed = Speed(gate=1.2e-3, amplitude=3e-8)
    device: ClassVar[str]
    wanted: ClassVar[str]

    def states(self, run: Run) -> Iterable[ComplexArray]:
        from backends.simulators.braket_circuits import written

        own = Noise.of(run.settings)
        for angles in run.angles:
            circuit = written(run.circuit, own, angles)
            getattr(circuit, self.wanted)()
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "You are running a noise-free circuit")
                answer = _simulator(self.device).run(circuit, shots=0).result()
            yield np.asarray(answer.values[0], dtype=np.complex128)


class BraketStateVector(BraketBackend):
    """Noise-free circuits; ``shots=None`` gives the exact expectation."""

    name = "braket-sv"
    title = "Braket state vector"
    device, wanted = "braket_sv", "state_vector"
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=16,
        max_shots=1_000_000,
        exact=True,
        knobs=programs.knobs(*METHODS),
        settings=programs.settings(*METHODS),
    )


class BraketDensityMatrix(BraketBackend):
    """Noisy circuits by Braket's noise operations; ``shots=None`` gives the exact expectation."""

    name = "braket-dm"
    title = "Braket density matrix"
    device, wanted = "braket_dm", "density_matrix"
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=10,
        max_shots=1_000_000,
        exact=True,
        knobs=programs.knobs(*METHODS),
        settings=(*noise.SETTINGS, *programs.settings(*METHODS)),
    )


@cache
def _simulator(name: str) -> Any:
    from braket.devices import LocalSimulator

    return LocalSimulator(name)
