"""A training run: one learner in one world, with its learning curve and its checkpoints."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from qtwin.projects.models import Artifact, Project
from qtwin.training.models.work import Work
from qtwin.training.models.world import World


class TrainingRun(Work):
    """It ends at ``evaluations`` episodes or after ``seconds``, whichever comes first.

    ``learner`` is what `qtwin.worlds.learners` reads: its kind and hyperparameters. ``used`` and
    ``seconds_used`` are sums over all workers that had it.
    """

    kind_of_work = "train"

    world = models.ForeignKey(World, on_delete=models.CASCADE, related_name="runs")
    name = models.CharField(max_length=120, blank=True)
    learner: models.JSONField[Any, Any] = models.JSONField()
    seed = models.PositiveBigIntegerField()
    evaluations = models.PositiveBigIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    used = models.PositiveBigIntegerField(default=0)
    seconds_used = models.FloatField(default=0.0)
    best = models.FloatField(null=True, blank=True)

    class Meta(Work.Meta):
        indexes = [
            *Work.Meta.indexes,
            models.Index(fields=["world", "-created_at", "-id"], name="run_by_world"),
        ]
        constraints = [
            *Work.Meta.constraints,
            models.CheckConstraint(
                condition=Q(evaluations__gte=1) | Q(seconds__gt=0), name="run_has_a_budget"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.learner.get('kind', '')} in {self.world}"

    @property
    def place(self) -> Project:
        return self.world.project


class CurveRow(models.Model):
    """One row of the learning curve; ``lower`` and ``upper`` are around ``mean``."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="curve")
    number = models.PositiveIntegerField()
    evaluations = models.PositiveBigIntegerField()
    seconds = models.FloatField()
    best = models.FloatField()
    mean = models.FloatField()
    lower = models.FloatField()
    upper = models.FloatField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="curve_number_once"),
        ]


class Checkpoint(models.Model):
    """From where a run goes on when its worker died; it had ``rows`` rows of its curve then."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="checkpoints")
    number = models.PositiveIntegerField()
    evaluations = models.PositiveBigIntegerField()
    seconds = models.FloatField()
    rows = models.PositiveIntegerField()
    artifact = models.ForeignKey(Artifact, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="checkpoint_number_once"),
        ]
