"""One job over HTTP: what it is, what happened to it, and what it measured."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.jobs.api.rows import JobDetail, JobRow, MeasurementRow
from qtwin.jobs.api.submit import JOB_FILTERS, jobs_page
from qtwin.jobs.api.table import job_table, measurement_table
from qtwin.jobs.models import Job
from qtwin.jobs.selectors import (
    job_visible_to,
    jobs_read_by,
    jobs_visible_to,
    measurements_of_job,
)
from qtwin.rest.filters import filtered, identifier, parameters
from qtwin.rest.formats import CsvRenderer, ParquetRenderer, forms, in_forms
from qtwin.rest.table import is_table, table_response
from qtwin.rest.view import APIView
from qtwin.rest.watch import WAIT, check_wait, watched

ALL_FILTERS = (*JOB_FILTERS, identifier("project", "project"))


class ById(CursorPagination):
    ordering = "id"
    page_size_query_param = "limit"
    max_page_size = 200


def visible_job(request: Request, job_id: UUID) -> Job:
    user: Any = request.user
    job = job_visible_to(user, job_id)
    if job is None:
        raise Http404
    return job


class AllJobsView(APIView):
    renderer_classes = [JSONRenderer, CsvRenderer, ParquetRenderer]

    @extend_schema(
        parameters=[*parameters(ALL_FILTERS), forms(CsvRenderer, ParquetRenderer)],
        responses=in_forms(JobRow(many=True), (CsvRenderer, ParquetRenderer)),
        operation_id="jobs_list",
    )
    def get(self, request: Request) -> Response | StreamingHttpResponse:
        """Newest first; as CSV or Parquet all of them, oldest first."""
        user: Any = request.user
        if is_table(request):
            return table_response(
                request, job_table(filtered(jobs_read_by(user), request, ALL_FILTERS))
            )
        return jobs_page(self, request, jobs_visible_to(user), ALL_FILTERS)


class JobView(APIView):
    moving = frozenset({"reason", "estimate", "estimated_until"})

    @extend_schema(parameters=[WAIT], responses=JobDetail, operation_id="jobs_detail")
    def get(self, request: Request, job_id: UUID) -> Response:
        check_wait(request)
        job = visible_job(request, job_id)
        watched(request, [job.project_id], job=job.pk, ended=job.is_terminal)
        return Response(JobDetail(job).data)


class JobMeasurementsView(APIView):
    renderer_classes = [JSONRenderer, CsvRenderer, ParquetRenderer]

    @extend_schema(
        parameters=[forms(CsvRenderer, ParquetRenderer)],
        responses=in_forms(MeasurementRow(many=True), (CsvRenderer, ParquetRenderer)),
        operation_id="jobs_measurements",
    )
    def get(self, request: Request, job_id: UUID) -> Response | StreamingHttpResponse:
        """What it measured, and what it reused from earlier jobs."""
        job = visible_job(request, job_id)
        rows = measurements_of_job(job)
        if is_table(request):
            return table_response(request, measurement_table(job.project, rows, name=str(job.pk)))
        pages = ById()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(MeasurementRow(page or [], many=True).data)
