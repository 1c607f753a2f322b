from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backends.schema import Experiment

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
