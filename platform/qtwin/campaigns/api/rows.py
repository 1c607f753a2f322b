"""How campaigns look in an answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from qtwin.campaigns.models import Campaign, Decision, Entry, Run, Step
from qtwin.campaigns.progress import progress_of


class CountsOutput(serializers.Serializer[Any]):
    jobs_total = serializers.IntegerField()
    jobs_ended = serializers.IntegerField()
    points_total = serializers.IntegerField(help_text="Points times sources, of steps not skipped.")
    points_measured = serializers.IntegerField()
    points_failed = serializers.IntegerField(help_text="Without an answer.")


class CampaignRow(serializers.ModelSerializer[Campaign]):
    project = serializers.UUIDField(source="project_id")
    progress = serializers.SerializerMethodField()

    class Meta:
        model = Campaign
        fields = [
            "id",
            "project",
            "name",
            "state",
            "reason",
            "progress",
            "cancel_requested_at",
            "created_at",
            "finished_at",
        ]

    def get_progress(self, campaign: Campaign) -> CountsOutput:
        found: CountsOutput = CountsOutput(progress_of(campaign)).data  # type: ignore[assignment]  # tells the schema what the dict holds
        return found


class StepRow(serializers.ModelSerializer[Step]):
    class Meta:
        model = Step
        fields = [
            "name",
            "kind",
            "state",
            "reason",
            "after",
            "when",
            "sigma",
            "spent",
            "runs_total",
            "runs_ended",
            "points_total",
            "points_measured",
            "points_failed",
        ]


class CampaignDetail(CampaignRow):
    steps = StepRow(many=True)
    columns = serializers.ListField(child=serializers.CharField())

    class Meta(CampaignRow.Meta):
        fields = [*CampaignRow.Meta.fields, "columns", "steps"]


class RunRow(serializers.ModelSerializer[Run]):
    job = serializers.UUIDField(source="job_id", allow_null=True)

    class Meta:
        model = Run
        fields = [
            "column",
            "state",
            "reason",
            "job",
            "points_measured",
            "points_failed",
            "retried",
        ]


class EntryRow(serializers.ModelSerializer[Entry]):
    step = serializers.CharField(source="step.name")
    decision = serializers.IntegerField(source="decision.number", default=None, allow_null=True)
    points = serializers.SerializerMethodField(help_text="How many.")
    first = serializers.SerializerMethodField()
    last = serializers.SerializerMethodField()
    runs = RunRow(many=True)

    class Meta:
        model = Entry
        fields = ["number", "step", "decision", "points", "first", "last", "runs"]

    def get_points(self, entry: Entry) -> int:
        return len(entry.points)

    def get_first(self, entry: Entry) -> list[float]:
        return list(entry.points[0])

    def get_last(self, entry: Entry) -> list[float]:
        return list(entry.points[-1])


class DecisionRow(serializers.ModelSerializer[Decision]):
    step = serializers.CharField(source="step.name")
    plan = serializers.DictField()

    class Meta:
        model = Decision
        fields = [
            "step",
            "number",
            "version",
            "why",
            "sigma",
            "cost",
            "stop",
            "plan",
            "created_at",
        ]
