"""Every write to projects."""

from qtwin.projects.services.artifact import (
    Stored,
    artifact_note,
    artifact_put,
    artifact_read,
    artifact_store,
)
from qtwin.projects.services.budget import budget_set, spending_rule_set
from qtwin.projects.services.project import evidence_advance, project_create, project_delete
from qtwin.projects.services.reservation import (
    budget_correct,
    budget_release,
    budget_reserve,
    budget_settle,
)
from qtwin.projects.services.source import source_create, source_revise
from qtwin.projects.services.stop import backend_start, backend_stop

__all__ = [
    "Stored",
    "artifact_note",
    "artifact_put",
    "artifact_read",
    "artifact_store",
    "backend_start",
    "backend_stop",
    "budget_correct",
    "budget_release",
    "budget_reserve",
    "budget_set",
    "budget_settle",
    "evidence_advance",
    "project_create",
    "project_delete",
    "source_create",
    "source_revise",
    "spending_rule_set",
]
