"""What measurements say about the parameters of a system: weightless draws of them, with units.

The randomisation of a world is this and nothing else. ``K`` parameters, ``S`` draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.archive import pack, unpack

KIND = "posterior"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """Draws of the parameters of a system.

    Attributes:
        names: Of the parameters, length K.
        units: Canonical units, length K.
        draws: Shape ``(S, K)``.
        nominal: What the system's document says, or its maker, shape ``(K,)``.
        facts: Where it comes from, as plain JSON: evidence digest, twin version, diagnostics.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    draws: FloatArray
    nominal: FloatArray
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        width = len(self.names)
        if len(set(self.names)) != width or len(self.units) != width:
            raise ValueError(f"names and units of {width} different parameters are needed")
        if self.draws.ndim != 2 or self.draws.shape[1] != width or len(self.draws) == 0:
            raise ValueError(f"draws have shape {self.draws.shape}; allowed: (S >= 1, {width})")
        if self.nominal.shape != (width,):
            raise ValueError(f"nominal has shape {self.nominal.shape}; allowed: ({width},)")
        if not (np.isfinite(self.draws).all() and np.isfinite(self.nominal).all()):
            raise ValueError("draws and nominal values must be finite")

    def column(self, name: str) -> FloatArray:
        """Draws of one parameter, shape ``(S,)``.

        Raises:
            KeyError: There is no such parameter.
        """
        if name not in self.names:
            raise KeyError(f"no parameter {name!r}; allowed: {', '.join(self.names)}")
        drawn: FloatArray = self.draws[:, self.names.index(name)]
        return drawn

    def mean(self) -> FloatArray:
        """Shape ``(K,)``."""
        mean: FloatArray = self.draws.mean(axis=0)
        return mean

    def pick(self, rng: np.random.Generator, count: int) -> FloatArray:
        """Draws with replacement, shape ``(count, K)``."""
        picked: FloatArray = self.draws[rng.integers(len(self.draws), size=count)]
        return picked


def dump_posterior(posterior: Posterior) -> bytes:
    """The same bytes for the same posterior: arrays and JSON, no pickle."""
    meta = {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "names": posterior.names,
        "units": posterior.units,
        "facts": dict(posterior.facts),
    }
    return pack(meta, {"draws": posterior.draws, "nominal": posterior.nominal})


def read_posterior(blob: bytes) -> Posterior:
    """Read what ``dump_posterior`` wrote.

    Raises:
        ValueError: The bytes are no posterior, or one of a newer version.
    """
    meta, arrays = unpack(blob, kind=KIND, schema_version=SCHEMA_VERSION)
    try:
        return Posterior(
            names=tuple(meta["names"]),
            units=tuple(meta["units"]),
            draws=np.asarray(arrays["draws"], dtype=np.float64),
            nominal=np.asarray(arrays["nominal"], dtype=np.float64),
            facts=meta["facts"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"these bytes are no {KIND}: {error}") from error
