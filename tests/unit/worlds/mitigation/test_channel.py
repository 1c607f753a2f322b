"""The device of a fit: its channel, with the value that belongs to the same sample."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends.errors import ProgramRejected
from qtwin.fusion.base import FloatArray
from qtwin.fusion.star.posterior import StarFit
from qtwin.worlds.documents import load
from qtwin.worlds.mitigation.asked import Asked
from qtwin.worlds.mitigation.channel import channel_posterior
from qtwin.worlds.posterior import Posterior
from tests.unit.fusion.synthetic import conditioned, star, truth

POINT = -0.08  # one of those that the device has measured
SCALES, RATES, SLOPES = (0.7, 0.95, 1.2), (0.25, 0.3, 0.35), (0.5, 0.0, -0.5)
SPREAD = 0.1
EVIDENCE = star(references=2, gains=(1.0, 2.0, 3.0), std=0.005)


def _thetas(fit: StarFit) -> FloatArray:
    thetas = np.tile(fit.layout.mean, (3, 1))
    (index,) = (i for i in fit.layout.sources if i.name == "qpu")
    thetas[:, index.scale] = SCALES
    thetas[:, index.log_rate] = np.log(RATES)
    thetas[:, index.log_spread] = np.log(SPREAD)
    thetas[:, index.damping] = np.array(SLOPES)[:, None]
    thetas[:, index.log_jitter] = np.log([0.01, 0.02, 0.03])
    return thetas


@pytest.fixture(scope="module")
def fit() -> StarFit:
    return conditioned(EVIDENCE, _thetas(conditioned(EVIDENCE)))


def of(fit: StarFit, point: float = POINT, source: str = "qpu", seed: int = 0) -> Posterior:
    asked = Asked(source=source, point=(point,), deviation=0.5)
    return channel_posterior(fit, asked, count=300, seed=seed)


def test_the_channel_is_that_of_the_fit_at_the_point(fit: StarFit) -> None:
    found = of(fit)
    at = (POINT + 1.0) / 4.0 - 0.5
    rates = {
        scale: (rate + SPREAD * slope * at, jitter)
        for scale, rate, slope, jitter in zip(
            SCALES, RATES, SLOPES, (0.01, 0.02, 0.03), strict=True
        )
    }
    scales = found.column("scale")
    assert {scale: int(np.sum(scales == scale)) for scale in SCALES} == dict.fromkeys(SCALES, 100)
    for name, place in (("rate", 0), ("circuit_spread", 1)):
        wanted = [rates[scale][place] for scale in scales.tolist()]
        assert found.column(name) == pytest.approx(np.array(wanted))
    assert found.column("mixed_value") == pytest.approx(0.5 + 0.1 * POINT)
    assert found.column("deviation") == pytest.approx(0.5)


def test_values_belong_to_the_sample_of_their_channel(fit: StarFit) -> None:
    found = of(fit)
    point = np.array([[POINT]])
    prediction = fit.predict(point)
    values = found.column("value")
    assert values.mean() == pytest.approx(float(prediction.mean[0]), abs=0.01)
    assert values.std() == pytest.approx(float(prediction.std[0]), rel=0.15)
    assert abs(values.mean() - float(truth(np.array(POINT)))) < 3 * values.std()
    for row, scale in enumerate(SCALES):
        alone = conditioned(
            star(references=2, gains=(1.0, 2.0, 3.0), std=0.005), _thetas(fit)[row][None]
        )
        own = alone.predict(point)
        of_it = values[found.column("scale") == scale]
        assert of_it.mean() == pytest.approx(float(own.mean[0]), abs=0.4 * float(own.std[0]))


def test_a_seed_repeats_its_draws(fit: StarFit) -> None:
    assert np.array_equal(of(fit, seed=1).draws, of(fit, seed=1).draws)
    assert not np.array_equal(of(fit, seed=1).draws, of(fit, seed=0).draws)


def test_other_sources_and_points_are_refused(fit: StarFit) -> None:
    with pytest.raises(ValueError, match=r"source 'exact'; allowed: devices .*'qpu'"):
        of(fit, source="exact")
    with pytest.raises(ValueError, match=r"has not measured this point; allowed: .*\[-0.8\]"):
        of(fit, point=0.123)
    with pytest.raises(ValueError, match=r"which was measured at one gain only; allowed: .*none"):
        of(conditioned(star(gains=(1.0,))))
    with pytest.raises(ValueError, match=r"deviation is missing; allowed: that of one shot"):
        channel_posterior(fit, Asked(source="qpu", point=(POINT,)))


def test_half_the_range_is_the_deviation_of_a_shot_that_nobody_stated(fit: StarFit) -> None:
    bounded = replace(fit, value_bounds=(-2.0, 3.0))
    found = channel_posterior(bounded, Asked(source="qpu", point=(POINT,), circuit_spread=0.07))
    assert set(found.column("deviation").tolist()) == {2.5}
    assert set(found.column("circuit_spread").tolist()) == {0.07}


def test_a_document_names_the_device_of_a_twin(fit: StarFit) -> None:
    document: dict[str, Any] = {
        "kind": "mitigation",
        "schema_version": 1,
        "device": {"source": "qpu", "point": [POINT], "deviation": 0.5},
        "target": 0.2,
        "budget": 1e5,
    }
    world = load(document, None, fit)
    assert world.to_dict()["device"] == document["device"] | {"unit": "1"}
    seen, _ = world.environment().reset(seed=1)
    assert world.observation_space.contains(seen)
    with pytest.raises(ProgramRejected, match=r"has not measured this point") as refused:
        load(document | {"device": {"source": "qpu", "point": [0.5]}}, None, fit)
    assert refused.value.field == "/device"
    with pytest.raises(ProgramRejected, match=r"'a'; allowed: a finite number") as refused:
        load(document | {"device": {"source": "qpu", "point": ["a"]}}, None, fit)
    assert refused.value.field == "/device/point/0"
