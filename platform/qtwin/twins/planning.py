"""What to measure next in a project, at prices that somebody states."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from qtwin.fusion.base import Role
from qtwin.projects.models import Project
from qtwin.twins.evidence import Evidence, evidence_of_fit
from qtwin.twins.knobs import NOISE_GAIN
from qtwin.twins.predictor import client
from qtwin.twins.predictor.document import document
from qtwin.twins.selectors import twin_fit, version_summary


class PlanRefused(Exception):
    """Why nothing can be planned."""


def twin_plan(
    project: Project,
    observable: str,
    asked: dict[str, Any],
    *,
    version: int | None = None,
    without: Collection[str] = (),
) -> dict[str, Any]:
    """Plan in the predictor process.

    Args:
        project: Whose twin.
        observable: Its name.
        asked: ``prices`` by source, ``goal`` and ``points``, as ``predictor.planning`` reads them.
        version: Number of the version; the latest by default.
        without: Sources that the fit leaves out.

    Raises:
        NoTwin: If there is no such version.
        NoEvidence: If nothing is left without those sources.
        PlanRefused: If the prices or the evidence allow no plan.
    """
    fit = twin_fit(project, observable, version=version)
    evidence = evidence_of_fit(fit, without=without)
    answer = client.plan(
        fit,
        {
            **asked,
            "data": document(evidence.observations(), fit.version.seed),
            "shots": [m.shots or float("nan") for m in evidence.measurements],
            "fresh": _fresh(evidence, asked["prices"]),
            "labels": {
                "controls": [control.name for control in project.controls.all()],
                "unit": fit.observable.unit,
                "gains": _gains(evidence),
            },
        },
        without=without,
    )
    if "refused" in answer:
        raise PlanRefused(answer["refused"])
    return {**answer, "observable": observable, "version": version_summary(fit)}


def _fresh(evidence: Evidence, wanted: Collection[str]) -> list[str]:
    """Wanted references that have measured nothing yet."""
    measured = {str(source["name"]) for source in evidence.sources()}
    references = evidence.project.sources.filter(role=Role.REFERENCE)
    return [s.name for s in references if s.name in wanted and s.name not in measured]


def _gains(evidence: Evidence) -> dict[str, str]:
    """Name of the noise gain, of sources that have one."""
    return {
        m.source_revision.source.name: NOISE_GAIN
        for m in evidence.measurements
        if NOISE_GAIN in m.knobs
    }
