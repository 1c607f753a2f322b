"""The events that a webhook may be told."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    JOB_SUCCEEDED = "job.succeeded"
    JOB_FAILED = "job.failed"
    JOB_HELD = "job.held"
    BUDGET_LOW = "budget.low"
    BUDGET_OVERDRAWN = "budget.overdrawn"
    TWIN_VERSION = "twin.version"
    TWIN_CONFLICT = "twin.conflict"
    CAMPAIGN_ENDED = "campaign.ended"
    COMMENT_WRITTEN = "comment.written"
    TEST = "webhook.test"


ASKED = tuple(kind.value for kind in Kind if kind is not Kind.TEST)
"""Those that may be asked for; a test always comes."""
