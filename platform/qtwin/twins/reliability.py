"""How often the intervals of a fit hold, and which of its measurements disagree."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from qtwin.jobs.models import Measurement
from qtwin.projects.models import Control
from qtwin.twins.models import TwinFit
from qtwin.twins.predictor import client

log = logging.getLogger(__name__)

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_NORMAL_95 = 1.959963984540054
_SAME_X = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Of one fit; rows as ``fusion.questions.holding_out`` says them.

    ``held_out`` has each reference, predicted from all the other measurements; ``doubted`` the
    measurements that all others contradict, the worst first.
    """

    held_out: list[dict[str, Any]]
    doubted: list[dict[str, Any]]


def fit_reliability(fit: TwinFit) -> Reliability | None:
    """None where the predictor cannot answer now."""
    try:
        return Reliability(**client.reliability(fit))
    except client.PredictorFailed as error:
        log.warning("the reliability of fit %s is not known: %s", fit.pk, error)
        return None


def coverage(levels: Sequence[float]) -> list[dict[str, Any]]:
    """How many held-out references lie within each nominal interval.

    ``lower`` and ``upper`` bound the true share with 95 % (Wilson's score interval, 1927), as if
    references were independent. Empty without references.

    Args:
        levels: Of each reference, the probability of the least interval that holds it.
    """
    found: list[dict[str, Any]] = []
    for nominal in LEVELS if levels else ():
        held = sum(level <= nominal for level in levels)
        lower, upper = _wilson(held, len(levels))
        found.append(
            {"nominal": nominal, "held": held, "of": len(levels), "lower": lower, "upper": upper}
        )
    return found


def conflicts(fit: TwinFit, doubted: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Calibration epochs that were left out, then measurements that the others contradict.

    Each names its source, where it was measured, by how many σ it is off, and the jobs.
    """
    named = {row["source"] for row in [*fit.conflicts, *doubted]}
    if not named:
        return []
    measurements = _measurements(fit, named)
    controls = list(fit.version.twin.project.controls.all())
    found = []
    for epoch in fit.conflicts:
        rows = [m for m in measurements if _is_of(m, epoch["source"], epoch["epoch"])]
        found.append({**_conflict("epoch", epoch, rows), "left_out": True})
    for row in doubted:
        rows = [m for m in measurements if _is_that(m, row, controls)]
        said = {name: row[name] for name in ("value", "mean", "std")}
        found.append({**_conflict("measurement", row, rows), **said, "left_out": False})
    return found


def _measurements(fit: TwinFit, sources: Collection[str]) -> list[Measurement]:
    """Those that the fit was made from, of these sources."""
    rows = Measurement.objects.filter(
        pk__in=fit.measurement_ids, source_revision__source__name__in=sources
    )
    return list(rows.select_related("source_revision__source").order_by("pk"))


def _conflict(kind: str, row: dict[str, Any], rows: Sequence[Measurement]) -> dict[str, Any]:
    labels = [m.source_revision.source.label for m in rows]
    return {
        "kind": kind,
        "source": row["source"],
        "label": labels[0] if labels else row["source"],
        "epoch": row["epoch"],
        "z": row["z"],
        "value": None,
        "mean": None,
        "std": None,
        "points": _once(m.point for m in rows),
        "jobs": _once(str(m.job_id) for m in rows if m.job_id),
        "measurements": len(rows),
    }


def _is_of(measurement: Measurement, source: str, epoch: str) -> bool:
    return measurement.source_revision.source.name == source and measurement.epoch == epoch


def _is_that(measurement: Measurement, row: dict[str, Any], controls: Sequence[Control]) -> bool:
    """Whether it is of the place of a row, by the same source in the same way."""
    return (
        _is_of(measurement, row["source"], row["epoch"])
        and float(measurement.knobs.get("noise_gain", 1.0)) == row["gain"]
        and all(
            round((a - b) / (control.upper - control.lower), _SAME_X) == 0
            for a, b, control in zip(measurement.point, row["x"], controls, strict=True)
        )
    )


def _once(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _wilson(held: int, of: int) -> tuple[float, float]:
    share, z2 = held / of, _NORMAL_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = _NORMAL_95 * sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)
