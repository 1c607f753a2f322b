"""Imported lab or published data, with where it came from."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.projects.models.project import Project


class Dataset(models.Model):
    """One import. Its rows become measurements whose ``dataset`` points here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=120)
    citation = models.TextField()
    licence = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
