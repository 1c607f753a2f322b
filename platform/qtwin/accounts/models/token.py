"""API tokens, of which only a digest is kept."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.accounts.models.user import User


class Scope(models.TextChoices):
    READ = "read"
    SUBMIT = "submit"
    SPEND = "spend"
    ADMIN = "admin"


class ApiToken(models.Model):
    """256 random bits shown once; looked up by prefix, compared by SHA-256.

    An agent's token can never approve, set budgets, read credentials, make tokens or change who may
    what, whatever its owner may do.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes: models.JSONField[Any, Any] = models.JSONField(default=list)
    agent = models.BooleanField(default=False, help_text="Used by a program that decides itself.")
    bound = models.BooleanField(default=False, help_text="To the projects of its `TokenProject`.")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(agent=False) | models.Q(expires_at__isnull=False),
                name="token_of_agent_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
