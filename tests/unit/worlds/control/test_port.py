"""A control world as Gymnasium and the port of worlds have it."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import VectorEnv
from gymnasium.wrappers.vector import RecordEpisodeStatistics

from qtwin.worlds.base import World
from tests.unit.worlds.control.documents import ALL
from tests.unit.worlds.control.stepped import actions, played
from tests.unit.worlds.control.worlds import ID, uncertain


def test_environments_take_wrappers_and_worlds_are_copied_and_written() -> None:
    world = uncertain("spaced")
    environment = gymnasium.make(ID, world=world, max_episode_steps=3)
    wrapped = gymnasium.wrappers.FlattenObservation(environment)
    wrapped.reset(seed=0)
    for _ in range(3):
        _, _, terminated, truncated, _ = wrapped.step(wrapped.action_space.sample())
    assert (terminated, truncated) == (False, True)
    batch: VectorEnv[Any, Any, Any] = gymnasium.make_vec(ID, num_envs=2, world=world)
    recorded = RecordEpisodeStatistics(batch)
    assert "episode" in played(recorded, actions(world, world.steps, 2), seed=0)[-1]
    assert copy.deepcopy(world) is world
    again = pickle.loads(pickle.dumps(world))
    assert again.to_dict() == world.to_dict()
    assert np.array_equal(again.truths.draws, world.truths.draws)


def test_a_control_world_is_a_world() -> None:
    port: World = uncertain("spaced")
    assert (port.kind, port.steps) == ("control", 8)
    assert port.action_space.shape == (3,)
    assert port.observation_space.contains(np.zeros(port.observation_space.shape, np.float32))


def test_a_world_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="allowed: qtwin/Control-v0"):
        gymnasium.make("qtwin.worlds.registration:qtwin/Mitigation-v0", world=ALL["pulse"])
