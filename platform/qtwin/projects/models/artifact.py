"""Content-addressed files: the database knows their digest, size and kind, never their bytes."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.projects.models.project import Project

RECORDING = "recording"
"""The kind of a recording (`backends.qpu.recording`), which sources of recorded numbers name."""

DATASET = "dataset"
"""The kind of a file that was imported."""

ERASED = "erased"
"""The kind of a raw payload whose bytes were erased (`qtwin.retention`); its row tells of it."""


class Artifact(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="artifacts")
    kind = models.CharField(max_length=40, help_text="E.g. job-result, twin-fit.")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "sha256"], name="artifact_once"),
        ]
