"""A browser that is signed in, or on its way there."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from qtwin.accounts.ids import new_id
from qtwin.accounts.models.user import User


class BrowserSession(AbstractBaseSession):
    """Only `accounts.sessions` writes it; ``session_key`` is the digest of a cookie's value."""

    session_key = models.CharField(max_length=64, primary_key=True)
    id = models.UUIDField(default=new_id, editable=False, help_text="Kept when the key changes.")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    agent = models.CharField(max_length=200, blank=True, help_text="What the browser calls itself.")
    address = models.CharField(max_length=45, blank=True, help_text="From where it signed in.")
    how = models.CharField(max_length=20, blank=True, help_text="E.g. password, passkey, link.")
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "-last_seen_at"], name="session_by_user")]
