"""The inversion test against exact fidelities, and run by Aer as an ordinary source."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Statevector, state_fidelity

from backends import registry, systems
from backends.schema import Experiment, Result, RunOptions
from qtwin.qml.feature_map import feature_map
from qtwin.qml.fidelity import (
    OVERLAP,
    fidelities,
    inversion_system,
    inversion_test,
    inversion_test_between,
)

X = np.array([[0.2, 1.1], [2.0, 0.3], [-0.6, 0.5], [1.4, 1.3]])
MAP = feature_map("zz", 2, layers=2)


def _exact() -> np.ndarray:
    """By Qiskit alone."""
    theirs = zz_feature_map(2, reps=2)
    states = [Statevector(theirs.assign_parameters(point)) for point in X]
    return np.array([[state_fidelity(a, b) for b in states] for a in states])


def test_fidelities_are_those_of_qiskit() -> None:
    assert fidelities(MAP.states(X), MAP.states(X)) == pytest.approx(_exact(), abs=1e-12)


def test_estimates_scatter_around_the_fidelity_by_their_errors() -> None:
    exact, rng, off = _exact(), np.random.default_rng(2), ~np.eye(4, dtype=bool)
    drawn = [inversion_test(MAP, X, shots=400, rng=rng) for _ in range(200)]
    z = np.array([((one.values - exact) / np.where(off, one.std, 1))[off] for one in drawn])
    assert abs(z.mean()) < 0.2
    assert np.sqrt(np.mean(z**2)) == pytest.approx(1, abs=0.1)
    assert all(np.array_equal(np.diag(one.values), np.ones(4)) for one in drawn)
    assert np.array_equal(drawn[0].values, drawn[0].values.T)


def test_other_points_are_tested_against_trained_ones() -> None:
    found = inversion_test_between(MAP, X[:3], X, shots=10**7, rng=np.random.default_rng(3))
    assert found.values == pytest.approx(_exact()[:3], abs=1e-3)
    off = _exact()[:3] < 1 - 1e-9
    binomial = np.sqrt(_exact()[:3] * (1 - _exact()[:3]) / 10**7)
    assert found.std[off] == pytest.approx(binomial[off], rel=0.01)
    assert np.all(found.std > 0)


def test_a_kernel_is_a_job_of_any_simulator() -> None:
    document = systems.load(inversion_system(MAP)).to_dict()
    pairs = [(0, 1), (0, 2), (1, 3), (2, 2)]
    experiment = Experiment(
        system=document,
        method="circuit",
        controls=("x0", "x1", "y0", "y1"),
        points=np.array([[*X[i], *X[j]] for i, j in pairs]),
        observables=(OVERLAP,),
    )
    result = registry.get("aer").submit(experiment, RunOptions(shots=4000, seed=5), token="t")
    assert isinstance(result, Result)
    exact = [_exact()[pair] for pair in pairs]
    assert np.all(np.abs(result.values[:, 0] - exact) < 5 * result.std_errors[:, 0] + 1e-9)
    assert result.values[3, 0] == 1.0


def test_no_shots_and_too_many_features_are_refused() -> None:
    with pytest.raises(ValueError, match="shots is 0; allowed: 1 or more"):
        inversion_test(MAP, X, shots=0, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="9 features; allowed: 1 to 8"):
        inversion_system(feature_map("angle", 9))
