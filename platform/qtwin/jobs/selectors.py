"""Reads of jobs and measurements, already filtered by who may see them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Now

from backends.schema import Experiment, RunOptions
from qtwin.accounts.acting import is_bound
from qtwin.accounts.models import User
from qtwin.accounts.selectors import approvers_of
from qtwin.jobs.models import (
    Event,
    Job,
    Measurement,
    Reuse,
    State,
    Submission,
    Validity,
)
from qtwin.jobs.models.job import AWAKE
from qtwin.jobs.models.measurement import Beginning
from qtwin.jobs.sharing import FIRST_OF_SAME, WAITS_FOR_SAME
from qtwin.jobs.states import ACTIVE, TERMINAL
from qtwin.jobs.switches import SWITCHED_OFF, WHY_STOPPED
from qtwin.prepared import Read, Slot
from qtwin.projects.models import Artifact, Project, Unit
from qtwin.projects.refusal import amount_text
from qtwin.projects.selectors import (
    projects_approvable_by,
    projects_visible_to,
    projects_writable_by,
)

MAY_NOT_START = Q(state=State.QUEUED, cancel_requested_at=None) & (SWITCHED_OFF | WAITS_FOR_SAME)
"""A job that runs goes on, and one that is cancelled may end."""

COUNTS = Q(valid=None) | Q(valid=True)
"""Of `measurements_of`: nobody has taken it out of the evidence."""


WHAT_IT_ASKS = (
    *("points", "knobs", "knob_values", "observables", "project__system", "project__description"),
    *("source_revision__settings", "source_revision__knobs"),
)
"""Of a job: megabytes, of many points. Nothing that a list says of it is among them."""


def jobs_visible_to(user: User | AnonymousUser) -> QuerySet[Job]:
    """Jobs of the user's teams' projects, newest first."""
    return (
        Job.objects.filter(project__in=projects_visible_to(user))
        .annotate(why_stopped=WHY_STOPPED, first_of_same=FIRST_OF_SAME)
        .select_related("project__team", "source_revision__source")
        .prefetch_related(
            Prefetch(
                "submissions",
                queryset=Submission.objects.filter(state__in=Submission.OPEN),
                to_attr="open_submissions",
            )
        )
        .order_by("-created_at", "-id")
    )


def _one_visible() -> QuerySet[Job]:
    somebody = User()
    somebody.pk = Slot("user", UUIDField())  # type: ignore[assignment]
    return jobs_visible_to(somebody).filter(pk=Slot("job", UUIDField()))


_ONE_VISIBLE = Read(_one_visible)


def job_visible_to(user: User | AnonymousUser, job_id: UUID) -> Job | None:
    """One of `jobs_visible_to`, which programs ask for again and again until it has ended."""
    if is_bound(user):
        return jobs_visible_to(user).filter(pk=job_id).first()
    return _ONE_VISIBLE.first(user=user.pk, job=job_id)


def jobs_read_by(user: User | AnonymousUser) -> QuerySet[Job]:
    """The same jobs without what only says why one waits: for looking through many."""
    rows = Job.objects.filter(project__in=projects_visible_to(user).order_by().values("pk"))
    return rows.select_related("project__team", "source_revision__source")


def events_of(projects: Collection[UUID], *, job: Job | None = None) -> QuerySet[Event]:
    """What happened in these projects, or to one job of theirs."""
    rows = Event.objects.filter(project__in=projects)
    return rows if job is None else rows.filter(job=job)


def jobs_writable_by(user: User | AnonymousUser) -> QuerySet[Job]:
    """Jobs that the user may hold, release, retry and cancel."""
    return Job.objects.filter(project__in=projects_writable_by(user)).select_related(
        "project__team", "source_revision__source"
    )


def spending_allowed(user: User, project: Project) -> bool:
    """Whether the user may approve what costs money in the project's team."""
    return projects_approvable_by(user).filter(pk=project.pk).exists()


def approvers_instead(job: Job, user: User) -> list[User]:
    """Who must approve the job in the user's place: the others, if they submitted it themselves."""
    if job.created_by_id != user.pk:
        return []
    return list(approvers_of(job.project.team).exclude(pk=user.pk))


def measurements_writable_by(user: User | AnonymousUser) -> QuerySet[Measurement]:
    """Measurements that the user may invalidate and restore."""
    return Measurement.objects.filter(project__in=projects_writable_by(user)).select_related(
        "project__team"
    )


def jobs_approvable_by(user: User | AnonymousUser) -> QuerySet[Job]:
    """Jobs whose spending the user may approve."""
    return Job.objects.filter(project__in=projects_approvable_by(user)).select_related(
        "project__team", "source_revision__source"
    )


