"""JSON forms of circuits that go from one process to another, checked when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backends.methods.circuit import FIXED, TURNED, Circuit, Gate
from backends.schema.experiment import FloatArray
from backends.simulators.compiled import Compiled

NATIVE = {"ecr": 2}
SIZES = FIXED | TURNED | NATIVE
MOST_QUBITS, MOST_GATES = 200, 20_000


def circuit_to_json(circuit: Circuit) -> dict[str, Any]:
    gates = [[gate.name, list(gate.qubits), gate.angle] for gate in circuit.gates]
    return {"qubits": circuit.qubits, "gates": gates, "angles": circuit.angles}


def circuit_from_json(document: Any, *, most_gates: int = MOST_GATES) -> Circuit:
    """Rebuild a circuit.

    Raises:
        ValueError: If it is none, or too large.
    """
    qubits = _whole(document["qubits"], MOST_QUBITS)
    angles = _whole(document["angles"], MOST_GATES)
    if len(document["gates"]) > most_gates:
        raise ValueError(f"{len(document['gates'])} gates")
    return Circuit(qubits, tuple(_gate(g, qubits, angles) for g in document["gates"]), angles)


def compiled_to_json(one: Compiled) -> dict[str, Any]:
    rows, columns = np.nonzero(one.slopes)
    return {
        "circuit": circuit_to_json(one.circuit),
        "places": list(one.places),
        "offsets": one.offsets.tolist(),
        "slopes": [rows.tolist(), columns.tolist(), one.slopes[rows, columns].tolist()],
        "given": one.slopes.shape[1],
    }


def compiled_from_json(document: Any) -> Compiled:
    """Rebuild a compiled circuit.

    Raises:
        ValueError: If it is none.
    """
    circuit = circuit_from_json(document["circuit"])
    slopes = np.zeros((circuit.angles, _whole(document["given"], MOST_GATES)))
    rows, columns, values = document["slopes"]
    slopes[rows, columns] = values
    return Compiled(
        circuit=circuit,
        places=_places(document["places"], circuit.qubits),
        offsets=_numbers(document["offsets"], circuit.angles),
        slopes=slopes,
    )


def _gate(entry: Any, qubits: int, angles: int) -> Gate:
    name, on, angle = entry
    places = _places(on, qubits)
    turned = name in TURNED
    if SIZES.get(name) != len(places) or (angle is not None) != turned:
        raise ValueError(f"no gate: {entry!r:.100}")
    if turned and _whole(angle, angles - 1) != angle:
        raise ValueError(f"no angle: {entry!r:.100}")
    return Gate(name, places, angle)


def _places(entry: Sequence[Any], qubits: int) -> tuple[int, ...]:
    places = tuple(_whole(place, qubits - 1) for place in entry)
    if len(set(places)) != len(places):
        raise ValueError(f"qubits {places} repeat")
    return places


def _whole(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{value!r:.40} is no whole number from 0 to {most}")
    return value


def _numbers(values: Any, length: int) -> FloatArray:
    numbers = np.array(values, dtype=np.float64)
    if numbers.shape != (length,) or not np.isfinite(numbers).all():
        raise ValueError("no finite numbers")
    return numbers
