"""What comes back is of the right qubits, points and size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from tests.contract.cases import QUENCH, experiment_of
from tests.contract.remote.asking import payload_of, token_of
from tests.contract.remote.vendor import Vendor

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
X0 = "qubit[3] q; x q[0];"
TURNED = "input float turn; qubit[3] q; rx(turn) q[0]; cx q[0], q[2];"
PARITIES = [
    {"name": name, "pauli": {word: 1.0}}
    for name, word in (("z0", "Z0"), ("z1", "Z1"), ("z2", "Z2"), ("xz", "X1 Z2"))
]
SHOTS = RunOptions(shots=400, seed=3)


def circuit(program: str, points: list[list[float]], *controls: str) -> Experiment:
    bounds = {"unit": "rad", "lower": -7.0, "upper": 7.0}
    system: dict[str, Any] = {
        "kind": "parametric_circuit",
        "schema_version": 1,
        "qasm": HEAD + program,
        "observables": PARITIES,
        "controls": [{"name": name, "label": name, **bounds} for name in controls],
    }
    return Experiment(
        system=system,
        method="circuit",
        controls=controls,
        points=np.array(points, dtype=np.float64).reshape(len(points), len(controls)),
        observables=("z0", "z1", "z2"),
    )


def run(vendor: Vendor, experiment: Experiment, options: RunOptions = SHOTS) -> Result:
    asked = replace(experiment, settings={**vendor.settings, **experiment.settings})
    backend = vendor.backend()
    handle: Any = backend.submit(asked, options, token=token_of(part=len(vendor.posts)))
    return backend.parse(payload_of(vendor, handle), asked, options)


@pytest.mark.vendors("circuits")
def test_x_on_qubit_0_of_3_is_qubit_0(vendor: Vendor) -> None:
    result = run(vendor, circuit(X0, [[], []]))
    assert result.values == pytest.approx(np.array([[-1.0, 1.0, 1.0]] * 2), abs=0.2)
    counts = result.raw[0]["groups"][0]["counts"]
    assert max(counts, key=lambda bits: counts[bits]) == "001"
    assert sum(counts.values()) == SHOTS.shots


@pytest.mark.vendors("circuits")
def test_a_batch_keeps_rows_bits_and_groups_in_order(vendor: Vendor) -> None:
    """The first row turns qubit 0 by pi, and qubit 2 with it; one group is rotated."""
    asked = replace(
        circuit(TURNED, [[np.pi], [0.0], [0.0]], "turn"),
        observables=("xz", "z0", "z1", "z2"),
    )
    result = run(vendor, asked)
    expected = np.array([[-1, 1, -1], [1, 1, 1], [1, 1, 1]])
    assert result.values[:, 1:] == pytest.approx(expected, abs=0.2)
    assert len(result.raw[0]["groups"]) == 2


@pytest.mark.vendors("circuits")
def test_an_energy_is_within_its_error_of_the_exact_value(vendor: Vendor) -> None:
    """One Trotter step of two spins, against the same circuits on a state vector."""
    system = {**QUENCH, "sites": 2, "state": {**QUENCH["state"], "initial": "0+"}}
    asked = experiment_of(
        "trotter",
        system=system,
        observables=("energy", "magnetisation_z"),
        knobs=("trotter_steps",),
        knob_values=np.ones((4, 1)),
    )
    exact = registry.get("cirq").submit(asked, RunOptions(), token="t")
    assert isinstance(exact, Result)
    found = run(vendor, asked, RunOptions(shots=4000, seed=3))
    pulls = (found.values - exact.values) / found.std_errors
    assert np.abs(pulls).max() < 5.0
    assert np.abs(pulls).max() > 1e-3, "equal to the exact value: nothing was sampled"
    assert len(vendor.posts) == 1


@pytest.mark.vendors("circuits")
def test_observables_that_share_shots_say_so(vendor: Vendor) -> None:
    """Qubits 0 and 2 are turned together, by half: their parities are one and the same."""
    result = run(vendor, circuit(TURNED, [[np.pi / 2], [np.pi / 2]], "turn"))
    assert len(result.blocks) == 2
    for block in result.blocks:
        first, third = block.columns.index(0), block.columns.index(2)
        assert block.covariance[first, third] > 0.8 * block.covariance[first, first]
