"""Bars of the worlds: batched dynamics, search and mitigation."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.bars.bar import Bar

PRECISIONS = ("single 1e-3", "double 1e-3", "double 1e-6")
"""With the error of each trajectory."""


def _dynamics() -> Iterator[Bar]:
    for precision in ("single", "double"):
        by = f"test_control_world.py::test_environment_steps[{precision}]"
        yield Bar(name=f"13 world {precision}", what="steps of environments, batched / alone, CPU",
                  by=by, at_least=20, must=precision == "single")  # fmt: skip
        yield Bar(name=f"QuTiP world {precision}", what="episodes in a batch / by QuTiP, CPU",
                  by=by, at_least=5)  # fmt: skip
    for case in PRECISIONS:
        by = f"test_dynamics.py::test_batched_evolution[{case}]"
        yield Bar(name=f"13 {case}", what="trajectories in a batch / one at a time, CPU", by=by,
                  at_least=20, must=case.startswith("single"))  # fmt: skip
        yield Bar(name=f"QuTiP {case}", what="trajectories in a batch / by QuTiP, CPU", by=by,
                  at_least=5)  # fmt: skip


def _search() -> Iterator[Bar]:
    test = "test_search_world.py::"
    test += "test_the_planner_finds_the_answer_for_less_than_random_and_grid_search"
    for case in ("h2", "ising"):
        by = f"{test}[{case}]"
        yield Bar(name=f"search {case} random", what="planner's cost to find / random's", by=by,
                  at_most=0.75)  # fmt: skip
        yield Bar(name=f"search {case} p", what="p of its saving against random", by=by,
                  at_most=0.05)  # fmt: skip
        yield Bar(name=f"search {case} grid", what="planner's cost to find / an exact grid's",
                  by=by, at_most=0.75)  # fmt: skip


def _mitigation() -> Iterator[Bar]:
    test = "test_mitigation_world.py::"
    test += "test_the_planner_reaches_a_target_for_less_than_extrapolation"
    for target in ("0.03", "0.02"):
        by = f"{test}[{target}]"
        yield Bar(name=f"mitigation {target} error", what="planner's RMSE / target", by=by,
                  at_most=1.0)  # fmt: skip
        yield Bar(name=f"mitigation {target} cost", what="cost of the best ZNE / planner's",
                  by=by, at_least=1.0)  # fmt: skip


WORLDS = (*_dynamics(), *_search(), *_mitigation())
