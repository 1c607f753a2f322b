"""A point to which a source had no answer: a status, never a number."""

from __future__ import annotations

from django.db import models

from qtwin.jobs.models.job import Job


class PointFailure(models.Model):
    """Rows never change. ``row`` is the index of the point in its job."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="failures")
    row = models.PositiveIntegerField()
    reason = models.TextField()

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["job", "row"], name="point_failed_once"),
        ]
