"""Measurements: one number with its statistical error. The twin reads nothing else."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Func, Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.jobs.models.calibration import Calibration
from qtwin.jobs.models.job import Job
from qtwin.jobs.models.run import Run
from qtwin.projects.models import Artifact, Dataset, Observable, Project, SourceRevision


class Beginning(Func):
    """The first characters of a digest, which hardly any other begins with.

    Digests follow no order, so that a new row's place in their index is anywhere; short ones keep
    the index small enough for memory.
    """

    LENGTH = 12
    template = f"SUBSTR(%(expressions)s, 1, {LENGTH})"
    output_field = models.CharField(max_length=LENGTH)

    @classmethod
    def of(cls, digest: str) -> str:
        return digest[: cls.LENGTH]


class Measurement(models.Model):
    """Rows never change; what is thought of them later is a `Validity` row.

    ``value``, ``std`` and ``mixed_value`` are in ``unit``, the observable's canonical one;
    ``point`` follows the order of the project's controls. Of its foreign keys those have no index
    of their own that an index of several columns begins with, and those that are mostly empty have
    one of the others: each costs every row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="measurements", db_index=False
    )
    job = models.ForeignKey(
        Job, null=True, on_delete=models.PROTECT, related_name="measurements", db_index=False
    )
    dataset = models.ForeignKey(
        Dataset, null=True, on_delete=models.PROTECT, related_name="rows", db_index=False
    )
    row = models.PositiveIntegerField(help_text="Index of the point in its job or dataset.")
    source_revision = models.ForeignKey(
        SourceRevision, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    observable = models.ForeignKey(Observable, on_delete=models.PROTECT, related_name="+")
    point: models.JSONField[Any, Any] = models.JSONField()
    knobs: models.JSONField[Any, Any] = models.JSONField(default=dict)
    value = models.FloatField()
    std = models.FloatField()
    mixed_value = models.FloatField(null=True, blank=True)
    truncation = models.FloatField(
        null=True, blank=True, help_text="How far it moved when the method's limit was doubled."
    )
    unit = models.CharField(max_length=40)
    shots = models.PositiveIntegerField(null=True, blank=True)
    shot_group = models.CharField(max_length=80, blank=True)
    covariance = models.ForeignKey(
        Artifact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    raw = models.ForeignKey(
        Artifact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")
    identity = models.CharField(
        max_length=64, blank=True, help_text="Digest of the question (`qtwin.jobs.identity`)."
    )
    draw = models.CharField(
        max_length=64, blank=True, help_text="The same for the same shots, counted once."
    )
    calibration = models.ForeignKey(
        Calibration, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    epoch = models.CharField(max_length=80, blank=True)
    branch = models.CharField(max_length=40, blank=True)
    measured_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "-created_at", "-id"], name="measurement_by_project"),
            models.Index("source_revision", Beginning("identity"), name="measurement_by_question"),
            *(
                models.Index(
                    fields=[name],
                    name=f"measurement_by_{name}",
                    condition=Q(**{f"{name}__isnull": False}),
                )
                for name in ("covariance", "raw", "calibration")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(job__isnull=False, dataset__isnull=True)
                | Q(job__isnull=True, dataset__isnull=False),
                name="measurement_one_origin",
            ),
            models.CheckConstraint(condition=Q(std__gte=0), name="measurement_std"),
            models.UniqueConstraint(fields=["job", "row", "observable"], name="measured_once"),
            models.UniqueConstraint(fields=["dataset", "row", "observable"], name="imported_once"),
        ]


class Validity(models.Model):
    """Append-only: the latest row says whether a measurement counts; none means that it does."""

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="validity")
    valid = models.BooleanField()
    why = models.TextField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
