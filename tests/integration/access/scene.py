"""One team with something of every kind, and one address for each route."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from qtwin.accounts.models import Role, Team, User
from qtwin.accounts.services import credential_add, membership_set, token_create
from qtwin.archives.models import Import
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.jobs.models import Calibration, Job, Measurement
from qtwin.projects.models import Dataset, Project
from tests.vendors.braket.keys import SECRET

FIXED = {"name": "hf", "number": "1", "verb": "revoke"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A team's members by role, and the ids of what it owns.

    Attributes:
        ids: Text of each name in a route, such as ``job_id``.
        bodies: What is sent to a route that finds its team in the body.
    """

    team: Team
    members: dict[Role, User]
    ids: dict[str, str]
    bodies: dict[str, dict[str, Any]]

    def address(self, pattern: str) -> str:
        """The pattern with its names replaced by ids of this team."""
        return "/" + re.sub(r"<\w+:(\w+)>", lambda name: self.ids[name[1]], pattern)


def build(project: Project, owner: User) -> Scene:
    """Give the team a member of every role, and one of each thing that a route names.

    The project has a job, a number from elsewhere and a fitted twin already.
    """
    team = project.team
    members = {Role.OWNER: owner}
    for role in (Role.ADMIN, Role.OPERATOR, Role.VIEWER):
        members[role] = User.objects.create_user(f"{role}@example.org", role.title())
        membership_set(team=team, user=members[role], role=role, by=owner)
    token, _ = token_create(user=owner, name="of the owner", scopes=["read"])
    credential = credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=owner)
    sent = Import.objects.create(team=team, created_by=owner, size=1, sha256="0" * 64)
    seen = Calibration.objects.create(team=team, backend=FIXED["name"], identifier="c-1")
    made = {
        "project_id": project,
        "team_id": team,
        "user_id": members[Role.VIEWER],
        "token_id": token,
        "credential_id": credential,
        "import_id": sent,
        "calibration_id": seen,
        "dataset_id": Dataset.objects.get(project=project),
        "job_id": Job.objects.get(project=project, campaign_runs=None),
        "measurement_id": Measurement.objects.filter(project=project).earliest("pk"),
        "campaign_id": Campaign.objects.get(project=project),
        "schedule_id": Schedule.objects.get(project=project),
    }
    of_team = {"team": str(team.pk)}
    return Scene(
        team=team,
        members=members,
        ids={name: str(row.pk) for name, row in made.items()} | FIXED,
        bodies={
            "POST api/v1/backends/<str:name>:stop": of_team,
            "POST api/v1/backends/<str:name>:start": of_team,
        },
    )
