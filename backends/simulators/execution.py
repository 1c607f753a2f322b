"""Running batches of parametrised circuits on Aer: one call for all points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from backends.errors import BackendUnavailable
from backends.schema.experiment import FloatArray

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit_aer import AerSimulator


Counts = dict[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One circuit at many angles.

    Attributes:
        angles: Shape ``(R, T)``; column ``k`` is bound to the parameter ``theta_k``.
    """

    circuit: QuantumCircuit
    angles: FloatArray

    def bound(self) -> list[Batch]:
        """One batch for each binding where there are no parameters, else this."""
        if self.circuit.parameters:
            return [self]
        return [Batch(self.circuit, self.angles[[row]]) for row in range(len(self.angles))]

    def binds(self) -> dict[Any, list[float]]:
        """Aer's ``parameter_binds`` entry."""
        return {
            parameter: self.angles[:, int(parameter.name.removeprefix("theta_"))].tolist()
            for parameter in self.circuit.parameters
        }


def sample(
    simulator: AerSimulator, batches: Sequence[Batch], *, shots: int, seed: int
) -> list[list[Counts]]:
    """Counts of each batch at each of its rows; bit strings have qubit 0 rightmost.

    Raises:
        BackendUnavailable: The simulator failed.
    """
    # Aer shifts the seed by a constant from circuit to circuit: spread near seeds far apart.
    spread = int(np.random.SeedSequence(seed).generate_state(1)[0]) >> 1
    result = run_batches(simulator, batches, shots=shots, seed_simulator=spread)
    counts, first = [], 0
    for batch in batches:
        rows = range(first, first + len(batch.angles))
        bits = batch.circuit.num_clbits
        counts.append([_counted(result.data(row)["counts"], bits) for row in rows])
        first = rows.stop
    return counts


def saved(simulator: AerSimulator, batch: Batch, key: str) -> list[Any]:
    """What each row of a batch saved under a key.

    Raises:
        BackendUnavailable: The simulator failed.
    """
    result = run_batches(simulator, [batch])
    return [result.data(row)[key] for row in range(len(batch.angles))]


def run_batches(simulator: AerSimulator, batches: Sequence[Batch], **options: Any) -> Any:
    """Aer's result, with one experiment per row of each batch, in order.

    Raises:
        BackendUnavailable: The simulator failed.
    """
    # Aer runs a circuit once for each of its bindings: without parameters there is one.
    batches = [one for batch in batches for one in batch.bound()]
    circuits = [batch.circuit for batch in batches]
    binds = [batch.binds() for batch in batches]
    result = simulator.run(circuits, parameter_binds=binds, **options).result()
    if not result.success:
        raise BackendUnavailable(f"the simulator failed: {result.status}")
    return result


def _counted(seen: Mapping[str, int], bits: int) -> Counts:
    """Counts by bit string from Aer's, by hexadecimal number; all bits are of one register."""
    by_number = sorted((int(outcome, 16), times) for outcome, times in seen.items())
    return {f"{outcome:0{bits}b}": times for outcome, times in by_number}
