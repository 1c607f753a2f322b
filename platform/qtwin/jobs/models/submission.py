"""One vendor task of a job: a Braket task or an IBM job."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.jobs.models.job import Job


class Submission(models.Model):
    """The token is committed before any byte is sent; ``remote_id`` never changes."""

    class State(models.TextChoices):
        SUBMITTING = "SUBMITTING"
        SUBMITTED = "SUBMITTED"
        FETCHED = "FETCHED"
        HOLD = "HOLD"
        DONE = "DONE"
        FAILED = "FAILED"
        CANCELLED = "CANCELLED"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="submissions")
    part = models.PositiveIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=0)
    token = models.CharField(max_length=80, unique=True)
    vendor = models.CharField(max_length=40)
    remote_id = models.CharField(  # noqa: DJ001 - unique once there is one
        max_length=200, null=True, blank=True
    )
    remote_status = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.SUBMITTING)
    estimated_cost = models.BigIntegerField(default=0, help_text="Micro-USD.")
    settled_cost = models.BigIntegerField(null=True, blank=True, help_text="Micro-USD.")
    started_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "part", "epoch"], name="submission_once"),
            models.UniqueConstraint(fields=["vendor", "remote_id"], name="remote_id_once"),
            models.CheckConstraint(
                condition=Q(settled_cost__isnull=True, settled_at__isnull=True)
                | Q(settled_cost__isnull=False, settled_at__isnull=False),
                name="submission_settled_whole",
            ),
        ]
