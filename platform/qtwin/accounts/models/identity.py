"""Who a person is at the organisation's sign-in (OpenID Connect)."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.accounts.models.user import User


class Identity(models.Model):
    """An issuer never gives a subject to another person; an e-mail address it may."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),
            models.UniqueConstraint(fields=["issuer", "user"], name="identity_of_user_once"),
        ]
