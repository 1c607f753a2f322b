"""A fitted ladder whose levels are correlated by fidelities. Needs numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qtwin.fusion.ar1.correlation import Correlation
from qtwin.fusion.ar1.posterior import Ar1Fit
from qtwin.fusion.codec import read_fit
from qtwin.qml.surrogate.fidelity import FIDELITY


@dataclass(frozen=True, kw_only=True, eq=False)
class QuantumFit(Ar1Fit):
    """The ladder with a quantum kernel; implements ``Surrogate``."""

    model: ClassVar[str] = "quantum"
    correlation: ClassVar[Correlation] = FIDELITY


def load_quantum(blob: bytes) -> QuantumFit:
    """Read what ``QuantumFit.to_bytes`` wrote.

    Raises:
        ValueError: The archive has another schema version or other hyperparameters, or is no
            archive of a fit.
    """
    return read_fit(blob, QuantumFit)
