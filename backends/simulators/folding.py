"""Amplifying gate noise by folding: ``U -> U (U† U)^k``, and the tail of ``U`` once more.

Global folding with a partial fold (Giurgica-Tiron et al., IEEE QCE 2020, arXiv:2005.10921). The
circuit must already be in the device's gates, and nothing may optimise it afterwards. Every gate is
folded, the gain counts the two-qubit gates. Readout noise is not amplified.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from backends.errors import ProgramRejected

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def fold(circuit: QuantumCircuit, gain: float) -> QuantumCircuit:
    """A circuit of the same unitary whose two-qubit gates are exactly ``gain`` times as many.

    Raises:
        ProgramRejected: No number of folds has this gain; names the nearest gains that exist.
    """
    pairs = fold_pairs(two_qubit_gates(circuit), gain)
    gates = [i for i in circuit.data if i.operation.name not in {"measure", "barrier"}]
    measurements = [i for i in circuit.data if i.operation.name == "measure"]
    whole, rest = divmod(pairs, two_qubit_gates(circuit)) if pairs else (0, 0)
    folded = circuit.copy_empty_like()
    _append(folded, gates)
    for tail in [gates] * whole + ([_tail(gates, rest)] if rest else []):
        _append_inverse(folded, tail)
        _append(folded, tail)
    _append(folded, measurements)
    return folded


def two_qubit_gates(circuit: QuantumCircuit) -> int:
    """Number of two-qubit gates."""
    return sum(len(i.qubits) == 2 and i.operation.name != "barrier" for i in circuit.data)


def fold_pairs(gates: int, gain: float) -> int:
    """How many of ``gates`` gates must be undone and redone for a gain: ``gates (gain - 1) / 2``.

    Raises:
        ProgramRejected: The number is not whole; names the nearest gains that exist.
    """
    wanted = gates * (gain - 1) / 2
    pairs = round(wanted)
    if math.isclose(pairs, wanted, abs_tol=1e-6) and (gates or gain == 1):
        return pairs
    nearest = {1 + 2 * n / gates for n in (math.floor(wanted), math.ceil(wanted))} if gates else {1}
    raise ProgramRejected(
        f"noise_gain = {gain:g} is not reached by folding {gates} two-qubit gates; allowed: "
        f"1 + k * 2/{gates}, nearest " + " and ".join(f"{value:.6g}" for value in sorted(nearest)),
        field="/knobs/noise_gain",
    )


def _tail(gates: list[Any], pairs: int) -> list[Any]:
    """The shortest end of the gates that holds ``pairs`` two-qubit gates."""
    starts = [index for index, gate in enumerate(gates) if len(gate.qubits) == 2]
    return gates[starts[-pairs] :]


def _append(circuit: QuantumCircuit, gates: list[Any]) -> None:
    for gate in gates:
        circuit.append(gate)


def _append_inverse(circuit: QuantumCircuit, gates: list[Any]) -> None:
    """The inverse in the device's own gates, so that each carries its noise."""
    for gate in reversed(gates):
        if gate.operation.name == "sx":
            circuit.rz(math.pi, gate.qubits)
            circuit.append(gate)
            circuit.rz(-math.pi, gate.qubits)
        else:
            circuit.append(gate.operation.inverse(), gate.qubits)
