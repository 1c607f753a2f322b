"""The kill switch of a backend."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qtwin.accounts.models import Team, User


class BackendStop(models.Model):
    """While there is a row, no new job of the backend starts; without a team, nobody's does."""

    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    backend = models.CharField(max_length=64)
    why = models.CharField(max_length=400, blank=True)
    stopped_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "backend"], name="backend_stopped_once"),
            models.UniqueConstraint(
                fields=["backend"], condition=Q(team=None), name="backend_stopped_for_all_once"
            ),
        ]
