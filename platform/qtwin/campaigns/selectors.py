"""Reads of campaigns, already filtered by who may see them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Avg, Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Now

from qtwin.accounts.models import Credential, User
from qtwin.accounts.vendors import vendor_of
from qtwin.campaigns.facts import VALUES, source_word, sources_of
from qtwin.campaigns.models import Campaign, Entry, Run, Schedule, Step
from qtwin.campaigns.states import LIVE, RunState, State, StepState
from qtwin.jobs.models import Calibration, Job, Measurement
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to, projects_writable_by

MISSING = float("nan")


def campaigns_visible_to(user: User | AnonymousUser) -> QuerySet[Campaign]:
    """Campaigns of the user's teams' projects, newest first."""
    return _campaigns(projects_visible_to(user))


def campaigns_writable_by(user: User | AnonymousUser) -> QuerySet[Campaign]:
    """Campaigns that the user may pause, resume and cancel."""
    return _campaigns(projects_writable_by(user))


def _campaigns(projects: QuerySet[Project]) -> QuerySet[Campaign]:
    return (
        Campaign.objects.filter(project__in=projects)
        .select_related("project__team", "created_by")
        .prefetch_related("steps")
        .order_by("-created_at", "-id")
    )


def campaigns_due(limit: int, *, planning: bool) -> list[UUID]:
    """Ids of campaigns whose next step should be taken now; ``planning`` picks the slow ones."""
    return list(
        Campaign.objects.filter(
            state__in=LIVE,
            planning=planning,
            next_run_at__lte=Now(),
            lease_until__lt=Now(),
            project__deleted_at=None,
        )
        .order_by("next_run_at")
        .values_list("pk", flat=True)[:limit]
    )


def step_facts(step: Step) -> dict[str, float]:
    """What a condition may know of a step; see ``facts``. NaN where nothing was measured."""
    facts = {
        "points": float(step.points_total),
        "measured": float(step.points_measured),
        "failed": float(step.points_failed),
        **_values(step, None),
    }
    if step.kind == Step.Kind.LOOP:
        facts |= {"sigma": MISSING if step.sigma is None else step.sigma, "spent": step.spent}
    for name in sources_of(step.spec):
        of_source = _values(step, name)
        facts |= {f"{source_word(name)}_{word}": value for word, value in of_source.items()}
    return {f"{step.name}_{word}": value for word, value in facts.items()}


def _values(step: Step, source: str | None) -> dict[str, float]:
    found = _measured(step, source).aggregate(
        min=Min("value"), max=Max("value"), mean=Avg("value"), std=Max("std")
    )
    return {word: MISSING if found[word] is None else float(found[word]) for word in VALUES}


def _measured(step: Step, source: str | None) -> QuerySet[Measurement]:
    project = step.campaign.project
    jobs = Job.objects.filter(
        Q(campaign_runs__entry__step=step) | Q(campaign_retries__run__entry__step=step)
    ).values("pk")
    valid = measurements_valid(project.pk).filter(Q(job__in=jobs) | Q(reuses__job__in=jobs))
    if source is not None:
        valid = valid.filter(source_revision__source__name=source)
    return Measurement.objects.filter(
        pk__in=valid.order_by().values("pk"), observable__name=_observable(step)
    )


def _observable(step: Step) -> str:
    if step.kind == Step.Kind.LOOP:
        return str(step.spec["observable"])
    asked: list[Any] = step.spec["observables"]
    first = step.campaign.project.observables.first()
    return str(asked[0]) if asked else first.name if first else ""


def runs_retryable(campaign: Campaign) -> QuerySet[Run]:
    """Runs that ended and left points without an answer."""
    lost = Q(state=RunState.FAILED) | Q(state=RunState.SUCCEEDED, points_failed__gt=0)
    return campaign.runs.filter(lost)


def loops_retryable(campaign: Campaign) -> QuerySet[Step]:
    """Loops that failed, and may ask their twin again."""
    return campaign.steps.filter(kind=Step.Kind.LOOP, state=StepState.FAILED)


def campaign_retryable(campaign: Campaign) -> bool:
    """Whether something of it failed; what was cancelled stays so."""
    if campaign.state == State.CANCELLED or campaign.cancel_requested_at is not None:
        return False
    return runs_retryable(campaign).exists() or loops_retryable(campaign).exists()


def entries_of(campaign: Campaign) -> QuerySet[Entry]:
    """The table of a campaign, row by row, with the runs of each row."""
    runs = Run.objects.select_related("job").defer("knobs", "job__points", "job__knob_values")
    rows = campaign.entries.select_related("step", "decision").defer("decision__plan")
    return rows.prefetch_related(Prefetch("runs", queryset=runs)).order_by("number")


def schedules_visible_to(user: User | AnonymousUser) -> QuerySet[Schedule]:
    """Schedules of the user's teams' projects, newest first."""
    return _schedules(projects_visible_to(user))


def schedules_writable_by(user: User | AnonymousUser) -> QuerySet[Schedule]:
    """Schedules that the user may stop, start and remove."""
    return _schedules(projects_writable_by(user))


def _schedules(projects: QuerySet[Project]) -> QuerySet[Schedule]:
    rows = Schedule.objects.filter(removed_at=None, project__in=projects)
    return rows.select_related("project__team").order_by("-created_at", "-id")


def last_campaigns(schedules: Collection[Schedule]) -> dict[UUID, Campaign]:
    """The newest campaign that each schedule started, by the schedule's id."""
    last = Campaign.objects.filter(schedule=OuterRef("pk")).order_by("-occasion").values("pk")[:1]
    rows = Schedule.objects.filter(pk__in=[schedule.pk for schedule in schedules])
    found = Campaign.objects.filter(pk__in=rows.annotate(last=Subquery(last)).values("last"))
    return {row.schedule_id: row for row in found if row.schedule_id is not None}


def schedules_due() -> QuerySet[Schedule]:
    """Schedules whose time has come, or whose device has a calibration that they do not know."""
    newer = Calibration.objects.filter(
        team=OuterRef("project__team"),
        backend=OuterRef("on_calibration"),
        pk__gt=OuterRef("calibration_seen"),
    )
    return Schedule.objects.filter(
        Q(next_at__lte=Now()) | Exists(newer), active=True, project__deleted_at=None
    )


def credentials_watched(limit: int, *, every_s: float) -> list[UUID]:
    """Ids of credentials whose vendor should be asked for calibrations now.

    Those of teams with a schedule that waits for one, unless they were asked within ``every_s``.
    """
    waiting = Schedule.objects.filter(active=True, project__deleted_at=None)
    pairs = waiting.exclude(on_calibration="").order_by()
    found = []
    for team, backend in pairs.values_list("project__team", "on_calibration").distinct():
        held = Credential.objects.filter(team=team, vendor=vendor_of(backend), revoked_at=None)
        newest = held.order_by("-created_at", "-id").first()
        lately = Now() - timedelta(seconds=every_s)
        if newest is not None and not newest.tests.filter(created_at__gt=lately).exists():
            found.append(newest.pk)
    return sorted(set(found))[:limit]
