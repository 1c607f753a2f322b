"""The projects to which an API token is bound."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.models import ApiToken
from qtwin.projects.models.project import Project


class TokenProject(models.Model):
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="projects")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "project"], name="token_project_once"),
        ]
