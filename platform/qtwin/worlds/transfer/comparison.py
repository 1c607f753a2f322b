"""Compare two ways to train over seeds, by a test that was written down before the runs.

``S`` seeds, each of which trained one policy in both ways; what each policy was worth afterwards is
one number. The differences are paired by seed. Without an effect each difference is as likely to be
turned around, which gives the exact distribution of their mean (Fisher 1935; the sign-flip, or
one-sample permutation, test).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.transfer.intervals import LEVEL, Interval, student

TEST = "sign-flip permutation test of paired differences, two-sided"
EFFECT = "mean paired difference; Hedges' g_z beside it"
MOST_EXACT = 16
"""Seeds up to which all ``2**S`` signs are tried."""
FLIPS = 20_000
SLACK = 1e-12
"""Share of the mean within which two means are equal, so that rounding breaks no ties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is going to be compared and how, before it is run.

    Attributes:
        question: In words.
        first: Title of one way to train.
        second: Title of the other.
        measure: What number each policy gets: stage, goal, episodes or shots.
        seeds: Of the trainings.
        registered_at: Aware time, ISO 8601.
        level: Of the interval; below ``1 - level`` a p-value is called significant.
    """

    question: str
    first: str
    second: str
    measure: str
    seeds: tuple[int, ...]
    registered_at: str
    test: str = TEST
    effect: str = EFFECT
    level: float = LEVEL

    def __post_init__(self) -> None:
        if len(self.seeds) < 2 or len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds {self.seeds}; allowed: two or more different ones")
        if datetime.fromisoformat(self.registered_at).tzinfo is None:
            raise ValueError(f"registered_at {self.registered_at!r}; allowed: with a time zone")
        if (self.test, self.effect) != (TEST, EFFECT):
            raise ValueError(f"allowed: test {TEST!r} with effect {EFFECT!r}")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {**asdict(self), "seeds": list(self.seeds)}

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Registration:
        """Read what ``to_dict`` wrote.

        Raises:
            ValueError: Something is missing or not allowed.
        """
        try:
            return cls(**{**document, "seeds": tuple(document["seeds"])})
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is no registration: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """What came of it.

    Attributes:
        difference: First minus second, over seeds.
        p: Of the registered test.
        standardised: Hedges' ``g_z``: the mean difference in units of its own scatter, with his
            correction for few seeds; None where nothing scatters.
    """

    registration: Registration
    first: FloatArray
    second: FloatArray
    difference: Interval
    p: float
    standardised: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            **self.registration.to_dict(),
            "effect_name": self.registration.effect,
            "effect": self.difference.value,
            "lower": self.difference.lower,
            "upper": self.difference.upper,
            "method": self.difference.method,
            "p": self.p,
            "standardised": self.standardised,
            "significant": self.p < 1 - self.registration.level,
            "values": {"first": self.first.tolist(), "second": self.second.tolist()},
        }


def compare(
    registration: Registration, first: Mapping[int, float], second: Mapping[int, float]
) -> Comparison:
    """Do what was registered, with all of its seeds and no other.

    Args:
        first: By seed, what the policy that was trained in the first way is worth.
        second: The same for the second way.

    Raises:
        ValueError: Seeds are missing or others are there.
    """
    for title, values in ((registration.first, first), (registration.second, second)):
        if other := sorted(set(values) ^ set(registration.seeds)):
            raise ValueError(
                f"{title}: seeds {other} are missing or were not registered; allowed: "
                f"{list(registration.seeds)}"
            )
    ours = np.array([first[seed] for seed in registration.seeds], dtype=np.float64)
    theirs = np.array([second[seed] for seed in registration.seeds], dtype=np.float64)
    differences = ours - theirs
    return Comparison(
        registration=registration,
        first=ours,
        second=theirs,
        difference=student(differences, registration.level),
        p=sign_flip(differences),
        standardised=hedges(differences),
    )


def sign_flip(differences: FloatArray, *, seed: int = 0) -> float:
    """Two-sided p-value of the mean of paired differences, shape ``(S,)``.

    Exact up to `MOST_EXACT` seeds; beyond these from `FLIPS` random signs, the observed ones among
    them (Phipson & Smyth 2010).
    """
    count = len(differences)
    if count <= MOST_EXACT:
        bits = np.arange(2**count)[:, None] >> np.arange(count) & 1
        signs = 1.0 - 2.0 * bits
    else:
        rng = np.random.default_rng(seed)
        signs = rng.choice((-1.0, 1.0), size=(FLIPS, count))
        signs[0] = 1.0
    means = np.abs(signs @ differences)
    return float((means >= abs(differences.sum()) * (1 - SLACK)).mean())


def hedges(differences: FloatArray) -> float | None:
    """``g_z = J d_z`` with ``J = 1 - 3 / (4 (S - 1) - 1)`` (Hedges 1981; Lakens 2013)."""
    scatter, count = float(differences.std(ddof=1)), len(differences)
    if scatter == 0.0:
        return None
    return float(differences.mean()) / scatter * (1 - 3 / (4 * (count - 1) - 1))
