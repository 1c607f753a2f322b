"""The measurements of a project over HTTP: what there is, and imports of more."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qtwin.jobs.api.dataset import DatasetAnswer, DatasetInput, answer, import_from
from qtwin.jobs.api.rows import MeasurementRow
from qtwin.jobs.selectors import measurements_of
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.rest.moment import asked_moment
from qtwin.rest.pages import NewestFirst


class ProjectMeasurementsView(APIView):
    largest_field = "/data"

    @extend_schema(
        parameters=[
            OpenApiParameter("source", str),
            OpenApiParameter(
                "as_of", str, description="What was there and valid at this time, with its zone."
            ),
        ],
        responses=MeasurementRow(many=True),
        operation_id="measurements_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        rows = measurements_of(project.pk, at=asked_moment(request))
        if source := request.query_params.get("source"):
            rows = rows.filter(source_revision__source__name=source)
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
        key = request.headers.get("Idempotency-Key", "")
        return answer(import_from(request.data, project=project, by=user, key=key))
