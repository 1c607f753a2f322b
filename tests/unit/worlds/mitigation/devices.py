"""Devices of a normal kind, as a posterior."""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.systems.document import Document
from qtwin.worlds.mitigation.device import PARAMETERS
from qtwin.worlds.mitigation.world import MitigationWorld, read
from qtwin.worlds.posterior import Posterior

DOCUMENT: dict[str, Any] = {
    "kind": "mitigation",
    "schema_version": 1,
    "target": 0.02,
    "budget": 3e6,
    "shots": [100, 300_000],
}


def posterior(*, draws: int = 256, mixed: float = 0.1, seed: int = 0) -> Posterior:
    """Damping of 0.3 per gain, give or take a tenth; known within one percent at none."""
    rng = np.random.default_rng(seed)
    rows = np.column_stack(
        [
            rng.normal(0.6, 0.05, draws),
            np.full(draws, mixed),
            rng.normal(0.98, 0.01, draws),
            np.exp(rng.normal(np.log(0.3), 0.1, draws)),
            np.full(draws, 0.02),
            np.full(draws, 0.8),
        ]
    )
    return Posterior(
        names=PARAMETERS, units=("1",) * len(PARAMETERS), draws=rows, nominal=rows.mean(axis=0)
    )


def world(**changes: Any) -> MitigationWorld:
    """The world of `DOCUMENT` with changes; None leaves a field out."""
    fields = {k: v for k, v in (DOCUMENT | changes).items() if v is not None}
    return read(Document(fields), posterior())
