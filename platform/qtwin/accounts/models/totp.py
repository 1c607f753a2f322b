"""An authenticator app's secret, in an envelope."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.accounts.models.sealed import SealedModel
from qtwin.accounts.models.user import User


class Totp(SealedModel):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="totp")
    last_step = models.BigIntegerField(default=0, help_text="Of the newest code that was used.")
    created_at = models.DateTimeField(auto_now_add=True)

    @property
    def bound(self) -> bytes:
        return f"qtwin-totp:{self.pk}:{self.user_id}".encode()
