"""What a request is about, as far as who asks may know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model

from qtwin.accounts.models import Team, User
from qtwin.accounts.selectors import teams_visible_to
from qtwin.archives.models import Import
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.comments.models import Comment
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Dataset, Project
from qtwin.projects.selectors import projects_visible_to
from qtwin.training.models import (
    Classifier,
    Evaluation,
    Loop,
    Policy,
    TrainingRun,
    TransferReport,
    World,
)

OF_A_PROJECT: dict[str, tuple[type[Model], str]] = {
    "job_id": (Job, "project"),
    "measurement_id": (Measurement, "project"),
    "dataset_id": (Dataset, "project"),
    "campaign_id": (Campaign, "project"),
    "schedule_id": (Schedule, "project"),
    "comment_id": (Comment, "project"),
    "classifier_id": (Classifier, "project"),
    "world_id": (World, "project"),
    "run_id": (TrainingRun, "world__project"),
    "policy_id": (Policy, "world__project"),
    "evaluation_id": (Evaluation, "policy__world__project"),
    "report_id": (TransferReport, "world__project"),
    "loop_id": (Loop, "world__project"),
}
"""What an id in an address is of, and the way from there to its project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a row of the trail belongs.

    Attributes:
        teams: In whose trail it is. Those of who asks where it is about none of them, such as a
            list of all projects, or something that they may not see.
        project: Id of the project; empty for none.
        target: Kind and id.
    """

    teams: list[Team]
    project: str
    target: str


def place_of(user: User, named: Mapping[str, Any]) -> Place:
    """The place of a request whose address names these ids."""
    ids = [(name, value) for name, value in named.items() if isinstance(value, UUID)]
    if not ids:
        return Place(teams=_own(user), project="", target="")
    name, its_id = ids[0]
    target = f"{name.removesuffix('_id')}:{its_id}"
    project = _project(user, name, its_id)
    if project is not None:
        return Place(teams=[project.team], project=str(project.pk), target=target)
    team = _team(user, name, its_id)
    return Place(teams=[team] if team else _own(user), project="", target=target)


def _project(user: User, name: str, its_id: UUID) -> Project | None:
    rows = projects_visible_to(user).select_related("team")
    if name == "project_id":
        return rows.filter(pk=its_id).first()
    if name in OF_A_PROJECT:
        model, way = OF_A_PROJECT[name]
        found: Any = model
        return rows.filter(pk__in=found.objects.filter(pk=its_id).values(way)).first()
    return None


def _team(user: User, name: str, its_id: UUID) -> Team | None:
    rows = teams_visible_to(user)
    if name == "team_id":
        return rows.filter(pk=its_id).first()
    if name == "import_id":
        return rows.filter(pk__in=Import.objects.filter(pk=its_id).values("team")).first()
    return None


def _own(user: User) -> list[Team]:
    """Every team of whoever the token belongs to, so that somebody sees the row."""
    return list(Team.objects.filter(memberships__user=user.pk))
