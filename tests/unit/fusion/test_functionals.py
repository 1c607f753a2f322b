"""Functionals against SciPy's piecewise cubics, closed forms, and truths that are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline

from qtwin.fusion import fit_star
from qtwin.fusion.base import Claim, FloatArray, Observations
from qtwin.fusion.factors import Factors
from qtwin.fusion.interval import Rule
from qtwin.fusion.questions.curves import Curves
from qtwin.fusion.questions.derivatives import derivatives
from qtwin.fusion.questions.draws import draws
from qtwin.fusion.questions.functionals import Answer, evaluate
from qtwin.fusion.questions.functions import Functions
from qtwin.fusion.questions.question import Functional, Kind
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import problem_of
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.synthetic import NAN, REFERENCE, conditioned, observations, truth

LOWEST = np.pi - np.arccos(-0.15) / 2 - np.pi  # where truth' = 2 cos(2x) + 0.3 = 0 and truth'' > 0
HIGHEST = np.arccos(-0.15) / 2


def curve(sites: int = 33, std: float = 0.0) -> Observations:
    rows = [(float(x), float(truth(x)), std, 0, NAN, NAN) for x in np.linspace(-1, 3, sites)]
    return observations(rows, (REFERENCE,))


def bowl(x: FloatArray) -> FloatArray:
    """Least at (0.8, 20), where it is -1."""
    u, v = x[:, 0] - 0.8, (x[:, 1] - 20.0) / 10.0
    values: FloatArray = u**2 + v**2 + 0.8 * u * v - 1.0
    return values


@pytest.fixture(scope="module")
def fit() -> StarFit:
    return conditioned(curve())


@pytest.fixture(scope="module")
def plane() -> StarFit:
    bounds = np.array([[0.0, 2.0], [10.0, 40.0]])
    grid = np.stack(np.meshgrid(np.linspace(0, 2, 8), np.linspace(10, 40, 8)), -1).reshape(-1, 2)
    return conditioned(
        Observations(
            x=grid,
            bounds=bounds,
            y=bowl(grid),
            std=np.zeros(64),
            source=np.zeros(64, dtype=np.int64),
            sources=(REFERENCE,),
            gain=np.full(64, NAN),
            mixed_value=np.full(64, NAN),
        )
    )


def ask(
    fit: StarFit, kind: str, *, count: int = 400, other: StarFit | None = None, **more: Any
) -> Answer:
    return evaluate(fit, Functional(kind=Kind(kind), **more), other=other, count=count)


def near(found: Any, expected: float, *, within: float) -> bool:
    """Within four sigma, and sigma within what the data allow."""
    return bool(abs(found.mean - expected) <= 4 * found.std + 1e-9 and found.std <= within)


def random_curves() -> tuple[Curves, list[CubicHermiteSpline]]:
    rng = np.random.default_rng(0)
    x, value = np.linspace(2.0, 4.0, 9), rng.standard_normal((60, 9))
    slope = 8.0 * rng.standard_normal((60, 9))
    cubics = [CubicHermiteSpline(x, v, d) for v, d in zip(value, slope, strict=True)]
    return Curves(x=x, value=value, slope=slope), cubics


def test_minima_and_areas_of_cubics_are_those_of_scipy() -> None:
    curves, cubics = random_curves()
    value, place = curves.minimum()
    top, _ = curves.maximum()
    for i, cubic in enumerate(cubics):
        turns = np.r_[cubic.derivative().roots(extrapolate=False), 2.0, 4.0]
        assert value[i] == pytest.approx(cubic(turns).min(), abs=1e-12)
        assert cubic(place[i]) == pytest.approx(value[i], abs=1e-12)
        assert top[i] == pytest.approx(cubic(turns).max(), abs=1e-12)
        assert curves.area()[i] == pytest.approx(float(cubic.integrate(2.0, 4.0)), abs=1e-12)


@pytest.mark.parametrize("sign", [-1, 0, 1])
def test_crossings_of_cubics_are_those_of_scipy(sign: int) -> None:
    curves, cubics = random_curves()
    place, number = (curves - 0.7).crossings(sign)
    for i, cubic in enumerate(cubics):
        roots = cubic.solve(0.7, extrapolate=False)
        if sign:
            roots = roots[np.sign(cubic(roots, 1)) == sign]
        assert number[i] == len(roots)
        assert np.isnan(place[i]) if not len(roots) else abs(place[i] - roots.min()) < 1e-9
    assert 0 < np.sum(number == 0) < 60 or sign == 0


def test_extrema_are_finer_than_the_grid(fit: StarFit) -> None:
    for kind, where in (("minimum", LOWEST), ("maximum", HIGHEST)):
        found = ask(fit, kind, within={0: (-1.0, 2.0)})
        assert found.value is not None
        assert near(found.position[0], where, within=0.2 * 4 / 128)  # of the grid's spacing
        assert near(found.value, float(truth(np.array(where))), within=0.001)
        assert (found.share, found.at_bound) == (1.0, 0.0)


def test_a_minimum_on_the_bound_says_so(fit: StarFit) -> None:
    found = ask(fit, "minimum", within={0: (0.0, 0.5)})
    assert found.at_bound == 1.0
    assert found.position[0].mean == 0.0


def test_the_first_crossing_of_a_level_in_each_direction(fit: StarFit) -> None:
    """sin 2x + 0.3 x = 0 at 0, where it rises, and falls next between 1 and 2."""
    rising = ask(fit, "crossing", rising=True, within={0: (-0.9, 1.0)})
    assert near(rising.position[0], 0.0, within=0.002)
    assert rising.value is not None
    assert (rising.value.mean, rising.value.std, rising.several) == (0.0, 0.0, 0.0)
    falling = ask(fit, "crossing", rising=False).position[0].mean
    assert truth(np.array(falling)) == pytest.approx(0.0, abs=5e-3)
    assert 1.0 < falling < 2.0
    assert ask(fit, "crossing").several == 1.0


def test_draws_without_a_crossing_are_counted() -> None:
    """A level that half of the draws of a nearly constant curve reach."""
    never = ask(conditioned(curve()), "crossing", level=3.0)
    assert (never.share, never.value, never.position) == (0.0, None, {})
    flat = observations([(x, 0.0, 0.2, 0, NAN, NAN) for x in np.linspace(-1, 3, 9)], (REFERENCE,))
    fit, x = conditioned(flat), np.linspace(-1, 3, 129)[:, None]
    level = float(np.median(draws(fit, x, count=4000, seed=9).max(axis=1)))
    assert 0.4 < ask(fit, "crossing", level=level, count=1000).share < 0.6


def test_two_curves_cross_where_their_difference_vanishes(fit: StarFit) -> None:
    """truth and 0.3 x cross where sin 2x does, at π/2 within 0.5 and 2.5."""
    line = curve()
    line = replace(line, y=0.3 * line.x[:, 0])
    found = ask(fit, "crossing", other=conditioned(line), within={0: (0.5, 2.5)})
    assert near(found.position[0], np.pi / 2, within=0.005)
    assert found.value is not None
    assert near(found.value, 0.15 * np.pi, within=0.005)


def test_the_steepest_point_is_the_extremum_of_the_derivative(fit: StarFit) -> None:
    found = ask(fit, "maximum", order=1, within={0: (-0.8, 1.5)})
    assert found.value is not None
    assert found.value.mean == pytest.approx(2.3, abs=0.05)
    assert found.position[0].mean == pytest.approx(0.0, abs=0.05)
    assert abs(found.position[0].mean) < 4 * found.position[0].std


def test_an_area_has_the_mean_and_sigma_of_the_closed_form() -> None:
    """Integrals of the kernel over the unit interval: ``∫k(t)dt = 8/3 - (8 + 5s + s²)/3 e^-s``."""
    data = curve(6, 0.1)
    fit, root5, length = conditioned(data), np.sqrt(5.0), 0.4
    u = fit.sites.x[:, 0]
    r = root5 * np.abs(u[:, None] - u[None, :]) / length
    gram = 4 + (1 + r + r**2 / 3) * np.exp(-r) + (0.1**2 + 1e-8) * np.eye(6)

    def single(t: FloatArray) -> FloatArray:
        s = root5 * t / length
        integral: FloatArray = (8 - (8 + 5 * s + s**2) * np.exp(-s)) / 3 * length / root5
        return integral

    def double() -> float:
        """``2 ∫ (1 - t) k(t) dt``, with ``∫ s k ds = 5 - (5 + 5s + 2s² + s³/3) e^-s``."""
        s = root5 / length
        first = (5 - (5 + 5 * s + 2 * s**2 + s**3 / 3) * np.exp(-s)) / s**2
        return float(2 * (single(np.array(1.0)) - first))

    cross = 4 + single(u) + single(1 - u)
    weights = np.linalg.solve(gram, cross)
    mean, std = 4 * weights @ data.y, 4 * np.sqrt(4 + double() - weights @ cross)
    found = ask(fit, "area", count=20_000).value
    assert found is not None
    assert found.mean == pytest.approx(mean, abs=5 * std / np.sqrt(20_000))
    assert found.std == pytest.approx(std, rel=0.03)
    assert (found.upper - found.lower) / 2 == pytest.approx(1.96 * std, rel=0.05)


def test_the_minimum_of_a_box_is_found_between_the_data(plane: StarFit) -> None:
    found = ask(plane, "minimum", count=200)
    assert found.value is not None
    assert near(found.position[0], 0.8, within=0.1)
    assert near(found.position[1], 20.0, within=0.8)
    assert near(found.value, -1.0, within=0.02)
    assert found.at_bound == 0.0
    top = ask(plane, "maximum", count=100)
    assert top.at_bound == 1.0
    assert (top.position[0].mean, top.position[1].mean) == (2.0, 40.0)


def test_a_box_and_a_line_agree_where_the_box_is_thin(plane: StarFit) -> None:
    """Least at v = -0.4 u, here u = 0.7: at 20 - 2.8."""
    line = ask(plane, "minimum", at={0: 1.5})
    thin = ask(plane, "minimum", within={0: (1.4999, 1.5)}, count=200)
    assert line.value is not None
    assert thin.value is not None
    assert near(line.position[1], 17.2, within=0.5)
    assert thin.position[1].mean == pytest.approx(line.position[1].mean, abs=0.2)
    assert thin.value.mean == pytest.approx(line.value.mean, abs=4 * line.value.std)
    assert set(line.position) == {1}


def test_continued_draws_pass_through_their_values(plane: StarFit) -> None:
    noisy = replace(plane, c2=2.0)
    rng = np.random.default_rng(0)
    design = rng.random((150, 2))
    functions = Functions.draw(noisy, design, count=20, rng=rng)
    again = functions(np.broadcast_to(design, (20, 150, 2)), np.zeros(20, dtype=np.int64))
    assert np.abs(again - functions.drawn).max() < 1e-3 * functions.drawn.std(axis=0).mean()


def test_draws_are_as_fast_near_a_point_and_the_same(plane: StarFit) -> None:
    """The part that is linear there departs in the square of the distance."""
    noisy = replace(plane, factors=_three_samples(plane), c2=2.0)
    rng = np.random.default_rng(0)
    functions = Functions.draw(noisy, rng.random((60, 2)), count=9, rng=rng)
    centre, nothing = rng.uniform(0.2, 0.8, (9, 2)), np.zeros(9, dtype=np.int64)
    look = functions.around(centre, nothing, np.array([0, 1]))
    gaps = []
    for h in (0.02, 0.01):
        x = centre[:, None] + h * np.array([[1.0, 0.0], [0.0, 1.0], [0.7, -0.7]])
        gaps.append(np.abs(look(x) - functions(x, nothing)).max())
    assert look(centre[:, None]) == pytest.approx(functions(centre[:, None], nothing), abs=1e-9)
    assert gaps[0] < 0.02 * functions.drawn.std()
    assert gaps[0] / gaps[1] == pytest.approx(4.0, rel=0.3)


def _three_samples(fit: StarFit) -> Factors:
    problem = problem_of(fit.sites)
    return condition(problem, problem.layout.mean + np.array([[0.3], [0.0], [-0.3]]))


def test_few_references_widen_the_interval_as_in_a_prediction(fit: StarFit) -> None:
    few = replace(fit, rule=Rule(claim=Claim.NOMINAL, nu=1, quantile=12.7062, jackknife=False))
    narrow, wide = ask(fit, "area").value, ask(few, "area").value
    assert narrow is not None
    assert wide is not None
    ratio = (wide.upper - wide.lower) / (narrow.upper - narrow.lower)
    assert ratio == pytest.approx(12.7062 / 1.959964, rel=1e-6)
    assert ask(few, "area").claim is Claim.NOMINAL
    position = ask(few, "minimum", within={0: (-0.87, 0.0)}).position[0]
    assert -0.87 <= position.lower <= position.upper <= 0.0


def test_a_value_is_cut_at_the_physical_bounds() -> None:
    bounded = replace(conditioned(curve(4, 0.3)), value_bounds=(-0.5, 0.5))
    found = ask(bounded, "maximum").value
    assert found is not None
    assert found.upper == 0.5
    assert found.mean > 0.5  # draws are not cut


def test_an_answer_is_that_of_its_seed(fit: StarFit) -> None:
    asked = Functional(kind=Kind.MINIMUM)
    assert evaluate(fit, asked, count=50, seed=1) == evaluate(fit, asked, count=50, seed=1)
    assert evaluate(fit, asked, count=50, seed=1) != evaluate(fit, asked, count=50, seed=2)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"kind": "area"}, "2 controls are free"),
        ({"kind": "minimum", "order": 1}, "minimum of a derivative takes one"),
        ({"kind": "minimum", "order": 2}, "order 2"),
        ({"kind": "minimum", "at": {0: 1.0, 1: 20.0}}, "every control is held"),
        ({"kind": "minimum", "at": {2: 1.0}}, "control 2"),
        ({"kind": "minimum", "at": {0: float("nan")}}, "finite"),
        ({"kind": "minimum", "within": {0: (1.0, 3.0)}}, "allowed: a < b between 0.0 and 2.0"),
    ],
)
def test_questions_that_do_not_suit_the_controls_are_refused(
    plane: StarFit, more: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ask(plane, **more)


def test_another_fit_must_share_the_controls(fit: StarFit, plane: StarFit) -> None:
    with pytest.raises(ValueError, match="only a crossing"):
        ask(fit, "minimum", other=fit)
    with pytest.raises(ValueError, match="other controls"):
        ask(fit, "crossing", other=plane)


def test_the_force_on_the_ising_ring_is_its_magnetisation() -> None:
    """Hellmann and Feynman: dE/dh = -<Σ X>, both from one exact diagonalization."""
    fields = np.linspace(0.2, 2.0, 13)
    fit = fit_star(_ring_energies(fields), seed=1, steps=240)
    between = fields[:-1] + 0.07
    found = derivatives(fit, between[:, None])
    expected = np.array([-_ring(field)[1] for field in between])
    error = np.abs(found.mean[:, 0] - expected)
    assert error[1:-1].max() < 0.003
    assert np.all(error <= found.upper[:, 0] - found.mean[:, 0])


def _ring(field: float, sites: int = 6) -> tuple[float, float]:
    """Ground energy and <Σ X> of ``H = -Σ Z Z - h Σ X``, periodic."""
    bits = (np.arange(2**sites)[:, None] >> np.arange(sites)) & 1
    spins = 1 - 2 * bits
    flips = np.zeros((2**sites, 2**sites))
    for site in range(sites):
        flips[np.arange(2**sites), np.arange(2**sites) ^ (1 << site)] += 1.0
    energy = -np.sum(spins * np.roll(spins, 1, axis=1), axis=1)
    values, vectors = np.linalg.eigh(np.diag(energy.astype(float)) - field * flips)
    return float(values[0]), float(vectors[:, 0] @ flips @ vectors[:, 0])


def _ring_energies(fields: FloatArray) -> Observations:
    return Observations(
        x=fields[:, None],
        bounds=np.array([[0.2, 2.0]]),
        y=np.array([_ring(field)[0] for field in fields]),
        std=np.zeros(len(fields)),
        source=np.zeros(len(fields), dtype=np.int64),
        sources=(REFERENCE,),
        gain=np.full(len(fields), NAN),
        mixed_value=np.full(len(fields), NAN),
    )
