"""What a set of observations must satisfy before anything is computed."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import Knob, Observations, Role, ShotGroup


def check_observations(data: Observations) -> None:
    """Refuse malformed observations with a message that names what is wrong.

    Raises:
        ValueError: Shapes disagree, a value is not finite, or a source is unknown.
    """
    _check_shapes(data)
    _check_sources(data)
    _check_values(data)
    _check_knobs(data)
    for group in data.groups:
        _check_group(data, group)


def _check_shapes(data: Observations) -> None:
    n = len(data.y)
    if n == 0:
        raise ValueError("no observations: a fit needs at least one measurement")
    if data.x.ndim != 2 or data.x.shape[0] != n or data.x.shape[1] < 1:
        raise ValueError(f"x has shape {data.x.shape}; expected ({n}, D) with D of at least 1")
    if data.bounds.shape != (data.x.shape[1], 2):
        raise ValueError(f"bounds has shape {data.bounds.shape}; expected ({data.x.shape[1]}, 2)")
    for name in ("std", "source", "gain", "mixed_value"):
        if getattr(data, name).shape != (n,):
            raise ValueError(f"{name} has shape {getattr(data, name).shape}; expected ({n},)")
    for name in ("epoch", "branch"):
        if len(getattr(data, name)) not in (0, n):
            raise ValueError(f"{name} has {len(getattr(data, name))} labels; expected {n} or none")


def _check_sources(data: Observations) -> None:
    names = [spec.name for spec in data.sources]
    if len(set(names)) != len(names):
        raise ValueError(f"source names are not unique: {sorted(names)}")
    if data.source.min() < 0 or data.source.max() >= len(names):
        raise ValueError(f"source index outside 0 to {len(names) - 1}")


def _check_values(data: Observations) -> None:
    device = np.array([spec.role is Role.DEVICE for spec in data.sources])[data.source]
    finite = {"x": data.x, "bounds": data.bounds, "y": data.y, "std": data.std}
    finite |= {"gain of a device": data.gain[device]}
    for name, values in finite.items():
        if not np.all(np.isfinite(values)):
            raise ValueError(f"{name} has a value that is not finite")
    if np.any(np.isinf(data.mixed_value[device])):
        raise ValueError("mixed_value has a value that is infinite")
    if np.any(data.std < 0.0):
        raise ValueError(f"std has a negative value: {float(data.std.min())!r}")
    if np.any(data.gain[device] < 0.0):
        raise ValueError(f"gain has a negative value: {float(data.gain[device].min())!r}")
    if np.any(data.bounds[:, 1] <= data.bounds[:, 0]):
        raise ValueError("bounds must have lower < upper for each control")


def _check_knobs(data: Observations) -> None:
    for s, spec in enumerate(data.sources):
        for knob in spec.knobs:
            if not np.isfinite(knob.order) or knob.order <= 0.0:
                raise ValueError(f"knob {knob.name!r} has order {knob.order!r}; it must be above 0")
            if np.isnan(knob.limit):
                raise ValueError(f"knob {knob.name!r} has no limit")
            _check_knob(data, s, knob)


def _check_knob(data: Observations, source: int, knob: Knob) -> None:
    name = data.sources[source].name
    values = data.knobs.get(knob.name, np.full(len(data.y), np.nan))[data.source == source]
    infinite = np.isinf(knob.limit) & np.isinf(values)
    if not np.all(np.isfinite(values) | infinite):
        raise ValueError(f"source {name!r} has rows without a value of its knob {knob.name!r}")
    if np.isinf(knob.limit) and np.any(values * np.sign(knob.limit) <= 0.0):
        raise ValueError(f"knob {knob.name!r} of source {name!r} must be above 0 on its way to ∞")


def _check_group(data: Observations, group: ShotGroup) -> None:
    rows, covariance = np.asarray(group.rows), np.asarray(group.covariance)
    if rows.ndim != 1 or len(np.unique(rows)) != len(rows):
        raise ValueError("a group of shared shots names a row twice")
    if rows.size and (rows.min() < 0 or rows.max() >= len(data.y)):
        raise ValueError(f"a group of shared shots names a row outside 0 to {len(data.y) - 1}")
    if covariance.shape != (len(rows), len(rows)):
        raise ValueError(f"covariance of a group has shape {covariance.shape}; {len(rows)} rows")
    if not np.allclose(covariance, covariance.T, rtol=1e-9, atol=0.0):
        raise ValueError("covariance of a group is not symmetric")
    if not np.allclose(np.diag(covariance), data.std[rows] ** 2, rtol=1e-6, atol=0.0):
        raise ValueError("covariance of a group differs from std**2 on its diagonal")
    scale = np.sqrt(np.diag(covariance))
    if np.any(scale <= 0.0):
        raise ValueError("a row that shares shots has no statistical error")
    if np.linalg.eigvalsh(covariance / np.outer(scale, scale)).min() <= 1e-10:
        raise ValueError("covariance of a group is not positive definite")
