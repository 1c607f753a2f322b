"""Google's virtual processors: compiled circuits prepare the same state, and noise is theirs."""

from __future__ import annotations

from typing import Any

import cirq
import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected
from backends.schema import Result, RunOptions
from backends.simulators import cirq_circuits, virtual_processor
from backends.systems.pauli import PauliWord
from tests.contract.cases import experiment_of
from tests.unit.backends.circuit_runs import every_gate

CIRCUIT = every_gate(3)
VALUES = {f"theta_{k}": 0.3 + 0.4 * k for k in range(CIRCUIT.angles)}

TWO_STEPS: dict[str, Any] = {"knobs": ("trotter_steps",), "knob_values": np.full((4, 1), 2.0)}


def chances(circuit: cirq.Circuit) -> np.ndarray:
    """Probability of each outcome of a circuit that ends in measurements, by Cirq."""
    (final,) = (op for op in circuit.all_operations() if cirq.is_measurement(op))
    bare = circuit[:-1] if len(circuit[-1]) == 1 else cirq.drop_terminal_measurements(circuit)
    order = [*final.qubits, *sorted(circuit.all_qubits() - set(final.qubits))]
    clean = cirq.Circuit(op for op in bare.all_operations() if not cirq.is_measurement(op))
    state = cirq.Simulator(dtype=np.complex128).simulate(clean, qubit_order=order)
    weights = np.abs(state.final_state_vector) ** 2
    summed: np.ndarray = weights.reshape(2 ** len(final.qubits), -1).sum(axis=1)
    return summed


@pytest.mark.parametrize("name", virtual_processor.DEVICES)
def test_a_compiled_circuit_has_the_same_outcomes(name: str) -> None:
    asked = cirq_circuits.measured(cirq_circuits.written(CIRCUIT), PauliWord.parse("XZY"), 3)
    asked = cirq.resolve_parameters(asked, VALUES)
    fitted = virtual_processor.compiled(name, asked)
    assert fitted == virtual_processor.compiled(name, asked)
    wanted = chances(cirq.resolve_parameters(asked, VALUES))
    assert chances(fitted) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("name", virtual_processor.DEVICES)
def test_a_device_is_noisy_and_names_its_calibration(name: str) -> None:
    asked = experiment_of("trotter", settings={"device": name}, **TWO_STEPS).rows(0, 1)
    backend = registry.get("cirq-google")
    noisy = backend.submit(asked, RunOptions(shots=4000, seed=1), token="t")
    ideal = registry.get("cirq").submit(
        experiment_of("trotter", **TWO_STEPS).rows(0, 1), RunOptions(), token="t"
    )
    assert isinstance(noisy, Result)
    assert isinstance(ideal, Result)
    shrunk = noisy.values[0, 0] / ideal.values[0, 0]
    assert 0.4 < shrunk < 1 - 3 * noisy.std_errors[0, 0] / abs(ideal.values[0, 0])
    assert noisy.provenance.calibration_id.startswith(name)
    assert noisy.provenance.calibrated_at is not None


def test_mitigation_is_refused() -> None:
    backend: Any = registry.get("cirq-google")
    with pytest.raises(ProgramRejected, match="compiles each point anew"):
        backend.compiled(CIRCUIT, (), {})
