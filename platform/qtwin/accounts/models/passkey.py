"""A passkey: the public half of a key pair whose other half never leaves a person's device."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.accounts.models.user import User


class Passkey(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    handle = models.CharField(max_length=1400, unique=True, help_text="The id in base64.")
    credential = models.BinaryField(help_text="Its attested data: authenticator, id, public key.")
    transports: models.JSONField[Any, Any] = models.JSONField(default=list)
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
