"""Reads of saved filters, already filtered by who may see them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from qtwin.accounts.models import User
from qtwin.accounts.selectors import teams_managed_by, teams_visible_to
from qtwin.saved.models import SavedFilter

MOST_SHOWN = 40


def filters_visible_to(user: User | AnonymousUser) -> QuerySet[SavedFilter]:
    """The user's own, and those that others share with their teams, by name."""
    shared = Q(team__in=teams_visible_to(user).values("pk"))
    rows = SavedFilter.objects.filter(Q(user=user.pk) | shared)
    return rows.select_related("user", "team").order_by("name", "pk")


def filters_editable_by(user: User | AnonymousUser) -> QuerySet[SavedFilter]:
    """The user's own, which they may rename, but for those of a team that they left."""
    here = Q(team=None) | Q(team__in=teams_visible_to(user).values("pk"))
    return SavedFilter.objects.filter(here, user=user.pk)


def filters_deletable_by(user: User | AnonymousUser) -> QuerySet[SavedFilter]:
    """The user's own, and those that are shared in teams that they manage."""
    return SavedFilter.objects.filter(
        Q(user=user.pk) | Q(team__in=teams_managed_by(user).values("pk"))
    )
