"""Which of Aer's simulations runs a circuit, where the source leaves it open.

The order is that of the cost model: Clifford circuits by stabilizers; noise in gates by a density
matrix up to `MOST_DENSITY` qubits (20 to 36 times faster than 4096 trajectories there, and equally
fast at 11), by trajectories above; a state vector while it is cheap; a matrix product state where
its exact bond dimension makes it at least twice as fast, or where no state vector fits.

A cut of the line of qubits that ``k`` two-qubit gates cross has a bond dimension of at most
``2^k``, and at most ``2^m`` where ``m`` qubits are on its smaller side.
"""

from __future__ import annotations

from dataclasses import dataclass

from backends.errors import ProgramRejected
from backends.methods.circuit import Circuit

AUTOMATIC = "automatic"
STATEVECTOR, DENSITY, MPS, STABILIZER = (
    "statevector",
    "density_matrix",
    "matrix_product_state",
    "stabilizer",
)
SIMULATIONS = (AUTOMATIC, STATEVECTOR, DENSITY, MPS, STABILIZER)
MOST_STATEVECTOR, MOST_DENSITY, MOST_MPS, MOST_STABILIZER = 24, 10, 100, 1000
CHEAP_S = 0.05
PER_AMPLITUDE_S, PER_BOND_S = 4.2e-9, 3e-9


@dataclass(frozen=True, slots=True)
class Choice:
    """A simulation and why it was taken."""

    simulation: str
    because: str


def choose(circuit: Circuit, *, noisy: bool, bond: int) -> Choice:
    """The simulation of a circuit whose source says ``automatic``.

    Args:
        noisy: Whether there is noise in gates.
        bond: Bond dimension that a matrix product state may keep.

    Raises:
        ProgramRejected: None can run it; says the numbers.
    """
    n, gates = circuit.qubits, len(circuit.gates)
    if noisy:
        if n <= MOST_DENSITY:
            return Choice(DENSITY, f"noise on {n} qubits, at most {MOST_DENSITY}")
        return Choice(STATEVECTOR, f"noise on {n} qubits, more than {MOST_DENSITY}: trajectories")
    if circuit.clifford and n > MOST_DENSITY:
        return Choice(STABILIZER, "every gate is a Clifford gate")
    vector_s = PER_AMPLITUDE_S * gates * 2.0**n
    if n <= MOST_STATEVECTOR and vector_s <= CHEAP_S:
        return Choice(STATEVECTOR, f"about {vector_s:.2g} s")
    exact_bond = bond_bound(circuit)
    product_s = PER_BOND_S * gates * float(min(exact_bond, 2 * bond)) ** 3
    if exact_bond <= bond and product_s <= vector_s / 2:
        return Choice(MPS, f"a bond dimension of {exact_bond} is exact")
    if n <= MOST_STATEVECTOR:
        return Choice(STATEVECTOR, f"about {vector_s:.2g} s; bond dimension up to {exact_bond}")
    raise ProgramRejected(
        f"{n} qubits need a bond dimension of up to {exact_bond:.3g}; allowed: "
        f"{MOST_STATEVECTOR} qubits, a bond_dimension that is as large, or simulation = {MPS}, "
        "which states its error",
        field="/settings/simulation",
    )


def bond_bound(circuit: Circuit) -> int:
    """A bond dimension that is certainly enough for the state that the circuit prepares."""
    n = circuit.qubits
    crossings = [0] * n
    for gate in circuit.gates:
        rank = 2 if gate.name == "swap" else 1  # as a power of two, of the gate's Schmidt rank
        for cut in range(min(gate.qubits), max(gate.qubits)):
            crossings[cut] += rank
    return int(max(2 ** min(k, cut + 1, n - cut - 1) for cut, k in enumerate(crossings)))
