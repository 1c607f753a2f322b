"""Stages, gaps and the report."""

from __future__ import annotations

import json

import numpy as np
import pytest

from qtwin.worlds.learners.document import read_plan
from qtwin.worlds.learners.truths import Truths
from qtwin.worlds.policies import Policy, architecture_for
from qtwin.worlds.transfer.gap import Gap, gain
from qtwin.worlds.transfer.played import held_out, nominal, randomised, reported
from qtwin.worlds.transfer.report import climb, report
from qtwin.worlds.transfer.stage import Rung, Sample, Stage
from tests.unit.worlds.regulator import Regulator, riccati

WORLD = Regulator(gains=tuple(np.linspace(0.3, 0.7, 40)), noise=0.05)
OTHER = Regulator(gains=tuple(np.linspace(0.2, 0.4, 40)), noise=0.05)


def linear(gain_: float) -> Policy:
    return Policy(
        architecture=architecture_for(WORLD, {"kind": "linear"}),
        parameters=np.array([-4 * gain_, 0.0]),
    )


GOOD, IDLE = linear(riccati(WORLD.a, WORLD.nominal)[1]), linear(0.0)
RUNGS = [
    nominal(WORLD, episodes=50),
    randomised(WORLD, episodes=60),
    held_out(OTHER, episodes=60, version="8"),
]


def fixed(name: str, values: list[float], shots: int = 0) -> Stage:
    return stage(name, Sample(values=np.array(values), shots=shots))


def stage(name: str, sample: Sample) -> Stage:
    return Stage.play(Rung(name=name, title=name, play=lambda policy: sample), GOOD)


def test_the_document_of_a_report() -> None:
    ours, idle = climb(RUNGS, GOOD), climb(RUNGS, IDLE)
    document = json.loads(json.dumps(report(ours, baselines={"idle": idle}, earlier={"x": idle})))
    names = [row["name"] for row in document["stages"]]
    assert names == ["nominal", "randomised", "held_out"]
    for row in document["stages"]:
        assert row["lower"] <= row["value"] <= row["upper"]
        assert row["episodes"] in (50, 60)
    assert "over 10 truths, of 60 episodes" in document["stages"][1]["method"]
    assert document["stages"][2]["title"] == "Held-out twin version 8"
    assert [row["policy"] for row in document["baselines"]] == ["idle"] * 3
    assert document["gap"] == document["gaps"][-1]
    gap = document["gap"]
    values = [row["value"] for row in document["stages"]]
    assert gap["absolute"] == pytest.approx(values[0] - values[2])
    assert gap["relative"]["value"] == pytest.approx(1 - values[2] / values[0])
    assert [row["to"] for row in document["closed"]] == ["randomised", "held_out"]


def test_no_training_ever_sees_what_reports_play_on() -> None:
    pool = reported(WORLD)
    assert pool is not None
    plan = read_plan({"kind": "random", "truths": 30, "held_out": 30})
    for seed in range(20):
        truths = Truths.of(WORLD, plan, seed)
        used = [truths.of_choice(), *(truths.of_generation(g) for g in range(5))]
        assert not set(pool) & {int(d) for e in used for d in np.atleast_1d(e.draws)}


def test_the_same_stage_meets_all_policies_with_the_same_truths_and_noise() -> None:
    for rung in RUNGS:
        one, two = Stage.play(rung, GOOD), Stage.play(rung, GOOD)
        np.testing.assert_array_equal(one.sample.values, two.sample.values)
        found = gain(one, Stage.play(rung, linear(0.3)))
        apart = one.interval.upper - one.interval.lower
        assert found.upper - found.lower < apart
        assert found.method.startswith("paired")


def test_shots_have_wilsons_interval_and_are_not_paired() -> None:
    one = fixed("noisy", [1.0] * 60 + [0.0] * 40, shots=100)
    two = fixed("noisy", [1.0] * 50 + [0.0] * 50, shots=100)
    assert one.interval.method == "Wilson's score interval of 100 shots"
    assert (one.to_dict()["episodes"], one.to_dict()["shots"]) == (0, 100)
    assert gain(one, two).method.startswith("variance recovery")


def test_a_gap_that_randomisation_halves_is_closed_by_half() -> None:
    rng = np.random.default_rng(0)

    def ladder(end: float) -> dict[str, Stage]:
        values = {"nominal": 0.9, "noisy": end}
        return {n: fixed(n, list(rng.normal(v, 0.01, 200))) for n, v in values.items()}

    document = report(ladder(0.7), earlier={"randomisation": ladder(0.5)})
    (row,) = document["closed"]
    assert row["by"] == "randomisation"
    assert row["value"] == pytest.approx(0.2, abs=0.005)
    assert row["share"]["lower"] < 0.5 < row["share"]["upper"]
    assert document["gap"]["relative"]["value"] == pytest.approx(2 / 9, abs=0.005)


def test_a_gap_that_may_be_none_has_no_share_closed() -> None:
    same = {n: fixed(n, [0.5, 0.6, 0.7, 0.4]) for n in ("nominal", "noisy")}
    (row,) = report(same, earlier={"retraining": same})["closed"]
    assert row["share"] is None
    assert "may be 0" in row["why_no_share"]


def test_the_interval_of_a_gap_holds_the_true_one() -> None:
    """150 gaps from 20 truths of 2 episodes to 200 shots: 95 % - 7.1 % (four sigmas)."""
    rng, inside = np.random.default_rng(1), 0
    truths = np.repeat(np.arange(20), 2)
    for _ in range(150):
        values = 0.8 + rng.normal(0, 0.05, 20)[truths] + rng.normal(0, 0.02, 40)
        first = stage("randomised", Sample(values=values, truths=truths))
        second = fixed("noisy", list((rng.random(200) < 0.6).astype(float)), shots=200)
        interval = Gap.between(first, second).interval
        inside += interval.lower <= 0.2 <= interval.upper
    assert 132 <= inside <= 150


def test_stages_have_known_names_and_come_once() -> None:
    with pytest.raises(ValueError, match="'moon'; allowed: nominal"):
        Rung(name="moon", title="", play=lambda policy: Sample(values=np.zeros(2)))
    with pytest.raises(ValueError, match="two stages have one name"):
        climb([RUNGS[0], RUNGS[0]], GOOD)
