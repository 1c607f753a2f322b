"""Functionals of one control against closed forms and truths that are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Observations
from qtwin.fusion.questions.derivatives import derivatives
from qtwin.fusion.questions.draws import draws
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.functionals.truths import HIGHEST, LOWEST, ask, curve, near
from tests.unit.fusion.synthetic import NAN, REFERENCE, conditioned, observations, truth


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
