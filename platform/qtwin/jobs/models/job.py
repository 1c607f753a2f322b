"""A job: one source evaluated at points x observables. The row is the truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import ApiToken, User
from qtwin.jobs.states import ACTIVE, SHOWN, TERMINAL, State
from qtwin.projects.models import Project, SourceRevision

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""A lease that has long run out."""

PRIORITY_RANGE = 10
PRIORITY_STEP = timedelta(minutes=10)

APPROVAL = "approval"
"""The reason code of a HOLD that only an approver ends."""

UNREAD = "unread_result"
"""The reason code of a HOLD whose result is paid for and kept, and was never read to the end."""

AWAKE = (
    ~Q(state=State.HOLD)
    | Q(release_requested_at__isnull=False)
    | Q(cancel_requested_at__isnull=False)
)
"""Of the active jobs, those that do not wait for a person."""


class JobRequest(models.Model):
    """One POST under an Idempotency-Key; the same key with another body is a conflict."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="request_key_once"),
        ]


class Job(models.Model):
    """Only `jobs.services.claim` and `jobs.services.move` write ``state``, lease and fence.

    ``points`` has shape (P, C) in the order of the project's controls, ``knob_values`` (P, K).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="jobs")
    source_revision = models.ForeignKey(SourceRevision, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    token = models.ForeignKey(
        ApiToken,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="By which it was submitted; its budgets count what it spends.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    request = models.ForeignKey(
        JobRequest, null=True, on_delete=models.PROTECT, related_name="jobs"
    )
    request_index = models.PositiveIntegerField(default=0)
    retry_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    replay_of = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="replays",
        help_text="Its measurements check that job's, and are no evidence.",
    )

    trace = models.CharField(
        max_length=55,
        default="",
        db_default="",
        blank=True,
        help_text="W3C traceparent of what submitted it, which its steps carry on.",
    )

    points: models.JSONField[Any, Any] = models.JSONField()
    knobs: models.JSONField[Any, Any] = models.JSONField(default=list)
    knob_values: models.JSONField[Any, Any] = models.JSONField(default=list)
    observables: models.JSONField[Any, Any] = models.JSONField()
    shots = models.PositiveIntegerField(null=True, blank=True)
    seed = models.PositiveBigIntegerField()
    seed_given = models.BooleanField(
        default=False, help_text="Whether the seed was asked for, not drawn."
    )
    force = models.BooleanField(
        default=False, help_text="It computes what is known, or is being computed, too."
    )
    spec_hash = models.CharField(max_length=64)
    estimated_seconds = models.FloatField(default=0)
    estimated_cost = models.BigIntegerField(default=0, help_text="Micro-USD, at most.")
    estimated_qpu_seconds = models.FloatField(default=0, help_text="At most.")
    estimated_shots = models.PositiveBigIntegerField(
        default=0, help_text="At most; only those of a QPU or a vendor."
    )
    prices = models.CharField(max_length=60, blank=True, help_text="Which price list said so.")

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(default=NEVER)
    lease_owner = models.CharField(max_length=80, blank=True)
    next_run_at = models.DateTimeField(default=NEVER)
    attempt = models.PositiveIntegerField(default=0)
    crash_count = models.PositiveIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    release_requested_at = models.DateTimeField(
        null=True, blank=True, help_text="A person let go of a HOLD; the vendor is asked first."
    )
    priority = models.SmallIntegerField(
        default=0, help_text="Each step counts like ten minutes of waiting."
    )
    rank_at = models.DateTimeField(
        db_default=Now(), help_text="Whose turn it is within its user's share: the earliest."
    )
    served_at = models.DateTimeField(default=NEVER, help_text="When a worker last took it.")
    points_total = models.PositiveIntegerField()
    points_done = models.PositiveIntegerField(default=0)
    points_failed = models.PositiveIntegerField(
        default=0, help_text="Of the points done, those that the source has no answer to."
    )
    points_reused = models.PositiveIntegerField(
        default=0, help_text="The first of its points: they were known before."
    )
    chunk_points = models.PositiveIntegerField(default=1)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="job_newest"),
            models.Index(fields=["project", "-created_at", "-id"], name="job_by_project"),
            models.Index(fields=["state", "-created_at", "-id"], name="job_by_state"),
            models.Index(fields=["state", "next_run_at"], name="job_due"),
            models.Index(
                fields=["next_run_at"], condition=Q(state__in=ACTIVE) & AWAKE, name="job_awake"
            ),
            models.Index(fields=["state", "project", "created_by", "rank_at"], name="job_by_share"),
            models.Index(fields=["project", "created_by", "-served_at"], name="job_served"),
            models.Index(fields=["source_revision", "spec_hash"], name="job_by_question"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(points_done__lte=F("points_total"))
                & Q(points_failed__lte=F("points_done"))
                & Q(points_reused__lte=F("points_done"))
                & Q(points_total__gte=1),
                name="job_points_within",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DONE) | Q(points_done=F("points_total")),
                name="job_done_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TERMINAL, finished_at__isnull=False)
                | (~Q(state__in=TERMINAL) & Q(finished_at__isnull=True)),
                name="job_finished_iff_terminal",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.FAILED, State.HOLD]) | ~Q(reason_code=""),
                name="job_failed_says_why",
            ),
            models.UniqueConstraint(
                fields=["request", "request_index"], name="job_once_per_request"
            ),
            models.UniqueConstraint(fields=["retry_of"], name="job_retried_once"),
            models.CheckConstraint(
                condition=Q(priority__gte=-PRIORITY_RANGE) & Q(priority__lte=PRIORITY_RANGE),
                name="job_priority_within",
            ),
        ]

    @property
    def shown_state(self) -> str:
        """The word that people and the API see."""
        return SHOWN[State(self.state)]

    @property
    def is_terminal(self) -> bool:
        return self.state in TERMINAL
