"""Where numbers come from, over HTTP: the chain behind one, its raw payload, a job's identity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.jobs.api.job import visible_job
from qtwin.jobs.models import Measurement
from qtwin.jobs.provenance import job_identity, measurement_provenance
from qtwin.jobs.selectors import measurements_visible_to
from qtwin.jobs.shots import shots_shared
from qtwin.projects.models.artifact import DATASET
from qtwin.projects.services import artifact_read
from qtwin.rest.view import APIView


class Provenance(serializers.Serializer[Any]):
    """Null where there is no such link: imported numbers have no job, others no dataset."""

    measurement = serializers.DictField()
    source = serializers.DictField()  # type: ignore[assignment]  # the API's name
    job = serializers.DictField(allow_null=True)
    attempt = serializers.DictField(allow_null=True)
    run = serializers.DictField(allow_null=True)
    submission = serializers.DictField(allow_null=True)
    structure = serializers.DictField(allow_null=True)
    calibration = serializers.DictField(allow_null=True)
    raw = serializers.DictField(allow_null=True)
    shots = serializers.DictField(
        help_text="Numbers with the same group share shots; the covariance is an artifact."
    )
    dataset = serializers.DictField(allow_null=True)
    pool = serializers.DictField()
    reused_by = serializers.ListField(child=serializers.UUIDField())


class CovarianceRow(serializers.ModelSerializer[Measurement]):
    observable = serializers.CharField(source="observable.name")
    valid = serializers.SerializerMethodField()

    class Meta:
        model = Measurement
        fields = ["id", "observable", "point", "knobs", "value", "std", "unit", "valid"]

    def get_valid(self, measurement: Measurement) -> bool:
        return getattr(measurement, "valid", None) is not False


class Covariance(serializers.Serializer[Any]):
    shot_group = serializers.CharField()
    measurements = CovarianceRow(many=True)
    covariance = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="In the products of the units, in the order of the measurements.",
    )


class Pool(serializers.Serializer[Any]):
    epoch = serializers.CharField(allow_blank=True)
    jobs = serializers.IntegerField()
    draws = serializers.IntegerField()
    shots_each = serializers.IntegerField()


class Identity(serializers.Serializer[Any]):
    spec_hash = serializers.CharField(help_text="SHA-256 of ``hashed`` as compact, sorted JSON.")
    is_current = serializers.BooleanField(help_text="Whether this release gives the same hash.")
    hashed = serializers.DictField()
    not_hashed = serializers.DictField(child=serializers.CharField())
    points_reused = serializers.IntegerField()
    reused_from = serializers.ListField(child=serializers.UUIDField())
    pools = Pool(many=True)


def visible_measurement(request: Request, measurement_id: str) -> Measurement:
    user: Any = request.user
    return get_object_or_404(measurements_visible_to(user), pk=measurement_id)


class MeasurementProvenanceView(APIView):
    @extend_schema(responses=Provenance, operation_id="measurements_provenance")
    def get(self, request: Request, measurement_id: str) -> Response:
        return Response(measurement_provenance(visible_measurement(request, measurement_id)))


class MeasurementRawView(APIView):
    @extend_schema(
        responses={
            (200, "application/gzip"): OpenApiTypes.BINARY,
            (200, "text/csv"): OpenApiTypes.BINARY,
        },
        operation_id="measurements_raw",
    )
    def get(self, request: Request, measurement_id: str) -> HttpResponse:
        """The backend's answer as it was stored, JSON in gzip; or the CSV file of an import."""
        raw = visible_measurement(request, measurement_id).raw
        if raw is None:
            raise NotFound("an imported measurement has no raw payload")
        kind, end = ("text/csv", "csv") if raw.kind == DATASET else ("application/gzip", "json.gz")
        return HttpResponse(
            artifact_read(raw),
            content_type=kind,
            headers={"Content-Disposition": f'attachment; filename="{raw.sha256}.{end}"'},
        )


class MeasurementCovarianceView(APIView):
    @extend_schema(responses=Covariance, operation_id="measurements_covariance")
    def get(self, request: Request, measurement_id: str) -> Response:
        """The numbers that were estimated from the same shots, and their covariance."""
        measurement = visible_measurement(request, measurement_id)
        shared = shots_shared(measurement)
        if shared is None:
            raise NotFound("no covariance of the measurement with another is known")
        return Response(
            {
                "shot_group": measurement.shot_group,
                "measurements": CovarianceRow(shared.measurements, many=True).data,
                "covariance": shared.covariance.tolist(),
            }
        )


class JobIdentityView(APIView):
    @extend_schema(responses=Identity, operation_id="jobs_identity")
    def get(self, request: Request, job_id: UUID) -> Response:
        return Response(job_identity(visible_job(request, job_id)))
