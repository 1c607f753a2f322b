"""The exact limit on the vendor's simulators: one circuit, and the expectation of every word."""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.program import Program
from backends.qpu.braket_circuits import source, written
from backends.qpu.braket_payload import RESULT, Payload
from backends.schema.experiment import FloatArray
from backends.systems.document import is_number
from backends.systems.pauli import PauliSum, PauliWord


def words(program: Program) -> list[PauliWord]:
    """Every word of every observable, without the identity, in one order.

    Raises:
        ProgramRejected: The program is not one circuit with sums of words.
    """
    sums = [one for row in program.operators for one in row]
    single = len(program.parts) == 1 and len(program.operators) == 1 and not program.excited
    if program.solver or not single or not all(isinstance(one, PauliSum) for one in sums):
        raise ProgramRejected(
            "without shots the simulator takes one circuit and sums of Pauli words; allowed: shots",
            field="/shots",
        )
    found = {word for one in sums if isinstance(one, PauliSum) for word in one.terms}
    return sorted((word for word in found if word.support), key=lambda word: (word.x, word.z))


def openqasm(program: Program, gates: frozenset[str]) -> Any:
    """The SDK's program that asks for the expectation of each of `words`."""
    from braket.circuits import observables as known
    from braket.ir.openqasm import Program as OpenQasm

    part = program.parts[0]
    circuit = written(
        part.circuit,
        angle=lambda column: float(part.angles[0, column]),
        basis=None,
        gates=gates,
    )
    for word in words(program):
        places = [q for q in range(part.circuit.qubits) if word.support >> q & 1]
        letters = [getattr(known, word.letter(q))() for q in places]
        product = letters[0] if len(letters) == 1 else known.TensorProduct(letters)
        circuit.expectation(product, target=places)
    return OpenQasm(source=source(circuit))


def values(program: Program, payload: Payload) -> FloatArray:
    """Observables of the one point, shape ``(1, O)``.

    Raises:
        ValueError: The result has another number of expectations, or others than numbers.
    """
    given, wanted = payload.document(RESULT).get("resultTypes"), words(program)
    if not isinstance(given, list) or len(given) != len(wanted):
        raise ValueError(f"{len(given) if isinstance(given, list) else 0} expectations instead of "
                         f"{len(wanted)}")  # fmt: skip
    means: dict[PauliWord, float] = {}
    for word, one in zip(wanted, given, strict=True):
        mean = one.get("value") if isinstance(one, dict) else None
        if not is_number(mean) or abs(mean) > 1 + 1e-9:  # type: ignore[arg-type]  # a number
            raise ValueError(f"expectation {mean!r} of a Pauli word")
        means[word] = float(mean)  # type: ignore[arg-type]  # a number
    row = [
        one.mixed_value + sum(c * means[word] for word, c in one.terms.items() if word.support)
        for one in program.operators[0]
        if isinstance(one, PauliSum)
    ]
    return np.array([row])
