"""What a twin recommends to measure next: what is known of it, and whether it still holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from qtwin.accounts.models import Credential
from qtwin.jobs.models import Job, JobRequest
from qtwin.jobs.services import JobSpec
from qtwin.projects.models import BackendStop, Project, Source, SourceRevision
from qtwin.twins.models import Recommendation, TwinFit
from qtwin.twins.planned import planned_runs
from qtwin.twins.selectors import NoTwin, twin_fit, twin_status


class RecommendationStale(Exception):
    """Something has happened since it was made; the message says what, and what to do."""


def recommendation_known(project: Project, observable: str) -> Recommendation | None:
    """The latest fit's, for what can be run now, if it was worked out already.

    Raises:
        NoTwin: If there is no fit of the observable.
    """
    fit = twin_fit(project, observable)
    return (
        Recommendation.objects.filter(fit=fit, offer=offer_digest(project))
        .select_related("fit__version", "fit__observable")
        .first()
    )


def recommendations_of(project: Project) -> Any:
    """All that its fits ever made."""
    return Recommendation.objects.filter(fit__version__twin__project=project).select_related(
        "fit__version", "fit__observable"
    )


def offer_digest(project: Project) -> str:
    """SHA-256 of what decides which runs there are to choose from."""
    revisions = SourceRevision.objects.filter(source__project=project).order_by("pk")
    stops = BackendStop.objects.filter(Q(team=None) | Q(team=project.team_id))
    credentials = Credential.objects.filter(team=project.team_id, revoked_at=None)
    text = json.dumps(
        [
            [str(pk) for pk in revisions.values_list("pk", flat=True)],
            project.paid_sources,
            sorted(stops.values_list("backend", flat=True)),
            sorted(set(credentials.values_list("vendor", flat=True))),
        ]
    )
    return hashlib.sha256(text.encode()).hexdigest()


def recommendation_requests(found: Recommendation) -> list[JobRequest]:
    """The requests by which it was accepted, oldest first."""
    return list(
        JobRequest.objects.filter(
            project_id=_project_id(found.fit), key__startswith=request_key(found, "")
        ).order_by("pk")
    )


def request_key(found: Recommendation, turn: object) -> str:
    """Idempotency-Key of the acceptance ``turn``, counted from 0."""
    return f"recommendation:{found.pk}:{turn}"


def accepted_job(found: Recommendation) -> Job | None:
    """The newest job that came of it."""
    jobs = Job.objects.filter(request__in=recommendation_requests(found))
    return jobs.select_related("source_revision__source").order_by("-pk").first()


def choice_spec(found: Recommendation, choice: Mapping[str, Any], project: Project) -> JobSpec:
    """The job that measures it.

    Raises:
        LookupError: The source is gone.
    """
    (runs,) = planned_runs([choice])
    source = project.sources.prefetch_related("revisions").filter(name=runs.source).first()
    if source is None:
        raise Source.DoesNotExist(f"the project has no source {runs.source!r}")
    return JobSpec(
        source=source,
        points=runs.points,
        knobs=runs.knobs,
        observables=[found.fit.observable.name],
        shots=runs.shots,
    )


def recommendation_check(project: Project, found: Recommendation) -> None:
    """Nothing that counts has happened since.

    Raises:
        RecommendationStale: If something has.
    """
    made = f"This was recommended from version {found.fit.version.number} of the twin"
    job = accepted_job(found)
    if job is not None and not job.is_terminal:
        raise RecommendationStale("A run of this recommendation is under way already.")
    up_to_date = twin_status(project)["up_to_date"]
    try:
        latest = twin_fit(project, found.fit.observable.name)
    except NoTwin:
        latest = None
    if latest is None or latest.pk != found.fit_id:
        now = "" if latest is None else f", and version {latest.version.number} knows more"
        raise RecommendationStale(f"{made}{now}. Nothing was submitted; look at what it says now.")
    if not up_to_date:
        raise RecommendationStale(
            f"{made}, and new evidence came in since. Nothing was submitted; wait for the refit."
        )
    if found.offer != offer_digest(project):
        raise RecommendationStale(
            f"{made}, and the sources that could run have changed since. Nothing was submitted; "
            "look at what it says now."
        )


def _project_id(fit: TwinFit) -> Any:
    return fit.observable.project_id
