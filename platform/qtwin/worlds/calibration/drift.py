"""A posterior of the time of its data, widened by how a machine changes from run to run.

Data tell what a machine was. What it will be when a policy meets it differs by its drift, which its
maker states; the randomisation of a world is both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from qtwin.worlds.posterior import Posterior


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How one parameter changes.

    Attributes:
        std: Standard deviation from run to run, in the parameter's unit; of a scale a share of it.
        unit: Of a parameter that the posterior does not have.
        nominal: Likewise.
        held: Whether ``std`` is the parameter itself, as of the spread of atoms' detunings, and
            not what is added to it.
        source: Where it comes from, for people.
    """

    std: float
    unit: str = "dimensionless"
    nominal: float = 0.0
    held: bool = False
    source: str = ""


def drifted(posterior: Posterior, drifts: Mapping[str, Drift], seed: int) -> Posterior:
    """The posterior with the drift of each draw, drawn anew.

    Raises:
        ValueError: A drift is negative or not finite, or the unit is not the posterior's.
    """
    rng = np.random.default_rng(seed)
    names, units = list(posterior.names), list(posterior.units)
    columns = dict(zip(names, posterior.draws.T, strict=True))
    nominal = dict(zip(names, posterior.nominal, strict=True))
    for name, drift in drifts.items():
        if not 0 <= drift.std < np.inf:
            raise ValueError(f"drift of {name} is {drift.std!r}; allowed: finite, 0 or more")
        if name not in columns:
            names.append(name)
            units.append(drift.unit)
            nominal[name] = drift.nominal
            columns[name] = np.full(len(posterior.draws), drift.nominal)
        if units[names.index(name)] != drift.unit:
            wanted = units[names.index(name)]
            raise ValueError(f"drift of {name} is in {drift.unit!r}; allowed: {wanted}")
        if drift.held:
            columns[name] = np.full(len(posterior.draws), drift.std)
        else:
            columns[name] = columns[name] + drift.std * rng.standard_normal(len(posterior.draws))
    told = {
        name: {"std": drift.std, "held": drift.held, "source": drift.source}
        for name, drift in drifts.items()
    }
    return replace(
        posterior,
        names=tuple(names),
        units=tuple(units),
        draws=np.stack([columns[name] for name in names], axis=1),
        nominal=np.array([nominal[name] for name in names]),
        facts={**posterior.facts, "drift": told, "drift_seed": seed},
    )
