"""Sources: method + backend + fixed settings, the twin's unit of trust."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.projects.models.project import Project


class Role(models.TextChoices):
    REFERENCE = "reference"
    APPROXIMATION = "approximation"
    DEVICE = "device"


class Source(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sources")
    name = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    role = models.CharField(max_length=14, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="source_name_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="source_role"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def latest(self) -> SourceRevision:
        """The revision that new jobs run."""
        revision = max(self.revisions.all(), key=lambda revision: revision.number, default=None)
        if revision is None:
            raise SourceRevision.DoesNotExist(f"source {self.name} has no revision")
        return revision


class SourceRevision(models.Model):
    """Settings never change: changed settings are a new revision, and measurements point at it.

    ``knobs`` is what the backend says of its knobs' limits (`backends.schema.KnobLimit`), kept so
    that the evidence does not depend on which backends are installed later.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    backend = models.CharField(max_length=64)
    method = models.CharField(max_length=40)
    settings: models.JSONField[Any, Any] = models.JSONField(default=dict)
    knobs: models.JSONField[Any, Any] = models.JSONField(default=list)
    learn_scale = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="revision_number_once"),
        ]
