"""The numbers that a model is compared with, and how their statistical errors go together.

A value is compared as it is. A histogram of shots is compared by the densities ``<n_q>`` and the
pairs ``<n_q n_r>``, whose errors share shots: of means of ``O_a`` and ``O_b`` over ``M`` shots,
``(<O_a O_b> - <O_a> <O_b>) / M``. That covariance is the model's, at the best draw so far: one that
is estimated from the same few counts would favour the settings that happened to count fewer.
Shapes use ``N`` for draws, ``P`` for settings, ``R`` for numbers and ``n`` for qubits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.systems.qubit_system import QubitSystem
from qtwin.fusion.base import FloatArray, IntArray
from qtwin.worlds.calibration.data import CalibrationData
from qtwin.worlds.calibration.readable import diagonals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statistics:
    """What is compared.

    Attributes:
        observed: Shape ``(R,)``.
        weights: Value of each number in each bit string, shape ``(R, 2**n)``.
        places: Setting of each number, shape ``(R,)``.
        kinds: Numbers with one kind are one observable at several settings, shape ``(R,)``.
        spans: Between the least and the largest value that each number can have, shape ``(R,)``.
        fixed: Covariance of the values, and zeros for what is read from histograms, ``(R, R)``.
        shots: Of the histogram that a number is read from, or 0, shape ``(R,)``.
        runs: Histogram of each number, or -1, shape ``(R,)``.
    """

    observed: FloatArray
    weights: FloatArray
    places: IntArray
    kinds: IntArray
    spans: FloatArray
    fixed: FloatArray
    shots: IntArray
    runs: IntArray

    @classmethod
    def of(cls, system: QubitSystem, data: CalibrationData) -> Statistics:
        """Those of some data.

        Raises:
            ValueError: An observable is not read along z.
        """
        names = sorted(set(data.observables))
        known = diagonals(system, names)
        for row, name in enumerate(data.observables):
            if name not in known:
                raise ValueError(f"observable {row} is {name!r}; allowed: those read along z")
        moments, size = _moments(system.qubits), 2**system.qubits
        histograms, values, each = len(data.counts), len(data.values), len(moments)
        weights = np.concatenate(
            [
                np.array([known[name] for name in data.observables]).reshape(values, -1)
                if values else np.empty((0, 2**system.qubits)),
                np.tile(moments, (histograms, 1)),
            ]
        )  # fmt: skip
        shots = np.repeat(data.shots, each) if histograms else np.empty(0, dtype=np.int64)
        counts = data.counts.reshape(histograms, size)
        shares = counts / np.maximum(data.shots, 1)[:, None]
        fixed = np.zeros((len(weights), len(weights)))
        fixed[:values, :values] = data.covariance
        kinds = [names.index(name) for name in data.observables]
        kinds += [len(names) + number for number in range(each)] * histograms
        runs = np.repeat(np.arange(histograms), each)
        return cls(
            observed=np.concatenate([data.values, (shares @ moments.T).reshape(-1)]),
            weights=weights,
            places=np.concatenate([data.value_points, np.repeat(data.count_points, each)]),
            kinds=np.array(kinds, dtype=np.int64),
            spans=weights.max(axis=1) - weights.min(axis=1),
            fixed=fixed,
            shots=np.concatenate([np.zeros(values, dtype=np.int64), shots]),
            runs=np.concatenate([np.full(values, -1), runs]),
        )

    def means(self, chances: FloatArray) -> FloatArray:
        """What a model expects, shape ``(N, R)``, from probabilities ``(N, P, 2**n)``."""
        found = np.empty((len(chances), len(self.observed)))
        for place in np.unique(self.places):
            rows = self.places == place
            found[:, rows] = chances[:, place] @ self.weights[rows].T
        return found

    def covariance(self, chances: FloatArray) -> FloatArray:
        """Of the statistical errors, ``(R, R)``, at probabilities of shape ``(P, 2**n)``."""
        whole = self.fixed.copy()
        for run in np.unique(self.runs[self.runs >= 0]):
            rows = np.flatnonzero(self.runs == run)
            shots, there = self.shots[rows[0]], chances[self.places[rows[0]]]
            weights = self.weights[rows]
            means = weights @ there
            block = (weights * there) @ weights.T - np.outer(means, means)
            least = self.spans[rows] ** 2 / (shots + 2)
            whole[np.ix_(rows, rows)] = (block + np.diag(least)) / max(shots, 1)
        return whole


def _moments(qubits: int) -> FloatArray:
    """``n_q`` and ``n_q n_r`` of each bit string, shape ``(n (n + 1) / 2, 2**n)``."""
    strings = np.arange(2**qubits)
    bits = np.array([strings >> q & 1 for q in range(qubits)], dtype=np.float64)
    pairs = [bits[q] * bits[r] for q in range(qubits) for r in range(q)]
    return np.array([*bits, *pairs])
