"""A world: what agents act in, with the twin version whose uncertainty is its randomisation."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from qtwin.projects.models import Artifact, Project
from qtwin.training.models.work import Work
from qtwin.twins.models import TwinVersion


class World(Work):
    """A worker makes it: it fits the posterior, reads the document, and notes the ``facts``.

    ``document`` is what `qtwin.worlds.documents` reads. ``calibration`` says how its parameters
    are learned from the project's measurements; empty: they are not. ``digest`` is of all that
    decides what agents meet.
    """

    kind_of_work = "world"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="worlds")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    document: models.JSONField[Any, Any] = models.JSONField()
    calibration: models.JSONField[Any, Any] = models.JSONField(default=dict)
    twin_version = models.ForeignKey(
        TwinVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    held_out_version = models.ForeignKey(
        TwinVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="A version that nothing is trained on.",
    )
    posterior = models.ForeignKey(
        Artifact, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    held_out_posterior = models.ForeignKey(
        Artifact, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    making_seconds = models.FloatField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta(Work.Meta):
        indexes = [
            *Work.Meta.indexes,
            models.Index(fields=["project", "-created_at", "-id"], name="world_by_project"),
        ]
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=Q(deleted_at=None),
                name="world_name_once",
            ),
            models.CheckConstraint(
                condition=Q(held_out_version=None) | ~Q(held_out_version=F("twin_version")),
                name="world_held_out_is_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Project:
        return self.project
