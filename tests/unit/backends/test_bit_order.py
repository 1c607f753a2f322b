"""Qubit 0 is the rightmost bit on every simulator, in every way of asking."""

from __future__ import annotations

from typing import Any

import pytest

from backends import registry
from backends.methods.circuit import Circuit, Gate
from backends.simulators.circuit_backend import CircuitBackend
from tests.unit.backends.circuit_runs import every_gate, run_of, words

SIMULATORS = [
    name
    for name in sorted(registry.BUILTIN)
    if isinstance(registry.get(name), CircuitBackend) and "+" not in name
]
X0 = Circuit(3, (Gate("x", (0,)),))
TURNED = Circuit(3, (Gate("rx", (0,), 0), Gate("cx", (0, 2))), 1)
HALF = 3.141592653589793


@pytest.mark.parametrize("name", SIMULATORS)
def test_x_on_qubit_0_of_3_is_the_rightmost_bit(name: str) -> None:
    backend: Any = registry.get(name)
    ((counts,),) = backend.counts(run_of(X0, bases=("ZZZ",), shots=300))
    assert max(counts, key=lambda bits: counts[bits]) == "001"
    assert sum(counts.values()) == 300


@pytest.mark.parametrize("name", SIMULATORS)
def test_a_batch_keeps_rows_and_bits_in_order(name: str) -> None:
    """Rows turn qubit 0 by pi or not at all, and qubit 2 with it; the middle group is rotated."""
    backend: Any = registry.get(name)
    rows = [[HALF], [0.0], [HALF]]
    seen = backend.counts(run_of(TURNED, rows, bases=("ZZZ", "IXI", "ZII"), shots=300))
    for counts, expected in zip(seen, ("101", "000", "101"), strict=True):
        assert len(counts) == 3
        for group in (counts[0], counts[2]):
            assert max(group, key=lambda bits: group[bits]) == expected
        middle = {bits[0] + bits[2] for bits, times in counts[1].items() if times > 60}
        assert middle == {expected[0] + expected[2]}


@pytest.mark.parametrize("name", [n for n in SIMULATORS if registry.get(n).capabilities.exact])
def test_exact_values_are_of_the_right_qubits(name: str) -> None:
    backend: Any = registry.get(name)
    found = backend.expectations(run_of(X0), [words("IIZ", "IZI", "ZII")])
    assert found[0] == pytest.approx([-1, 1, 1], abs=1e-6)


@pytest.mark.parametrize("name", ["aer", "braket-sv", "cirq", "qsim"])
def test_states_have_qubit_0_as_the_lowest_bit(name: str) -> None:
    backend: Any = registry.get(name)
    (state,) = backend.states(run_of(X0))
    assert abs(state[0b001]) == pytest.approx(1)


def test_every_gate_gives_the_same_state_on_every_engine() -> None:
    circuit = every_gate(3)
    angles = [[0.3 + 0.4 * k for k in range(circuit.angles)]]
    labels = words("XYZ", "ZZI", "IYX", "ZIX", "YYY")
    values = {}
    for name in ("aer", "braket-sv", "braket-dm", "cirq", "qsim"):
        backend: Any = registry.get(name)
        values[name] = backend.expectations(run_of(circuit, angles), [labels])[0]
    for name, found in values.items():
        assert found == pytest.approx(values["aer"], abs=1e-5 if name == "qsim" else 1e-9), name
