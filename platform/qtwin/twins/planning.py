"""What to measure next in a project, at prices that somebody states or that backends estimate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from qtwin.fusion.base import Role
from qtwin.projects.models import Project
from qtwin.twins.evidence import Evidence, evidence_of_fit
from qtwin.twins.knobs import NOISE_GAIN
from qtwin.twins.predictor import client
from qtwin.twins.predictor.document import document
from qtwin.twins.pricing import Prices, Pricing, project_pricing
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
            Without ``prices`` they are estimated, and the goal may have ``batch`` alone.
        version: Number of the version; the latest by default.
        without: Sources that the fit leaves out.

    Raises:
        NoTwin: If there is no such version.
        NoEvidence: If nothing is left without those sources.
        PlanRefused: If the prices or the evidence allow no plan.
    """
    fit = twin_fit(project, observable, version=version)
    evidence = evidence_of_fit(fit, without=without)
    pricing = _pricing(evidence, asked["prices"], without)
    asked = {**asked, "prices": pricing.prices, "goal": _goal(asked["goal"], pricing)}
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
    about = {"observable": observable, "version": version_summary(fit)}
    return {**answer, **about, "pricing": pricing.document()}


def _pricing(evidence: Evidence, stated: Prices | None, without: Collection[str]) -> Pricing:
    if stated is not None:
        return Pricing(prices=stated)
    measured = [str(source["name"]) for source in evidence.sources()]
    found = project_pricing(evidence.project, measured=measured, without=without)
    if not found.prices:
        why = kept_away(found.left_out)
        raise PlanRefused(f"no source is on offer{why and f' ({why})'}")
    return found


def kept_away(reasons: Mapping[str, str]) -> str:
    """Why sources, by their names, are not on offer: each reason once."""
    names: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        names.setdefault(reason, []).append(name)
    return "; ".join(f"{', '.join(alike)}: {reason}" for reason, alike in names.items())


def _goal(wanted: dict[str, Any], pricing: Pricing) -> dict[str, Any]:
    if wanted["budget"] is None and wanted["target"] is None:
        return {**wanted, "budget": pricing.budget(wanted["batch"])}
    return wanted


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
