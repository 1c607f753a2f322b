"""Twin versions: immutable fits, one per observable, each with the digest of its evidence."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.projects.models import Artifact, Observable
from qtwin.twins.models.twin import Twin
from qtwin.twins.models.write_once import WriteOnce


class TwinVersion(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    twin = models.ForeignKey(Twin, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    measurements = models.PositiveIntegerField()
    as_of = models.DateTimeField(help_text="Time of the newest evidence.")
    fusion_version = models.CharField(max_length=20)
    seed = models.PositiveBigIntegerField()
    fit_seconds = models.FloatField()
    refit = models.BooleanField(default=False, help_text="Somebody asked for it.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WriteOnce["TwinVersion"].as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["twin", "number"], name="version_number_once"),
        ]


class TwinFit(models.Model):
    """One observable's fit.

    ``sources`` lists name, label, role and measurements of each source; ``changes`` is what
    `qtwin.twins.changes` says against the version before, null for the first fit; ``conflicts``
    lists the calibration epochs that were left out; ``ageing`` the newest calibration of each
    device that has moved since it measured.
    """

    version = models.ForeignKey(TwinVersion, on_delete=models.CASCADE, related_name="fits")
    observable = models.ForeignKey(Observable, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, help_text="Evidence digest.")
    artifact = models.ForeignKey(Artifact, on_delete=models.PROTECT, related_name="+")
    claim = models.CharField(max_length=12)
    references = models.PositiveIntegerField()
    c2 = models.FloatField()
    nu = models.PositiveIntegerField(null=True, blank=True)
    scores: models.JSONField[Any, Any] = models.JSONField(default=dict)
    sources: models.JSONField[Any, Any] = models.JSONField(default=list)
    measurement_ids: models.JSONField[Any, Any] = models.JSONField(default=list)
    conflicts: models.JSONField[Any, Any] = models.JSONField(default=list)
    ageing: models.JSONField[Any, Any] = models.JSONField(default=list)
    changes: models.JSONField[Any, Any] = models.JSONField(null=True, default=None)

    objects = WriteOnce["TwinFit"].as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "observable"], name="fit_once"),
        ]
