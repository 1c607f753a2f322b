"""What a task's documents say of each circuit that it was asked for.

A task of one circuit has one document; a program set has a list of programs, each with a list of
executables, inline or as objects of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backends.methods.program import Program
from backends.qpu.braket_counts import counts
from backends.qpu.braket_entries import Entry, size
from backends.qpu.braket_payload import RESULT, Payload

Seen = list[list[dict[int, dict[str, int]]]]
"""Counts by measurement group, of each point of each state."""
Failed = list[dict[int, str]]
"""Why a point has none, by its row, of each state."""


def seen(
    payload: Payload, states: Sequence[Program], wanted: Sequence[Entry], shots: int
) -> tuple[Seen, Failed]:
    """Counts, and why there are none.

    Args:
        states: A program for each state of the entries.

    Raises:
        ValueError: The result is not that of these circuits.
    """
    found: Seen = [[{} for _ in one.operators] for one in states]
    failed: Failed = [{} for _ in states]
    for entry, results in zip(wanted, _results(payload, wanted), strict=True):
        for row, result in zip(entry.rows.tolist(), results, strict=True):
            failure = result.get("failureMetadata")
            if failure is not None:
                failed[entry.state][row] = _reason(failure)
                continue
            qubits = entry.circuit.qubits
            found[entry.state][row][entry.group] = counts(result, qubits=qubits, shots=shots)
    return found, failed


def _results(payload: Payload, wanted: Sequence[Entry]) -> list[list[Mapping[str, Any]]]:
    """For each entry, a document for each of its points."""
    whole = payload.document(RESULT)
    if "programResults" not in whole:
        if size(wanted) != 1:
            raise ValueError(f"the result of one circuit for {size(wanted)} circuits")
        return [[whole]]
    given = whole["programResults"]
    if not isinstance(given, list) or len(given) != len(wanted):
        raise ValueError(f"results of {_length(given)} programs instead of {len(wanted)}")
    return [
        _executables(payload, one, len(entry.rows))
        for one, entry in zip(given, wanted, strict=True)
    ]


def _executables(payload: Payload, given: Any, rows: int) -> list[Mapping[str, Any]]:
    folder, program = "", given
    if isinstance(given, str):
        folder, program = given.removesuffix(RESULT), payload.document(given)
    listed = program.get("executableResults") if isinstance(program, dict) else None
    if not isinstance(listed, list) or len(listed) != rows:
        raise ValueError(f"results of {_length(listed)} circuits instead of {rows}")
    read = [payload.document(folder + one) if isinstance(one, str) else one for one in listed]
    if not all(isinstance(one, dict) for one in read):
        raise ValueError("the result of a circuit is no JSON object")
    if sorted(str(one.get("inputsIndex")) for one in read) != sorted(map(str, range(rows))):
        raise ValueError("the results are not those of all inputs")
    return sorted(read, key=lambda one: int(one["inputsIndex"]))


def _reason(failure: Any) -> str:
    words = failure.get("failureReason", "") if isinstance(failure, dict) else ""
    return f"the device could not run its circuit: {str(words)[:300]}"


def _length(given: Any) -> int:
    return len(given) if isinstance(given, list) else 0
