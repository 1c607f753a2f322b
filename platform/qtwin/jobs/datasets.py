"""Reads of imports, already filtered by who may see them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qtwin.accounts.models import User
from qtwin.jobs.models import Measurement, Validity
from qtwin.projects.models import Dataset
from qtwin.projects.selectors import projects_visible_to, projects_writable_by


def datasets_of(project_id: Any) -> QuerySet[Dataset]:
    """Imports into a project, newest first, with their ``measurements`` counted."""
    return _counted(Dataset.objects.filter(project_id=project_id))


def datasets_visible_to(user: User | AnonymousUser) -> QuerySet[Dataset]:
    """The same of all projects of the user's teams."""
    return _counted(Dataset.objects.filter(project__in=projects_visible_to(user)))


def datasets_writable_by(user: User | AnonymousUser) -> QuerySet[Dataset]:
    """Imports that the user may invalidate and restore."""
    return Dataset.objects.filter(project__in=projects_writable_by(user)).select_related(
        "project__team"
    )


def _counted(rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
    latest = Validity.objects.filter(measurement=OuterRef("pk")).order_by("-id").values("valid")
    every = Measurement.objects.filter(dataset=OuterRef("pk"))
    gone = every.alias(valid=Subquery(latest[:1])).filter(valid=False)
    counted = rows.select_related("created_by").annotate(
        measurements=_count_of(every), invalidated=_count_of(gone)
    )
    return counted.order_by("-created_at", "-id")


def _count_of(rows: QuerySet[Measurement]) -> Coalesce:
    """Of one dataset; a join would count the others anew for each of its rows."""
    return Coalesce(
        Subquery(rows.order_by().values("dataset").annotate(n=Count("pk")).values("n")), 0
    )
