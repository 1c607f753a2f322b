"""Mitigated backends through the conformance kit."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.schema import RunOptions
from backends.testing import ENGINES, check_backend, run
from tests.contract.cases import QUENCH, experiment_of

MITIGATED = [name for name in registry.names() if "+" in name]
ISING: dict[str, Any] = {**QUENCH, "sites": 2, "state": {**QUENCH["state"], "initial": "00"}}
CONSERVING: dict[str, Any] = {
    **ISING,
    "model": "xxz",
    "parameters": {"delta": "field"},
    "state": {**QUENCH["state"], "initial": "01"},
}
NOISE: dict[str, Any] = {"depolarizing_2q": 0.02, "readout_error": 0.03}
IDLE: dict[str, Any] = {"idle_noise": "both", "detuning_khz": 20.0}


def small(name: str, **settings: Any) -> Any:
    """A quench of two spins at two fields; with a conserved parity where one is needed."""
    own: dict[str, Any] = {} if "ibm" in name else NOISE
    system = CONSERVING if "postselect" in name else ISING
    if "dd" in name:  # of two qubits none waits
        initial = {**QUENCH["state"], "initial": "000"}
        own, system = IDLE, {**ISING, "sites": 3, "state": initial}
    return replace(
        experiment_of("trotter"),
        system=system,
        points=np.array([[0.6], [1.3]]),
        settings={**own, **settings},
        knobs=("trotter_steps",),
        knob_values=np.full((2, 1), 2.0),
    )


@pytest.mark.parametrize("name", MITIGATED)
def test_a_mitigated_backend_conforms(name: str) -> None:
    backend = registry.get(name)
    options = RunOptions(shots=2000, seed=1)
    check_backend(backend, experiment=small(name), options=options)
    if backend.capabilities.exact:
        check_backend(backend, experiment=small(name), options=RunOptions())


@pytest.mark.slow
@pytest.mark.parametrize("name", [*MITIGATED, "zne+readout+aer", "zne+twirling+aer"])
def test_the_identity_is_exactly_one(name: str) -> None:
    plain = small(name)
    own = [{"name": "one", "pauli": {"I0": 1.0}}]
    asked = replace(
        plain, system={**plain.system, "observables": own}, observables=("one", "energy")
    )
    found = run(registry.get(name), asked, RunOptions(shots=2000, seed=1))
    assert (found.values[:, 0] == 1).all()
    assert (found.std_errors[:, 1] > 0).all()


def test_a_stack_conforms() -> None:
    options = RunOptions(shots=2000, seed=1)
    check_backend(
        registry.get("zne+readout+aer"),
        experiment=small("zne+readout+aer", anchors=False),
        options=options,
    )


@pytest.mark.parametrize("inner", ["cirq", "braket-dm"])
def test_other_simulators_are_mitigated_alike(inner: str) -> None:
    one, other = (
        run(registry.get(name), small(name), RunOptions()) for name in ("zne+aer", f"zne+{inner}")
    )
    np.testing.assert_allclose(one.values, other.values, atol=1e-6)


def test_molecules_are_mitigated_too() -> None:
    options = RunOptions(shots=2000, seed=1)
    molecule = replace(
        experiment_of("vqe"), points=np.array([[0.7], [1.2]]), knob_values=np.empty((2, 0))
    )
    check_backend(registry.get("postselect+fake-ibm"), experiment=molecule, options=options)


def test_asking_about_mitigated_backends_loads_no_engine() -> None:
    code = f"""
import sys
from backends import registry
from backends.schema import RunOptions
from tests.contract.test_mitigation import small
for name in {MITIGATED!r}:
    backend = registry.get(name)
    options = RunOptions(shots=2000, seed=1)
    backend.check(small(name), options)
    backend.estimate(small(name), options)
print(*(set({ENGINES!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
