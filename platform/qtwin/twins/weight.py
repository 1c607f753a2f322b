"""What one measurement means to the twin: whether it counts, what it changes, what its loss did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from qtwin.jobs.models import Measurement, Validity
from qtwin.twins.evidence import evidence_of_fit
from qtwin.twins.models import TwinFit
from qtwin.twins.predictor import client

MOST = 2000
"""Measurements of a fit up to which a page works out the weight of one."""


class Standing(StrEnum):
    """How the newest twin treats a measurement."""

    COUNTED = "counted"
    CONFLICT = "conflict"
    REPEATED = "repeated"
    REMOVED = "removed"
    CHECK = "check"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """``belief`` at its point ``with`` and ``without`` it, where it counts and that is known."""

    standing: Standing
    fit: TwinFit | None
    belief: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """The first version after a judgement that heeds it, and the belief before and since."""

    version: int
    before: dict[str, float]
    after: dict[str, float]


def measurement_weight(measurement: Measurement, *, valid: bool) -> Weight:
    """In the newest fit of its observable.

    Args:
        measurement: With its job.
        valid: What was thought of it last.

    Raises:
        PredictorFailed: If the twin cannot be asked.
    """
    fit = _fits(measurement).order_by("-version__number").first()
    standing = _standing(measurement, fit, valid=valid)
    belief = None
    if fit is not None and standing is Standing.COUNTED and len(fit.measurement_ids) <= MOST:
        evidence = evidence_of_fit(fit)
        row = [m.pk for m in evidence.measurements].index(measurement.pk)
        belief = client.influence(fit, evidence, [row], measurement.point)
    return Weight(standing=standing, fit=fit, belief=belief)


def measurement_consequence(measurement: Measurement, judged: Validity) -> Consequence | None:
    """What changed at its point once the twin had heeded a judgement; None until it has.

    Raises:
        PredictorFailed: If the twin cannot be asked.
    """
    fits = _fits(measurement)
    later = fits.filter(version__created_at__gt=judged.created_at).order_by("version__number")
    heeding = next((one for one in later if _has(one, measurement) == judged.valid), None)
    if heeding is None:
        return None
    earlier = fits.filter(version__number__lt=heeding.version.number)
    before = earlier.order_by("-version__number").first()
    if before is None or _has(before, measurement) == judged.valid:
        return None
    then, now = (client.predict(fit, [measurement.point]) for fit in (before, heeding))
    return Consequence(version=heeding.version.number, before=_one(then), after=_one(now))


def _fits(measurement: Measurement) -> Any:
    return TwinFit.objects.filter(
        version__twin__project=measurement.project_id, observable=measurement.observable_id
    ).select_related("version__twin__project", "observable", "artifact")


def _standing(measurement: Measurement, fit: TwinFit | None, *, valid: bool) -> Standing:
    if not valid:
        return Standing.REMOVED
    if measurement.job is not None and measurement.job.replay_of_id is not None:
        return Standing.CHECK
    if fit is None or measurement.created_at > fit.version.created_at:
        return Standing.WAITING
    if not _has(fit, measurement):
        return Standing.REPEATED if measurement.draw else Standing.WAITING
    name = measurement.source_revision.source.name
    for conflict in fit.conflicts:
        if (conflict["source"], conflict["epoch"]) == (name, measurement.epoch):
            return Standing.CONFLICT
    return Standing.COUNTED


def _has(fit: TwinFit, measurement: Measurement) -> bool:
    return str(measurement.pk) in fit.measurement_ids


def _one(answer: dict[str, Any]) -> dict[str, float]:
    return {name: float(answer[name][0]) for name in ("mean", "std")}
