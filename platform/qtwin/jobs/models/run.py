"""One call of a backend: which rows of a job it answered, with what, and under which conditions."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from qtwin.accounts.ids import new_id
from qtwin.jobs.models.job import Job
from qtwin.projects.models import Artifact


class Run(models.Model):
    """Rows ``start`` to ``stop`` (not included) of a job. Rows of this table never change.

    ``seed`` is the one that the backend honoured; ``versions`` maps packages to versions;
    ``details`` is what else the backend said: depth, measurement groups, parameters.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="runs")
    attempt = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    stop = models.PositiveIntegerField()
    backend = models.CharField(max_length=64)
    shots = models.PositiveIntegerField(null=True)
    seed = models.PositiveBigIntegerField(null=True)
    cache_version = models.PositiveIntegerField()
    versions: models.JSONField[Any, Any] = models.JSONField(default=dict)
    details: models.JSONField[Any, Any] = models.JSONField(default=dict)
    remote_id = models.CharField(max_length=200, blank=True)
    calibration_id = models.CharField(max_length=80, blank=True)
    calibrated_at = models.DateTimeField(null=True)
    raw = models.ForeignKey(Artifact, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(fields=["job", "start"], name="run_once_per_row"),
            models.CheckConstraint(condition=Q(start__lt=F("stop")), name="run_has_rows"),
        ]
