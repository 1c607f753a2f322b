"""Policies act, and are played in worlds."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.worlds.policies import Policy, architecture_for
from qtwin.worlds.policies.rollout import rollout
from tests.unit.worlds.regulator import Regulator, riccati

NOISY = Regulator(gains=(0.3, 0.5, 0.7), noise=0.1)


def linear(world: Regulator, gain: float) -> Policy:
    """``u = -gain x`` on what is observed, which is scaled by 4."""
    architecture = architecture_for(world, {"kind": "linear"})
    return Policy(architecture=architecture, parameters=np.array([-4 * gain, 0.0]))


def test_the_riccati_policy_earns_the_closed_form() -> None:
    world = Regulator()
    outcomes = rollout(world, linear(world, riccati(0.9, 0.5)[1]), 1, seed=0, truth="nominal")
    assert outcomes.returns[0, 0] == pytest.approx(world.best, rel=1e-6)
    assert outcomes.lengths.tolist() == [[5]]


def test_a_table_of_the_same_actions_earns_the_same() -> None:
    world = Regulator()
    _, gain = riccati(0.9, 0.5)
    actions = [-gain * (0.9 - 0.5 * gain) ** t for t in range(5)]
    table = Policy(
        architecture=architecture_for(world, {"kind": "open_loop"}), parameters=np.array(actions)
    )
    outcomes = rollout(world, table, [0], seed=0)
    assert outcomes.returns[0, 0] == pytest.approx(world.best, rel=1e-6)
    assert outcomes.values[0, 0] == pytest.approx((0.9 - 0.5 * gain) ** 5, rel=1e-5)


def test_candidates_meet_the_same_truths_and_the_same_noise() -> None:
    policy = linear(NOISY, 0.5)
    twice = np.array([policy.parameters, policy.parameters, [0.0, 0.0]])
    outcomes = rollout(NOISY, policy, [0, 1, 2, 2], seed=5, parameters=twice)
    np.testing.assert_array_equal(outcomes.returns[0], outcomes.returns[1])
    assert (outcomes.returns[0] != outcomes.returns[2]).all()
    assert outcomes.returns[0, 2] != outcomes.returns[0, 3]  # the same truth, other noise


@pytest.mark.parametrize("most", [1, 3, 4, 100])
def test_the_size_of_a_batch_changes_nothing(most: int) -> None:
    policy = linear(NOISY, 0.5)
    thetas = np.random.default_rng(0).normal(size=(5, 2))
    whole = rollout(NOISY, policy, [2, 0, 1, 1], seed=5, parameters=thetas)
    parts = rollout(NOISY, policy, [2, 0, 1, 1], seed=5, parameters=thetas, most=most)
    np.testing.assert_allclose(parts.returns, whole.returns, rtol=1e-6)
    assert parts.returns.shape == parts.values.shape == parts.lengths.shape == (5, 4)


def test_the_numbers_of_draws_choose_the_truths() -> None:
    quiet = Regulator(gains=(0.3, 0.5, 0.7))
    one, two = (
        rollout(quiet, linear(quiet, 0.5), draws, seed=1).returns for draws in ([0, 2], [2, 0])
    )
    np.testing.assert_array_equal(one, two[:, ::-1])
    assert one[0, 0] != one[0, 1]


def test_a_network_is_its_formula() -> None:
    architecture = architecture_for(NOISY, {"kind": "mlp", "hidden": [2]})
    policy = Policy(
        architecture=architecture, parameters=np.array([1.0, -2.0, 0.1, 0.2, 3.0, -1.0, 0.3])
    )
    x = 2.0 / 4.0
    expected = np.tanh(3 * np.tanh(x + 0.1) - np.tanh(-2 * x + 0.2) + 0.3)
    assert policy.act(np.array([[2.0]]), 0)[0, 0] == pytest.approx(expected, rel=1e-14)


def test_actions_stay_inside_their_bounds() -> None:
    for kind in ("open_loop", "linear", "mlp"):
        architecture = architecture_for(NOISY, {"kind": kind})
        policy = Policy(architecture=architecture, parameters=np.full(architecture.size, 50.0))
        assert np.abs(policy.act(np.full((3, 1), 4.0), 1)).max() <= 1.0


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"kind": "lstm"}, "/policy/kind: value 'lstm'; allowed: open_loop, linear, mlp"),
        ({"kind": "linear", "hidden": [3]}, "/policy/hidden: unknown"),
        ({"kind": "mlp", "hidden": [0]}, "/policy/hidden: value"),
        ({"kind": "mlp", "hidden": 3}, "/policy/hidden: value 3"),
        ({"kind": "mlp", "squash": "relu"}, "/shape/squash: value 'relu'"),
    ],
)
def test_a_bad_shape_is_named(document: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        architecture_for(NOISY, document)


def test_parameters_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(3, 3\); allowed: \(P, 2\)"):
        rollout(NOISY, linear(NOISY, 0.5), 2, seed=0, parameters=np.zeros((3, 3)))
    with pytest.raises(ValueError, match="0 episodes"):
        rollout(NOISY, linear(NOISY, 0.5), [], seed=0)
