"""What measurements say about the parameters of a world: a small histogram of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
from django.utils.safestring import SafeString

from qtwin.drawing.plot.spread import spread_drawn
from qtwin.projects.models import Artifact
from qtwin.projects.services import artifact_read
from qtwin.projects.storage import Corrupt
from qtwin.training.models import World
from qtwin.web.drawings import markup
from qtwin.web.headline import symbol
from qtwin.web.numbers import sigmas, significant, uncertain
from qtwin.worlds.posterior import Posterior, read_posterior

KEPT = 64
MOST_DRAWS = 4000
"""That a histogram counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A row of the table, ready to print; ``off`` is how far the nominal value is away."""

    name: str
    nominal: str
    learned: str
    between: str
    off: str
    picture: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The parameters, or why they cannot be shown."""

    draws: int
    rows: list[Parameter]
    problem: str = ""


def spread_of(world: World) -> Spread | None:
    """None of a world whose parameters are nominal."""
    if world.posterior is None:
        return None
    try:
        return _kept(world.posterior.pk)
    except (OSError, ValueError, Corrupt):
        return Spread(draws=0, rows=[], problem="The file of the draws is lost or damaged.")


@lru_cache(maxsize=KEPT)
def _kept(artifact: UUID) -> Spread:
    posterior = read_posterior(artifact_read(Artifact.objects.get(pk=artifact)))
    rows = [_row(posterior, at) for at in range(len(posterior.names))]
    return Spread(draws=len(posterior.draws), rows=rows)


def _row(posterior: Posterior, at: int) -> Parameter:
    draws, nominal = posterior.draws[:, at], float(posterior.nominal[at])
    name, unit = posterior.names[at].replace("_", " "), symbol(posterior.units[at])
    mean, std = float(draws.mean()), float(draws.std())
    low, high = (float(q) for q in np.quantile(draws, [0.025, 0.975]))
    figures = 4
    return Parameter(
        name=f"{name} / {unit}" if unit else name,
        nominal=significant(nominal, figures),
        learned=uncertain(mean, std),
        between=f"{significant(low, figures)} to {significant(high, figures)}",
        off=sigmas((nominal - mean) / std, signed=True) if std else "–",
        picture=markup(spread_drawn(name, draws[:MOST_DRAWS].tolist(), nominal)),
    )
