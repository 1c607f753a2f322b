"""Vendors' results of another time over HTTP."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected
from backends.qpu.recorded_payload import VENDORS
from qtwin.jobs.api.submit import MAX_POINTS, MAX_SHOTS, KnobsField
from qtwin.jobs.services import DatasetConflict, RecordingSpec, recording_add
from qtwin.projects.api.source import NAME, SourceRow
from qtwin.projects.models import Role
from qtwin.projects.selectors import projects_writable_by
from qtwin.rest.once import once_per_key
from qtwin.rest.points import PointsField
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class RecordingInput(StrictSerializer):
    source = serializers.RegexField(  # type: ignore[assignment]  # the API's name
        NAME, max_length=40, help_text="Name of the source that it becomes."
    )
    role = serializers.ChoiceField(choices=Role.choices, required=False, default=Role.DEVICE)
    citation = serializers.CharField(
        max_length=10_000, help_text="Where it was published, or who measured it."
    )
    licence = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    vendor = serializers.ChoiceField(choices=VENDORS)
    payload = serializers.CharField(
        help_text="What the platform keeps of a vendor's task, in base64."
    )
    method = serializers.CharField(max_length=40)
    settings = serializers.DictField(required=False, default=dict)
    points = PointsField(max_points=MAX_POINTS)
    knobs = KnobsField(required=False, default=dict)
    observables = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_empty=False, max_length=100
    )
    shots = serializers.IntegerField(
        min_value=1, max_value=MAX_SHOTS, required=False, allow_null=True, default=None
    )
    seed = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )

    def validate_payload(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError(f"{text[:20]!r}; allowed: base64") from None


class RecordingsView(APIView):
    largest_field = "/payload"

    @extend_schema(
        request=RecordingInput,
        responses={201: SourceRow, 200: SourceRow},
        operation_id="recordings_create",
    )
    @once_per_key()
    def post(self, request: Request, project_id: str) -> Response:
        """Keep a vendor's result with what it answers, as a source whose jobs read it again."""
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        data = RecordingInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            spec = RecordingSpec(**data.validated_data)
            source, new = recording_add(project=project, spec=spec, by=user)
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        except DatasetConflict as error:
            raise Conflict(error.pointer, str(error)) from error
        return Response(
            SourceRow(source).data,
            status=status.HTTP_201_CREATED if new else status.HTTP_200_OK,
        )
