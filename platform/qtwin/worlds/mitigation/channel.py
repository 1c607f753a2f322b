"""The device of a twin as a posterior: the value and the channel, drawn together."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray, Role
from qtwin.fusion.questions.draws import draws, samples_of
from qtwin.fusion.star.parameters import SourceIndex
from qtwin.fusion.star.posterior import StarFit
from qtwin.worlds.mitigation.asked import Asked
from qtwin.worlds.mitigation.device import PARAMETERS
from qtwin.worlds.posterior import Posterior

SHOWN = 5


def channel_posterior(fit: StarFit, asked: Asked, *, count: int = 512, seed: int = 0) -> Posterior:
    """What a twin believes of one device at one point that it has measured.

    Each draw is of one hyperparameter sample: its channel, and a value of the truth under it. The
    spread between circuits is, where nobody stated it, the jitter that the fit found.

    Raises:
        ValueError: No such device, one with a single gain, a point that it has not measured, or no
            deviation of a shot, where the observable has no bounds to take it from.
    """
    source, point, unit = asked.source, asked.point, asked.unit
    index = _device(fit, source)
    x = fit.checked(np.array([point], dtype=np.float64))[0]
    mixed = fit.scale.shift + fit.scale.factor * _mixed(fit, index, x)
    which = samples_of(fit.processes, count, np.random.default_rng(seed))  # as `draws` does
    theta = fit.factors.theta[which]
    columns = {
        "value": draws(fit, np.array([point]), count=count, seed=seed)[:, 0],
        "mixed_value": np.full(count, mixed),
        "scale": np.maximum(theta[:, index.scale], 0.0),
        "rate": _rate(theta, index, x),
        "circuit_spread": np.full(count, asked.circuit_spread)
        if asked.circuit_spread is not None
        else fit.scale.factor * np.exp(theta[:, index.log_jitter]),
        "deviation": np.full(count, _deviation(fit, asked)),
    }
    drawn = np.column_stack([columns[name] for name in PARAMETERS])
    return Posterior(
        names=PARAMETERS,
        units=(unit, unit, "1", "1", unit, unit),
        draws=drawn,
        nominal=drawn.mean(axis=0),
        facts={"source": source, "point": list(point)},
    )


def _deviation(fit: StarFit, asked: Asked) -> float:
    """Half the observable's range is the largest that one shot can have."""
    if asked.deviation is not None:
        return asked.deviation
    low, high = fit.value_bounds
    if not np.isfinite(high - low):
        raise ValueError("deviation is missing; allowed: that of one shot, above 0")
    return (high - low) / 2.0


def _device(fit: StarFit, source: str) -> SourceIndex:
    devices = [i for i in fit.layout.sources if i.log_rate is not None]
    for index in devices:
        if index.name == source:
            return index
    roles = {spec.name: spec.role for spec in fit.sites.specs}
    allowed = ", ".join(repr(i.name) for i in devices) or "none of this twin's"
    why = "" if roles.get(source) is not Role.DEVICE else ", which was measured at one gain only"
    raise ValueError(
        f"source {source!r}{why}; allowed: devices that were measured at several gains: {allowed}"
    )


def _mixed(fit: StarFit, index: SourceIndex, x: FloatArray) -> float:
    """Of the rows at the point, standardised."""
    sites = fit.sites.x[index.rows]
    here = np.flatnonzero(np.abs(sites - x).max(axis=1) < 1e-6)
    if len(here) == 0:
        low, high = fit.bounds.T
        measured = np.unique(sites, axis=0)[:SHOWN] * (high - low) + low
        raise ValueError(
            f"{index.name} has not measured this point; allowed: those that it has, as "
            + ", ".join(str([round(float(v), 9) for v in row]) for row in measured)
        )
    if fit.sites.mixed_unknown[index.rows][here[0]]:
        raise ValueError(f"{index.name} has no mixed value at this point; allowed: one that has")
    return float(fit.sites.mixed[index.rows][here[0]])


def _rate(theta: FloatArray, index: SourceIndex, x: FloatArray) -> FloatArray:
    """``gamma + h . (x - 1/2)``, at least 0, shape ``(S,)``."""
    spread = np.exp(theta[:, index.log_spread])
    slope = spread[:, None] * theta[:, index.damping]
    rate: FloatArray = np.maximum(np.exp(theta[:, index.log_rate]) + slope @ (x - 0.5), 0.0)
    return rate
