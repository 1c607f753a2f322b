"""A campaign: jobs that are made by a plan. The row is the truth, as a job's is."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import ApiToken, User
from qtwin.campaigns.models.schedule import Schedule
from qtwin.campaigns.states import LIVE, TERMINAL, State
from qtwin.jobs.models import JobRequest
from qtwin.jobs.models.job import NEVER
from qtwin.projects.models import Project


class Campaign(models.Model):
    """Only `campaigns.services` ``claim``, ``move`` and ``control`` write state, lease and fence.

    ``request`` numbers the jobs of the campaign, so that each is made once. ``columns`` are the
    labels of the table, in the order in which they came.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="campaigns")
    name = models.CharField(max_length=120)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    key = models.CharField(max_length=200, blank=True)
    body_sha256 = models.CharField(max_length=64, blank=True)
    request = models.OneToOneField(JobRequest, on_delete=models.PROTECT, related_name="+")
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.SET_NULL, related_name="+")
    may_spend = models.BooleanField(
        default=False, help_text="Whether the token that asked for it has the right to spend."
    )
    schedule = models.ForeignKey(
        Schedule, null=True, blank=True, on_delete=models.SET_NULL, related_name="campaigns"
    )
    occasion = models.PositiveIntegerField(default=0, help_text="Which one of its schedule.")
    columns: models.JSONField[Any, Any] = models.JSONField(default=list)

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(default=NEVER)
    lease_owner = models.CharField(max_length=80, blank=True)
    next_run_at = models.DateTimeField(default=NEVER)
    planning = models.BooleanField(default=False, help_text="Its next step asks the twin: slow.")
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "-created_at", "-id"], name="campaign_by_project"),
            models.Index(fields=["next_run_at"], name="campaign_due", condition=Q(state__in=LIVE)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="campaign_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=TERMINAL, finished_at__isnull=False)
                | (~Q(state__in=TERMINAL) & Q(finished_at__isnull=True)),
                name="campaign_finished_iff_terminal",
            ),
            models.UniqueConstraint(
                fields=["schedule", "occasion"], name="campaign_once_per_occasion"
            ),
            models.UniqueConstraint(
                fields=["project", "key"], condition=~Q(key=""), name="campaign_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_terminal(self) -> bool:
        return self.state in TERMINAL
