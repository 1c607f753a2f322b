"""One job over HTTP: what it is, what happened to it, and what it measured."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qtwin.jobs.api.rows import EventRow, JobDetail, JobRow, MeasurementRow
from qtwin.jobs.api.submit import jobs_page
from qtwin.jobs.models import Job
from qtwin.jobs.selectors import (
    jobs_visible_to,
    measurements_of_job,
)
from qtwin.jobs.states import SHOWN


class ById(CursorPagination):
    ordering = "id"
    page_size_query_param = "limit"
    max_page_size = 200


def visible_job(request: Request, job_id: str) -> Job:
    user: Any = request.user
    return get_object_or_404(jobs_visible_to(user), pk=job_id)


class AllJobsView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=sorted(set(SHOWN.values())))],
        responses=JobRow(many=True),
        operation_id="jobs_list",
    )
    def get(self, request: Request) -> Response:
        return jobs_page(self, request, None)


class JobView(APIView):
    @extend_schema(responses=JobDetail, operation_id="jobs_detail")
    def get(self, request: Request, job_id: str) -> Response:
        return Response(JobDetail(visible_job(request, job_id)).data)


class JobEventsView(APIView):
    @extend_schema(responses=EventRow(many=True), operation_id="jobs_events")
    def get(self, request: Request, job_id: str) -> Response:
        pages = ById()
        rows = visible_job(request, job_id).events.all()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(EventRow(page or [], many=True).data)


class JobMeasurementsView(APIView):
    @extend_schema(responses=MeasurementRow(many=True), operation_id="jobs_measurements")
    def get(self, request: Request, job_id: str) -> Response:
        job = visible_job(request, job_id)
        pages = ById()
        rows = measurements_of_job(job)
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(MeasurementRow(page or [], many=True).data)
