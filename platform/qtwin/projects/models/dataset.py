"""Imported lab or published data, with where they came from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.projects.models.project import Project


class Dataset(models.Model):
    """One import. Its rows become measurements whose ``dataset`` points here.

    ``sha256`` is that of the file, which is kept as an artifact; ``key`` and ``body_sha256`` are
    the Idempotency-Key of the request and the digest of all that it said.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=120)
    citation = models.TextField()
    licence = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    key = models.CharField(max_length=200, blank=True)
    body_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["project", "sha256"], name="dataset_by_file")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "key"], condition=~Q(key=""), name="dataset_key_once"
            )
        ]
