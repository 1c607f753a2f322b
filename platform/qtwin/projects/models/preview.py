"""A system written out before there is a project of it; the row is a cache as well."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User


class Preview(models.Model):
    """Only `projects.services.preview` writes outcome, lease and fence.

    Attributes:
        digest: SHA-256 of the system's document, so that the same one is written out once.
        answer: As `backends.methods.preview` tells it.
    """

    class Outcome(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    system: models.JSONField[Any, Any] = models.JSONField()
    asked_by = models.ForeignKey(
        User, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.OPEN)
    answer: models.JSONField[Any, Any] = models.JSONField(default=dict)
    detail = models.CharField(max_length=500, blank=True)
    field = models.CharField(max_length=200, blank=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="preview_due", condition=Q(outcome="open")),
        ]
