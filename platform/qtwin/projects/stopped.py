"""Which backends are stopped, for jobs that would start on them."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from qtwin.projects.models import BackendStop, Project, SourceRevision


def stops_of(project: str, revision: str) -> QuerySet[BackendStop]:
    """Stops that hold for a row of an outer query, as a correlated subquery without joins.

    A stopped backend stops its mitigated forms too: ``fake-ibm`` also ``zne+fake-ibm``.

    Args:
        project: The outer query's column with the project's id.
        revision: The one with the source revision's id.
    """
    backend = SourceRevision.objects.filter(pk=OuterRef(OuterRef(revision))).values("backend")
    team = Project.objects.filter(pk=OuterRef(OuterRef(project))).values("team")
    return BackendStop.objects.annotate(
        wanted=Subquery(backend), inner=Concat(Value("+"), F("backend"))
    ).filter(
        Q(wanted=F("backend")) | Q(wanted__endswith=F("inner")),
        Q(team=None) | Q(team=Subquery(team)),
    )
