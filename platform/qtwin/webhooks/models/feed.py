"""How far the table of events has been read."""

from __future__ import annotations

from uuid import UUID

from django.db import models

ONLY = UUID(int=1)


class Feed(models.Model):
    """One row. Ids are handed out before they commit, so it stays a while behind the newest."""

    id = models.UUIDField(primary_key=True, default=ONLY, editable=False)
    position = models.BigIntegerField(default=0)
