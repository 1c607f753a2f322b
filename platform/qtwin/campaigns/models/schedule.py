"""A campaign that starts by itself: every so often, or when a device has been calibrated."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import ApiToken, User
from qtwin.projects.models import Project


class Schedule(models.Model):
    """Either ``every_hours`` with ``next_at``, or ``on_calibration`` of a backend.

    ``steps`` are what `campaigns.outline` reads; ``calibration_seen`` is the newest calibration
    that it knows. ``fired`` counts the campaigns that it started.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="schedules")
    name = models.CharField(max_length=120)
    steps: models.JSONField[Any, Any] = models.JSONField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.SET_NULL, related_name="+")
    may_spend = models.BooleanField(
        default=False, help_text="Whether the token that asked for it has the right to spend."
    )
    every_hours = models.PositiveIntegerField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    on_calibration = models.CharField(max_length=64, blank=True)
    calibration_seen = models.PositiveBigIntegerField(default=0)
    active = models.BooleanField(default=True)
    fired = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="schedule_due", condition=Q(active=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(every_hours__gte=1, next_at__isnull=False, on_calibration="")
                | (Q(every_hours__isnull=True, next_at__isnull=True) & ~Q(on_calibration="")),
                name="schedule_by_time_or_calibration",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(active=False),
                name="schedule_removed_is_off",
            ),
        ]

    def __str__(self) -> str:
        return self.name
