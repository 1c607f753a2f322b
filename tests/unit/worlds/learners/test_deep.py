"""PPO and SAC: refused with what to install, and the same numbers as the package's networks."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from backends.errors import ProgramRejected
from qtwin.worlds.learners import deep
from qtwin.worlds.learners.document import read_plan
from qtwin.worlds.learners.train import train
from qtwin.worlds.policies import dump_policy, read_policy
from tests.unit.worlds.regulator import Regulator

WORLD = Regulator(gains=tuple(np.linspace(0.4, 0.6, 40)), noise=0.05)
SMALL = {"environments": 4, "rounds": 2, "truths": 8, "held_out": 8}
LEARNERS: dict[str, dict[str, Any]] = {
    "ppo": {"kind": "ppo", "policy": {"kind": "mlp", "hidden": [8]}, **SMALL},
    "sac": {"kind": "sac", "policy": {"kind": "mlp", "hidden": [8, 4]}, **SMALL, "batch": 32},
}
installed = importlib.util.find_spec("stable_baselines3") is not None
needs = pytest.mark.skipif(not installed, reason="the extra rl (stable-baselines3) is not there")


@pytest.mark.parametrize("kind", LEARNERS)
def test_without_the_package_it_is_said_how_to_install_it(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deep, "PACKAGE", "no_such_package")
    with pytest.raises(ProgramRejected, match=r"pip install 'qtwin\[rl\]'") as refused:
        train(WORLD, LEARNERS[kind], seed=0, budget={"evaluations": 1000})
    assert refused.value.field == "/kind"


@pytest.mark.parametrize(
    ("learner", "field"),
    [
        ({"kind": "ppo", "policy": {"kind": "linear"}}, "/policy/kind"),
        ({"kind": "ppo", "policy": {"kind": "mlp", "squash": "tanh"}}, "/policy/squash"),
        ({"kind": "sac", "policy": {"kind": "mlp", "squash": "clip"}}, "/policy/squash"),
        ({"kind": "ppo", "buffer": 1000}, "/buffer"),
        ({"kind": "sac", "epochs": 3}, "/epochs"),
        ({"kind": "ppo", "gamma": 1.5}, "/gamma"),
        ({"kind": "ppo", "start": "sweep"}, "/start"),
    ],
)
def test_a_wrong_document_is_refused_by_its_field(learner: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected) as refused:
        read_plan(learner)
    assert refused.value.field == field


def test_the_document_names_the_hyperparameters_of_its_kind_alone() -> None:
    ppo, sac = (read_plan(LEARNERS[kind]).to_dict() for kind in ("ppo", "sac"))
    assert set(ppo) - set(sac) == {"epochs", "entropy"}
    assert set(sac) - set(ppo) == {"buffer"}
    assert (ppo["policy"]["squash"], sac["policy"]["squash"]) == ("clip", "tanh")
    assert read_plan(ppo).to_dict() == ppo


@needs
@pytest.mark.parametrize("kind", LEARNERS)
def test_the_policy_acts_as_the_network_does(kind: str) -> None:
    from qtwin.worlds.learners.budget import Budget
    from qtwin.worlds.learners.deep_run import DeepRun
    from qtwin.worlds.learners.network import parameters_of
    from qtwin.worlds.learners.train import policy_at_start

    plan = read_plan(LEARNERS[kind])
    start = policy_at_start(WORLD, plan, 0, None)
    from dataclasses import replace

    start = replace(start, provenance=replace(start.provenance, seed=0))
    run = DeepRun.of(WORLD, plan, start, Budget(evaluations=1e6), None)
    seen = np.random.default_rng(0).uniform(-4, 4, (50, 1))
    theirs, _ = run.model.predict((seen / 4).astype(np.float32), deterministic=True)
    ours = start.with_parameters(parameters_of(run.model)).act(seen, 0)
    np.testing.assert_allclose(ours, theirs, atol=2e-6)
    np.testing.assert_allclose(ours, start.act(seen, 0), atol=2e-6)


@needs
@pytest.mark.parametrize("kind", LEARNERS)
def test_it_learns_repeats_itself_and_keeps_to_its_budget(kind: str) -> None:
    before = repr(np.random.get_state())  # noqa: NPY002 - that it is as it was is what is tested
    one, two = (train(WORLD, LEARNERS[kind], seed=3, budget={"evaluations": 800}) for _ in range(2))
    assert dump_policy(one.policy) == dump_policy(two.policy)
    assert repr(np.random.get_state()) == before  # noqa: NPY002 - as above
    assert one.evaluations <= 800
    assert one.stopped == "the budget of 800 evaluations is used up"
    finalists = one.choice["finalists"]
    assert finalists["favourite"]["mean"] > finalists["start"]["mean"]
    read = read_policy(dump_policy(one.policy), WORLD)
    assert "torch" in read.provenance.training["versions"]


@needs
@pytest.mark.parametrize("kind", LEARNERS)
def test_it_goes_on_from_its_networks(kind: str) -> None:
    half = train(WORLD, LEARNERS[kind], seed=3, budget={"evaluations": 200})
    more = train(
        WORLD,
        LEARNERS[kind],
        seed=3,
        budget={"evaluations": 400},
        checkpoint=half.checkpoint,
    )
    assert more.curve[: len(half.curve)] == half.curve
    assert len(more.curve) > len(half.curve)
    assert b"pickle" not in half.checkpoint
    same = train(
        WORLD, LEARNERS[kind], seed=3, budget={"evaluations": 200}, checkpoint=half.checkpoint
    )
    np.testing.assert_array_equal(same.policy.parameters, half.policy.parameters)
