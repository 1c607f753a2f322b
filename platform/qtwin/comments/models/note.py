"""What a project's people pin to the top of its page."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.models import User
from qtwin.projects.models import Project

LONGEST = 20_000


class Note(models.Model):
    """One per project; ``revision`` counts its changes, so that nobody overwrites another's."""

    project = models.OneToOneField(
        Project, primary_key=True, on_delete=models.CASCADE, related_name="note"
    )
    text = models.TextField(blank=True, max_length=LONGEST)
    revision = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    edited_at = models.DateTimeField()
