"""The hyperparameters of a fit in the units of the data: posterior mean and spread of each.

Shapes: ``T`` samples, ``D`` controls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.star.parameters import SourceIndex
from qtwin.fusion.star.posterior import StarFit
from qtwin.fusion.star.shared import shared_part
from qtwin.fusion.unit import PURE
from qtwin.tables.spec import Spec

AMPLITUDES: Mapping[str, str] = {
    "log_amplitude": "bias",
    "log_own": "bias of its own of each noise gain",
    "log_epoch": "bias of its own of each epoch",
}


Samples = tuple[str, FloatArray, str]
"""Name, samples of shape ``(T,)`` and unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameter:
    """One hyperparameter.

    Attributes:
        source: Name of the source; None for the truth, and for the bias that several share.
        name: What it is.
        mean: Mean over the samples.
        spread: Standard deviation over them.
        unit: Of both.
    """

    source: str | None
    name: str
    mean: float
    spread: float
    unit: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)


def hyperparameters(fit: StarFit, spec: Spec) -> tuple[Hyperparameter, ...]:
    """All of them, those of the truth first."""
    theta, layout = fit.factors.theta, fit.layout
    truth = [
        *_lengths("length scale", theta[:, layout.log_length], spec),
        _size("amplitude", theta[:, layout.log_amplitude], fit, spec),
    ]
    if layout.trend is not None:
        truth += _slopes("log slope of the amplitude", theta[:, layout.trend], spec)
    if layout.shared is not None:
        truth += _lengths(
            "length scale of the shared bias", theta[:, layout.shared.log_length], spec
        )
    found: list[tuple[str | None, str, FloatArray, str]] = [(None, *each) for each in truth]
    for s, index in enumerate(layout.sources):
        found += [(index.name, *each) for each in _channel(theta, index, spec)]
        found += [(index.name, *each) for each in _bias(index, fit, spec)]
        if layout.shared is not None and s in layout.shared.sources:
            found.append((index.name, *_shared(s, fit)))
    return tuple(
        Hyperparameter(
            source=source,
            name=name,
            mean=float(np.mean(samples)),
            spread=float(np.std(samples)),
            unit=unit,
        )
        for source, name, samples, unit in found
    )


def _bias(index: SourceIndex, fit: StarFit, spec: Spec) -> Iterator[Samples]:
    theta = fit.factors.theta
    if index.log_length is not None:
        yield from _lengths("length scale of the bias", theta[:, index.log_length], spec)
    for place in index.log_amplitudes:
        name = fit.layout.names[place].removeprefix(f"{index.name}.")
        label = AMPLITUDES.get(name) or _of_knob(name)
        yield _size(label, theta[:, place], fit, spec)
    if index.trend is not None:
        yield from _slopes("log slope of the bias", theta[:, index.trend], spec)
    if index.log_jitter is not None:
        yield _size("jitter", theta[:, index.log_jitter], fit, spec)


def _shared(source: int, fit: StarFit) -> Samples:
    parts = [shared_part(theta, fit.layout, source) for theta in fit.factors.theta]
    return "shared part of the variance of the bias", np.array(parts), "1"


def _of_knob(name: str) -> str:
    kind, knob = name.split(".", 1)
    return f"bias by {knob}" if kind == "log_knob" else f"bias by {knob} beyond its powers"


def _lengths(name: str, logs: FloatArray, spec: Spec) -> Iterator[Samples]:
    """Length scales in the controls' units, from their logs over the unit cube, ``(T, D)``."""
    for d, control in enumerate(spec.controls):
        lengths = np.exp(logs[:, d]) * (control.upper - control.lower)
        yield f"{name} in {control.name}", lengths, control.unit


def _size(name: str, logs: FloatArray, fit: StarFit, spec: Spec) -> Samples:
    """An amplitude in the observable's unit, from its log in standardised units, ``(T,)``."""
    return name, np.exp(logs) * fit.scale.factor, spec.observable.unit


def _channel(theta: FloatArray, index: SourceIndex, spec: Spec) -> Iterator[Samples]:
    """``rho = scale exp(-G (rate + slope (x - middle)))``."""
    if index.scale is not None:
        yield "scale", theta[:, index.scale], "1"
    if index.log_scale is not None:
        yield "scale", np.exp(theta[:, index.log_scale]), "1"
    if index.log_rate is not None:
        yield "damping rate", np.exp(theta[:, index.log_rate]), "1 per noise gain"
    if index.damping is not None:
        spread = 1.0 if index.log_spread is None else np.exp(theta[:, [index.log_spread]])
        yield from _slopes("slope of the damping", spread * theta[:, index.damping], spec)


def _slopes(name: str, samples: FloatArray, spec: Spec) -> Iterator[Samples]:
    """Slopes over the controls, from those over the unit cube, shape ``(T, D)``."""
    for d, control in enumerate(spec.controls):
        unit = "1" if control.unit in PURE else f"1/{control.unit}"
        yield f"{name} in {control.name}", samples[:, d] / (control.upper - control.lower), unit
