"""Leaving out measurements in closed form, against factorising anew without their rows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion.base import FloatArray, Knob, Observations, ShotGroup
from qtwin.fusion.calibration import hold_out
from qtwin.fusion.evidence.conflict import Conflict
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import Scale, scale_of, standardise
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.interval import rule_for
from qtwin.fusion.questions.influence import influence
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import problem_of
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.synthetic import BIASED, BOUNDS, REFERENCE, star

KNOB = Knob(name="n", limit=np.inf)
GRID = np.linspace(-1.0, 3.0, 9)[:, None]


def _data() -> Observations:
    """References, a knobbed approximation with branches, a device with epochs and shared shots."""
    data = star()
    rng = np.random.default_rng(5)
    repeats = np.r_[np.arange(len(data.y)), np.flatnonzero(data.source == 3)[:8]]
    data = replace(
        data,
        **{n: getattr(data, n)[repeats] for n in ("x", "std", "source", "gain", "mixed_value")},
        y=data.y[repeats] + data.std[repeats] * rng.standard_normal(len(repeats)),
    )
    device = np.flatnonzero(data.source == 3)
    covariance = 0.02**2 * (0.6 * np.eye(4) + 0.4)
    return replace(
        data,
        sources=(REFERENCE, replace(BIASED, knobs=(KNOB,)), *data.sources[2:]),
        knobs={"n": np.where(data.source == 1, 2.0 + np.arange(len(data.y)) % 3, np.nan)},
        epoch=tuple("mon" if i % 3 else "tue" for i in range(len(data.y))),
        branch=tuple("down" if i in {6, 10, 16} else "up" for i in range(len(data.y))),
        groups=(ShotGroup(rows=device[[0, 5, -1, -3]], covariance=covariance),),
    )


def _without(data: Observations, rows: Sequence[int]) -> Observations:
    kept = np.setdiff1d(np.arange(len(data.y)), rows)
    place = {int(old): new for new, old in enumerate(kept)}
    groups = []
    for group in data.groups:
        inside = [i for i, row in enumerate(group.rows) if int(row) in place]
        moved = np.array([place[int(group.rows[i])] for i in inside], dtype=np.int64)
        groups.append(ShotGroup(rows=moved, covariance=group.covariance[np.ix_(inside, inside)]))
    return replace(
        data,
        **{n: getattr(data, n)[kept] for n in ("x", "y", "std", "source", "gain", "mixed_value")},
        knobs={name: values[kept] for name, values in data.knobs.items()},
        epoch=tuple(data.epoch[i] for i in kept),
        branch=tuple(data.branch[i] for i in kept),
        groups=tuple(group for group in groups if len(group.rows)),
    )


def _fit(
    data: Observations,
    thetas: FloatArray | None,
    scale: Scale,
    like: Sites,
    *,
    invert: bool = True,
) -> StarFit:
    problem = problem_of(standardise(merge(data, like=like), scale))
    if thetas is None:
        rng = np.random.default_rng(3)
        spread = 0.3 * problem.layout.sigma * rng.standard_normal((4, len(problem.layout.mean)))
        thetas = problem.layout.mean + spread
    factors = condition(problem, thetas)
    held = len(hold_out(problem.sites, factors))
    return StarFit(
        sites=problem.sites,
        bounds=BOUNDS,
        value_bounds=data.value_bounds,
        scale=scale,
        factors=factors if invert else condition(problem, thetas, invert=False),
        c2=1.7,
        rule=rule_for(held),
        widening=None,
        seed=0,
    )


@pytest.fixture(scope="module")
def fitted() -> tuple[Observations, StarFit]:
    data = _data()
    sites = merge(data)
    return data, _fit(data, None, scale_of(sites, data.value_bounds), sites)


# A reference, an approximation, a device's row that is alone, one of a group, one of a repeat, a
# repeat with its twin in a group, several of two sources, and a whole group.
BLOCKS = [[0], [6], [33], [23], [35], [38, 24], [1, 7, 30], [23, 28, 42, 40]]


@pytest.mark.parametrize("block", BLOCKS)
def test_without_a_block_is_what_a_new_factorisation_says(
    fitted: tuple[Observations, StarFit], block: list[int]
) -> None:
    data, fit = fitted
    again = _fit(_without(data, block), fit.factors.theta, fit.scale, fit.sites)
    said, wanted = influence(fit, data, [np.array(block)], GRID), again.predict(GRID)
    moved = fit.predict(GRID).mean - wanted.mean
    assert np.abs(moved).max() > 1e-7, "the block matters"
    np.testing.assert_allclose(said.mean[0], moved, atol=1e-8 * fit.scale.factor)
    np.testing.assert_allclose(said.std[0], wanted.std, atol=1e-8 * fit.scale.factor)


def test_blocks_do_not_depend_on_each_other(fitted: tuple[Observations, StarFit]) -> None:
    data, fit = fitted
    together = influence(fit, data, [np.array(block) for block in BLOCKS], GRID)
    alone = influence(fit, data, [np.array(BLOCKS[2])], GRID)
    np.testing.assert_allclose(together.mean[2], alone.mean[0], atol=1e-12)
    assert together.std.shape == (len(BLOCKS), len(GRID))


def test_a_fit_that_keeps_no_inverses_says_the_same(fitted: tuple[Observations, StarFit]) -> None:
    data, fit = fitted
    large = _fit(data, fit.factors.theta, fit.scale, fit.sites, invert=False)
    blocks = [np.array(block) for block in BLOCKS]
    inverted, solved = (influence(one, data, blocks, GRID) for one in (fit, large))
    np.testing.assert_allclose(solved.mean, inverted.mean, atol=1e-9)


def test_an_epoch_that_was_left_out_moves_nothing(fitted: tuple[Observations, StarFit]) -> None:
    data, whole = fitted
    gone = [i for i in np.flatnonzero(data.source == 3).tolist() if data.epoch[i] == "tue"]
    kept = _fit(_without(data, gone), None, whole.scale, whole.sites)
    fit = replace(kept, conflicts=(Conflict(source="qpu", epoch="tue", z=9.0, rows=4),))
    said = influence(fit, data, [np.array(gone), np.array([gone[0], 23]), np.array([23])], GRID)
    assert not said.mean[0].any()
    assert np.abs(said.mean[2]).max() > 1e-6
    np.testing.assert_allclose(said.mean[1], said.mean[2], rtol=1e-9)


def test_a_noisy_repeat_of_an_exact_row_moves_nothing(
    fitted: tuple[Observations, StarFit],
) -> None:
    data = star()
    again = replace(
        data,
        **{n: np.r_[getattr(data, n), getattr(data, n)[:1]] for n in ("x", "source", "gain")},
        y=np.r_[data.y, 5.0],
        std=np.r_[data.std, 0.1],
        mixed_value=np.r_[data.mixed_value, np.nan],
    )
    sites = merge(again)
    fit = _fit(again, None, scale_of(sites, again.value_bounds), sites)
    assert not influence(fit, again, [np.array([len(data.y)])], GRID).mean.any()


def test_observations_of_another_fit_are_refused(fitted: tuple[Observations, StarFit]) -> None:
    data, fit = fitted
    other = replace(data, y=data.y + 0.1)
    with pytest.raises(ValueError, match="not those that the fit was made from"):
        influence(fit, other, [np.array([0])], GRID)
