"""What happened, in order; rows are only ever added. Timeline, live page and audit read it."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.jobs.models.job import Job
from qtwin.projects.models import Project


class Event(models.Model):
    """One kind of event per subject and verb.

    Kinds: job.state, .progress, .reuse and .cancel; bill.corrected and .unknown;
    budget.low and .overdrawn; twin.version, .conflict and .problem.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="events")
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    data: models.JSONField[Any, Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["project", "id"], name="event_by_project"),
            models.Index(fields=["job", "id"], name="event_by_job"),
        ]
