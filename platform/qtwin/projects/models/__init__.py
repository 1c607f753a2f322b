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
from qtwin.projects.models.draft import ProjectDraft
from qtwin.projects.models.link import ProjectLink
from qtwin.projects.models.member import ProjectMember
from qtwin.projects.models.preview import Preview
from qtwin.projects.models.project import Control, Observable, Project
from qtwin.projects.models.source import Role, Source, SourceRevision
from qtwin.projects.models.stop import BackendStop
from qtwin.projects.models.token import TokenProject

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
    "Preview",
    "Project",
    "ProjectDraft",
    "ProjectLink",
    "ProjectMember",
    "Role",
    "Source",
    "SourceRevision",
    "TokenProject",
    "Unit",
]
