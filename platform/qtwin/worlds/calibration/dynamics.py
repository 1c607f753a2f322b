"""Exact probabilities of bit strings, of many draws of the parameters at all settings at once.

Without dephasing a draw is a state vector. With it a density matrix ``rho`` is evolved as a vector
of ``2 n`` qubits, ``d rho_kb / dt = -i [(H rho)_kb - (rho H)_kb] - gamma h_kb rho_kb`` with the
number ``h`` of qubits in which ket and bra differ: the same diagonals and drives on both halves,
with opposite signs, and one more diagonal of imaginary weight. Shapes use ``N`` for draws, ``P``
for settings and ``n`` for qubits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.classical.basis import states
from backends.classical.evolution import product_vector
from backends.dynamics.evolution import evolve
from backends.dynamics.model import Model
from backends.errors import ProgramRejected
from backends.systems.rydberg_array import RydbergArray
from backends.systems.state import Evolved
from qtwin.fusion.base import FloatArray
from qtwin.worlds.calibration.parameters import Calibratable, parameters_of
from qtwin.worlds.calibration.terms import IsingTerms, RydbergTerms, Slices, Terms

TOLERANCE = 1e-3
"""Of a state, for its probabilities to 1e-4 or so; those of a thousand shots are known to 1e-2."""
MOST_QUBITS, MOST_DEPHASED = 10, 6
CHUNK = 20_000_000
"""Amplitudes that are held at once."""
DEPHASING = "dephasing"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dynamics:
    """A system at some settings.

    Attributes:
        names: Parameters that differ between draws.
        nominal: Of all parameters.
        initial: State vector, shape ``(2**n,)``.
    """

    terms: Terms
    slices: Slices
    names: tuple[str, ...]
    nominal: dict[str, float]
    initial: Any

    @classmethod
    def of(cls, system: Calibratable, points: FloatArray, names: Sequence[str]) -> Dynamics:
        """Of settings, shape ``(P, C)``, and parameters that will be given.

        Raises:
            ProgramRejected: There are too many qubits.
        """
        most = MOST_DEPHASED if DEPHASING in names else MOST_QUBITS
        if system.qubits > most:
            raise ProgramRejected(
                f"{system.qubits} qubits; allowed: {MOST_QUBITS}, and {MOST_DEPHASED} with "
                f"{DEPHASING}",
                field="/atoms" if isinstance(system, RydbergArray) else "/sites",
            )
        slices = Slices.of(system, points)
        terms: Terms = (
            RydbergTerms.of(system, points, slices)
            if isinstance(system, RydbergArray)
            else IsingTerms.of(system, points, slices)
        )
        assert isinstance(system.state, Evolved)
        kept = states(system.qubits, ())
        return cls(
            terms=terms,
            slices=slices,
            names=tuple(names),
            nominal={one.name: one.nominal for one in parameters_of(system)},
            initial=product_vector(system.state.initial, kept),
        )

    def __call__(self, values: FloatArray, *, damped: bool = True) -> FloatArray:
        """Probabilities, shape ``(N, P, 2**n)``, of parameters of shape ``(N, len(names))``.

        Args:
            damped: False leaves the dephasing out.
        """
        damped = damped and DEPHASING in self.names
        size = self.slices.lengths.shape[0] * self.terms.model.size
        size *= self.terms.model.size if damped else 1
        step = max(1, CHUNK // size)
        starts = range(0, len(values), step)
        parts = [self._some(values[start : start + step], damped=damped) for start in starts]
        return np.concatenate(parts)

    def _some(self, values: FloatArray, *, damped: bool) -> FloatArray:
        every = {
            name: np.full((len(values), 1, 1, 1), nominal) for name, nominal in self.nominal.items()
        }
        for column, name in enumerate(self.names):
            every[name] = values[:, column].reshape(-1, 1, 1, 1)
        weights, drives = self.terms.weights(every), self.terms.drives(every)
        draws, points = weights.shape[:2]
        model, start = self.terms.model, self.initial
        if damped:
            weights, drives = _doubled(weights, drives, every[DEPHASING])
            model, start = doubled(model), np.outer(start, start.conj()).reshape(-1)
        rows = draws * points
        found = evolve(
            model,
            np.ascontiguousarray(start[None], dtype=np.complex64),
            weights.reshape(rows, *weights.shape[2:]),
            drives.reshape(rows, *drives.shape[2:]),
            np.tile(self.slices.lengths, (draws, 1)),
            tolerance=TOLERANCE,
        )
        chances = _diagonal(found) if damped else np.abs(found).astype(np.float64) ** 2
        return np.asarray(chances.reshape(draws, points, -1))


def doubled(model: Model) -> Model:
    """That of density matrices: kets in the higher ``n`` qubits, bras in the lower."""
    size, qubits = model.size, model.qubits
    ket, bra = np.divmod(np.arange(size * size), size)
    apart = np.bitwise_count(ket ^ bra).astype(np.float64)
    kets = tuple(tuple(qubit + qubits for qubit in group) for group in model.groups)
    return Model(
        qubits=2 * qubits,
        diagonals=np.concatenate([model.diagonals[:, ket] - model.diagonals[:, bra], apart[None]]),
        groups=(*kets, *model.groups),
    )


def _doubled(weights: FloatArray, drives: Any, rates: FloatArray) -> tuple[Any, Any]:
    """Weights and drives of `doubled`: ``-i gamma`` for the last, ``-conj`` for the bras."""
    decay = np.broadcast_to(-1j * rates[..., None], (*weights.shape[:-1], 1))
    return (
        np.concatenate([weights.astype(np.complex128), decay], axis=-1),
        np.concatenate([drives, -np.conj(drives)], axis=-1),
    )


def _diagonal(found: Any) -> FloatArray:
    size = 1 << (found.shape[1].bit_length() - 1) // 2
    chances: FloatArray = found[:, :: size + 1].real.astype(np.float64).clip(0.0)
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))
