"""What is kept of a job of Google's, and what of it is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.qpu import google_payload
from backends.schema import RunOptions
from tests.unit.backends.qpu.google_case import (
    ASKED,
    OPTIONS,
    in_memory,
    waited,
)


def test_measurements_of_another_form_are_kept_as_a_problem() -> None:
    import cirq

    one = np.zeros((3, 1), dtype=np.uint8)
    for measured in ({"m": one}, {"0": one, "1": one[:2]}, {}):
        seen = cirq.ResultDict(params=cirq.ParamResolver({}), measurements=measured)
        assert "another form" in google_payload.written(seen)["problem"]
    seen = cirq.ResultDict(params=cirq.ParamResolver({}), measurements={"1": one + 1, "0": one})
    kept = google_payload.written(seen)
    assert google_payload.counts(kept, qubits=2, shots=3) == {"01": 3}


@pytest.fixture
def payload(use: Any) -> bytes:
    backend = use(in_memory())
    return waited(backend, backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")).payload or b""


def first(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["results"][0]
    return found


def shorter(document: dict[str, Any]) -> None:
    bits = base64.b64decode(first(document)["bits"])
    first(document)["bits"] = base64.b64encode(bits[:-1]).decode()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda d: d["results"].pop(), "7 circuits instead of 8"),
        (lambda d: d["results"].append(first(d)), "9 circuits instead of 8"),
        (lambda d: first(d).update(qubits=3), "3 qubits instead of 4"),
        (lambda d: first(d).update(shots=3999), "3999 shots"),
        (lambda d: first(d).update(bits="*"), "base64"),
        (shorter, "1999 bytes"),
        (lambda d: d["results"].__setitem__(0, {"problem": "of another form"}), "another form"),
        (lambda d: d.update(schema_version=2), "no result"),
        (lambda d: d.update(results={}), "no list"),
        (lambda d: d["results"].__setitem__(0, []), "no JSON object"),
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
        registry.get("google").parse(json.dumps(document).encode(), ASKED, OPTIONS)


def test_a_result_of_other_points_or_shots_is_refused(payload: bytes) -> None:
    backend = registry.get("google")
    assert backend.parse(payload, ASKED, OPTIONS).values.shape == (4, 1)
    for experiment, options in ((ASKED.rows(0, 1), OPTIONS), (ASKED, RunOptions(shots=7))):
        with pytest.raises(ValueError, match="instead of"):
            backend.parse(payload, experiment, options)


def test_bits_after_the_last_shot_are_refused(use: Any) -> None:
    backend, options = use(in_memory()), RunOptions(shots=101)
    report = waited(backend, backend.submit(ASKED, options, token="qtwin-a-0-1"))
    document = json.loads(report.payload or b"")
    bits = bytearray(base64.b64decode(first(document)["bits"]))
    bits[-1] |= 1
    first(document)["bits"] = base64.b64encode(bits).decode()
    with pytest.raises(ValueError, match="after the last shot"):
        backend.parse(json.dumps(document).encode(), ASKED, options)
