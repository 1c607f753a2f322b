"""Batched evolution against closed forms, Runge-Kutta and the exact backend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from backends import systems
from backends.dynamics import Model, evolve, substeps_for
from backends.dynamics.rydberg import Rydberg, waveforms
from tests.unit.backends.dense import X, Y, on
from tests.unit.backends.rydberg.arrays import SWEEP, values

GROUPS: list[Any] = [((0, 1, 2),), ((0,), (2,)), ((1, 0), (2,))]


def random_programme(groups: Any, *, turned: bool, rows: int = 3) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    shape = (rows, 3, len(groups))
    drives = 2 * rng.normal(size=shape)
    states = rng.normal(size=(rows, 8)) + 1j * rng.normal(size=(rows, 8))
    weights = rng.normal(size=(rows, 3, 2))
    weights[:, :, 1] = weights[:, :1, 1]
    return {
        "model": Model(qubits=3, diagonals=3 * rng.normal(size=(2, 8)), groups=groups),
        "states": states / np.linalg.norm(states, axis=1, keepdims=True),
        "weights": weights,
        "drives": drives + 1j * rng.normal(size=shape) if turned else drives,
        "durations": rng.uniform(0.2, 0.5, size=(rows, 2)),
    }


def by_scipy(programme: dict[str, Any]) -> np.ndarray:
    """The same from dense matrices and an explicit Runge-Kutta method of order 8."""
    model, ends = programme["model"], []
    for row, start in enumerate(programme["states"]):
        state = start
        for piece, duration in enumerate(programme["durations"][row]):
            weights, drives = (
                programme[name][row, piece : piece + 2] for name in ("weights", "drives")
            )
            first = _matrix(model, weights[0], drives[0])
            change = _matrix(model, weights[1], drives[1]) - first

            def slope(now: float, psi: Any, edges: Any = (first, change / duration)) -> Any:
                return -1j * (edges[0] @ psi + now * (edges[1] @ psi))

            run = solve_ivp(slope, (0, duration), state, "DOP853", rtol=1e-12, atol=1e-13)
            state = run.y[:, -1]
        ends.append(state)
    return np.array(ends)


def _matrix(model: Model, weights: Any, drives: Any) -> np.ndarray:
    matrix = np.diag(weights @ model.diagonals).astype(complex)
    for drive, group in zip(drives, model.groups, strict=True):
        for qubit in group:
            matrix += drive.real * on(X, qubit, qubits=3) + drive.imag * on(Y, qubit, qubits=3)
    return matrix


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("groups", GROUPS)
def test_the_error_falls_with_the_order(groups: Any, *, turned: bool) -> None:
    programme = random_programme(groups, turned=turned)
    wanted = by_scipy(programme)
    for order in (4, 6):
        coarse, fine = (
            np.linalg.norm(evolve(**programme, order=order, substeps=count) - wanted)
            for count in (4, 8)
        )
        assert fine < 1e-5
        assert np.log2(coarse / fine) == pytest.approx(order, abs=0.5)


@pytest.mark.parametrize("tolerance", [1e-3, 1e-5, 1e-8])
def test_a_tolerance_is_kept(tolerance: float) -> None:
    programme = random_programme(GROUPS[2], turned=True)
    found = evolve(**programme, tolerance=tolerance)
    assert np.linalg.norm(found - by_scipy(programme), axis=1).max() < tolerance


def test_an_array_is_the_one_that_the_exact_backend_evolves() -> None:
    phase = {"times": [0, 0.7, 2.0], "values": [0.2, 1.0, 1.0]}
    system: Any = systems.load({**SWEEP, "atoms": 3, "spacing": 6.0, "phase": phase})
    points = np.array([[10.0], [40.0]])
    durations, controls = waveforms(system, points)
    array = Rydberg.of(system, [10.0])
    terms = array.terms(controls, {})
    states = evolve(
        array.model, array.start, terms.weights, terms.drives, durations, tolerance=1e-6
    )
    density = np.abs(states) ** 2 @ array.model.diagonals[0] / 3
    np.testing.assert_allclose(
        density, values(SWEEP | system.to_dict(), points, "density")[:, 0], atol=1e-6
    )


def test_a_trajectory_is_the_same_alone_and_in_any_chunk() -> None:
    programme = random_programme(GROUPS[0], turned=False, rows=5)
    counts = substeps_for(**programme, tolerance=1e-4)
    together = evolve(**programme, substeps=counts)
    np.testing.assert_allclose(together, evolve(**programme, substeps=counts, chunk=2), atol=1e-13)
    last = {name: programme[name][4:] for name in ("states", "weights", "drives", "durations")}
    alone = evolve(programme["model"], **last, substeps=counts)
    np.testing.assert_allclose(together[4:], alone, atol=1e-13)


def test_single_precision_keeps_the_norm_through_thousands_of_rotations() -> None:
    programme = random_programme(((0, 1, 2),), turned=False)
    programme["states"] = programme["states"].astype(np.complex64)
    found = evolve(**programme, substeps=400, order=4)
    assert np.linalg.norm(found.astype(complex), axis=1) == pytest.approx(1.0, abs=3e-5)


def test_single_precision_is_that_of_its_type() -> None:
    programme = random_programme(GROUPS[0], turned=True)
    programme["states"] = programme["states"].astype(np.complex64)
    found = evolve(**programme, substeps=10, every=True)
    assert found.dtype == np.complex64
    assert found.shape == (3, 3, 8)
    np.testing.assert_allclose(found[:, 0], programme["states"])
    assert np.abs(found[:, -1] - by_scipy(programme)).max() < 1e-5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": np.zeros((3, 5, 2))}, r"weights have shape \(3, 5, 2\)"),
        ({"drives": np.full((3, 3, 1), np.nan)}, "drives are not all finite"),
        ({"durations": [-1.0, 1.0]}, "durations are not 0 or more"),
        ({"states": np.ones((2, 8), dtype=complex)}, "arrays have 2, 3 rows"),
        ({"states": np.ones((3, 8))}, "states are float64; allowed: complex128, complex64"),
        ({"tolerance": 0.0}, "tolerance is 0.0"),
        ({"order": 5}, "order is 5; allowed: 4, 6"),
        ({"substeps": 0}, "substeps are 0"),
    ],
)
def test_bad_arrays_are_refused(change: dict[str, Any], message: str) -> None:
    programme = random_programme(GROUPS[0], turned=False)
    with pytest.raises(ValueError, match=message):
        evolve(**programme | change)
