"""What is due and waits for a worker: how much, and for how long already.

What waits for a time, a person or a vendor is not due. The same selectors tell the sweeper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from prometheus_client.core import Metric

from qtwin.accounts.models import CredentialTest
from qtwin.accounts.selectors import credential_tests_due
from qtwin.archives.models import Import
from qtwin.archives.selectors import imports_due
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.campaigns.selectors import campaigns_due, schedules_due
from qtwin.jobs.models import Event, Job, Measurement, Submission
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.selectors import bills_due, jobs_due
from qtwin.metrics.known.family import Family
from qtwin.projects.models import Preview, Project
from qtwin.projects.selectors import previews_due
from qtwin.training.models import (
    Classifier,
    Evaluation,
    Loop,
    TrainingRun,
    TransferReport,
    World,
)
from qtwin.training.selectors import (
    classifiers_due,
    evaluations_due,
    loops_due,
    reports_due,
    runs_due,
    worlds_due,
)
from qtwin.twins.models import TwinVersion
from qtwin.twins.selectors import twins_due
from qtwin.webhooks.models import Delivery, Feed, Webhook
from qtwin.webhooks.selectors import feeds_due, webhooks_due

MOST = 200
"""Rows of one kind that are looked at, those first that wait longest."""

LENGTH = Family(
    name="qtwin_queue_length",
    about=f"What is due and no worker has, by kind; {MOST} stands for that many or more",
    labels=("kind",),
)
AGE = Family(
    name="qtwin_queue_age_seconds",
    about="How long the oldest of it has been due; 0 for nothing",
    labels=("kind",),
)
FAMILIES = (LENGTH, AGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One kind of work.

    Attributes:
        due: Ids of what is due, at most so many.
        times: Columns of the model; the latest of them is when a row became due.
    """

    kind: str
    due: Callable[[int], Iterable[Any]]
    model: type[Model]
    times: tuple[str, ...]

    def read(self) -> tuple[int, float]:
        """How many, and seconds."""
        due = list(self.due(MOST))
        if not due:
            return 0, 0.0
        rows = _rows(self.model).filter(pk__in=due).values_list(*self.times)
        return len(due), age_s(rows)


def _rows(model: type[Model]) -> Any:
    rows = model._default_manager.order_by()
    if model is Project:
        return rows.annotate(newer=_first_new_measurement())
    return rows.annotate(first_due=_first_delivery()) if model is Webhook else rows


def _first_new_measurement() -> Subquery:
    """When the evidence began that the latest version has not; null if none is new."""
    fitted = TwinVersion.objects.filter(twin__project=OuterRef(OuterRef("pk"))).order_by("-number")
    newer = Measurement.objects.filter(
        project=OuterRef("pk"),
        created_at__gt=Coalesce(Subquery(fitted.values("created_at")[:1]), NEVER),
    )
    return Subquery(newer.order_by("created_at").values("created_at")[:1])


def _first_delivery() -> Subquery:
    waiting = Delivery.objects.filter(webhook=OuterRef("pk"), state=Delivery.State.WAITING)
    return Subquery(waiting.order_by("next_at").values("next_at")[:1])


def age_s(rows: Iterable[tuple[datetime | None, ...]]) -> float:
    """Of the row that has been due for longest, the time since."""
    now = timezone.now()
    since = [max(times) for row in rows if (times := [time for time in row if time is not None])]
    return max(0.0, (now - min(since)).total_seconds()) if since else 0.0


LEASED = ("created_at", "lease_until")
WORK = ("created_at", "lease_until", "next_run_at")
QUEUES = (
    Queue(kind="job", due=jobs_due, model=Job, times=WORK),
    Queue(
        kind="bill",
        due=lambda most: bills_due().values_list("pk", flat=True)[:most],
        model=Submission,
        times=("bill_due_at",),
    ),
    Queue(
        kind="twin",
        due=twins_due,
        model=Project,
        times=("newer", "twin__lease_until", "twin__next_fit_at", "created_at"),
    ),
    Queue(
        kind="campaign",
        due=lambda most: campaigns_due(most, planning=False),
        model=Campaign,
        times=("next_run_at", "lease_until"),
    ),
    Queue(
        kind="campaign_plan",
        due=lambda most: campaigns_due(most, planning=True),
        model=Campaign,
        times=("next_run_at", "lease_until"),
    ),
    Queue(
        kind="schedule",
        due=lambda most: schedules_due().values_list("pk", flat=True)[:most],
        model=Schedule,
        times=("next_at",),
    ),
    Queue(kind="import", due=imports_due, model=Import, times=LEASED),
    Queue(kind="credential_test", due=credential_tests_due, model=CredentialTest, times=LEASED),
    Queue(kind="preview", due=previews_due, model=Preview, times=LEASED),
    Queue(kind="world", due=worlds_due, model=World, times=WORK),
    Queue(kind="train", due=runs_due, model=TrainingRun, times=WORK),
    Queue(kind="evaluate", due=evaluations_due, model=Evaluation, times=WORK),
    Queue(kind="report", due=reports_due, model=TransferReport, times=WORK),
    Queue(kind="classify", due=classifiers_due, model=Classifier, times=WORK),
    Queue(kind="loop", due=loops_due, model=Loop, times=WORK),
    Queue(
        kind="webhook",
        due=webhooks_due,
        model=Webhook,
        times=("first_due", "retry_at", "lease_until"),
    ),
)
FEED = "webhook_feed"


def read() -> Iterator[Metric]:
    found = {queue.kind: queue.read() for queue in QUEUES}
    found[FEED] = _feed()
    yield LENGTH.of(((kind,), float(n)) for kind, (n, _) in found.items())
    yield AGE.of(((kind,), age) for kind, (_, age) in found.items())


def _feed() -> tuple[int, float]:
    """Events that webhooks were not told of; which stay a while behind on purpose."""
    if not feeds_due():
        return 0, 0.0
    position = Feed.objects.values_list("position", flat=True).first() or 0
    unread = Event.objects.filter(pk__gt=position).order_by("pk").values_list("created_at")
    first = list(unread[:1])
    return len(first), age_s(first)
