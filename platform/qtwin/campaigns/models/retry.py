"""A run that is made again, because a person wants it."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.models import ApiToken, User
from qtwin.campaigns.models.entry import Run
from qtwin.jobs.models import Job


class Retry(models.Model):
    """What a run was before. Rows never change.

    ``job`` is the one that left points without an answer; a run whose job was refused had none.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="retries")
    number = models.PositiveIntegerField()
    job = models.ForeignKey(
        Job, null=True, on_delete=models.PROTECT, related_name="campaign_retries"
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.SET_NULL, related_name="+")
    may_spend = models.BooleanField(
        default=False, help_text="Whether the token that asked for it has the right to spend."
    )

    class Meta:
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="retry_number_once"),
        ]
