"""Drafts of projects: begun, kept as they are typed, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.projects.models import ProjectDraft

KEPT = timedelta(days=14)
"""How long a draft that nobody touches is kept."""
MOST = 20
"""Drafts of one person; the oldest makes room."""

Typed = Mapping[str, Sequence[str]]


@transaction.atomic
def draft_begin(*, template: str, typed: Mapping[str, Typed], by: User) -> ProjectDraft:
    """A new draft; what is too old, of anybody, goes."""
    ProjectDraft.objects.filter(touched_at__lt=timezone.now() - KEPT).delete()
    mine = ProjectDraft.objects.filter(created_by=by).order_by("-touched_at")
    ProjectDraft.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST - 1 :])).delete()
    return ProjectDraft.objects.create(template=template, typed=dict(typed), created_by=by)


@transaction.atomic
def draft_keep(
    draft: ProjectDraft, *, step: str, typed: Typed, data: str | None = None
) -> ProjectDraft:
    """Keep what one step's fields say now; the other steps' stay as they are in the database.

    Args:
        data: A file in place of the one that is there; None leaves that.
    """
    row = ProjectDraft.objects.select_for_update().get(pk=draft.pk)
    row.typed = {**row.typed, step: {name: list(values) for name, values in typed.items()}}
    row.data = row.data if data is None else data
    row.touched_at = timezone.now()
    row.save(update_fields=["typed", "data", "touched_at"])
    draft.typed, draft.data, draft.touched_at = row.typed, row.data, row.touched_at
    return draft


def draft_discard(draft: ProjectDraft) -> None:
    """Forget it; the project that it became stays."""
    ProjectDraft.objects.filter(pk=draft.pk).delete()


def draft_lock(draft: ProjectDraft) -> ProjectDraft:
    """The draft as it is now, until the transaction ends, so that it becomes one project."""
    rows = ProjectDraft.objects.select_for_update(of=("self",))  # PostgreSQL locks no outer join
    return rows.select_related("project").get(pk=draft.pk)


def draft_done(draft: ProjectDraft, project: Any) -> None:
    """Note what became of it."""
    ProjectDraft.objects.filter(pk=draft.pk).update(project=project)
