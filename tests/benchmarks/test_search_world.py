"""Search worlds: what the planner spends to find the answer, beside random and grid search.

The truths of the 20 seeds are draws of the twin's posterior; every agent has the same belief and
gives the answer by the same rule, so that only what it asks differs.
"""

from __future__ import annotations

import time

import pytest

from qtwin.worlds.search.agents import Agent, Anywhere, Grid
from qtwin.worlds.search.comparison import compare, mean_interval
from qtwin.worlds.search.planner import Planner
from qtwin.worlds.search.trial import Trial, play
from qtwin.worlds.search.world import SearchWorld
from tests.benchmarks.conftest import Bar
from tests.benchmarks.search.project import H2, ISING, Project

SEEDS = range(20)


@pytest.mark.slow
@pytest.mark.parametrize("project", [H2, ISING], ids=["h2", "ising"])
def test_the_planner_finds_the_answer_for_less_than_random_and_grid_search(
    project: Project,
    bar: Bar,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = project.world()
    began = time.process_time()
    planned, *others = [play(world, agent, SEEDS) for agent in _agents(world)]
    sure = play(world, Planner(confidence=0.95, name="planner, stops when 95 % sure"), SEEDS)
    with capsys.disabled():
        print(_table(project, [planned, *others, sure], time.process_time() - began))  # noqa: T201
    by_chance, *grids = others
    spent = planned.cost.mean()
    reference = next(grid for grid, way in zip(grids, world.ways, strict=True) if way.sees_truth())
    name = f"search {request.node.callspec.id}"
    bar(f"{name} random", spent / by_chance.cost.mean())
    bar(f"{name} p", compare(planned, by_chance).p)
    bar(f"{name} grid", spent / reference.cost.mean(), note=reference.agent)


def _agents(world: SearchWorld) -> list[Agent]:
    """The planner, random search, and grid search by each source with the middle shot count."""
    grids = [
        Grid(way=number, shots=len(world.terms.shots) // 2, name=f"grid of {way.name}")
        for number, way in enumerate(world.ways)
    ]
    return [Planner(), Anywhere(), *grids]


def _table(project: Project, trials: list[Trial], seconds: float) -> str:
    first = trials[0]
    lines = [
        f"\n{project.title}; budget {first.budget:g}, {len(SEEDS)} seeds, CPU {seconds:.0f} s",
        "| agent | found | cost to find | planner saves | p | spent |",
        "|---|---|---|---|---|---|",
    ]
    for trial in trials:
        mean, low, high = mean_interval(trial.cost)
        against, p = "", ""
        if trial is not first:
            found = compare(first, trial)
            against = f"{found.saved:.0f} ({found.lower:.0f} to {found.upper:.0f})"
            p = f"{found.p:.2g}"
        cost = f"{mean:.0f} ({low:.0f} to {high:.0f})"
        found_by = f"{trial.found.sum()} of {len(trial.found)}"
        spent = f"{trial.spent.mean():.0f}"
        lines.append(f"| {trial.agent} | {found_by} | {cost} | {against} | {p} | {spent} |")
    return "\n".join(lines)
