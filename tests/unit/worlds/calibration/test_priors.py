"""Priors are the distributions that they say, and documents of others are refused by field."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from backends.errors import ProgramRejected
from backends.systems import load
from qtwin.worlds.calibration import Prior, calibratable, priors_of, read_priors
from tests.unit.worlds.calibration.rabi import RABI

SCORES = np.linspace(-3, 3, 61)


@pytest.mark.parametrize("bounds", [(-np.inf, np.inf), (0.0, np.inf), (0.9, 1.2)])
def test_a_cut_normal_prior_is_scipys(bounds: tuple[float, float]) -> None:
    prior = Prior.normal(1.0, 0.3, bounds=bounds)
    edges = [(edge - 1.0) / 0.3 for edge in bounds]
    expected = stats.truncnorm(*edges, loc=1.0, scale=0.3).ppf(stats.norm.cdf(SCORES))
    assert prior.value(SCORES) == pytest.approx(expected, abs=1e-9)
    assert prior.score(prior.value(SCORES)) == pytest.approx(SCORES, abs=1e-6)


def test_a_uniform_prior_is_scipys() -> None:
    prior = Prior.uniform(-2.0, 6.0)
    expected = stats.uniform(-2.0, 8.0).ppf(stats.norm.cdf(SCORES))
    assert prior.value(SCORES) == pytest.approx(expected)
    assert prior.score(expected) == pytest.approx(SCORES, abs=1e-9)


def test_a_document_keeps_a_prior() -> None:
    for prior in (
        Prior.normal(0.0, 0.1, bounds=(0.0, np.inf), source="a data sheet"),
        Prior.uniform(0.5, 1.5),
    ):
        assert read_priors({"rabi_scale": prior.to_dict()}, ("rabi_scale",)) == {
            "rabi_scale": prior
        }


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"c7": {"kind": "uniform", "lower": 0, "upper": 1}}, "/priors/c7"),
        ({"rabi_scale": {"kind": "cauchy"}}, "/priors/rabi_scale/kind"),
        ({"rabi_scale": {"kind": "normal", "mean": 1}}, "/priors/rabi_scale/std"),
        ({"rabi_scale": {"kind": "normal", "mean": 1, "std": 0}}, "/priors/rabi_scale/kind"),
        ({"rabi_scale": {"kind": "uniform", "lower": 1, "upper": 1}}, "/priors/rabi_scale/kind"),
        (
            {"rabi_scale": {"kind": "normal", "mean": 1, "std": 1, "lower": "a"}},
            "/priors/rabi_scale/lower",
        ),
        ({"rabi_scale": 3}, "/priors/rabi_scale"),
    ],
)
def test_a_wrong_prior_is_refused_by_its_field(document: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected) as refused:
        read_priors(document, ("rabi_scale", "detuning_offset"))
    assert refused.value.field == field


def test_every_prior_of_a_data_sheet_names_its_source() -> None:
    system = calibratable(load(RABI))
    priors = priors_of(system)
    assert {"rabi_scale", "detuning_offset", "c6_scale", "dephasing"} <= set(priors)
    assert all(prior.source for prior in priors.values())
