"""Hamiltonians of a system at many settings of its controls, as functions of its parameters.

Shapes use ``P`` for settings, ``S`` for slices of time, ``M`` for diagonals, ``G`` for drives and
``n`` for qubits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backends.dynamics.model import Model, bits
from backends.systems.rydberg_array import RydbergArray
from backends.systems.spin_lattice import SpinLattice
from qtwin.fusion.base import FloatArray
from qtwin.worlds.calibration.parameters import Calibratable

Values = Mapping[str, FloatArray]
"""All parameters of the dynamics of some draws, each shape ``(N, 1, 1, 1)``."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slices:
    """Pieces of time in which every quantity is linear; shorter settings end with empty ones.

    Attributes:
        starts: Shape ``(P, S)``.
        lengths: Shape ``(P, S)``.
    """

    starts: FloatArray
    lengths: FloatArray

    @classmethod
    def of(cls, system: Calibratable, points: FloatArray) -> Slices:
        """Between the kinks of each setting, up to its time."""
        ends = system.durations(points)
        edges = [
            np.unique(np.concatenate([[0.0], kinks[(kinks > 0) & (kinks < end)], [end]]))
            for kinks, end in zip(system.kinks(points), ends.tolist(), strict=True)
        ]
        most = max(2, *(len(row) for row in edges))
        table = np.array([np.pad(row, (0, most - len(row)), mode="edge") for row in edges])
        return cls(starts=table[:, :-1], lengths=np.diff(table, axis=1))

    def at(self, share: float) -> FloatArray:
        """Times at a share of each slice, shape ``(P, S)``."""
        return np.asarray(self.starts + share * self.lengths)


class Terms(Protocol):
    """What the dynamics needs of a system."""

    @property
    def model(self) -> Model:
        """Diagonals and groups of drives."""
        ...

    def weights(self, values: Values) -> FloatArray:
        """At both edges of each slice, shape ``(N, P, S, 2, M)``."""
        ...

    def drives(self, values: Values) -> Any:
        """Shape ``(N, P, S, 2, G)``, likewise; complex where Y acts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RydbergTerms:
    """``-(s Delta + o) sum n_q + c sum V_qr n_q n_r + r Omega / 2 sum (cos phi X - sin phi Y)``.

    Attributes:
        detuning: Shape ``(P, S, 2)``, rad/us.
        rabi: ``Omega exp(-i phi)``, of the same shape; real where the phase is 0.
        couplings: Shape ``(P, pairs)``, rad/us.
    """

    model: Model
    detuning: FloatArray
    rabi: Any
    couplings: FloatArray

    @classmethod
    def of(cls, system: RydbergArray, points: FloatArray, slices: Slices) -> RydbergTerms:
        """Those of an array."""
        count, qubits = slices.lengths.shape[1], system.qubits
        columns = {name: np.repeat(v, count) for name, v in system.columns(points).items()}
        inner = [
            [
                value.reshape(len(points), count)
                for value in system.pulse.at(columns, slices.at(share).reshape(-1))
            ]
            for share in (0.25, 0.75)
        ]
        rabi, detuning, phase = (
            np.stack([1.5 * one - 0.5 * two, 1.5 * two - 0.5 * one], axis=2)
            for one, two in zip(*inner, strict=True)
        )
        ones = bits(qubits).astype(np.float64)
        pairs = zip(*np.triu_indices(qubits, 1), strict=True)
        diagonals = [ones.sum(axis=0), *(ones[i] * ones[j] for i, j in pairs)]
        return cls(
            model=Model(
                qubits=qubits, diagonals=np.array(diagonals), groups=(tuple(range(qubits)),)
            ),
            detuning=detuning,
            rabi=rabi if system.pulse.real else rabi * np.exp(-1j * phase),
            couplings=system.couplings(points),
        )

    def weights(self, values: Values) -> FloatArray:
        detuning = values["detuning_scale"] * self.detuning + values["detuning_offset"]
        pairs = values["c6_scale"][..., None] * self.couplings[:, None, None, :]
        pairs = np.broadcast_to(pairs, (*detuning.shape, self.couplings.shape[1]))
        return np.concatenate([-detuning[..., None], pairs], axis=-1)

    def drives(self, values: Values) -> Any:
        return (values["rabi_scale"] * self.rabi / 2)[..., None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IsingTerms:
    """``-j sum J Z Z - sum (hz + o) Z - h sum hx X``.

    Attributes:
        bonds: ``J``, shape ``(P, bonds)``.
        fields: ``hz``, shape ``(P, n)``.
        across: ``hx``, shape ``(P, G)``, for one group where all sites are alike.
        slices: How many there are.
    """

    model: Model
    bonds: FloatArray
    fields: FloatArray
    across: FloatArray
    slices: int

    @classmethod
    def of(cls, system: SpinLattice, points: FloatArray, slices: Slices) -> IsingTerms:
        """Those of a lattice."""
        qubits, columns = system.qubits, system.columns(points)
        tables = {
            name: np.asarray(coupling.values(columns, len(points)), dtype=np.float64)
            for name, coupling in system.couplings.items()
        }
        signs = 1.0 - 2.0 * bits(qubits)
        bonds = [signs[i] * signs[j] for i, j in system.lattice.bonds]
        alike = bool(np.ptp(tables["hx"], axis=1).max(initial=0.0) == 0)
        return cls(
            model=Model(
                qubits=qubits,
                diagonals=np.array([*bonds, *signs]),
                groups=(tuple(range(qubits)),) if alike else tuple((q,) for q in range(qubits)),
            ),
            bonds=tables["J"],
            fields=tables["hz"],
            across=tables["hx"][:, :1] if alike else tables["hx"],
            slices=slices.lengths.shape[1],
        )

    def weights(self, values: Values) -> FloatArray:
        bonds = values["j_scale"][..., None] * self.bonds[:, None, None, :]
        fields = self.fields[:, None, None, :] + values["hz_offset"][..., None]
        return -self._spread(np.concatenate([bonds, fields], axis=-1))

    def drives(self, values: Values) -> Any:
        return -self._spread(values["hx_scale"][..., None] * self.across[:, None, None, :])

    def _spread(self, still: FloatArray) -> FloatArray:
        """The same at both edges of each slice."""
        draws, points, _, _, width = still.shape
        return np.broadcast_to(still, (draws, points, self.slices, 2, width))
