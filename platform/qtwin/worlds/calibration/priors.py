"""What is believed of a parameter before a measurement: from data sheets, with where they say it.

The sampler works with normal scores ``z``, which are independent and of unit normal distribution
before the data; ``value(z)`` is the parameter. Shapes use ``N`` for draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown
from qtwin.fusion.base import FloatArray

KINDS = ("normal", "uniform")
BOUNDLESS = (-np.inf, np.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A normal distribution cut off at two bounds, or a uniform one between them.

    Attributes:
        kind: One of `KINDS`.
        mean: Of the normal distribution, before it is cut.
        std: Of the normal distribution, before it is cut; infinite where it is uniform.
        source: Where it comes from, for people.
    """

    kind: str
    mean: float
    std: float
    lower: float
    upper: float
    source: str = ""

    @classmethod
    def normal(
        cls,
        mean: float,
        std: float,
        *,
        bounds: tuple[float, float] = BOUNDLESS,
        source: str = "",
    ) -> Prior:
        """A normal one; ``bounds`` cut it off.

        Raises:
            ValueError: ``std`` is not positive, or nothing is left between the bounds.
        """
        lower, upper = bounds
        if not (np.isfinite(mean) and 0 < std < np.inf):
            raise ValueError(f"mean {mean!r} and std {std!r}; allowed: finite, and std above 0")
        if not lower < upper or lower > mean + 8 * std or upper < mean - 8 * std:
            raise ValueError(f"bounds {lower!r} to {upper!r} leave nothing of {mean!r} +- {std!r}")
        return cls(kind="normal", mean=mean, std=std, lower=lower, upper=upper, source=source)

    @classmethod
    def uniform(cls, lower: float, upper: float, *, source: str = "") -> Prior:
        """A uniform one.

        Raises:
            ValueError: The bounds are not finite and ascending.
        """
        if not (np.isfinite([lower, upper]).all() and lower < upper):
            raise ValueError(f"bounds {lower!r} to {upper!r}; allowed: finite and ascending")
        middle = (lower + upper) / 2
        return cls(kind="uniform", mean=middle, std=np.inf, lower=lower, upper=upper, source=source)

    def value(self, scores: FloatArray) -> FloatArray:
        """Parameters from normal scores, both shape ``(N,)``."""
        from scipy.special import ndtr, ndtri

        if self.kind == "normal" and (self.lower, self.upper) == BOUNDLESS:
            return np.asarray(self.mean + self.std * scores)
        share = ndtr(scores)
        if self.kind == "uniform":
            return np.asarray(self.lower + (self.upper - self.lower) * share)
        low, high = ndtr((np.array([self.lower, self.upper]) - self.mean) / self.std)
        inside = ndtri(low + (high - low) * share)
        return np.asarray(np.clip(self.mean + self.std * inside, self.lower, self.upper))

    def score(self, values: FloatArray) -> FloatArray:
        """Normal scores from parameters inside the bounds, both shape ``(N,)``."""
        from scipy.special import ndtr, ndtri

        if self.kind == "uniform":
            return np.asarray(ndtri((values - self.lower) / (self.upper - self.lower)))
        ends = ndtr((np.array([self.lower, self.upper]) - self.mean) / self.std)
        share = (ndtr((values - self.mean) / self.std) - ends[0]) / (ends[1] - ends[0])
        return np.asarray(ndtri(share))

    def to_dict(self) -> dict[str, Any]:
        """The document that `parse` reads."""
        spread = {} if self.kind == "uniform" else {"mean": self.mean, "std": self.std}
        bounds = {
            name: value
            for name, value in (("lower", self.lower), ("upper", self.upper))
            if np.isfinite(value)
        }
        return {"kind": self.kind, **spread, **bounds, "source": self.source}

    @classmethod
    def parse(cls, document: Document) -> Prior:
        """Read ``{"kind": "normal", "mean": 1, "std": 0.02, "lower": 0.5, "upper": 1.5}``.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        kind = document.choice("kind", KINDS)
        wanted = ("mean", "std") if kind == "normal" else ()
        document.only("kind", *wanted, "lower", "upper", "source")
        source = document.text("source", " ") if document.entry("source", "") else ""
        try:
            if kind == "uniform":
                lower, upper = document.number("lower"), document.number("upper")
                return cls.uniform(lower, upper, source=source)
            bounds = (_bound(document, "lower", -np.inf), _bound(document, "upper", np.inf))
            mean, std = document.number("mean"), document.number("std")
            return cls.normal(mean, std, bounds=bounds, source=source)
        except ValueError as error:
            raise ProgramRejected(str(error), field=document.at("kind")) from None


def read_priors(document: Mapping[str, Any], allowed: tuple[str, ...]) -> dict[str, Prior]:
    """Priors by parameter from a JSON document.

    Args:
        allowed: Parameters that the system has.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    whole = Document(document, "/priors")
    whole.only(*allowed)
    return {name: Prior.parse(whole.document(name)) for name in document}


def _bound(document: Document, name: str, default: float) -> float:
    value = document.entry(name, default)
    if value != default and not is_number(value):
        raise ProgramRejected(
            f"{name} = {shown(value)}; allowed: a finite number, or none", field=document.at(name)
        )
    return float(value)
