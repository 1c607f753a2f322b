"""Bits of the shots of a job, out of the message in which the service gives them."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

RESULT = "cirq.google.api.v2.Result"


def runs(result: Mapping[str, Any]) -> list[tuple[int, Any]]:
    """Shots and measurements of each circuit with its values, in the order in which they were sent.

    Args:
        result: As `google_payload.result` wrote it.

    Raises:
        ValueError: It is no result, or was not read whole.
    """
    found = _message(result)
    return [
        (one.repetitions, run) for one in found.sweep_results for run in one.parameterized_results
    ]


def counts(run: Any, *, qubits: int, shots: int) -> dict[str, int]:
    """Bit strings with qubit 0 rightmost, with how often they were seen.

    Args:
        run: One of `runs`.

    Raises:
        ValueError: Width, shots or bits are not those that were asked for.
    """
    taken, measured = run
    if taken != shots:
        raise ValueError(f"{taken} shots of one circuit instead of {shots}")
    columns = [_bits(one.results, shots) for one in _columns(measured)]
    if len(columns) != qubits:
        raise ValueError(f"{len(columns)} qubits instead of {qubits}")
    rows = np.stack(columns, axis=1) + ord("0")
    seen = Counter(row.tobytes().decode() for row in rows)
    return dict(sorted(seen.items()))


def places(run: Any) -> list[str]:
    """Names of the device's qubits that were measured, the first of ours first."""
    return [str(one.qubit.id) for one in reversed(list(_columns(run[1])))]


def _message(result: Mapping[str, Any]) -> Any:
    from cirq_google.api import v2

    if result.get("problem"):
        raise ValueError(str(result["problem"])[:300])
    if str(result.get("type")).rpartition("/")[2] != RESULT:
        raise ValueError(f"a result of type {str(result.get('type'))[:80]!r} instead of {RESULT}")
    value = _value(result)
    try:
        return v2.result_pb2.Result.FromString(value)
    except Exception:  # of protobuf, which has no types to import
        raise ValueError("the result is cut off, or something else") from None


def _value(result: Mapping[str, Any]) -> bytes:
    return base64.b64decode(str(result.get("value")), validate=True)


def _columns(measured: Any) -> Iterator[Any]:
    """What was measured under our keys, `0` being that of the last qubit."""
    by_key = {one.key: one for one in measured.measurement_results}
    if len(by_key) != len(measured.measurement_results):
        raise ValueError("a measurement key is there twice")
    for index in range(len(by_key)):
        one = by_key.get(str(index))
        if one is None or one.instances > 1 or len(one.qubit_measurement_results) != 1:
            raise ValueError(f"measurements of another form: not one qubit under the key {index}")
        yield one.qubit_measurement_results[0]


def _bits(packed: bytes, shots: int) -> Any:
    """Shape ``(S,)``."""
    if len(packed) != -(-shots // 8):
        raise ValueError(f"{len(packed)} bytes for {shots} shots of a qubit")
    flat = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), bitorder="little")
    if flat[shots:].any():
        raise ValueError("there are bits after the last shot")
    return flat[:shots]
