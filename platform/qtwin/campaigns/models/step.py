"""A step of a campaign: a sweep or a closed loop, after other steps and under a condition."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from qtwin.campaigns.models.campaign import Campaign
from qtwin.campaigns.states import StepState


class Step(models.Model):
    """``spec`` is what was asked for; the counters are sums over the step's runs."""

    class Kind(models.TextChoices):
        SWEEP = "sweep"
        LOOP = "loop"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=5, choices=Kind)
    spec: models.JSONField[Any, Any] = models.JSONField()
    after: models.JSONField[Any, Any] = models.JSONField(default=list)
    when = models.TextField(blank=True)

    state = models.CharField(max_length=10, choices=StepState, default=StepState.WAITING)
    reason = models.TextField(blank=True)
    evidence = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="What a loop's twin must have taken in before it decides."
    )
    sigma = models.FloatField(null=True, blank=True)
    spent = models.FloatField(default=0.0, help_text="By a loop, at its stated prices.")
    runs_total = models.PositiveIntegerField(default=0)
    runs_ended = models.PositiveIntegerField(default=0)
    points_total = models.PositiveIntegerField(default=0)
    points_measured = models.PositiveIntegerField(default=0)
    points_failed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="step_name_once"),
            models.UniqueConstraint(fields=["campaign", "position"], name="step_position_once"),
            models.CheckConstraint(condition=Q(state__in=StepState.values), name="step_state"),
            models.CheckConstraint(
                condition=Q(runs_ended__lte=F("runs_total"))
                & Q(points_total__gte=F("points_measured") + F("points_failed")),
                name="step_counters_within",
            ),
        ]

    @property
    def all_ended(self) -> bool:
        """Whether every run that it has so far came to an end."""
        return self.runs_ended == self.runs_total
