"""What a closed loop decided, from which version of the twin, and why. Rows never change."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.campaigns.models.step import Step


class Decision(models.Model):
    """``plan`` is the planner's document, with a sentence for each of its runs."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="decisions")
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    why = models.TextField()
    sigma = models.FloatField()
    cost = models.FloatField(help_text="Of the runs that it makes, at the stated prices.")
    stop = models.BooleanField(help_text="Whether the loop ended here.")
    plan: models.JSONField[Any, Any] = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["step", "number"]
        constraints = [
            models.UniqueConstraint(fields=["step", "number"], name="decision_number_once"),
        ]
