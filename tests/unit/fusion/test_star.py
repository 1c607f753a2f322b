"""The whole fit: what it promises of its predictions."""

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import FUSION_VERSION, fit_star, load_fit
from qtwin.fusion.base import Claim, Observations, Prediction, Surrogate
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.synthetic import (
    BIASED,
    DEVICE,
    NAN,
    REFERENCE,
    observations,
    reordered,
    star,
    truth,
)

GRID = np.linspace(-1.0, 3.0, 41)[:, None]


@pytest.fixture(scope="module")
def fit() -> StarFit:
    return fit_star(star(), seed=3)


def _same(a: Prediction, b: Prediction) -> bool:
    arrays = ("mean", "std", "lower", "upper")
    return (
        all(np.array_equal(getattr(a, name), getattr(b, name)) for name in arrays)
        and all(np.array_equal(a.budget[key], b.budget[key]) for key in a.budget)
        and all(np.array_equal(a.shares[key], b.shares[key]) for key in a.shares)
    )


def test_a_fit_is_a_surrogate(fit: StarFit) -> None:
    surrogate: Surrogate = fit
    assert surrogate.predict(GRID[:1]).mean.shape == (1,)


def test_the_truth_is_found_within_its_band(fit: StarFit) -> None:
    belief = fit.predict(GRID)
    values = truth(GRID[:, 0])
    assert np.mean((belief.lower <= values) & (values <= belief.upper)) >= 0.9
    assert np.sqrt(np.mean((belief.mean - values) ** 2)) < 0.1 * np.std(values)


def test_the_budget_sums_to_the_variance(fit: StarFit) -> None:
    belief = fit.predict(GRID)
    total = sum(belief.budget.values(), np.zeros(len(GRID)))
    assert total == pytest.approx(belief.std**2, rel=1e-10)
    assert set(belief.budget) == {
        *("epistemic", "shot", "jitter", "hyperparameters"),
        *("bias:cheap", "bias:small-basis", "bias:qpu", "shared_bias"),
    }
    assert all(np.all(part >= 0.0) for part in belief.budget.values())


def test_the_shares_sum_to_one(fit: StarFit) -> None:
    shares = fit.predict(GRID).shares
    assert set(shares) == {"exact", "cheap", "small-basis", "qpu"}
    assert sum(shares.values(), np.zeros(len(GRID))) == pytest.approx(1.0, abs=1e-10)


def test_a_seed_gives_the_same_fit_in_any_order_of_rows_and_sources(fit: StarFit) -> None:
    other = fit_star(reordered(star(), np.random.default_rng(5)), seed=3)
    assert _same(fit.predict(GRID), other.predict(GRID))
    assert other.to_bytes() == fit.to_bytes()


def test_a_stored_fit_predicts_the_same_bits(fit: StarFit) -> None:
    blob = fit.to_bytes()
    loaded = load_fit(blob)
    assert _same(fit.predict(GRID), loaded.predict(GRID))
    assert loaded.scores() == fit.scores()
    assert loaded.to_bytes() == blob
    assert f'"fusion_version": "{FUSION_VERSION}"'.encode() in blob


@pytest.mark.parametrize("blob", [b"", b"junk", b"PK\x05\x06" + 18 * b"\0"])
def test_other_bytes_are_refused(blob: bytes) -> None:
    with pytest.raises(ValueError, match="not an archive of a fit"):
        load_fit(blob)


def test_far_away_nothing_is_known(fit: StarFit) -> None:
    belief = fit.predict(np.array([[1e300]]))
    assert np.isfinite(belief.mean[0])
    assert belief.std[0] > 0.5 * np.std(truth(GRID[:, 0]))


def test_scores_are_of_the_references(fit: StarFit) -> None:
    scores = fit.scores()
    assert set(scores) == {"rmse", "nlpd", "coverage_95", "c2"}
    assert 1.0 <= scores["c2"] <= 9.0


@pytest.mark.parametrize(
    ("references", "claim", "nu"),
    [(1, Claim.NOMINAL, 1), (2, Claim.NOMINAL, 1), (3, Claim.CALIBRATED, 2)],
)
def test_few_references_claim_little(references: int, claim: Claim, nu: int) -> None:
    belief = fit_star(star(references=references), steps=60).predict(GRID)
    assert (belief.claim, belief.nu, belief.references) == (claim, nu, references)


def test_without_references_the_band_widens_to_the_class_prior() -> None:
    belief = fit_star(star(references=0), steps=60).predict(GRID)
    values = truth(GRID[:, 0])
    assert belief.claim is Claim.UNANCHORED
    assert belief.nu is None
    assert belief.c2 == 1.0
    assert belief.std.min() > 0.1 * np.std(values)
    total = sum(belief.budget.values(), np.zeros(len(GRID)))
    assert total == pytest.approx(belief.std**2, rel=1e-10)


