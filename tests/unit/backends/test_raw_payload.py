"""What is kept of a sampled result gives its values and errors again, by other code than ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.mitigation import table
from backends.schema import Experiment, Result, RunOptions
from tests.unit.backends.asking import spins
from tests.unit.backends.shots import multinomial, outcome_levels

SHOTS = 1000
WORDS = {"zz": {"ZZ": 1.0}, "xx": {"XX": 1.0}, "sum": {"ZI": 0.5, "IZ": -1.0, "XI": 2.0}}
SYSTEM = {
    **spins("ising", 2, parameters={"hx": "g"}, controls=[]),
    "controls": [{"name": "g", "label": "g", "unit": "dimensionless", "lower": 0.0, "upper": 9.0}],
    "state": {"kind": "evolved", "initial": "0+", "time": 0.7},
    "observables": [{"name": name, "pauli": terms} for name, terms in WORDS.items()],
}


def payload(backend: str, *names: str, **settings: Any) -> dict[str, Any]:
    """The JSON of two points, as a job stores it."""
    asked = Experiment(
        system=SYSTEM,
        method="trotter",
        settings=settings,
        controls=("g",),
        points=np.array([[0.4], [1.1]]),
        observables=names,
        knobs=("trotter_steps",),
        knob_values=np.ones((2, 1)),
    )
    result = registry.get(backend).submit(asked, RunOptions(shots=SHOTS, seed=3), token="t")
    assert isinstance(result, Result)
    stored: dict[str, Any] = json.loads(json.dumps(result.to_dict()))
    return stored


def odd(bits: str, word: str) -> int:
    return sum(b == "1" for b, letter in zip(bits, word, strict=True) if letter != "I") % 2


def mean(counts: dict[str, int], word: str) -> float:
    total = sum(n * (1 - 2 * odd(bits, word)) for bits, n in counts.items())
    return total / sum(counts.values())


def variance(counts: dict[str, int], word: str) -> float:
    """Of the mean of one word, with one pseudo-shot over all outcomes."""
    shots = sum(counts.values())
    return (1 - (shots * mean(counts, word) / (shots + 1)) ** 2) / shots


def test_counts_give_values_and_covariances_without_mitigation() -> None:
    stored = payload("aer", *WORDS)
    for row, raw in enumerate(stored["raw"]):
        values, covariance = np.zeros(3), np.zeros((3, 3))
        for group in raw["groups"]:
            mine = [
                {w: c for w, c in terms.items() if w in of(group["basis"])}
                for terms in WORDS.values()
            ]
            levels = np.array([outcome_levels(terms, 2) for terms in mine])
            shares = [group["counts"].get(f"{b:02b}", 0) / SHOTS for b in range(4)]
            values += levels @ shares
            covariance += multinomial(np.array(shares), levels, SHOTS)
        np.testing.assert_allclose(stored["values"][row], values, atol=1e-12)
        errors = np.sqrt(np.diag(covariance))
        np.testing.assert_allclose(stored["std_errors"][row], errors, rtol=2e-3)
        block = stored["blocks"][row]
        assert block["rows"] == [row] * 3
        np.testing.assert_allclose(block["covariance"], covariance, atol=2e-3 * covariance.max())


def of(basis: str) -> list[str]:
    """Words of the observables that are read along a basis and along no earlier one."""
    first = {"ZZ": ["ZZ", "ZI", "IZ"], "XX": ["XX", "XI"]}
    return first[basis]


def readout_of(raw: dict[str, Any], first: dict[str, Any], word: str) -> tuple[float, float]:
    """Value and variance of a word by its damping on the state 0."""
    damping, spread = _sets(first["calibration"], word)
    here = [one for one in raw["circuits"] if one["basis"] == word]
    damped, own = _sets(here, word)
    return damped / damping, own / damping**2 + damped**2 / damping**4 * spread


def _sets(circuits: Sequence[dict[str, Any]], word: str) -> tuple[float, float]:
    signs = [1 - 2 * odd(one["flipped"], word) for one in circuits]
    means = [s * mean(one["counts"], word) for s, one in zip(signs, circuits, strict=True)]
    spread = np.mean([variance(one["counts"], word) for one in circuits]) / len(circuits)
    return float(np.mean(means)), float(spread)


def test_counts_give_what_readout_mitigation_made_of_them() -> None:
    stored = payload("readout+aer", "zz", "xx", readout_error=0.05, anchors=False)
    first = stored["raw"][0]
    for row, raw in enumerate(stored["raw"]):
        assert raw.get("calibration_at", 0) == 0
        again = [readout_of(raw, first, word) for word in ("ZZ", "XX")]
        np.testing.assert_allclose(stored["values"][row], [v for v, _ in again], atol=1e-12)
        np.testing.assert_allclose(stored["std_errors"][row], [s**0.5 for _, s in again])


def test_counts_give_what_linear_extrapolation_made_of_them() -> None:
    settings = {"extrapolation": "linear", "gains": "1,3,5", "anchors": False}
    stored = payload("zne+aer", "zz", depolarizing_2q=0.02, **settings)
    gains = np.array([1.0, 3.0, 5.0])
    eta = 1 / 3 - 3.0 * (gains - 3.0) / 8.0
    for row, raw in enumerate(stored["raw"]):
        values, variances = [], []
        for gain in gains:
            seen = [one["counts"] for one in raw["circuits"] if one["gain"] == gain]
            times = np.array([sum(counts.values()) for counts in seen])
            shares = times / times.sum()
            values.append(shares @ [mean(counts, "ZZ") for counts in seen])
            variances.append(shares**2 @ [variance(counts, "ZZ") for counts in seen])
        assert stored["values"][row][0] == pytest.approx(np.polyfit(gains, values, 1)[1])
        assert stored["std_errors"][row][0] == pytest.approx(float(eta**2 @ variances) ** 0.5)


def test_counts_of_other_techniques_are_labelled(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"instances": 4, "readout_instances": 4, "anchors": False}
    stored = payload("twirling+readout+aer", "zz", readout_error=0.02, **settings)
    labels = {(one["instance"], one["flipped"]) for one in stored["raw"][1]["circuits"]}
    assert len(labels) == len(stored["raw"][1]["circuits"]) == 16
    assert len(stored["raw"][0]["calibration"]) == 16
    trained = payload("cdr+aer", "zz", training_circuits=8, anchors=False)["raw"][0]["circuits"]
    assert [one.get("training") for one in trained] == [None, *range(8)]
    monkeypatch.setattr(table, "MOST_OUTCOMES", 20)
    first, second = payload("cdr+aer", "zz", training_circuits=8, anchors=False)["raw"]
    assert "circuits" not in first
    assert second["circuits_left_out"].endswith(" outcomes")
