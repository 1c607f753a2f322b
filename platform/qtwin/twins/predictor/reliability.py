"""How far a fit can be trusted, for the predictor process: JSON out."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from qtwin.fusion.base import FloatArray, Prediction
from qtwin.fusion.questions.holding_out import doubted, held_out
from qtwin.fusion.questions.trust import trust
from qtwin.fusion.star.posterior import StarFit

DOUBTED_Z = 3.0
MOST_DOUBTED = 20


def reliability(fit: StarFit) -> dict[str, Any]:
    """Each reference from all other measurements, and the measurements that the others doubt."""
    return {
        "held_out": [asdict(row) for row in held_out(fit)],
        "doubted": [asdict(row) for row in doubted(fit, DOUBTED_Z)[:MOST_DOUBTED]],
    }


def trusted(fit: StarFit, points: FloatArray, said: Prediction) -> dict[str, Any]:
    """By point; the distance to the nearest reference is null where there is none."""
    found = trust(fit, points, said.std)
    return {
        "standing": list(map(str, found.standing)),
        "evidence": found.evidence.tolist(),
        "reference": [far if math.isfinite(far) else None for far in found.reference.tolist()],
        "relative": found.relative.tolist(),
    }
