"""Money and other scarce units: what may be used, is promised, and was used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import ApiToken, Team, User
from qtwin.projects.models.project import Project


class Unit(models.TextChoices):
    """All amounts are whole micro-units: millionths of a dollar, second or shot."""

    MONEY = "usd"
    QPU_SECONDS = "qpu_seconds"
    SHOTS = "shots"
    CPU_SECONDS = "cpu_seconds"


class Period(models.TextChoices):
    TOTAL = "total"
    DAY = "day"


class BudgetScope(models.TextChoices):
    PROJECT = "project"
    TEAM = "team"
    USER = "user"
    TOKEN = "token"  # noqa: S105 - a word


COLUMNS = {
    BudgetScope.PROJECT: ["project"],
    BudgetScope.TEAM: ["team"],
    BudgetScope.USER: ["team", "user"],
    BudgetScope.TOKEN: ["token"],
}
"""A user's budget is theirs within one team, so that no team limits what they do in another."""

SCOPES = {
    scope: Q(
        **{f"{name}__isnull": name not in own for name in ("project", "team", "user", "token")}
    )
    for scope, own in COLUMNS.items()
}

ONE_SCOPE = reduce(or_, SCOPES.values())


def once(name: str, condition: Q, *more: str) -> list[Any]:
    """One row per scope, unit and ``more``."""
    return [
        models.UniqueConstraint(
            fields=[*COLUMNS[scope], "unit", *more],
            condition=SCOPES[scope] & condition,
            name=f"{name}_{scope.value}",
        )
        for scope in BudgetScope
    ]


class Limit(models.Model):
    """How much of one unit one scope may use."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.CASCADE, related_name="+")
    unit = models.CharField(max_length=12, choices=Unit)
    limit = models.BigIntegerField()
    per_job = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def scope(self) -> BudgetScope:
        if self.project_id is not None:
            return BudgetScope.PROJECT
        if self.token_id is not None:
            return BudgetScope.TOKEN
        return BudgetScope.TEAM if self.user_id is None else BudgetScope.USER


LOW_FIFTHS = 4
"""A budget is low when so many fifths of its limit are spent or reserved."""


def today() -> date:
    """The UTC day that a daily budget made now is for."""
    return datetime.now(UTC).date()


class DailyLimit(Limit):
    """A standing limit per UTC day; the day's `Budget` is made from it when first needed."""

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(limit__gte=0), name="daily_limit_non_negative"),
            models.CheckConstraint(
                condition=ONE_SCOPE,
                name="daily_limit_one_scope",
            ),
            *once("daily_limit_once", Q()),
        ]


class Budget(Limit):
    """One limit of one scope. ``spent`` may pass ``limit`` (a settlement always lands)."""

    period = models.CharField(max_length=5, choices=Period)
    day = models.DateField(null=True, blank=True, help_text="UTC day of a daily budget.")
    reserved = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    warned_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when people know that it is low."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(limit__gte=0) & Q(reserved__gte=0) & Q(spent__gte=0),
                name="budget_non_negative",
            ),
            models.CheckConstraint(
                condition=ONE_SCOPE,
                name="budget_one_scope",
            ),
            models.CheckConstraint(
                condition=Q(period=Period.DAY, day__isnull=False)
                | Q(period=Period.TOTAL, day__isnull=True),
                name="budget_day_iff_daily",
            ),
            *once("budget_once_total", Q(period=Period.TOTAL)),
            *once("budget_once_day", Q(period=Period.DAY), "day"),
        ]

    def __str__(self) -> str:
        when = f"of {self.day}" if self.day else "in all"
        return f"the {self.scope.value}'s budget of {self.unit} {when}"

    @property
    def left(self) -> int:
        """What a new reservation may still take; negative when overdrawn."""
        return self.limit - self.spent - self.reserved

    @property
    def overdrawn(self) -> bool:
        return self.left < 0

    @property
    def low(self) -> bool:
        """Whether little is left."""
        return self.limit > 0 and 5 * (self.limit - self.left) >= LOW_FIFTHS * self.limit


class LedgerEntry(models.Model):
    """One movement on one budget; the sums of the rows are the budget's columns.

    ``reserved`` is what was reserved less what was released, ``spent`` what was settled and
    corrected since. Only a correction may be negative; it names the change of the bill behind it.
    """

    class Kind(models.TextChoices):
        RESERVE = "reserve"
        RELEASE = "release"
        SETTLE = "settle"
        CORRECT = "correct"

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="entries")
    job_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=8, choices=Kind)
    amount = models.BigIntegerField()
    correction = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "job_id", "kind"],
                condition=Q(correction=None),
                name="ledger_once",
            ),
            models.UniqueConstraint(fields=["budget", "correction"], name="ledger_corrected_once"),
            models.CheckConstraint(
                condition=Q(kind="correct", correction__isnull=False)
                | (~Q(kind="correct") & Q(correction=None, amount__gte=0)),
                name="ledger_only_corrections_are_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["budget", "-created_at", "-id"], name="ledger_by_budget"),
        ]
