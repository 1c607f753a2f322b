"""Mean field: the best product state, ``<P> = prod_q <P_q>`` with one Bloch vector per qubit.

The energy of a product state bounds the ground energy from above (Weiss's molecular field is its
stationary point).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable, Projector

STARTS = 8
OPTIONS: Any = {"gtol": 1e-10, "ftol": 1e-15, "maxiter": 5000, "maxfun": 20000}
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
            ones = np.array([operator.bits >> q & 1 for q in range(operator.qubits)])
            return float(np.prod((1 + (1 - 2 * ones) * self.bloch[:, 3]) / 2))
        places, coefficients = _table(operator)
        return float(coefficients @ self.bloch.reshape(-1)[places].prod(axis=1))


def best_product(hamiltonian: PauliSum, *, seed: int = 0) -> Product:
    """Minimise the energy over all product states, from several starts."""
    from scipy.optimize import minimize

    places, coefficients = _table(hamiltonian)
    rng = np.random.default_rng(seed)
    best, lowest = np.zeros(2 * hamiltonian.qubits), np.inf

    def energy(angles: FloatArray) -> tuple[float, FloatArray]:
        bloch = _bloch(angles)
        factors = bloch.reshape(-1)[places]
        rest = _without_each(factors) * coefficients[:, None]
        slopes: Any = np.bincount(places.reshape(-1), rest.reshape(-1), bloch.size)
        value = float(coefficients @ factors.prod(axis=1))
        return value, _by_angle(angles, slopes.reshape(bloch.shape))

    for start in _starts(hamiltonian.qubits, rng):
        found = minimize(energy, start, jac=True, method="L-BFGS-B", options=OPTIONS)
        if found.fun < lowest - 1e-10:
            best, lowest = found.x, float(found.fun)
    return Product(bloch=_bloch(best))


def _starts(qubits: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Random angles, then every vector along x, y or z, alike or in turn.

    Walls between domains of another order than these are left to chance.
    """
    for _ in range(STARTS):
        yield rng.uniform(0, np.pi, 2 * qubits)
    turn = np.pi * (np.arange(qubits) % 2)
    for step in (0.0 * turn, turn):
        for polar, azimuth in ((step, 0 * step), (np.pi / 2, step), (np.pi / 2, np.pi / 2 + step)):
            aligned = np.concatenate([polar + 0 * step, azimuth])
            yield aligned + rng.normal(0, 0.05, 2 * qubits)


def _table(operator: PauliSum) -> tuple[NDArray[np.int64], FloatArray]:
    """Where the factors of each of K terms stand in the Bloch vectors, and its coefficient.

    Words on few of many qubits are short: K rows of ``4 q + letter``, as long as the longest word,
    the shorter ones filled with the identity of qubit 0.
    """
    words = list(operator.terms)
    places = np.zeros(
        (len(words), max((w.support.bit_count() for w in words), default=0)), np.int64
    )
    for row, word in zip(places, words, strict=True):
        rest, column = word.support, 0
        while rest:
            qubit = rest.bit_length() - 1
            row[column] = 4 * qubit + _CODES.index(word.letter(qubit))
            rest, column = rest ^ 1 << qubit, column + 1
    return places, np.array([operator.terms[word] for word in words])


def _without_each(factors: FloatArray) -> FloatArray:
    """Product of all factors but one, for each of them, shape ``(K, n)``."""
    left, right = np.ones_like(factors), np.ones_like(factors)
    left[:, 1:] = np.cumprod(factors[:, :-1], axis=1)
    right[:, :-1] = np.cumprod(factors[:, :0:-1], axis=1)[:, ::-1]
    return left * right


def _by_angle(angles: FloatArray, slopes: FloatArray) -> FloatArray:
    """Slopes by the angles of `_bloch` from those by the Bloch vectors, shape ``(2n,)``."""
    polar, azimuth = angles.reshape(2, -1)
    _, x, y, z = slopes.T
    along = x * np.cos(azimuth) + y * np.sin(azimuth)
    across = y * np.cos(azimuth) - x * np.sin(azimuth)
    return np.concatenate([along * np.cos(polar) - z * np.sin(polar), across * np.sin(polar)])


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
