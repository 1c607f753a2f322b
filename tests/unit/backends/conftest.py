from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backends.methods.circuit import basis_state
from backends.methods.variational.ansatz import Ansatz, Turn
from backends.methods.variational.landscape import kernel
from backends.schema import Experiment
from backends.systems.pauli import PauliWord

H2: dict[str, Any] = {
    "kind": "molecule",
    "schema_version": 1,
    "atoms": [
        {"element": "H", "position": [0, 0, 0]},
        {"element": "H", "position": [0, 0, "bond_length"]},
    ],
    "charge": 0,
    "spin": 0,
    "basis": "sto-3g",
    "mapping": "jordan_wigner",
    "controls": [
        {
            "name": "bond_length",
            "label": "Bond length",
            "unit": "angstrom",
            "lower": 0.3,
            "upper": 2.5,
        }
    ],
}


def turned(*labels: str) -> Ansatz:
    """Four qubits in 0101, turned about words by an angle each."""
    turns = (Turn(((PauliWord.parse(label), 1.0),), k) for k, label in enumerate(labels))
    start = tuple(basis_state(0b0101))
    return Ansatz(name="turned", qubits=4, start=start, steps=tuple(turns), parameters=len(labels))


def state_of(ansatz: Ansatz, parameters: np.ndarray) -> np.ndarray:
    """State vector of an ansatz."""
    state: np.ndarray = kernel(ansatz).vectors(parameters[None])[0]
    return state


MakeExperiment = Callable[..., Experiment]


@pytest.fixture
def h2() -> dict[str, Any]:
    return copy.deepcopy(H2)


@pytest.fixture
def experiment(h2: dict[str, Any]) -> MakeExperiment:
    """Build an experiment on H2: a method at bond lengths, with an optional noise gain each."""

    def make(
        method: str,
        lengths: list[float],
        *,
        gains: list[float] | None = None,
        system: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
    ) -> Experiment:
        return Experiment(
            system=system or h2,
            method=method,
            controls=("bond_length",),
            points=np.array(lengths)[:, None],
            observables=("energy",),
            settings=settings or {},
            knobs=() if gains is None else ("noise_gain",),
            knob_values=np.empty((0, 0)) if gains is None else np.array(gains)[:, None],
        )

    return make
