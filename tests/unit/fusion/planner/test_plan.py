"""What a plan promises: its rules, its goals, the baseline beside it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import Observations
from qtwin.fusion.evidence.selection import select
from qtwin.fusion.planner import Aim, Goal, Offer, Plan, Price, Rules, plan
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.synthetic import BIASED, NAN, REFERENCE, observations, reordered, star, truth

OFFERS = {
    "exact": Offer(price=Price(run=100.0)),
    "cheap": Offer(price=Price(run=2.0)),
    "small-basis": Offer(price=Price(run=1.0)),
    "qpu": Offer(price=Price(run=10.0)),
}
POINTS = np.linspace(-1.0, 3.0, 21)[:, None]


def quick(data: Observations) -> StarFit:
    return fit_star(data, seed=4, steps=100, keep=6, restarts=1)


@pytest.fixture(scope="module")
def data() -> Observations:
    return star(references=4)


@pytest.fixture(scope="module")
def fit(data: Observations) -> StarFit:
    return quick(data)


def planned(data: Observations, fit: StarFit | None = None, **goal: object) -> Plan:
    return plan(data, OFFERS, Goal(**goal), fit=fit or quick(data), points=POINTS, seed=4)  # type: ignore[arg-type]


def test_a_budget_is_kept_and_every_run_says_what_it_brings(
    data: Observations, fit: StarFit
) -> None:
    found = planned(data, fit, budget=240.0)
    assert 0.0 < found.cost <= 240.0
    assert found.cost == pytest.approx(sum(step.cost for step in found.steps))
    for step in found.steps:
        assert step.cost == OFFERS[step.source].price.run
        assert step.sigma_after < 1.2 * step.sigma_before  # the spread of six samples may grow
        assert "σ of the curve" in step.why
        assert f"for {step.cost:g}" in step.why
    assert found.sigma_after == found.steps[-1].sigma_after < found.sigma_before
    assert found.baseline is not None
    assert found.baseline.cost <= found.whole_cost
    assert "references alone" in found.why


def test_sigma_before_is_that_of_the_twin(data: Observations, fit: StarFit) -> None:
    found = planned(data, fit, budget=240.0)
    told = float(np.sqrt(np.mean(fit.predict(POINTS).std ** 2)))
    assert not found.single_source
    assert found.sigma_before == pytest.approx(told)


def test_no_exact_run_is_repeated(data: Observations, fit: StarFit) -> None:
    found = planned(data, fit, budget=2000.0)
    names = [spec.name for spec in data.sources]
    done = {
        (names[s], round(float(x), 9))
        for s, x, std in zip(data.source, data.x[:, 0], data.std, strict=True)
        if std == 0.0
    }
    assert "exact" in {step.source for step in found.steps}
    for step in found.steps:
        key = (step.source, round(step.at[0], 9))
        assert key not in done
        if step.source != "qpu":
            done.add(key)


@pytest.mark.parametrize(
    ("reserve", "c2", "kept"), [(0.5, 2.0, True), (0.0, 2.0, False), (0.5, 1.0, False)]
)
def test_half_of_the_spending_is_for_references_while_the_band_is_unproven(
    data: Observations, fit: StarFit, reserve: float, c2: float, kept: bool
) -> None:
    """Here references had less than half so far, and get half only by the rule."""
    offers = {**OFFERS, "exact": Offer(price=Price(run=30.0))}
    found = plan(
        data,
        offers,
        Goal(budget=400.0),
        fit=replace(fit, c2=c2),
        points=POINTS,
        rules=Rules(reserve=reserve),
    )
    spent = dict.fromkeys(offers, 0.0)
    for s in data.source:
        spent[data.sources[s].name] += offers[data.sources[s].name].price.run
    shares = []
    for step in found.steps:
        if step.source != "exact":
            shares.append(spent["exact"] / sum(spent.values()))
        spent[step.source] += step.cost
    assert (min(shares) >= 0.5) is kept


def test_without_references_the_first_run_is_one(data: Observations) -> None:
    names = [spec.name for spec in data.sources]
    unanchored = select(data, np.flatnonzero(data.source != names.index("exact")))
    found = planned(unanchored, budget=300.0)
    assert found.steps[0].source == "exact"
    assert "anchors" in found.steps[0].why
    assert found.baseline is None
    assert not found.single_source
    assert any("unanchored" in note for note in found.notes)
    assert found.steps[0].sigma_after < found.sigma_before


def test_a_target_is_reached_and_a_lower_one_costs_more(data: Observations, fit: StarFit) -> None:
    now = planned(data, fit, budget=200.0).sigma_before
    near, far = (planned(data, fit, target=part * now) for part in (0.9, 0.5))
    assert near.whole_sigma <= 0.9 * now
    assert far.whole_sigma <= 0.5 * now
    assert 0.0 < near.whole_cost < far.whole_cost
    reached = planned(data, fit, target=2.0 * now)
    assert reached.steps == ()
    assert "reached already" in reached.notes[-1]


def test_a_batch_is_the_beginning_of_the_plan(data: Observations, fit: StarFit) -> None:
    whole = planned(data, fit, budget=240.0)
    batch = planned(data, fit, budget=240.0, batch=2)
    assert batch.steps == whole.steps[:2]
    assert (batch.whole_cost, batch.whole_sigma) == (whole.cost, whole.sigma_after)


def test_order_changes_nothing(data: Observations, fit: StarFit) -> None:
    found = planned(data, fit, budget=240.0)
    shuffled = reordered(data, np.random.default_rng(3))
    again = planned(shuffled, budget=240.0)
    assert [(s.source, s.at, s.shots) for s in again.steps] == [
        (s.source, s.at, s.shots) for s in found.steps
    ]
    assert again.sigma_after == pytest.approx(found.sigma_after, rel=1e-9)


def test_a_plan_survives_json(data: Observations, fit: StarFit) -> None:
    found = planned(data, fit, budget=240.0)
    assert Plan.from_dict(json.loads(json.dumps(found.to_dict()))) == found
    limit = replace(found, steps=(replace(found.steps[0], knobs={"bond": np.inf}),))
    assert Plan.from_dict(json.loads(json.dumps(limit.to_dict(), allow_nan=False))) == limit
    with pytest.raises(ValueError, match="schema_version is 99"):
        Plan.from_dict({**found.to_dict(), "schema_version": 99})


def test_a_source_of_nonsense_gives_the_plan_to_the_references() -> None:
    """A smooth truth that eight references know, and a source that has nothing to do with it."""
    rng = np.random.default_rng(0)
    rows = [(x, float(truth(x)), 0.0, 0, NAN, NAN) for x in np.linspace(-1, 3, 8)]
    rows += [(x, 3.0 * rng.standard_normal(), 0.0, 1, NAN, NAN) for x in np.linspace(-1, 3, 9)]
    data = observations(rows, (REFERENCE, BIASED))
    offers = {name: OFFERS[name] for name in ("exact", "cheap")}
    found = plan(data, offers, Goal(budget=300.0), points=POINTS, seed=0)
    assert {step.source for step in found.steps} == {"exact"}


def test_the_minimum_is_sought_where_it_is(data: Observations, fit: StarFit) -> None:
    best = float(POINTS[np.argmin(truth(POINTS[:, 0])), 0])
    found = plan(
        data,
        {"exact": OFFERS["exact"]},
        Goal(budget=100.0, aim=Aim.MINIMUM),
        fit=fit,
        points=POINTS,
    )
    assert abs(found.steps[0].at[0] - best) <= 0.5
    assert "σ of the minimum" in found.steps[0].why


def test_weights_move_the_runs(data: Observations, fit: StarFit) -> None:
    offers = {"exact": OFFERS["exact"]}
    places = []
    for weights in (POINTS[:, 0] < 0.0, POINTS[:, 0] > 2.0):
        found = plan(
            data,
            offers,
            Goal(budget=100.0),
            fit=fit,
            points=POINTS,
            weights=np.where(weights, 1.0, 0.0),
        )
        places.append(found.steps[0].at[0])
    assert places[0] < 1.0 < places[1]


def test_what_is_wrong_is_named(data: Observations, fit: StarFit) -> None:
    with pytest.raises(ValueError, match="a budget or a target"):
        Goal()
    with pytest.raises(ValueError, match=r"budget is -1.0"):
        Goal(budget=-1.0)
    with pytest.raises(ValueError, match=r"no source 'x'; allowed: cheap, exact"):
        plan(data, {"x": OFFERS["exact"]}, Goal(budget=1.0), fit=fit)
    with pytest.raises(ValueError, match="weights has shape"):
        plan(data, OFFERS, Goal(budget=1.0), fit=fit, points=POINTS, weights=np.ones(3))
    with pytest.raises(ValueError, match="price 'run' is nan"):
        Price(run=NAN)


def test_a_budget_below_every_run_says_so(data: Observations, fit: StarFit) -> None:
    found = planned(data, fit, budget=0.5)
    assert found.steps == ()
    assert "below the cheapest run, 1" in found.notes[-1]


def test_one_cheap_source_does_not_take_everything(data: Observations, fit: StarFit) -> None:
    proven = Rules(reserve=0.0, cap=0.1)
    found = plan(data, OFFERS, Goal(budget=300.0), fit=fit, points=POINTS, rules=proven)
    before = {
        spec.name: OFFERS[spec.name].price.run * float(np.sum(data.source == i))
        for i, spec in enumerate(data.sources)
    }
    for name in ("cheap", "small-basis", "qpu"):
        added = sum(step.cost for step in found.steps if step.source == name)
        allowed = max(before[name], 0.1 * (sum(before.values()) + 300.0))
        assert before[name] + added <= allowed + 1e-9


def test_a_device_that_never_ran_is_left_out(data: Observations) -> None:
    names = [spec.name for spec in data.sources]
    without = select(data, np.flatnonzero(data.source != names.index("qpu")))
    found = planned(without, budget=150.0)
    assert {step.source for step in found.steps} == {"exact", "cheap", "small-basis"}
    assert any("qpu has no run yet" in note for note in found.notes)


def test_the_best_run_of_every_source_is_beside_the_one_that_is_recommended(
    data: Observations, fit: StarFit
) -> None:
    found = planned(data, fit, budget=240.0, batch=1)
    first, *others = found.choices
    (step,) = found.steps
    assert (first.source, first.at, first.cost) == (step.source, step.at, step.cost)
    assert first.sigma_after == pytest.approx(step.sigma_after)
    assert first.gain_per_cost == pytest.approx(step.gain_per_cost)
    assert {choice.source for choice in found.choices} == set(OFFERS)
    assert [o.gain_per_cost for o in others] == sorted(o.gain_per_cost for o in others)[::-1]
    for choice in found.choices:
        told = float(fit.predict(np.array([choice.at])).std[0])
        assert choice.here_before == pytest.approx(told)
        assert choice.here_after < choice.here_before
        assert choice.cost == OFFERS[choice.source].price.run
