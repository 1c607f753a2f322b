"""What may differ between episodes: parameters of a driven system, its noise and its readout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backends.dynamics.driven import Quantity
from backends.errors import ProgramRejected
from qtwin.fusion.base import FloatArray
from qtwin.worlds.posterior import Posterior

FROZEN = ("site_detuning", "position_jitter")
"""Noise that is the same throughout a shot and differs between shots."""
DEPHASING = "dephasing"
NOISE = (*FROZEN, DEPHASING)
"""What one evolution does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truths:
    """What the truths of episodes are drawn from: ``S`` draws of ``P`` parameters.

    Attributes:
        names: Length P.
        draws: Shape ``(S, P)``.
        nominal: Shape ``(P,)``.
    """

    names: tuple[str, ...]
    draws: FloatArray
    nominal: FloatArray

    @classmethod
    def of(cls, quantities: Sequence[Quantity], posterior: Posterior | None) -> Truths:
        """Those of a posterior, with the nominal value of each quantity that it does not name.

        Raises:
            ProgramRejected: The posterior has a parameter that the system has not, or one in
                another unit or with a value that has no sense.
        """
        known = {quantity.name: quantity for quantity in quantities}
        names = tuple(known)
        nominal = np.array([quantity.nominal for quantity in quantities])
        if posterior is None:
            return cls(names=names, draws=nominal[None], nominal=nominal)
        draws = np.tile(nominal, (len(posterior.draws), 1))
        for place, (name, unit) in enumerate(zip(posterior.names, posterior.units, strict=True)):
            column, one = posterior.column(name), posterior.nominal[place]
            if name not in known:
                raise ProgramRejected(
                    f"unknown parameter {name!r}; allowed: {', '.join(names)}",
                    field=f"/posterior/{name}",
                )
            _check(known[name], unit, np.append(column, one))
            draws[:, names.index(name)] = column
            nominal[names.index(name)] = one
        return cls(names=names, draws=draws, nominal=nominal)

    def has(self, *names: str) -> bool:
        """Whether some truth has one of these parameters, where it has them at all, not at 0."""
        places = [self.names.index(name) for name in names if name in self.names]
        return bool(self.draws[:, places].any() or self.nominal[places].any())

    def columns(self, truths: FloatArray) -> dict[str, FloatArray]:
        """Truths of shape ``(B, P)`` by name, each ``(B,)``."""
        return {name: truths[:, place] for place, name in enumerate(self.names)}

    def check(self, truths: FloatArray) -> None:
        """Refuse values of another shape.

        Raises:
            ValueError: Names the shape and what is allowed.
        """
        if truths.ndim != 2 or truths.shape[1] != len(self.names):
            raise ValueError(
                f"parameters have shape {truths.shape}; allowed: (B, {len(self.names)}), columns "
                f"{', '.join(self.names)}"
            )
        if not np.isfinite(truths).all():
            raise ValueError("parameters are not all finite; allowed: finite numbers")


def span(name: str) -> tuple[float, float]:
    """Between which a parameter has a sense."""
    if name.startswith("false_"):
        return 0.0, 1.0
    return (0.0 if name in NOISE or name.endswith("_scale") else -np.inf), np.inf


def _check(known: Quantity, unit: str, values: FloatArray) -> None:
    name, field = known.name, f"/posterior/{known.name}"
    if unit != known.unit:
        raise ProgramRejected(f"{name} in {unit!r}; allowed: {known.unit}", field=field)
    lower, upper = span(name)
    for value in values[(values < lower) | (values > upper)]:
        raise ProgramRejected(
            f"{name} = {value:g} {unit}; allowed: {lower:g} to {upper:g}", field=field
        )
