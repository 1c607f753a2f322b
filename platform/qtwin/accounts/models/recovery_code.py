"""A code for who lost what their second step was."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.models.user import User


class RecoveryCode(models.Model):
    """Eighty random bits, of which a digest is kept; works once."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)
