"""Agents of search worlds: they see no truth, keep their budget, and the planner is worth it."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest

from backends.errors import ProgramRejected
from qtwin.fusion.base import FloatArray
from qtwin.worlds.documents import load
from qtwin.worlds.search import SearchWorld
from qtwin.worlds.search.agents import Agent, Anywhere, Grid, Trained
from qtwin.worlds.search.comparison import compare, mean_interval
from qtwin.worlds.search.grid import refined
from qtwin.worlds.search.planner import Planner
from qtwin.worlds.search.trial import Trial, play
from tests.unit.worlds.search.made import DOCUMENT, changed, sampled, two_controls, world

SEEDS = range(16)
ROWS = np.arange(4)


class Still:
    """A policy that asks for the middle of the box, whatever it sees."""

    def __init__(self, size: int) -> None:
        self.size = size

    def act(self, observations: FloatArray, step: int) -> FloatArray:
        return np.zeros((len(observations), self.size))


def _agents() -> list[Agent]:
    size = world().actions.size
    return [
        Planner(samples=32),
        Planner(samples=32, confidence=0.9),
        Anywhere(),
        Grid(way=1),
        Trained(policy=Still(size)),
    ]


@pytest.mark.parametrize("number", range(5))
def test_agents_keep_their_budget_and_do_the_same_again(number: int) -> None:
    one, two = (play(world(), _agents()[number], range(2)) for _ in range(2))
    assert one.spent.max() <= world().terms.budget + 1e-9
    assert one.asks.max() <= world().steps
    for name in ("cost", "found", "error", "spent", "asks"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


@pytest.mark.parametrize("number", range(5))
def test_what_an_agent_asks_does_not_depend_on_the_truth(number: int) -> None:
    asked = []
    for draws in ([1, 2, 3, 4], [9, 8, 7, 6]):
        environments = world().vector(4)
        environments.reset(seed=0, options={"draws": draws})
        asked.append(_agents()[number].choose(environments.episodes, ROWS))
    for name in ("point", "way", "shots", "stop"):
        assert np.array_equal(getattr(asked[0], name), getattr(asked[1], name)), name


def test_the_planner_finds_a_transition_for_less_than_chance_does() -> None:
    made = SearchWorld.of(sampled(), changed(goal={"kind": "transition", "tolerance": 0.1}))
    seeds = range(2 * len(SEEDS))
    planned, by_chance = (play(made, agent, seeds) for agent in (Planner(samples=16), Anywhere()))
    found = compare(planned, by_chance)
    assert found.lower > 0.0
    assert found.p < 0.05
    assert planned.error.mean() < 0.5 * by_chance.error.mean()


def test_agents_search_in_two_controls() -> None:
    for agent in (Planner(samples=32), Anywhere(), Grid(way=1)):
        trial = play(two_controls(), agent, range(2))
        assert trial.asks.min() > 3
        assert trial.error.max() < 0.05


def test_a_confident_planner_stops_early_and_is_as_often_right_as_it_says() -> None:
    made = SearchWorld.of(sampled(), changed(goal={"kind": "minimum", "tolerance": 0.1}))
    sure = play(made, Planner(samples=32, confidence=0.9), range(40))
    assert sure.asks.mean() < 0.5 * made.steps
    assert sure.found.mean() > 0.9 - 3 * np.sqrt(0.9 * 0.1 / 40)


@pytest.mark.parametrize(
    "goal",
    [
        {"kind": "minimum", "tolerance": 0.01},
        {"kind": "target", "tolerance": 0.01, "level": 0.2},
        {"kind": "transition", "tolerance": 0.1, "level": 0.0},
    ],
)
def test_the_planner_lowers_the_error_of_every_goal(goal: dict[str, Any]) -> None:
    made = SearchWorld.of(sampled(), changed(goal=goal, steps=6))
    _, info = made.vector(10).reset(seed=list(range(10)))
    planned = play(made, Planner(samples=32), range(10))
    assert planned.error.mean() < 0.5 * info["error"].mean()


def test_the_samples_of_a_belief_have_its_mean_and_its_sigma() -> None:
    environment = world().environment()
    environment.reset(seed=2)
    for action in np.eye(6, dtype=np.float32)[[1, 3, 1]] * 2 - 1:
        environment.step(np.append(action[:-1], -1.0).astype(np.float32))
    belief = environment.belief
    drawn = belief.samples(0, 3, 4000, np.random.default_rng(0))
    open_ = np.flatnonzero(belief.variance[0] > 1e-6)
    sigma = np.sqrt(belief.variance[0][open_])
    away = (drawn.mean(axis=0)[open_] - belief.mean[0][open_]) / sigma
    assert np.abs(away).max() < 0.25  # 400 draws of the prior, each used ten times
    np.testing.assert_allclose(drawn.std(axis=0)[open_], sigma, rtol=0.2)


def test_a_grid_asks_its_source_at_ever_finer_points_and_stops_when_it_cannot_pay() -> None:
    environments = world().vector(1)
    environments.reset(seed=0)
    agent, points = Grid(way=1), []
    for _ in range(3):
        asks = agent.choose(environments.episodes, np.arange(1))
        points.append(int(asks.point[0]))
        assert not asks.stop[0]
        environments.episodes.ask(asks, np.ones(1, dtype=bool))
    assert points == refined(33, 1)[:3].tolist()
    assert agent.choose(environments.episodes, np.arange(1)).stop[0]


def test_costs_are_those_from_which_on_the_answer_stays_within_the_tolerance() -> None:
    class Scripted:
        name = "scripted"

        def choose(self, episodes: Any, rows: Any) -> Any:
            spent.append(float(episodes.info()["spent"][0]))
            within.append(bool(episodes.info()["within"][0]))
            return agent.choose(episodes, rows)

    for seed in range(6):
        agent = Anywhere(seed=seed)
        spent: list[float] = []
        within: list[bool] = []
        trial = play(world(), Scripted(), [seed])
        spent.append(float(trial.spent[0]))
        within.append(bool(trial.found[0]))
        outside = [i for i, inside in enumerate(within) if not inside]
        begins = outside[-1] + 1 if outside else 0
        expected = spent[begins] if begins < len(spent) else world().terms.budget
        assert trial.cost[0] == pytest.approx(expected)


def test_a_comparison_is_paired_by_episode() -> None:
    def trial(cost: FloatArray) -> Trial:
        nothing = np.zeros(len(cost))
        return Trial(
            agent="",
            budget=100.0,
            cost=cost,
            found=nothing.astype(bool),
            error=nothing,
            spent=nothing,
            asks=nothing.astype(np.int64),
        )

    base = np.random.default_rng(0).uniform(0, 50, 20)
    found = compare(trial(base), trial(base + 5.0))
    assert (found.saved, found.lower, found.upper) == pytest.approx((5.0, 5.0, 5.0))
    assert found.p < 1e-3
    assert compare(trial(base), trial(base)).p == 1.0
    mean, low, high = mean_interval(base)
    half = 1.96 * base.std(ddof=1) / np.sqrt(20)
    assert low == pytest.approx(mean - half, rel=0.15)
    assert high == pytest.approx(mean + half, rel=0.15)


def test_documents_of_search_worlds_are_dispatched_with_a_fit() -> None:
    made = load(DOCUMENT, fits=sampled())
    assert isinstance(made, SearchWorld)
    assert made.to_dict() == world().to_dict()
    with pytest.raises(ProgramRejected, match="a search world is made from a version of a twin"):
        load(DOCUMENT)


def test_gymnasium_makes_search_worlds_alone_and_in_batches() -> None:
    name = "qtwin.worlds.registration:qtwin/Search-v0"
    alone = gymnasium.make(name, world=world())
    assert alone.reset(seed=4)[0].shape == world().observation_space.shape
    batch = gymnasium.make_vec(name, num_envs=3, world=world())
    observed, _ = batch.reset(seed=4)
    assert np.array_equal(observed[0], alone.reset(seed=4)[0])
