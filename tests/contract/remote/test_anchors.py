"""Anchors ride along with the points and tell the damping of what ran."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from tests.contract.cases import CIRCUIT, QUENCH, experiment_of
from tests.contract.remote.asking import payload_of, token_of
from tests.contract.remote.ibm import Ibm
from tests.contract.remote.vendor import Vendor
from tests.unit.backends.qpu.test_braket_results import OPTIONS, opened
from tests.vendors.braket import BraketVendor, bytes_of

TURNED: dict[str, Any] = {
    **CIRCUIT,
    "qasm": 'OPENQASM 3.0; include "stdgates.inc"; input float field; qubit[3] q; '
    "rx(field) q[0]; ry(2 * field) q[1]; cx q[0], q[2];",
    "observables": [
        {"name": "one", "pauli": {"III": 0.4, "IIZ": 1.0}},
        {"name": "two", "pauli": {"IZZ": 2.0}},
    ],
}


@pytest.fixture
def ibm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ibm]:
    with Ibm.started(tmp_path, monkeypatch.setenv) as vendor:
        yield vendor


@pytest.fixture
def braket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketVendor]:
    with BraketVendor() as vendor:
        for name, value in vendor.environment().items():
            monkeypatch.setenv(name, value)
        yield vendor


def spins(points: int, **settings: Any) -> Experiment:
    """Four Trotter steps on three spins."""
    return experiment_of(
        "trotter",
        system={**QUENCH, "sites": 3, "state": {**QUENCH["state"], "initial": "0+1"}},
        points=np.linspace(0.4, 2.2, points)[:, None],
        settings=settings,
        knobs=("trotter_steps",),
        knob_values=np.full((points, 1), 4.0),
    )


def run(vendor: Vendor, experiment: Experiment, options: RunOptions) -> Result:
    asked = replace(experiment, settings={**vendor.settings, **experiment.settings})
    backend = vendor.backend()
    handle: Any = backend.submit(asked, options, token=token_of(part=len(vendor.posts)))
    return backend.parse(payload_of(vendor, handle), asked, options)


@pytest.mark.vendors("anchors")
def test_without_noise_they_are_undamped_and_points_are_what_they_were(vendor: Vendor) -> None:
    points, options = spins(4), RunOptions(shots=2000, seed=3)
    result = run(vendor, replace(points, settings={"anchors": 0.5}), options)
    details = result.provenance.details
    assert len(details["anchors"]) == 4
    found = details["damping"]["energy"]
    assert abs(found["value"] - 1.0) < 4.0 * found["std_error"] < 0.2
    exact = registry.get("cirq").submit(points, RunOptions(), token="t")
    assert isinstance(exact, Result)
    assert np.abs((result.values - exact.values) / result.std_errors).max() < 5.0
    assert len(vendor.posts) == 1


@pytest.mark.vendors("anchors")
def test_a_share_of_nothing_sends_nothing(vendor: Vendor) -> None:
    result = run(vendor, spins(4, anchors=0), RunOptions(shots=100, seed=3))
    assert "anchors" not in result.provenance.details


@pytest.mark.vendors("anchors")
def test_a_result_from_before_there_were_anchors_is_still_read(vendor: Vendor) -> None:
    """It was sent with the points alone, and is read where a share is the default."""
    options, backend = RunOptions(shots=100, seed=3), vendor.backend()
    alone = spins(9, **vendor.settings, anchors=0)
    handle: Any = backend.submit(alone, options, token=token_of())
    now = replace(alone, settings=vendor.settings)
    result = backend.parse(payload_of(vendor, handle), now, options)
    assert result.values.shape == (9, 1)
    assert "damping" not in result.provenance.details


@pytest.mark.parametrize("primitive", ["sampler", "estimator"])
def test_they_tell_the_damping_of_a_recorded_device(ibm: Ibm, primitive: str) -> None:
    """Other circuits of the same shape are damped alike to a few percent."""
    ibm.noise()
    asked, options = spins(8, anchors=1 / 3, primitive=primitive), RunOptions(shots=4000, seed=1)
    result = run(ibm, asked, options)
    exact = registry.get("cirq").submit(replace(asked, settings={}), RunOptions(), token="t")
    assert isinstance(exact, Result)
    assert result.mixed_values is not None
    seen, known = result.values - result.mixed_values, exact.values - result.mixed_values
    true = float((seen * known).sum() / (known**2).sum())
    found = result.provenance.details["damping"]["energy"]
    assert len(result.provenance.details["anchors"]) == 4
    assert found["value"] < 0.85
    assert found["value"] == pytest.approx(true, abs=3.0 * np.hypot(found["std_error"], 0.05))
    assert found["std_error"] < 0.08


def test_readout_mitigation_is_what_an_estimator_reports(ibm: Ibm) -> None:
    ibm.noise()
    asked = spins(2, anchors=0.5, primitive="estimator", resilience_level=1)
    details = run(ibm, asked, RunOptions(shots=500, seed=1)).provenance.details
    assert [one["raw"] for one in details["anchors"]] == [None, None]
    assert details["damping"]["energy"]["anchors"] >= 1
    assert details["verdicts"] == {}


def test_misread_bits_damp_each_word_by_its_weight(braket: BraketVendor) -> None:
    """Of bits that are wrong with probability 0.1, a word on w qubits keeps 0.8^w."""
    braket.changed = lambda data: bytes_of.misread(data, 0.1)
    asked = experiment_of(
        "circuit",
        system=TURNED,
        points=np.linspace(0.3, 2.5, 10)[:, None],
        settings={"device": "iqm/Garnet", "anchors": 1 / 3},
        observables=("one", "two"),
    )
    handle: Any = opened().submit(asked, OPTIONS, token="qtwin-anchors-0-0")
    braket.end()
    payload = opened().fetch(handle).payload
    assert payload is not None
    details = opened().parse(payload, asked, OPTIONS).provenance.details
    assert len(details["anchors"]) == 5
    for name, true in (("one", 0.8), ("two", 0.64)):
        found = details["damping"][name]
        assert abs(found["value"] - true) < 4.0 * found["std_error"] < 0.1
