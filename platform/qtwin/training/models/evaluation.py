"""An episode of a policy, written out for people: its rollout."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.projects.models import Project
from qtwin.training.models.policy import Policy
from qtwin.training.models.work import Work


class Evaluation(Work):
    """``asked`` holds truth, draw, seed and episodes; the same question is answered once."""

    kind_of_work = "evaluate"

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="evaluations")
    asked: models.JSONField[Any, Any] = models.JSONField()
    digest = models.CharField(max_length=64)
    answer: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta(Work.Meta):
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(fields=["policy", "digest"], name="evaluation_once"),
        ]

    @property
    def place(self) -> Project:
        return self.policy.world.project
