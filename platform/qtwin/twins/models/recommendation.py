"""What a fit recommends to measure next, kept because it takes a second to work out."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.twins.models.version import TwinFit


class Recommendation(models.Model):
    """A plan of one run with its alternatives, or why there is none.

    ``offer`` is a digest of what could be run when it was made; what another offer would recommend
    is another row. ``plan`` is what `twins.planning.twin_plan` answers, null where it refused.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fit = models.ForeignKey(TwinFit, on_delete=models.CASCADE, related_name="recommendations")
    offer = models.CharField(max_length=64)
    plan: models.JSONField[Any, Any] = models.JSONField(null=True, default=None)
    refusal = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fit", "offer"], name="recommendation_once"),
        ]
