"""Small synthetic data sets with every role of source."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qtwin.fusion.base import Claim, FloatArray, Observations, Role, SourceSpec
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import Scale
from qtwin.fusion.interval import Rule
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import problem_of
from qtwin.fusion.star.posterior import StarFit

BOUNDS = np.array([[-1.0, 3.0]])
NAN = float("nan")

REFERENCE = SourceSpec(name="exact", role=Role.REFERENCE)
BIASED = SourceSpec(name="cheap", role=Role.APPROXIMATION)
SCALED = SourceSpec(name="small-basis", role=Role.APPROXIMATION, learn_scale=True)
DEVICE = SourceSpec(name="qpu", role=Role.DEVICE)

Row = tuple[float, float, float, int, float, float]


def truth(x: FloatArray) -> FloatArray:
    values: FloatArray = np.sin(2.0 * x) + 0.3 * x
    return values


def observations(rows: list[Row], sources: tuple[SourceSpec, ...]) -> Observations:
    """Rows of (x, y, std, source, gain, mixed value) in one control."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    return Observations(
        x=table[:, :1],
        bounds=BOUNDS,
        y=table[:, 1],
        std=table[:, 2],
        source=table[:, 3].astype(np.int64),
        sources=sources,
        gain=table[:, 4],
        mixed_value=table[:, 5],
    )


def star(
    *, references: int = 5, gains: tuple[float, ...] = (1.0, 2.0), std: float = 0.02, seed: int = 1
) -> Observations:
    """A reference, a biased and a rescaled approximation, and a damped noisy device."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = [
        (x, float(truth(x)), 0.0, 0, NAN, NAN) for x in np.linspace(-1, 3, references)
    ]
    for x in np.linspace(-1.0, 3.0, 9):
        rows.append((x, float(truth(x)) + 0.2 * float(np.cos(x)), 0.0, 1, NAN, NAN))
        rows.append((x, 0.8 * float(truth(x)) + 0.1, 0.0, 2, NAN, NAN))
    for x in np.linspace(-0.8, 2.8, 6):
        mixed = 0.5 + 0.1 * x
        for gain in gains:
            rho = 0.95 * np.exp(-0.3 * gain)
            y = mixed + rho * (float(truth(x)) - mixed) + std * rng.standard_normal()
            rows.append((x, y, std, 3, gain, mixed))
    return observations(rows, (REFERENCE, BIASED, SCALED, DEVICE))


def reordered(data: Observations, rng: np.random.Generator) -> Observations:
    """The same evidence with rows, sources, knobs and groups in another order."""
    rows, sources = rng.permutation(len(data.y)), rng.permutation(len(data.sources))
    place, where = np.argsort(sources), np.argsort(rows)
    groups = [data.groups[i] for i in rng.permutation(len(data.groups))]
    return replace(
        data,
        x=data.x[rows],
        y=data.y[rows],
        std=data.std[rows],
        gain=data.gain[rows],
        mixed_value=data.mixed_value[rows],
        source=place[data.source[rows]],
        sources=tuple(replace(data.sources[i], knobs=data.sources[i].knobs[::-1]) for i in sources),
        knobs={name: data.knobs[name][rows] for name in sorted(data.knobs, reverse=True)},
        epoch=tuple(data.epoch[i] for i in rows) if data.epoch else (),
        branch=tuple(data.branch[i] for i in rows) if data.branch else (),
        groups=tuple(replace(group, rows=where[group.rows]) for group in groups),
    )


def conditioned(
    data: Observations, thetas: FloatArray | None = None, *, c2: float = 1.0
) -> StarFit:
    """A fit at given hyperparameters (the prior mean), without standardisation."""
    problem = problem_of(merge(data))
    factors = condition(problem, problem.layout.mean[None] if thetas is None else thetas)
    return StarFit(
        sites=problem.sites,
        bounds=data.bounds,
        value_bounds=data.value_bounds,
        scale=Scale(shift=0.0, factor=1.0),
        factors=factors,
        c2=c2,
        rule=Rule(claim=Claim.CALIBRATED, nu=None, quantile=1.959964, jackknife=False),
        widening=None,
        seed=0,
    )
