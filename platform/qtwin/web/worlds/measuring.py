"""A campaign to start from: what a loop measures between two rounds, to be edited."""

from __future__ import annotations

from typing import Any

from backends import registry
from backends.base import Capabilities
from backends.errors import UnknownBackend
from qtwin.fusion.base import Role
from qtwin.projects.models import Project, Source

MOST_SOURCES, POINTS, SHOTS = 2, 5, 200
ORDER = (Role.DEVICE, Role.APPROXIMATION, Role.REFERENCE)
"""A world learns most from what its device says."""


def measuring_start(project: Project) -> dict[str, Any]:
    """A small sweep of sources that cost no money, over the ranges of the controls."""
    rows = project.sources.prefetch_related("revisions").order_by("name")
    free = [(source, able) for source in rows if (able := _able(source)) and not able.paid]
    free.sort(key=lambda pair: ORDER.index(Role(pair[0].role)))
    controls = list(project.controls.all())
    points: dict[str, Any] = {"latin_hypercube": {"count": 2 * POINTS, "seed": 1}}
    if len(controls) == 1:
        only = controls[0]
        points = {"grid": {only.name: {"from": only.lower, "to": only.upper, "count": POINTS}}}
    sources = [
        {"source": source.name} | ({} if able.exact else {"shots": SHOTS})
        for source, able in free[:MOST_SOURCES]
    ]
    return {"name": "Measure again", "sweep": {"sources": sources, "points": points}}


def _able(source: Source) -> Capabilities | None:
    """None of a source that nothing runs, such as an imported one."""
    revision = max(source.revisions.all(), key=lambda one: one.number, default=None)
    if revision is None:
        return None
    try:
        return registry.get(revision.backend).capabilities
    except UnknownBackend:
        return None
