"""The twin of a project: which evidence it has taken in, and who is fitting it."""

from __future__ import annotations

from django.db import models

from qtwin.jobs.models.job import NEVER
from qtwin.projects.models import Project


class Twin(models.Model):
    """Stale when ``assimilated`` is behind the project's ``evidence``, or a refit is wanted."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="twin")
    assimilated = models.PositiveBigIntegerField(default=0)
    refits_wanted = models.PositiveBigIntegerField(default=0)
    refits_done = models.PositiveBigIntegerField(default=0)
    problem = models.TextField(blank=True, help_text="Why the newest evidence has no fit.")
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(default=NEVER)
    lease_owner = models.CharField(max_length=80, blank=True)
    next_fit_at = models.DateTimeField(default=NEVER)
    created_at = models.DateTimeField(auto_now_add=True)
