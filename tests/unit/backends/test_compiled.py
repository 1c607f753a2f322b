"""Compiled circuits as our own values are the circuits that a device would run."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import Operator

from backends import registry
from backends.methods.circuit import Circuit, Gate
from backends.methods.program import Part
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.simulators.circuits import written
from backends.simulators.device import DEVICES, circuits, compiled
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


def test_a_compiled_circuit_has_the_unitary_of_the_transpiled_one() -> None:
    for one, theirs in zip(
        compiled(DEVICES[0], CIRCUIT, BASES), circuits(DEVICES[0], CIRCUIT, BASES), strict=True
    ):
        for given, turned in zip(ANGLES, one.angles(ANGLES), strict=True):
            ours = written(one.circuit)
            ours = ours.assign_parameters(
                {p: turned[int(p.name.removeprefix("theta_"))] for p in ours.parameters}
            )
            bare = theirs.remove_final_measurements(inplace=False)
            bare = bare.assign_parameters(
                {p: given[int(p.name.removeprefix("theta_"))] for p in bare.parameters}
            )
            assert np.allclose(
                abs(np.vdot(Operator(ours).data[:, 0], Operator(bare).data[:, 0])), 1
            )


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
            bases=(PauliWord(0, 0),),
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
