"""Configuration recovery: basis states with wrong numbers of electrons get the right ones.

Robledo-Moreno et al. (arXiv:2405.05068), supplementary material: where a basis state has too many
electrons of a spin, as many of its ones as are too many become zeros, drawn without replacement
with weights ``w(|x_p - n_p|)``, and the other way round. ``n_p`` are the mean occupations in the
ground state of the subspace before, and
``w(y) = delta y / h`` up to ``h``, ``delta + (1 - delta) (y - h) / (1 - h)`` above,
with ``h`` the share of occupied orbitals and ``delta = 0.01``. Shapes use ``B`` for basis states,
``q`` for the qubits of one spin and ``n`` for all.
"""

from __future__ import annotations

import numpy as np

from backends.classical.basis import Indices
from backends.schema.experiment import FloatArray
from backends.systems.qubit_system import Sector

DELTA = 0.01
SMALLEST = 1e-300


def recovered(
    states: Indices, sector: Sector, occupations: FloatArray, rng: np.random.Generator
) -> Indices:
    """Basis states with the numbers of the sector, one for each, shape ``(B,)``.

    Args:
        occupations: Mean occupation of each qubit, shape ``(n,)``.
        rng: Draws the bits that are flipped.
    """
    for mask, count in sector:
        qubits = np.flatnonzero([mask >> q & 1 for q in range(mask.bit_length())])
        bits = states[:, None] >> qubits & 1
        states = states ^ (_flips(bits, count, occupations[qubits], rng) << qubits).sum(axis=1)
    return states


def _flips(bits: Indices, count: int, occupations: FloatArray, rng: np.random.Generator) -> Indices:
    """Which bits change, shape ``(B, q)``.

    The largest of ``log w`` plus Gumbel noise are a draw without replacement (Efraimidis and
    Spirakis, Inf. Process. Lett. 97, 181 (2006)).
    """
    surplus = bits.sum(axis=1) - count
    weights = np.log(np.maximum(weight(np.abs(bits - occupations), count), SMALLEST))
    keys = weights + rng.gumbel(size=bits.shape)
    keys[bits != (surplus > 0)[:, None]] = -np.inf
    places = np.argsort(np.argsort(-keys, axis=1), axis=1)
    flips: Indices = (places < np.abs(surplus)[:, None]).astype(np.int64)
    return flips


def weight(distance: FloatArray, count: int) -> FloatArray:
    """``w`` of distances of shape ``(B, q)``, of which ``count`` qubits are occupied."""
    share = count / distance.shape[1]
    low = DELTA * distance / (share or 1.0)
    high = DELTA + (1 - DELTA) * (distance - share) / ((1 - share) or 1.0)
    return np.where(distance <= share, low, high)
