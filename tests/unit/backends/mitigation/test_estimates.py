"""Mitigated estimates: less bias, and honest errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.unit.backends.mitigation.chain import CONSTANT, asked, chain, conserving, exact, run


@pytest.mark.parametrize(
    ("name", "settings", "rows", "shots"),
    [
        ("readout+fake-ibm", {}, 200, 400),
        ("zne+fake-ibm", {"extrapolation": "linear"}, 300, 400),
        pytest.param(
            *("zne+fake-ibm", {"extrapolation": "exponential", "folding": "local"}, 300, 1200),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            *("cdr+aer", {"depolarizing_2q": 0.03, "readout_error": 0.02}, 150, 1000),
            marks=pytest.mark.slow,
        ),
        ("postselect+aer", {"depolarizing_2q": 0.1, "amplitude_damping": 0.02}, 300, 100),
    ],
)
def test_stated_errors_are_the_spread_about_the_estimates_own_mean(
    name: str, settings: dict[str, Any], rows: int, shots: int
) -> None:
    system = conserving() if "postselect" in name else chain()
    experiment = asked(rows, system=system, settings={"anchors": False, **settings})
    result = run(name, experiment, shots=shots)
    scores = (result.values[:, 0] - result.values[:, 0].mean()) / result.std_errors[:, 0]
    # The variance of `rows` normal scores has a relative error of sqrt(2 / rows).
    assert scores.var(ddof=1) == pytest.approx(1, abs=4 * np.sqrt(2 / rows))


@pytest.mark.parametrize("name", ["readout+fake-ibm", "zne+readout+fake-ibm"])
def test_mitigation_reduces_the_bias(name: str) -> None:
    experiment = asked()
    raw = run("fake-ibm", replace(experiment, settings={}), shots=50_000)
    better = run(name, experiment, shots=50_000)
    ideal = exact(experiment)
    assert abs(better.values[0, 0] - ideal) < 0.5 * abs(raw.values[0, 0] - ideal)


def test_shots_go_where_they_reduce_the_variance() -> None:
    """For a line through gains 1, 3 and 5 the weights are 13, 4 and -5 twelfths."""
    result = run(
        "zne+fake-ibm", asked(settings={"extrapolation": "linear", "anchors": False}), shots=30_000
    )
    (note,) = result.raw[0]["mitigation"]
    shares = np.array(note["shots"]) / sum(note["shots"])
    expected = np.array([13, 4, 5]) / 22
    # A tenth is spread evenly by the pilot; sigma differs by a little between gains.
    np.testing.assert_allclose(shares, 0.9 * expected + 0.1 / 3, atol=0.04)


@pytest.mark.parametrize("name", ["readout+fake-ibm", "zne+fake-ibm", "zne+readout+fake-ibm"])
def test_the_identity_is_exactly_one(name: str) -> None:
    alone = run(name, asked(system=chain(**CONSTANT), observables=("one",)))
    assert alone.values.item() == 1
    assert alone.std_errors.item() == 0
    beside = run(name, asked(system=chain(**CONSTANT), observables=("one", "energy")))
    assert beside.values[0, 0] == 1
    assert beside.std_errors[0, 1] > 0


def test_anchors_show_that_mitigation_helped() -> None:
    experiment = asked(observables=("energy",), steps=8, settings={})
    result = run("zne+readout+fake-ibm", experiment, shots=8000)
    for anchor in result.provenance.details["anchors"]:
        (ideal,), (raw,), (mitigated,) = (
            anchor["ideal"],
            anchor["raw"]["values"],
            anchor["mitigated"]["values"],
        )
        assert abs(mitigated - ideal) < 0.5 * abs(raw - ideal), anchor
    without = run(
        "zne+readout+fake-ibm", replace(experiment, settings={"anchors": False}), shots=8000
    )
    assert without.provenance.details["anchors"] == []
    np.testing.assert_array_equal(without.values, result.values)


def test_bit_strings_are_mitigated_and_add_up_to_one() -> None:
    strings = [{"name": f"p{bits}", "bitstring": bits} for bits in ("00", "01", "10", "11")]
    system = chain(observables=strings)
    settings = {"readout_error": 0.05, "anchors": False}
    asked_for = asked(
        system=system, observables=tuple(one["name"] for one in strings), settings=settings
    )
    ideal = run("aer", replace(asked_for, settings={}), shots=None)
    better = run("readout+aer", asked_for, shots=20_000)
    assert better.values.sum() == pytest.approx(1, abs=1e-12)
    assert (np.abs(better.values - ideal.values) < 5 * better.std_errors).all()


def test_values_beyond_an_observables_range_are_kept() -> None:
    """Corrected noise scatters about the edge: clipping would bend its mean."""
    still = chain(state={"kind": "evolved", "initial": "00", "time": 0.0})
    experiment = replace(
        asked(100, system=still, settings={"readout_error": 0.1, "anchors": False}),
    )
    result = run("readout+aer", experiment, shots=200)
    assert (result.values > 1).any()
    assert abs(result.values.mean() - 1) < 5 * result.std_errors.mean() / np.sqrt(50)
