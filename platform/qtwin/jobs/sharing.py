"""The same exact computation is made once: identical jobs wait for one of them.

That one has begun, or is the oldest that has not, so whoever is waited for never waits itself. It
is looked up whenever a job could start and stored nowhere, so a job that ends in whatever way, or
is held, makes nobody wait. Those that waited look at what it measured, and compute the rest.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    When,
)
from django.db.models.functions import Now

from qtwin.jobs.models import Job, State
from qtwin.jobs.states import ACTIVE

UNDER_WAY = tuple(state for state in ACTIVE if state != State.HOLD)
BEGUN = Q(started_at__isnull=False) | Q(lease_until__gt=Now())

SAME = (
    Job.objects.filter(
        source_revision=OuterRef("source_revision_id"),
        spec_hash=OuterRef("spec_hash"),
        state__in=UNDER_WAY,
        shots=None,
        replay_of=None,
    )
    .alias(chosen=ExpressionWrapper(OuterRef("seed_given"), output_field=BooleanField()))
    .filter(Q(chosen=False) | Q(seed=OuterRef("seed")))
    .filter(BEGUN | Q(pk__lt=OuterRef("pk")))
    .exclude(pk=OuterRef("pk"))
    .order_by(Case(When(BEGUN, then=0), default=1), "pk")
)
"""Those for which a row of an outer query would wait; the first of them waits for nobody."""

SHARES = Q(state=State.QUEUED, started_at=None, shots=None, replay_of=None, force=False)
WAITS_FOR_SAME = SHARES & Exists(SAME)
FIRST_OF_SAME = Subquery(SAME.values("pk")[:1])


def job_waits_for(job: Job) -> UUID | None:
    """The job that computes the same; None when this one need not wait. Lists have read it."""
    shares = job.state == State.QUEUED and job.started_at is None and job.shots is None
    if not shares or job.replay_of_id is not None or job.force:
        return None
    if hasattr(job, "first_of_same"):
        known: UUID | None = job.first_of_same
        return known
    rows = Job.objects.filter(pk=job.pk).annotate(first=FIRST_OF_SAME)
    found: UUID | None = rows.values_list("first", flat=True).get()
    return found
