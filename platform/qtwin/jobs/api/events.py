"""What happened, as pages; with ``Accept: text/event-stream``, as it happens (`qtwin.waiting`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.jobs.api.job import ById, visible_job
from qtwin.jobs.api.rows import EventRow
from qtwin.jobs.models import Event
from qtwin.jobs.selectors import events_of
from qtwin.jobs.stream import start_after
from qtwin.projects.selectors import projects_visible_to
from qtwin.rest.problem import PointedError
from qtwin.rest.view import APIView
from qtwin.rest.watch import watched

AFTER = OpenApiParameter("after", int, description="Only events with a larger id.")
STREAM = (
    "With `Accept: text/event-stream` they are sent as they happen; `Last-Event-ID` brings those "
    "that were missed."
)


class EventsView(APIView):
    @extend_schema(
        parameters=[AFTER],
        responses=EventRow(many=True),
        operation_id="events_list",
        description=f"Of all your projects, oldest first. {STREAM}",
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        projects = list(projects_visible_to(user).values_list("pk", flat=True))
        return _page(self, request, projects, events_of(projects))


class ProjectEventsView(APIView):
    @extend_schema(
        parameters=[AFTER],
        responses=EventRow(many=True),
        operation_id="projects_events",
        description=f"Oldest first. {STREAM}",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        return _page(self, request, [project.pk], events_of([project.pk]))


class JobEventsView(APIView):
    @extend_schema(
        parameters=[AFTER],
        responses=EventRow(many=True),
        operation_id="jobs_events",
        description=f"Oldest first. {STREAM}",
    )
    def get(self, request: Request, job_id: UUID) -> Response:
        job = visible_job(request, job_id)
        return _page(self, request, [job.project_id], events_of([job.project_id], job=job), job.pk)


def _page(
    view: APIView,
    request: Request,
    projects: Collection[UUID],
    rows: QuerySet[Event],
    job: UUID | None = None,
) -> Response:
    watched(request, projects, job=job)
    text = request.query_params.get("after")
    if text is not None:
        after = start_after(text)
        if after is None:
            raise PointedError("?after", f"{text[:20]!r}; allowed: the id of an event")
        rows = rows.filter(pk__gt=after)
    pages = ById()
    page = pages.paginate_queryset(rows, request, view=view)
    return pages.get_paginated_response(EventRow(page or [], many=True).data)