def test_many_references_use_jackknife_plus() -> None:
    belief = fit_star(star(references=24), steps=60).predict(GRID)
    values = truth(GRID[:, 0])
    assert belief.nu is None
    assert np.mean((belief.lower <= values) & (values <= belief.upper)) >= 0.9


def test_physical_bounds_cut_the_interval_and_nothing_else() -> None:
    data = star()
    free, cut = (
        fit_star(replace(data, value_bounds=bounds), steps=60).predict(GRID)
        for bounds in ((-np.inf, np.inf), (-1.21, 1.21))
    )
    assert np.array_equal(free.mean, cut.mean)
    assert np.array_equal(np.clip(free.lower, -1.21, 1.21), cut.lower)
    assert np.array_equal(np.clip(free.upper, -1.21, 1.21), cut.upper)
    assert not np.array_equal(free.upper, cut.upper)


SINGLE = observations(
    [(x, float(truth(x)), 0.01, 0, NAN, NAN) for x in np.linspace(-1.0, 2.0, 4)], (REFERENCE,)
)


@pytest.mark.parametrize(
    "data",
    [
        SINGLE,
        replace(SINGLE, sources=(BIASED,)),
        replace(SINGLE, sources=(DEVICE,), gain=np.ones(4), mixed_value=np.zeros(4)),
        observations([(0.5, 1.0, 0.0, 0, NAN, NAN)], (REFERENCE,)),
        observations([(0.5, 1.0, 0.0, 0, NAN, NAN)], (BIASED,)),
        observations([(x, 2.0, 0.0, 0, NAN, NAN) for x in (0.0, 1.0, 2.0)], (REFERENCE,)),
        observations([(x, 0.0, 0.0, 0, NAN, NAN) for x in (0.0, 1.0, 2.0)], (BIASED,)),
    ],
)
def test_degenerate_data_give_a_finite_belief(data: Observations) -> None:
    belief = fit_star(data, steps=60).predict(GRID)
    for values in (belief.mean, belief.std, belief.lower, belief.upper):
        assert np.all(np.isfinite(values))
    assert np.all(belief.std > 0.0)


@pytest.mark.parametrize("factor", [1e-12, pytest.param(1e12, marks=pytest.mark.slow)])
def test_the_unit_of_the_values_does_not_matter(fit: StarFit, factor: float) -> None:
    data = star()
    mixed = factor * data.mixed_value
    scaled = replace(data, y=factor * data.y, std=factor * data.std, mixed_value=mixed)
    belief, plain = fit_star(scaled, seed=3).predict(GRID), fit.predict(GRID)
    assert belief.mean / factor == pytest.approx(plain.mean, abs=0.05)


def test_several_controls_work() -> None:
    rng = np.random.default_rng(0)
    x = rng.random((30, 3))
    data = Observations(
        x=x,
        bounds=np.array([[0.0, 1.0]] * 3),
        y=x @ np.array([1.0, 2.0, 0.0]),
        std=np.zeros(30),
        source=np.repeat([0, 1], 15),
        sources=(REFERENCE, BIASED),
        gain=np.full(30, NAN),
        mixed_value=np.full(30, NAN),
    )
    points = rng.random((5, 3))
    belief = fit_star(data, steps=60).predict(points)
    assert belief.mean == pytest.approx(points @ np.array([1.0, 2.0, 0.0]), abs=0.1)


@pytest.mark.parametrize("x", [np.zeros(3), np.zeros((3, 2)), np.array([[np.nan]])])
def test_malformed_points_are_refused(fit: StarFit, x: np.ndarray) -> None:
    with pytest.raises(ValueError, match="x has"):
        fit.predict(x)


def test_references_that_say_nothing_calibrate_nothing() -> None:
    data = star(references=5)
    vague = replace(data, std=np.where(data.source == 0, 50.0, data.std))
    belief = fit_star(vague, steps=60).predict(GRID)
    assert belief.claim is Claim.UNANCHORED
    assert belief.references == 5


def test_a_fit_of_another_layout_is_refused(fit: StarFit, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = fit.to_bytes()
    monkeypatch.setattr(StarFit, "names", property(lambda fit: ("other",)))
    with pytest.raises(ValueError, match="another version of the model"):
        load_fit(blob)


def test_an_offset_of_a_source_whose_scale_is_learned_does_not_matter() -> None:
    """What it reads at zero is no more meaningful than its unit."""
    data = star()
    moved = replace(data, y=np.where(data.source == 2, data.y + 1000.0, data.y))
    plain, far = (fit_star(each, steps=240).predict(GRID) for each in (data, moved))
    values = truth(GRID[:, 0])
    assert np.sqrt(np.mean((far.mean - values) ** 2)) < 0.1 * np.std(values)
    assert far.shares["small-basis"].mean() == pytest.approx(
        plain.shares["small-basis"].mean(), abs=0.1
    )
