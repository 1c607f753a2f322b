"""Reads of worlds and of what was trained in them, already filtered by who may see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.db.models.functions import Now

from qtwin.accounts.models import User
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.training.models import (
    Classifier,
    Evaluation,
    Loop,
    Policy,
    TrainingRun,
    TransferReport,
    World,
)
from qtwin.training.states import OPEN

Caller = User | AnonymousUser
NEWEST = ("-created_at", "-id")


def worlds_visible_to(user: Caller) -> QuerySet[World]:
    """Worlds of projects that the user sees, newest first."""
    return _worlds(projects_visible_to(user))


def worlds_writable_by(user: Caller) -> QuerySet[World]:
    """Worlds in which the user may train."""
    return _worlds(projects_writable_by(user))


def _worlds(projects: QuerySet[Project]) -> QuerySet[World]:
    rows = World.objects.filter(project__in=projects, deleted_at=None)
    return rows.select_related(
        "project__team", "created_by", "twin_version", "held_out_version"
    ).order_by(*NEWEST)


def runs_visible_to(user: Caller) -> QuerySet[TrainingRun]:
    """Training runs in worlds that the user sees, newest first."""
    return _runs(worlds_visible_to(user))


def runs_writable_by(user: Caller) -> QuerySet[TrainingRun]:
    """Training runs that the user may cancel."""
    return _runs(worlds_writable_by(user))


def _runs(worlds: QuerySet[World]) -> QuerySet[TrainingRun]:
    rows = TrainingRun.objects.filter(world__in=worlds.order_by())
    return rows.select_related("world__project__team", "created_by", "policy").order_by(*NEWEST)


def policies_visible_to(user: Caller) -> QuerySet[Policy]:
    """Policies of worlds that the user sees, newest first."""
    return _policies(worlds_visible_to(user))


def policies_writable_by(user: Caller) -> QuerySet[Policy]:
    """Policies that the user may evaluate, transfer and hide."""
    return _policies(worlds_writable_by(user))


def _policies(worlds: QuerySet[World]) -> QuerySet[Policy]:
    rows = Policy.objects.filter(world__in=worlds.order_by(), deleted_at=None)
    return rows.select_related(
        "world__project__team", "artifact", "run", "twin_version", "created_by"
    ).order_by(*NEWEST)


def evaluations_visible_to(user: Caller) -> QuerySet[Evaluation]:
    """Evaluations of policies that the user sees, newest first."""
    rows = Evaluation.objects.filter(policy__in=policies_visible_to(user).order_by())
    return rows.select_related("policy__world__project__team").order_by(*NEWEST)


def reports_visible_to(user: Caller) -> QuerySet[TransferReport]:
    """Transfer reports of policies that the user sees, newest first."""
    return _reports(policies_visible_to(user))


def reports_writable_by(user: Caller) -> QuerySet[TransferReport]:
    """Transfer reports that the user may cancel."""
    return _reports(policies_writable_by(user))


def _reports(policies: QuerySet[Policy]) -> QuerySet[TransferReport]:
    rows = TransferReport.objects.filter(policy__in=policies.order_by())
    return rows.select_related(
        "policy", "world__project__team", "created_by", "transfer_project", "job"
    ).order_by(*NEWEST)


def classifiers_visible_to(user: Caller) -> QuerySet[Classifier]:
    """Comparisons of classifiers of projects that the user sees, newest first."""
    return _classifiers(projects_visible_to(user))


def classifiers_writable_by(user: Caller) -> QuerySet[Classifier]:
    """Comparisons that the user may cancel."""
    return _classifiers(projects_writable_by(user))


def _classifiers(projects: QuerySet[Project]) -> QuerySet[Classifier]:
    rows = Classifier.objects.filter(project__in=projects.order_by())
    return rows.select_related("project__team", "created_by").order_by(*NEWEST)


def loops_visible_to(user: Caller) -> QuerySet[Loop]:
    """Loops that began in worlds that the user sees, newest first."""
    return _loops(worlds_visible_to(user))


def loops_writable_by(user: Caller) -> QuerySet[Loop]:
    """Loops that the user may cancel."""
    return _loops(worlds_writable_by(user))


def _loops(worlds: QuerySet[World]) -> QuerySet[Loop]:
    rows = Loop.objects.filter(world__in=worlds.order_by())
    rows = rows.select_related("world__project__team", "created_by")
    return rows.prefetch_related("rounds__run__policy").order_by(*NEWEST)


def worlds_due(limit: int) -> list[UUID]:
    """Ids of worlds that a worker should make now, the oldest first."""
    return _due(World.objects.filter(project__deleted_at=None, deleted_at=None), limit)


def runs_due(limit: int) -> list[UUID]:
    """Ids of runs that a worker should train now; those of worlds that are made."""
    rows = TrainingRun.objects.filter(world__project__deleted_at=None)
    return _due(rows.exclude(world__state__in=OPEN), limit)


def evaluations_due(limit: int) -> list[UUID]:
    """Ids of evaluations that a worker should make now."""
    return _due(Evaluation.objects.filter(policy__world__project__deleted_at=None), limit)


def reports_due(limit: int) -> list[UUID]:
    """Ids of reports that a worker should go on with now."""
    return _due(TransferReport.objects.filter(world__project__deleted_at=None), limit)


def classifiers_due(limit: int) -> list[UUID]:
    """Ids of comparisons that a worker should make now."""
    return _due(Classifier.objects.filter(project__deleted_at=None), limit)


def loops_due(limit: int) -> list[UUID]:
    """Ids of loops whose next step a worker should take now."""
    return _due(Loop.objects.filter(world__project__deleted_at=None), limit)


def _due(rows: QuerySet[Any], limit: int) -> list[UUID]:
    due = rows.filter(state__in=OPEN, lease_until__lt=Now(), next_run_at__lte=Now())
    return list(due.order_by("next_run_at", "created_at").values_list("pk", flat=True)[:limit])
