"""Small search worlds of synthetic twins."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Observations, Role, SourceSpec
from qtwin.fusion.star.posterior import StarFit
from qtwin.worlds.search import SearchWorld
from tests.unit.fusion.synthetic import conditioned, star

DOCUMENT: dict[str, Any] = {
    "kind": "search",
    "schema_version": 1,
    "goal": {"kind": "minimum", "tolerance": 0.01},
    "budget": 60.0,
    "sources": [
        {"name": "qpu", "cost": 1.0, "cost_per_shot": 0.002, "measured_shots": 1000},
        {"name": "exact", "cost": 20.0},
        {"name": "cheap", "cost": 1.0},
    ],
    "shots": [500, 2000],
    "steps": 12,
    "grid": 33,
    "truths": 400,
}


@cache
def data() -> Observations:
    """A reference at two points, a biased and a rescaled approximation, a device at one gain."""
    return star(references=2, gains=(1.0,), std=0.05)


@cache
def sampled(references: int = 2) -> StarFit:
    """A fit with several hyperparameter samples."""
    return fit_star(
        star(references=references, gains=(1.0,), std=0.05), steps=60, keep=4, restarts=1
    )


@cache
def fixed() -> StarFit:
    """A fit at given hyperparameters."""
    return conditioned(data())


@cache
def world() -> SearchWorld:
    """Of the fit with several samples."""
    return SearchWorld.of(sampled(), DOCUMENT)


def changed(**fields: Any) -> dict[str, Any]:
    """The document with other fields."""
    return {**DOCUMENT, **fields}


@cache
def two_controls() -> SearchWorld:
    """A bowl over two controls, seen exactly at a few points and askew by a cheap source."""
    rng = np.random.default_rng(3)
    x = rng.uniform(-1.0, 1.0, (14, 2))
    bowl: FloatArray = np.sum((x - 0.2) ** 2, axis=1)
    source = np.repeat([0, 1], [4, 10])
    nothing = np.full(14, np.nan)
    evidence = Observations(
        x=x,
        bounds=np.array([[-1.0, 1.0], [-1.0, 1.0]]),
        y=bowl + 0.1 * source * x[:, 0],
        std=np.zeros(14),
        source=source,
        sources=(
            SourceSpec(name="exact", role=Role.REFERENCE),
            SourceSpec(name="cheap", role=Role.APPROXIMATION),
        ),
        gain=nothing,
        mixed_value=nothing,
    )
    body = {
        **DOCUMENT,
        "sources": [{"name": "exact", "cost": 10.0}, {"name": "cheap", "cost": 1.0}],
        "shots": [],
        "grid": 40,
    }
    return SearchWorld.of(fit_star(evidence, steps=60, keep=3, restarts=1), body)


def with_row(
    seen: Observations, *, source: str, x: float, y: float, std: float, mixed: float
) -> Observations:
    """The evidence with one more measurement."""
    names = [spec.name for spec in seen.sources]
    device = source == "qpu"
    return replace(
        seen,
        x=np.vstack([seen.x, [[x]]]),
        y=np.append(seen.y, y),
        std=np.append(seen.std, std),
        source=np.append(seen.source, names.index(source)),
        gain=np.append(seen.gain, 1.0 if device else np.nan),
        mixed_value=np.append(seen.mixed_value, mixed if device else np.nan),
    )
