"""The device of a project, and the point at which most is known of its noise."""

from __future__ import annotations

from collections import defaultdict
from math import sqrt
from typing import Any

from qtwin.fusion.base import Role
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.twins.knobs import NOISE_GAIN

MOST = 5000
"""Measurements that are looked at."""


def device_of(project: Project) -> dict[str, Any]:
    """The field ``device`` of a mitigation world: what was measured at the most noise gains.

    Of a project without such a device, one at the middle of the controls' ranges.
    """
    rows = Measurement.objects.filter(
        project=project, source_revision__source__role=Role.DEVICE, std__gt=0
    ).order_by("created_at")
    found = rows.values_list(
        "source_revision__source__name", "point", "unit", "std", "shots", "knobs"
    )
    gains: dict[tuple[str, tuple[float, ...], str], set[float]] = defaultdict(set)
    deviations: dict[tuple[str, tuple[float, ...], str], float] = {}
    for source, point, unit, std, shots, knobs in found[:MOST]:
        key, gain = (source, tuple(point), unit), float(knobs.get(NOISE_GAIN, 1.0))
        gains[key].add(gain)
        if shots and gain == 1.0:
            deviations[key] = std * sqrt(shots)
    if not gains:
        return _anywhere(project)
    best = max(gains, key=lambda key: (len(gains[key]), [-x for x in key[1]]))
    source, point, unit = best
    stated = {"deviation": round(deviations[best], 9)} if best in deviations else {}
    return {"source": source, "point": list(point), "unit": unit, **stated}


def _anywhere(project: Project) -> dict[str, Any]:
    device = project.sources.filter(role=Role.DEVICE).order_by("name").first()
    middle = [(control.lower + control.upper) / 2 for control in project.controls.all()]
    return {"source": device.name if device else "", "point": middle}
