"""What mitigation makes of covariances, and what a calibration makes points share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends.base import Capabilities, Kind
from backends.methods.circuit import Circuit, Gate
from backends.methods.grouping import group
from backends.mitigation import ideal, stack
from backends.mitigation.measurement import Measurement
from backends.mitigation.task import Estimates, Estimator, Task
from backends.mitigation.technique import Wrapped
from backends.simulators.circuit_backend import Run
from backends.simulators.state_backend import StateBackend
from backends.systems.pauli import ComplexArray, PauliSum, PauliWord
from tests.unit.backends.shots import must_be_that_of_draws

ANGLES = np.array([[0.5], [1.1]])
PAIR = Circuit(2, (Gate("ry", (0,), 0), Gate("cx", (0, 1)), Gate("ry", (1,), 0)), 1)
BELL = Circuit(2, (Gate("h", (0,)), Gate("cx", (0, 1))), 0)


class Exact(StateBackend):
    """States in NumPy, read with the setting ``readout_error``."""

    name = "exact-states"
    title = "exact states"
    capabilities = Capabilities(kind=Kind.SIMULATOR, methods=(), max_shots=10**9)

    def states(self, run: Run) -> Iterable[ComplexArray]:
        return ideal.states(run.circuit, run.angles)


def sums(*documents: dict[str, float]) -> list[PauliSum]:
    return [PauliSum(2, {PauliWord.parse(w): c for w, c in one.items()}) for one in documents]


OBSERVABLES = sums({"ZZ": 1.0}, {"IZ": 1.0, "XX": 0.5})


def asked(circuit: Circuit, angles: Any, observables: list[PauliSum], **settings: Any) -> Task:
    return Task(
        circuit=circuit,
        angles=angles,
        groups=group({word for one in observables for word in one.terms}),
        operators=[observables] * len(angles),
        shots=400,
        seed=1,
        settings={"readout_error": 0.1, **settings},
    )


def answers(name: str, task: Task, draws: int) -> list[Estimates]:
    """Those of a stack, such as ``twirling+readout``, to the same task with other seeds."""
    estimator: Estimator = Measurement(Exact())
    for technique in reversed(stack.split(f"{name}+inner")[0]):
        estimator = Wrapped(technique, estimator)
    return estimator.answers([task.seeded(seed) for seed in range(draws)])


def dense(one: Estimates) -> np.ndarray[Any, Any]:
    """Of all numbers of an answer, shape ``(R O, R O)``; numbers in no block are independent."""
    errors = np.sqrt(one.variances)
    found = np.diag(one.variances.ravel())
    assert one.covariance is not None
    for block in one.covariance.blocks(errors):
        at = [row * errors.shape[1] + column for row, column in block.places]
        found[np.ix_(at, at)] = block.covariance
    return found


@pytest.mark.parametrize(
    ("name", "draws", "settings"),
    [
        ("readout", 300, {"calibration_shots": 200}),
        pytest.param("zne", 300, {"extrapolation": "linear"}, marks=pytest.mark.slow),
        pytest.param(
            *("zne+readout", 150),
            {"extrapolation": "richardson", "gains": "1,3", "calibration_shots": 400},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            *("twirling+readout", 80),
            {"instances": 4, "calibration_shots": 300},
            marks=pytest.mark.slow,
        ),
    ],
)
def test_stated_covariances_are_those_of_many_runs(
    name: str, draws: int, settings: dict[str, Any]
) -> None:
    found = answers(name, asked(PAIR, ANGLES, OBSERVABLES, **settings), draws)
    if "twirling" in name:  # the larger of two variances is too large where they are equal
        stated = [dense(one) for one in found]
        far = np.mean(stated, axis=0) - np.cov(np.array([one.values.ravel() for one in found]).T)
        off = ~np.eye(4, dtype=bool)
        scale = np.sqrt(np.outer(*[np.diag(np.mean(stated, axis=0))] * 2))
        assert np.abs(far / scale)[off].max() < 5 * np.sqrt(2 / draws)
    else:
        must_be_that_of_draws([dense(one) for one in found], [one.values.ravel() for one in found])


@pytest.mark.parametrize("name", ["readout", "zne+readout", "twirling+readout"])
def test_points_that_share_a_calibration_are_correlated(name: str) -> None:
    """One observable at two points: the case that concerns a twin."""
    settings = {"calibration_shots": 100, "extrapolation": "linear", "instances": 4}
    (one,) = answers(name, asked(PAIR, ANGLES, OBSERVABLES[:1], **settings), draws=1)
    matrix = dense(one)
    assert matrix[0, 1] > 0.05 * np.sqrt(matrix[0, 0] * matrix[1, 1])


@pytest.mark.parametrize("name", ["zne", "twirling", "twirling+postselect"])
def test_points_without_a_calibration_are_independent(name: str) -> None:
    settings = {"extrapolation": "linear"}
    (one,) = answers(name, asked(BELL, np.empty((2, 0)), OBSERVABLES, **settings), draws=1)
    matrix = dense(one)
    assert not matrix[:2, 2:].any()


def test_groups_that_are_read_from_the_same_qubits_share_their_calibration() -> None:
    """Of a Bell state XX and ZZ are 1; only the damping, the same for both, is uncertain."""
    task = asked(BELL, np.empty((1, 0)), sums({"ZZ": 1.0, "XX": 1.0}), calibration_shots=200)
    found = answers("readout", replace(task, shots=4000), draws=300)
    values = np.array([one.values.item() for one in found])
    errors = np.array([np.sqrt(one.variances.item()) for one in found])
    assert np.mean(errors**2) == pytest.approx(values.var(ddof=1), rel=5 * np.sqrt(2 / 300))


@pytest.mark.parametrize("name", ["cdr", "zne"])
def test_what_is_not_linear_states_no_covariance(name: str) -> None:
    task = asked(PAIR, ANGLES, OBSERVABLES, extrapolation="exponential", training_circuits=8)
    (one,) = answers(name, task, draws=1)
    assert one.covariance is None
