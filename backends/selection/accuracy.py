"""How far the answer of a source may be from the truth, known before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any


class Accuracy(IntEnum):
    """In order of preference."""

    EXACT = 0
    """To the precision of the solver."""
    CONTROLLED = 1
    """It states how far its truncation moves it."""
    APPROXIMATE = 2
    """A systematic error of unknown size."""
    NOISY = 3
    """A device's noise besides."""


_EXACT = {
    ("exact", "ed"), ("exact", "evolution"), ("exact", "free_fermions"), ("exact", "kicked"),
    ("pyscf", "fci"),
    ("stim", "circuit"), ("stim", "kicked"),
    ("aer", "circuit"), ("aer", "kicked"),
    ("cirq", "circuit"), ("cirq", "kicked"),
    ("braket-sv", "circuit"), ("braket-sv", "kicked"),
    ("braket-dm", "circuit"), ("braket-dm", "kicked"),
}  # fmt: skip
_CONTROLLED = {("tenpy", "dmrg"), ("tenpy", "tebd"), ("braket-ahs", "ahs")}
_NOISY = {"aquila", "braket", "fake-ibm", "cirq-google", "google", "ibm", "replay"}
NOISE = ("depolarizing_1q", "depolarizing_2q", "amplitude_damping", "readout_error")
QUIET = (None, 0, "none")
SIMULATION, TRUNCATED = "simulation", "matrix_product_state"


def accuracy(backend: str, method: str, settings: Mapping[str, Any]) -> Accuracy:
    """What a built-in source can be trusted with; anything unknown is approximate."""
    inner = backend.rpartition("+")[2]
    if inner in _NOISY or any(settings.get(name) not in QUIET for name in NOISE):
        return Accuracy.NOISY
    if settings.get(SIMULATION) == TRUNCATED and (backend, method) in _EXACT:
        return Accuracy.CONTROLLED
    if (backend, method) in _EXACT:
        return Accuracy.EXACT
    return Accuracy.CONTROLLED if (backend, method) in _CONTROLLED else Accuracy.APPROXIMATE
