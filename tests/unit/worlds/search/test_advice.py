"""What agents would run next, and grid search as a policy."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.training.services.staging import baselines_of
from qtwin.worlds.policies import OpenLoop, Policy
from qtwin.worlds.policies.rollout import rollout
from qtwin.worlds.search.advice import advise, grid_table
from qtwin.worlds.search.agents import Grid
from qtwin.worlds.search.planner import Planner
from qtwin.worlds.search.trial import play
from tests.unit.worlds.search.made import world


def test_advice_is_the_first_run_of_the_agent_in_the_units_of_the_project() -> None:
    found = advise(world(), Grid(way=0, shots=1, name="grid of qpu"))
    assert found is not None
    assert found.to_dict() == {
        "agent": "grid of qpu",
        "source": "qpu",
        "at": (-1.0,),
        "gain": 1.0,
        "knobs": {},
        "shots": 2000,
        "cost": pytest.approx(5.0),
    }


def test_advice_of_the_planner_can_be_paid_and_is_none_when_it_is_sure() -> None:
    found = advise(world(), Planner(samples=32))
    assert found is not None
    assert found.cost <= world().terms.budget
    assert -1.0 <= found.at[0] <= 3.0
    assert advise(world(), Planner(samples=32, confidence=0.01)) is None


def test_grid_search_as_a_policy_ends_as_the_agent_does() -> None:
    table = grid_table(world(), way=1)
    shape = OpenLoop(steps=table.shape[0], actions=table.shape[1])
    policy = Policy(architecture=shape, parameters=table.ravel())
    played = rollout(world(), policy, np.arange(5), seed=1)
    agent = play(world(), Grid(way=1), range(5))
    assert played.lengths[0].tolist() == [3] * 5 == agent.asks.tolist()
    assert np.all(played.values <= 0.0)


def test_a_transfer_report_has_the_grid_of_each_source_as_a_baseline() -> None:
    found = baselines_of(world())
    assert list(found) == ["grid of qpu", "grid of exact", "grid of cheap"]
    played = [rollout(world(), policy, np.arange(5), seed=1) for policy in found.values()]
    assert [one.lengths[0].tolist() for one in played] == [[12] * 5, [3] * 5, [12] * 5]
