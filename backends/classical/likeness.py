"""Orbitals chosen by likeness with those of another geometry.

Orbitals at two geometries are compared over symmetrically orthogonalised atomic orbitals
(Löwdin, J. Chem. Phys. 18, 365 (1950)): ``O = C_0^T S_0^1/2 S^1/2 C``. The frozen orbitals are the
part of the occupied space most like the frozen ones there, which is the row space of their block of
``O``; the active empty ones likewise. Both move continuously until a singular value vanishes, and
depend on the point alone, not on the way to it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from backends.schema.experiment import FloatArray
from backends.systems.active_space import ActiveSpace


def follow(field: Any, reference: Any, space: ActiveSpace) -> None:
    """Rotate the orbitals of a restricted mean field, whose energy and density stay.

    Its order becomes frozen, active (doubly occupied, open, empty), empty; in each of these
    sets the orbitals diagonalise the Fock operator.
    """
    there = reference.mo_coeff.T @ _root(reference.get_ovlp())
    overlap = there @ _root(field.get_ovlp()) @ field.mo_coeff
    double = space.core + space.electrons[1]
    empty = space.core + space.electrons[0]
    end = space.core + space.orbitals
    frozen = _most_alike(overlap[: space.core, :double])
    active = _most_alike(overlap[empty:end, empty:])
    orbitals = field.mo_coeff.copy()
    orbitals[:, :double] = orbitals[:, :double] @ frozen
    orbitals[:, empty:] = orbitals[:, empty:] @ active
    edges = (0, space.core, double, empty, end, orbitals.shape[1])
    fock = field.get_fock()
    energies = np.empty(orbitals.shape[1])
    for low, high in pairwise(edges):
        part = orbitals[:, low:high]
        energies[low:high], turned = np.linalg.eigh(part.T @ fock @ part)
        orbitals[:, low:high] = part @ turned
    field.mo_coeff, field.mo_energy = orbitals, energies


def _most_alike(overlap: FloatArray) -> FloatArray:
    """A rotation of the columns that puts the row space first; shape ``(N, N)``."""
    _, _, rows = np.linalg.svd(overlap, full_matrices=True)
    rotation: FloatArray = rows.T
    return rotation


def _root(overlap: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(overlap)
    root: FloatArray = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root
