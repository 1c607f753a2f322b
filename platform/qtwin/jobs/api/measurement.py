"""The measurements of a project over HTTP: what there is, and imports of more."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.jobs.api.dataset import DatasetAnswer, DatasetInput, answer, import_from
from qtwin.jobs.api.rows import MeasurementRow
from qtwin.jobs.api.table import measurement_table
from qtwin.jobs.selectors import COUNTS, measurements_of
from qtwin.projects.selectors import projects_readable_by, projects_writable_by
from qtwin.rest.filters import filtered, identifier, parameters, text, times, truth
from qtwin.rest.formats import CsvRenderer, ParquetRenderer, forms, in_forms
from qtwin.rest.moment import asked_moment
from qtwin.rest.once import asked_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.table import is_table, table_response
from qtwin.rest.view import APIView

AS_OF = OpenApiParameter(
    "as_of", str, description="What was there and valid at this time, with its zone."
)
TABLES = forms(CsvRenderer, ParquetRenderer)
MEASUREMENT_FILTERS = (
    text("source", "source_revision__source__name"),
    text("observable", "observable__name"),
    identifier("job", "job", "Measured by it; not what it reused."),
    identifier("dataset", "dataset"),
    truth("valid", lambda value, _: COUNTS if value else ~COUNTS, "Whether it counts."),
    *times("measured_at", "Measured"),
)


class ProjectMeasurementsView(APIView):
    largest_field = "/data"
    visitors = True

    renderer_classes = [JSONRenderer, CsvRenderer, ParquetRenderer]

    @extend_schema(
        parameters=[*parameters(MEASUREMENT_FILTERS), AS_OF, TABLES],
        responses=in_forms(MeasurementRow(many=True), (CsvRenderer, ParquetRenderer)),
        operation_id="measurements_list",
    )
    def get(self, request: Request, project_id: str) -> Response | StreamingHttpResponse:
        """Newest first; as CSV or Parquet all of them, oldest first."""
        user: Any = request.user
        project = get_object_or_404(projects_readable_by(user), pk=project_id)
        rows = measurements_of(project.pk, at=asked_moment(request))
        rows = filtered(rows, request, MEASUREMENT_FILTERS)
        if is_table(request):
            return table_response(request, measurement_table(project, rows))
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(MeasurementRow(page or [], many=True).data)

    @extend_schema(
        request=DatasetInput,
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={201: DatasetAnswer, 200: DatasetAnswer},
        operation_id="measurements_import",
    )
    def post(self, request: Request, project_id: str) -> Response:
        """Import lab or published data with its citation, as measurements of recorded sources."""
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        key = asked_key(request)
        return answer(import_from(request.data, project=project, by=user, key=key))