def active(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Jobs that have not ended. As a list of states, which an index serves."""
    return jobs.filter(state__in=ACTIVE)


def due(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Jobs that someone should look at now."""
    return (
        active(jobs)
        .filter(AWAKE, next_run_at__lte=Now(), lease_until__lt=Now())
        .exclude(MAY_NOT_START)
    )


@cache
def _first_due(limit: int) -> Read[UUID]:
    """Built once for each of the few limits that there are: sweepers ask twice a second."""
    return Read(
        lambda: due(Job.objects.order_by("next_run_at")).values_list("pk", flat=True)[:limit]
    )


def jobs_due(limit: int) -> list[UUID]:
    """Ids of jobs that someone should look at now, the longest waiting first."""
    return _first_due(limit).all()


def submission_open(job: Job) -> Submission | None:
    """The submission that a job waits for, if there is one."""
    return Submission.objects.filter(job=job, state__in=Submission.OPEN).first()


def release_in_doubt(job: Job) -> bool:
    """Whether the vendor may have run a held job already, unread, so that it might be run twice."""
    submission = submission_open(job) if job.state == State.HOLD else None
    return submission is not None and submission.raw_id is None


def bills_due() -> QuerySet[Submission]:
    """Submissions of ended jobs whose bill is to be looked at again now."""
    return Submission.objects.filter(bill_due_at__lte=Now(), job__state__in=TERMINAL)


def submission_older_than(submission: Submission, seconds: float) -> bool:
    """Whether it began longer ago than that, by the database's clock."""
    return Submission.objects.filter(
        pk=submission.pk, started_at__lte=Now() - timedelta(seconds=seconds)
    ).exists()


def job_experiment(job: Job) -> tuple[Experiment, RunOptions]:
    """What the job asks of its backend, all points."""
    revision, rows = job.source_revision, len(job.points)
    experiment = Experiment(
        system=job.project.system,
        method=revision.method,
        settings=revision.settings,
        controls=tuple(control["name"] for control in job.project.system["controls"]),
        points=np.asarray(job.points, dtype=np.float64).reshape(rows, -1),
        knobs=tuple(job.knobs),
        knob_values=np.asarray(job.knob_values or [[]] * rows, dtype=np.float64).reshape(
            rows, len(job.knobs)
        ),
        observables=tuple(job.observables),
    )
    return experiment, RunOptions(shots=job.shots, seed=job.seed)


def approval_words(job: Job) -> str:
    """What an approver types to approve a job: the most that it may cost."""
    return amount_text(job.estimated_cost, Unit.MONEY)


def measurements_of(project_id: Any, *, at: datetime | None = None) -> QuerySet[Measurement]:
    """The project's measurements with ``valid``: None or True counts, False does not.

    Args:
        at: What was there, and what was thought of it, at an earlier time.
    """
    latest = Validity.objects.filter(measurement=OuterRef("pk")).order_by("-id")
    rows = Measurement.objects.filter(project_id=project_id)
    if at is not None:
        latest, rows = latest.filter(created_at__lte=at), rows.filter(created_at__lte=at)
    return rows.annotate(valid=Subquery(latest.values("valid")[:1])).select_related(
        "source_revision__source", "observable"
    )


def measurements_valid(project_id: Any, *, at: datetime | None = None) -> QuerySet[Measurement]:
    """The project's evidence, now or at an earlier time; replays are none."""
    rows = Measurement.objects.filter(project_id=project_id)
    verdicts = Validity.objects.filter(measurement=OuterRef("pk"))
    later = Validity.objects.filter(measurement=OuterRef("measurement"), pk__gt=OuterRef("pk"))
    if at is not None:
        known = Q(created_at__lte=at)
        rows, verdicts, later = rows.filter(known), verdicts.filter(known), later.filter(known)
    withdrawn = verdicts.filter(~Exists(later), valid=False)
    replays = Job.objects.filter(project_id=project_id, replay_of__isnull=False)
    return (
        rows.filter(~Exists(withdrawn))
        .exclude(job__in=replays)
        .select_related("source_revision__source", "observable")
    )


def measurements_answering(
    rows: QuerySet[Measurement], identities: Collection[str]
) -> QuerySet[Measurement]:
    """Of these, what answers one of the questions with these digests."""
    begins = {Beginning.of(one) for one in identities}
    rows = rows.alias(begins=Beginning("identity"))
    return rows.filter(begins__in=begins, identity__in=identities)


def measurements_of_job(job: Job) -> QuerySet[Measurement]:
    """What the job measured, and what it reused from earlier jobs."""
    own = Measurement.objects.filter(job=job).values("pk")
    reused = Reuse.objects.filter(job=job).order_by().values("measurement")
    return measurements_of(job.project_id).filter(pk__in=own.union(reused, all=True))


def raws_of_job(job: Job) -> QuerySet[Artifact]:
    """Payloads of its runs and submissions, the oldest first."""
    runs = job.runs.values("raw")
    sent = job.submissions.exclude(raw=None).values("raw")
    return Artifact.objects.filter(Q(pk__in=runs) | Q(pk__in=sent)).order_by("created_at", "pk")


def jobs_reused_by(job: Job) -> list[UUID]:
    """Jobs whose measurements it took instead of computing them again, oldest first."""
    rows = Job.objects.filter(measurements__reuses__job=job).order_by("pk").distinct()
    return list(rows.values_list("pk", flat=True))


def measurements_visible_to(user: User | AnonymousUser) -> QuerySet[Measurement]:
    """Measurements of the user's teams' projects, with all that says where they come from."""
    return Measurement.objects.filter(project__in=projects_visible_to(user)).select_related(
        *("project", "observable", "source_revision__source", "dataset", "raw", "calibration"),
        *("job__source_revision", "job__project", "run__job"),
    )
