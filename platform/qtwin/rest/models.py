"""What was answered to a POST under an Idempotency-Key, kept to be answered again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class Posted(models.Model):
    """Made in the transaction of what the POST makes, so that there are both or neither."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=36, blank=True, help_text="Id of its token, if it had one.")
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    body_hmac = models.CharField(max_length=64, help_text="A body may hold secrets.")
    answer: models.JSONField[Any, Any] = models.JSONField(default=dict)
    location = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "token", "path", "key"], name="posted_once"),
        ]
