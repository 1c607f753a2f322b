"""What people turn off and on again: backends, and a project's paid sources.

No job starts meanwhile, and nothing is sent to a vendor that it may not have yet. What it has is
asked for and read as ever. Queries are spelt without joins, so that an UPDATE can carry them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Subquery

from qtwin.jobs.models import Job
from qtwin.projects.models import Project, Unit
from qtwin.projects.refusal import amount_text
from qtwin.projects.stopped import stops_of

STOP = stops_of(project="project_id", revision="source_revision_id")
WHY_STOPPED = Subquery(STOP.values("why")[:1])

_PURSE_SHUT = Project.objects.filter(pk=OuterRef("project_id"), paid_sources=False)
SWITCHED_OFF = Exists(STOP) | (Q(estimated_cost__gt=0) & Exists(_PURSE_SHUT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """Why nothing new starts.

    Attributes:
        code: For programs.
        sentence: For people.
        until: Until when, in words.
    """

    code: str
    sentence: str
    until: str


def switched_off(job: Job) -> Off | None:
    """What keeps the job from starting; None for nothing. Lists of jobs have read it already."""
    if hasattr(job, "why_stopped"):
        why, paid_sources = job.why_stopped, job.project.paid_sources
    else:
        rows = Job.objects.filter(pk=job.pk).annotate(why=WHY_STOPPED)
        why, paid_sources = rows.values_list("why", F("project__paid_sources")).get()
    if why is not None:
        stopped = f"{job.source_revision.backend} is stopped"
        return Off(
            code="backend_stopped",
            sentence=f"{stopped}{': ' if why else ''}{why}.",
            until="Until the backend is started.",
        )
    if job.estimated_cost and not paid_sources:
        most = amount_text(job.estimated_cost, Unit.MONEY)
        return Off(
            code="paid_sources_off",
            sentence=f"Paid sources are off in this project, and it may cost {most}.",
            until="Until paid sources are turned on.",
        )
    return None
