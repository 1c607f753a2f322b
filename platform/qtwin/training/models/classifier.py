"""A comparison of classifiers on the shots of a project's jobs."""

from __future__ import annotations

from typing import Any

from django.db import models

from qtwin.projects.models import Project
from qtwin.training.models.work import Work


class Classifier(Work):
    """``asked`` is the transition and how to compare; ``document`` what a worker found.

    The document names the jobs whose shots it read, so that it can be told what it is of.
    """

    kind_of_work = "classify"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="classifiers")
    asked: models.JSONField[Any, Any] = models.JSONField()
    document: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta(Work.Meta):
        indexes = [
            *Work.Meta.indexes,
            models.Index(fields=["project", "-created_at", "-id"], name="classifier_by_project"),
        ]

    @property
    def place(self) -> Project:
        return self.project
