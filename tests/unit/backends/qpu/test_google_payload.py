"""What is kept of a job of Google's, and what of it is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backends import registry
from backends.qpu import google_engine
from backends.schema import RunOptions
from tests.unit.backends.qpu.google_case import ASKED, OPTIONS, SECRET, in_memory, waited

ODD = RunOptions(shots=4001)


@pytest.fixture(scope="module")
def payload() -> Iterator[bytes]:
    made = in_memory()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(google_engine, "engine", lambda _: made)
        backend: Any = registry.get("google")
        backend.authorise(SECRET)
        yield waited(backend, backend.submit(ASKED, ODD, token="qtwin-a-0-1")).payload or b""


def message(document: dict[str, Any]) -> Any:
    from cirq_google.api import v2

    return v2.result_pb2.Result.FromString(base64.b64decode(document["result"]["value"]))


def first(result: Any) -> Any:
    """Measurements of the first circuit at the first point."""
    return result.sweep_results[0].parameterized_results[0].measurement_results


def column(result: Any) -> Any:
    return first(result)[0].qubit_measurement_results[0]


def shorter(result: Any) -> None:
    column(result).results = column(result).results[:-1]


def later(result: Any) -> None:
    column(result).results = column(result).results[:-1] + b"\x03"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda r: r.sweep_results[0].parameterized_results.pop(), "7 circuits instead of 8"),
        (lambda r: r.sweep_results.add().parameterized_results.add(), "9 circuits instead of 8"),
        (lambda r: first(r).pop(), "3 qubits instead of 4"),
        (lambda r: setattr(r.sweep_results[0], "repetitions", 4000), "4000 shots"),
        (lambda r: setattr(r.sweep_results[0], "repetitions", 2**31 - 1), "2147483647 shots"),
        (shorter, "500 bytes for 4001 shots"),
        (later, "after the last shot"),
        (lambda r: setattr(first(r)[0], "key", "m"), "another form"),
        (lambda r: setattr(first(r)[0], "key", "1"), "there twice"),
        (lambda r: setattr(first(r)[0], "instances", 2), "another form"),
        (lambda r: first(r)[0].qubit_measurement_results.add(), "another form"),
        (lambda r: r.Clear(), "0 circuits"),
    ],
)
def test_a_malformed_result_is_refused(
    spoil: Callable[[Any], Any], why: str, payload: bytes
) -> None:
    document = json.loads(payload)
    spoilt = message(document)
    spoil(spoilt)
    document["result"]["value"] = base64.b64encode(spoilt.SerializeToString()).decode()
    with pytest.raises(ValueError, match=why):
        registry.get("google").parse(json.dumps(document).encode(), ASKED, ODD)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda d: d["result"].update(value="*"), "base64"),
        (lambda d: d["result"].update(value="/w=="), "cut off"),
        (lambda d: d["result"].update(type="acme.Result"), "'acme.Result' instead of"),
        (lambda d: d.update(result={"problem": "of another form"}), "another form"),
        (lambda d: d.update(schema_version=1), "no result"),
        (lambda d: d.update(result=[]), "no JSON object"),
        (lambda d: d["job"].pop("created_at"), "None"),
        (lambda d: d["calibration"].update(timestamp_ms="now"), "timestamp_ms"),
    ],
)
def test_a_malformed_payload_is_refused(
    spoil: Callable[[dict[str, Any]], Any], why: str, payload: bytes
) -> None:
    document = json.loads(payload)
    spoil(document)
    with pytest.raises(ValueError, match=why):
        registry.get("google").parse(json.dumps(document).encode(), ASKED, ODD)


def test_a_calibration_that_cannot_be_read_takes_nothing_from_the_numbers(payload: bytes) -> None:
    document = json.loads(payload)
    whole = registry.get("google").parse(payload, ASKED, ODD)
    assert whole.provenance.calibration is not None
    document["calibration"]["metrics"] = {"single_qubit_p00_error": [["nowhere", [0.1]]]}
    result = registry.get("google").parse(json.dumps(document).encode(), ASKED, ODD)
    assert result.provenance.calibration is None
    assert result.provenance.calibration_id == whole.provenance.calibration_id
    assert (result.values == whole.values).all()


def test_a_result_of_other_points_or_shots_is_refused(payload: bytes) -> None:
    backend = registry.get("google")
    assert backend.parse(payload, ASKED, ODD).values.shape == (4, 1)
    for experiment, options in ((ASKED.rows(0, 1), ODD), (ASKED, OPTIONS)):
        with pytest.raises(ValueError, match="instead of"):
            backend.parse(payload, experiment, options)
