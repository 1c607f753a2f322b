"""How often somebody guessed wrong of late."""

from __future__ import annotations

from django.db import models


class GuessCount(models.Model):
    """In the database, so that all web processes count together."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="Of what is guessed.")
    failures = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True, help_text="When the count begins anew.")
