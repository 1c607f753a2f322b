"""When a backup was put back: what was bought after it was made is not in the database."""

from __future__ import annotations

from django.db import models


class Restore(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
