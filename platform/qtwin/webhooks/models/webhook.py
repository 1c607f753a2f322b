"""An address that a team wants to be told at."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Team, User
from qtwin.accounts.models.sealed import SealedModel

LONG_AGO = "1970-01-01T00:00:00Z"
LONGEST_URL = 1000


class Webhook(SealedModel):
    """Its sealed secret signs what it is told. Only the services of this app write the rest.

    Attributes:
        since: Events before are not told.
        retry_at: After failures in a row nothing is sent before.
        note: Why it is off.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=LONGEST_URL)
    events: models.JSONField[Any, Any] = models.JSONField(default=list)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    since = models.DateTimeField()
    off_since = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    failing_since = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(default=LONG_AGO)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(default=LONG_AGO)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(off_since=None) | ~Q(note=""), name="webhook_off_says_why"
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="webhook_failing_iff_failures",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def bound(self) -> bytes:
        return f"qtwin-webhook:{self.pk}:{self.team_id}".encode()
