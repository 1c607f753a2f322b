"""Who did what; rows are only ever added."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.accounts.models.team import Team
from qtwin.accounts.models.token import ApiToken
from qtwin.accounts.models.user import User


class AuditEvent(models.Model):
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=80, blank=True, help_text="Kind and id, e.g. job:…")
    data: models.JSONField[Any, Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-created_at"], name="audit_by_team")]
