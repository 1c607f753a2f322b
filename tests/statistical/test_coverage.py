"""Stated errors cover the exact value at the nominal rate, over 1000 seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.methods.circuit import Circuit, Gate
from backends.methods.estimator import estimate
from backends.methods.grouping import group
from backends.systems.pauli import PauliSum, PauliWord
from tests.unit.backends.circuit_runs import run_of

SEEDS, SHOTS = 1000, 200
NORMAL = {1.0: 0.6827, 2.0: 0.9545}
CIRCUIT = Circuit(
    2, (Gate("rx", (0,), 0), Gate("h", (1,)), Gate("rzz", (0, 1), 0), Gate("sdg", (1,))), 1
)
ANGLE = {"stim": np.pi / 2}
TERMS = {"ZI": 0.4, "IZ": 0.7, "ZZ": 0.9, "XX": -0.8, "IY": 0.5, "YX": 0.3}
OPERATOR = PauliSum(2, {PauliWord.parse(label): weight for label, weight in TERMS.items()})
NOISE = {"depolarizing_1q": 0.02, "readout_error": 0.03}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("aer", {}),
    ("aer", NOISE),
    ("aer", {"simulation": "matrix_product_state"}),
    ("cirq", {}),
    ("cirq", NOISE),
    ("qsim", {}),
    ("stim", {}),
]


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_errors_cover_the_exact_value_at_the_nominal_rate(
    name: str, settings: dict[str, Any]
) -> None:
    """Half of the seeds are runs of their own, half are points of one run."""
    backend: Any = registry.get(name)
    groups = group(OPERATOR.terms)
    bases = [one.basis.label(2) for one in groups]
    angle = ANGLE.get(name, 0.9)
    exact = backend.expectations(run_of(CIRCUIT, [[angle]], settings=settings), [[OPERATOR]])[0, 0]
    runs = [(seed, 1) for seed in range(SEEDS // 2)] + [(10_000, SEEDS // 2)]
    seen = []
    for seed, points in runs:
        asked = run_of(
            CIRCUIT, [[angle]] * points, bases=bases, shots=SHOTS, seed=seed, settings=settings
        )
        seen += [estimate([OPERATOR], groups, counts) for counts in backend.counts(asked)]
    values = np.array([one.values[0] for one in seen])
    errors = np.array([one.std_errors[0] for one in seen])
    distances = np.abs(values - exact) / errors
    for sigmas, nominal in NORMAL.items():
        rate = float((distances <= sigmas).mean())
        allowed = 4 * np.sqrt(nominal * (1 - nominal) / SEEDS)
        assert rate == pytest.approx(nominal, abs=allowed + 0.01), f"{sigmas} sigma"
    assert abs(values.mean() - exact) < 4.5 * errors.mean() / np.sqrt(SEEDS)
