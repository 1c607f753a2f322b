"""A credential put to its test: its vendor was asked for devices, which costs nothing."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models.credential import Credential
from qtwin.accounts.models.user import User

LONG_AGO = "1970-01-01T00:00:00Z"


class CredentialTest(models.Model):
    """Only `accounts.services.credential_test` writes outcome, lease and fence.

    ``devices`` are those of each backend that the credential opens, as `DeviceStatus.to_dict`.
    """

    class Outcome(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        UNAVAILABLE = "unavailable"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="tests")
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(default=LONG_AGO)
    outcome = models.CharField(max_length=11, choices=Outcome, default=Outcome.OPEN)
    detail = models.TextField(blank=True)
    devices: models.JSONField[Any, Any] = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential"], condition=Q(outcome="open"), name="credential_test_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome="open", finished_at__isnull=True)
                | (~Q(outcome="open") & Q(finished_at__isnull=False)),
                name="credential_test_finished_iff_ended",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["refused", "unavailable"]) | ~Q(detail=""),
                name="credential_test_failed_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["credential", "-created_at"], name="credential_test_by_time")
        ]
