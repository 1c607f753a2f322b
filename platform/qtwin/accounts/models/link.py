"""A link that lets one person in, once."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.models.user import User


class SignInLink(models.Model):
    class Purpose(models.TextChoices):
        SIGN_IN = "sign-in", "signs in; made by who runs the server"
        PASSWORD = "password", "sets a new password; was mailed"

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_links")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.SIGN_IN)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
