"""Reads of twins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Q, QuerySet, UUIDField
from django.db.models.functions import Now

from qtwin.jobs.models import Job, Measurement
from qtwin.jobs.selectors import measurements_valid
from qtwin.jobs.states import TERMINAL
from qtwin.prepared import Read, Slot
from qtwin.projects.models import Observable, Project
from qtwin.twins.models import Twin, TwinFit, TwinVersion
from qtwin.twins.predictor import client


class NoTwin(Exception):
    """The project has no twin version, or not the wanted one."""


def twins_due(limit: int) -> list[UUID]:
    """Ids of projects whose twin should be fitted now."""
    return list(
        Project.objects.filter(evidence__gt=0, deleted_at=None)
        .filter(
            Q(twin=None)
            | Q(
                Q(twin__assimilated__lt=F("evidence"))
                | Q(twin__refits_done__lt=F("twin__refits_wanted")),
                twin__lease_until__lt=Now(),
                twin__next_fit_at__lte=Now(),
            )
        )
        .values_list("pk", flat=True)[:limit]
    )


def _of_project(model: type[Any]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(project=Slot("project", UUIDField()))
    return rows


_TWIN: Read[Twin] = Read(lambda: _of_project(Twin)[:1])
_UNDER_WAY: Read[UUID] = Read(
    lambda: _of_project(Job).exclude(state__in=TERMINAL).values_list("pk", flat=True)[:1]
)


def twin_status(project: Project) -> dict[str, Any]:
    """Where the twin stands against the project's evidence.

    Ask before reading a version: one that is read first may be older than what this calls up to
    date, as a fit can end in between.
    """
    twin = _TWIN.first(project=project.pk)
    behind = twin is None or twin.assimilated < project.evidence
    behind = behind or (twin is not None and twin.refits_done < twin.refits_wanted)
    running = _UNDER_WAY.first(project=project.pk) is not None
    return {
        "project": str(project.pk),
        "evidence": measurements_valid(project.pk).count(),
        "up_to_date": not behind,
        "jobs_running": running,
        "problem": twin.problem if twin else "",
    }


def observables_measured(project: Project) -> list[Observable]:
    """The observables that have evidence, in the system's order; the first one where none has."""
    measured = set(
        Measurement.objects.filter(project=project).values_list("observable", flat=True).distinct()
    )
    every = list(project.observables.all())
    return [observable for observable in every if observable.pk in measured] or every[:1]


def twin_fit(
    project: Project,
    observable: str,
    *,
    version: int | None = None,
    at: datetime | None = None,
) -> TwinFit:
    """One observable's fit of a version, the latest by default.

    Args:
        project: Whose twin.
        observable: Its name.
        version: Number of the version.
        at: The version that was the latest at this time.

    Raises:
        NoTwin: If there is none.
    """
    if version is None and at is None:
        found = _LATEST.first(project=project.pk, observable=observable)
    else:
        fits = _fits(project, observable)
        if version is not None:
            fits = fits.filter(version__number=version)
        if at is not None:
            fits = fits.filter(version__created_at__lte=at)
        found = fits.first()
    if found is None:
        wanted = "the project has no twin yet" if version is None else f"no version {version}"
        wanted = wanted if at is None else f"there was no twin at {at.isoformat()}"
        raise NoTwin(f"{wanted}: nothing was fitted for {observable!r}")
    return found


def _fits(project: Any, observable: Any) -> QuerySet[TwinFit]:
    fits = TwinFit.objects.filter(version__twin__project=project, observable__name=observable)
    return fits.select_related("version", "observable", "artifact").order_by("-version__number")


_LATEST = Read(lambda: _fits(Slot("project", UUIDField()), Slot("observable", CharField()))[:1])


def twin_versions(project: Project, *, at: datetime | None = None) -> Any:
    """The project's versions, newest first; those that there were at an earlier time."""
    rows = TwinVersion.objects.filter(twin__project=project)
    if at is not None:
        rows = rows.filter(created_at__lte=at)
    return rows.prefetch_related("fits__observable")


def source_notes(project: Project) -> dict[str, str]:
    """What the latest version warns of, by the name of the source; for any of its observables."""
    latest = TwinVersion.objects.filter(twin__project=project).order_by("-number").first()
    if latest is None:
        return {}
    return {
        source["name"]: source["note"]
        for fit in latest.fits.order_by("pk")
        for source in fit.sources
        if source.get("note")
    }


def version_summary(fit: TwinFit) -> dict[str, Any]:
    """What every prediction says of the version that it came from."""
    version = fit.version
    return {
        "id": str(version.pk),
        "number": version.number,
        "created_at": version.created_at.isoformat(),
        "as_of": version.as_of.isoformat(),
        "measurements": len(fit.measurement_ids),
        "claim": fit.claim,
        "references": fit.references,
        "c2": fit.c2,
        "nu": fit.nu,
        "digest": fit.digest,
        "fusion_version": version.fusion_version,
        "seed": version.seed,
        "scores": fit.scores,
    }


def twin_predict(
    project: Project,
    observable: str,
    points: Sequence[Sequence[float]],
    *,
    version: int | None = None,
    without: Collection[str] = (),
) -> dict[str, Any]:
    """Predict in the predictor process; ``without`` fits anew with those sources left out.

    Raises:
        NoTwin: If there is no such version, or nothing is left without those sources.
    """
    fit = twin_fit(project, observable, version=version)
    answer = (
        client.predict_without(fit, points, without) if without else client.predict(fit, points)
    )
    return {**answer, "observable": observable, "version": version_summary(fit)}


def twin_question(
    project: Project,
    observable: str,
    asked: dict[str, Any],
    *,
    version: int | None = None,
    without: Collection[str] = (),
    other: str | None = None,
) -> dict[str, Any]:
    """Answer a question of ``predictor.questions`` about one observable's curve, or two.

    Raises:
        NoTwin: If there is no such version.
        NoEvidence: If nothing is left without those sources.
    """
    fit = twin_fit(project, observable, version=version)
    second = twin_fit(project, other, version=version) if other else None
    answer = client.question(fit, asked, without=without, other=second)
    return {**answer, "observable": observable, "version": version_summary(fit)}
