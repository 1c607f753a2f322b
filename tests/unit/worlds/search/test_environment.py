"""Search environments: what Gymnasium asks of them, seeds, money, refusals, memory."""

from __future__ import annotations

import tracemalloc
import warnings
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from qtwin.worlds.base import Floats
from qtwin.worlds.search import SearchWorld
from qtwin.worlds.search.actions import Asks
from tests.unit.worlds.search.made import changed, sampled, two_controls, world

QPU, EXACT, CHEAP = 0, 1, 2


def _ask(made: SearchWorld, way: int, *, point: int = 4, stop: bool = False) -> Floats:
    asks = Asks(
        point=np.array([point]),
        way=np.array([way]),
        shots=np.array([0]),
        stop=np.array([stop]),
    )
    action: Floats = made.actions.encode(asks)[0]
    return action


def _actions(made: SearchWorld, steps: int, count: int) -> Floats:
    rng = np.random.default_rng(7)
    drawn = rng.uniform(-1.0, 1.0, (steps, count, made.actions.size)).astype(np.float32)
    drawn[..., -1] = -1.0
    return drawn


@pytest.mark.parametrize("made", [world, two_controls], ids=["one control", "two controls"])
def test_gymnasium_has_nothing_to_complain_of(made: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(made().environment(), skip_render_check=True)


@pytest.mark.parametrize("made", [world, two_controls], ids=["one control", "two controls"])
def test_an_episode_is_the_same_bit_for_bit_alone_and_among_others(made: Any) -> None:
    search: SearchWorld = made()
    actions = _actions(search, 8, 5)
    many, again = search.vector(5), search.vector(5)
    first = [many.reset(seed=20), again.reset(seed=20)]
    assert np.array_equal(first[0][0], first[1][0])
    seen = [(many.step(a), again.step(a)) for a in actions]
    for one, two in seen:
        assert all(np.array_equal(p, q) for p, q in zip(one[:4], two[:4], strict=True))
    alone = search.environment()
    alone.reset(seed=23)
    for a, (step, _) in zip(actions, seen, strict=True):
        observed, reward, terminated, truncated, info = alone.step(a[3])
        assert np.array_equal(observed, step[0][3])
        assert (reward, terminated, truncated) == (step[1][3], step[2][3], step[3][3])
        assert info["error"] == step[4]["error"][3]
        if terminated or truncated:
            break


def test_environments_take_the_truths_and_the_seeds_that_are_asked_for() -> None:
    many = world().vector(3)
    _, info = many.reset(seed=[4, 4, 5], options={"draws": [9, 9, 2]})
    assert info["truth"].tolist() == [9, 9, 2]
    observed, *_ = many.step(_actions(world(), 1, 1)[0].repeat(3, axis=0))
    assert np.array_equal(observed[0], observed[1])
    assert not np.array_equal(observed[0], observed[2])
    _, info = many.reset(options={"truth": "nominal"})
    assert info["error"].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draws": [1]}, r"draws is \[1\]; allowed: 2 integers"),
        ({"draws": [1, 400]}, r"draws is \[1, 400\]; allowed: 0 to 399"),
        ({"truth": "mine"}, "truth is 'mine'; allowed: posterior, nominal"),
    ],
)
def test_other_truths_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        world().vector(2).reset(seed=1, options=options)


def test_an_ended_episode_begins_anew_at_the_next_step() -> None:
    many = world().vector(2)
    many.reset(seed=1)
    actions = np.stack([_ask(world(), CHEAP, stop=True), _ask(world(), CHEAP)])
    _, _, terminated, _, info = many.step(actions)
    assert terminated.tolist() == [True, False]
    assert info["asks"].tolist() == [0, 1]
    actions[0, -1] = -1.0
    observed, rewards, terminated, _, info = many.step(actions)
    assert not terminated.any()
    assert info["asks"].tolist() == [0, 2]
    assert rewards[0] == 0.0
    assert np.array_equal(observed[0], world().environment().reset(seed=1)[0])


def test_rewards_add_up_to_the_errors_reduction_less_what_was_paid() -> None:
    made = SearchWorld.of(sampled(), changed(goal={"kind": "transition", "tolerance": 0.1}))
    environment, terms = made.environment(), made.terms
    _, info = environment.reset(seed=3)
    began, total, ended = info["error"], 0.0, False
    for action in _actions(made, 12, 1)[:, 0]:
        _, reward, terminated, truncated, info = environment.step(action)
        total += float(reward)
        ended = terminated or truncated
        if ended:
            break
    assert ended
    assert info["error"] != began
    assert info["spent"] == pytest.approx(terms.budget - info["left"])
    truth = environment.episodes.truths
    own = made.errors(truth, made.answers(environment.belief.mean))
    assert info["error"] == pytest.approx(own[0])
    gained = (began - info["error"]) / made.first_error
    assert total == pytest.approx(gained - terms.cost_weight * info["spent"] / terms.budget)
    assert info["value"] == -info["error"]


def test_an_ask_above_what_is_left_is_refused_and_ends_the_episode() -> None:
    environment = world().environment()
    environment.reset(seed=3)
    for _ in range(2):
        environment.step(_ask(world(), EXACT))
    before, _, _, _, _ = environment.step(_ask(world(), CHEAP))
    observed, reward, terminated, truncated, info = environment.step(_ask(world(), EXACT))
    assert (terminated, truncated, reward) == (True, False, 0.0)
    assert info["refused"]
    assert (info["would_cost"], info["left"], info["paid"], info["asks"]) == (20.0, 19.0, 0.0, 3)
    assert np.array_equal(observed, before)


def test_an_episode_ends_when_nothing_can_be_paid_any_more() -> None:
    environment = world().environment()
    environment.reset(seed=3)
    ends = [environment.step(_ask(world(), EXACT))[2] for _ in range(3)]
    assert ends == [False, False, True]


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_an_action_that_is_not_finite_is_refused(wrong: float) -> None:
    action = _ask(world(), CHEAP)
    action[1] = wrong
    environment = world().environment()
    environment.reset(seed=0)
    with pytest.raises(ValueError, match=f"component 1 of action 0 is {wrong}"):
        environment.step(action)
    with pytest.raises(ValueError, match=r"actions have shape \(1, 2\); allowed: \(1, 6\)"):
        environment.step(action[:2])


def test_asking_an_exact_source_again_teaches_nothing() -> None:
    environment = world().environment()
    environment.reset(seed=3)
    once, *_ = environment.step(_ask(world(), EXACT))
    twice, *_ = environment.step(_ask(world(), EXACT))
    np.testing.assert_allclose(once[:-2], twice[:-2], atol=1e-5)


def _steps_without_a_leak(steps: int, count: int) -> None:
    made = SearchWorld.of(sampled(), changed(steps=8, grid=17))
    many = made.vector(count)
    many.reset(seed=0)
    actions = _actions(made, 50, count)
    for action in actions:
        many.step(action)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for i in range(steps):
            many.step(actions[i % 50])
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 50_000


def test_a_thousand_steps_leak_nothing() -> None:
    _steps_without_a_leak(250, 4)


@pytest.mark.slow
def test_a_hundred_thousand_steps_leak_nothing() -> None:
    _steps_without_a_leak(2_500, 40)
