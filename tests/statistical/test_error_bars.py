"""One-sigma errors of every sampling backend hold what they promise, over a thousand draws."""

from __future__ import annotations

import numpy as np
import pytest

from backends import registry
from backends.schema import Experiment, RunOptions
from backends.testing import check_coverage
from tests.contract.cases import ATOMS, LOCAL, POINTS, QUENCH, experiment_of

SAMPLING = [
    (name, registry.get(name).capabilities.methods)
    for name in LOCAL
    if registry.get(name).capabilities.max_shots
]
LONG = {"cirq-google", "braket-sv"}
SHOTS = 400
PAIR = {**QUENCH, "sites": 2, "state": {**QUENCH["state"], "initial": "0+"}}


def small(methods: tuple[str, ...]) -> Experiment:
    """One Trotter step of two spins where the backend can, blockaded atoms, or its own case.

    Two neighbours are excited in one shot of millions, and cost thirty times the rest.
    """
    if "ahs" in methods:
        return experiment_of("ahs", system={**ATOMS, "atoms": 5}, observables=("density", "energy"))
    if "trotter" not in methods:
        return experiment_of(methods[0])
    steps = np.ones((len(POINTS), 1))
    return experiment_of(
        "trotter",
        system=PAIR,
        observables=("correlation_zz",),
        knobs=("trotter_steps",),
        knob_values=steps,
    )


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        pytest.param(*case, id=case[0], marks=[pytest.mark.slow] if case[0] in LONG else [])
        for case in SAMPLING
    ],
)
def test_errors_cover_at_the_nominal_rate(name: str, methods: tuple[str, ...]) -> None:
    check_coverage(
        registry.get(name),
        experiment=small(methods),
        options=RunOptions(shots=SHOTS, seed=5),
    )
