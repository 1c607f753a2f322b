"""Money and other scarce units: what may be used, is promised, and was used."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Team, User
from qtwin.projects.models.project import Project


class Unit(models.TextChoices):
    """All amounts are whole micro-units: millionths of a dollar, second or shot."""

    MONEY = "usd"
    QPU_SECONDS = "qpu_seconds"
    SHOTS = "shots"


class Period(models.TextChoices):
    TOTAL = "total"
    DAY = "day"


class Budget(models.Model):
    """One limit of one scope. ``spent`` may pass ``limit`` (a settlement always lands)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(
        Project, null=True, on_delete=models.CASCADE, related_name="budgets"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="budgets")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="budgets")
    unit = models.CharField(max_length=12, choices=Unit)
    period = models.CharField(max_length=5, choices=Period)
    day = models.DateField(null=True, blank=True, help_text="UTC day of a daily budget.")
    limit = models.BigIntegerField()
    per_job = models.BigIntegerField(null=True, blank=True)
    reserved = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(limit__gte=0) & Q(reserved__gte=0) & Q(spent__gte=0),
                name="budget_non_negative",
            ),
            models.CheckConstraint(
                condition=(
                    Q(project__isnull=False, team__isnull=True, user__isnull=True)
                    | Q(project__isnull=True, team__isnull=False, user__isnull=True)
                    | Q(project__isnull=True, team__isnull=True, user__isnull=False)
                ),
                name="budget_one_scope",
            ),
            models.CheckConstraint(
                condition=Q(period=Period.DAY, day__isnull=False)
                | Q(period=Period.TOTAL, day__isnull=True),
                name="budget_day_iff_daily",
            ),
            *(
                models.UniqueConstraint(
                    fields=[scope, "unit", *extra],
                    condition=Q(period=period),
                    name=f"budget_once_{scope}_{period}",
                )
                for scope in ("project", "team", "user")
                for period, extra in ((Period.TOTAL, []), (Period.DAY, ["day"]))
            ),
        ]

    @property
    def left(self) -> int:
        """What a new reservation may still take; negative when overdrawn."""
        return self.limit - self.spent - self.reserved


class LedgerEntry(models.Model):
    """One movement on one budget; the sums of the rows are the budget's columns."""

    class Kind(models.TextChoices):
        RESERVE = "reserve"
        RELEASE = "release"
        SETTLE = "settle"

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="entries")
    job_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=8, choices=Kind)
    amount = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "job_id", "kind"], name="ledger_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="ledger_non_negative"),
        ]
