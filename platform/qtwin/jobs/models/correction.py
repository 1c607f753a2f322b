"""A vendor changed what it charges for a run that was settled."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from qtwin.accounts.ids import new_id
from qtwin.jobs.models.submission import Submission
from qtwin.projects.models import Unit


class BillCorrection(models.Model):
    """Rows never change. Amounts are micro-units; ``before`` is what it was until then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="corrections")
    number = models.PositiveIntegerField()
    unit = models.CharField(max_length=12, choices=Unit, default=Unit.MONEY)
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="correction_once"),
            models.CheckConstraint(
                condition=Q(after__gte=0) & ~Q(before=F("after")),
                name="correction_changes_the_bill",
            ),
        ]
