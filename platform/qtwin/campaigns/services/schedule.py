"""Schedules: made, stopped, removed, and fired once per occasion."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from backends.errors import ProgramRejected
from qtwin.accounts.acting import acting, token_by
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.campaigns.outline import StepPlan
from qtwin.campaigns.selectors import schedules_due
from qtwin.campaigns.services.create import campaign_create
from qtwin.campaigns.services.spender import spender_check
from qtwin.campaigns.states import LIVE
from qtwin.jobs.models import Calibration
from qtwin.projects.models import Project
from qtwin.projects.refusal import SpendingRefused
from qtwin.projects.selectors import projects_writable_by
from qtwin.unchanged import as_seen, write

MOVING = ("active", "next_at", "fired", "problem")


class _Rehearsed(Exception):
    """Undoes a campaign that was only tried."""


@transaction.atomic
def schedule_create(
    *,
    project: Project,
    name: str,
    steps: Sequence[StepPlan],
    by: User,
    may_spend: bool = False,
    every_hours: int | None = None,
    at: time = time(0, 0),
    on_calibration: str = "",
) -> Schedule:
    """Record a schedule whose campaign could start now.

    Args:
        may_spend: Whether the caller's token has the right to spend.
        every_hours: Hours between two campaigns; counted from ``at``, UTC, of the day it is made.
        on_calibration: Backend whose next calibration starts one.

    Raises:
        ProgramRejected: If the campaign can never run; its field points into the request.
        SpendingRefused: If its first job would spend what it may not now.
    """
    stored = json.loads(json.dumps([asdict(step) for step in steps]))
    try:
        with transaction.atomic():
            campaign_create(
                project=project, name=name, steps=_steps(stored), by=by, may_spend=may_spend
            )
            raise _Rehearsed
    except _Rehearsed:
        pass
    schedule = Schedule.objects.create(
        project=project,
        name=name,
        steps=stored,
        created_by=by,
        token=token_by(by),
        may_spend=may_spend,
        every_hours=every_hours,
        next_at=None if every_hours is None else _first(at, every_hours),
        on_calibration=on_calibration,
        calibration_seen=_newest(project, on_calibration),
    )
    _audit(schedule, "create", by)
    return schedule


@transaction.atomic
def schedule_set(
    *,
    schedule: Schedule,
    active: bool,
    by: User,
    may_spend: bool = False,
    unchanged: bool = False,
) -> None:
    """Stop it, or start it again; occasions that passed meanwhile are over.

    One that nobody here made, because it was imported, is of whoever starts it first.

    Args:
        may_spend: Whether the caller's token has the right to spend.
        unchanged: Only if its row is still as ``schedule`` says.

    Raises:
        ChangedSince: It is not.
        SpendingRefused: Its campaigns would spend what the caller may not.
    """
    if active:
        spender_check(schedule, by=by, may_spend=may_spend)
    fields: dict[str, Any] = {
        "active": active,
        "calibration_seen": _newest(schedule.project, schedule.on_calibration),
    }
    if schedule.next_at is not None and schedule.every_hours is not None:
        fields["next_at"] = _after(schedule.next_at, schedule.every_hours)
    if active and schedule.created_by is None:
        fields |= {"created_by": by, "token": token_by(by), "may_spend": may_spend}
    write(_rows(schedule, unchanged), {**fields, "problem": ""}, needed=unchanged)
    _audit(schedule, "start" if active else "stop", by)
    schedule.refresh_from_db()


@transaction.atomic
def schedule_remove(*, schedule: Schedule, by: User, unchanged: bool = False) -> None:
    """Take it away for good; the campaigns that it started stay.

    Args:
        unchanged: Only if its row is still as ``schedule`` says.

    Raises:
        ChangedSince: It is not.
    """
    gone = {"removed_at": Now(), "active": False}
    if write(_rows(schedule, unchanged), gone, needed=unchanged):
        _audit(schedule, "remove", by)


def _rows(schedule: Schedule, unchanged: bool) -> QuerySet[Schedule]:
    rows = Schedule.objects.filter(pk=schedule.pk, removed_at=None)
    return rows.filter(**as_seen(schedule, MOVING)) if unchanged else rows


@transaction.atomic
def schedule_fire(schedule_id: UUID | str) -> Campaign | None:
    """Start the campaign of a due schedule, once, however many workers try.

    Occasions that were missed are one. While the last campaign still runs, none is started; what
    else prevents one is kept as the schedule's problem.
    """
    schedule = schedules_due().filter(pk=schedule_id).select_related("project__team").first()
    if schedule is None or not _taken(schedule):
        return None
    campaign, problem = _started(schedule)
    Schedule.objects.filter(pk=schedule.pk).update(problem=problem)
    return campaign


def _taken(schedule: Schedule) -> bool:
    """Move it to its next occasion; False if somebody else did."""
    rows = Schedule.objects.filter(pk=schedule.pk, fired=schedule.fired, active=True)
    if schedule.next_at is not None and schedule.every_hours is not None:
        following = _after(schedule.next_at, schedule.every_hours)
        rows = rows.filter(next_at=schedule.next_at)
        return bool(rows.update(next_at=following, fired=schedule.fired + 1))
    newest = _newest(schedule.project, schedule.on_calibration)
    rows = rows.filter(calibration_seen=schedule.calibration_seen)
    return bool(rows.update(calibration_seen=newest, fired=schedule.fired + 1))


def _started(schedule: Schedule) -> tuple[Campaign | None, str]:
    by = None if schedule.created_by is None else acting(schedule.created_by, schedule.token)
    if by is None or not projects_writable_by(by).filter(pk=schedule.project_id).exists():
        return None, "Who made it may no longer start campaigns here."
    if schedule.campaigns.filter(state__in=LIVE).exists():
        return None, "Its last campaign still runs, so this one was left out."
    number = schedule.fired + 1
    try:
        campaign, _ = campaign_create(
            project=schedule.project,
            name=schedule.name,
            steps=_steps(schedule.steps),
            by=by,
            may_spend=schedule.may_spend,
        )
    except (ProgramRejected, SpendingRefused) as error:
        return None, f"{error.field}: {error}"
    Campaign.objects.filter(pk=campaign.pk).update(schedule=schedule, occasion=number)
    return campaign, ""


def _steps(stored: Sequence[dict[str, Any]]) -> list[StepPlan]:
    return [StepPlan(**{**step, "after": tuple(step["after"])}) for step in stored]


def _first(at: time, every_hours: int) -> datetime:
    today = datetime.combine(timezone.now().astimezone(UTC).date(), at, tzinfo=UTC)
    return today if today > timezone.now() else _after(today, every_hours)


def _after(moment: datetime, every_hours: int) -> datetime:
    """The first occasion that is still to come."""
    every = timedelta(hours=every_hours)
    passed = max(timedelta(0), timezone.now() - moment)
    return moment + every * (passed // every + 1) if moment <= timezone.now() else moment


def _newest(project: Project, backend: str) -> int:
    """The last calibration that the project's team has seen."""
    rows = Calibration.objects.filter(team=project.team_id, backend=backend).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def _audit(schedule: Schedule, verb: str, by: User) -> None:
    team = schedule.project.team
    audit_record(action=f"schedule.{verb}", user=by, team=team, target=f"schedule:{schedule.pk}")
