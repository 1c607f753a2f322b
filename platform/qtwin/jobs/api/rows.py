"""How jobs, events and measurements look in an answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backends.mitigation.damping import Verdict
from qtwin.jobs.anchors import job_anchors
from qtwin.jobs.models import Attempt, Event, Job, Measurement, PointFailure, Submission
from qtwin.jobs.selectors import jobs_reused_by
from qtwin.jobs.waiting import job_waiting
from qtwin.projects.api.amount import AmountField


class JobRow(serializers.ModelSerializer[Job]):
    project = serializers.UUIDField(source="project_id")
    source = serializers.CharField(source="source_revision.source.name")  # type: ignore[assignment]  # the API's name
    backend = serializers.CharField(source="source_revision.backend")
    method = serializers.CharField(source="source_revision.method")
    state = serializers.CharField(source="shown_state")
    reason_code = serializers.CharField(read_only=True)
    reason = serializers.CharField(
        read_only=True, help_text="Why it waits, failed or was cancelled, in a sentence."
    )
    next_step = serializers.CharField(read_only=True, default="")
    estimate = serializers.CharField(
        read_only=True, default="", help_text="In words; never empty before it has ended."
    )
    estimated_until = serializers.DateTimeField(read_only=True, allow_null=True, default=None)
    estimated_cost_usd = AmountField(source="estimated_cost", help_text="At most.")

    class Meta:
        model = Job
        fields = [
            "id",
            "project",
            "source",
            "backend",
            "method",
            "state",
            "reason_code",
            "reason",
            "next_step",
            "estimate",
            "estimated_until",
            "points_done",
            "points_total",
            "points_failed",
            "points_reused",
            "replay_of",
            "retry_of",
            "priority",
            "shots",
            "seed",
            "attempt",
            "estimated_seconds",
            "estimated_cost_usd",
            "estimated_qpu_seconds",
            "estimated_shots",
            "prices",
            "cancel_requested_at",
            "release_requested_at",
            "created_at",
            "started_at",
            "finished_at",
        ]

    backlog = False

    def to_representation(self, instance: Job) -> dict[str, Any]:
        waiting = job_waiting(instance, backlog=self.backlog)
        until = waiting.until
        return super().to_representation(instance) | {
            "reason_code": waiting.code,
            "reason": waiting.sentence,
            "next_step": waiting.next_step,
            "estimate": waiting.estimate,
            "estimated_until": until and until.isoformat().replace("+00:00", "Z"),
        }


class AttemptRow(serializers.ModelSerializer[Attempt]):
    class Meta:
        model = Attempt
        fields = ["number", "worker", "started_at", "ended_at", "outcome", "detail", "log"]


class SubmissionRow(serializers.ModelSerializer[Submission]):
    """Costs are in micro-USD."""

    sha256 = serializers.CharField(source="raw.sha256", allow_null=True, default=None)
    cost = serializers.IntegerField(
        allow_null=True,
        read_only=True,
        help_text="As settled, or as the vendor corrected it.",
    )
    qpu_seconds = AmountField(
        source="qpu",
        allow_null=True,
        read_only=True,
        help_text="Time of a QPU, as settled or corrected.",
    )

    class Meta:
        model = Submission
        fields = [
            "part",
            "epoch",
            "first_row",
            "rows",
            "token",
            "vendor",
            "remote_id",
            "remote_status",
            "state",
            "sha256",
            "estimated_cost",
            "settled_cost",
            "cost",
            "qpu_seconds",
            "started_at",
            "cancel_sent_at",
            "settled_at",
        ]


class PointFailureRow(serializers.ModelSerializer[PointFailure]):
    class Meta:
        model = PointFailure
        fields = ["row", "reason"]


class AnchorsRow(serializers.Serializer[Any]):
    """What circuits of known values that ran beside the points say of one observable."""

    observable = serializers.CharField()
    damping = serializers.FloatField(
        allow_null=True, help_text="Factor by which the source damps it; null where none tells."
    )
    std_error = serializers.FloatField(allow_null=True)
    anchors = serializers.IntegerField(allow_null=True, help_text="How many tell.")
    mitigation = serializers.ChoiceField(
        [verdict.value for verdict in Verdict],
        allow_blank=True,
        help_text="Whether it took them nearer to what is known; empty where nobody can tell.",
    )


class JobDetail(JobRow):
    backlog = True
    attempts = AttemptRow(many=True)
    submissions = SubmissionRow(many=True)
    failures = PointFailureRow(many=True)
    reused_from = serializers.SerializerMethodField(
        help_text="Jobs that had measured some of its points before."
    )
    anchors = serializers.SerializerMethodField()

    class Meta(JobRow.Meta):
        fields = [
            *JobRow.Meta.fields,
            "points",
            "knobs",
            "knob_values",
            "observables",
            "spec_hash",
            "chunk_points",
            "attempts",
            "submissions",
            "failures",
            "reused_from",
            "anchors",
        ]

    @extend_schema_field(AnchorsRow(many=True))
    def get_anchors(self, job: Job) -> list[dict[str, Any]]:
        return job_anchors(job)

    def get_reused_from(self, job: Job) -> list[UUID]:
        return jobs_reused_by(job)


class EventRow(serializers.ModelSerializer[Event]):
    project = serializers.UUIDField(source="project_id")
    job = serializers.UUIDField(source="job_id", allow_null=True)

    class Meta:
        model = Event
        fields = [
            "id",
            "project",
            "job",
            "kind",
            "from_state",
            "to_state",
            "fence",
            "data",
            "created_at",
        ]


class MeasurementRow(serializers.ModelSerializer[Measurement]):
    source = serializers.CharField(source="source_revision.source.name")  # type: ignore[assignment]  # the API's name
    revision = serializers.IntegerField(source="source_revision.number")
    observable = serializers.CharField(source="observable.name")
    job = serializers.UUIDField(source="job_id", allow_null=True)
    dataset = serializers.UUIDField(source="dataset_id", allow_null=True)
    valid = serializers.SerializerMethodField()

    class Meta:
        model = Measurement
        fields = [
            "id",
            "source",
            "revision",
            "observable",
            "point",
            "knobs",
            "value",
            "std",
            "mixed_value",
            "truncation",
            "unit",
            "shots",
            "shot_group",
            "epoch",
            "valid",
            "job",
            "dataset",
            "measured_at",
            "created_at",
        ]

    def get_valid(self, measurement: Measurement) -> bool:
        return getattr(measurement, "valid", None) is not False


class IndexedJob(JobRow):
    index = serializers.IntegerField(help_text="Of the request's jobs, from 0.")

    class Meta(JobRow.Meta):
        fields = ["index", *JobRow.Meta.fields]


class Problem(serializers.Serializer[Any]):
    index = serializers.IntegerField(help_text="Of the request's jobs, from 0.")
    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ManyJobs(serializers.Serializer[Any]):
    inserted = IndexedJob(many=True)
    existing = IndexedJob(many=True)
    errors = Problem(many=True)  # type: ignore[assignment]  # the API's name
