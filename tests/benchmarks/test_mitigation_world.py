"""What it costs to reach a target error: the planner in its world, beside fixed extrapolation."""

from __future__ import annotations

import numpy as np
import pytest

from backends.mitigation.extrapolation import EXPONENTIAL, LINEAR, RICHARDSON
from qtwin.fusion.base import FloatArray
from qtwin.worlds.mitigation import zne
from qtwin.worlds.mitigation.device import Devices
from qtwin.worlds.mitigation.environment import MitigationBatch
from qtwin.worlds.mitigation.planner import Planner
from qtwin.worlds.mitigation.world import MitigationWorld
from tests.benchmarks.conftest import Bar
from tests.unit.worlds.mitigation.devices import world

SEEDS, DEVICES = 20, 200
CIRCUITS = (1, 4, 16, 64)
SHOTS = tuple(int(100 * 1.25**k) for k in range(44))


@pytest.mark.parametrize("target", [0.03, 0.02])
def test_the_planner_reaches_a_target_for_less_than_extrapolation(
    bar: Bar, capsys: pytest.CaptureFixture[str], target: float
) -> None:
    """The extrapolation is given, in hindsight, its best number of shots and of circuits."""
    here = world(target=target, budget=2e7, shots=[100, 300_000])
    planned = np.array([_planned(here, seed) for seed in range(SEEDS)])
    cost, rmse = planned.mean(axis=0)
    error = 1.96 * planned[:, 0].std(ddof=1) / np.sqrt(SEEDS)
    fixed = {kind: _fixed(here, kind, rmse) for kind in (EXPONENTIAL, LINEAR, RICHARDSON)}
    with capsys.disabled():
        print(f"\ntarget {target:g}: {SEEDS} seeds of {DEVICES} devices")  # noqa: T201
        print(f"  planner      cost {cost:10.0f} ± {error:.0f}, RMSE {rmse:.4f}")  # noqa: T201
        for kind, found in fixed.items():
            shown = "does not reach it" if np.isinf(found) else f"cost {found:10.0f}"
            print(f"  {kind:<12} {shown}")  # noqa: T201
    bar(f"mitigation {target} error", rmse / target)
    best = min(fixed, key=lambda kind: fixed[kind])
    bar(f"mitigation {target} cost", fixed[best] / cost, note=f"the best is {best}")


def _planned(here: MitigationWorld, seed: int) -> tuple[float, float]:
    """Mean cost and RMSE."""
    batch = MitigationBatch(here, DEVICES)
    batch.reset(seed=seed * DEVICES, options={"draws": list(range(DEVICES))})
    planner, running = Planner(batch.episodes), np.ones(DEVICES, dtype=np.bool_)
    spent, error = np.zeros(DEVICES), np.zeros(DEVICES)
    while running.any():
        _, _, terminated, truncated, info = batch.step(planner.act())
        ended = running & (terminated | truncated)
        spent[ended], error[ended] = info["spent"][ended], info["error"][ended]
        running &= ~ended
    return float(spent.mean()), _rms(error)


def _fixed(here: MitigationWorld, kind: str, rmse: float) -> float:
    """The least cost at which the extrapolation is as good; infinite where it never is."""
    devices = Devices.of(here.posterior.draws[:DEVICES], here.posterior.names)
    for cost, shots, circuits in sorted(
        (zne.cost_of(here, shots, circuits), shots, circuits)
        for shots in SHOTS
        for circuits in CIRCUITS
    ):
        rng = np.random.default_rng(shots)
        answers = [
            zne.extrapolated(here, devices, kind=kind, shots=shots, circuits=circuits, rng=rng)
            for _ in range(SEEDS)
        ]
        if _rms(np.array(answers) - devices.value) <= rmse:
            return cost
    return np.inf


def _rms(errors: FloatArray) -> float:
    return float(np.sqrt(np.mean(errors**2)))
