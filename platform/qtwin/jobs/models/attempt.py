"""One try at a job, from the claim that began it to how it ended."""

from __future__ import annotations

from django.db import models

from qtwin.jobs.models.job import Job


class Attempt(models.Model):
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=80)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    detail = models.TextField(blank=True)
    log = models.TextField(blank=True, help_text="A line with its time for each thing it did.")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="attempt_number_once"),
        ]
