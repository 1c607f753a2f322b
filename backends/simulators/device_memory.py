"""What one process compiled for a device, for all that are forked later.

A job runs in a process that ends with it. What it had to compile it leaves as a *wish*, the circuit
that it started from. Since that process has read a user's documents, its word is not taken: a wish
is checked, compiled again by a process that has read nothing else, and remembered by the one that
forks.
"""

from __future__ import annotations

from typing import Any

from backends.simulators.circuit_json import (
    circuit_from_json,
    circuit_to_json,
    compiled_from_json,
    compiled_to_json,
)
from backends.simulators.device import engine
from backends.simulators.device_circuits import (
    Key,
    compile_anew,
    keep,
    newly_compiled,
    placed,
    used_qubits,
)
from backends.simulators.devices import qubits_of
from backends.systems.pauli import PauliWord

MOST_GATES, MOST_BASES = 5000, 200


def wishes() -> list[dict[str, Any]]:
    """What this process compiled."""
    return [
        {
            "device": name,
            "circuit": circuit_to_json(circuit),
            "bases": [[basis.x, basis.z] for basis in bases],
        }
        for name, circuit, bases in newly_compiled()
        if len(circuit.gates) * len(bases) <= MOST_GATES and len(bases) <= MOST_BASES
    ]


def fulfil(wish: Any) -> list[dict[str, Any]]:
    """Compile it.

    Raises:
        ValueError: The wish is malformed or too large.
    """
    return [compiled_to_json(one) for one in compile_anew(_key(wish))]


def learn(wish: Any, answer: Any) -> None:
    """Remember what `fulfil` gave, and load the noise of its qubits.

    Raises:
        ValueError: The wish or the answer is malformed.
    """
    key = _key(wish)
    found = tuple(compiled_from_json(one) for one in answer)
    if len(found) != len(key[2]):
        raise ValueError(f"{len(found)} circuits for {len(key[2])} bases")
    keep(key, found)
    used = used_qubits((one.circuit, one.places) for one in found)
    engine(key[0], used)
    for one in found:
        placed(one.circuit, one.places, used)


def _key(wish: Any) -> Key:
    name = wish["device"]
    if not isinstance(name, str):
        raise ValueError(f"no device: {name!r:.40}")
    size = qubits_of(name)
    circuit = circuit_from_json(wish["circuit"], most_gates=MOST_GATES)
    bases = tuple(_word(entry, circuit.qubits) for entry in wish["bases"])
    if circuit.qubits > size or not 1 <= len(bases) <= MOST_BASES:
        raise ValueError(f"{circuit.qubits} qubits, {len(bases)} bases")
    if len(circuit.gates) * len(bases) > MOST_GATES:
        raise ValueError("too many gates")
    return name, circuit, bases


def _word(entry: Any, qubits: int) -> PauliWord:
    x, z = entry
    for bits in (x, z):
        if type(bits) is not int or not 0 <= bits < 1 << qubits:
            raise ValueError(f"no Pauli word: {entry!r:.40}")
    return PauliWord(x, z)
