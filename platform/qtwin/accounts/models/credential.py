"""Vendor credentials, encrypted under a key that is not in the database."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.accounts.models.sealed import SealedModel
from qtwin.accounts.models.team import Team
from qtwin.accounts.models.user import User


class Credential(SealedModel):
    """One key of a team to one vendor; bound to its id and team."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="credentials")
    vendor = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    last_four = models.CharField(max_length=4)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.vendor} …{self.last_four}"

    @property
    def bound(self) -> bytes:
        return f"qtwin-credential:{self.pk}:{self.team_id}".encode()
