"""A project: one physical system and what is wanted of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Team, User


class Project(models.Model):
    """``evidence`` counts changes of the set of valid measurements; the twin follows it.

    ``approval_above``, in micro-USD: a job that may cost more waits for an approver.
    ``spends_for`` is a project on whose budgets its spending counts as well.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    system: models.JSONField[Any, Any] = models.JSONField(help_text="A backends.systems document.")
    evidence = models.PositiveBigIntegerField(default=0)
    paid_sources = models.BooleanField(default=False, help_text="Whether jobs may cost money.")
    approval_above = models.PositiveBigIntegerField(default=10_000_000, help_text="Micro-USD.")
    spends_for = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    public = models.BooleanField(
        default=False, help_text="Whether everybody sees the twin and its data."
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-created_at", "-id"], name="project_by_team")]

    def __str__(self) -> str:
        return self.name


class Control(models.Model):
    """A real parameter of the system; stored values are in ``unit``."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="controls")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    unit = models.CharField(max_length=40)
    lower = models.FloatField()
    upper = models.FloatField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="control_name_once"),
            models.UniqueConstraint(fields=["project", "position"], name="control_position_once"),
            models.CheckConstraint(condition=Q(lower__lt=F("upper")), name="control_bounds"),
        ]


class Observable(models.Model):
    """A wanted quantity; ``lower`` and ``upper`` are its physical bounds, if it has any."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="observables")
    name = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    unit = models.CharField(max_length=40)
    lower = models.FloatField(null=True, blank=True)
    upper = models.FloatField(null=True, blank=True)
    variational = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="observable_name_once"),
        ]
