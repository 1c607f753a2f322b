"""Numbers of Amazon Braket's results, against exact ones."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.base import Backend, Handle
from backends.qpu.braket_counts import counts
from backends.remote import Report
from backends.schema import Experiment, Result, RunOptions
from tests.contract.cases import CIRCUIT, experiment_of
from tests.vendors.braket import BraketVendor, bytes_of
from tests.vendors.braket.devices import TASK_FEE
from tests.vendors.braket.keys import SECRET

OPTIONS = RunOptions(shots=2000, seed=1)
FLIPPED: dict[str, Any] = {
    **CIRCUIT,
    "qasm": 'OPENQASM 3.0; include "stdgates.inc"; input float field; qubit[3] q; x q[0]; '
    "rz(field) q[1];",
    "observables": [{"name": "z0", "pauli": {"Z0": 1.0}}, {"name": "z2", "pauli": {"Z2": 1.0}}],
}


def opened() -> Backend:
    backend = registry.get("braket")
    backend.authorise(SECRET)
    return backend


def reported(vendor: BraketVendor, experiment: Experiment, options: RunOptions = OPTIONS) -> Report:
    handle = opened().submit(experiment, options, token="qtwin-results-0-0")
    assert isinstance(handle, Handle)
    vendor.end()
    return opened().fetch(handle)


def result_of(
    vendor: BraketVendor, experiment: Experiment, options: RunOptions = OPTIONS
) -> Result:
    payload = reported(vendor, experiment, options).payload
    assert payload is not None
    return registry.get("braket").parse(payload, experiment, options)


@pytest.mark.parametrize("device", ["iqm/Garnet", "aqt/Ibex-Q1", "ionq/Forte-1"])
def test_the_bit_of_qubit_0_is_the_rightmost(braket: BraketVendor, device: str) -> None:
    experiment = experiment_of(
        "circuit", system=FLIPPED, settings={"device": device}, observables=("z0", "z2")
    )
    result = result_of(braket, experiment)
    assert result.values == pytest.approx(np.array([[-1.0, 1.0]] * 4))
    assert result.raw[0]["groups"][0]["counts"] == {"001": OPTIONS.shots}
    assert [block.places for block in result.blocks] == [[(r, 0), (r, 1)] for r in range(4)]


@pytest.mark.parametrize("device", ["iqm/Garnet", "aqt/Ibex-Q1", "ionq/Forte-1"])
@pytest.mark.parametrize("method", ["kicked", "circuit"])
def test_values_are_those_of_the_exact_state_within_their_errors(
    braket: BraketVendor, device: str, method: str
) -> None:
    """Each device has other gates; what it has not is written with what it has."""
    result = result_of(braket, experiment_of(method, settings={"device": device}))
    exact = registry.get("cirq").submit(experiment_of(method), RunOptions(), token="exact")
    assert isinstance(exact, Result)
    assert np.all(np.abs(result.values - exact.values) < 5 * result.std_errors)
    assert result.mixed_values is not None
    assert exact.mixed_values is not None
    assert np.array_equal(result.mixed_values, exact.mixed_values)


@pytest.mark.parametrize("device", ["amazon/sv1", "amazon/dm1"])
@pytest.mark.filterwarnings("ignore:You are running a noise-free circuit")
def test_a_simulator_gives_the_exact_value(braket: BraketVendor, device: str) -> None:
    """Two bases in one circuit, for the price of five seconds."""
    experiment = experiment_of("circuit", settings={"device": device}).rows(0, 1)
    report = reported(braket, experiment, RunOptions())
    assert report.payload is not None
    result = registry.get("braket").parse(report.payload, experiment, RunOptions())
    exact = registry.get("cirq").submit(
        experiment_of("circuit").rows(0, 1), RunOptions(), token="exact"
    )
    assert isinstance(exact, Result)
    assert result.values == pytest.approx(exact.values, abs=1e-9)
    assert report.cost_micro_usd == braket.books.bill == 6_250


def test_the_bill_is_the_vendors_and_within_the_estimate(braket: BraketVendor) -> None:
    experiment = experiment_of("kicked", settings={"device": "iqm/Garnet"})
    estimate = opened().estimate(experiment, OPTIONS)
    report = reported(braket, experiment)
    assert report.cost_micro_usd == braket.books.bill == TASK_FEE + 8 * OPTIONS.shots * 1450  # type: ignore[operator]  # there are shots
    assert report.cost_micro_usd == estimate.money_micro_usd
    assert estimate.prices.startswith("braket 20")


def test_the_calibration_is_that_of_the_device_when_the_result_was_fetched(
    braket: BraketVendor,
) -> None:
    experiment = experiment_of("kicked", settings={"device": "iqm/Garnet"})
    provenance = result_of(braket, experiment).provenance
    assert provenance.calibration_id.startswith("iqm/Garnet@")
    assert provenance.calibrated_at is not None
    assert provenance.calibrated_at.isoformat() == "2026-11-01T00:00:00+00:00"


def test_a_circuit_that_the_device_could_not_run_fails_its_point_alone(
    braket: BraketVendor,
) -> None:
    def broken(data: bytes) -> bytes:
        document = json.loads(data)
        result = document["programResults"][0]["executableResults"][2]
        failure = {"failureReason": "no path", "retryable": True, "category": "COMPILATION"}
        index = result["inputsIndex"]
        document["programResults"][0]["executableResults"][2] = {
            "inputsIndex": index,
            "failureMetadata": failure,
        }
        return json.dumps(document).encode()

    braket.changed = broken
    result = result_of(braket, experiment_of("kicked", settings={"device": "iqm/Garnet"}))
    assert list(result.failures) == [2]
    assert "no path" in result.failures[2]
    assert np.isfinite(result.values[[0, 1, 3]]).all()


def test_a_result_in_several_objects_is_copied_whole(braket: BraketVendor) -> None:
    experiment = experiment_of("kicked", settings={"device": "iqm/Garnet"})
    handle = opened().submit(experiment, OPTIONS, token="qtwin-results-0-0")
    assert isinstance(handle, Handle)
    braket.end()
    payloads = []
    for braket.scattered in (False, True):
        payload = opened().fetch(handle).payload
        assert payload is not None
        payloads.append(payload)
    one, two = (opened().parse(payload, experiment, OPTIONS) for payload in payloads)
    assert np.array_equal(one.values, two.values)
    assert sum("/programs/" in route for route in braket.routes) == 10


def test_columns_are_sorted_by_the_qubits_that_were_measured() -> None:
    """Two shots, qubit 2 first; and shares instead of shots."""
    shots = {"measuredQubits": [2, 0, 1], "measurements": [[1, 0, 0], [0, 1, 0]]}
    assert counts(shots, qubits=3, shots=2) == {"001": 1, "100": 1}
    shares = {"measuredQubits": [2, 0, 1], "measurementProbabilities": {"100": 0.25, "011": 0.75}}
    assert counts(shares, qubits=3, shots=4) == {"011": 3, "100": 1}


@pytest.mark.parametrize(
    "result",
    [
        {"measuredQubits": [0, 1], "measurements": [[0, 1, 0]]},
        {"measuredQubits": [0, 1, 1], "measurements": [[0, 1, 0]]},
        {"measuredQubits": [0, 1, 2], "measurements": [[0, 1]]},
        {"measuredQubits": [0, 1, 2], "measurements": [[0, 1, 2]]},
        {"measuredQubits": [0, 1, 2], "measurements": [[0, 1, True]]},
        {"measuredQubits": [0, 1, 2], "measurements": [[0, 1, 0], [0, 1, 0]]},
        {"measuredQubits": [0, 1, 2], "measurementProbabilities": {"010": 0.5}},
        {"measuredQubits": [0, 1, 2], "measurementProbabilities": {"010": 0.7, "000": 0.3}},
        {"measuredQubits": [0, 1, 2], "measurementProbabilities": {"01": 1.0}},
        {"measuredQubits": [0, 1, 2]},
    ],
)
def test_a_result_of_another_shape_is_refused(result: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        counts(result, qubits=3, shots=1)


@pytest.mark.parametrize("number", ["NaN", "1e999", '"1"', "true", "2.0"])
def test_an_expectation_is_a_finite_number_of_a_word(braket: BraketVendor, number: str) -> None:
    experiment = experiment_of("circuit", settings={"device": "amazon/sv1"}).rows(0, 1)
    braket.changed = lambda data: bytes_of.with_value(data, number)
    payload = reported(braket, experiment, RunOptions()).payload
    assert payload is not None
    with pytest.raises(ValueError, match=r"."):
        registry.get("braket").parse(payload, experiment, RunOptions())
