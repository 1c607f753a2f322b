"""What a set of observations must satisfy before anything is computed."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray, Knob, Observations, Role, ShotGroup

_LARGEST = 1e100
"""Of the size of a value: squares beyond cannot be stored. The smallest is its inverse."""

_OUTSIDE = 10.0  # widths of the bounds that x may lie outside of them
_NARROWEST = 1e-6  # widths of the bounds that distinct x must span
_HIGHEST_GAIN = 100.0
_SIGMAS = 8.0  # that a reference may be outside of the physical bounds
_ROUNDING = 1e-6  # of its value that it may be


def check_observations(data: Observations) -> None:
    """Refuse malformed observations with a message that names what is wrong.

    Raises:
        ValueError: Shapes disagree, a value is not finite, or a source is unknown.
    """
    _check_shapes(data)
    _check_labels(data)
    _check_sources(data)
    _check_dampings(data)
    _check_values(data)
    _check_sizes(data)
    _check_bounds(data)
    _check_knobs(data)
    _check_drift(data)
    for group in data.groups:
        _check_group(data, group)
    shared = [row for group in data.groups for row in group.rows]
    if len(set(shared)) != len(shared):
        raise ValueError("a row is in two groups of shared shots")


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


def _check_labels(data: Observations) -> None:
    n = len(data.y)
    for name, values in data.knobs.items():
        if values.shape != (n,):
            raise ValueError(f"knob {name!r} has shape {values.shape}; expected ({n},)")
    for name in ("epoch", "branch"):
        if len(getattr(data, name)) not in (0, n):
            raise ValueError(f"{name} has {len(getattr(data, name))} labels; expected {n} or none")


def _check_sources(data: Observations) -> None:
    names = [spec.name for spec in data.sources]
    if len(set(names)) != len(names):
        raise ValueError(f"source names are not unique: {sorted(names)}")
    if not np.issubdtype(data.source.dtype, np.integer):
        raise ValueError(f"source holds {data.source.dtype}; expected whole numbers")
    if data.source.min() < 0 or data.source.max() >= len(names):
        raise ValueError(f"source index outside 0 to {len(names) - 1}")


def _check_dampings(data: Observations) -> None:
    for spec in data.sources:
        if spec.damping is None:
            continue
        value, error = spec.damping
        if not (np.isfinite(value) and np.isfinite(error) and error > 0.0):
            raise ValueError(f"source {spec.name!r} has damping {spec.damping!r}; expected r ± s")


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
    if np.any(data.gain[device] > _HIGHEST_GAIN):
        highest = float(data.gain[device].max())
        raise ValueError(f"gain has a value above {_HIGHEST_GAIN:g}: {highest!r}")


def _check_sizes(data: Observations) -> None:
    """Values whose squares overflow, or vanish although they are not 0."""
    bounds = np.array([bound for bound in data.value_bounds if np.isfinite(bound)])
    for name, values in {"y": data.y, "std": data.std, "value_bounds": bounds}.items():
        largest = float(np.abs(values).max(initial=0.0))
        if largest > _LARGEST:
            raise ValueError(f"{name} has a value too large for this unit: {largest!r}")
    largest = float(np.abs(data.y).max())
    if 0.0 < largest < 1.0 / _LARGEST:
        raise ValueError(f"y has only values too small for this unit: at most {largest!r}")
    noisy = data.std[data.std > 0.0]
    if noisy.size and noisy.min() < 1.0 / _LARGEST:
        raise ValueError(f"std is too small: {float(noisy.min())!r}; it is 0 for exact values")


def _check_bounds(data: Observations) -> None:
    low, high = data.bounds.T
    if np.any(high <= low):
        raise ValueError("bounds must have lower < upper for each control")
    with np.errstate(over="ignore"):
        outside = np.maximum(low - data.x, data.x - high) / (high - low)
        spanned = np.ptp(data.x, axis=0)
    if np.any(outside > _OUTSIDE):
        worst = float(data.x[np.unravel_index(np.argmax(outside), outside.shape)])
        raise ValueError(f"x has {worst!r}, more than {_OUTSIDE:g} widths outside of its bounds")
    distinct = spanned > 1e-9 * np.abs(data.x).max(axis=0)
    if np.any(distinct & (spanned < _NARROWEST * (high - low))):
        raise ValueError("bounds of a control are too wide to tell the points apart")
    lower, upper = data.value_bounds
    if not lower < upper:
        raise ValueError(f"value_bounds must have lower < upper: {lower!r} and {upper!r}")
    _check_references_inside(data)


def _check_references_inside(data: Observations) -> None:
    plain = [spec.role is Role.REFERENCE and not spec.knobs for spec in data.sources]
    rows = np.array(plain)[data.source]
    y, lower, upper = data.y[rows], *data.value_bounds
    room = _SIGMAS * data.std[rows] + _ROUNDING * np.abs(y)
    beyond = (y - room > upper) | (y + room < lower)
    if beyond.any():
        worst = float(y[beyond][0])
        raise ValueError(f"reference value {worst!r} is outside of {lower!r} to {upper!r}")


def _check_knobs(data: Observations) -> None:
    for s, spec in enumerate(data.sources):
        for knob in spec.knobs:
            if not np.isfinite(knob.order) or knob.order <= 0.0:
                raise ValueError(f"knob {knob.name!r} has order {knob.order!r}; it must be above 0")
            if np.isnan(knob.limit):
                raise ValueError(f"knob {knob.name!r} has no limit")
            _check_knob(data, s, knob)
        if len({knob.name for knob in spec.knobs}) != len(spec.knobs):
            raise ValueError(f"source {spec.name!r} has a knob twice")


def _check_knob(data: Observations, source: int, knob: Knob) -> None:
    name = data.sources[source].name
    values = data.knobs.get(knob.name, np.full(len(data.y), np.nan))[data.source == source]
    infinite = np.isinf(knob.limit) & np.isinf(values)
    if not np.all(np.isfinite(values) | infinite):
        raise ValueError(f"source {name!r} has rows without a value of its knob {knob.name!r}")
    if np.isinf(knob.limit) and np.any(values * np.sign(knob.limit) <= 0.0):
        raise ValueError(f"knob {knob.name!r} of source {name!r} must be above 0 on its way to ∞")
    with np.errstate(over="ignore", divide="ignore"):
        distance = knob.distance(values)
    if np.any(distance > _LARGEST):
        raise ValueError(f"knob {knob.name!r} of source {name!r} is too far from its limit")


def _check_drift(data: Observations) -> None:
    if data.drift is None:
        return
    if data.drift.shape != (len(data.y),):
        raise ValueError(f"drift has shape {data.drift.shape}; expected ({len(data.y)},)")
    if not np.all((data.drift >= 0.0) & (data.drift <= 1.0)):
        raise ValueError("drift has a value outside 0 to 1")
    device = np.array([spec.role is Role.DEVICE for spec in data.sources])[data.source]
    if np.any(data.drift[~device] > 0.0):
        raise ValueError("drift of a row that is not of a device")


def _check_group(data: Observations, group: ShotGroup) -> None:
    rows, covariance = np.asarray(group.rows), np.asarray(group.covariance)
    if rows.ndim != 1 or not len(rows):
        raise ValueError("a group of shared shots has no rows")
    if len(np.unique(rows)) != len(rows):
        raise ValueError("a group of shared shots names a row twice")
    if rows.min() < 0 or rows.max() >= len(data.y):
        raise ValueError(f"a group of shared shots names a row outside 0 to {len(data.y) - 1}")
    if covariance.shape != (len(rows), len(rows)):
        raise ValueError(f"covariance of a group has shape {covariance.shape}; {len(rows)} rows")
    _check_covariance(covariance, data.std[rows])


def _check_covariance(covariance: FloatArray, std: FloatArray) -> None:
    if not np.all(np.isfinite(covariance)):
        raise ValueError("covariance of a group has a value that is not finite")
    if not np.allclose(covariance, covariance.T, rtol=1e-9, atol=0.0):
        raise ValueError("covariance of a group is not symmetric")
    if not np.allclose(np.diag(covariance), std**2, rtol=1e-6, atol=0.0):
        raise ValueError("covariance of a group differs from std**2 on its diagonal")
    scale = np.sqrt(np.diag(covariance))
    if np.any(scale <= 0.0):
        raise ValueError("a row that shares shots has no statistical error")
    if np.linalg.eigvalsh(covariance / np.outer(scale, scale)).min() <= 1e-10:
        raise ValueError("covariance of a group is not positive definite")
