"""Our circuits written for Stim, where their angles are multiples of pi/2."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from backends.errors import ProgramRejected
from backends.methods.circuit import CLIFFORD, Circuit, Gate, to_z
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord

if TYPE_CHECKING:
    import stim

TOLERANCE = 1e-10
_NAMES = {"sdg": "S_DAG", "sx": "SQRT_X", "sxdg": "SQRT_X_DAG"}
# A turn by 1, 2 and 3 quarters of pi.
_TURNS = {
    "rx": ("SQRT_X", "X", "SQRT_X_DAG"),
    "ry": ("SQRT_Y", "Y", "SQRT_Y_DAG"),
    "rz": ("S", "Z", "S_DAG"),
    "rzz": ("SQRT_ZZ", "Z", "SQRT_ZZ_DAG"),
}


def check_angles(angles: FloatArray, rows: NDArray[np.int64]) -> None:
    """Refuse angles that are no multiples of pi/2.

    Args:
        angles: Shape ``(R, T)``, radians.
        rows: Which points they belong to, shape ``(R,)``.

    Raises:
        ProgramRejected: Names the first point and its angle.
    """
    quarters = angles / (np.pi / 2)
    bad = np.argwhere(np.abs(quarters - np.round(quarters)) > TOLERANCE)
    if len(bad):
        row, column = bad[0]
        raise ProgramRejected(
            f"an angle is {angles[row, column]:.12g} here, so that the circuit is not Clifford; "
            "allowed: multiples of pi/2",
            field=f"/points/{rows[row]}",
        )


def written(circuit: Circuit, angles: FloatArray) -> stim.Circuit:
    """The circuit at some angles, shape ``(T,)``, which `check_angles` has passed.

    Raises:
        ProgramRejected: It has a gate that is never Clifford.
    """
    import stim

    made = stim.Circuit()
    quarters = np.round(angles / (np.pi / 2)).astype(np.int64) % 4
    for gate in circuit.gates:
        _append(made, gate, quarters)
    return made


def measured(
    circuit: Circuit, angles: FloatArray, basis: PauliWord, places: Sequence[int] | None = None
) -> stim.Circuit:
    """The circuit, measured in the basis of a Pauli word on every qubit, or on some in Z."""
    made = written(circuit, angles)
    for gate in to_z(basis):
        _append(made, gate, np.empty(0, dtype=np.int64))
    made.append("M", range(circuit.qubits) if places is None else places)
    return made


@lru_cache(maxsize=20_000)
def pauli(word: PauliWord, qubits: int) -> stim.PauliString:
    """A Pauli word; qubit ``q`` is Stim's qubit ``q``."""
    import stim

    bits = [[bool(mask >> qubit & 1) for qubit in range(qubits)] for mask in (word.x, word.z)]
    return stim.PauliString.from_numpy(xs=np.array(bits[0]), zs=np.array(bits[1]))


def _append(made: stim.Circuit, gate: Gate, quarters: NDArray[np.int64]) -> None:
    if gate.angle is not None:
        quarter = int(quarters[gate.angle])
        if quarter:
            made.append(_TURNS[gate.name][quarter - 1], gate.qubits)
        return
    if gate.name not in CLIFFORD:
        raise ProgramRejected(
            f"{gate.name} is not Clifford; allowed: {', '.join(sorted(CLIFFORD))}, and turns by "
            "multiples of pi/2",
            field="/system",
        )
    made.append(_NAMES.get(gate.name, gate.name.upper()), gate.qubits)
