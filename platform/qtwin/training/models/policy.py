"""A policy: what was learned, as arrays and JSON, or was sent by somebody."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.projects.models import Artifact
from qtwin.training.models.run import TrainingRun
from qtwin.training.models.world import World
from qtwin.twins.models import TwinVersion


class Policy(models.Model):
    """``facts`` are what its artifact says of itself; ``run`` is empty for one that was sent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    world = models.ForeignKey(World, on_delete=models.CASCADE, related_name="policies")
    run = models.OneToOneField(
        TrainingRun, null=True, blank=True, on_delete=models.CASCADE, related_name="policy"
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    artifact = models.ForeignKey(Artifact, on_delete=models.PROTECT, related_name="+")
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    twin_version = models.ForeignKey(
        TwinVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="That it was trained on.",
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "policies"
        indexes = [
            models.Index(fields=["world", "-created_at", "-id"], name="policy_by_world"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["world", "name"], condition=Q(deleted_at=None), name="policy_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def uploaded(self) -> bool:
        return self.run_id is None
