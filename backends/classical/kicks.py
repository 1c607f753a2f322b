"""Kicked Ising dynamics of a state vector, exactly: Kim et al., Nature 618, 500 (2023).

One step is ``prod_i exp(-i theta_h X_i / 2)``, then ``prod_<ij> exp(-i theta_j Z_i Z_j / 2)``; the
second is diagonal, so that it is one multiplication.
"""

from __future__ import annotations

import numpy as np

from backends.systems.lattice import Bonds
from backends.systems.pauli import ComplexArray


def kicked(
    initial: ComplexArray, bonds: Bonds, steps: int, *, theta_h: float, theta_j: float
) -> ComplexArray:
    """State vector after some steps.

    Args:
        initial: Shape ``(2**n,)``.
        theta_h: Radians.
        theta_j: Radians.
    """
    signs = [1 - 2 * ((np.arange(len(initial)) >> site) & 1) for site in range(_sites(initial))]
    bonded = np.zeros(len(initial))
    for one, two in bonds:
        bonded += signs[one] * signs[two]
    coupling = np.exp(-0.5j * theta_j * bonded)
    cosine, sine = np.cos(theta_h / 2), -1j * np.sin(theta_h / 2)
    state = initial.astype(np.complex128)
    for _ in range(steps):
        for site in range(_sites(initial)):
            pairs = state.reshape(-1, 2, 1 << site)
            state = (cosine * pairs + sine * pairs[:, ::-1]).reshape(-1)
        state *= coupling
    return state


def _sites(state: ComplexArray) -> int:
    return len(state).bit_length() - 1
