"""A loop: train, transfer, measure, refit, and train again in the world that was learned anew."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.campaigns.models import Campaign
from qtwin.projects.models import Project
from qtwin.training.models.report import TransferReport
from qtwin.training.models.run import TrainingRun
from qtwin.training.models.work import Work
from qtwin.training.models.world import World


class Loop(Work):
    """``asked`` holds learner, seed and budget of a round, its report and its campaign.

    ``world`` is the one that it begins in.
    """

    kind_of_work = "loop"

    world = models.ForeignKey(World, on_delete=models.CASCADE, related_name="loops")
    asked: models.JSONField[Any, Any] = models.JSONField()
    most_rounds = models.PositiveIntegerField()
    improvement = models.FloatField(
        default=0.0, help_text="It ends when the gap falls by no more than this."
    )
    may_spend = models.BooleanField(
        default=False, help_text="Whether the token that asked for it has the right to spend."
    )

    class Meta(Work.Meta):
        indexes = [
            *Work.Meta.indexes,
            models.Index(fields=["world", "-created_at", "-id"], name="loop_by_world"),
        ]

    @property
    def place(self) -> Project:
        return self.world.project


class LoopRound(models.Model):
    """What a round has made so far, in this order; each is recorded as it is asked for.

    ``gap`` is that of its report, ``fall`` by how much it is smaller than that of the round before.
    """

    loop = models.ForeignKey(Loop, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    world = models.ForeignKey(World, on_delete=models.CASCADE, related_name="+")
    run = models.OneToOneField(
        TrainingRun, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    report = models.OneToOneField(
        TransferReport, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    campaign = models.OneToOneField(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version_before = models.PositiveIntegerField(
        default=0, help_text="Number of the newest twin version when it began to measure."
    )
    gap: models.JSONField[Any, Any] = models.JSONField(null=True, default=None)
    fall: models.JSONField[Any, Any] = models.JSONField(null=True, default=None)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["loop", "number"], name="round_number_once"),
        ]
