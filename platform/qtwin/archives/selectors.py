"""Reads of imports, already filtered by who may see them."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.db.models.functions import Now

from qtwin.accounts.models import User
from qtwin.accounts.selectors import teams_visible_to
from qtwin.archives.models import Import


def imports_visible_to(user: User | AnonymousUser) -> QuerySet[Import]:
    """Imports into the user's teams, newest first."""
    rows = Import.objects.filter(team__in=teams_visible_to(user))
    return rows.select_related("team", "project").order_by("-created_at", "-id")


def imports_due(limit: int) -> list[UUID]:
    """Ids of imports that a worker should take up now, the oldest first."""
    due = Import.objects.filter(state__in=Import.OPEN, lease_until__lt=Now())
    return list(due.order_by("created_at").values_list("pk", flat=True)[:limit])
