"""What somebody may do in one project, for a page that shows only what they may."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, UUIDField

from qtwin.accounts.acting import is_bound
from qtwin.accounts.models import Role, User
from qtwin.accounts.models.team import MANAGERS, WRITERS
from qtwin.prepared import Read, Slot
from qtwin.projects.models import Project
from qtwin.projects.reach import Caller, may, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """In one project.

    Attributes:
        write: To submit jobs and change sources.
        manage: To set budgets and members.
    """

    write: bool
    manage: bool


def _may(roles: Collection[Role]) -> QuerySet[Project, Any]:
    somebody = User()
    somebody.pk = Slot("user", UUIDField())  # type: ignore[assignment]
    one = standing(may(somebody, roles)).filter(pk=Slot("project", UUIDField()))
    return one.order_by().values_list("pk", flat=True)


_WRITE = Read(lambda: _may(WRITERS))
_MANAGE = Read(lambda: _may(MANAGERS))


def standing_in(user: Caller, project_id: UUID) -> Standing:
    """Theirs in a project, as `projects_writable_by` and `projects_managed_by` have it."""
    if is_bound(user):
        write, manage = (
            standing(may(user, roles)).filter(pk=project_id).exists()
            for roles in (WRITERS, MANAGERS)
        )
        return Standing(write=write, manage=manage)
    if user.pk is None:
        return Standing(write=False, manage=False)
    asked = {"user": user.pk, "project": project_id}
    return Standing(
        write=_WRITE.first(**asked) is not None, manage=_MANAGE.first(**asked) is not None
    )
