"""Calibrations of a backend's devices over HTTP, as the user's teams have seen them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.jobs.calibrations import calibrations_visible_to
from qtwin.jobs.models import Calibration
from qtwin.rest.moment import asked_moment
from qtwin.rest.pages import NewestFirst
from qtwin.rest.view import APIView


class CalibrationRow(serializers.ModelSerializer[Calibration]):
    sha256 = serializers.CharField(
        source="digest", help_text="Of the document; empty where only the name is known."
    )
    seen_at = serializers.DateTimeField(source="created_at", help_text="When it became known here.")
    team = serializers.UUIDField(source="team_id", allow_null=True)
    project = serializers.UUIDField(
        source="project_id", allow_null=True, help_text="Into which it was imported."
    )

    class Meta:
        model = Calibration
        fields = ["id", "device", "identifier", "calibrated_at", "seen_at", "sha256", "team"]
        fields += ["project"]


class CalibrationDetail(CalibrationRow):
    document = serializers.DictField(
        allow_null=True,
        help_text="qubits: number, T1 and T2 in seconds, probability to read 1 of 0 and 0 of 1; "
        "gates: name, qubits, error, seconds; facts of devices without gates.",
    )

    class Meta(CalibrationRow.Meta):
        fields = [*CalibrationRow.Meta.fields, "document"]


def _rows(request: Request, name: str) -> QuerySet[Calibration]:
    """What is known of a backend's devices, whether it is still installed or not."""
    user: Any = request.user
    return calibrations_visible_to(user).filter(backend=name)


class CalibrationsView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("device", str),
            OpenApiParameter("since", str, description="Taken at this time or later."),
            OpenApiParameter("until", str, description="Taken at this time or before."),
        ],
        responses=CalibrationRow(many=True),
        operation_id="calibrations_list",
    )
    def get(self, request: Request, name: str) -> Response:
        """What became known last comes first."""
        rows = _rows(request, name).defer("document")
        if device := request.query_params.get("device"):
            rows = rows.filter(device=device)
        if (since := asked_moment(request, "since")) is not None:
            rows = rows.filter(calibrated_at__gte=since)
        if (until := asked_moment(request, "until")) is not None:
            rows = rows.filter(calibrated_at__lte=until)
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(CalibrationRow(page or [], many=True).data)


class CalibrationView(APIView):
    @extend_schema(responses=CalibrationDetail, operation_id="calibrations_detail")
    def get(self, request: Request, name: str, calibration_id: int) -> Response:
        row = get_object_or_404(_rows(request, name), pk=calibration_id)
        return Response(CalibrationDetail(row).data)
