"""How two fits of one observable differ over the range of the controls, in units of the old sigma.

Shapes: ``M`` grid points, ``D`` controls, ``L`` blocks of observations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Observations, Prediction
from qtwin.fusion.questions.influence import influence
from qtwin.fusion.questions.sequence import sequence
from qtwin.fusion.star.posterior import StarFit

LINE, BOX = 201, 512
"""Grid points over one control, and over several."""

_LEAST = 1e-9  # of the values' spread: an old sigma below counts as this, so that ratios are finite


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """A fit with the observations that it was made from.

    Attributes:
        fit: The fit.
        data: Its observations.
        blocks: Rows of ``data`` that only this fit has; the rows of a block are taken together.
    """

    fit: StarFit
    data: Observations
    blocks: Sequence[IntArray]


def grid(bounds: FloatArray) -> FloatArray:
    """Points that fill the range of the controls, bounds ``(D, 2)``, shape ``(M, D)``.

    Even on a line; in more dimensions a ``sequence``.
    """
    dimensions = len(bounds)
    if dimensions == 1:
        return np.linspace(bounds[0, 0], bounds[0, 1], LINE)[:, None]
    unit = sequence(BOX, dimensions)
    points: FloatArray = bounds[:, 0] + unit * (bounds[:, 1] - bounds[:, 0])
    return points


def difference(before: Evidence, after: Evidence) -> dict[str, Any]:
    """JSON values: the largest and the rms move, the change of sigma, and what moved it most.

    ``added`` and ``removed`` follow the blocks: how far each moved the prediction, in units of the
    old sigma, with everything else and the hyperparameters held. For a block that only the old fit
    has that is the move by its loss.
    """
    x = grid(after.fit.bounds)
    old, new = before.fit.predict(x), after.fit.predict(x)
    unit = np.maximum(old.std, _LEAST * before.fit.scale.factor)
    moved = (new.mean - old.mean) / unit
    ratio = new.std / unit
    return {
        "largest": _place(x, moved, old, new),
        "rms": float(np.sqrt(np.mean(moved**2))),
        "std_ratio": {
            "median": float(np.median(ratio)),
            "lowest": float(ratio.min()),
            "highest": float(ratio.max()),
        },
        "added": _moves(after, x, unit, sign=1.0),
        "removed": _moves(before, x, unit, sign=-1.0),
    }


def _place(x: FloatArray, moved: FloatArray, old: Prediction, new: Prediction) -> dict[str, Any]:
    worst = int(np.argmax(np.abs(moved)))
    return {
        "sigmas": float(moved[worst]),
        "at": x[worst].tolist(),
        "before": {"mean": float(old.mean[worst]), "std": float(old.std[worst])},
        "after": {"mean": float(new.mean[worst]), "std": float(new.std[worst])},
    }


def _moves(one: Evidence, x: FloatArray, unit: FloatArray, *, sign: float) -> list[dict[str, Any]]:
    if not len(one.blocks):
        return []
    moved = sign * influence(one.fit, one.data, one.blocks, x).mean
    found = []
    for row in moved:
        sigmas = row / unit
        worst = int(np.argmax(np.abs(sigmas)))
        found.append(
            {
                "sigmas": float(sigmas[worst]),
                "at": x[worst].tolist(),
                "by": float(row[worst]),
                "rms": float(np.sqrt(np.mean(sigmas**2))),
            }
        )
    return found
