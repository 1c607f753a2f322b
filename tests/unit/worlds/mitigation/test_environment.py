"""Gymnasium's own checks, seeds, refusals, and what is left behind."""

from __future__ import annotations

import gc
import tracemalloc

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from qtwin.worlds.base import Floats
from qtwin.worlds.mitigation.environment import MitigationBatch, MitigationEnv
from tests.unit.worlds.mitigation.devices import world


def test_gymnasiums_checks_pass() -> None:
    check_env(world().environment(), skip_render_check=True)


def test_wrappers_and_spaces_hold_it() -> None:
    env = gymnasium.wrappers.TimeLimit(world().environment(), 3)
    seen, _ = env.reset(seed=1)
    for step in range(1, 4):
        action = np.array([-1.0, -1.0, -1.0, -1.0], dtype=np.float32)
        seen, reward, terminated, truncated, _ = env.step(action)
        assert env.observation_space.contains(seen)
        assert (terminated, truncated) == (False, step == 3)
        assert -1e-4 < float(reward) < 0.0


def test_an_episode_is_the_same_alone_and_in_a_batch() -> None:
    actions = np.random.default_rng(0).uniform(-1, 0, (40, 5, 4)).astype(np.float32)
    batch = MitigationBatch(world(steps=7), 5)
    alone = [MitigationEnv(world(steps=7)) for _ in range(5)]
    together, _ = batch.reset(seed=11)
    first = np.array([env.reset(seed=11 + i)[0] for i, env in enumerate(alone)])
    assert np.array_equal(together, first)
    ended = np.zeros(5, dtype=np.bool_)
    for step in range(40):
        seen, rewards, terminated, truncated, infos = batch.step(actions[step])
        for i, env in enumerate(alone):
            if ended[i]:
                own, *_ = env.reset()
                assert not infos["_cost"][i]
                assert rewards[i] == 0.0
                assert not terminated[i]
            else:
                own, reward, over, cut, info = env.step(actions[step, i])
                assert (reward, over, cut) == (rewards[i], terminated[i], truncated[i])
                told = {name: values[i] for name, values in infos.items() if name[0] != "_"}
                assert info == told
                assert infos["_cost"][i]
            assert np.array_equal(own, seen[i])
        ended = terminated | truncated


def test_nothing_is_done_before_a_reset() -> None:
    with pytest.raises(gymnasium.error.ResetNeeded, match="allowed: reset"):
        world().environment().step(np.zeros(4, dtype=np.float32))
    with pytest.raises(ValueError, match="2 seeds; allowed: 3, one for each environment"):
        MitigationBatch(world(), 3).reset(seed=[1, 2])


def test_truths_are_chosen() -> None:
    here = world()
    batch = MitigationBatch(here, 3)
    batch.reset(seed=1, options={"draws": [3, 3, 7]})
    values = here.posterior.column("value")
    assert batch.episodes.devices.value.tolist() == values[[3, 3, 7]].tolist()
    batch.reset(seed=1, options={"truth": "nominal"})
    assert set(batch.episodes.devices.value.tolist()) == {float(here.posterior.nominal[0])}
    with pytest.raises(ValueError, match=r"draws = .*; allowed: 3 integers from 0 to 255"):
        batch.reset(options={"draws": [0, 1, 256]})
    with pytest.raises(ValueError, match="truth is 'other'; allowed: posterior, nominal"):
        batch.reset(options={"truth": "other"})


@pytest.mark.parametrize(
    ("action", "match"),
    [
        ([0.0, np.nan, 0.0, 0.0], "action shots of environment 0 is nan; allowed: -1 to 1"),
        ([0.0, 0.0, 0.0, -np.inf], "action stop of environment 0 is -inf; allowed"),
        ([0.0, 0.0], r"actions have shape \(1, 2\); allowed: \(1, 4\)"),
    ],
)
def test_an_action_that_is_none_is_refused_and_nothing_happens(
    action: list[float], match: str
) -> None:
    def seen(*, refused: bool) -> Floats:
        env = world().environment()
        env.reset(seed=5)
        if refused:
            with pytest.raises(ValueError, match=match):
                env.step(np.array(action, dtype=np.float32))
        return env.step(np.array([0.0, 0.0, 0.0, -1.0], dtype=np.float32))[0]

    assert np.array_equal(seen(refused=True), seen(refused=False))


def test_what_the_budget_does_not_cover_is_refused_and_ends_the_episode() -> None:
    env = MitigationEnv(world(budget=5000.0))
    before, _ = env.reset(seed=2)
    after, reward, terminated, truncated, info = env.step(np.array([1, 1, 1, -1], dtype=np.float32))
    assert (terminated, truncated, info["refused"]) == (False, True, True)
    assert info["spent"] == 0.0
    assert info["cost"] == 300_000 * 5 + 32 * 100
    assert reward == -1.0 * (not info["met"])
    assert after[0] == before[0]


def test_a_stop_answers_for_nothing() -> None:
    env = MitigationEnv(world())
    env.reset(seed=2)
    _, reward, terminated, truncated, info = env.step(np.array([0, 0, 0, 1], dtype=np.float32))
    assert (terminated, truncated, info["spent"], info["cost"]) == (True, False, 0.0, 0.0)
    assert info["met"] == (info["error"] <= 2 * 0.02)
    assert reward == -float(not info["met"])


def test_steps_leave_nothing_behind() -> None:
    batch = MitigationBatch(world(), 100)
    batch.reset(seed=0)
    rng = np.random.default_rng(1)

    def run(steps: int) -> None:
        for _ in range(steps):
            batch.step(rng.uniform(-1, 1, (100, 4)).astype(np.float32))

    run(20)
    gc.collect()
    tracemalloc.start()
    run(1)
    before, _ = tracemalloc.get_traced_memory()
    run(60)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 20_000
