"""Qubits as a chain of TeNPy sites: operators and product states on it.

Hauschild and Pollmann, SciPost Phys. Lect. Notes 5 (2018). Site ``q`` is qubit ``q``.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import Sector
from backends.tensor.automaton import Automaton, automaton
from backends.tensor.strings import conserving, is_real, strings

MATRICES: dict[str, NDArray[np.float64]] = {
    "I": np.eye(2),
    "X": np.array([[0.0, 1.0], [1.0, 0.0]]),
    "W": np.array([[0.0, 1.0], [-1.0, 0.0]]),
    "Z": np.diag([1.0, -1.0]),
    "P": np.array([[0.0, 1.0], [0.0, 0.0]]),
    "M": np.array([[0.0, 0.0], [1.0, 0.0]]),
}


class Chain:
    """A chain of qubits, some of whose numbers of ones may be conserved."""

    def __init__(self, qubits: int, sector: Sector = ()) -> None:
        self.qubits = qubits
        self.masks = tuple(mask for mask, _ in sector)

    @cached_property
    def _charges(self) -> Any:
        from tenpy.linalg.charges import ChargeInfo

        return ChargeInfo([1] * len(self.masks))

    @cached_property
    def sites(self) -> list[Any]:
        """TeNPy sites; the basis is 0, 1."""
        from tenpy.linalg.charges import LegCharge
        from tenpy.networks.site import Site

        found = []
        for qubit in range(self.qubits):
            ones = [mask >> qubit & 1 for mask in self.masks]
            leg = LegCharge.from_qflat(self._charges, [[0] * len(ones), ones])
            found.append(Site(leg, ["0", "1"], sort_charge=False))
        return found

    def operator(self, operator: PauliSum) -> Any:
        """A Pauli sum as a TeNPy MPO; what changes a conserved number is left out."""
        from tenpy.networks.mpo import MPO

        terms = conserving(strings(operator, self.masks), self.masks)
        machine = automaton(terms, self.qubits)
        kind = np.float64 if is_real(terms) else np.complex128
        legs = self._legs(machine)
        tensors = [
            self._tensor(machine, site, legs[site : site + 2], kind) for site in range(self.qubits)
        ]
        return MPO(
            self.sites,
            tensors,
            IdL=list(machine.start),
            IdR=list(machine.done),
            mps_unit_cell_width=self.qubits,
        )

    def product(self, factors: NDArray[Any]) -> Any:
        """A product state as a TeNPy MPS.

        Args:
            factors: State of each qubit, shape ``(n, 2)``; real or complex.
        """
        from tenpy.networks.mps import MPS

        return MPS.from_product_state(
            self.sites, list(factors), dtype=factors.dtype, unit_cell_width=self.qubits
        )

    def _legs(self, machine: Automaton) -> list[Any]:
        """The charge of every state: what the factors left of it have added."""
        from tenpy.linalg.charges import LegCharge

        width = len(self.masks)
        charges = [np.zeros((1, width), dtype=np.int64)]
        for site, edges in enumerate(machine.edges):
            added = np.zeros((machine.widths[site + 1], width), dtype=np.int64)
            ones = np.array([mask >> site & 1 for mask in self.masks], dtype=np.int64)
            for left, right, name in edges:
                added[right] = charges[-1][left] + ((name == "M") - (name == "P")) * ones
            charges.append(added)
        return [LegCharge.from_qflat(self._charges, table) for table in charges]

    def _tensor(self, machine: Automaton, site: int, legs: list[Any], kind: Any) -> Any:
        from tenpy.linalg.np_conserved import Array

        table = np.zeros((*machine.widths[site : site + 2], 2, 2), dtype=np.complex128)
        for (left, right, name), coefficient in machine.edges[site].items():
            table[left, right] += coefficient * MATRICES[name]
        leg = self.sites[site].leg
        return Array.from_ndarray(
            table.real if kind is np.float64 else table,
            [legs[0], legs[1].conj(), leg, leg.conj()],
            dtype=kind,
            labels=["wL", "wR", "p", "p*"],
        )
