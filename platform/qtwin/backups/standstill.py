"""After a backup was put back, nothing asks anew for what it was told after the backup was made.

Jobs look for themselves at their vendors (`workers.submit`). What makes jobs by itself stands
still until a person says go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from qtwin.accounts.models import BrowserSession
from qtwin.accounts.services import audit_record
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.campaigns.services.control import campaign_pause
from qtwin.campaigns.states import State
from qtwin.jobs.models import Restore
from qtwin.jobs.models.job import NEVER
from qtwin.training.models import Loop, TransferReport
from qtwin.training.states import OPEN

FAR = datetime(9999, 1, 1, tzinfo=UTC)
WHY = "It stands still: a backup was put back, and what it made since then is not known here."
START = f"{WHY} Start it once you know that."
DEVICE = "qpu"
"""What a report that wants a device asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """How many of each stand still now, and how many browsers were signed out."""

    campaigns: int
    schedules: int
    loops: int
    reports: int
    sessions: int


@transaction.atomic
def stand_still(*, noted: bool = False) -> Stopped:
    """Stop whatever makes jobs by itself; repeating it changes nothing.

    Args:
        noted: Whether the database knows already that it was put back.
    """
    if not noted:
        Restore.objects.create()
    running = Campaign.objects.filter(state=State.RUNNING).select_related("project__team")
    return Stopped(
        campaigns=sum(campaign_pause(campaign=campaign, by=None) for campaign in running),
        schedules=sum(_stop(schedule) for schedule in _active()),
        loops=_hold(Loop, [loop.pk for loop in _opened(Loop)]),
        reports=_hold(TransferReport, [row.pk for row in _opened(TransferReport) if _buys(row)]),
        sessions=BrowserSession.objects.all().delete()[0],
    )


@transaction.atomic
def go_on() -> int:
    """Let loops and reports go on that stand still, and say how many.

    Campaigns and schedules are started one by one, by those whose they are.
    """
    held = [
        model.objects.filter(state__in=OPEN, next_run_at=FAR) for model in (Loop, TransferReport)
    ]
    return sum(rows.update(next_run_at=Now(), reason="") for rows in held)


def _active() -> Iterator[Schedule]:
    return Schedule.objects.filter(active=True).select_related("project__team").iterator()


def _stop(schedule: Schedule) -> int:
    """Somebody starts it as any other; occasions that passed meanwhile are over then."""
    team, target = schedule.project.team, f"schedule:{schedule.pk}"
    audit_record(action="schedule.stop", user=None, team=team, target=target)
    return Schedule.objects.filter(pk=schedule.pk).update(active=False, problem=START)


def _opened(model: Any) -> Iterator[Any]:
    rows: Iterator[Any] = model.objects.filter(state__in=OPEN).iterator()
    return rows


def _buys(report: TransferReport) -> bool:
    return DEVICE in report.asked and report.job_id is None


def _hold(model: Any, found: list[Any]) -> int:
    """Nobody is at work: the fence drops what an old lease's holder might still write."""
    rows = model.objects.filter(pk__in=found)
    return int(
        rows.update(
            next_run_at=FAR,
            reason=WHY,
            fence=F("fence") + 1,
            lease_until=NEVER,
            lease_owner="",
        )
    )
