"""The table of a campaign: entries are chunks of points, runs are one entry at one source."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from qtwin.campaigns.models.campaign import Campaign
from qtwin.campaigns.models.decision import Decision
from qtwin.campaigns.models.step import Step
from qtwin.campaigns.states import RUN_ENDED, RunState
from qtwin.jobs.models import Job
from qtwin.projects.models import Source


class Entry(models.Model):
    """``points`` has shape (P, C) in the order of the project's controls."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="entries")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="entries")
    decision = models.ForeignKey(
        Decision, null=True, on_delete=models.CASCADE, related_name="entries"
    )
    number = models.PositiveIntegerField()
    points: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="entry_number_once"),
        ]


class Run(models.Model):
    """One entry at one source: at most one job, whose request index is ``number``.

    ``column`` labels it in the table; ``knobs`` holds one value, or one per point, by knob. After
    a retry ``job`` has only the points that were left, and ``points_kept`` are measured already.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="runs")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    column = models.CharField(max_length=160)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    knobs: models.JSONField[Any, Any] = models.JSONField(default=dict)
    shots = models.PositiveIntegerField(null=True, blank=True)
    seed = models.PositiveBigIntegerField()
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="campaign_runs")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    reason = models.TextField(blank=True)
    points_total = models.PositiveIntegerField()
    points_measured = models.PositiveIntegerField(default=0)
    points_failed = models.PositiveIntegerField(default=0)
    points_kept = models.PositiveIntegerField(default=0, help_text="Measured by earlier jobs.")
    retried = models.PositiveIntegerField(default=0, help_text="How often people wanted it again.")

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["campaign", "number"], name="run_open", condition=~Q(state__in=RUN_ENDED)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="run_number_once"),
            models.UniqueConstraint(fields=["entry", "column"], name="run_once_per_entry"),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state_known"),
            models.CheckConstraint(
                condition=Q(points_total__gte=F("points_measured") + F("points_failed")),
                name="run_points_within",
            ),
        ]

    @property
    def has_ended(self) -> bool:
        return self.state in RUN_ENDED
