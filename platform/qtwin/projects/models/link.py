"""A link that shows one project to whoever has it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.projects.models.project import Project


class ProjectLink(models.Model):
    """Read-only. 256 random bits, shown once and kept as a digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="project_link_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return self.label
