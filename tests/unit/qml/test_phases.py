"""Phase classifiers: nothing of a held-out point is seen, and what is counted is what was read."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from qtwin.qml.accuracy import Accuracy
from qtwin.qml.phases import features
from qtwin.qml.phases.document import document, table
from qtwin.qml.phases.folds import UNKNOWN, Transition, folds_of
from qtwin.qml.phases.measured import Measured, counts_of
from qtwin.qml.phases.methods import METHODS
from qtwin.qml.phases.names import BASELINE, NAMES
from qtwin.qml.phases.readings import Readings, deal
from qtwin.qml.phases.study import Plan, study

TRANSITION = Transition(value=1.0, margin=0.1)
QUICK = ("overlap_kernel", BASELINE)


def _measured(value: float, aligned: float, rng: np.random.Generator) -> Measured:
    """Three spins that are all alike with a chance, else anything."""
    chance = np.full(8, (1 - aligned) / 8)
    chance[[0, 7]] += aligned / 2
    seen = rng.multinomial(60, chance)
    counts = {f"{outcome:03b}": int(count) for outcome, count in enumerate(seen)}
    return Measured(value=value, source="simulated", counts={"ZZZ": counts})


def _phases(values: np.ndarray, seed: int) -> list[Measured]:
    rng = np.random.default_rng(seed)
    return [_measured(float(v), 0.95 if v < 1 else 0.05, rng) for v in values]


def _dealt(seed: int = 0) -> Readings:
    measured = _phases(np.array([0.2, 1.0, 1.7]), seed)
    return deal(measured, shots=7, most=5, rng=np.random.default_rng(seed))


def test_counts_are_those_of_groups_or_of_an_analog_run() -> None:
    counts = {"01": 3, "11": 2}
    group = {"basis": "ZZ", "counts": counts}
    assert counts_of({"groups": [group], "angles": []}) == {"ZZ": counts}
    assert counts_of({"counts": counts}) == {"ZZ": counts}
    others: tuple[Any, ...] = (
        {},
        {"groups": 3},
        {"groups": [{"basis": "ZZ", "counts": {"0": 1, "11": 2}}]},
        {"groups": [{"basis": 3, "counts": counts}, {"basis": "ZZ", "counts": {"01": -1}}]},
        {"counts": {"0x": 1}},
        {"counts": {"01": 1.5}},
        {"counts": {}},
    )
    for other in others:
        assert counts_of(other) == {}


def test_readings_are_dealt_without_replacement() -> None:
    measured = _phases(np.array([0.2, 1.7]), 1)
    readings = deal(measured, shots=7, most=99, rng=np.random.default_rng(0))
    assert len(readings) == 2 * (60 // 7)
    bits = readings.bits["ZZZ"]
    assert set(bits.shots.tolist()) == {7}
    for one in measured:
        taken = bits.counts[readings.values == one.value].sum(axis=0)
        have = [one.counts["ZZZ"].get("".join(map(str, row)), 0) for row in bits.outcomes]
        assert np.all(taken <= have)
        assert taken.sum() == 56


def test_features_are_means_over_the_shots_of_a_reading() -> None:
    readings = _dealt()
    bits = readings.bits["ZZZ"]
    for row in range(len(readings)):
        shots = 1.0 - 2.0 * np.repeat(bits.outcomes, bits.counts[row], axis=0)
        pairs = [np.mean(shots[:, i] * shots[:, j]) for i, j in combinations(range(3), 2)]
        told = features.correlations(readings)[row]
        assert told == pytest.approx(np.append(shots.mean(axis=0), pairs))
        spin = shots.mean(axis=1)
        assert features.orders(readings)[row] == pytest.approx([spin.mean(), np.mean(spin**2)])


def test_no_point_is_trained_on_and_held_out_and_each_is_held_out_once() -> None:
    values = np.repeat(np.round(np.arange(0, 2.01, 0.1), 9), 3)
    labels = TRANSITION.labels(values)
    assert sorted(set(values[labels == UNKNOWN])) == [0.9, 1.0, 1.1]
    folds = folds_of(values, labels, count=4, rng=np.random.default_rng(2))
    held = []
    for fold in folds:
        trained = set(values[fold.train])
        assert not trained & set(values[fold.test])
        assert not trained & {0.9, 1.0, 1.1}
        assert {0, 1} == set(labels[fold.train])
        held += sorted(set(values[fold.test]) - {0.9, 1.0, 1.1})
    assert sorted(held) == sorted(set(values[labels != UNKNOWN]))


def test_what_only_tells_points_apart_is_worth_nothing_on_other_points() -> None:
    """Each point has a signature of its own, without a phase: seen readings would give it away."""
    measured = []
    names = np.random.default_rng(1).permutation(16)
    for name, value in zip(names.tolist(), np.linspace(0, 2, 16), strict=True):
        named = {format(name, "04b"): 60}
        measured.append(Measured(value=float(value), source="s", counts={"ZZZZ": named}))
    found = study(measured, Plan(transition=TRANSITION, readings=2, folds=4, methods=QUICK))
    assert all(score.accuracy.value < 0.7 for score in found.scores)


def test_clear_phases_are_told_apart_by_every_method() -> None:
    measured = _phases(np.linspace(0, 2, 12), 3)
    plan = Plan(transition=TRANSITION, shots=10, readings=3, folds=2, seed=4)
    found = study(measured, plan)
    assert [score.name for score in found.scores] == list(METHODS) == list(NAMES)
    by_name = {score.name: score.accuracy.value for score in found.scores}
    assert by_name.pop("logistic_means") < 0.9
    assert by_name.pop("zz_kernel") > 0.8
    assert all(value > 0.95 for value in by_name.values()), by_name
    told = document(found)
    row = told["scores"][0]
    wilson = Accuracy(right=row["value"] * 10, points=10)
    assert (row["lower"], row["upper"], row["points"]) == (wilson.lower, wilson.upper, 10)
    assert told["scores"][1]["folds"][0]["relative_change"] >= 0
    assert told["scores"][2]["folds"][0]["stop"] in {"noise_floor", "steps"}
    assert "10 points held out" in table(told)
    assert table(told).count("\n") == 2 + len(METHODS)


def test_a_seed_repeats_a_study_and_points_in_the_margin_are_told_too() -> None:
    measured = _phases(np.linspace(0, 2, 9), 5)
    plan = Plan(transition=TRANSITION, readings=2, folds=2, seed=1, methods=QUICK)
    one, same = document(study(measured, plan)), document(study(measured, plan))
    assert one == same
    assert one["labels"][4] is None
    assert 0 <= one["scores"][0]["above"][4] <= 1
    assert document(study(measured, replace(plan, seed=2)))["scores"] != one["scores"]


@pytest.mark.slow
def test_ramps_of_the_ising_ring_on_aer_are_classified() -> None:
    points = np.array([0.0, 0.2, 0.4, 0.6, 1.4, 1.6, 1.8, 2.0])
    experiment = Experiment(
        system={
            "kind": "spin_lattice",
            "schema_version": 1,
            "model": "ising",
            "geometry": "ring",
            "sites": 6,
            "parameters": {"hx": "field"},
            "controls": [{"name": "field", "unit": "dimensionless", "lower": 0.0, "upper": 2.0}],
        },
        method="adiabatic",
        controls=("field",),
        points=points[:, None],
        observables=("energy_per_site",),
        settings={"duration": 2.5},
        knobs=("trotter_steps",),
        knob_values=np.full((8, 1), 8.0),
    )
    result = registry.get("aer").submit(experiment, RunOptions(shots=200, seed=2), token="t")
    assert isinstance(result, Result)
    measured = [
        Measured(value=value, source="aer", counts=counts_of(raw))
        for value, raw in zip(points.tolist(), result.raw, strict=True)
    ]
    plan = Plan(transition=TRANSITION, shots=20, readings=3, folds=2, methods=QUICK)
    found = study(measured, plan)
    assert found.bases == ("XXXXXX", "ZZZZZZ")
    assert all(score.accuracy.value > 0.9 for score in found.scores)


def test_what_cannot_be_classified_is_refused() -> None:
    measured = _phases(np.linspace(0, 2, 9), 5)
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="1 points below the transition and 4 above"):
        study(measured[3:], Plan(transition=TRANSITION, methods=QUICK))
    with pytest.raises(ValueError, match="no point has 61 shots"):
        deal(measured, shots=61, most=3, rng=rng)
    with pytest.raises(ValueError, match="no basis in common"):
        deal([], shots=1, most=3, rng=rng)
    with pytest.raises(ValueError, match="shots is 0; allowed: 1 to 100000"):
        Plan(transition=TRANSITION, shots=0)
    with pytest.raises(ValueError, match="allowed: logistic_correlations, and others of"):
        Plan(transition=TRANSITION, methods=("forest", BASELINE))
