"""A project that somebody is still describing."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.projects.models.project import Project


class ProjectDraft(models.Model):
    """What was typed so far, as it was typed, so that nothing is lost where it is wrong.

    Only its author sees it. ``project`` is what became of it: once it is there, the draft makes no
    other one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.CharField(max_length=40)
    typed: models.JSONField[Any, Any] = models.JSONField(
        default=dict, help_text="By step: lists of texts by the names of its fields."
    )
    data = models.TextField(blank=True, help_text="A CSV file to import.")
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_by", "-touched_at"], name="draft_by_author"),
            models.Index(fields=["touched_at"], name="draft_by_age"),
        ]
