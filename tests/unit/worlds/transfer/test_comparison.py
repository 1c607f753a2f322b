"""The registered comparison over seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from qtwin.worlds.transfer.comparison import Registration, compare, hedges, sign_flip

NOW = "2026-11-30T12:00:00+00:00"


def registration(**fields: Any) -> Registration:
    return Registration(
        **{
            "question": "Does randomisation lose less in transfer?",
            "first": "randomised",
            "second": "nominal",
            "measure": "z2_probability on the noisy stage, 1000 shots",
            "seeds": tuple(range(10)),
            "registered_at": NOW,
            **fields,
        }
    )


def test_the_p_value_is_scipys_permutation_test() -> None:
    differences = np.random.default_rng(3).normal(0.4, 1.0, 9)
    permuted: Any = stats.permutation_test
    theirs = permuted((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip(differences) == pytest.approx(theirs.pvalue, rel=1e-12)


def test_the_p_value_of_no_effect_is_uniform() -> None:
    rng = np.random.default_rng(4)
    few = [sign_flip(rng.normal(size=8)) for _ in range(400)]
    many = [sign_flip(rng.normal(size=20), seed=n) for n in range(20)]
    assert 0.0095 <= np.mean(np.array(few) <= 0.05) <= 0.095
    assert np.mean(np.array(many) <= 0.05) <= 0.25
    assert stats.kstest(few, "uniform").pvalue > 1e-4


def test_ten_differences_of_one_sign_are_two_in_1024() -> None:
    assert sign_flip(np.linspace(0.1, 1.0, 10)) == 2 / 1024


def test_the_document_says_what_was_registered_and_what_came_of_it() -> None:
    rng = np.random.default_rng(5)
    base = {seed: float(rng.uniform(0.5, 0.8)) for seed in range(10)}
    better = {seed: value + 0.1 + 0.02 * seed for seed, value in base.items()}
    document = compare(registration(), better, base).to_dict()
    assert document["effect"] == pytest.approx(0.19)
    assert document["lower"] < 0.19 < document["upper"]
    assert (document["p"], document["significant"]) == (2 / 1024, True)
    assert document["registered_at"] == NOW
    assert document["seeds"] == list(range(10))
    differences = np.array([better[seed] - base[seed] for seed in range(10)])
    expected = differences.mean() / differences.std(ddof=1) * (1 - 3 / 35)
    assert document["standardised"] == pytest.approx(expected)
    assert Registration.parse(registration().to_dict()) == registration()


def test_no_seed_is_left_out_or_added_afterwards() -> None:
    values = dict.fromkeys(range(10), 0.5)
    with pytest.raises(ValueError, match=r"nominal: seeds \[9\] are missing or were not"):
        compare(registration(), values, {k: v for k, v in values.items() if k != 9})
    with pytest.raises(ValueError, match=r"randomised: seeds \[77\]"):
        compare(registration(), {**values, 77: 1.0}, values)


def test_no_scatter_has_no_standardised_effect() -> None:
    assert hedges(np.full(4, 0.25)) is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"seeds": (1, 1)}, "two or more different"),
        ({"registered_at": "2026-11-30T12:00:00"}, "with a time zone"),
        ({"test": "whatever is smallest"}, "allowed: test"),
    ],
)
def test_a_loose_registration_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        registration(**fields)


def test_what_is_no_registration_is_refused() -> None:
    with pytest.raises(ValueError, match="no registration"):
        Registration.parse({"question": "?"})
