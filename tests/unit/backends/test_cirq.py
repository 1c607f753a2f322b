"""Cirq: the same states, bits and energies as Aer and the ansatz itself."""

from __future__ import annotations

import cirq
import numpy as np
import pytest

from backends.schema import Result, RunOptions
from backends.simulators.aer import AerBackend
from backends.simulators.cirq import CirqBackend
from backends.simulators.cirq_circuits import histogram, line, measured, written
from backends.systems.pauli import PauliWord
from tests.unit.backends.conftest import MakeExperiment, state_of, turned


def test_x_on_qubit_0_of_3_is_the_rightmost_bit() -> None:
    circuit = cirq.Circuit(cirq.I.on_each(*line(3)), cirq.X(line(3)[0]))
    seen = cirq.Simulator(seed=1).run(measured(circuit, PauliWord.parse("ZZZ"), 3), repetitions=20)
    assert histogram(seen, 3) == {"001": 20}


def test_the_circuit_prepares_the_state_of_the_ansatz() -> None:
    ansatz = turned("YXXX", "IIYX", "ZXIY")
    angles = np.array([0.3, -1.1, 2.0])
    named = {f"theta_{k}": float(angle) for k, angle in enumerate(angles)}
    end = cirq.Simulator(dtype=np.complex128).simulate(
        written(ansatz.circuit), named, qubit_order=list(reversed(line(4)))
    )
    overlap = abs(np.vdot(end.final_state_vector, state_of(ansatz, angles)))
    assert overlap == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("basis", ["XXXX", "YYYY", "XYZI"])
def test_every_basis_is_measured_as_the_word_says(basis: str) -> None:
    word = PauliWord.parse(basis)
    ansatz = turned("YXXX")
    circuit = cirq.resolve_parameters(written(ansatz.circuit), {"theta_0": 0.7})
    seen = cirq.Simulator(seed=3).run(measured(circuit, word, 4), repetitions=20_000)
    counts = histogram(seen, 4)
    signs = {bits: (-1) ** (int(bits, 2) & word.support).bit_count() for bits in counts}
    mean = sum(signs[bits] * times for bits, times in counts.items()) / 20_000
    state = state_of(ansatz, np.array([0.7]))
    exact = float(np.vdot(state, word.apply(state)).real)
    assert mean == pytest.approx(exact, abs=5 * np.sqrt((1 - exact**2) / 20_000) + 1e-9)


def test_exact_energies_agree_with_aer(experiment: MakeExperiment) -> None:
    asked = experiment("vqe", [0.5, 0.7414, 1.6])
    energies = []
    for backend in (CirqBackend(), AerBackend()):
        result = backend.submit(asked, RunOptions(), token="t")
        assert isinstance(result, Result)
        energies.append(result.values)
    np.testing.assert_allclose(energies[0], energies[1], atol=1e-9)
