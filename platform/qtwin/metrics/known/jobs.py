"""How many jobs are in each state that is no end, and what vendors have."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import Metric

from qtwin.jobs.models import Job, State, Submission
from qtwin.jobs.states import ACTIVE
from qtwin.metrics.known.family import Family, Sample
from qtwin.projects.models import BackendStop

MOST = 10_000
"""Jobs of one state are counted so far: a backlog must not make each look slow."""

JOBS = Family(
    name="qtwin_jobs",
    about=f"Jobs that have not ended, by state; {MOST} stands for that many or more",
    labels=("state",),
)
HELD = Family(
    name="qtwin_jobs_held",
    about="Jobs that wait for a person, by the reason's code",
    labels=("reason",),
)
VENDOR_JOBS = Family(
    name="qtwin_vendor_jobs", about="Submissions that a vendor has or may have", labels=("vendor",)
)
VENDOR_AGE = Family(
    name="qtwin_vendor_oldest_seconds",
    about="Age of the oldest submission that a vendor has or may have",
    labels=("vendor",),
)
STOPPED = Family(
    name="qtwin_backends_stopped", about="Backends that somebody stopped, for a team or for all"
)
FAMILIES = (JOBS, HELD, VENDOR_JOBS, VENDOR_AGE, STOPPED)


def read() -> Iterator[Metric]:
    yield JOBS.of(_states())
    held = Job.objects.filter(state=State.HOLD).order_by().values_list("reason_code")
    yield HELD.of(((reason,), n) for reason, n in held.annotate(n=Count("pk")))
    vendors = _vendors()
    yield VENDOR_JOBS.of(((name,), n) for name, n, _ in vendors)
    yield VENDOR_AGE.of(((name,), age) for name, _, age in vendors)
    yield STOPPED.of([((), float(BackendStop.objects.count()))])


def _states() -> Iterator[Sample]:
    for state in ACTIVE:
        yield (state.value.lower(),), Job.objects.filter(state=state).order_by()[:MOST].count()


def _vendors() -> list[tuple[str, int, float]]:
    rows = Submission.objects.filter(state__in=Submission.OPEN).order_by().values_list("vendor")
    now = timezone.now()
    return [
        (vendor, n, max(0.0, (now - first).total_seconds()))
        for vendor, n, first in rows.annotate(n=Count("pk"), first=Min("started_at"))
    ]
