"""What every model of the table must keep. A new model passes here before anything else."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from qtwin.fusion import fit_model, load_fit
from qtwin.fusion.base import Claim, Observations, Prediction, Surrogate
from qtwin.fusion.models import DEFAULT, MODELS
from tests.unit.fusion.synthetic import (
    BIASED,
    DEVICE,
    NAN,
    REFERENCE,
    observations,
    reordered,
    truth,
)

NOISE = np.array([0.4, -1.1, 0.9, 0.1, -0.3, -0.6])
GRID = np.linspace(-1.0, 3.0, 21)[:, None]

every_model = pytest.mark.parametrize("model", sorted(MODELS))


def _data(references: int = 5) -> Observations:
    """A reference, a biased approximation and a damped noisy device."""
    exact = [(x, float(truth(x)), 0.0, 0, NAN, NAN) for x in np.linspace(-1, 3, references)]
    cheap = [
        (x, float(truth(x) + 0.2 * np.cos(x)), 0.0, 1, NAN, NAN) for x in np.linspace(-1, 3, 9)
    ]
    qpu = [
        (x, 0.7 * float(truth(x)) + 0.02 * e, 0.02, 2, 1.0, 0.0)
        for x, e in zip(np.linspace(-0.8, 2.8, 6), NOISE, strict=True)
    ]
    return observations([*exact, *cheap, *qpu], (REFERENCE, BIASED, DEVICE))


@cache
def _fit(model: str) -> Surrogate:
    return fit_model(_data(), seed=3, model=model)


def _identical(a: Prediction, b: Prediction) -> None:
    for name in ("mean", "std", "lower", "upper"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    assert (a.claim, a.references, a.c2, a.nu) == (b.claim, b.references, b.c2, b.nu)
    for one, other in ((a.budget, b.budget), (a.shares, b.shares)):
        assert set(one) == set(other)
        for key in one:
            np.testing.assert_array_equal(one[key], other[key], err_msg=key)


@every_model
@pytest.mark.parametrize("points", [1, 7])
def test_a_prediction_has_the_shape_of_its_points(model: str, points: int) -> None:
    belief = _fit(model).predict(GRID[:points])
    arrays = [belief.mean, belief.std, belief.lower, belief.upper]
    arrays += [*belief.budget.values(), *belief.shares.values()]
    assert all(array.shape == (points,) and np.all(np.isfinite(array)) for array in arrays)


@every_model
def test_the_band_is_around_the_mean_and_holds_the_truth(model: str) -> None:
    belief, values = _fit(model).predict(GRID), truth(GRID[:, 0])
    assert np.all(belief.lower < belief.mean)
    assert np.all(belief.mean < belief.upper)
    assert np.mean((belief.lower <= values) & (values <= belief.upper)) >= 0.9


@every_model
def test_the_budget_sums_to_the_variance_and_no_part_is_negative(model: str) -> None:
    belief = _fit(model).predict(GRID)
    assert {"epistemic", "shot", "jitter", "hyperparameters"} <= set(belief.budget)
    others = {key for key in belief.budget if key.startswith("bias:")}
    assert others <= {f"bias:{spec.name}" for spec in _data().sources}
    total = sum(belief.budget.values(), np.zeros(len(GRID)))
    assert total == pytest.approx(belief.std**2, rel=1e-8)
    assert all(np.all(part >= 0.0) for part in belief.budget.values())


@every_model
def test_the_shares_are_of_the_sources_and_sum_to_one(model: str) -> None:
    shares = _fit(model).predict(GRID).shares
    assert set(shares) <= {spec.name for spec in _data().sources}
    assert sum(shares.values(), np.zeros(len(GRID))) == pytest.approx(1.0, abs=1e-8)


@every_model
def test_a_seed_gives_the_same_bits_in_any_order_of_rows_and_sources(model: str) -> None:
    other = fit_model(reordered(_data(), np.random.default_rng(5)), seed=3, model=model)
    _identical(_fit(model).predict(GRID), other.predict(GRID))
    assert other.to_bytes() == _fit(model).to_bytes()


@every_model
def test_another_seed_gives_nearly_the_same(model: str) -> None:
    one, other = _fit(model).predict(GRID), fit_model(_data(), seed=4, model=model).predict(GRID)
    assert not np.array_equal(one.mean, other.mean)
    assert np.all(np.abs(one.mean - other.mean) < one.std + other.std)


@every_model
def test_a_stored_fit_is_found_by_its_archive_and_predicts_the_same_bits(model: str) -> None:
    fit = _fit(model)
    loaded = load_fit(fit.to_bytes())
    assert type(loaded) is type(fit)
    assert loaded.to_bytes() == fit.to_bytes()
    assert loaded.scores() == fit.scores()
    _identical(loaded.predict(GRID), fit.predict(GRID))


@every_model
@pytest.mark.parametrize(("references", "claim"), [(2, Claim.NOMINAL), (24, Claim.CALIBRATED)])
def test_the_claim_is_that_of_the_references(model: str, references: int, claim: Claim) -> None:
    belief = fit_model(_data(references), seed=0, model=model).predict(GRID)
    assert (belief.claim, belief.references) == (claim, references)
    values = truth(GRID[:, 0])
    assert np.mean((belief.lower <= values) & (values <= belief.upper)) >= 0.9


@every_model
def test_without_references_nothing_is_claimed(model: str) -> None:
    data = _data(references=0)
    if model == "reference":
        with pytest.raises(ValueError, match="no reference measurement"):
            fit_model(data, seed=0, model=model)
        return
    belief = fit_model(data, seed=0, model=model).predict(GRID)
    assert belief.claim is Claim.UNANCHORED
    assert belief.std.min() > 0.1 * np.std(truth(GRID[:, 0]))


@every_model
def test_scores_are_finite_and_of_known_names(model: str) -> None:
    scores = _fit(model).scores()
    assert set(scores) == {"rmse", "nlpd", "coverage_95", "c2"}
    assert all(np.isfinite(value) for value in scores.values())
    assert 1.0 <= scores["c2"] <= 9.0


@every_model
def test_one_measurement_is_enough(model: str) -> None:
    belief = fit_model(
        observations([(0.5, 2.0, 0.1, 0, NAN, NAN)], (REFERENCE,)), seed=0, model=model
    )
    assert np.all(belief.predict(GRID).std > 0.0)


def _broken() -> list[tuple[Observations, str]]:
    data = _data()
    return [
        (observations([], (REFERENCE,)), "no observations"),
        (
            replace(data, y=np.where(np.arange(len(data.y)) == 2, np.nan, data.y)),
            "y has a value that is not finite",
        ),
        (replace(data, std=-data.std - 1.0), "std has a negative value"),
        (replace(data, x=data.x[1:]), "x has shape"),
        (replace(data, sources=(REFERENCE, REFERENCE, BIASED, BIASED)), "names are not unique"),
        (replace(data, bounds=data.bounds[:, ::-1]), "lower < upper"),
    ]


@every_model
@pytest.mark.parametrize(("broken", "message"), _broken())
def test_malformed_observations_are_refused(model: str, broken: Observations, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_model(broken, seed=0, model=model)


@every_model
@pytest.mark.parametrize("x", [np.zeros(3), np.zeros((3, 2)), np.array([[np.nan]])])
def test_malformed_points_are_refused(model: str, x: np.ndarray) -> None:
    with pytest.raises(ValueError, match="x has"):
        _fit(model).predict(x)


def test_the_default_is_the_star_and_other_names_are_refused() -> None:
    assert fit_model(_data(), seed=3).to_bytes() == _fit(DEFAULT).to_bytes()
    with pytest.raises(
        ValueError, match="unknown model 'nargp'; known are ar1, quantum, reference, star"
    ):
        fit_model(_data(), seed=0, model="nargp")


def _archive(meta: bytes) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, meta=np.frombuffer(meta, dtype=np.uint8))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("blob", "message"),
    [
        (_archive(b'{"model": "nargp"}'), "unknown model 'nargp'"),
        (_archive(b"[1]"), "not an archive of a fit"),
        (_archive(b"junk"), "not an archive of a fit"),
        (_archive(b'{"model": "ar1", "schema": 2}')[:-9], "not an archive of a fit"),
        (_archive(b'{"model": "ar1", "schema": 99}'), "has schema 99"),
        (b"junk", "not an archive of a fit"),
    ],
)
def test_other_bytes_are_refused(blob: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_fit(blob)


@every_model
def test_a_stored_fit_predicts_without_scipy(model: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.npz"
    path.write_bytes(_fit(model).to_bytes())
    code = (
        "import sys, pathlib, numpy; from qtwin.fusion.models import load_fit;"
        "load_fit(pathlib.Path(sys.argv[1]).read_bytes()).predict(numpy.zeros((1, 1)));"
        "sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 0


@every_model
def test_a_damaged_archive_is_refused(model: str) -> None:
    blob = bytearray(_fit(model).to_bytes())
    blob[len(blob) // 2] ^= 1
    with pytest.raises(ValueError, match="not an archive of a fit"):
        load_fit(bytes(blob))
