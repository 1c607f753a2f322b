"""Parts of a job over HTTP: its attempts and what they logged, why it waits, its raw payloads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.jobs.api.job import visible_job
from qtwin.jobs.api.rows import AttemptRow
from qtwin.jobs.models import Attempt
from qtwin.jobs.provenance import job_versions
from qtwin.jobs.selectors import jobs_reused_by, raws_of_job
from qtwin.jobs.waiting import job_waiting
from qtwin.projects.models import Artifact
from qtwin.projects.services import artifact_read
from qtwin.rest.view import APIView


class WaitingReason(serializers.Serializer[Any]):
    state = serializers.CharField()
    code = serializers.CharField(help_text="For programs; empty for a job that succeeded.")
    sentence = serializers.CharField()
    next_step = serializers.CharField(help_text="What a person can do about it.")
    estimate = serializers.CharField(help_text="In words; never empty before it has ended.")
    until = serializers.DateTimeField(allow_null=True, help_text="The estimate, as a time.")


class JobProvenance(serializers.Serializer[Any]):
    """What is the same for all of its measurements; each has a chain of its own."""

    source_revision = serializers.IntegerField()
    backend = serializers.CharField()
    method = serializers.CharField()
    settings = serializers.DictField()
    seed = serializers.IntegerField()
    spec_hash = serializers.CharField()
    versions = serializers.DictField(child=serializers.CharField(), help_text="Of libraries.")
    calibrations = serializers.ListField(child=serializers.CharField())
    remote_ids = serializers.ListField(child=serializers.CharField())
    raw = serializers.ListField(child=serializers.CharField(), help_text="SHA-256 of payloads.")
    reused_from = serializers.ListField(child=serializers.UUIDField())


class RawRow(serializers.ModelSerializer[Artifact]):
    class Meta:
        model = Artifact
        fields = ["sha256", "size", "kind", "created_at"]


class JobAttemptsView(APIView):
    paged = False

    @extend_schema(responses=AttemptRow(many=True), operation_id="jobs_attempts")
    def get(self, request: Request, job_id: UUID) -> Response:
        """Tries at the job, the first one first."""
        rows = visible_job(request, job_id).attempts.all()
        return Response({"results": AttemptRow(rows, many=True).data})


class JobLogsView(APIView):
    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR}, operation_id="jobs_logs")
    def get(self, request: Request, job_id: UUID) -> HttpResponse:
        """What its workers noted, as text."""
        attempts = visible_job(request, job_id).attempts.all()
        text = "\n".join(_noted(attempt) for attempt in attempts)
        return HttpResponse(text, content_type="text/plain; charset=utf-8")


class JobWaitingReasonView(APIView):
    moving = frozenset({"sentence", "estimate", "until"})

    @extend_schema(responses=WaitingReason, operation_id="jobs_waiting_reason")
    def get(self, request: Request, job_id: UUID) -> Response:
        """Why it is not done yet, or what it came to."""
        job = visible_job(request, job_id)
        waiting = job_waiting(job, backlog=True)
        return Response(
            {
                "state": job.shown_state,
                "code": waiting.code,
                "sentence": waiting.sentence,
                "next_step": waiting.next_step,
                "estimate": waiting.estimate,
                "until": waiting.until,
            }
        )


class JobProvenanceView(APIView):
    @extend_schema(responses=JobProvenance, operation_id="jobs_provenance")
    def get(self, request: Request, job_id: UUID) -> Response:
        job = visible_job(request, job_id)
        revision, runs = job.source_revision, list(job.runs.all())
        return Response(
            {
                "source_revision": revision.number,
                "backend": revision.backend,
                "method": revision.method,
                "settings": revision.settings,
                "seed": job.seed,
                "spec_hash": job.spec_hash,
                "versions": job_versions(job),
                "calibrations": sorted({run.calibration_id for run in runs} - {""}),
                "remote_ids": sorted({run.remote_id for run in runs} - {""}),
                "raw": [raw.sha256 for raw in raws_of_job(job)],
                "reused_from": jobs_reused_by(job),
            }
        )


class JobRawsView(APIView):
    paged = False

    @extend_schema(responses=RawRow(many=True), operation_id="jobs_raws")
    def get(self, request: Request, job_id: UUID) -> Response:
        """Payloads that its numbers were read from, as the backends gave them."""
        rows = raws_of_job(visible_job(request, job_id))
        return Response({"results": RawRow(rows, many=True).data})


class JobRawView(APIView):
    @extend_schema(
        responses={(200, "application/gzip"): OpenApiTypes.BINARY}, operation_id="jobs_raw"
    )
    def get(self, request: Request, job_id: UUID, sha256: str) -> HttpResponse:
        """One of them, JSON in gzip."""
        raw = raws_of_job(visible_job(request, job_id)).filter(sha256=sha256).first()
        if raw is None:
            raise NotFound(f"the job has no payload {sha256[:64]}")
        return HttpResponse(
            artifact_read(raw),
            content_type="application/gzip",
            headers={"Content-Disposition": f'attachment; filename="{raw.sha256}.json.gz"'},
        )


def _noted(attempt: Attempt) -> str:
    end = attempt.ended_at.isoformat() if attempt.ended_at else "now"
    head = (
        f"attempt {attempt.number} by {attempt.worker}, {attempt.started_at.isoformat()} to {end}"
    )
    came = ": ".join(part for part in (attempt.outcome, attempt.detail) if part)
    return "\n".join(part for part in (head, attempt.log.rstrip(), came) if part) + "\n"
