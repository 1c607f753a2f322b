"""An archive that is to become a project. The row is the truth, as a job's is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Team, User
from qtwin.jobs.models.job import NEVER
from qtwin.projects.models import Project


class Import(models.Model):
    """Only `archives.services.imports` writes state, lease and fence.

    ``member`` and ``detail`` say what is wrong with the archive, and in which of its files.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    OPEN = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="imports")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    key = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")

    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(default=NEVER)
    lease_owner = models.CharField(max_length=80, blank=True)
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="+")
    ids_kept = models.BooleanField(null=True)
    member = models.CharField(max_length=200, blank=True)
    detail = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="import_by_team"),
            models.Index(
                fields=["lease_until"],
                name="import_due",
                condition=Q(state__in=["queued", "running"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", project__isnull=False, ids_kept__isnull=False)
                | (~Q(state="done") & Q(project__isnull=True, ids_kept__isnull=True)),
                name="import_done_iff_project",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(detail=""), name="import_failed_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["queued", "running"], finished_at__isnull=True),
                name="import_finished_iff_ended",
            ),
            models.UniqueConstraint(
                fields=["team", "key"], condition=~Q(key=""), name="import_key_once"
            ),
        ]

    @property
    def has_ended(self) -> bool:
        return self.state not in self.OPEN
