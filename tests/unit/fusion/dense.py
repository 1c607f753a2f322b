"""The star model over single observations, written anew: no sites, no merging, no factors.

Every pair of observations is looked at on its own, as the formulas of the model say it. Slow and
plain on purpose: it is what the fast code is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, Observations, Role


@dataclass(frozen=True, kw_only=True)
class Row:
    """One observation; ``u`` in units of the bounds, distances of knobs in units of the largest."""

    source: str
    role: Role
    learn_scale: bool
    u: FloatArray
    gain: float
    mixed: float
    distance: Mapping[str, float]
    epoch: str
    branch: str

    @property
    def site(self) -> tuple[object, ...]:
        """What repeats have in common."""
        place = tuple(np.round(self.u, 9))
        knobs = tuple(sorted(self.distance.items()))
        unknown = bool(np.isnan(self.mixed))
        return (self.source, place, self.gain, knobs, self.epoch, self.branch, unknown)


@dataclass(frozen=True, kw_only=True)
class Dense:
    """Posterior of the truth, and the variance of it that each cause makes up."""

    mean: FloatArray
    variance: FloatArray
    shot: FloatArray
    jitter: FloatArray
    bias: Mapping[str, FloatArray]
    shared: FloatArray
    log_likelihood: float


def dense(data: Observations, theta: Mapping[str, float], points: FloatArray) -> Dense:
    """Condition all observations, one by one, at hyperparameters by name."""
    rows = _rows(data)
    n = len(rows)
    rho = np.array([_rho(row, rows, theta) for row in rows])
    stated = np.array([0.0 if np.isnan(row.mixed) else row.mixed for row in rows])
    truth = np.array([[_truth(a.u, b.u, theta) for b in rows] for a in rows])
    bias = {
        name: np.array([[_bias(a, b, name, rows, theta) for b in rows] for a in rows])
        for name in sorted({row.source for row in rows})
    }
    shared = np.array([[_shared(a, b, theta) for b in rows] for a in rows])
    jitter = np.array([[_jitter(a, b, theta) for b in rows] for a in rows])
    shot = np.diag(data.std**2)
    for group in data.groups:
        shot[np.ix_(group.rows, group.rows)] = group.covariance
    gram = np.outer(rho, rho) * truth + sum(bias.values(), shared) + jitter + shot
    low, high = data.bounds.T
    at = (points - low) / (high - low)
    cross = np.array(
        [[r * _truth(row.u, u, theta) for u in at] for row, r in zip(rows, rho, strict=True)]
    )
    weights = np.linalg.solve(gram, cross)
    residual = data.y - (1.0 - rho) * stated

    def part(matrix: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("nm,nk,km->m", weights, matrix, weights))

    prior = np.array([_truth(u, u, theta) for u in at])
    sign, log_determinant = np.linalg.slogdet(gram)
    assert sign > 0
    fit = residual @ np.linalg.solve(gram, residual)
    return Dense(
        mean=weights.T @ residual,
        variance=prior - np.einsum("nm,nm->m", cross, weights),
        shot=part(shot),
        jitter=part(jitter),
        bias={name: part(matrix) for name, matrix in bias.items()},
        shared=part(shared),
        log_likelihood=-0.5 * float(fit + log_determinant + n * np.log(2 * np.pi)),
    )


def _unless_known(unknown: bool) -> float:
    """What a source reads at 0 when its scale is learned is unknown."""
    return float("nan") if unknown else 0.0


def _rows(data: Observations) -> list[Row]:
    low, high = data.bounds.T
    rows = []
    for i, s in enumerate(data.source):
        spec = data.sources[s]
        device = spec.role is Role.DEVICE
        of_source = data.source == s
        distance = {}
        for knob in spec.knobs:
            values = knob.distance(data.knobs[knob.name])
            distance[knob.name] = float(values[i] / values[of_source].max())
        rows.append(
            Row(
                source=spec.name,
                role=spec.role,
                learn_scale=spec.learn_scale,
                u=(data.x[i] - low) / (high - low),
                gain=float(data.gain[i]) if device else 1.0,
                mixed=float(data.mixed_value[i]) if device else _unless_known(spec.learn_scale),
                distance=distance,
                epoch=data.epoch[i] if data.epoch and device else "",
                branch=data.branch[i] if data.branch and spec.role is not Role.REFERENCE else "",
            )
        )
    return rows


def _matern(a: FloatArray, b: FloatArray, name: str, theta: Mapping[str, float]) -> float:
    lengths = np.exp([theta[f"{name}.log_length[{d}]"] for d in range(len(a))])
    r = float(np.sqrt(np.sum(((a - b) / lengths) ** 2)))
    return float((1 + np.sqrt(5) * r + 5 * r**2 / 3) * np.exp(-np.sqrt(5) * r))


def _truth(a: FloatArray, b: FloatArray, theta: Mapping[str, float]) -> float:
    trend = np.array([theta[f"truth.trend[{d}]"] for d in range(len(a))])
    size = np.exp(2 * theta["truth.log_amplitude"] + (a - 0.5) @ trend + (b - 0.5) @ trend)
    return float(4 + size * _matern(a, b, "truth", theta))


def _rho(row: Row, rows: list[Row], theta: Mapping[str, float]) -> float:
    if row.role is not Role.DEVICE:
        return float(np.exp(theta[f"{row.source}.log_scale"])) if row.learn_scale else 1.0
    slope = np.array([theta[f"{row.source}.damping[{d}]"] for d in range(len(row.u))])
    if len({other.gain for other in rows if other.source == row.source}) == 1:
        return float(theta[f"{row.source}.scale"] * np.exp(-(row.u - 0.5) @ slope))
    slope = slope * np.exp(theta[f"{row.source}.log_spread"])
    rate = np.exp(theta[f"{row.source}.log_rate"]) + (row.u - 0.5) @ slope
    return float(theta[f"{row.source}.scale"] * np.exp(-row.gain * rate))


def _bias(a: Row, b: Row, name: str, rows: list[Row], theta: Mapping[str, float]) -> float:
    """Covariance of what one source adds to the truth."""
    if a.source != name or b.source != name:
        return 0.0
    found = 0.0
    if np.isnan(a.mixed) and np.isnan(b.mixed):
        found += 9.0 * (1 - _rho(a, rows, theta)) * (1 - _rho(b, rows, theta))
    squares = _squared_amplitudes(a, b, theta)
    if a.branch != b.branch or squares == 0.0:
        return found
    trend = np.array([theta[f"{name}.trend[{d}]"] for d in range(len(a.u))])
    size = np.exp((a.u - 0.5) @ trend + (b.u - 0.5) @ trend)
    return found + float(size * (1 + _matern(a.u, b.u, name, theta)) * squares)


def _squared_amplitudes(a: Row, b: Row, theta: Mapping[str, float]) -> float:
    """Of all causes of bias that two observations of one source share."""
    name, squares = a.source, 0.0
    if a.role is not Role.REFERENCE:
        squares += (1 - _part(name, theta)) * np.exp(2 * theta[f"{name}.log_amplitude"])
    if f"{name}.log_own" in theta and a.gain == b.gain:
        squares += np.exp(2 * theta[f"{name}.log_own"])
    if f"{name}.log_epoch" in theta and a.epoch == b.epoch:
        squares += np.exp(2 * theta[f"{name}.log_epoch"])
    for knob in a.distance:
        product = a.distance[knob] * b.distance[knob]
        # leading order, and the next with half the amplitude
        squares += np.exp(2 * theta[f"{name}.log_knob.{knob}"]) * product * (1 + product / 4) / 1.25
        nearer = min(a.distance[knob], b.distance[knob])
        squares += np.exp(2 * theta[f"{name}.log_rough.{knob}"]) * nearer**2
    return float(squares)


def _part(name: str, theta: Mapping[str, float]) -> float:
    """Of the variance of a source's error, that others have too."""
    if f"{name}.logit_shared" not in theta:
        return 0.0
    return float(1 / (1 + np.exp(-theta[f"{name}.logit_shared"])))


def _shared(a: Row, b: Row, theta: Mapping[str, float]) -> float:
    """Covariance of the error that approximations have in common."""
    size = 1.0
    for row in (a, b):
        amplitude = np.sqrt(_part(row.source, theta))
        if amplitude == 0.0:
            return 0.0
        trend = [theta[f"{row.source}.trend[{d}]"] for d in range(len(row.u))]
        log = theta[f"{row.source}.log_amplitude"] + (row.u - 0.5) @ np.array(trend)
        size *= amplitude * np.exp(log)
    return float(size * (1 + _matern(a.u, b.u, "shared bias", theta)))


def _jitter(a: Row, b: Row, theta: Mapping[str, float]) -> float:
    """Shared by repeats of one site."""
    if a.site != b.site:
        return 0.0
    own = 0.0 if a.role is Role.REFERENCE else np.exp(2 * theta[f"{a.source}.log_jitter"])
    return float(own + 1e-8)
