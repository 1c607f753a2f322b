"""The closed form against appending each run and conditioning anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Knob, Observations, Role, SourceSpec
from qtwin.fusion.evidence.sites import unit_cube
from qtwin.fusion.planner import Offer, Price
from qtwin.fusion.planner.candidates import Candidates, candidates_of
from qtwin.fusion.planner.gain import improvement, variance_reduction
from qtwin.fusion.planner.outlook import Outlook, outlook_of
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.planner.truth import appended, reconditioned, sample_variance
from tests.unit.fusion.synthetic import NAN, star, truth

GRID = np.linspace(-1.0, 3.0, 17)[:, None]
POINTS = np.array([[-0.9], [-0.8], [1.0], [2.3]])  # the second is a site of the device
WEIGHTS = np.linspace(1.0, 2.0, 17) / np.linspace(1.0, 2.0, 17).sum()
NETWORK = SourceSpec(
    name="network", role=Role.APPROXIMATION, knobs=(Knob(name="bond", limit=np.inf),)
)


def with_a_network(*, epochs: bool) -> Observations:
    """The star, without stated mixed values, and a tensor network at two bond dimensions."""
    data = star()
    x = np.tile(np.linspace(-1.0, 3.0, 6), 2)
    bond = np.repeat([2.0, 8.0], 6)
    n, m = len(data.y), len(x)
    return replace(
        data,
        x=np.vstack([data.x, x[:, None]]),
        y=np.append(data.y, truth(x) + 0.3 * np.sin(x) / bond),
        std=np.append(data.std, np.zeros(m)),
        source=np.append(data.source, np.full(m, 4)),
        sources=(*data.sources, NETWORK),
        gain=np.append(data.gain, np.full(m, NAN)),
        mixed_value=np.full(n + m, NAN),
        knobs={"bond": np.append(np.full(n, NAN), bond)},
        epoch=tuple("b" if i % 3 else "a" for i in range(n + m)) if epochs else (),
    )


World = tuple[Observations, StarFit, Candidates, Outlook]


@pytest.fixture(scope="module", params=["plain", "knobs", "epochs"])
def world(request: pytest.FixtureRequest) -> World:
    kind = request.param
    data = star() if kind == "plain" else with_a_network(epochs=kind == "epochs")
    fit = fit_star(data, seed=2, steps=60, keep=4, restarts=1)
    offers = {spec.name: Offer(price=Price(run=1.0)) for spec in data.sources}
    unknown = np.full(len(data.y), NAN)
    candidates = candidates_of(data, fit, offers, points=POINTS, shots=unknown)
    return data, fit, candidates, outlook_of(fit, candidates, unit_cube(GRID, fit.bounds))


def _slow(world: World, row: int) -> StarFit:
    """After a run that gave what was predicted; values do not matter but to repeats that differ."""
    data, fit, candidates, outlook = world
    value = fit.scale.shift + fit.scale.factor * float(outlook.forecast[:, row].mean())
    std = fit.scale.factor * float(np.sqrt(candidates.noise[row, 0]))
    return reconditioned(fit, appended(data, candidates, row, value=value, std=std))


def _new(world: World) -> list[int]:
    """Candidates that are no exact repeats, whose value would have to agree."""
    candidates = world[2]
    again = (candidates.repeats >= 0) & candidates.exact()
    return [int(row) for row in np.flatnonzero(~again)]


def test_the_outlook_starts_from_the_prediction(world: World) -> None:
    _, fit, _, outlook = world
    belief = fit.predict(GRID)
    factor = fit.c2 * fit.scale.factor**2
    assert factor * outlook.variance() == pytest.approx(belief.std**2, rel=1e-9)
    mean = fit.scale.shift + fit.scale.factor * outlook.mean.mean(axis=0)
    assert mean == pytest.approx(belief.mean, abs=1e-10)


def test_the_closed_form_is_what_appending_the_run_does(world: World) -> None:
    _, fit, candidates, outlook = world
    gain = variance_reduction(outlook, candidates.noise, WEIGHTS)
    before = WEIGHTS @ sample_variance(fit, GRID)
    rows = _new(world)
    assert len({candidates.names[row] for row in rows}) == len(set(candidates.names))
    for row in rows:
        after = WEIGHTS @ sample_variance(_slow(world, row), GRID)
        assert gain[row, 0] == pytest.approx(before - after, abs=1e-8)


def test_a_repeat_of_a_noisy_run_shares_its_jitter(world: World) -> None:
    candidates = world[2]
    again = (candidates.repeats >= 0) & (candidates.noise[:, 0] > 0.0)
    assert again.any()  # so that the test above has compared one


def test_believing_a_run_is_conditioning_on_the_predicted_value(world: World) -> None:
    data, fit, candidates, outlook = world
    rows = _new(world)
    first, second = rows[0], rows[-1]
    slow = fit
    for row in (first, second):
        value = fit.scale.shift + fit.scale.factor * outlook.forecast[:, row].mean()
        std = fit.scale.factor * float(np.sqrt(candidates.noise[row, 0]))
        data = appended(data, candidates, row, value=float(value), std=std)
        slow = reconditioned(fit, data)
        outlook = outlook.believing(row, float(candidates.noise[row, 0]))
    belief = slow.predict(GRID)
    scale = fit.scale
    assert scale.shift + scale.factor * outlook.mean.mean(axis=0) == pytest.approx(
        belief.mean, abs=1e-8
    )
    assert fit.c2 * scale.factor**2 * outlook.variance() == pytest.approx(belief.std**2, abs=1e-8)


def test_a_source_that_never_ran_is_foreseen_from_its_prior() -> None:
    data = star()
    more = replace(data, sources=(*data.sources, SourceSpec(name="new", role=Role.APPROXIMATION)))
    fit = fit_star(data, seed=2, steps=60, keep=4, restarts=1)
    offers = {"new": Offer(price=Price(run=1.0)), "exact": Offer(price=Price(run=1.0))}
    found = candidates_of(more, fit, offers, points=POINTS, shots=np.full(len(data.y), NAN))
    outlook = outlook_of(fit, found, unit_cube(GRID, fit.bounds))
    gain = variance_reduction(outlook, found.noise, WEIGHTS)[:, 0]
    exact, new = gain[:4], gain[4:]
    assert np.all(new > 0.0)
    assert new.max() < exact.max()


def test_an_exact_run_improves_an_optimum_by_the_classic_formula() -> None:
    """Two grid points, one of them known: E max(a, b + s Z) has a closed form."""
    from scipy.stats import norm

    known, mean, sd = 0.2, 0.1, 0.5
    outlook = Outlook(
        mean=np.array([[known, mean]]),
        var=np.array([[0.0, sd**2]]),
        forecast=np.array([[mean]]),
        cross=np.array([[[0.0], [sd**2]]]),
        spread=np.array([[[sd**2]]]),
    )
    u = (mean - known) / sd
    expected = (mean - known) * norm.cdf(u) + sd * norm.pdf(u)
    found: FloatArray = improvement(outlook, np.zeros((1, 1)), sign=1.0)
    assert found[0, 0] == pytest.approx(expected, rel=0.01)


def test_more_shots_teach_more_and_cost_more() -> None:
    data = star()
    fit = fit_star(data, seed=2, steps=60, keep=4, restarts=1)
    shots = np.where(data.source == 3, 1000.0, NAN)
    offers = {"qpu": Offer(price=Price(run=2.0, shot=0.01))}
    found = candidates_of(data, fit, offers, points=POINTS, shots=shots)
    assert found.shots[0].tolist() == [250, 1000, 4000]
    assert found.cost[0] == pytest.approx([4.5, 12.0, 42.0])
    assert found.noise[0] == pytest.approx(0.02**2 / fit.scale.factor**2 * np.array([4, 1, 0.25]))
    outlook = outlook_of(fit, found, unit_cube(GRID, fit.bounds))
    gain = variance_reduction(outlook, found.noise, WEIGHTS)
    assert np.all(np.diff(gain, axis=1) > 0.0)
