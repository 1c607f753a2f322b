"""Closed loop on stretched H4: what the planner reaches, against the best single source.

Every number comes from a run: PySCF for FCI, CCSD, MP2 and HF, and a variational circuit on the
noise model of an IBM device with its shots.
"""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.benchmarks.closed_loop.h4 import SOURCES
from tests.benchmarks.closed_loop.loop import Stage, cost_to_reach, evenly_spaced, run
from tests.benchmarks.conftest import Bar

SEEDS = range(5)
BUDGET = 800.0
SINGLE_BUDGET = 2400.0


@pytest.mark.slow
def test_many_sources_reach_chemical_accuracy_at_half_the_cost_of_one(
    bar: Bar, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.process_time()
    several, single, final = [], [], []
    for seed in SEEDS:
        stages = run(tuple(SOURCES), seed=seed, budget=BUDGET, batch=4)
        policies = {
            "planned references": run(("FCI",), seed=seed, budget=SINGLE_BUDGET, batch=1),
            "evenly spaced references": evenly_spaced(seed=seed, budget=SINGLE_BUDGET),
        }
        several.append(cost_to_reach(stages))
        costs = {name: cost_to_reach(policy) for name, policy in policies.items()}
        single.append(min(costs.values()))
        final.append(stages[-1].rmse)
        with capsys.disabled():
            print(_line(seed, stages, several[-1], costs))  # noqa: T201
    with capsys.disabled():
        print(f"CPU {time.process_time() - began:.0f} s")  # noqa: T201
    bar("H4 error", 1e3 * float(np.median(final)))
    ratio = float(np.median(several)) / float(np.median(single))
    bar("H4 cost", ratio)


def _line(seed: int, stages: list[Stage], cost: float, costs: dict[str, float]) -> str:
    others = ", ".join(f"{name} {value:.0f}" for name, value in costs.items())
    last = stages[-1]
    return (
        f"\nseed {seed}: 1.6 mHa at {cost:.0f}, {others}; {1e3 * last.rmse:.2f} mHa and coverage "
        f"{last.coverage:.2f} at {last.cost:.0f}"
    )
