"""A number that a job did not compute again because an earlier job had."""

from __future__ import annotations

from django.db import models

from qtwin.jobs.models.job import Job
from qtwin.jobs.models.measurement import Measurement


class Reuse(models.Model):
    """``row`` is the index of the point in the job that reuses; rows never change."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="reuses")
    row = models.PositiveIntegerField()
    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="reuses")

    class Meta:
        ordering = ["row", "id"]
        constraints = [
            models.UniqueConstraint(fields=["job", "row", "measurement"], name="reused_once"),
        ]
