"""Compiled circuits as our own values are the circuits that a device would run."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

from backends import registry
from backends.methods.circuit import Circuit, Gate, to_z
from backends.methods.program import Part
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.simulators.circuits import written
from backends.simulators.device_circuits import compiled, renumbered, used_qubits
from backends.simulators.devices import DEFAULT_DEVICE
from backends.systems.pauli import PauliWord

CIRCUIT = Circuit(
    3,
    (
        Gate("rx", (0,), 0),
        Gate("rzz", (0, 1), 1),
        Gate("ry", (1,), 0),
        Gate("rzz", (1, 2), 1),
        Gate("rx", (2,), 1),
        Gate("x", (0,)),
    ),
    2,
)
BASES = (PauliWord.parse("ZZZ"), PauliWord.parse("XYX"))
ANGLES = np.array([[0.3, -1.2], [2.2, 0.7]])


def prepared(circuit: Circuit, angles: np.ndarray) -> np.ndarray:
    """The state that a circuit prepares, by Qiskit."""
    ours = written(circuit)
    named = {p: angles[int(p.name.removeprefix("theta_"))] for p in ours.parameters}
    state: np.ndarray = Statevector(ours.assign_parameters(named)).data
    return state


@pytest.mark.parametrize("device", [DEFAULT_DEVICE, "FakeLondonV2", "FakePeekskill", "FakePrague"])
def test_a_compiled_circuit_prepares_what_it_was_compiled_from(device: str) -> None:
    """On devices with cx, with u1 u2 u3, with ecr and with cz."""
    for basis, one in zip(BASES, compiled(device, CIRCUIT, BASES), strict=True):
        used = used_qubits([(one.circuit, one.places)])
        small = renumbered(one.circuit, used)
        assert {gate.name for gate in small.gates} <= {"rz", "sx", "x", "cx", "cz", "ecr"}
        for given, turned in zip(ANGLES, one.angles(ANGLES), strict=True):
            turns = Circuit(3, (*CIRCUIT.gates, *to_z(basis)), 2)
            wanted = np.abs(prepared(turns, given)) ** 2
            seen = np.abs(prepared(small, turned)) ** 2
            bits = [used.index(place) for place in one.places]
            read = np.zeros(8)
            for outcome, chance in enumerate(seen):
                read[sum((outcome >> place & 1) << bit for bit, place in enumerate(bits))] += chance
            assert read == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("name", ["aer", "cirq", "fake-ibm"])
def test_a_compiled_run_counts_like_the_run_itself(name: str) -> None:
    backend = registry.get(name)
    assert isinstance(backend, CircuitBackend)
    shots = 20_000
    part = Part(rows=np.arange(2), circuit=CIRCUIT, angles=ANGLES)
    plain = Run(part=part, bases=BASES, shots=shots, seed=1, settings={}, knobs={})
    whole = backend.counts(plain)
    for group, one in enumerate(backend.compiled(CIRCUIT, BASES, {})):
        run = Run(
            part=Part(rows=part.rows, circuit=one.circuit, angles=one.angles(ANGLES)),
            bases=(one.basis,),
            shots=shots,
            seed=2,
            settings={},
            knobs={},
            places=one.places,
        )
        for row, (counts,) in enumerate(backend.counts(run)):
            for bits in {*counts, *whole[row][group]}:
                difference = counts.get(bits, 0) - whole[row][group].get(bits, 0)
                assert abs(difference) < 5 * np.sqrt(2 * max(1, whole[row][group].get(bits, 0)) + 9)
