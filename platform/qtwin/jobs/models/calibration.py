"""Calibrations: what a vendor's device said of its own errors, as of one time."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from qtwin.accounts.models import Team
from qtwin.projects.models import Project


class Calibration(models.Model):
    """One that a team has seen, or that came with an imported project. Rows never change.

    ``identifier`` is the same for equal calibrations. ``document`` is what
    `backends.schema.CalibrationSnapshot.to_dict` gives and ``digest`` its SHA-256; both are empty
    where only the name of the calibration is known.
    """

    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="calibrations")
    project = models.ForeignKey(
        Project,
        null=True,
        on_delete=models.CASCADE,
        related_name="calibrations",
        help_text="Into which it was imported.",
    )
    backend = models.CharField(max_length=64)
    device = models.CharField(max_length=80, blank=True)
    identifier = models.CharField(max_length=80)
    calibrated_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    document: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "backend", "identifier"],
                condition=Q(team__isnull=False),
                name="calibration_seen_once",
            ),
            models.UniqueConstraint(
                fields=["project", "backend", "identifier"],
                condition=Q(project__isnull=False),
                name="calibration_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(project__isnull=True),
                name="calibration_seen_or_imported",
            ),
        ]
        indexes = [
            models.Index(
                fields=["backend", "device", "-calibrated_at"], name="calibration_by_device"
            ),
        ]
