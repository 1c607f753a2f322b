"""How worlds, runs, policies and reports look in an answer."""

from __future__ import annotations

from rest_framework import serializers

from qtwin.training.models import (
    Checkpoint,
    CurveRow,
    Evaluation,
    Loop,
    LoopRound,
    Policy,
    TrainingRun,
    TransferReport,
    World,
)

WORK = ("state", "reason", "field", "created_at", "started_at", "finished_at")


class WorldRow(serializers.ModelSerializer[World]):
    project = serializers.UUIDField(source="project_id")
    twin_version = serializers.IntegerField(source="twin_version.number", default=None)
    held_out_version = serializers.IntegerField(source="held_out_version.number", default=None)

    class Meta:
        model = World
        fields = [
            "id",
            "project",
            "name",
            "kind",
            "twin_version",
            "held_out_version",
            "digest",
            "making_seconds",
            *WORK,
        ]


class WorldDetail(WorldRow):
    document = serializers.DictField()
    calibration = serializers.DictField()
    facts = serializers.DictField(
        help_text="What its maker found: spaces, steps, parameters with their spread."
    )

    class Meta(WorldRow.Meta):
        fields = [*WorldRow.Meta.fields, "document", "calibration", "facts"]


class TrainingRunRow(serializers.ModelSerializer[TrainingRun]):
    world = serializers.UUIDField(source="world_id")
    project = serializers.UUIDField(source="world.project_id")
    learner = serializers.DictField()
    policy = serializers.UUIDField(source="policy.pk", default=None)

    class Meta:
        model = TrainingRun
        fields = [
            "id",
            "project",
            "world",
            "name",
            "learner",
            "seed",
            "evaluations",
            "seconds",
            "used",
            "seconds_used",
            "best",
            "policy",
            "cancel_requested_at",
            *WORK,
        ]
        extra_kwargs = {
            "evaluations": {"help_text": "Episodes at most."},
            "seconds": {"help_text": "On a worker at most."},
            "used": {"help_text": "Episodes so far."},
        }


class CurveRowRow(serializers.ModelSerializer[CurveRow]):
    class Meta:
        model = CurveRow
        fields = ["number", "evaluations", "seconds", "best", "mean", "lower", "upper"]


class CheckpointRow(serializers.ModelSerializer[Checkpoint]):
    sha256 = serializers.CharField(source="artifact.sha256")
    size_bytes = serializers.IntegerField(source="artifact.size")

    class Meta:
        model = Checkpoint
        fields = ["number", "evaluations", "seconds", "sha256", "size_bytes", "created_at"]


class PolicyRow(serializers.ModelSerializer[Policy]):
    world = serializers.UUIDField(source="world_id")
    project = serializers.UUIDField(source="world.project_id")
    run = serializers.UUIDField(source="run_id", allow_null=True)
    uploaded = serializers.BooleanField()
    twin_version = serializers.IntegerField(source="twin_version.number", default=None)
    sha256 = serializers.CharField(source="artifact.sha256")
    size_bytes = serializers.IntegerField(source="artifact.size")
    facts = serializers.DictField(help_text="What its artifact says of itself.")

    class Meta:
        model = Policy
        fields = [
            "id",
            "project",
            "world",
            "run",
            "uploaded",
            "name",
            "kind",
            "twin_version",
            "facts",
            "sha256",
            "size_bytes",
            "created_at",
        ]


class EvaluationRow(serializers.ModelSerializer[Evaluation]):
    policy = serializers.UUIDField(source="policy_id")
    asked = serializers.DictField()
    answer = serializers.DictField(help_text="The rollout; empty until it is done.")

    class Meta:
        model = Evaluation
        fields = ["id", "policy", "asked", "answer", *WORK]


class ReportRow(serializers.ModelSerializer[TransferReport]):
    policy = serializers.UUIDField(source="policy_id")
    world = serializers.UUIDField(source="world_id")
    project = serializers.UUIDField(source="world.project_id")
    transfer_project = serializers.UUIDField(source="transfer_project_id", allow_null=True)
    job = serializers.UUIDField(source="job_id", allow_null=True)
    asked = serializers.DictField()
    document = serializers.DictField(help_text="Stages, baselines, gap and comparison so far.")

    class Meta:
        model = TransferReport
        fields = [
            "id",
            "project",
            "world",
            "policy",
            "asked",
            "document",
            "transfer_project",
            "job",
            "cancel_requested_at",
            *WORK,
        ]


class LoopRoundRow(serializers.ModelSerializer[LoopRound]):
    world = serializers.UUIDField(source="world_id")
    run = serializers.UUIDField(source="run_id", allow_null=True)
    policy = serializers.UUIDField(source="run.policy.pk", default=None)
    report = serializers.UUIDField(source="report_id", allow_null=True)
    campaign = serializers.UUIDField(source="campaign_id", allow_null=True)
    gap = serializers.DictField(allow_null=True, help_text="That of its report.")
    fall = serializers.DictField(
        allow_null=True, help_text="How much smaller than in the round before, with its interval."
    )

    class Meta:
        model = LoopRound
        fields = ["number", "world", "run", "policy", "report", "campaign", "gap", "fall"]


class LoopRow(serializers.ModelSerializer[Loop]):
    world = serializers.UUIDField(source="world_id")
    project = serializers.UUIDField(source="world.project_id")
    asked = serializers.DictField()
    rounds = LoopRoundRow(many=True)

    class Meta:
        model = Loop
        fields = [
            "id",
            "project",
            "world",
            "asked",
            "most_rounds",
            "improvement",
            "rounds",
            "cancel_requested_at",
            *WORK,
        ]
