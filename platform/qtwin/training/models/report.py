"""A transfer report: one policy on the nominal twin, on others, on a noisy model, on a QPU."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from qtwin.training.models.policy import Policy
from qtwin.training.models.work import Work
from qtwin.training.models.world import World


class TransferReport(Work):
    """``asked`` are stages and their settings; ``document`` grows stage by stage.

    The stage on a QPU is an ordinary ``job`` of ``transfer_project``, which has the policy's
    schedule as its system; the report waits for it.
    """

    kind_of_work = "report"

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="reports")
    world = models.ForeignKey(World, on_delete=models.CASCADE, related_name="reports")
    asked: models.JSONField[Any, Any] = models.JSONField()
    document: models.JSONField[Any, Any] = models.JSONField(default=dict)
    may_spend = models.BooleanField(
        default=False, help_text="Whether the token that asked for it has the right to spend."
    )
    transfer_project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Work.Meta):
        indexes = [
            *Work.Meta.indexes,
            models.Index(fields=["policy", "-created_at", "-id"], name="report_by_policy"),
        ]

    @property
    def place(self) -> Project:
        return self.world.project
