"""What a set of observations must satisfy before anything is computed."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import Observations, Role


def check_observations(data: Observations) -> None:
    """Refuse malformed observations with a message that names what is wrong.

    Raises:
        ValueError: Shapes disagree, a value is not finite, or a source is unknown.
    """
    _check_shapes(data)
    _check_sources(data)
    _check_values(data)


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


def _check_sources(data: Observations) -> None:
    names = [spec.name for spec in data.sources]
    if len(set(names)) != len(names):
        raise ValueError(f"source names are not unique: {sorted(names)}")
    if data.source.min() < 0 or data.source.max() >= len(names):
        raise ValueError(f"source index outside 0 to {len(names) - 1}")


def _check_values(data: Observations) -> None:
    device = np.array([spec.role is Role.DEVICE for spec in data.sources])[data.source]
    finite = {"x": data.x, "bounds": data.bounds, "y": data.y, "std": data.std}
    finite |= {"gain of a device": data.gain[device], "mixed_value": data.mixed_value[device]}
    for name, values in finite.items():
        if not np.all(np.isfinite(values)):
            raise ValueError(f"{name} has a value that is not finite")
    if np.any(data.std < 0.0):
        raise ValueError(f"std has a negative value: {float(data.std.min())!r}")
    if np.any(data.gain[device] < 0.0):
        raise ValueError(f"gain has a negative value: {float(data.gain[device].min())!r}")
    if np.any(data.bounds[:, 1] <= data.bounds[:, 0]):
        raise ValueError("bounds must have lower < upper for each control")
