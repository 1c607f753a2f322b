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
from backends.testing import ENGINES, check_backend
from tests.contract.cases import QUENCH, experiment_of

MITIGATED = [name for name in registry.names() if "+" in name]
SMALL: dict[str, Any] = {**QUENCH, "sites": 2, "state": {**QUENCH["state"], "initial": "00"}}


def small(**settings: Any) -> Any:
    """A quench of two spins at four fields."""
    points = len(experiment_of("trotter").points)
    steps = {"knobs": ("trotter_steps",), "knob_values": np.full((points, 1), 2.0)}
    return experiment_of("trotter", system=SMALL, settings=settings, **steps)


@pytest.mark.parametrize("name", MITIGATED)
def test_a_mitigated_backend_conforms(name: str) -> None:
    options = RunOptions(shots=2000, seed=1)
    check_backend(registry.get(name), experiment=small(), options=options)


def test_a_stack_conforms() -> None:
    options = RunOptions(shots=2000, seed=1)
    check_backend(registry.get("zne+readout+fake-ibm"), experiment=small(), options=options)


def test_molecules_are_mitigated_too() -> None:
    options = RunOptions(shots=2000, seed=1)
    molecule = replace(
        experiment_of("vqe"), points=np.array([[0.7], [1.2]]), knob_values=np.empty((2, 0))
    )
    check_backend(registry.get("zne+fake-ibm"), experiment=molecule, options=options)


def test_asking_about_mitigated_backends_loads_no_engine() -> None:
    code = f"""
import sys
from backends import registry
from backends.schema import RunOptions
from tests.contract.test_mitigation import small
for name in {MITIGATED!r}:
    backend = registry.get(name)
    options = RunOptions(shots=2000, seed=1)
    backend.check(small(), options)
    backend.estimate(small(), options)
print(*(set({ENGINES!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
