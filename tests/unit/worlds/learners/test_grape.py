"""Gradient ascent of schedules: exact slopes, known optima, and what it beats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends.errors import ProgramRejected
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.documents import load
from qtwin.worlds.learners.document import read_plan
from qtwin.worlds.learners.ensemble import Ensemble
from qtwin.worlds.learners.train import policy_at_start, train
from qtwin.worlds.learners.truths import Episodes
from qtwin.worlds.policies import dump_policy
from qtwin.worlds.policies.rollout import rollout
from qtwin.worlds.policies.schedules import sweep
from qtwin.worlds.posterior import Posterior
from tests.unit.worlds.control.documents import ANNEAL, PULSE, RYDBERG, SPACED

POSTERIOR = Posterior(
    names=("rabi_scale", "detuning_offset"),
    units=("dimensionless", "rad/us"),
    draws=np.random.default_rng(0).normal([1.0, 0.0], [0.04, 1.0], (24, 2)),
    nominal=np.array([1.0, 0.0]),
)
LINEAR = {"kind": "linear"}
NOMINAL: dict[str, Any] = {"kind": "grape", "truths": "nominal", "held_out": 2}


def world(document: dict[str, Any] = RYDBERG, posterior: Posterior | None = None) -> ControlWorld:
    made = load(document, posterior)
    assert isinstance(made, ControlWorld)
    return made


WORLD = world(posterior=POSTERIOR)


@pytest.mark.parametrize("document", [RYDBERG, ANNEAL, PULSE], ids=["rydberg", "anneal", "pulse"])
def test_the_value_is_that_of_the_world_and_the_slope_its_differences(
    document: dict[str, Any],
) -> None:
    made = world(document)
    draws = Episodes(draws=np.array([0]), seed=0, truth="posterior")
    x = np.random.default_rng(1).uniform(-0.9, 0.9, made.steps * len(made.schedules.components))
    ensemble = Ensemble.of(made, draws, x)
    value, slope = ensemble.value(x)
    policy = sweep(made).with_parameters(x)
    played = rollout(made, policy, 1, seed=0, truth="nominal").values[0, 0]
    assert value == pytest.approx(made.goal.sign * played, abs=1e-5)
    for place in (0, len(slope) // 2, len(slope) - 1):
        step = 1e-4 * np.eye(len(slope))[place]
        ends = [ensemble.value(ensemble.table(ensemble.free(x) + s))[0] for s in (step, -step)]
        assert slope[place] == pytest.approx((ends[0] - ends[1]) / 2e-4, abs=2e-5)


def test_a_pulse_flips_its_qubit() -> None:
    found = train(world(PULSE), NOMINAL, seed=0, budget={"evaluations": 2000})
    assert found.curve[-1].mean > 1 - 1e-6
    assert found.stopped.startswith("converged")


@pytest.mark.slow
def test_it_beats_the_sweep_on_truths_that_it_was_not_trained_on() -> None:
    learner = {"kind": "grape", "truths": 4, "held_out": 4, "gradients": 12}
    found = train(WORLD, learner, seed=1, budget={"evaluations": 330})
    assert found.evaluations <= 330
    ours = rollout(WORLD, found.policy, range(24), seed=0).values[0]
    theirs = rollout(WORLD, sweep(WORLD), range(24), seed=0).values[0]
    assert ours.mean() > theirs.mean() + 0.02


def test_it_goes_on_from_a_checkpoint_as_if_nothing_had_been() -> None:
    learner = {"kind": "grape", "truths": 2, "held_out": 2, "gradients": 2}
    kept: list[bytes] = []

    def keep(row: object, checkpoint: bytes) -> None:
        kept.append(checkpoint)

    whole = train(WORLD, learner, seed=2, budget={"evaluations": 60}, on_progress=keep)
    rest = train(WORLD, learner, seed=2, budget={"evaluations": 60}, checkpoint=kept[1])
    assert len(kept) > 2
    assert dump_policy(rest.policy) == dump_policy(whole.policy)


@pytest.mark.parametrize(
    ("document", "learner", "field"),
    [
        (SPACED, {"kind": "grape"}, "/kind"),
        (RYDBERG, {"kind": "grape", "policy": LINEAR}, "/start"),
        (
            RYDBERG,
            {"kind": "grape", "policy": {"kind": "linear"}, "start": "plain"},
            "/policy/kind",
        ),
        (RYDBERG, {"kind": "grape", "gradients": 1}, "/gradients"),
    ],
)
def test_what_it_cannot_follow_is_refused(
    document: dict[str, Any], learner: dict[str, Any], field: str
) -> None:
    with pytest.raises(ProgramRejected) as refused:
        train(world(document), learner, seed=0, budget={"seconds": 1})
    assert refused.value.field == field


def test_an_evolution_strategy_starts_from_the_sweep_when_it_is_asked_to() -> None:
    learner = {
        "kind": "cma_es",
        "start": "sweep",
        "truths": 4,
        "held_out": 4,
        "sigma": 0.1,
        "population": 8,
    }
    start = policy_at_start(WORLD, read_plan(learner), 1, None)
    np.testing.assert_array_equal(start.parameters, sweep(WORLD).parameters)
    found = train(WORLD, learner, seed=1, budget={"evaluations": 400})
    finalists = found.choice["finalists"]
    assert finalists["start"]["mean"] < finalists[found.choice["chosen"]]["mean"]
