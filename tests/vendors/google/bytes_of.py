"""What can be wrong with the bytes of a result."""

from __future__ import annotations

from typing import Any


def narrower(data: bytes) -> bytes:
    """Without one qubit of the first circuit."""
    made = _read(data)
    made.sweep_results[0].parameterized_results[0].measurement_results.pop()
    return bytes(made.SerializeToString())


def fewer(data: bytes) -> bytes:
    """A circuit has run a shot less often."""
    made = _read(data)
    made.sweep_results[0].repetitions -= 1
    return bytes(made.SerializeToString())


def _read(data: bytes) -> Any:
    from cirq_google.api import v2

    return v2.result_pb2.Result.FromString(data)
