"""The variational classifier: gradients against differences and Qiskit, and its noise floor."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import qasm3
from qiskit.quantum_info import SparsePauliOp, Statevector
from scipy.optimize import approx_fprime

from qtwin.qml.variational.ansatz import ansatz
from qtwin.qml.variational.loss import loss_of, slope
from qtwin.qml.variational.readout import Reader
from qtwin.qml.variational.training import Settings, Stop, train

RNG = np.random.default_rng(8)
CIRCUIT = ansatz(3, layers=2)
X = RNG.uniform(-1, 1, size=(5, 3))
Y = np.array([1.0, -1.0, 1.0, 1.0, -1.0])
THETA = RNG.normal(size=CIRCUIT.parameters)


def _exact() -> Reader:
    return Reader(shots=None, rng=np.random.default_rng(0))


def _noisy(shots: int, seed: int) -> Reader:
    return Reader(shots=shots, rng=np.random.default_rng(seed))


def _loss(theta: np.ndarray) -> float:
    return loss_of(_exact().read(CIRCUIT, X, theta[None]), Y)[0]


def _disc(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """No line divides these."""
    x = np.random.default_rng(seed).uniform(-1.5, 1.5, size=(count, 2))
    return x, (np.sum(x**2, axis=1) < 1.4).astype(np.int64)


def test_a_readout_is_qiskits_mean_magnetisation() -> None:
    words = [("Z", [q], 1 / 3) for q in range(3)]
    mean = SparsePauliOp.from_sparse_list(words, num_qubits=3)
    ours = _exact().read(CIRCUIT, X, THETA[None]).value[:, 0]
    for x, value in zip(X, ours, strict=True):
        names = [repr(float(angle)) for angle in (*x, *THETA)]
        state = Statevector(qasm3.loads(CIRCUIT.circuit.qasm(names)))
        assert value == pytest.approx(state.expectation_value(mean).real, abs=1e-12)


def test_the_exact_gradient_is_that_of_differences() -> None:
    found = slope(CIRCUIT, X, Y, THETA, _exact())
    assert found.gradient == pytest.approx(approx_fprime(THETA, _loss, 1e-7), abs=1e-6)
    assert found.loss == pytest.approx(_loss(THETA))
    assert found.error == 0
    assert not found.gradient_error.any()


def test_loss_and_gradient_from_shots_scatter_around_the_exact_by_their_errors() -> None:
    exact = slope(CIRCUIT, X, Y, THETA, _exact())
    found = [slope(CIRCUIT, X, Y, THETA, _noisy(40, seed)) for seed in range(150)]
    off = np.array([(one.gradient - exact.gradient) / one.gradient_error for one in found])
    assert np.abs(off.mean(axis=0)).max() < 0.4
    assert np.sqrt(np.mean(off**2)) == pytest.approx(1, abs=0.1)
    z = np.array([(one.loss - exact.loss) / one.error for one in found])
    assert abs(z.mean()) < 0.25
    assert np.sqrt(np.mean(z**2)) == pytest.approx(1, abs=0.2)


def test_training_stops_at_its_noise_floor_and_classifies_what_it_has_not_seen() -> None:
    x, labels = _disc(60, 1)
    found = train(ansatz(2), x, labels, seed=3, settings=Settings(shots=50))
    assert found.stop is Stop.NOISE_FLOOR
    last = found.looks[-2:]
    assert all(one.gain is not None and one.gain_error is not None for one in last)
    assert all((one.gain or 0) <= (one.gain_error or 0) for one in last)
    assert found.looks[0].loss - last[-1].loss > 10 * np.hypot(found.looks[0].error, last[-1].error)
    new, truth = _disc(200, 2)
    assert np.mean(found.labels(new, _exact()) == truth) > 0.85
    assert found.circuits == 60 * (last[-1].step * (2 * 10 + 1) + 1)


def test_more_shots_reach_a_lower_floor_than_few() -> None:
    x, labels = _disc(30, 1)
    few, many = (
        train(ansatz(2), x, labels, seed=3, settings=Settings(shots=shots, rate=0.05))
        for shots in (3, None)
    )
    assert few.stop is Stop.NOISE_FLOOR
    y = 2.0 * labels - 1.0
    losses = [loss_of(_exact().read(t.ansatz, x, t.theta[None]), y)[0] for t in (few, many)]
    assert losses[1] < losses[0]
    assert few.looks[-1].step < many.looks[-1].step


def test_the_same_seed_repeats_a_training() -> None:
    x, labels = _disc(10, 1)
    settings = Settings(shots=10, most_steps=20)
    one, same, other = (
        train(ansatz(2), x, labels, seed=seed, settings=settings) for seed in (3, 3, 4)
    )
    assert np.array_equal(one.theta, same.theta)
    assert not np.array_equal(one.theta, other.theta)
    assert one.stop is Stop.STEPS


def test_what_cannot_be_trained_is_refused() -> None:
    x, labels = _disc(10, 1)
    for given, message in (
        ((x[:, :1], labels), "allowed: \\(10, 2\\)"),
        ((x, labels + 1), "labels \\[1, 2\\]; allowed: 0 and 1"),
    ):
        with pytest.raises(ValueError, match=message):
            train(ansatz(2), *given, seed=0)
    with pytest.raises(ValueError, match="shots is 1; allowed: 2 or more"):
        train(ansatz(2), x, labels, seed=0, settings=Settings(shots=1))
    with pytest.raises(ValueError, match="rate is 0; allowed: above 0"):
        Settings(rate=0)
    with pytest.raises(ValueError, match="features is 0; allowed: 1 to 10"):
        ansatz(0)
    with pytest.raises(ValueError, match="layers is 11; allowed: 1 to 10"):
        ansatz(2, layers=11)
