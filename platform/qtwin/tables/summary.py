"""What a fit is worth: who was heard, what is claimed, how well it does, what is odd."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from qtwin.fusion.version import FUSION_VERSION
from qtwin.tables.fuse import Fused
from qtwin.tables.hyperparameters import hyperparameters
from qtwin.tables.notes import notes


def summary(fused: Fused) -> dict[str, Any]:
    """JSON values only.

    ``calibration_factor`` is the factor c² on variances; ``nu`` is null when the interval is not
    Student's t; hyperparameters have their posterior mean and spread in the units of the data.
    """
    seen, first, wanted = fused.data.observations, fused.first, fused.spec.observable
    return {
        "schema_version": 1,
        "observable": {
            "name": wanted.name,
            "unit": wanted.unit,
            "bounds": [_finite(wanted.lower), _finite(wanted.upper)],
            "variational": wanted.variational,
        },
        "rows": len(seen.y),
        "distinct": len(fused.fit.sites.y),
        "sources": [_source(fused, index) for index in range(len(fused.spec.sources))],
        "references": first.references,
        "claim": first.claim.value,
        "interval": _interval(fused),
        "nu": first.nu,
        "calibration_factor": first.c2,
        "leave_one_out": dict(fused.fit.scores()),
        "conflicts": [asdict(found) for found in fused.fit.conflicts],
        "hyperparameters": [each.to_dict() for each in hyperparameters(fused.fit, fused.spec)],
        "warnings": notes(fused),
        "seed": fused.seed,
        "fusion_version": FUSION_VERSION,
    }


def _source(fused: Fused, index: int) -> dict[str, Any]:
    source, seen = fused.spec.sources[index], fused.data.observations
    share = float(np.mean(np.abs(fused.table[f"share_{source.name}"])))
    return {
        "name": source.name,
        "role": source.role.value,
        "rows": int((seen.source == index).sum()),
        "mean_absolute_share": share,
    }


def _interval(fused: Fused) -> str:
    if fused.first.nu is not None:
        return "student-t"
    return "jackknife+" if fused.fit.rule.jackknife else "gaussian"


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
