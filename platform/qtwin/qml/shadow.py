"""Kernels from classical shadows: each shot measures every qubit in a random Pauli basis.

Snapshots are ``σ = ⊗_i (3 |s_i><s_i| - 1)`` (Huang, Kueng and Preskill, Nature Physics 16, 1050,
2020), so that ``Tr(σ σ')`` multiplies 5 (same basis and bit), -4 (same basis, another bit) or 1/2
(another basis) over qubits; its mean over pairs of snapshots is an unbiased ``Tr(ρ ρ')``.
The shadow kernel ``exp(τ mean_tt' exp(γ/n Σ_i Tr(σ_i σ'_i)))`` is that of Huang et al. (Science
377, eabk3333, 2022), with which phases of matter are learnt.
``T`` snapshots of ``n`` qubits, qubit 0 last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.qml.circuit import ComplexArray

_SAME, _OPPOSITE, _OTHER = 5.0, -4.0, 0.5
_HALF = 1 / np.sqrt(2)
_ROTATIONS = np.array(
    [[[_HALF, _HALF], [_HALF, -_HALF]], [[_HALF, -1j * _HALF], [_HALF, 1j * _HALF]], np.eye(2)]
)
"""Into the bases X, Y and Z, shape ``(3, 2, 2)``."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shadow:
    """Snapshots of one state.

    Attributes:
        bases: 0, 1, 2 for X, Y, Z, shape ``(T, n)``.
        bits: What was read, shape ``(T, n)``.
    """

    bases: NDArray[np.uint8]
    bits: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.bases.shape != self.bits.shape or self.bases.ndim != 2 or not self.bases.size:
            raise ValueError(f"bases {self.bases.shape}, bits {self.bits.shape}; allowed: (T, n)")
        if self.bases.max() > 2 or self.bits.max() > 1:
            raise ValueError("allowed: bases 0, 1, 2 for X, Y, Z, and bits 0 and 1")


def snapshots(state: ComplexArray, count: int, rng: np.random.Generator) -> Shadow:
    """Simulate the measurement of a state of shape ``(2**n,)``."""
    qubits = int(state.size).bit_length() - 1
    bases = rng.integers(3, size=(count, qubits), dtype=np.uint8)
    read = np.empty_like(bases)
    settings, of = np.unique(bases, axis=0, return_inverse=True)
    for index, setting in enumerate(settings):
        turned = state.reshape((2,) * qubits)
        for axis, basis in enumerate(setting):
            turned = np.moveaxis(np.tensordot(_ROTATIONS[basis], turned, (1, axis)), 0, axis)
        chance = np.abs(turned.reshape(-1)) ** 2
        rows = np.flatnonzero(of.reshape(-1) == index)
        seen = rng.choice(state.size, size=len(rows), p=chance / chance.sum())
        read[rows] = (seen[:, None] >> np.arange(qubits)[::-1]) & 1
    return Shadow(bases=bases, bits=read)


def traces(a: Shadow, b: Shadow) -> FloatArray:
    """``Tr(σ_i σ'_i)`` of all pairs at each qubit, shape ``(T, T', n)``."""
    same_basis = a.bases[:, None] == b.bases[None]
    same_bit = a.bits[:, None] == b.bits[None]
    return np.where(same_basis, np.where(same_bit, _SAME, _OPPOSITE), _OTHER)


def state_overlap(a: Shadow, b: Shadow) -> tuple[float, float]:
    """Unbiased ``Tr(ρ ρ')`` of two states measured apart, and its one-sigma error."""
    products = traces(a, b).prod(axis=2)
    left, right = products.mean(axis=1), products.mean(axis=0)
    variance = _of_mean(left) + _of_mean(right)
    return float(products.mean()), float(np.sqrt(variance))


def shadow_kernel(
    shadows: list[Shadow], others: list[Shadow], *, tau: float = 1.0, gamma: float = 1.0
) -> FloatArray:
    """Between the states of two lists, shape ``(N, M)``; positive semi-definite of one list."""
    return np.array([[_kernel(a, b, tau, gamma) for b in others] for a in shadows])


def _kernel(a: Shadow, b: Shadow, tau: float, gamma: float) -> float:
    return float(np.exp(tau * np.exp(gamma * traces(a, b).mean(axis=2)).mean()))


def _of_mean(values: FloatArray) -> float:
    return float(np.var(values, ddof=1) / len(values)) if len(values) > 1 else np.inf
