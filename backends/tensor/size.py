"""How large a matrix product calculation is, known before it starts and without TeNPy."""

from __future__ import annotations

from backends.tensor.strings import Strings


def operator_width(terms: Strings, qubits: int) -> int:
    """States of the automaton at its widest bond, from above."""
    widest = 1
    for bond in range(1, qubits):
        lefts, rights = set(), set()
        for string in terms:
            cut = next((k for k, (site, _) in enumerate(string) if site >= bond), len(string))
            if 0 < cut < len(string):
                lefts.add(string[:cut])
                rights.add(string[cut:])
        widest = max(widest, 2 + min(len(lefts), len(rights)))
    return widest


def usual_width(qubits: int, bond_dimension: int) -> list[int]:
    """Bond dimension at each of the ``n - 1`` bonds: none exceeds what the ends allow."""
    return [min(bond_dimension, 2**bond, 2 ** (qubits - bond)) for bond in range(1, qubits)]
