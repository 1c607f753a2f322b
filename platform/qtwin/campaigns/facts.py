"""The numbers that a condition may use: what earlier steps came to, by name.

Of a step ``coarse`` with a source ``vqe-ideal``: ``coarse_points``, ``coarse_measured`` and
``coarse_failed`` count points; ``coarse_min``, ``_max``, ``_mean`` and ``_std`` (the largest
one-sigma error) are of its values, and ``coarse_vqe_ideal_min`` and so on of one source's. A loop
also has ``_sigma`` and ``_spent``. Values are those of the step's first observable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

COUNTS = ("points", "measured", "failed")
VALUES = ("min", "max", "mean", "std")
OF_LOOPS = ("sigma", "spent")


def fact_names(step: str, spec: Mapping[str, Any]) -> list[str]:
    """Names of one step's numbers."""
    words = [*COUNTS, *VALUES]
    if "prices" in spec:
        words += OF_LOOPS
    words += [f"{source_word(name)}_{word}" for name in sources_of(spec) for word in VALUES]
    return [f"{step}_{word}" for word in words]


def sources_of(spec: Mapping[str, Any]) -> list[str]:
    """Names of the sources that a sweep or a loop may run, each once."""
    start = spec.get("start") or {}
    asked: Iterable[Mapping[str, Any]] = [*spec.get("sources", ()), *start.get("sources", ())]
    return list(dict.fromkeys([*(item["source"] for item in asked), *spec.get("prices", ())]))


def source_word(name: str) -> str:
    """A source's name as part of a number's."""
    return name.replace("-", "_")
