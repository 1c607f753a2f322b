"""Counts of bit strings from what the vendor says of one circuit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from backends.systems.document import is_number

NEAR = 0.1
"""How far a probability times the shots may be from a whole number."""


def counts(result: Mapping[str, Any], *, qubits: int, shots: int) -> dict[str, int]:
    """Bit strings with qubit 0 rightmost, with how often they were seen.

    Args:
        result: The vendor's document of one circuit.

    Raises:
        ValueError: Width, bits, qubits or the sum are not those that were asked for.
    """
    order = _order(result.get("measuredQubits"), qubits)
    measurements = result.get("measurements")
    if measurements is not None:
        seen = _of_shots(measurements, qubits)
    else:
        seen = _of_shares(result.get("measurementProbabilities"), qubits, shots)
    total = sum(seen.values())
    if total != shots:
        raise ValueError(f"{total} shots of one circuit instead of {shots}")
    ordered: Counter[str] = Counter()
    for bits, times in seen.items():
        ordered["".join(bits[order[qubit]] for qubit in reversed(range(qubits)))] += times
    return dict(sorted(ordered.items()))


def _order(measured: Any, qubits: int) -> list[int]:
    """Column of each of our qubits."""
    if not isinstance(measured, list) or sorted(map(repr, measured)) != sorted(
        map(repr, range(qubits))
    ):
        raise ValueError(f"measuredQubits = {str(measured)[:80]} for {qubits} qubits")
    return [measured.index(qubit) for qubit in range(qubits)]


def _of_shots(measurements: Any, qubits: int) -> Counter[str]:
    if not isinstance(measurements, list):
        raise ValueError("measurements is no list")
    seen: Counter[str] = Counter()
    for shot in measurements:
        if not isinstance(shot, list) or len(shot) != qubits:
            raise ValueError(f"a shot of another width than {qubits}")
        seen[_bits(shot)] += 1
    return seen


def _bits(shot: Sequence[Any]) -> str:
    if any(type(bit) is not int or bit not in (0, 1) for bit in shot):
        raise ValueError("a shot has something else than 0 and 1")
    return "".join(map(str, shot))


def _of_shares(shares: Any, qubits: int, shots: int) -> Counter[str]:
    """Some devices give the share of each outcome instead."""
    if not isinstance(shares, dict) or not shares:
        raise ValueError("neither measurements nor measurementProbabilities")
    seen: Counter[str] = Counter()
    for bits, share in shares.items():
        if len(bits) != qubits or set(bits) - {"0", "1"}:
            raise ValueError(f"outcome {bits[:80]!r} for {qubits} qubits")
        if not is_number(share) or not 0 <= share <= 1:
            raise ValueError(f"probability {share!r}")
        times = round(share * shots)
        if abs(share * shots - times) > NEAR:
            raise ValueError(f"probability {share!r} is no share of {shots} shots")
        seen[bits] += times
    return seen
