"""Reads of projects, already filtered by who may see them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from qtwin.accounts.models import User
from qtwin.accounts.models.team import WRITERS
from qtwin.projects.models import Project


def projects_visible_to(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects of the user's teams, newest first."""
    return Project.objects.filter(team__memberships__user=user.pk, deleted_at=None).order_by(
        "-created_at", "-id"
    )


def projects_writable_by(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects in which the user may submit jobs and change sources."""
    return Project.objects.filter(deleted_at=None).filter(
        team__memberships__user=user.pk, team__memberships__role__in=WRITERS
    )
