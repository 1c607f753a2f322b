"""Fit the ladder with a quantum kernel."""

from __future__ import annotations

from qtwin.fusion.ar1.fit import fit_ladder
from qtwin.fusion.base import Observations
from qtwin.qml.surrogate.posterior import QuantumFit


def fit_quantum(data: Observations, *, seed: int = 0) -> QuantumFit:
    """Fit as the autoregressive ladder is, with calibration and intervals of the star.

    Raises:
        ValueError: The observations are malformed or contradict each other, or there are more than
            500 distinct ones.
    """
    return fit_ladder(QuantumFit, data, seed=seed)
