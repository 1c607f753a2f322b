"""What may be asked of sample-based quantum diagonalization, and of which simulator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected
from backends.schema import Experiment, RunOptions
from tests.contract.cases import ISING
from tests.unit.backends.conftest import H2
from tests.unit.backends.sqd.sampling import energy, full_ci, run


@pytest.mark.parametrize(
    ("system", "changes", "field"),
    [
        (H2, {"observables": ("gap",)}, "/observables/0"),
        (H2, {"recovery": 11, "shots": 10}, "/settings/recovery"),
        (H2, {"recovery": 0.5, "shots": 10}, "/settings/recovery"),
        (H2, {"recovery": 1}, "/settings/recovery"),
        (ISING, {"recovery": 1, "shots": 10}, "/settings/recovery"),
        (H2, {"max_configurations": 0}, "/settings/max_configurations"),
        (H2, {"max_configurations": 100_000}, "/settings/max_configurations"),
        (H2, {"method": "vqe", "recovery": 1}, "/settings/recovery"),
        (H2, {"simulation": "matrix_product_state"}, "/settings/simulation"),
        (H2, {"backend": "zne+aer", "shots": 1000}, "/method"),
        ({**ISING, "sites": 20}, {}, "/system"),
    ],
)
def test_bad_requests_are_refused_by_field(
    system: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ProgramRejected) as refused:
        run(system, 0.7, **changes)
    assert refused.value.field == field


def test_a_noise_gain_is_refused() -> None:
    experiment = Experiment(
        system=H2, method="sqd", controls=("bond_length",), points=np.array([[0.7]]),
        observables=("energy",), knobs=("noise_gain",), knob_values=np.array([[3.0]]),
    )  # fmt: skip
    with pytest.raises(ProgramRejected) as refused:
        registry.get("fake-ibm").check(experiment, RunOptions(shots=10))
    assert refused.value.field == "/knobs"


@pytest.mark.parametrize("backend", ["cirq", "qsim", "braket-sv", "braket-dm", "cirq-google"])
def test_every_simulator_of_circuits_samples(backend: str) -> None:
    exact = full_ci(H2, 0.7)
    solved = energy(H2, 0.7, backend=backend, shots=2000)
    assert solved == pytest.approx(exact, abs=1e-9)
    if registry.get(backend).capabilities.exact:
        assert energy(H2, 0.7, backend=backend) == pytest.approx(exact, abs=1e-9)
