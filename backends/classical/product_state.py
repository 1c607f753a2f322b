"""Mean field: the best product state, ``<P> = prod_q <P_q>`` with one Bloch vector per qubit.

The energy of a product state bounds the ground energy from above (Weiss's molecular field is its
stationary point).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable, Projector

STARTS = 8
_CODES = "IXYZ"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Product:
    """A product state.

    Attributes:
        bloch: Mean of I, X, Y and Z on each qubit, shape ``(n, 4)``.
    """

    bloch: FloatArray

    def expectation(self, operator: Measurable) -> float:
        """Mean of an operator."""
        if isinstance(operator, Projector):
            bits = operator.bits >> np.arange(operator.qubits) & 1
            return float(np.prod((1 + (1 - 2 * bits) * self.bloch[:, 3]) / 2))
        codes, coefficients = _table(operator)
        return float(coefficients @ _means(codes, self.bloch))


def best_product(hamiltonian: PauliSum, *, seed: int = 0) -> Product:
    """Minimise the energy over all product states, from several starts."""
    from scipy.optimize import minimize

    codes, coefficients = _table(hamiltonian)
    rng = np.random.default_rng(seed)
    best, lowest = np.zeros(2 * hamiltonian.qubits), np.inf

    def energy(angles: FloatArray) -> float:
        return float(coefficients @ _means(codes, _bloch(angles)))

    for _ in range(STARTS):
        start = rng.uniform(0, np.pi, 2 * hamiltonian.qubits)
        found = minimize(energy, start, method="BFGS", options={"gtol": 1e-9})
        if found.fun < lowest - 1e-10:
            best, lowest = found.x, float(found.fun)
    return Product(bloch=_bloch(best))


def _table(operator: PauliSum) -> tuple[NDArray[np.int64], FloatArray]:
    """Which matrix each of K terms has on each qubit, shape ``(K, n)``, and its coefficient."""
    words = list(operator.terms)
    codes = [[_CODES.index(word.letter(q)) for q in range(operator.qubits)] for word in words]
    return np.array(codes).reshape(len(words), -1), np.array([operator.terms[w] for w in words])


def _means(codes: NDArray[np.int64], bloch: FloatArray) -> FloatArray:
    means: FloatArray = np.prod(bloch[np.arange(codes.shape[1]), codes], axis=1)
    return means


def _bloch(angles: FloatArray) -> FloatArray:
    polar, azimuth = angles.reshape(2, -1)
    return np.stack(
        [
            np.ones_like(polar),
            np.sin(polar) * np.cos(azimuth),
            np.sin(polar) * np.sin(azimuth),
            np.cos(polar),
        ],
        axis=1,
    )
