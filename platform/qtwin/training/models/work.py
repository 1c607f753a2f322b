"""What a worker does for a world, under a lease. The row is the truth, as a job's is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import ApiToken, User
from qtwin.jobs.models.job import NEVER
from qtwin.projects.models import Project
from qtwin.training.states import OPEN, TERMINAL, State


class Work(models.Model):
    """Only `training.services.lease` writes state, lease and fence.

    ``crashes`` counts the workers that died with it since it last came further.
    """

    kind_of_work: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(default=NEVER)
    lease_owner = models.CharField(max_length=80, blank=True)
    next_run_at = models.DateTimeField(default=NEVER)
    crashes = models.PositiveIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    field = models.CharField(max_length=200, blank=True, help_text="Pointer to what is wrong.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["next_run_at"], name="%(class)s_due", condition=Q(state__in=OPEN)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=TERMINAL, finished_at__isnull=False)
                | (Q(state__in=OPEN) & Q(finished_at__isnull=True)),
                name="%(class)s_finished_iff_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FAILED) | ~Q(reason=""), name="%(class)s_failed_says_why"
            ),
        ]

    @property
    def has_ended(self) -> bool:
        return self.state in TERMINAL

    @property
    def place(self) -> Project:
        """The project that it belongs to."""
        raise NotImplementedError
