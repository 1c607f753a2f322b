"""Folding of two-qubit gates multiplies the noise and keeps the unitary."""

from __future__ import annotations

import pytest
from qiskit.quantum_info import Operator

from backends.errors import ProgramRejected
from backends.simulators.fake_ibm import FakeIbmBackend
from backends.simulators.folding import fold, fold_pairs, two_qubit_gates
from tests.unit.backends.conftest import MakeExperiment
from tests.unit.backends.simulators.requests import circuits, run, unmeasured


@pytest.mark.parametrize("gain", [1, 1 + 1 / 3, 2, 3, 4, 5, 8, 9])
def test_folding_keeps_the_unitary_and_multiplies_the_gates(gain: float) -> None:
    for circuit in circuits():
        thick = fold(circuit, gain)
        assert two_qubit_gates(thick) / two_qubit_gates(circuit) == pytest.approx(gain)
        assert thick.count_ops()["measure"] == circuit.count_ops()["measure"]
        before, after = (Operator(unmeasured(c)) for c in (circuit, thick))
        assert after.equiv(before)
        assert set(thick.count_ops()) <= set(circuit.count_ops()) | {"rz"}


def test_an_odd_gain_folds_every_gate_alike() -> None:
    (circuit, _) = circuits()
    assert fold(circuit, 3).count_ops()["sx"] == 3 * circuit.count_ops()["sx"]


@pytest.mark.parametrize("gain", [1.5, 1.01, 8.9])
def test_a_gain_that_folding_cannot_reach_is_refused(
    experiment: MakeExperiment, gain: float
) -> None:
    with pytest.raises(ProgramRejected, match="nearest") as rejected:
        run(FakeIbmBackend(), experiment("vqe", [0.7, 0.7], gains=[1, gain]))
    assert rejected.value.field == "/knobs/noise_gain/1"


def test_circuits_without_two_qubit_gates_have_gain_one_only() -> None:
    assert fold_pairs(0, 1.0) == 0
    with pytest.raises(ProgramRejected):
        fold_pairs(0, 3.0)
