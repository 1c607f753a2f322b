"""Tables of what a project is, before anything was computed."""

from qtwin.projects.models.artifact import Artifact
from qtwin.projects.models.budget import (
    Budget,
    BudgetScope,
    DailyLimit,
    LedgerEntry,
    Period,
    Unit,
)
from qtwin.projects.models.dataset import Dataset
from qtwin.projects.models.project import Control, Observable, Project
from qtwin.projects.models.source import Role, Source, SourceRevision
from qtwin.projects.models.stop import BackendStop

__all__ = [
    "Artifact",
    "BackendStop",
    "Budget",
    "BudgetScope",
    "Control",
    "DailyLimit",
    "Dataset",
    "LedgerEntry",
    "Observable",
    "Period",
    "Project",
    "Role",
    "Source",
    "SourceRevision",
    "Unit",
]
