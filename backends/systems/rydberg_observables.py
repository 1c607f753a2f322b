"""What is measured on an array of atoms, qubit 1 being the Rydberg state: ``n_q = (1 - Z_q) / 2``.

The order parameter of the Z2 phase (every second atom excited) is the staggered density; where both
patterns are equally likely its square shows the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from backends.schema.experiment import FloatArray
from backends.systems.observable import ObservableSpec
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_observables import plain
from backends.systems.rydberg_geometry import Geometry

MOST_ATOMS_OF_VIOLATION = 10
"""The probability of a violation is a sum of ``2**n`` words."""


def specs(geometry: Geometry, *, sites: bool) -> tuple[ObservableSpec, ...]:
    """What `operators` holds."""
    made = [plain("density", "Mean Rydberg density", 0.0, 1.0)]
    if sites:
        made += [
            plain(f"density_{q}", f"Rydberg density of atom {q}", 0.0, 1.0)
            for q in range(geometry.atoms)
        ]
    if geometry.signs is not None:
        made += [
            plain("staggered_density", "Staggered density, the Z2 order parameter", -1.0, 1.0),
            plain("staggered_squared", "Staggered magnetisation squared, along z", 0.0, 1.0),
        ]
    if geometry.bonds:
        label = "Probability that two neighbours are both excited, mean over neighbours"
        made.append(plain("density_correlation", label, 0.0, 1.0))
        if geometry.atoms <= MOST_ATOMS_OF_VIOLATION:
            label = "Probability that some two neighbours are both excited"
            made.append(plain("blockade_violation", label, 0.0, 1.0))
    return tuple(made)


def operators(geometry: Geometry, *, sites: bool) -> dict[str, PauliSum]:
    """Each observable of `specs` as a Pauli sum, qubit ``q`` being atom ``q``."""
    atoms = geometry.atoms
    made = {"density": density([1 / atoms] * atoms)}
    if sites:
        made |= {
            f"density_{q}": density([float(q == other) for other in range(atoms)])
            for q in range(atoms)
        }
    if geometry.signs is not None:
        made["staggered_density"] = density([sign / atoms for sign in geometry.signs])
        made["staggered_squared"] = _squared(geometry.signs)
    if geometry.bonds:
        made["density_correlation"] = _pairs(geometry)
        if atoms <= MOST_ATOMS_OF_VIOLATION:
            made["blockade_violation"] = diagonal(_violated(geometry))
    return made


def density(weights: Sequence[float]) -> PauliSum:
    """``sum_q w_q n_q``."""
    terms = {PauliWord(0, 0): sum(weights) / 2}
    terms |= {PauliWord(0, 1 << q): -weight / 2 for q, weight in enumerate(weights) if weight}
    return PauliSum(len(weights), terms)


def diagonal(values: FloatArray) -> PauliSum:
    """The words of a diagonal operator of shape ``(2**n,)``, by a Walsh-Hadamard transform."""
    qubits = len(values).bit_length() - 1
    table = values.reshape((2,) * qubits)
    for axis in range(qubits):
        table = np.stack(
            [table.take(0, axis) + table.take(1, axis), table.take(0, axis) - table.take(1, axis)],
            axis=axis,
        )
    weights = table.reshape(-1) / len(values)
    return PauliSum(
        qubits, {PauliWord(0, z): float(w) for z, w in enumerate(weights) if abs(w) > 1e-15}
    )


def _pairs(geometry: Geometry) -> PauliSum:
    """``n_i n_j = (1 - Z_i - Z_j + Z_i Z_j) / 4``, mean over the neighbours."""
    share = 0.25 / len(geometry.bonds)
    terms = {PauliWord(0, 0): 0.25}
    for i, j in geometry.bonds:
        for mask, sign in ((1 << i, -1), (1 << j, -1), (1 << i | 1 << j, 1)):
            word = PauliWord(0, mask)
            terms[word] = terms.get(word, 0.0) + sign * share
    return PauliSum(geometry.atoms, terms)


def _violated(geometry: Geometry) -> FloatArray:
    """1 for each basis state in which two neighbours are excited, shape ``(2**n,)``."""
    index = np.arange(2**geometry.atoms)
    masks = [1 << i | 1 << j for i, j in geometry.bonds]
    violated: FloatArray = np.any([index & mask == mask for mask in masks], axis=0).astype(float)
    return violated


def _squared(signs: Sequence[int]) -> PauliSum:
    """``(sum_q s_q Z_q / n)^2``."""
    size = len(signs)
    terms = {PauliWord(0, 0): 1 / size}
    for i, j in combinations(range(size), 2):
        terms[PauliWord(0, 1 << i | 1 << j)] = 2 * signs[i] * signs[j] / size**2
    return PauliSum(size, terms)
