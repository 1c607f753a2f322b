"""Measured sites and runs not yet made under one covariance.

Sources that have no run yet have no posterior: their hyperparameters are drawn from the prior, one
draw for each sample.
Shapes: ``T`` samples, ``N`` sites, ``C`` candidates, ``P`` hyperparameters.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any
from zlib import crc32

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.star.covariance import Problem, problem_of
from qtwin.fusion.star.parameters import Layout
from qtwin.fusion.star.posterior import StarFit

_BY_ROW: tuple[str, ...] = (
    *("x", "y", "var", "source", "gain", "mixed", "mixed_unknown", "distance", "epoch", "branch"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joint:
    """The problem of sites and candidates together.

    Attributes:
        problem: Of ``N + C`` sites.
        measured: Where the fit's sites are among them, shape ``(N,)``.
        future: Where the candidates are, shape ``(C,)``.
        theta: Hyperparameters, shape ``(T, P)``.
    """

    problem: Problem
    measured: IntArray
    future: IntArray
    theta: FloatArray


def joint_of(fit: StarFit, rows: Sites) -> Joint:
    """Join the candidates to the sites of a fit."""
    specs = {spec.name: spec for spec in (*rows.specs, *fit.sites.specs)}
    names = sorted(specs)
    knobs = tuple(sorted({*fit.sites.knob_names, *rows.knob_names}))
    both = [_aligned(sites, names, knobs) for sites in (fit.sites, rows)]
    stacked: dict[str, Any] = {
        name: np.concatenate([part[name] for part in both]) for name in _BY_ROW
    }
    order = np.argsort(stacked["source"], kind="stable")
    place = np.argsort(order, kind="stable")
    n = len(fit.sites.y)
    joined = replace(
        fit.sites,
        **{name: values[order] for name, values in stacked.items()},
        reach=np.ones((len(names), len(knobs))),
        knob_names=knobs,
        specs=tuple(specs[name] for name in names),
        shared=_moved(fit.sites, place),
    )
    problem = problem_of(
        joined, stationary=fit.layout.trend is None, sharing=fit.layout.shared is not None
    )
    return Joint(
        problem=problem,
        measured=place[:n],
        future=place[n:],
        theta=_extended(fit.factors.theta, fit.layout, problem.layout, fit.seed),
    )


def _aligned(sites: Sites, names: list[str], knobs: tuple[str, ...]) -> dict[str, FloatArray]:
    """Columns by row, with indices into the common sources and knobs."""
    columns = {field.name: getattr(sites, field.name) for field in fields(sites)}
    place = np.array([names.index(spec.name) for spec in sites.specs], dtype=np.int64)
    distance = np.zeros((len(sites.x), len(knobs)))
    for q, name in enumerate(sites.knob_names):
        distance[:, knobs.index(name)] = sites.distance[:, q]
    columns |= {"source": place[sites.source], "distance": distance}
    return {name: columns[name] for name in _BY_ROW}


def _moved(sites: Sites, place: IntArray) -> tuple[IntArray, FloatArray] | None:
    return None if sites.shared is None else (place[sites.shared[0]], sites.shared[1])


def _extended(theta: FloatArray, known: Layout, wanted: Layout, seed: int) -> FloatArray:
    """Samples for ``wanted``, by name; what ``known`` lacks comes from its prior."""
    place = {name: p for p, name in enumerate(known.names)}
    columns = [
        theta[:, place[name]]
        if name in place
        else wanted.mean[p] + wanted.sigma[p] * _draws(name, seed, len(theta))
        for p, name in enumerate(wanted.names)
    ]
    return np.stack(columns, axis=1) if columns else np.zeros((len(theta), 0))


def _draws(name: str, seed: int, n: int) -> FloatArray:
    return np.random.default_rng([seed, crc32(name.encode())]).standard_normal(n)
